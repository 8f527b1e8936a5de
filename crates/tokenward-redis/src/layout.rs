//! The public layout: which keys say that something is revoked, and what they hold.
//!
//! `docs/revocation-redis.md` is the page for whoever reads it from another language. Every key begins
//! with the hash tag `{tw:ENV}`, so that a cluster keeps them on one node and a script may write them
//! together.
//!
//! | key | holds | a token is refused |
//! | --- | --- | --- |
//! | `jti:ID`, `sid:ID`, `kid:ID` | `*`, or names of audiences | by `*`, or if its audience is named |
//! | `iss:ID`, `aud:ID` | seconds | whose `iat` is not above |
//! | `ver:SUB`, `ver@AUD:SUB` | a number | whose `ver` is below |
//! | `sub:SUB`, `sub@AUD:SUB` | two times in seconds | whose `iat` is not above the first if it has no `ver`, the second if it has |
//!
//! **Invariant:** what concerns some audiences never refuses a token of another, so that a service
//! which may revoke in one of them cannot end what belongs to the rest.

use std::collections::{BTreeSet, HashMap, HashSet};

use tokenward::{Audience, IssuerId, UnixTime};
use tokenward_revocation::{Revocation, Scope};

#[cfg(test)]
mod tests;

/// What no audience may be called whose feed is in Redis: they stand in the head, beside its heartbeat.
pub const RESERVED_NAMES: &[&str] = &["seq", "time", "chain"];

/// The names of the keys of one environment.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    prefix: String,
    /// Every audience with the issuer of its tokens.
    audiences: Vec<(Audience, IssuerId)>,
}

/// A key that says that something is revoked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) merge: Merge,
    pub(crate) value: String,
    pub(crate) ends_at: UnixTime,
}

/// How a value is joined with one that is there already; see `publish.lua`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Merge {
    List,
    Floor,
    Pair,
}

impl Merge {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Floor => "floor",
            Self::Pair => "pair",
        }
    }
}

impl Layout {
    pub(crate) fn new(environment: &str, audiences: Vec<(Audience, IssuerId)>) -> Self {
        Self { prefix: prefix(environment), audiences }
    }

    /// The hash that says how far the rest reaches.
    pub(crate) fn head(&self) -> String {
        format!("{}head", self.prefix)
    }

    /// The stream of frames.
    pub(crate) fn feed(&self) -> String {
        format!("{}feed", self.prefix)
    }

    /// What says how far a writing of several calls has come, while it lasts.
    pub(crate) fn mark(&self, writing: &str) -> String {
        format!("{}writing:{writing}", self.prefix)
    }

    /// Every audience.
    pub(crate) fn audiences(&self) -> impl Iterator<Item = &Audience> {
        self.audiences.iter().map(|(audience, _)| audience)
    }

    /// The keys that `rows` are, without those that have ended at `now`.
    pub(crate) fn entries(&self, rows: &[Revocation], now: UnixTime) -> Vec<Entry> {
        let everywhere = self.everywhere(rows);
        let mut entries = Vec::new();
        for row in rows.iter().filter(|row| row.ends_at > now) {
            let audience = match &row.audience {
                Some(audience) if !everywhere.contains(&row.scope) => Some(audience),
                _ => None,
            };
            self.add(&mut entries, row, audience);
        }
        entries
    }

    /// What `rows` revoke in every audience, one by one: a service that may revoke in all of them says
    /// so for each.
    fn everywhere<'a>(&self, rows: &'a [Revocation]) -> HashSet<&'a Scope> {
        let mut named: HashMap<&Scope, BTreeSet<&Audience>> = HashMap::new();
        for row in rows {
            named.entry(&row.scope).or_default().extend(&row.audience);
        }
        let all = |names: &BTreeSet<_>| self.audiences.iter().all(|(name, _)| names.contains(name));
        named.into_iter().filter(|(_, names)| all(names)).map(|(scope, _)| scope).collect()
    }

    fn add(&self, entries: &mut Vec<Entry>, row: &Revocation, audience: Option<&Audience>) {
        let mut add = |kind: &str, id: &str, merge, value| {
            let key = format!("{}{kind}:{id}", self.prefix);
            entries.push(Entry { key, merge, value, ends_at: row.ends_at });
        };
        let named = || audience.map_or_else(|| "*".to_owned(), Audience::to_string);
        let kind = |kind: &str| match audience {
            None => kind.to_owned(),
            // No audience holds `@` or `:`, so nobody's id can be taken for a part of this.
            Some(audience) => format!("{kind}@{audience}"),
        };
        match &row.scope {
            Scope::Jti(id) => add("jti", id.as_str(), Merge::List, named()),
            Scope::Session(id) => add("sid", id.as_str(), Merge::List, named()),
            Scope::Key(id) => add("kid", id.as_str(), Merge::List, named()),
            Scope::Version { subject, below } => {
                add(&kind("ver"), subject.as_str(), Merge::Floor, below.get().to_string());
            }
            Scope::Subject { subject, version, issued_up_to } => {
                let up_to = issued_up_to.as_secs();
                // Zero refuses nothing: no token was issued at the epoch.
                let versioned = if version.is_some() { 0 } else { up_to };
                let value = format!("{up_to} {versioned}");
                add(&kind("sub"), subject.as_str(), Merge::Pair, value);
                if let Some(version) = version {
                    let floor = version.get().to_string();
                    add(&kind("ver"), subject.as_str(), Merge::Floor, floor);
                }
            }
            Scope::Audience { issued_up_to } => {
                let up_to = issued_up_to.as_secs().to_string();
                for (name, _) in self.concerned(audience) {
                    add("aud", name.as_str(), Merge::Floor, up_to.clone());
                }
            }
            Scope::Issuer { issued_up_to } => {
                let up_to = issued_up_to.as_secs().to_string();
                for (_, issuer) in self.concerned(audience) {
                    add("iss", issuer.as_str(), Merge::Floor, up_to.clone());
                }
            }
            // A kind that is not known here must not be passed over in silence, and it is not: the
            // tests of this crate make one of every kind.
            other => tracing::error!(kind = other.kind(), "no key of Redis says this"),
        }
    }

    fn concerned<'a>(
        &'a self,
        audience: Option<&'a Audience>,
    ) -> impl Iterator<Item = &'a (Audience, IssuerId)> {
        self.audiences.iter().filter(move |(name, _)| audience.is_none_or(|one| one == name))
    }
}

pub(crate) fn prefix(environment: &str) -> String {
    format!("{{tw:{environment}}}:")
}
