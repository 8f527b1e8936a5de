//! A rule's page, as text.

use std::fmt::Write as _;

use crate::finding::Mistake;
use crate::rules::catalog::{Catalog, RuleText};

/// As wide as lines are.
const WIDTH: usize = 80;

/// All rules, by what finds them, then by mistake.
#[must_use]
pub fn list(catalog: &Catalog) -> String {
    let width = catalog.rules().iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let mut out = String::new();
    for (heading, command) in GROUPS {
        let of = |rule: &&RuleText| rule.command.as_deref() == command;
        let mut rules: Vec<&RuleText> = catalog.rules().iter().filter(of).collect();
        rules.sort_by_key(|rule| rule.mistake);
        let gap = if out.is_empty() { "" } else { "\n" };
        // Writing to a string cannot fail.
        let _written = writeln!(out, "{gap}{heading}");
        for rule in rules {
            let _written =
                writeln!(out, "{:>4}  {:<width$}  {}", rule.mistake, rule.id, rule.title);
        }
    }
    out
}

/// What is looked at, and the command that has rules of its own for it.
pub(crate) const GROUPS: [(&str, Option<&str>); 4] = [
    ("Code and settings", None),
    ("A token: tokenward audit token", Some("token")),
    ("A key set: tokenward audit jwks", Some("jwks")),
    ("A running service: tokenward audit live", Some("live")),
];

/// What a rule finds, why that matters, what to do, and what it does not report.
#[must_use]
pub fn page(rule: &RuleText) -> String {
    let mistake = Mistake::new(rule.mistake).map(Mistake::title).unwrap_or_default();
    let mut out = format!("{}: {}\n\n", rule.id, rule.title);
    let _written = writeln!(out, "mistake {} of 10: {mistake}", rule.mistake);
    let _written = writeln!(
        out,
        "severity {}, confidence {}, CWE-{}",
        rule.severity,
        rule.confidence.name(),
        rule.cwe
    );
    for (heading, text) in [
        ("Why it matters", &rule.why),
        ("Instead", &rule.fix),
        ("What it does not report", &rule.silent),
    ] {
        let _written = write!(out, "\n{heading}\n{}", wrapped(text));
    }
    if let Some(source) = &rule.source {
        let _written = write!(out, "\nSource\n{}", wrapped(source));
    }
    if let Some(command) = &rule.command {
        let _written = writeln!(out, "\nFound by: tokenward audit {command}");
        return out;
    }
    let _written = write!(
        out,
        "\nTo allow it on a line:   tokenward: allow({0}) and the reason, in a comment\n\
         To switch it off:        {0} = \"off\" below [severities] in tokenward-audit.toml\n",
        rule.id
    );
    out
}

fn wrapped(text: &str) -> String {
    let mut out = String::new();
    let mut line = String::from("  ");
    for word in text.split_whitespace() {
        let is_full = line.chars().count().saturating_add(word.chars().count()) > WIDTH;
        if is_full && !line.trim().is_empty() {
            out.push_str(line.trim_end());
            out.push('\n');
            line = String::from("  ");
        }
        line.push_str(word);
        line.push(' ');
    }
    out.push_str(line.trim_end());
    out.push('\n');
    out
}
