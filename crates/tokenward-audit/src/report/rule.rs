//! A rule's page, as text.

use std::fmt::Write as _;

use crate::finding::Mistake;
use crate::rules::catalog::{Catalog, RuleText};

/// As wide as lines are.
const WIDTH: usize = 80;

/// All rules, by mistake.
#[must_use]
pub fn list(catalog: &Catalog) -> String {
    let mut rules: Vec<&RuleText> = catalog.rules().iter().collect();
    rules.sort_by_key(|rule| rule.mistake);
    let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let mut out = String::new();
    for rule in rules {
        // Writing to a string cannot fail.
        let _written = writeln!(out, "{:>2}  {:<width$}  {}", rule.mistake, rule.id, rule.title);
    }
    out
}

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
