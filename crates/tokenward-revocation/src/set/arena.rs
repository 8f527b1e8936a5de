//! Pages of bits: made when they are needed, used again, never given back.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use super::table::zeros;

/// The words of a page, which has 32,768 bits: 4 KiB.
pub(super) const PAGE_WORDS: usize = 512;

const CHUNK_PAGES: u32 = 64;
const CHUNK_WORDS: usize = 32_768;
/// 512 MiB, which is the bits of four billion tokens.
const CHUNKS: usize = 2_048;

/// Where all pages are.
pub(super) struct Arena {
    chunks: Box<[OnceLock<Box<[AtomicU64]>>]>,
}

/// Which pages are in use: the writer's.
#[derive(Default)]
pub(super) struct Pool {
    made: u32,
    free: Vec<u32>,
}

impl Arena {
    /// The most pages that there can be.
    pub(super) const PAGES: u32 = 131_072;

    pub(super) fn new() -> Self {
        Self { chunks: zeros(CHUNKS) }
    }

    #[inline]
    pub(super) fn get(&self, page: u32, bit: u32) -> bool {
        let word = self.word(page, bit).map_or(0, |word| word.load(Ordering::Acquire));
        word & mask(bit) != 0
    }

    /// Sets the bit; whether that was news.
    pub(super) fn set(&self, page: u32, bit: u32) -> bool {
        let word = self.word(page, bit);
        word.is_some_and(|word| word.fetch_or(mask(bit), Ordering::AcqRel) & mask(bit) == 0)
    }

    /// The words of a page.
    pub(super) fn page(&self, page: u32) -> Option<&[AtomicU64]> {
        let from = first_word(page);
        self.chunk(page)?.get(from..from.wrapping_add(PAGE_WORDS))
    }

    /// The bits of a page that are set, in ascending order.
    pub(super) fn bits(&self, page: u32) -> impl Iterator<Item = u32> {
        let words = self.page(page).unwrap_or_default().iter().zip((0..).step_by(64));
        words.flat_map(|(word, first): (_, u32)| {
            let mut left = word.load(Ordering::Acquire);
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| first.wrapping_add(left.trailing_zeros()))?;
                left &= left.wrapping_sub(1);
                Some(bit)
            })
        })
    }

    /// How many bits of a page are set.
    pub(super) fn count(&self, page: u32) -> usize {
        let words = self.page(page).unwrap_or_default();
        let ones = words.iter().map(|word| word.load(Ordering::Acquire).count_ones());
        usize::try_from(ones.fold(0, u32::saturating_add)).unwrap_or(usize::MAX)
    }

    /// What its pages take up.
    pub(super) fn bytes(&self) -> usize {
        let made = self.chunks.iter().filter(|chunk| chunk.get().is_some()).count();
        made.saturating_mul(CHUNK_WORDS).saturating_mul(8)
    }

    #[inline]
    fn word(&self, page: u32, bit: u32) -> Option<&AtomicU64> {
        let within = usize::try_from(bit / 64).ok()?;
        self.chunk(page)?.get(first_word(page).wrapping_add(within))
    }

    #[inline]
    fn chunk(&self, page: u32) -> Option<&[AtomicU64]> {
        let chunk = usize::try_from(page / CHUNK_PAGES).ok()?;
        self.chunks.get(chunk)?.get().map(Box::as_ref)
    }
}

impl Pool {
    /// A page without a bit; `None` if there can be no more.
    pub(super) fn take(&mut self, arena: &Arena) -> Option<u32> {
        if let Some(page) = self.free.pop() {
            for word in arena.page(page)? {
                word.store(0, Ordering::Release);
            }
            return Some(page);
        }
        let page = self.made;
        let chunk = usize::try_from(page / CHUNK_PAGES).ok()?;
        arena.chunks.get(chunk)?.get_or_init(|| zeros(CHUNK_WORDS));
        self.made = page.checked_add(1)?;
        Some(page)
    }

    /// Gives a page back that nobody reads who will not ask again.
    pub(super) fn give_back(&mut self, page: u32) {
        self.free.push(page);
    }

    /// How many pages could be taken.
    pub(super) fn left(&self) -> usize {
        let new = usize::try_from(Arena::PAGES.saturating_sub(self.made)).unwrap_or_default();
        new.saturating_add(self.free.len())
    }
}

#[inline]
fn first_word(page: u32) -> usize {
    usize::try_from(page % CHUNK_PAGES).unwrap_or_default().wrapping_mul(PAGE_WORDS)
}

#[inline]
const fn mask(bit: u32) -> u64 {
    1_u64.wrapping_shl(bit)
}
