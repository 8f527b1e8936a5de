//! A hash table in atomic words: one writes, any number read, nobody waits.
//!
//! Open addressing, linear probing by groups of eight slots. Each slot has a tag of one byte, part of its
//! key's hash, and the tags of a group are one word: looking for what is not there, which is nearly always,
//! reads that word and takes branches that do not depend on luck.
//!
//! An entry's tag is written last, so whoever sees the tag sees the rest; it is never moved or taken out of
//! a buffer that may be read. A table that grows is copied into a larger buffer of its bank. What is to be
//! forgotten is left behind when the rest is copied into the other bank, and the set's root then says which
//! bank counts: see [`super::content`].
//!
//! Buffers are kept for the next time, never given back: a reader that was held up may still look into
//! one. It finds out by the root, and asks again.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use tokenward::crypto;

use super::minute::Minute;

/// One of the two banks of a table.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Side {
    Left,
    Right,
}

impl Side {
    pub(super) const fn other(self) -> Self {
        match self {
            Self::Left => Self::Right,
            Self::Right => Self::Left,
        }
    }
}

/// From keys to a minute in which the entry ends, and `WORDS` words.
pub(super) struct Table<const WORDS: usize> {
    /// Drawn at random, so that nobody who chooses keys can crowd them together.
    seed: u64,
    odd: u64,
    left: Bank,
    right: Bank,
}

/// The table cannot hold more.
#[derive(Clone, Copy, Debug)]
pub(super) struct Full;

/// The sizes of buffers: 64 slots, and twice as many for each class.
const CLASSES: usize = 19;
const SMALLEST: usize = 64;
/// The slots whose tags are one word.
const GROUP: usize = 8;
/// The lowest bit of each byte, and the highest, which every tag has.
const LOWEST: u64 = u64::from_le_bytes([0x01; 8]);
const HIGHEST: u64 = u64::from_le_bytes([0x80; 8]);

struct Bank {
    /// Which of the buffers holds the entries; zero for none, and one above the place otherwise.
    class: AtomicU32,
    buffers: [OnceLock<Buffer>; CLASSES],
}

struct Buffer {
    /// The tags of each group, the first slot's in the lowest byte; zero where a slot is empty.
    tags: Box<[AtomicU64]>,
    /// For each slot its key, and then its words.
    cells: Box<[AtomicU64]>,
    ends: Box<[AtomicU32]>,
}

/// An entry, as far as it does not change.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    pub(super) key: u64,
    end: &'a AtomicU32,
    words: &'a [AtomicU64],
}

impl<const WORDS: usize> Table<WORDS> {
    /// As many entries as it can ever hold.
    pub(super) const MOST: usize = capacity(slots(CLASSES));

    pub(super) fn new() -> Self {
        let [seed, odd] = [(); 2].map(|()| u64::from_le_bytes(crypto::random()));
        Self { seed, odd: odd | 1, left: Bank::new(), right: Bank::new() }
    }

    #[inline]
    pub(super) fn find(&self, side: Side, key: u64) -> Option<Entry<'_>> {
        let buffer = self.bank(side).buffer()?;
        let at = probe::<WORDS>(buffer, self.sought(key)).ok()?;
        buffer.entry::<WORDS>(at, key)
    }

    /// The words of an entry.
    #[inline]
    pub(super) fn words_of(&self, side: Side, sought: Sought) -> Option<[u64; WORDS]> {
        let buffer = self.bank(side).buffer()?;
        let at = probe::<WORDS>(buffer, sought).ok()?;
        buffer.words::<WORDS>(at)
    }

    /// How to look for `key` in this table.
    #[inline]
    pub(super) fn sought(&self, key: u64) -> Sought {
        let product = u128::from(key ^ self.seed).wrapping_mul(u128::from(self.odd));
        let mixed = (product ^ (product >> 64)) & u128::from(u64::MAX);
        Sought { key, mixed: u64::try_from(mixed).unwrap_or_default() }
    }

    /// Empties the bank, which must not be the one that counts, and makes room for `count` entries.
    pub(super) fn begin(&self, side: Side, count: usize) -> Result<(), Full> {
        let bank = self.bank(side);
        bank.class.store(0, Ordering::Release);
        if count == 0 {
            return Ok(());
        }
        let class = class_for(count)?;
        bank.empty_buffer::<WORDS>(class).ok_or(Full)?;
        bank.class.store(class, Ordering::Release);
        Ok(())
    }

    /// Adds an entry whose key is not there yet, where `used` are.
    pub(super) fn insert(
        &self,
        side: Side,
        used: usize,
        key: u64,
        end: Minute,
        words: [u64; WORDS],
    ) -> Result<(), Full> {
        let bank = self.bank(side);
        let wanted = used.saturating_add(1);
        let buffer = match bank.buffer() {
            Some(buffer) if capacity(buffer.ends.len()) >= wanted => buffer,
            _ => self.grow(bank, wanted)?,
        };
        self.put(buffer, key, end.get(), words.iter().copied()).ok_or(Full)
    }

    /// All entries of the bank, in no order.
    pub(super) fn entries(&self, side: Side) -> impl Iterator<Item = Entry<'_>> {
        self.bank(side).buffer().into_iter().flat_map(Buffer::entries::<WORDS>)
    }

    /// What its buffers take up.
    pub(super) fn bytes(&self) -> usize {
        let buffers = self.left.buffers.iter().chain(&self.right.buffers);
        let each = |buffer: &Buffer| {
            let words = buffer.tags.len().saturating_add(buffer.cells.len());
            words.saturating_mul(8).saturating_add(buffer.ends.len().saturating_mul(4))
        };
        buffers.filter_map(OnceLock::get).map(each).fold(0, usize::saturating_add)
    }

    const fn bank(&self, side: Side) -> &Bank {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }

    fn grow<'a>(&self, bank: &'a Bank, wanted: usize) -> Result<&'a Buffer, Full> {
        let class = class_for(wanted)?;
        let larger = bank.empty_buffer::<WORDS>(class).ok_or(Full)?;
        for entry in bank.buffer().into_iter().flat_map(Buffer::entries::<WORDS>) {
            let words = entry.words.iter().map(|word| word.load(Ordering::Acquire));
            self.put(larger, entry.key, entry.end().get(), words).ok_or(Full)?;
        }
        // Whoever probes the smaller one goes on there: it stays as it is as long as this bank counts.
        bank.class.store(class, Ordering::Release);
        Ok(larger)
    }

    fn put(
        &self,
        buffer: &Buffer,
        key: u64,
        end: u32,
        words: impl Iterator<Item = u64>,
    ) -> Option<()> {
        let sought = self.sought(key);
        let at = probe::<WORDS>(buffer, sought).err()?;
        let entry = buffer.entry::<WORDS>(at, key)?;
        entry.end.store(end, Ordering::Release);
        for (to, from) in entry.words.iter().zip(words) {
            to.store(from, Ordering::Release);
        }
        buffer.cell::<WORDS>(at)?.store(key, Ordering::Release);
        let tag = sought.tag().wrapping_shl(bits_before(at));
        buffer.tags.get(at / GROUP)?.fetch_or(tag, Ordering::Release);
        Some(())
    }
}

/// A key as it is looked for in one table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sought {
    key: u64,
    mixed: u64,
}

impl Sought {
    /// The group from which to look, before it is cut to the table's size.
    #[inline]
    fn group(self) -> usize {
        usize::try_from(self.mixed & 0xffff_ffff).unwrap_or_default()
    }

    #[inline]
    const fn tag(self) -> u64 {
        (self.mixed >> 56) | 0x80
    }
}

/// Where the key stands, or else the empty slot at which it would.
#[inline]
fn probe<const WORDS: usize>(buffer: &Buffer, sought: Sought) -> Result<usize, usize> {
    let mask = buffer.tags.len().wrapping_sub(1);
    let group = sought.group() & mask;
    match probe_group::<WORDS>(buffer, sought, group) {
        Probed::On => probe_on::<WORDS>(buffer, sought, group),
        Probed::There(at) => Ok(at),
        Probed::Empty(at) => Err(at),
    }
}

/// As [`probe`], in the groups after `group`.
#[cold]
#[inline(never)]
fn probe_on<const WORDS: usize>(
    buffer: &Buffer,
    sought: Sought,
    group: usize,
) -> Result<usize, usize> {
    let mask = buffer.tags.len().wrapping_sub(1);
    // There always is an empty slot.
    for step in 1..=mask {
        let group = group.wrapping_add(step) & mask;
        match probe_group::<WORDS>(buffer, sought, group) {
            Probed::On => {}
            Probed::There(at) => return Ok(at),
            Probed::Empty(at) => return Err(at),
        }
    }
    Err(usize::MAX)
}

enum Probed {
    There(usize),
    Empty(usize),
    On,
}

#[inline]
fn probe_group<const WORDS: usize>(buffer: &Buffer, sought: Sought, group: usize) -> Probed {
    let Some(tags) = buffer.tags.get(group) else { return Probed::On };
    let tags = tags.load(Ordering::Acquire);
    let other = tags ^ sought.tag().wrapping_mul(LOWEST);
    // A byte above one that is equal may seem so too; the key tells.
    let mut alike = other.wrapping_sub(LOWEST) & !other & HIGHEST;
    while alike != 0 {
        let at = slot(group, alike);
        let cell = buffer.cell::<WORDS>(at);
        if cell.is_some_and(|cell| cell.load(Ordering::Acquire) == sought.key) {
            return Probed::There(at);
        }
        alike &= alike.wrapping_sub(1);
    }
    let empty = !tags & HIGHEST;
    if empty == 0 { Probed::On } else { Probed::Empty(slot(group, empty)) }
}

/// The slot of a group that the lowest bit in `bytes` marks.
#[inline]
fn slot(group: usize, bytes: u64) -> usize {
    let within = usize::try_from(bytes.trailing_zeros() / 8).unwrap_or_default();
    group.wrapping_mul(GROUP).wrapping_add(within)
}

/// How many bits of its group's word stand before the tag of a slot.
fn bits_before(slot: usize) -> u32 {
    u32::try_from(slot % GROUP).unwrap_or_default().wrapping_mul(8)
}

impl Bank {
    fn new() -> Self {
        Self { class: AtomicU32::new(0), buffers: [const { OnceLock::new() }; CLASSES] }
    }

    #[inline]
    fn buffer(&self) -> Option<&Buffer> {
        let class = self.class.load(Ordering::Acquire).checked_sub(1)?;
        self.buffers.get(usize::try_from(class).ok()?)?.get()
    }

    /// The buffer of `class`, without an entry. Nobody may be reading it who will not ask again.
    fn empty_buffer<const WORDS: usize>(&self, class: u32) -> Option<&Buffer> {
        let class = usize::try_from(class).ok()?;
        let buffer = self.buffers.get(class.checked_sub(1)?)?;
        if let Some(buffer) = buffer.get() {
            for tag in &buffer.tags {
                tag.store(0, Ordering::Release);
            }
            return Some(buffer);
        }
        Some(buffer.get_or_init(|| {
            let slots = slots(class);
            Buffer {
                tags: zeros(slots / GROUP),
                cells: zeros(slots.saturating_mul(WORDS.saturating_add(1))),
                ends: zeros(slots),
            }
        }))
    }
}

impl Buffer {
    /// Where the key of a slot stands.
    #[inline]
    fn cell<const WORDS: usize>(&self, at: usize) -> Option<&AtomicU64> {
        self.cells.get(at.wrapping_mul(WORDS.wrapping_add(1)))
    }

    #[inline]
    fn entry<const WORDS: usize>(&self, at: usize, key: u64) -> Option<Entry<'_>> {
        let from = at.wrapping_mul(WORDS.wrapping_add(1)).wrapping_add(1);
        let words = self.cells.get(from..from.wrapping_add(WORDS))?;
        Some(Entry { key, end: self.ends.get(at)?, words })
    }

    #[inline]
    fn words<const WORDS: usize>(&self, at: usize) -> Option<[u64; WORDS]> {
        let from = at.wrapping_mul(WORDS.wrapping_add(1)).wrapping_add(1);
        let cells = self.cells.get(from..)?.first_chunk::<WORDS>()?;
        Some(std::array::from_fn(|word| {
            cells.get(word).map_or(0, |cell| cell.load(Ordering::Acquire))
        }))
    }

    fn entries<const WORDS: usize>(&self) -> impl Iterator<Item = Entry<'_>> {
        self.tags.iter().enumerate().flat_map(move |(group, tags)| {
            let tags = tags.load(Ordering::Acquire);
            (0..GROUP).filter_map(move |within| {
                let at = group.wrapping_mul(GROUP).wrapping_add(within);
                let taken = tags & 0x80_u64.wrapping_shl(bits_before(at)) != 0;
                let key = || Some(self.cell::<WORDS>(at)?.load(Ordering::Acquire));
                taken.then(key).flatten().and_then(|key| self.entry::<WORDS>(at, key))
            })
        })
    }
}

impl Entry<'_> {
    /// The minute in which it ends.
    pub(super) fn end(&self) -> Minute {
        Minute::new(self.end.load(Ordering::Acquire))
    }

    /// All of its words.
    pub(super) fn words<const WORDS: usize>(&self) -> [u64; WORDS] {
        let mut words = [0; WORDS];
        for (to, from) in words.iter_mut().zip(self.words) {
            *to = from.load(Ordering::Acquire);
        }
        words
    }

    /// Makes it live at least to `end`.
    pub(super) fn prolong(&self, end: Minute) {
        self.end.fetch_max(end.get(), Ordering::AcqRel);
    }

    /// Raises each word to at least its like in `words`. A reader may see some raised and others not: each
    /// refuses by itself, so that what it sees is never less than what stood there before.
    pub(super) fn raise(&self, words: &[u64]) {
        for (to, from) in self.words.iter().zip(words) {
            to.fetch_max(*from, Ordering::AcqRel);
        }
    }
}

const fn slots(class: usize) -> usize {
    let mut slots = SMALLEST;
    let mut left = class;
    while left > 1 {
        slots = slots.saturating_mul(2);
        left = left.saturating_sub(1);
    }
    slots
}

/// How many entries so many slots take. Small tables stay half empty, which spares probes; large ones
/// would rather spare memory.
const fn capacity(slots: usize) -> usize {
    if slots <= 1 << 16 { slots / 2 } else { slots.saturating_sub(slots / 4) }
}

/// The smallest class that takes `count` entries.
fn class_for(count: usize) -> Result<u32, Full> {
    let class = (1..=CLASSES).find(|class| capacity(slots(*class)) >= count).ok_or(Full)?;
    u32::try_from(class).map_err(|_| Full)
}

pub(super) fn zeros<T: Default>(count: usize) -> Box<[T]> {
    std::iter::repeat_with(T::default).take(count).collect()
}
