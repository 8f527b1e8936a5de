//! The scope of a token: what it may do.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

#[cfg(test)]
mod tests;

/// An OAuth scope: a set of names, in the order they were given (RFC 6749 § 3.3).
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Scope(Box<str>);

/// The text is no scope.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "a scope is names of visible ASCII without `\"` and `\\`, one space between two, at most 4096 bytes"
)]
#[non_exhaustive]
pub struct InvalidScope;

impl Scope {
    /// The longest, in bytes: it travels in the header of each request.
    pub const MAX_LEN: usize = 4_096;

    /// The scope that allows nothing in particular.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// Parses names with one space between two; a name given twice counts once.
    pub fn parse(text: &str) -> Result<Self, InvalidScope> {
        if text.len() > Self::MAX_LEN {
            return Err(InvalidScope);
        }
        let mut names: Vec<&str> = Vec::new();
        // A list searched for each of a thousand names would take milliseconds.
        let mut seen = BTreeSet::new();
        if !text.is_empty() {
            for name in text.split(' ') {
                if name.is_empty() || !name.bytes().all(allowed) {
                    return Err(InvalidScope);
                }
                if seen.insert(name) {
                    names.push(name);
                }
            }
        }
        Ok(Self(names.join(" ").into()))
    }

    /// Its names.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.split(' ').filter(|name| !name.is_empty())
    }

    /// Whether `name` is one of them.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.iter().any(|own| own == name)
    }

    /// Whether `other` has every name of this one.
    #[must_use]
    pub fn is_subset_of(&self, other: &Self) -> bool {
        let others: BTreeSet<&str> = other.iter().collect();
        self.iter().all(|name| others.contains(name))
    }

    /// Whether it has no names.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names with one space between two, as they stand in a token.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Scope {
    type Err = InvalidScope;

    fn from_str(text: &str) -> Result<Self, InvalidScope> {
        Self::parse(text)
    }
}

/// `scope-token` of RFC 6749 § 3.3.
const fn allowed(byte: u8) -> bool {
    matches!(byte, 0x21 | 0x23..=0x5B | 0x5D..=0x7E)
}
