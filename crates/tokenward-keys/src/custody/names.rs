//! The names of our keys wherever another system holds them.
//!
//! ```
//! use tokenward_keys::KeyLabel;
//! use tokenward_keys::custody::names;
//!
//! let name = names::of("prod", "billing-api", KeyLabel::random());
//! assert!(name.starts_with("prod-billing-api-"));
//! assert!(names::is_ours(&name, "prod", "billing-api"));
//! assert!(!names::is_ours(&name, "staging", "billing-api"));
//! ```

use crate::order::KeyLabel;

#[cfg(test)]
mod tests;

/// The fixed part of the names of an audience's keys: `ENVIRONMENT-AUDIENCE-`.
///
/// What follows is random and of one length, so a name tells its environment and audience beyond doubt, as
/// far as the two are told apart at all: a policy for `prod-orders-*` also covers the keys of an audience
/// `orders-eu`.
#[must_use]
pub fn prefix(environment: &str, audience: &str) -> String {
    format!("{}-{}-", cut(environment, ENVIRONMENT), cut(audience, AUDIENCE))
}

/// The name of the key that was ordered under `label`: its 128 random bits follow the prefix.
#[must_use]
pub fn of(environment: &str, audience: &str, label: KeyLabel) -> String {
    format!("{}{label}", prefix(environment, audience))
}

/// A name that no key has.
#[must_use]
pub fn fresh(environment: &str, audience: &str) -> String {
    of(environment, audience, KeyLabel::random())
}

/// Whether `name` is one that [`of`] could have given.
#[must_use]
pub fn is_ours(name: &str, environment: &str, audience: &str) -> bool {
    let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    name.strip_prefix(prefix(environment, audience).as_str())
        .is_some_and(|rest| rest.len() == 32 && rest.bytes().all(hex))
}

/// The name of an audience in the characters that a name, or the value of a tag, may hold.
#[must_use]
pub fn plain(audience: &str) -> String {
    cut(audience, AUDIENCE)
}

/// `text` in the characters that a name may hold, at most `limit` of them, with a letter or digit first.
fn cut(text: &str, limit: usize) -> String {
    let keep = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '_' }
    };
    let plain: String = text.chars().map(keep).take(limit).collect();
    if plain.starts_with(|c: char| c.is_ascii_alphanumeric()) { plain } else { format!("x{plain}") }
}

const ENVIRONMENT: usize = 32;
const AUDIENCE: usize = 128;
