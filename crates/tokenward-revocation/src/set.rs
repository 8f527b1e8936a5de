//! What is revoked for one audience, in memory.
//!
//! **Invariant:** [`Set::insert_item`] only adds, and what it adds stays until its whole minute has
//! passed. A revocation that is merged into a longer one lives as long as the longer one, which is
//! right: what was revoked once stays revoked.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::hash::Hash;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use tokenward::{
    AccessClaims, Audience, Jti, KeyId, Reason, Rejected, SessionId, Subject, TokenVersion,
    UnixTime,
};

use crate::feed::{Fact, Item};
use crate::{Fingerprint, Fingerprints, Revocation, Seq};

#[cfg(test)]
mod tests;

/// The live revocations of one audience. Any number of threads may ask while one adds.
pub struct Set {
    audience: Audience,
    tables: RwLock<Tables>,
}

impl Set {
    /// An empty set, which knows subjects and sessions by `fingerprints`.
    #[must_use]
    pub fn new(audience: Audience, fingerprints: Fingerprints) -> Self {
        Self { audience, tables: RwLock::new(Tables::new(fingerprints)) }
    }

    /// Whose tokens it is about.
    #[must_use]
    pub const fn audience(&self) -> &Audience {
        &self.audience
    }

    /// Adds `revocation`, unless it concerns other audiences alone.
    pub fn insert(&self, revocation: &Revocation) {
        if revocation.concerns(&self.audience) {
            self.write().insert_revocation(revocation);
        }
    }

    /// Adds `item`, whose fingerprints were made under the same secret.
    pub fn insert_item(&self, item: &Item) {
        self.write().insert(item);
    }

    /// Why the token with these claims is revoked, of which the key `key_id` made the signature; `None`
    /// if it is not.
    #[must_use]
    pub fn check(&self, claims: &AccessClaims, key_id: Option<&KeyId>) -> Option<RevokedBy> {
        self.check_facts(&Facts::of(claims, key_id))
    }

    /// As [`Self::check`], for claims that are not an access token's of ours.
    #[must_use]
    pub fn check_facts(&self, facts: &Facts<'_>) -> Option<RevokedBy> {
        self.read().check(facts)
    }

    /// Whether `item` is in here, or has ended before the last [`Self::expire`].
    #[must_use]
    pub fn knows(&self, item: &Item) -> bool {
        self.read().knows(item)
    }

    /// Drops what has ended at `now`, by whole minutes: a revocation stays to the end of the minute
    /// in which it ends. Answers how many were dropped.
    ///
    /// `now` should not run ahead: what is dropped too early comes back only with the next snapshot.
    pub fn expire(&self, now: UnixTime) -> usize {
        in_slices(|| self.write().expire_some(now))
    }

    /// How many revocations it holds, those of one subject counted as one.
    #[must_use]
    pub fn len(&self) -> usize {
        self.read().len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    // No code of ours panics while it holds the lock, and every change is whole by itself.
    fn read(&self) -> RwLockReadGuard<'_, Tables> {
        self.tables.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Tables> {
        self.tables.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { audience, .. } = self;
        f.debug_struct("Set").field("audience", audience).field("len", &self.len()).finish()
    }
}

/// What a revocation can be about, of one token whose signature has been checked.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "whoever asks must not forget one")]
pub struct Facts<'a> {
    /// Its `jti`.
    pub token_id: &'a Jti,
    /// Its `sid`.
    pub session_id: Option<&'a SessionId>,
    /// Its `sub`.
    pub subject: &'a Subject,
    /// Its `ver`.
    pub token_version: Option<TokenVersion>,
    /// Its `iat`.
    pub issued_at: UnixTime,
    /// The `kid` of the key that verified it.
    pub key_id: Option<&'a KeyId>,
}

impl<'a> Facts<'a> {
    /// The facts of an access token.
    #[must_use]
    pub fn of(claims: &'a AccessClaims, key_id: Option<&'a KeyId>) -> Self {
        Self {
            token_id: claims.token_id(),
            session_id: claims.session_id(),
            subject: claims.subject(),
            token_version: claims.token_version(),
            issued_at: claims.issued_at(),
            key_id,
        }
    }
}

/// Why a token is revoked: for logs and metrics, never for its bearer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum RevokedBy {
    /// Its own id.
    Jti,
    /// Its session.
    Session,
    /// Its subject.
    Subject,
    /// Its version, which is older than its subject's.
    Version,
    /// The key that signed it.
    Key,
    /// Its audience, all of whose tokens up to a time are.
    Audience,
    /// Its issuer, all of whose tokens up to a time are.
    Issuer,
}

impl RevokedBy {
    /// A label for metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jti => "jti",
            Self::Session => "sid",
            Self::Subject => "sub",
            Self::Version => "ver",
            Self::Key => "kid",
            Self::Audience => "aud",
            Self::Issuer => "iss",
        }
    }
}

impl From<RevokedBy> for Rejected {
    fn from(by: RevokedBy) -> Self {
        Self::from_reason(match by {
            RevokedBy::Version => Reason::OldVersion,
            _ => Reason::Revoked,
        })
    }
}

impl fmt::Display for RevokedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The minute at whose end a revocation is dropped, counted from the epoch.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
struct Minute(u64);

impl Minute {
    const MILLIS: u64 = 60_000;

    /// The minute that holds the whole life of what ends at `end`.
    fn that_ends(end: UnixTime) -> Self {
        // Zero is where nothing is known yet, see `prolong`.
        Self(end.as_millis().div_ceil(Self::MILLIS).max(1))
    }

    /// Its end.
    const fn end(self) -> UnixTime {
        UnixTime::from_millis(self.0.saturating_mul(Self::MILLIS))
    }

    /// The last minute that is over at `now`.
    const fn passed_at(now: UnixTime) -> Self {
        Self(now.as_millis() / Self::MILLIS)
    }
}

/// The floors of one subject, or of the whole audience.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Floors {
    /// Refused: `ver` below.
    version: TokenVersion,
    /// Refused: no `ver`, and `iat` up to here (whole seconds).
    unversioned_up_to: Option<u64>,
    /// Refused: `iat` up to here (whole seconds), whatever the `ver`.
    issued_up_to: Option<u64>,
}

impl Floors {
    fn raise(&mut self, other: Self) {
        self.version = self.version.max(other.version);
        self.unversioned_up_to = self.unversioned_up_to.max(other.unversioned_up_to);
        self.issued_up_to = self.issued_up_to.max(other.issued_up_to);
    }

    fn covers(&self, other: Self) -> bool {
        let mut raised = *self;
        raised.raise(other);
        raised == *self
    }

    /// The facts that raise nothing to exactly these.
    fn facts(&self, subject: Fingerprint) -> Vec<Fact> {
        let mut facts = Vec::new();
        if let Some(secs) = self.unversioned_up_to {
            let (version, issued_up_to) = (Some(self.version), UnixTime::from_secs(secs));
            facts.push(Fact::Subject { subject, version, issued_up_to });
        } else if self.version > TokenVersion::default() {
            facts.push(Fact::Version { subject, below: self.version });
        }
        if let Some(secs) = self.issued_up_to {
            let issued_up_to = UnixTime::from_secs(secs);
            facts.push(Fact::Subject { subject, version: None, issued_up_to });
        }
        facts
    }

    fn check(&self, facts: &Facts<'_>) -> Option<RevokedBy> {
        let iat = Some(facts.issued_at.as_secs());
        match facts.token_version {
            Some(version) if version < self.version => Some(RevokedBy::Version),
            None if iat <= self.unversioned_up_to => Some(RevokedBy::Subject),
            _ if iat <= self.issued_up_to => Some(RevokedBy::Subject),
            _ => None,
        }
    }
}

/// What a [`Fact`] becomes in the tables.
enum Entry {
    Jti(Jti),
    Session(Fingerprint),
    Subject(Fingerprint),
    Key(KeyId),
    Audience,
    Issuer,
}

/// What is revoked for one audience, without a lock: whoever has one of their own puts it there.
pub(crate) struct Tables {
    fingerprints: Fingerprints,
    jtis: HashMap<Jti, Minute>,
    sessions: HashMap<Fingerprint, Minute>,
    subjects: HashMap<Fingerprint, (Minute, Floors)>,
    keys: HashMap<KeyId, Minute>,
    audience: Option<(Minute, u64)>,
    issuer: Option<(Minute, u64)>,
    /// Who ends with which minute. An entry that was prolonged stands in several.
    due: BTreeMap<Minute, Vec<Entry>>,
    /// Everything that ended with this minute or before is gone.
    expired: Minute,
}

impl Tables {
    pub(crate) fn new(fingerprints: Fingerprints) -> Self {
        Self {
            fingerprints,
            jtis: HashMap::new(),
            sessions: HashMap::new(),
            subjects: HashMap::new(),
            keys: HashMap::new(),
            audience: None,
            issuer: None,
            due: BTreeMap::new(),
            expired: Minute::default(),
        }
    }

    /// Adds a revocation, which must concern the audience.
    pub(crate) fn insert_revocation(&mut self, revocation: &Revocation) {
        self.insert(&Item::of(revocation, &self.fingerprints));
    }

    pub(crate) fn insert(&mut self, item: &Item) {
        let end = Minute::that_ends(item.ends_at);
        let (entry, later) = match &item.fact {
            Fact::Jti(id) => (Entry::Jti(id.clone()), prolong(&mut self.jtis, id.clone(), end)),
            Fact::Session(id) => (Entry::Session(*id), prolong(&mut self.sessions, *id, end)),
            Fact::Key(id) => (Entry::Key(id.clone()), prolong(&mut self.keys, id.clone(), end)),
            Fact::Subject { subject, .. } | Fact::Version { subject, .. } => {
                let (known, floors) = self.subjects.entry(*subject).or_default();
                floors.raise(floors_of(&item.fact));
                let later = end > *known;
                *known = end.max(*known);
                (Entry::Subject(*subject), later)
            }
            Fact::Audience { issued_up_to } => {
                (Entry::Audience, raise(&mut self.audience, end, *issued_up_to))
            }
            Fact::Issuer { issued_up_to } => {
                (Entry::Issuer, raise(&mut self.issuer, end, *issued_up_to))
            }
        };
        if later {
            self.due.entry(end).or_default().push(entry);
        }
    }

    pub(crate) const fn fingerprints(&self) -> &Fingerprints {
        &self.fingerprints
    }

    /// Everything in here, without numbers: what, inserted elsewhere, makes the same tables.
    pub(crate) fn items(&self) -> Vec<Item> {
        let item = |end: Minute, fact| Item { seq: Seq::ZERO, ends_at: end.end(), fact };
        let mut items: Vec<Item> =
            self.jtis.iter().map(|(id, end)| item(*end, Fact::Jti(id.clone()))).collect();
        items.extend(self.sessions.iter().map(|(id, end)| item(*end, Fact::Session(*id))));
        items.extend(self.keys.iter().map(|(id, end)| item(*end, Fact::Key(id.clone()))));
        for (subject, (end, floors)) in &self.subjects {
            items.extend(floors.facts(*subject).into_iter().map(|fact| item(*end, fact)));
        }
        let floor = |secs: u64| UnixTime::from_secs(secs);
        items.extend(
            self.audience
                .map(|(end, up_to)| item(end, Fact::Audience { issued_up_to: floor(up_to) })),
        );
        items.extend(
            self.issuer.map(|(end, up_to)| item(end, Fact::Issuer { issued_up_to: floor(up_to) })),
        );
        items
    }

    pub(crate) fn check(&self, facts: &Facts<'_>) -> Option<RevokedBy> {
        let iat = facts.issued_at.as_secs();
        if self.jtis.contains_key(facts.token_id) {
            return Some(RevokedBy::Jti);
        }
        if facts.key_id.is_some_and(|id| self.keys.contains_key(id)) {
            return Some(RevokedBy::Key);
        }
        if self.issuer.is_some_and(|(_, up_to)| iat <= up_to) {
            return Some(RevokedBy::Issuer);
        }
        if self.audience.is_some_and(|(_, up_to)| iat <= up_to) {
            return Some(RevokedBy::Audience);
        }
        // Fingerprints cost two hashes each; with nothing to compare them to, they are not made.
        let session = facts.session_id.filter(|_| !self.sessions.is_empty());
        if session.is_some_and(|id| self.sessions.contains_key(&self.fingerprints.session(id))) {
            return Some(RevokedBy::Session);
        }
        if self.subjects.is_empty() {
            return None;
        }
        let (_, floors) = self.subjects.get(&self.fingerprints.subject(facts.subject))?;
        floors.check(facts)
    }

    pub(crate) fn knows(&self, item: &Item) -> bool {
        let end = Minute::that_ends(item.ends_at);
        if end <= self.expired {
            return true;
        }
        match &item.fact {
            Fact::Jti(id) => self.jtis.get(id).is_some_and(|known| *known >= end),
            Fact::Session(id) => self.sessions.get(id).is_some_and(|known| *known >= end),
            Fact::Key(id) => self.keys.get(id).is_some_and(|known| *known >= end),
            Fact::Subject { subject, .. } | Fact::Version { subject, .. } => {
                self.subjects.get(subject).is_some_and(|(known, floors)| {
                    *known >= end && floors.covers(floors_of(&item.fact))
                })
            }
            Fact::Audience { issued_up_to } => covers(self.audience, end, *issued_up_to),
            Fact::Issuer { issued_up_to } => covers(self.issuer, end, *issued_up_to),
        }
    }

    /// Drops a slice of what has ended at `now`; `None` once nothing is left to drop.
    pub(crate) fn expire_some(&mut self, now: UnixTime) -> Option<usize> {
        const SLICE: usize = 4_096;
        let passed = Minute::passed_at(now);
        self.expired = self.expired.max(passed);
        let mut first = self.due.first_entry().filter(|first| *first.key() <= passed)?;
        let minute = *first.key();
        let list = first.get_mut();
        let slice = list.split_off(list.len().saturating_sub(SLICE));
        if list.is_empty() {
            first.remove();
        }
        let before = self.len();
        for entry in slice {
            self.drop_if_ended(&entry, minute);
        }
        Some(before.saturating_sub(self.len()))
    }

    fn drop_if_ended(&mut self, entry: &Entry, minute: Minute) {
        match entry {
            Entry::Jti(id) => drop_from(&mut self.jtis, id, |end| *end <= minute),
            Entry::Session(id) => drop_from(&mut self.sessions, id, |end| *end <= minute),
            Entry::Subject(id) => drop_from(&mut self.subjects, id, |(end, _)| *end <= minute),
            Entry::Key(id) => drop_from(&mut self.keys, id, |end| *end <= minute),
            Entry::Audience => self.audience = self.audience.filter(|(end, _)| *end > minute),
            Entry::Issuer => self.issuer = self.issuer.filter(|(end, _)| *end > minute),
        }
    }

    pub(crate) fn len(&self) -> usize {
        [
            self.jtis.len(),
            self.sessions.len(),
            self.subjects.len(),
            self.keys.len(),
            usize::from(self.audience.is_some()),
            usize::from(self.issuer.is_some()),
        ]
        .into_iter()
        .fold(0, usize::saturating_add)
    }
}

/// Drops slice after slice, under a lock for each, so that a check never waits for the end of a busy
/// minute's list; answers how many were dropped.
pub(crate) fn in_slices(mut expire_some: impl FnMut() -> Option<usize>) -> usize {
    let mut dropped = 0_usize;
    while let Some(some) = expire_some() {
        dropped = dropped.saturating_add(some);
    }
    dropped
}

fn floors_of(fact: &Fact) -> Floors {
    match fact {
        Fact::Subject { version: Some(version), issued_up_to, .. } => Floors {
            version: *version,
            unversioned_up_to: Some(issued_up_to.as_secs()),
            issued_up_to: None,
        },
        Fact::Subject { version: None, issued_up_to, .. } => {
            Floors { issued_up_to: Some(issued_up_to.as_secs()), ..Floors::default() }
        }
        Fact::Version { below, .. } => Floors { version: *below, ..Floors::default() },
        _ => Floors::default(),
    }
}

/// Makes `id` live at least to `end`; whether that was news.
fn prolong<K: Eq + Hash>(table: &mut HashMap<K, Minute>, id: K, end: Minute) -> bool {
    let known = table.entry(id).or_default();
    let later = end > *known;
    *known = end.max(*known);
    later
}

fn raise(floor: &mut Option<(Minute, u64)>, end: Minute, issued_up_to: UnixTime) -> bool {
    let (known_end, known) = floor.unwrap_or_default();
    *floor = Some((end.max(known_end), issued_up_to.as_secs().max(known)));
    end > known_end
}

fn covers(floor: Option<(Minute, u64)>, end: Minute, issued_up_to: UnixTime) -> bool {
    floor.is_some_and(|(known_end, known)| known_end >= end && known >= issued_up_to.as_secs())
}

fn drop_from<K: Eq + Hash, V>(table: &mut HashMap<K, V>, id: &K, ended: impl Fn(&V) -> bool) {
    if table.get(id).is_some_and(ended) {
        table.remove(id);
    }
}
