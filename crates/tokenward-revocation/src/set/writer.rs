//! The one who changes what is read.

use tokenward::UnixTime;

use super::arena::Pool;
use super::content::{Content, Floor, Floors, Part, Root, before};
use super::minute::Minute;
use super::table::{Entry, Full, Side, Table};
use crate::dense::Spot;
use crate::feed::{Fact, Item};
use crate::fingerprint::Prints;
use crate::{DenseId, Fingerprints};

/// What only the writer knows.
pub(super) struct Writer {
    pub(super) fingerprints: Fingerprints,
    pub(super) pool: Pool,
    pub(super) live: Draft,
    /// Everything that ended with this minute or before is gone.
    pub(super) expired: Minute,
}

/// Banks that are being filled: those that count, or those that are to count next.
pub(super) struct Draft {
    pub(super) root: Root,
    pub(super) pages: usize,
    pub(super) tokens: usize,
    pub(super) sessions: usize,
    pub(super) subjects: usize,
    pub(super) keys: usize,
    /// The bits on all pages.
    pub(super) bits: usize,
    /// Nothing ends before this minute.
    pub(super) earliest: Minute,
    /// The minute in which the last revocation ends that found no room.
    pub(super) lost_until: Minute,
}

/// A dense id is entered as a bit if its minute is at most so far before the end of its revocation. An
/// hour is more than any token lives, with all that is waited for besides. So a foreign id that happens
/// to have the form takes no page for itself.
const DENSE_WITHIN: u32 = 64;

/// Half of all pages: the other half is for what comes to take this content's place. A snapshot that found no
/// room beside what it replaces would never be taken.
pub(super) const MOST_PAGES: usize = 1 << 16;

impl Writer {
    pub(super) const fn new(fingerprints: Fingerprints, pool: Pool, root: Root) -> Self {
        Self { fingerprints, pool, live: Draft::new(root), expired: Minute::new(0) }
    }

    pub(super) fn insert(&mut self, content: &Content, item: &Item) {
        let prints = self.fingerprints.prints();
        self.live.insert(content, &mut self.pool, prints, item);
        let root = self.live.root_to_be(content);
        if root != self.live.root {
            content.set_root(root);
            self.live.root = content.root();
        }
    }

    pub(super) fn knows(&self, content: &Content, item: &Item) -> bool {
        let end = Minute::that_ends(item.ends_at);
        if end <= self.expired {
            return true;
        }
        let prints = self.fingerprints.prints();
        let root = self.live.root;
        let until = |entry: Option<Entry<'_>>| entry.is_some_and(|entry| entry.end() >= end);
        match &item.fact {
            Fact::Jti(id) => match dense(id, end) {
                Some(spot) if knows_bit(content, root, spot, end) => true,
                _ => {
                    let print = prints.token(id);
                    until(content.tokens.find(root.side(Part::Tokens), print.bits()))
                }
            },
            Fact::Session(print) => {
                until(content.sessions.find(root.side(Part::Sessions), print.bits()))
            }
            Fact::Key(id) => until(content.keys.find(root.side(Part::Keys), prints.key(id).bits())),
            Fact::Subject { subject, .. } | Fact::Version { subject, .. } => {
                let entry = content.subjects.find(root.side(Part::Subjects), subject.bits());
                entry.is_some_and(|entry| {
                    let known = Floors::of(entry.words());
                    entry.end() >= end && known.cover(floors_of(&item.fact))
                })
            }
            Fact::Audience { issued_up_to } => {
                covers(&content.globals(root).audience, end, *issued_up_to)
            }
            Fact::Issuer { issued_up_to } => {
                covers(&content.globals(root).issuer, end, *issued_up_to)
            }
        }
    }

    /// Drops what has ended at `now`; how many revocations that were.
    pub(super) fn expire(&mut self, content: &Content, now: UnixTime) -> usize {
        let passed = Minute::passed_at(now);
        self.expired = self.expired.max(passed);
        if self.live.lost_until <= passed {
            self.live.lost_until = Minute::default();
        }
        if self.live.earliest > passed {
            return 0;
        }
        let before = self.live.len(content);
        let old = self.live.root;
        let live = &mut self.live;
        live.earliest = Minute::LAST;
        live.keep(&content.pages, Part::Pages, passed, |draft| &mut draft.pages);
        live.keep(&content.tokens, Part::Tokens, passed, |draft| &mut draft.tokens);
        live.keep(&content.sessions, Part::Sessions, passed, |draft| &mut draft.sessions);
        live.keep(&content.subjects, Part::Subjects, passed, |draft| &mut draft.subjects);
        live.keep(&content.keys, Part::Keys, passed, |draft| &mut draft.keys);
        let globals = content.globals(old);
        for floor in [&globals.audience, &globals.issuer] {
            // In its place: whoever still sees it refuses a token that has expired.
            match floor.get() {
                (end, _) if end <= passed => floor.set(Minute::default(), 0),
                (end, _) => live.earliest = live.earliest.min(end),
            }
        }
        content.set_root(live.root_to_be(content));
        live.root = content.root();
        let (old, new) = (old.side(Part::Pages), live.root.side(Part::Pages));
        if old != new {
            for entry in content.pages.entries(old).filter(|entry| entry.end() <= passed) {
                let page = page_of(&entry);
                live.bits = live.bits.saturating_sub(content.arena.count(page));
                self.pool.give_back(page);
            }
        }
        before.saturating_sub(self.live.len(content))
    }

    /// Makes `draft` count, whose fingerprints these are.
    pub(super) fn publish(&mut self, content: &Content, fingerprints: Fingerprints, draft: Draft) {
        let old = self.live.root;
        content.set_root(draft.root_to_be(content));
        self.live = draft;
        self.live.root = content.root();
        self.fingerprints = fingerprints;
        for entry in content.pages.entries(old.side(Part::Pages)) {
            self.pool.give_back(page_of(&entry));
        }
    }
}

impl Draft {
    const fn new(root: Root) -> Self {
        Self {
            root,
            pages: 0,
            tokens: 0,
            sessions: 0,
            subjects: 0,
            keys: 0,
            bits: 0,
            earliest: Minute::LAST,
            lost_until: Minute::new(0),
        }
    }

    /// The banks that do not count, emptied.
    pub(super) fn beside(live: &Self, content: &Content, prints: Prints) -> Result<Self, Full> {
        let root = live.root.all_turned();
        content.pages.begin(root.side(Part::Pages), 0)?;
        content.tokens.begin(root.side(Part::Tokens), 0)?;
        content.sessions.begin(root.side(Part::Sessions), 0)?;
        content.subjects.begin(root.side(Part::Subjects), 0)?;
        content.keys.begin(root.side(Part::Keys), 0)?;
        content.globals(root).begin(prints);
        Ok(Self::new(root))
    }

    pub(super) fn insert(
        &mut self,
        content: &Content,
        pool: &mut Pool,
        prints: Prints,
        item: &Item,
    ) {
        let end = Minute::that_ends(item.ends_at);
        self.earliest = self.earliest.min(end);
        let root = self.root;
        let entered = match &item.fact {
            Fact::Jti(id) => {
                let spot = dense(id, end);
                if spot.is_some_and(|spot| self.enter_bit(content, pool, spot, end)) {
                    return;
                }
                let (table, side) = (&content.tokens, root.side(Part::Tokens));
                enter(table, side, &mut self.tokens, prints.token(id).bits(), end, [])
            }
            Fact::Session(print) => {
                let (table, side) = (&content.sessions, root.side(Part::Sessions));
                enter(table, side, &mut self.sessions, print.bits(), end, [])
            }
            Fact::Key(id) => {
                let (table, side) = (&content.keys, root.side(Part::Keys));
                enter(table, side, &mut self.keys, prints.key(id).bits(), end, [])
            }
            Fact::Subject { subject, .. } | Fact::Version { subject, .. } => {
                let (table, side) = (&content.subjects, root.side(Part::Subjects));
                let words = floors_of(&item.fact).words();
                enter(table, side, &mut self.subjects, subject.bits(), end, words)
            }
            Fact::Audience { issued_up_to } => {
                content.globals(root).audience.raise(end, before(Some(*issued_up_to)));
                Ok(())
            }
            Fact::Issuer { issued_up_to } => {
                content.globals(root).issuer.raise(end, before(Some(*issued_up_to)));
                Ok(())
            }
        };
        if entered.is_err() {
            self.lost_until = self.lost_until.max(end);
        }
    }

    /// The root with which its banks count.
    pub(super) fn root_to_be(&self, content: &Content) -> Root {
        let held = [
            (Part::Pages, self.pages > 0),
            (Part::Tokens, self.tokens > 0),
            (Part::Sessions, self.sessions > 0),
            (Part::Subjects, self.subjects > 0),
            (Part::Keys, self.keys > 0),
            (Part::Globals, self.floors(content) > 0),
        ];
        self.root.holding(held.into_iter().filter(|(_, held)| *held).map(|(part, _)| part))
    }

    /// How many floors stand for the whole audience.
    fn floors(&self, content: &Content) -> usize {
        let globals = content.globals(self.root);
        [&globals.audience, &globals.issuer].into_iter().filter(|floor| floor.is_set()).count()
    }

    /// How many revocations it holds, those of one subject counted as one.
    pub(super) fn len(&self, content: &Content) -> usize {
        let floors = self.floors(content);
        [self.bits, self.tokens, self.sessions, self.subjects, self.keys]
            .into_iter()
            .fold(floors, usize::saturating_add)
    }

    /// Sets the bit of a dense id; `false` if there is no page for it.
    fn enter_bit(&mut self, content: &Content, pool: &mut Pool, spot: Spot, end: Minute) -> bool {
        let side = self.root.side(Part::Pages);
        let page = if let Some(entry) = content.pages.find(side, spot.key()) {
            let Some(page) = spot.page_in(entry.words()) else { return false };
            entry.prolong(end);
            page
        } else {
            if self.pages >= MOST_PAGES {
                return false;
            }
            let Some(page) = pool.take(&content.arena) else { return false };
            let words = spot.words(page);
            if content.pages.insert(side, self.pages, spot.key(), end, words).is_err() {
                pool.give_back(page);
                return false;
            }
            self.pages = self.pages.saturating_add(1);
            page
        };
        if content.arena.set(page, spot.bit()) {
            self.bits = self.bits.saturating_add(1);
        }
        true
    }

    /// Copies what has not ended into the other bank, if anything has.
    fn keep<const WORDS: usize>(
        &mut self,
        table: &Table<WORDS>,
        part: Part,
        passed: Minute,
        used: impl Fn(&mut Self) -> &mut usize,
    ) {
        let side = self.root.side(part);
        let (mut ended, mut kept) = (0_usize, 0_usize);
        for end in table.entries(side).map(|entry| entry.end()) {
            if end <= passed {
                ended = ended.saturating_add(1);
            } else {
                kept = kept.saturating_add(1);
                self.earliest = self.earliest.min(end);
            }
        }
        if ended == 0 {
            return;
        }
        let other = side.other();
        // A quarter more, or the next few to come would make it grow at once.
        let room = kept.saturating_add(kept / 4).min(Table::<WORDS>::MOST);
        let copied = table.begin(other, room).and_then(|()| {
            let entries = table.entries(side).filter(|entry| entry.end() > passed);
            entries.zip(0..).try_for_each(|(entry, at)| {
                table.insert(other, at, entry.key, entry.end(), entry.words())
            })
        });
        // Kept entries fit where they came from. If they did not, everything would stay as it is.
        if copied.is_ok() {
            *used(self) = kept;
            self.root = self.root.turned(part);
        }
    }
}

/// Enters a key, or prolongs and raises what stands there.
pub(super) fn enter<const WORDS: usize>(
    table: &Table<WORDS>,
    side: Side,
    used: &mut usize,
    key: u64,
    end: Minute,
    words: [u64; WORDS],
) -> Result<(), Full> {
    if let Some(entry) = table.find(side, key) {
        entry.prolong(end);
        entry.raise(&words);
        return Ok(());
    }
    table.insert(side, *used, key, end, words)?;
    *used = used.saturating_add(1);
    Ok(())
}

/// The page that an entry names.
pub(super) fn page_of(entry: &Entry<'_>) -> u32 {
    let [word] = entry.words();
    u32::try_from(word & 0xffff_ffff).unwrap_or(u32::MAX)
}

/// Where an id that is entered as a bit has it.
fn dense(id: &tokenward::Jti, end: Minute) -> Option<Spot> {
    let place = DenseId::parse(id)?;
    let before = end.get().checked_sub(place.minute)?;
    if before > DENSE_WITHIN || place.minute == 0 {
        return None;
    }
    Spot::of(id)
}

fn knows_bit(content: &Content, root: Root, spot: Spot, end: Minute) -> bool {
    let entry = content.pages.find(root.side(Part::Pages), spot.key());
    entry.filter(|entry| entry.end() >= end).is_some_and(|entry| {
        spot.page_in(entry.words()).is_some_and(|page| content.arena.get(page, spot.bit()))
    })
}

fn floors_of(fact: &Fact) -> Floors {
    match fact {
        Fact::Subject { subject: _, version: Some(version), issued_up_to } => Floors {
            version: version.get(),
            unversioned_before: before(Some(*issued_up_to)),
            issued_before: 0,
        },
        Fact::Subject { subject: _, version: None, issued_up_to } => {
            Floors { issued_before: before(Some(*issued_up_to)), ..Floors::default() }
        }
        Fact::Version { below, .. } => Floors { version: below.get(), ..Floors::default() },
        _ => Floors::default(),
    }
}

fn covers(floor: &Floor, end: Minute, issued_up_to: UnixTime) -> bool {
    let (known_end, known) = floor.get();
    known_end >= end && known >= before(Some(issued_up_to))
}

/// The entries of a table as they are written down, in ascending order.
pub(super) fn sorted<const WORDS: usize>(table: &Table<WORDS>, side: Side) -> Vec<Entry<'_>> {
    let mut entries: Vec<Entry<'_>> = table.entries(side).collect();
    entries.sort_unstable_by_key(|entry| entry.key);
    entries
}
