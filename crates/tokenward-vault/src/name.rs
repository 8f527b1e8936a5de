//! The names of our keys in the transit engine.

use tokenward_keys::KeyLabel;

#[cfg(test)]
mod tests;

/// The fixed part of the names of an audience's keys: `ENVIRONMENT-AUDIENCE-`.
///
/// What follows is random and of one length, so a name tells its environment and audience beyond doubt, as
/// far as the two are told apart at all: a policy for `prod-orders-*` also covers the keys of an audience
/// `orders-eu`.
pub(crate) fn prefix(environment: &str, audience: &str) -> String {
    format!("{}-{}-", plain(environment, ENVIRONMENT), plain(audience, AUDIENCE))
}

/// The name of the key that was ordered under `label`: its 128 random bits follow the prefix.
pub(crate) fn of(environment: &str, audience: &str, label: KeyLabel) -> String {
    format!("{}{label}", prefix(environment, audience))
}

/// A name that no key has.
pub(crate) fn fresh(environment: &str, audience: &str) -> String {
    of(environment, audience, KeyLabel::random())
}

/// Whether `name` is one that [`of`] could have given.
pub(crate) fn is_ours(name: &str, environment: &str, audience: &str) -> bool {
    let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    name.strip_prefix(prefix(environment, audience).as_str())
        .is_some_and(|rest| rest.len() == 32 && rest.bytes().all(hex))
}

/// `text` in the characters that a name may hold, at most `limit` of them, with a letter or digit first.
fn plain(text: &str, limit: usize) -> String {
    let keep = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '_' }
    };
    let plain: String = text.chars().map(keep).take(limit).collect();
    if plain.starts_with(|c: char| c.is_ascii_alphanumeric()) { plain } else { format!("x{plain}") }
}

const ENVIRONMENT: usize = 32;
const AUDIENCE: usize = 128;
