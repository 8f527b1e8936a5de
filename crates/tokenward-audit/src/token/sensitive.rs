//! Sensitive data in claims: by the name of a member, and by what its value looks like.

use serde_json::Value;

use super::Members;
use crate::code::mask;
use crate::finding::Severity;
use crate::rules::payload;

/// Deeper, nobody puts anything.
const MAX_DEPTH: usize = 32;
/// More of one token are one mistake.
const MAX_FOUND: usize = 50;

/// What is sensitive: the member's path, how bad it is, and what it looks like.
pub(super) fn find(claims: &Members) -> Vec<(String, Severity, &'static str)> {
    let mut found = Vec::new();
    for (name, value) in &claims.0 {
        look(name, name, value, MAX_DEPTH, &mut found);
    }
    found
}

/// The claims, in which what is sensitive stands with its first characters alone.
pub(super) fn shown(claims: &Members) -> Value {
    let shown = claims.0.iter().map(|(name, value)| (name.clone(), masked(name, value, MAX_DEPTH)));
    Value::Object(shown.collect())
}

fn masked(name: &str, value: &Value, depth: usize) -> Value {
    let is_flag = matches!(value, Value::Bool(_) | Value::Null);
    let Some(depth) = depth.checked_sub(1) else { return Value::String("…".to_owned()) };
    if !is_flag && payload::sensitive(name, false).is_some() {
        return Value::String(match value {
            Value::String(text) => mask::masked(text),
            _ => "…".to_owned(),
        });
    }
    match value {
        Value::String(text) if of_text(text).is_some() => Value::String(mask::masked(text)),
        Value::Array(items) => items.iter().map(|item| masked("", item, depth)).collect(),
        Value::Object(members) => Value::Object(
            members.iter().map(|(name, one)| (name.clone(), masked(name, one, depth))).collect(),
        ),
        other => other.clone(),
    }
}

fn look(
    path: &str,
    name: &str,
    value: &Value,
    depth: usize,
    found: &mut Vec<(String, Severity, &'static str)>,
) {
    let Some(depth) = depth.checked_sub(1) else { return };
    if found.len() >= MAX_FOUND {
        return;
    }
    let is_flag = matches!(value, Value::Bool(_) | Value::Null);
    if !is_flag && let Some(severity) = payload::sensitive(name, false) {
        found.push((format!("`{path}`"), severity, "its name says that it is secret or personal"));
        return;
    }
    match value {
        Value::String(text) => {
            if let Some((severity, what)) = of_text(text) {
                found.push((format!("`{path}`"), severity, what));
            }
        }
        Value::Array(items) => {
            for item in items {
                look(&format!("{path}[]"), "", item, depth, found);
            }
        }
        Value::Object(members) => {
            for (name, value) in members {
                look(&format!("{path}.{name}"), name, value, depth, found);
            }
        }
        _ => {}
    }
}

fn of_text(text: &str) -> Option<(Severity, &'static str)> {
    let starts = |marks: &[&str]| marks.iter().any(|mark| text.starts_with(mark));
    if text.contains("PRIVATE KEY-----") {
        Some((Severity::Critical, "a private key"))
    } else if starts(&["$2a$", "$2b$", "$2y$", "$argon2", "$scrypt$", "$pbkdf2", "{bcrypt}"]) {
        Some((Severity::High, "the hash of a password"))
    } else if text.starts_with("eyJ") && text.matches('.').count() >= 2 {
        Some((Severity::High, "another token"))
    } else if text.starts_with("AKIA") && text.len() == 20 {
        Some((Severity::High, "an access key of AWS"))
    } else if starts(&["ghp_", "gho_", "github_pat_", "sk_live_", "xoxb-", "xoxp-", "glpat-"]) {
        Some((Severity::High, "a service's credential"))
    } else if is_card(text) {
        Some((Severity::High, "the number of a payment card"))
    } else if is_social_security(text) {
        Some((Severity::High, "a social security number"))
    } else {
        None
    }
}

/// 13 to 19 digits, perhaps in groups, with the check digit of ISO/IEC 7812 (Luhn).
fn is_card(text: &str) -> bool {
    if !text.chars().all(|c| c.is_ascii_digit() || c == ' ' || c == '-') {
        return false;
    }
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    // Cards begin with 2 to 6; what begins otherwise counts something else.
    if !(13..=19).contains(&digits.len())
        || !digits.first().is_some_and(|one| (2..=6).contains(one))
    {
        return false;
    }
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match at.is_multiple_of(2) {
            true => *digit,
            false if *digit > 4 => digit.saturating_mul(2).saturating_sub(9),
            false => digit.saturating_mul(2),
        })
        .sum();
    sum.is_multiple_of(10)
}

/// `123-45-6789`
fn is_social_security(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let lengths = parts.iter().map(|part| part.len());
    lengths.eq([3, 2, 4]) && parts.iter().all(|part| part.bytes().all(|b| b.is_ascii_digit()))
}
