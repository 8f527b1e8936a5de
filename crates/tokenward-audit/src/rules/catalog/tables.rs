//! What `audit token`, `audit jwks` and `audit live` find, a table for each.

use serde::Deserialize;

use super::{CatalogError, RuleText};
use crate::finding::Confidence;
use crate::live::rules::ALL as LIVE_RULES;

#[cfg(test)]
mod tests;

/// The commands that have rules of their own; their names begin so.
pub(super) const COMMANDS: [&str; 3] = ["token", "jwks", "live"];

const TOKEN: &str = include_str!("../../../rules/token.toml");
const JWKS: &str = include_str!("../../../rules/jwks.toml");
const LIVE: &str = include_str!("../../../rules/live.toml");

/// A table: `Entry` for rules whose mistake, severity and remedy stand in the code.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table<R> {
    rule: Vec<R>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    id: String,
    title: String,
    mistake: u8,
    cwe: u32,
    severity: crate::Severity,
    why: String,
    fix: String,
    silent: String,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    title: String,
    cwe: u32,
    why: String,
    silent: String,
    source: String,
}

/// All of them, by command.
pub(super) fn rules() -> Result<Vec<RuleText>, CatalogError> {
    let mut rules = Vec::new();
    for (command, table) in [("token", TOKEN), ("jwks", JWKS)] {
        let table: Table<Whole> = toml::from_str(table)?;
        rules.extend(table.rule.into_iter().map(|rule| whole(command, rule)));
    }
    let table: Table<Entry> = toml::from_str(LIVE)?;
    rules.extend(table.rule.into_iter().filter_map(live));
    Ok(rules)
}

fn whole(command: &str, rule: Whole) -> RuleText {
    RuleText {
        id: rule.id,
        title: rule.title,
        mistake: rule.mistake,
        cwe: rule.cwe,
        severity: rule.severity,
        confidence: Confidence::High,
        why: rule.why,
        fix: rule.fix,
        silent: rule.silent,
        source: Some(rule.source),
        command: Some(command.to_owned()),
    }
}

/// What a finding says in passing, as a page says it.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().filter(|_| !text.starts_with("https"));
    let first = first.map(|first| first.to_uppercase().chain(letters).collect());
    first.unwrap_or_else(|| text.to_owned()) + "."
}

/// With what the code says of it, which has one rule for each entry.
fn live(entry: Entry) -> Option<RuleText> {
    let rule = LIVE_RULES.iter().find(|rule| rule.id == entry.id)?;
    Some(RuleText {
        id: entry.id,
        title: entry.title,
        mistake: rule.mistake,
        cwe: entry.cwe,
        severity: rule.severity,
        confidence: Confidence::High,
        why: entry.why,
        fix: sentence(rule.fix),
        silent: entry.silent,
        source: Some(entry.source),
        command: Some("live".to_owned()),
    })
}
