//! What each rule says to people, compiled in: the `rule.toml` of its folder, or a table of all that a command finds.

use serde::{Deserialize, Serialize};

use super::RULES;
use crate::config;
use crate::finding::{Confidence, Severity};

mod tables;

/// The texts of a rule.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RuleText {
    /// Its id; the name of its folder.
    pub id: String,
    /// What is wrong, as a heading.
    pub title: String,
    /// Which of the ten mistakes it is, 1 to 10.
    pub mistake: u8,
    /// The weakness in MITRE's list: 347.
    pub cwe: u32,
    /// How bad it is as a rule.
    pub severity: Severity,
    /// How sure the rule is as a rule.
    pub confidence: Confidence,
    /// Why it matters.
    pub why: String,
    /// What to do.
    pub fix: String,
    /// What it does not report.
    pub silent: String,
    /// Where to read on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The command that finds it, where it is none for code and settings: `live`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
}

/// All rules' texts.
#[derive(Clone, Debug)]
pub struct Catalog {
    rules: Vec<RuleText>,
}

/// A rule's folder does not hold what it should: a mistake in the program, which its tests find.
#[derive(Debug, thiserror::Error)]
#[error("a rule's text cannot be read")]
#[non_exhaustive]
pub struct CatalogError {
    #[from]
    source: toml::de::Error,
}

macro_rules! texts {
    ($($id:literal),* $(,)?) => {
        &[$(include_str!(concat!("../../rules/", $id, "/rule.toml"))),*]
    };
}

/// The names of all rules for code and settings.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    let code = RULES.iter().map(|rule| rule.id);
    code.chain(config::RULES.iter().map(|(id, _)| *id))
}

/// That there is no rule of this name, and which may have been meant.
pub(crate) fn unknown(name: &str) -> String {
    let plain = plain(name);
    if let Some(rule) = meant(&plain, names()) {
        return format!("there is no rule `{name}`; `{rule}` is one");
    }
    match tables::COMMANDS.iter().find(|command| plain.starts_with(&format!("{command}-"))) {
        Some(command) => {
            format!(
                "`{name}` is of `tokenward audit {command}`: nothing allows it, and its severity cannot be set"
            )
        }
        None => no_such(name),
    }
}

fn no_such(name: &str) -> String {
    format!("there is no rule `{name}`; `tokenward audit rules` lists them")
}

fn plain(name: &str) -> String {
    name.trim().replace('_', "-").to_lowercase()
}

/// The name that is nearly this one.
fn meant<'a>(plain: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let nearest = names.map(|rule| (distance(plain, rule), rule)).min();
    nearest.filter(|(steps, _)| *steps <= 3).map(|(_, rule)| rule)
}

/// How many letters have to be changed, put in or taken out (Levenshtein); names are short.
fn distance(one: &str, other: &str) -> usize {
    if one.len() > 64 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, a) in one.bytes().enumerate() {
        let mut corner = index;
        let mut left = index.saturating_add(1);
        let mut next = vec![left];
        for (above, b) in row.iter().skip(1).zip(other.bytes()) {
            let changed = corner.saturating_add(usize::from(a != b));
            left = changed.min(left.saturating_add(1)).min(above.saturating_add(1));
            corner = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(usize::MAX)
}

const TEXTS: &[&str] = texts![
    "token-in-web-storage",
    "cookie-readable-by-scripts",
    "unverified-decode",
    "algorithm-none",
    "algorithm-from-token",
    "algorithm-not-pinned",
    "algorithms-mixed",
    "no-expiry",
    "long-lifetime",
    "expiry-not-checked",
    "no-revocation",
    "revocation-off",
    "sensitive-payload",
    "hardcoded-secret",
    "no-key-id",
    "cookie-over-plain-http",
    "token-in-url",
    "token-in-log",
    "tls-not-checked",
    "plain-http-allowed",
    "detailed-refusal",
    "token-optional-at-proxy",
    "algorithm-from-token-at-proxy",
    "expired-token-at-proxy",
    "private-key-in-tree",
    "secret-in-config",
    "secret-shared",
    "token-in-tree",
    "credentials-in-log",
    "token-in-url-at-proxy",
    "plain-http-at-proxy",
    "plain-http-in-config",
    "errors-shown",
];

impl Catalog {
    /// The rules that this program was built with.
    pub fn built_in() -> Result<Self, CatalogError> {
        let files = TEXTS.iter().map(|text| toml::from_str(text));
        let mut rules: Vec<RuleText> = files.collect::<Result<_, _>>()?;
        rules.extend(tables::rules()?);
        Ok(Self { rules })
    }

    /// All rules: those for code and settings, then those of each command.
    #[must_use]
    pub fn rules(&self) -> &[RuleText] {
        &self.rules
    }

    /// That there is no rule of this name, and which may have been meant.
    #[must_use]
    pub fn no_such_rule(&self, name: &str) -> String {
        match meant(&plain(name), self.rules.iter().map(|rule| rule.id.as_str())) {
            Some(rule) => format!("there is no rule `{name}`; `{rule}` is one"),
            None => no_such(name),
        }
    }

    /// The rule of this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&RuleText> {
        self.rules.iter().find(|rule| rule.id == id)
    }
}
