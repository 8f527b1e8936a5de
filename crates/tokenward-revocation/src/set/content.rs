//! What a check reads: tables and pages, and the root that says which of them count.
//!
//! ```text
//! root ─┬─▶ pages:    (minute, shard, page) ─▶ 32,768 bits in the arena
//!       ├─▶ tokens, sessions, keys: fingerprint
//!       ├─▶ subjects: fingerprint ─▶ floors
//!       └─▶ the audience's and the issuer's floor, the keys of the fingerprints
//! ```
//!
//! Each has two banks, and the root is one word that names one bank of each. To forget, or to put other
//! content in the place of this, the writer fills banks that do not count and then changes the root once.
//!
//! **Invariant:** what is reachable by a root only grows as long as that root stands. Buffers and pages
//! that fell out of use are used again only under a later root.
//!
//! So a check whose root is still the same at its end has seen everything that was inserted before it
//! began, and nothing that was put to another use. If the root has changed it asks again, which happens
//! when a minute has passed or a snapshot has come.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use tokenward::{TokenVersion, UnixTime};

use super::arena::{Arena, PAGE_BITS};
use super::facts::{Facts, RevokedBy};
use super::minute::Minute;
use super::table::{Side, Table};
use crate::DenseId;
use crate::fingerprint::{Prints, SipKey};

/// The tables, by their bit in the root.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    Pages,
    Tokens,
    Sessions,
    Subjects,
    Keys,
    Globals,
}

impl Part {
    const fn bit(self) -> u64 {
        match self {
            Self::Pages => 1,
            Self::Tokens => 2,
            Self::Sessions => 4,
            Self::Subjects => 8,
            Self::Keys => 16,
            Self::Globals => 32,
        }
    }
}

/// Which bank of each part counts, and how often that has changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Root(u64);

impl Root {
    const PARTS: u64 = 0xff;

    #[inline]
    pub(super) const fn side(self, part: Part) -> Side {
        if self.0 & part.bit() == 0 { Side::Left } else { Side::Right }
    }

    /// The same, with the other bank of `part`.
    pub(super) const fn turned(self, part: Part) -> Self {
        Self(self.0 ^ part.bit())
    }

    /// The other bank of every part.
    pub(super) const fn all_turned(self) -> Self {
        Self(self.0 ^ Self::PARTS)
    }

    /// What follows `before`, with these banks.
    const fn after(self, before: Self) -> Self {
        let next = (before.0 | Self::PARTS).wrapping_add(1);
        Self(next | (self.0 & Self::PARTS))
    }
}

/// Everything that a check may read.
pub(super) struct Content {
    root: AtomicU64,
    /// The word of an entry: which page.
    pub(super) pages: Table<1>,
    pub(super) tokens: Table<0>,
    pub(super) sessions: Table<0>,
    /// The words of an entry: [`Floors`].
    pub(super) subjects: Table<3>,
    pub(super) keys: Table<0>,
    pub(super) arena: Arena,
    left: Globals,
    right: Globals,
}

impl Content {
    pub(super) fn new(prints: Prints) -> Self {
        let content = Self {
            root: AtomicU64::new(0),
            pages: Table::new(),
            tokens: Table::new(),
            sessions: Table::new(),
            subjects: Table::new(),
            keys: Table::new(),
            arena: Arena::new(),
            left: Globals::default(),
            right: Globals::default(),
        };
        content.left.begin(prints);
        content
    }

    #[inline]
    pub(super) fn root(&self) -> Root {
        Root(self.root.load(Ordering::Acquire))
    }

    /// Makes the banks of `next` the ones that count.
    pub(super) fn set_root(&self, next: Root) {
        self.root.store(next.after(self.root()).0, Ordering::Release);
    }

    pub(super) fn globals(&self, root: Root) -> &Globals {
        match root.side(Part::Globals) {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }

    #[inline]
    pub(super) fn check(&self, facts: &Facts<'_>) -> Option<RevokedBy> {
        loop {
            let root = self.root();
            let answer = self.check_at(root, facts);
            // After every load of the check: all of them are acquiring ones.
            if self.root() == root {
                return answer;
            }
        }
    }

    fn check_at(&self, root: Root, facts: &Facts<'_>) -> Option<RevokedBy> {
        let globals = self.globals(root);
        if self.bit(root, facts) {
            return Some(RevokedBy::Jti);
        }
        let tokens = root.side(Part::Tokens);
        if !self.tokens.is_void(tokens) {
            let print = globals.token.get().of(facts.token_id.as_str());
            if self.tokens.find(tokens, print.bits()).is_some() {
                return Some(RevokedBy::Jti);
            }
        }
        let keys = root.side(Part::Keys);
        if let Some(id) = facts.key_id.filter(|_| !self.keys.is_void(keys)) {
            let print = globals.key.get().of(id.as_str());
            if self.keys.find(keys, print.bits()).is_some() {
                return Some(RevokedBy::Key);
            }
        }
        let iat = facts.issued_at.as_secs();
        if globals.issuer.refuses(iat) {
            return Some(RevokedBy::Issuer);
        }
        if globals.audience.refuses(iat) {
            return Some(RevokedBy::Audience);
        }
        let (sessions, subjects) = (root.side(Part::Sessions), root.side(Part::Subjects));
        let session_id = facts.session_id.filter(|_| !self.sessions.is_void(sessions));
        let subject = Some(facts.subject).filter(|_| !self.subjects.is_void(subjects));
        let (session, subject) = match (session_id, subject) {
            (Some(session), Some(subject)) => {
                let keys = [globals.session.get(), globals.subject.get()];
                let names = [session.as_str(), subject.as_str()];
                let [session, subject] = SipKey::of_two(keys, names);
                (Some(session), Some(subject))
            }
            (session, subject) => (
                session.map(|id| globals.session.get().of(id.as_str())),
                subject.map(|id| globals.subject.get().of(id.as_str())),
            ),
        };
        if session.is_some_and(|print| self.sessions.find(sessions, print.bits()).is_some()) {
            return Some(RevokedBy::Session);
        }
        let entry = self.subjects.find(subjects, subject?.bits())?;
        Floors::of(entry.words()).check(facts)
    }

    #[inline]
    fn bit(&self, root: Root, facts: &Facts<'_>) -> bool {
        let pages = root.side(Part::Pages);
        if self.pages.is_void(pages) {
            return false;
        }
        let Some(id) = DenseId::place_of(facts.token_id) else { return false };
        self.pages.find(pages, page_key(id)).is_some_and(|entry| {
            let page = u32::try_from(entry.word(0)).unwrap_or(u32::MAX);
            self.arena.get(page, page_bit(id))
        })
    }

    pub(super) fn bytes(&self) -> usize {
        let tables = [
            self.pages.bytes(),
            self.tokens.bytes(),
            self.sessions.bytes(),
            self.subjects.bytes(),
            self.keys.bytes(),
        ];
        tables.into_iter().fold(self.arena.bytes(), usize::saturating_add)
    }
}

/// The key of the page on which the bit of `id` is. Not zero where the minute is not, and no bit is
/// entered where it is.
#[inline]
pub(super) fn page_key(id: DenseId) -> u64 {
    let page = u64::from(id.index / PAGE_BITS);
    (u64::from(id.minute) << 32) | (u64::from(id.shard) << 16) | page
}

#[inline]
pub(super) const fn page_bit(id: DenseId) -> u32 {
    id.index % PAGE_BITS
}

/// What is one for the whole audience.
#[derive(Default)]
pub(super) struct Globals {
    pub(super) audience: Floor,
    pub(super) issuer: Floor,
    session: PrintKey,
    subject: PrintKey,
    token: PrintKey,
    key: PrintKey,
}

impl Globals {
    /// Forgets the floors and takes new keys. It must not be the bank that counts.
    pub(super) fn begin(&self, prints: Prints) {
        self.audience.set(Minute::default(), 0);
        self.issuer.set(Minute::default(), 0);
        self.session.set(prints.session);
        self.subject.set(prints.subject);
        self.token.set(prints.token);
        self.key.set(prints.key);
    }
}

#[derive(Default)]
struct PrintKey(AtomicU64, AtomicU64);

impl PrintKey {
    #[inline]
    fn get(&self) -> SipKey {
        SipKey(self.0.load(Ordering::Acquire), self.1.load(Ordering::Acquire))
    }

    fn set(&self, SipKey(first, second): SipKey) {
        self.0.store(first, Ordering::Release);
        self.1.store(second, Ordering::Release);
    }
}

/// Every token that was issued before a second is refused; zero for none.
#[derive(Default)]
pub(super) struct Floor {
    end: AtomicU32,
    issued_before: AtomicU64,
}

impl Floor {
    #[inline]
    fn refuses(&self, issued_at: u64) -> bool {
        issued_at < self.issued_before.load(Ordering::Acquire)
    }

    pub(super) fn raise(&self, end: Minute, issued_before: u64) {
        self.end.fetch_max(end.get(), Ordering::AcqRel);
        self.issued_before.fetch_max(issued_before, Ordering::AcqRel);
    }

    pub(super) fn set(&self, end: Minute, issued_before: u64) {
        self.end.store(end.get(), Ordering::Release);
        self.issued_before.store(issued_before, Ordering::Release);
    }

    pub(super) fn get(&self) -> (Minute, u64) {
        let end = Minute::new(self.end.load(Ordering::Acquire));
        (end, self.issued_before.load(Ordering::Acquire))
    }

    pub(super) fn is_set(&self) -> bool {
        self.get().1 > 0
    }
}

/// The second before which a floor that covers `up_to` refuses; zero if there is none.
pub(super) fn before(up_to: Option<UnixTime>) -> u64 {
    up_to.map_or(0, |up_to| up_to.as_secs().saturating_add(1))
}

/// The floors of one subject. Each word refuses by itself, and only rises.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Floors {
    /// Refused: `ver` below.
    pub(super) version: u64,
    /// Refused: no `ver`, and `iat` before (whole seconds).
    pub(super) unversioned_before: u64,
    /// Refused: `iat` before (whole seconds), whatever the `ver`.
    pub(super) issued_before: u64,
}

impl Floors {
    pub(super) const fn of([version, unversioned_before, issued_before]: [u64; 3]) -> Self {
        Self { version, unversioned_before, issued_before }
    }

    pub(super) const fn words(self) -> [u64; 3] {
        [self.version, self.unversioned_before, self.issued_before]
    }

    pub(super) fn cover(self, other: Self) -> bool {
        self.words().iter().zip(other.words()).all(|(own, other)| *own >= other)
    }

    fn check(self, facts: &Facts<'_>) -> Option<RevokedBy> {
        let iat = facts.issued_at.as_secs();
        match facts.token_version.map(TokenVersion::get) {
            Some(version) if version < self.version => Some(RevokedBy::Version),
            None if iat < self.unversioned_before => Some(RevokedBy::Subject),
            _ if iat < self.issued_before => Some(RevokedBy::Subject),
            _ => None,
        }
    }
}
