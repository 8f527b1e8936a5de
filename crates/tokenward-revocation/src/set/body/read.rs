//! Reads the body of a snapshot, piece by piece, from whoever may have sent it.

use super::{AS_WORDS, BadBody, MAGIC, Minute, PAGE_WORDS, PageNumber, Part, SPARSE};
use crate::dense::PAGE_BITS;
use crate::set::table::Table;

/// A piece that is right by itself and in its place.
#[derive(Clone, Copy)]
pub(super) enum Piece<'a> {
    /// So many of a part follow.
    Count { part: Part, count: usize },
    /// A page of bits.
    Page { number: PageNumber, end: Minute, bits: Bits<'a> },
    /// An entry of a table; words where it is a subject's.
    Entry { part: Part, key: u64, end: Minute, words: [u64; 3] },
    /// The floors of the audience and of the issuer: the minute in which each ends, and the second.
    Floors { audience: (Minute, u64), issuer: (Minute, u64) },
}

/// The bits of a page.
#[derive(Clone, Copy)]
pub(super) enum Bits<'a> {
    /// Their numbers, in ascending order, two bytes each.
    Sparse(&'a [u8]),
    /// All of them, in words of eight bytes.
    Words(&'a [u8]),
}

/// Shows every piece of `body` to `see`, up to the first that is not right.
pub(super) fn walk(body: &[u8], see: &mut dyn FnMut(Piece<'_>)) -> Result<(), BadBody> {
    let mut rest = Rest(body.strip_prefix(MAGIC).ok_or(BadBody::UnknownVersion)?);
    rest.pages(see)?;
    for part in [Part::Tokens, Part::Sessions, Part::Keys] {
        rest.entries(part, 12, see)?;
    }
    rest.entries(Part::Subjects, 36, see)?;
    let (audience, issuer) = (rest.floor()?, rest.floor()?);
    if !rest.0.is_empty() {
        return Err(BadBody::WrongLength);
    }
    see(Piece::Floors { audience, issuer });
    Ok(())
}

struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn pages(&mut self, see: &mut dyn FnMut(Piece<'_>)) -> Result<(), BadBody> {
        // The shortest page has one bit.
        let count = self.count(16)?;
        see(Piece::Count { part: Part::Pages, count });
        let mut last = 0;
        for _ in 0..count {
            let key = u64::from_be_bytes(self.take()?);
            let end = self.minute()?;
            // Bits of the minute zero are not entered.
            if key <= last || key >> 32 == 0 {
                return Err(BadBody::Malformed);
            }
            last = key;
            let bits = self.bits()?;
            see(Piece::Page { number: PageNumber(key), end, bits });
        }
        Ok(())
    }

    fn bits(&mut self) -> Result<Bits<'a>, BadBody> {
        let count = u16::from_be_bytes(self.take()?);
        if count == AS_WORDS {
            let list = self.slice(PAGE_WORDS.saturating_mul(8))?;
            let ones = list.iter().fold(0_u32, |ones, byte| ones.saturating_add(byte.count_ones()));
            let crowded = usize::try_from(ones).is_ok_and(|ones| ones >= SPARSE);
            return if crowded { Ok(Bits::Words(list)) } else { Err(BadBody::Malformed) };
        }
        let count = usize::from(count);
        if count == 0 || count >= SPARSE {
            return Err(BadBody::Malformed);
        }
        let list = self.slice(count.saturating_mul(2))?;
        let numbers = || list.as_chunks().0.iter().map(|bit| u16::from_be_bytes(*bit));
        let ascending = numbers().zip(numbers().skip(1)).all(|(bit, next)| bit < next);
        let within = numbers().all(|bit| u32::from(bit) < PAGE_BITS);
        if ascending && within { Ok(Bits::Sparse(list)) } else { Err(BadBody::Malformed) }
    }

    fn entries(
        &mut self,
        part: Part,
        size: usize,
        see: &mut dyn FnMut(Piece<'_>),
    ) -> Result<(), BadBody> {
        let count = self.count(size)?;
        see(Piece::Count { part, count });
        let mut last = 0;
        for _ in 0..count {
            let key = u64::from_be_bytes(self.take()?);
            let end = self.minute()?;
            if key <= last {
                return Err(BadBody::Malformed);
            }
            last = key;
            let mut words = [0; 3];
            if matches!(part, Part::Subjects) {
                for word in &mut words {
                    *word = u64::from_be_bytes(self.take()?);
                }
            }
            see(Piece::Entry { part, key, end, words });
        }
        Ok(())
    }

    fn floor(&mut self) -> Result<(Minute, u64), BadBody> {
        let end = Minute::new(u32::from_be_bytes(self.take()?));
        let before = u64::from_be_bytes(self.take()?);
        // Both or neither.
        let set = end > Minute::default();
        if set == (before > 0) { Ok((end, before)) } else { Err(BadBody::Malformed) }
    }

    fn minute(&mut self) -> Result<Minute, BadBody> {
        let minute = Minute::new(u32::from_be_bytes(self.take()?));
        if minute > Minute::default() { Ok(minute) } else { Err(BadBody::Malformed) }
    }

    /// How many things follow, of `size` bytes each at least, and that they can.
    fn count(&mut self, size: usize) -> Result<usize, BadBody> {
        let count = u32::from_be_bytes(self.take()?);
        let count = usize::try_from(count).map_err(|_| BadBody::TooLarge)?;
        if count.saturating_mul(size) > self.0.len() {
            return Err(BadBody::WrongLength);
        }
        if count > Table::<0>::MOST { Err(BadBody::TooLarge) } else { Ok(count) }
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], BadBody> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(BadBody::WrongLength)?;
        self.0 = rest;
        Ok(*taken)
    }

    fn slice(&mut self, length: usize) -> Result<&'a [u8], BadBody> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(BadBody::WrongLength)?;
        self.0 = rest;
        Ok(taken)
    }
}
