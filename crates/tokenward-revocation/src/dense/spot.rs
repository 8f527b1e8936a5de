//! Where the bit of a dense id is, read off its characters.
//!
//! A check is asked for every token, and taking 14 characters apart into three numbers is most of what one
//! bit would cost. So a page is known by the characters themselves, as they stand in the id, and only the
//! last few become a number, which says which bit of the page:
//!
//! ```text
//! characters   0 1 2 3 4 5 6 7 │ 8 9 10 │ 10 11 12 13
//!              shard, minute   │  page  │ bit
//! ```

use tokenward::Jti;

use super::{DenseId, SEXTETS, sextets};

/// The bits of a page.
pub(crate) const PAGE_BITS: u32 = 1 << 15;

/// A page, and a bit of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Spot {
    /// The first eight characters.
    first: u64,
    /// The next two, and five bits of the one after, in 21 bits.
    rest: u32,
    bit: u32,
}

/// A page as it is written down: minute, shard, page, the first the highest. Pages are in order by it.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct PageNumber(pub(crate) u64);

impl Spot {
    /// That of `id` if it is dense. If it is not, there may be one all the same, at which nothing is found:
    /// what is not dense is not entered as a bit.
    #[inline]
    pub(crate) fn of(id: &Jti) -> Option<Self> {
        let text: &[u8; 22] = id.as_str().as_bytes().try_into().ok()?;
        Self::read(text.first_chunk()?)
    }

    #[inline]
    fn read(text: &[u8; 14]) -> Option<Self> {
        let (first, rest) = text.split_first_chunk::<8>()?;
        let [c8, c9, low @ ..] = *<&[u8; 6]>::try_from(rest).ok()?;
        let [v10, v11, v12, v13] = low.map(|character| {
            u32::from(SEXTETS.get(usize::from(character)).copied().unwrap_or(0xff))
        });
        if (v10 | v11 | v12 | v13) > 0x3f {
            return None;
        }
        let low = (v10 << 14) | (v11 << 8) | (v12 << 2) | (v13 >> 4);
        let rest = u32::from(u16::from_le_bytes([c8, c9])) | ((low / PAGE_BITS) << 16);
        Some(Self { first: u64::from_le_bytes(*first), rest, bit: low % PAGE_BITS })
    }

    /// Which bit of its page.
    #[inline]
    pub(crate) const fn bit(self) -> u32 {
        self.bit
    }

    /// What to look for its page by. Two pages may share it, which their [`Self::words`] tell apart: the
    /// key and `rest` together say what `first` was.
    #[inline]
    pub(crate) fn key(self) -> u64 {
        self.first ^ spread(self.rest)
    }

    /// What is to stand in an entry of its page, where `page` is that it is found at in the arena.
    #[inline]
    pub(crate) fn words(self, page: u32) -> [u64; 1] {
        [(u64::from(self.rest) << 32) | u64::from(page)]
    }

    /// The page that an entry under its key names, if it is that of this spot.
    #[inline]
    pub(crate) fn page_in(self, [word]: [u64; 1]) -> Option<u32> {
        let alike = word >> 32 == u64::from(self.rest);
        u32::try_from(word & 0xffff_ffff).ok().filter(|_| alike)
    }
}

#[inline]
fn spread(rest: u32) -> u64 {
    u64::from(rest).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl PageNumber {
    /// That of the page whose entry is under `key` and holds `word`.
    pub(crate) fn of_entry(key: u64, [word]: [u64; 1]) -> Self {
        let rest = u32::try_from(word >> 32).unwrap_or_default();
        let place = sextets(&(key ^ spread(rest)).to_le_bytes());
        let [c8, c9, five, _] = rest.to_le_bytes();
        let page = (sextets(&[c8, c9]) << 5) | u64::from(five);
        let (shard, minute) = (place >> 32, place & 0xffff_ffff);
        Self((minute << 32) | (shard << 16) | page)
    }

    /// Its first bit.
    pub(crate) fn spot(self) -> Option<Spot> {
        let [m0, m1, m2, m3, s0, s1, p0, p1] = self.0.to_be_bytes();
        let (shard, page) = (u16::from_be_bytes([s0, s1]), u16::from_be_bytes([p0, p1]));
        let minute = u32::from_be_bytes([m0, m1, m2, m3]);
        let place = DenseId { minute, shard, index: u32::from(page).checked_mul(PAGE_BITS)? };
        place.spot()
    }
}

impl DenseId {
    /// Where its bit is.
    pub(crate) fn spot(self) -> Option<Spot> {
        Spot::read(self.text([0; 6]).as_bytes().first_chunk()?)
    }
}
