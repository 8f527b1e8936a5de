//! Token ids that a revocation needs one bit for.
//!
//! ```text
//! base64url( shard u16 │ minute of expiry u32 │ index u32 │ 48 random bits )     22 characters
//! ```
//!
//! The three numbers say where a token's bit is; see [`Set`](crate::Set). Nobody who mints ever gives the
//! same three twice: a shard belongs to one process for a span of minutes, which the store hands out once
//! and for all ([`RevocationStore::lease_shard`](crate::RevocationStore::lease_shard)), and within it the
//! process counts. So nothing is written for a token, and what a crash leaves unused stays unused.
//!
//! **An id is dense by its form**: 22 characters of base64url, with an index below 2³¹. Whoever checks one
//! looks at its bit, and among the fingerprints too if there are any, since a dense id is entered there where
//! its minute lies long before the end of its revocation or no page is left. A name of another issuer that
//! happens to look so is revoked as exactly: its bit is somebody else's only if all 79 bits of the three
//! numbers are.

use tokenward::{Jti, UnixTime, b64, crypto};

mod lease;
mod spot;

#[cfg(test)]
mod tests;

pub use lease::{DenseIds, ShardLease, ShardRequest};
pub(crate) use spot::{PAGE_BITS, PageNumber, Spot};

/// The place of a token's bit.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[expect(clippy::exhaustive_structs, reason = "the form of an id does not grow")]
pub struct DenseId {
    /// The minute in which the token ends, counted from the epoch: `exp` rounded up.
    pub minute: u32,
    /// Who minted it.
    pub shard: u16,
    /// Which one of that minute: less than [`DenseId::INDICES`].
    pub index: u32,
}

impl DenseId {
    /// How many tokens one shard can mint for one minute.
    pub const INDICES: u32 = 1 << 31;

    /// The minute of a token that expires at `expires_at`.
    ///
    /// ```
    /// use tokenward::UnixTime;
    /// use tokenward_revocation::DenseId;
    ///
    /// assert_eq!(DenseId::minute_of(UnixTime::from_secs(120)), 2);
    /// assert_eq!(DenseId::minute_of(UnixTime::from_secs(121)), 3);
    /// ```
    #[must_use]
    pub fn minute_of(expires_at: UnixTime) -> u32 {
        u32::try_from(expires_at.as_secs().div_ceil(60)).unwrap_or(u32::MAX)
    }

    /// The place that `id` names; `None` if it is not dense.
    ///
    /// ```
    /// use tokenward::Jti;
    /// use tokenward_revocation::DenseId;
    ///
    /// let place = DenseId { minute: 29_000_000, shard: 7, index: 41 };
    /// assert_eq!(DenseId::parse(&place.name()), Some(place));
    /// assert_eq!(DenseId::parse(&Jti::new("b0a1d4a2-7c53-4f6e-9a3f-0d2c8f1e6b11")?), None);
    /// # Ok::<(), tokenward::InvalidId>(())
    /// ```
    #[must_use]
    pub fn parse(id: &Jti) -> Option<Self> {
        let text: &[u8; 22] = id.as_str().as_bytes().try_into().ok()?;
        let (place, rest) = text.split_first_chunk::<8>()?;
        let (place, index) = (sextets(place), sextets::<6>(rest.first_chunk()?));
        let tail = sextets::<8>(rest.last_chunk()?);
        // The last character carries two bits of the sixteenth byte, and four that must be none.
        if (place | index | tail) & INVALID != 0 || tail & 0b1111 != 0 {
            return None;
        }
        let index = u32::try_from(index >> 4).ok().filter(|index| *index < Self::INDICES)?;
        let shard = u16::try_from(place >> 32).ok()?;
        let minute = u32::try_from(place & 0xffff_ffff).ok()?;
        Some(Self { minute, shard, index })
    }

    /// A name for the place, which no one else can guess.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "base64url is within what a name may hold")]
    #[expect(clippy::expect_used, reason = "base64url is within what a name may hold")]
    pub fn name(self) -> Jti {
        Jti::new(self.text(crypto::random())).expect("22 characters of base64url")
    }

    /// The characters of an id with this tail.
    fn text(self, [r0, r1, r2, r3, r4, r5]: [u8; 6]) -> String {
        let [s0, s1] = self.shard.to_be_bytes();
        let [m0, m1, m2, m3] = self.minute.to_be_bytes();
        let [i0, i1, i2, i3] = self.index.to_be_bytes();
        b64::encode(&[s0, s1, m0, m1, m2, m3, i0, i1, i2, i3, r0, r1, r2, r3, r4, r5])
    }
}

/// Stands out of whatever was put together with a character that is not of base64url.
const INVALID: u64 = 1 << 63;

/// The value of up to ten characters, six bits each; with [`INVALID`] in it if one is none.
#[inline]
fn sextets<const N: usize>(characters: &[u8; N]) -> u64 {
    let mut value = 0;
    let mut invalid = 0;
    for character in characters {
        let sextet = u64::from(SEXTETS.get(usize::from(*character)).copied().unwrap_or(0xff));
        invalid |= sextet >> 6;
        value = (value << 6) | (sextet & 0x3f);
    }
    if invalid == 0 { value } else { INVALID }
}

/// The value of each character of base64url (RFC 4648 § 5); 0xff for all others.
static SEXTETS: [u8; 256] = {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut table = [0xff; 256];
    let mut value = 0_u8;
    while value < 64 {
        #[expect(clippy::as_conversions, clippy::indexing_slicing, reason = "made by the compiler")]
        {
            table[alphabet[value as usize] as usize] = value;
        }
        value = value.wrapping_add(1);
    }
    table
};
