//! What each rule says to people: the `rule.toml` of its folder, compiled in.

use serde::{Deserialize, Serialize};

use super::RULES;
use crate::config;
use crate::finding::{Confidence, Severity};

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

/// The names of all rules.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    let code = RULES.iter().map(|rule| rule.id);
    code.chain(config::RULES.iter().map(|(id, _)| *id))
}

/// That there is no rule of this name, and which may have been meant.
pub(crate) fn unknown(name: &str) -> String {
    let plain = name.trim().replace('_', "-").to_lowercase();
    let meant =
        names().map(|rule| (distance(&plain, rule), rule)).min().filter(|(steps, _)| *steps <= 3);
    if let Some((_, rule)) = meant {
        return format!("there is no rule `{name}`; `{rule}` is one");
    }
    let of = [("live-", "live"), ("token-", "token"), ("jwks-", "jwks")];
    match of.iter().find(|(start, _)| plain.starts_with(start)) {
        Some((_, command)) => {
            format!(
                "`{name}` is of `tokenward audit {command}`: it has no page here, and its severity cannot be set"
            )
        }
        None => format!("there is no rule `{name}`; `tokenward audit rules` lists them"),
    }
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
        let rules = TEXTS.iter().map(|text| toml::from_str(text)).collect::<Result<_, _>>()?;
        Ok(Self { rules })
    }

    /// All rules, by mistake.
    #[must_use]
    pub fn rules(&self) -> &[RuleText] {
        &self.rules
    }

    /// That there is no rule of this name, and which may have been meant.
    #[must_use]
    pub fn no_such_rule(name: &str) -> String {
        unknown(name)
    }

    /// The rule of this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&RuleText> {
        self.rules.iter().find(|rule| rule.id == id)
    }
}
