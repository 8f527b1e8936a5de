//! What a check reads: tables and pages, and the root that says which of them count.
//!
//! ```text
//! root ─┬─▶ pages:    [`Spot`] ─▶ 32,768 bits in the arena
//!       ├─▶ tokens, sessions, keys: fingerprint
//!       ├─▶ subjects: fingerprint ─▶ floors
//!       └─▶ the audience's and the issuer's floor, the keys of the fingerprints
//! ```
//!
//! Each has two banks, and the root is one word that names one bank of each, and says which of them hold
//! anything. To forget, or to put other content in the place of this, the writer fills banks that do not
//! count and then changes the root once.
//!
//! **Invariant:** what is reachable by a root only grows as long as that root stands. Buffers and pages
//! that fell out of use are used again only under a later root.
//!
//! So a check whose root is still the same at its end has seen everything that was inserted before it
//! began, and nothing that was put to another use. If the root has changed it asks again, which happens
//! when a minute has passed or a snapshot has come.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use tokenward::{TokenVersion, UnixTime, crypto};

use super::arena::Arena;
use super::facts::{Facts, RevokedBy};
use super::minute::Minute;
use super::question::{Anew, Asked, Question};
use super::table::{Side, Sought, Table};
use crate::dense::Spot;
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

/// Which bank of each part counts, which of those hold anything, and how often that has changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Root(u64);

impl Root {
    const SIDES: u64 = 0xff;
    const HELD: u64 = 0xff00;
    /// What nearly always is empty.
    const RARE: u64 = (Part::Tokens.bit() | Part::Keys.bit() | Part::Globals.bit()) << 8;
    const NAMES: u64 = (Part::Sessions.bit() | Part::Subjects.bit()) << 8;

    #[inline]
    pub(super) const fn side(self, part: Part) -> Side {
        if self.0 & part.bit() == 0 { Side::Left } else { Side::Right }
    }

    #[inline]
    const fn holds(self, part: Part) -> bool {
        self.0 & (part.bit() << 8) != 0
    }

    /// The same, where these parts hold something and no others.
    pub(super) fn holding(self, parts: impl IntoIterator<Item = Part>) -> Self {
        let held = parts.into_iter().fold(0, |held, part| held | (part.bit() << 8));
        Self((self.0 & !Self::HELD) | held)
    }

    /// The same, with the other bank of `part`.
    pub(super) const fn turned(self, part: Part) -> Self {
        Self(self.0 ^ part.bit())
    }

    /// The other bank of every part.
    pub(super) const fn all_turned(self) -> Self {
        Self(self.0 ^ Self::SIDES)
    }

    /// Which root it is, in forty bits.
    #[inline]
    pub(super) const fn count(self) -> u64 {
        (self.0 >> 16) & 0xff_ffff_ffff
    }

    /// What follows `before`, with these banks.
    const fn after(self, before: Self) -> Self {
        let banks = Self::SIDES | Self::HELD;
        let next = (before.0 | banks).wrapping_add(1);
        Self(next | (self.0 & banks))
    }
}

/// Everything that a check may read.
pub(super) struct Content {
    root: AtomicU64,
    /// By [`Spot::key`]; the word of an entry: [`Spot::words`].
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
        let root = self.root();
        let answer = self.check_at(root, facts, &Anew(self, facts));
        if self.stands(root) { answer } else { self.check_once_more(facts) }
    }

    /// As [`Self::check`], with what was worked out of the same token before.
    #[inline]
    pub(super) fn check_question(
        &self,
        facts: &Facts<'_>,
        question: &Question,
    ) -> Option<RevokedBy> {
        let root = self.root();
        if !question.is_under(self.globals(root)) {
            return self.check_once_more(facts);
        }
        let answer = self.check_at(root, facts, question);
        if self.stands(root) { answer } else { self.check_once_more(facts) }
    }

    #[cold]
    #[inline(never)]
    fn check_once_more(&self, facts: &Facts<'_>) -> Option<RevokedBy> {
        self.settled(|root| self.check_at(root, facts, &Anew(self, facts)))
    }

    /// What `ask` answers under a root that still stands at its end.
    pub(super) fn settled<T>(&self, ask: impl Fn(Root) -> T) -> T {
        loop {
            let root = self.root();
            let answer = ask(root);
            if self.stands(root) {
                return answer;
            }
        }
    }

    /// Whether nothing was forgotten or put in place meanwhile: asked after every other load, all of which
    /// are acquiring ones.
    #[inline]
    fn stands(&self, root: Root) -> bool {
        self.root() == root
    }

    #[inline]
    fn check_at(&self, root: Root, facts: &Facts<'_>, token: &impl Asked) -> Option<RevokedBy> {
        if root.holds(Part::Pages)
            && let Some((page, bit)) = token.place(self, root)
            && self.arena.get(page, bit)
        {
            return Some(RevokedBy::Jti);
        }
        if root.0 & Root::RARE != 0 {
            let found = self.check_rare(root, facts);
            if found.is_some() {
                return found;
            }
        }
        if root.0 & Root::NAMES == 0 { None } else { self.check_names(root, facts, token) }
    }

    /// The page of a spot, if it has one.
    #[inline]
    pub(super) fn page(&self, root: Root, (spot, sought): (Spot, Sought)) -> Option<u32> {
        spot.page_in(self.pages.words_of(root.side(Part::Pages), sought)?)
    }

    /// What an incident revokes, and ids that are not ours.
    #[inline(never)]
    fn check_rare(&self, root: Root, facts: &Facts<'_>) -> Option<RevokedBy> {
        let globals = self.globals(root);
        if root.holds(Part::Tokens) {
            let print = globals.token.get().of(facts.token_id.as_str());
            let sought = self.tokens.sought(print.bits());
            if self.tokens.words_of(root.side(Part::Tokens), sought).is_some() {
                return Some(RevokedBy::Jti);
            }
        }
        if let Some(id) = facts.key_id.filter(|_| root.holds(Part::Keys)) {
            let print = globals.key.get().of(id.as_str());
            let sought = self.keys.sought(print.bits());
            if self.keys.words_of(root.side(Part::Keys), sought).is_some() {
                return Some(RevokedBy::Key);
            }
        }
        let iat = facts.issued_at.as_secs();
        if globals.issuer.refuses(iat) {
            return Some(RevokedBy::Issuer);
        }
        globals.audience.refuses(iat).then_some(RevokedBy::Audience)
    }

    /// The session and the subject.
    #[inline]
    fn check_names(&self, root: Root, facts: &Facts<'_>, token: &impl Asked) -> Option<RevokedBy> {
        let globals = self.globals(root);
        if root.holds(Part::Sessions)
            && let Some(session) = token.session(globals)
            && self.sessions.words_of(root.side(Part::Sessions), session).is_some()
        {
            return Some(RevokedBy::Session);
        }
        if !root.holds(Part::Subjects) {
            return None;
        }
        let subject = token.subject(globals);
        let floors = self.subjects.words_of(root.side(Part::Subjects), subject)?;
        Floors::of(floors).check(facts)
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

/// What is one for the whole audience.
#[derive(Default)]
pub(super) struct Globals {
    pub(super) audience: Floor,
    pub(super) issuer: Floor,
    pub(super) session: PrintKey,
    pub(super) subject: PrintKey,
    token: PrintKey,
    key: PrintKey,
    /// Drawn anew with each set of keys.
    stamp: AtomicU64,
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
        self.stamp.store(u64::from_le_bytes(crypto::random()), Ordering::Release);
    }

    #[inline]
    pub(super) fn stamp(&self) -> u64 {
        self.stamp.load(Ordering::Acquire)
    }
}

#[derive(Default)]
pub(super) struct PrintKey(AtomicU64, AtomicU64);

impl PrintKey {
    #[inline]
    pub(super) fn get(&self) -> SipKey {
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
