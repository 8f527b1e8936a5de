//! The scope of a token: what it may do.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use crate::ids::visible;

#[cfg(test)]
mod tests;

/// An OAuth scope: a set of names, in the order they were given (RFC 6749 § 3.3).
///
/// ```
/// use tokenward::Scope;
///
/// let scope = Scope::parse("notes:read notes:write notes:read")?;
/// assert_eq!(scope.as_str(), "notes:read notes:write");
/// assert!(scope.contains("notes:read"));
/// assert!(Scope::parse("notes:read")?.is_subset_of(&scope));
/// assert!(Scope::parse("two  spaces").is_err());
/// # Ok::<(), tokenward::InvalidScope>(())
/// ```
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
        ScopeRef::parse(text).map(ScopeRef::to_scope)
    }

    /// The scope of these names, each kept once.
    fn of_names(text: &str) -> Self {
        // A list searched for each of a thousand names would take milliseconds.
        let mut seen = BTreeSet::new();
        let names: Vec<&str> =
            text.split(' ').filter(|name| !name.is_empty() && seen.insert(*name)).collect();
        Self(names.join(" ").into())
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

/// A scope that stands in a token read without copying; see [`Scope`].
///
/// ```
/// # fn f(claims: &tokenward::Verified<tokenward::AccessClaimsRef<'_>>) -> bool {
/// claims.scope().contains("notes:write")
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct ScopeRef<'a>(&'a str);

impl<'a> ScopeRef<'a> {
    /// The scope in `text`, if it is one.
    pub(crate) fn parse(text: &'a str) -> Result<Self, InvalidScope> {
        // One name, eight bytes at a time.
        if !text.is_empty() && text.len() <= Scope::MAX_LEN && visible(text) {
            return Ok(Self(text));
        }
        // As if a space stood before and after: a name, which is not empty, stands between two.
        let mut after_space = true;
        let mut good = text.len() <= Scope::MAX_LEN;
        for byte in text.bytes() {
            good &= allowed(byte) || (byte == b' ' && !after_space);
            after_space = byte == b' ';
        }
        if good && (text.is_empty() || !after_space) { Ok(Self(text)) } else { Err(InvalidScope) }
    }

    /// Its names; one that the token has twice comes twice.
    pub fn iter(&self) -> impl Iterator<Item = &'a str> {
        self.0.split(' ').filter(|name| !name.is_empty())
    }

    /// Whether `name` is one of them.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.iter().any(|own| own == name)
    }

    /// Whether it has no names.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names as they stand in the token.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.0
    }

    /// A scope of its own, in which each name stands once.
    #[must_use]
    pub fn to_scope(self) -> Scope {
        Scope::of_names(self.0)
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
