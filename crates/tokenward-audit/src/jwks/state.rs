//! `--state`: when each key of a set was seen first, so that a set that never changes can be told.

use std::collections::BTreeMap;

use base64::Engine as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::finding::{Finding, Severity};
use crate::token::BASE64;

/// As many sets as one file remembers, and keys of each.
const MAX_SETS: usize = 1_000;
const MAX_KEYS: usize = 1_000;
const DAY: u64 = 86_400;
const VERSION: u8 = 1;

/// When keys were seen first, set by set.
///
/// # Examples
///
/// ```
/// use tokenward_audit::JwksState;
///
/// let set = br#"{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA","kid":"1"}]}"#;
/// let (mut state, day) = (JwksState::default(), 86_400);
/// assert!(state.look("https://a.example/jwks", set, 0, 90).is_empty());
/// let found = state.look("https://a.example/jwks", set, 91 * day, 90);
/// assert_eq!(found[0].rule, "jwks-old-key");
/// ```
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct JwksState {
    version: u8,
    sets: BTreeMap<String, Seen>,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Seen {
    /// When the set was looked at first and last, in seconds since 1970.
    first: u64,
    last: u64,
    /// When each key was, by its thumbprint (RFC 7638).
    keys: BTreeMap<String, u64>,
}

/// A file is not what `--state` writes.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JwksStateError {
    /// It is no JSON of that form.
    #[error("it is not what --state writes; name a file that is not there to begin anew")]
    Malformed(#[source] serde_json::Error),
    /// A later version of this program wrote it.
    #[error("it is of version {0}, of which this program knows nothing")]
    Version(u8),
}

impl JwksState {
    /// Reads what [`JwksState::to_json`] wrote.
    pub fn parse(text: &str) -> Result<Self, JwksStateError> {
        let state: Self = serde_json::from_str(text).map_err(JwksStateError::Malformed)?;
        match state.version {
            VERSION => Ok(state),
            other => Err(JwksStateError::Version(other)),
        }
    }

    /// The file's text.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(&Self { version: VERSION, ..self.clone() })
    }

    /// Notes the keys of a set, and tells of those that have been there for more than `days`. What is no set is
    /// left to [`super::audit_jwks`]. Both times are in seconds since 1970. An address is remembered without its
    /// query, which may be a secret, so that sets that it alone tells apart want a file each.
    pub fn look(&mut self, name: &str, text: &[u8], now: u64, days: u64) -> Vec<Finding> {
        let name = &super::shown(name);
        let set: Value = serde_json::from_slice(text).unwrap_or_default();
        let keys: Vec<&Value> = match set.get("keys").and_then(Value::as_array) {
            Some(keys) => keys.iter().take(MAX_KEYS).collect(),
            None => vec![&set],
        };
        let present: Vec<(String, &Value)> =
            keys.into_iter().filter_map(|key| Some((thumbprint(key)?, key))).collect();
        if present.is_empty() || !self.sets.contains_key(name) && self.sets.len() >= MAX_SETS {
            return Vec::new();
        }
        let is_new = !self.sets.contains_key(name);
        let seen = self.sets.entry(name.to_owned()).or_default();
        if is_new {
            seen.first = now;
        }
        let before = std::mem::take(&mut seen.keys);
        for (print, _) in &present {
            let first = before.get(print).copied().unwrap_or(now);
            seen.keys.insert(print.clone(), first);
        }
        seen.last = now;
        told(name, seen, &present, now, days)
    }
}

fn told(
    name: &str,
    seen: &Seen,
    present: &[(String, &Value)],
    now: u64,
    days: u64,
) -> Vec<Finding> {
    let age = |since: u64| now.saturating_sub(since).checked_div(DAY).unwrap_or_default();
    let mut findings = Vec::new();
    for (print, key) in present {
        let Some(age) = seen.keys.get(print).map(|first| age(*first)) else { continue };
        if age <= days {
            continue;
        }
        let kid = key.get("kid").and_then(Value::as_str).unwrap_or(print);
        findings.push(Finding::about(
            &format!("{name}: key `{kid}`"),
            ("jwks-old-key", 8),
            Severity::Medium,
            format!("the same key has been there for {age} days, as far back as this file goes"),
            "replace keys on a schedule that nobody has to remember, before anything has happened",
        ));
    }
    let watched = age(seen.first);
    let never = seen.keys.values().all(|first| *first == seen.first);
    if never && watched > days {
        findings.push(Finding::about(
            name,
            ("jwks-never-rotated", 8),
            Severity::Medium,
            format!("in {watched} days no key was added, and none went: nobody knows whether a change works"),
            "let the next key appear before it signs, and the last one go when its tokens have ended",
        ));
    }
    findings
}

/// The thumbprint of RFC 7638, section 3: the members that make the key, in their order, hashed.
fn thumbprint(key: &Value) -> Option<String> {
    let members: &[&str] = match key.get("kty")?.as_str()? {
        "RSA" => &["e", "kty", "n"],
        "EC" => &["crv", "kty", "x", "y"],
        "OKP" => &["crv", "kty", "x"],
        "oct" => &["k", "kty"],
        // ML-DSA, as its draft has it.
        "AKP" => &["alg", "kty", "pub"],
        _ => return None,
    };
    let mut parts = Vec::new();
    for member in members {
        parts.push(format!(
            "{}:{}",
            Value::from(*member),
            Value::from(key.get(*member)?.as_str()?)
        ));
    }
    Some(BASE64.encode(Sha256::digest(format!("{{{}}}", parts.join(",")))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thumbprint_is_that_of_the_example_of_rfc_7638() {
        let key = serde_json::json!({
            "kty": "RSA", "e": "AQAB", "alg": "RS256", "kid": "2011-04-29",
            "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
        });
        assert_eq!(thumbprint(&key).unwrap(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    #[test]
    fn a_key_that_stays_too_long_is_told_and_one_that_follows_it_is_not() {
        let mut state = JwksState::default();
        let mut look = |keys: &[&str], day: u64| {
            state = JwksState::parse(&state.to_json().unwrap()).unwrap();
            rules(&state.look("set", set(keys).as_bytes(), day * DAY, 90))
        };
        assert_eq!(look(&["a"], 10), Vec::<String>::new());
        assert_eq!(look(&["a"], 100), Vec::<String>::new(), "ninety days");
        assert_eq!(look(&["a"], 101), ["set: key `a` jwks-old-key", "set jwks-never-rotated"]);
        assert_eq!(look(&["a", "b"], 102), ["set: key `a` jwks-old-key"]);
        assert_eq!(look(&["b"], 103), Vec::<String>::new());
        // One that went and came back is new: what was in between nobody knows.
        assert_eq!(look(&["a", "b"], 104), Vec::<String>::new());
    }

    #[test]
    fn what_is_remembered_of_an_address_is_no_secret() {
        let mut state = JwksState::default();
        state.look("https://u:PASS@a.example/jwks?key=K", set(&["a"]).as_bytes(), 0, 90);
        let json = state.to_json().unwrap();
        assert!(json.contains("https://a.example/jwks") && !json.contains("PASS"), "{json}");
        assert!(!json.contains("key=K"), "{json}");
    }

    #[test]
    fn a_new_name_for_an_old_key_is_no_new_key() {
        let mut state = JwksState::default();
        state.look("set", set(&["a"]).as_bytes(), 0, 90);
        let renamed = set(&["a"]).replace("\"kid\":\"a\"", "\"kid\":\"2026\"");
        assert_eq!(
            rules(&state.look("set", renamed.as_bytes(), 91 * DAY, 90)),
            ["set: key `2026` jwks-old-key", "set jwks-never-rotated"]
        );
    }

    #[test]
    fn what_is_no_set_or_no_state_changes_nothing() {
        let mut state = JwksState::default();
        for bad in ["", "[]", "{}", r#"{"keys":[{"kty":"EC"},{"kty":1},7]}"#, "<html>"] {
            assert_eq!(state.look("set", bad.as_bytes(), 0, 90), []);
        }
        assert!(state.sets.is_empty());
        for bad in
            ["", "{}", "[]", r#"{"version":2,"sets":{}}"#, r#"{"version":1,"sets":{},"x":1}"#]
        {
            assert!(JwksState::parse(bad).is_err(), "{bad}");
        }
        // A clock that went back is no age.
        state.look("set", set(&["a"]).as_bytes(), 1_000 * DAY, 90);
        assert_eq!(state.look("set", set(&["a"]).as_bytes(), 0, 90), []);
    }

    fn set(keys: &[&str]) -> String {
        let key = |name: &&str| {
            format!(r#"{{"kty":"EC","crv":"P-256","x":"{name}","y":"{name}","kid":"{name}"}}"#)
        };
        format!(r#"{{"keys":[{}]}}"#, keys.iter().map(key).collect::<Vec<_>>().join(","))
    }

    fn rules(findings: &[Finding]) -> Vec<String> {
        findings.iter().map(|one| format!("{} {}", one.file, one.rule)).collect()
    }
}
