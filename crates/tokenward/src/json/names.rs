//! The names in the objects that are open, none of which may stand twice.

use super::scan::Span;
use super::{JsonError, Text};

/// The names of one object so far.
#[derive(Default)]
pub(super) struct Seen {
    count: usize,
    /// A bit for each place in the sink.
    places: u64,
    /// The marks of the other names, and where in [`Names`] they begin.
    marks: u64,
    first: usize,
}

/// The names without a place in the objects that are open, the outer ones first: the first few without an allocation.
#[derive(Default)]
pub(super) struct Names {
    near: [Option<Span>; NEAR],
    near_len: usize,
    far: Vec<Span>,
}

/// How many names of one object are compared with each other one by one.
const FEW: usize = 16;

/// More names than the claims of a token usually have.
const NEAR: usize = 24;

impl Seen {
    /// One more name; how many that makes.
    #[inline]
    pub(super) fn count(&mut self) -> usize {
        self.count = self.count.saturating_add(1);
        self.count
    }

    /// Takes a place in the sink, unless it is taken.
    #[inline]
    pub(super) fn takes(&mut self, place: u8) -> bool {
        let bit = 1_u64.wrapping_shl(place.into());
        let free = self.places & bit == 0;
        self.places |= bit;
        free
    }
}

impl Names {
    /// Opens an object.
    pub(super) fn begin(&self) -> Seen {
        Seen { first: self.len(), ..Seen::default() }
    }

    /// A name that has no place: it must differ from all such names of its object. The first few are
    /// compared with each other at once, more of them at the end.
    #[inline(never)]
    pub(super) fn add(&mut self, name: Span, seen: &mut Seen, text: &str) -> Result<(), JsonError> {
        if self.len().saturating_sub(seen.first) < FEW {
            let mark = mark(name.text(text));
            // Names whose marks differ are different, and most do.
            if seen.marks & mark != 0 && self.holds(name, seen.first, text) {
                return Err(JsonError::DuplicateName);
            }
            seen.marks |= mark;
        }
        self.push(name);
        Ok(())
    }

    /// Closes the object whose names these are.
    pub(super) fn end(&mut self, seen: &Seen, text: &str) -> Result<(), JsonError> {
        let count = self.len().saturating_sub(seen.first);
        if count > FEW && !self.differ(seen.first, text) {
            return Err(JsonError::DuplicateName);
        }
        self.truncate(seen.first);
        Ok(())
    }

    fn len(&self) -> usize {
        self.near_len.saturating_add(self.far.len())
    }

    fn push(&mut self, name: Span) {
        match self.near.get_mut(self.near_len) {
            Some(place) => {
                *place = Some(name);
                self.near_len = self.near_len.saturating_add(1);
            }
            None => self.far.push(name),
        }
    }

    fn truncate(&mut self, len: usize) {
        self.far.truncate(len.saturating_sub(NEAR));
        self.near_len = self.near_len.min(len);
    }

    fn since<'a>(&self, first: usize, text: &'a str) -> impl Iterator<Item = Text<'a>> {
        let near = self.near.iter().take(self.near_len).flatten();
        near.chain(&self.far).skip(first).map(|name| name.text(text))
    }

    /// Whether `name` is one of those since `first`.
    #[cold]
    fn holds(&self, name: Span, first: usize, text: &str) -> bool {
        let name = name.text(text);
        self.since(first, text).any(|other| other.cmp(name).is_eq())
    }

    /// Whether all those since `first` are different. In order, so that a stranger with two hundred of
    /// them costs some comparisons for each, and not two hundred.
    #[cold]
    fn differ(&self, first: usize, text: &str) -> bool {
        let mut names: Vec<Text<'_>> = self.since(first, text).collect();
        names.sort_unstable_by(|one, other| one.cmp(*other));
        names.windows(2).all(|pair| matches!(pair, [one, other] if one.cmp(*other).is_ne()))
    }
}

/// One bit of 64, by the length of a name and two of its bytes, so that the usual claims differ; all
/// bits for a name that may be written in several ways.
fn mark(name: Text<'_>) -> u64 {
    if name.escaped {
        return u64::MAX;
    }
    let bytes = name.inner.as_bytes();
    let last = bytes.last().copied().unwrap_or_default();
    let middle = bytes.get(bytes.len() / 2).copied().unwrap_or_default();
    let mixed = u32::from(last).wrapping_add(u32::from(middle).wrapping_mul(8));
    let len = u32::try_from(bytes.len()).unwrap_or_default();
    1_u64.wrapping_shl(mixed.wrapping_add(len.wrapping_mul(39)))
}
