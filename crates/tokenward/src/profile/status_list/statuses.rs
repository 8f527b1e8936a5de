//! The statuses of a list, packed as a list holds them (draft-ietf-oauth-status-list § 4.1).

use std::fmt;

#[cfg(test)]
mod tests;

/// The statuses of many tokens, 1, 2, 4 or 8 bits each, before they are compressed or after they were
/// inflated.
///
/// ```
/// use tokenward::{StatusSize, Statuses};
///
/// // Eight bits of which one is set: `status_list` of § 4.2, before the compression.
/// let mut statuses = Statuses::valid(StatusSize::One, 16);
/// assert!([0, 3, 4, 5, 7, 8, 9, 13, 15].into_iter().all(|index| statuses.set(index, Statuses::INVALID)));
/// assert_eq!(statuses.as_bytes(), [0xb9, 0xa3]);
///
/// let read = Statuses::of_bytes(StatusSize::One, vec![0xb9, 0xa3]);
/// assert_eq!(read.get(3), Some(Statuses::INVALID));
/// assert_eq!(read.get(2), Some(Statuses::VALID));
/// assert_eq!(read.get(16), None); // no statement about the token: refuse it (§ 8.3)
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct Statuses {
    size: StatusSize,
    bytes: Vec<u8>,
}

/// How many bits each status has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a status fits into a byte, whole bytes hold statuses")]
pub enum StatusSize {
    /// Valid or invalid.
    One,
    /// Four statuses.
    Two,
    /// Sixteen.
    Four,
    /// 256.
    Eight,
}

impl StatusSize {
    /// The number of bits.
    #[must_use]
    pub const fn bits(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
            Self::Four => 4,
            Self::Eight => 8,
        }
    }

    /// The size of so many bits; `None` if there is no such.
    #[must_use]
    pub const fn of_bits(bits: u8) -> Option<Self> {
        match bits {
            1 => Some(Self::One),
            2 => Some(Self::Two),
            4 => Some(Self::Four),
            8 => Some(Self::Eight),
            _ => None,
        }
    }

    /// How many statuses a byte holds.
    const fn per_byte(self) -> u8 {
        match self {
            Self::One => 8,
            Self::Two => 4,
            Self::Four => 2,
            Self::Eight => 1,
        }
    }

    /// The highest status.
    const fn highest(self) -> u8 {
        match self {
            Self::One => 0b1,
            Self::Two => 0b11,
            Self::Four => 0b1111,
            Self::Eight => 0xff,
        }
    }

    /// Where the status `index` is: its byte, and its lowest bit in there.
    fn place(self, index: u64) -> Option<(usize, u8)> {
        let per_byte = u64::from(self.per_byte());
        let byte = usize::try_from(index.checked_div(per_byte)?).ok()?;
        let within = u8::try_from(index.checked_rem(per_byte)?).ok()?;
        Some((byte, within.checked_mul(self.bits())?))
    }
}

impl Statuses {
    /// The token is good, as far as this says (§ 7.1).
    pub const VALID: u8 = 0x00;
    /// The token is revoked (§ 7.1).
    pub const INVALID: u8 = 0x01;
    /// The token is not good for the time being (§ 7.1); takes two bits.
    pub const SUSPENDED: u8 = 0x02;

    /// So many statuses, rounded up to whole bytes, each of them [`Self::VALID`].
    #[must_use]
    pub fn valid(size: StatusSize, count: usize) -> Self {
        Self { size, bytes: vec![0; count.div_ceil(usize::from(size.per_byte()))] }
    }

    /// What the inflated bytes of a list say.
    #[must_use]
    pub const fn of_bytes(size: StatusSize, bytes: Vec<u8>) -> Self {
        Self { size, bytes }
    }

    /// The status of the token `index`; `None` beyond the end, where nothing is said about a token.
    #[must_use]
    pub fn get(&self, index: u64) -> Option<u8> {
        let (byte, shift) = self.size.place(index)?;
        Some(self.bytes.get(byte)?.checked_shr(u32::from(shift))? & self.size.highest())
    }

    /// Sets the status of the token `index`; `false`, and nothing is changed, if the index is beyond the
    /// end or the status takes more bits.
    #[must_use]
    pub fn set(&mut self, index: u64, status: u8) -> bool {
        let place = self.size.place(index).filter(|_| status <= self.size.highest());
        let Some((byte, shift)) = place else { return false };
        let Some(byte) = self.bytes.get_mut(byte) else { return false };
        *byte = *byte & !(self.size.highest() << shift) | status << shift;
        true
    }

    /// How many bits each has.
    #[must_use]
    pub const fn size(&self) -> StatusSize {
        self.size
    }

    /// The bytes, which a list holds compressed.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Shows how many there are, and not what they are.
impl fmt::Debug for Statuses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.bytes.len().saturating_mul(usize::from(self.size.per_byte()));
        f.debug_struct("Statuses")
            .field("bits", &self.size.bits())
            .field("count", &count)
            .finish_non_exhaustive()
    }
}
