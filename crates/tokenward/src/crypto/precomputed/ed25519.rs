//! Ed25519 with a table of multiples of the key (RFC 8032 § 5.1.7).
//!
//! The equation is the one without cofactor, compared as bytes, as in aws-lc: a signature R ‖ S over
//! M is good if S < ℓ and the encoding of S·B − k·A, with k = SHA-512(R ‖ A ‖ M), is R. R is never
//! decoded, so it has one good value; that it could be spelt differently, or carry a torsion component,
//! is no question here.
//!
//! There is no verification in batches. An equation over many signatures holds for torsion components
//! that cancel each other, by chance or by the choice of a key holder; and an exact check of each R
//! costs more than the batch wins.

use std::sync::LazyLock;

use aws_lc_rs::digest;

use super::comb::Comb;
use point::{Affine, Point};

mod field;
mod point;
mod scalar;
#[cfg(test)]
mod tests;

/// The length of a key, of R and of S, in bytes.
const LEN: usize = 32;

type BaseComb = Comb<Affine, 8, 128>;
type KeyComb = Comb<Affine, 6, 32>;

/// The most entries that a sum needs.
const TERMS: usize = BaseComb::WINDOWS + KeyComb::WINDOWS;

/// R ‖ A ‖ M is hashed in one piece up to this length, which nearly every token has. The library's
/// hash in pieces takes its state from the heap.
const SHORT: usize = 2048;

/// The table of B, 480 KB, made when the first key asks for it. It is a constant, and `None` never.
static BASE: LazyLock<Option<BaseComb>> = LazyLock::new(|| comb(&Point::decode(&point::BASE)?));

/// Whether these bytes are a key that may be trusted: the canonical encoding of a point of prime
/// order ℓ.
///
/// With a key of small order one signature fits many messages, and with a torsion component in it
/// verifiers disagree about what the holder makes (RFC 8032 § 8.4 leaves the equation open).
pub(crate) fn is_sound_key(encoded: &[u8; LEN]) -> bool {
    decode_sound(encoded).is_some()
}

/// A key and the multiples j·2^6i·(−A) for j = 1 to 32, i = 0 to 42: 161 KB.
pub(crate) struct Ed25519Table {
    encoded: [u8; LEN],
    base: &'static BaseComb,
    minus_a: KeyComb,
}

impl Ed25519Table {
    /// The table for this key; `None` if [`is_sound_key`] refuses it.
    pub(crate) fn new(encoded: &[u8; LEN]) -> Option<Self> {
        let a = decode_sound(encoded)?;
        Some(Self { encoded: *encoded, base: BASE.as_ref()?, minus_a: comb(&a.negate())? })
    }

    /// Whether `signature` (R ‖ S) was made over `message` by this key's private half.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let Some((r, s)) = split(signature) else { return false };
        let k = self.challenge(r, message);
        let mut terms = [(Affine::IDENTITY, false); TERMS];
        let mut slots = terms.iter_mut();
        // From the inside, by `for_each`, a chain of iterators is twice as fast as by a loop.
        self.base.terms(s).chain(self.minus_a.terms(k)).for_each(|(point, minus)| {
            if let Some(slot) = slots.next() {
                *slot = (*point, minus);
            }
        });
        let sum = terms.iter().fold(Point::IDENTITY, |sum, (point, minus)| sum.add(point, *minus));
        sum.encode().is_some_and(|encoded| encoded == *r)
    }

    /// SHA-512(R ‖ A ‖ M) modulo ℓ.
    fn challenge(&self, r: &[u8; LEN], message: &[u8]) -> [u64; 4] {
        let mut buffer = [0; SHORT];
        let hash = if let Some(whole) = write(&mut buffer, [r, &self.encoded, message]) {
            digest::digest(&digest::SHA512, whole)
        } else {
            let mut hash = digest::Context::new(&digest::SHA512);
            hash.update(r);
            hash.update(&self.encoded);
            hash.update(message);
            hash.finish()
        };
        let mut wide = [0; 64];
        wide.copy_from_slice(hash.as_ref());
        scalar::reduced(&wide)
    }
}

/// The parts one after another, if they fit.
fn write<'a>(buffer: &'a mut [u8; SHORT], parts: [&[u8]; 3]) -> Option<&'a [u8]> {
    let mut len = 0;
    for part in parts {
        let (place, _) = buffer.get_mut(len..)?.split_at_mut_checked(part.len())?;
        place.copy_from_slice(part);
        len = len.checked_add(part.len())?;
    }
    buffer.get(..len)
}

/// R and S, if there is nothing else and S < ℓ.
fn split(signature: &[u8]) -> Option<(&[u8; LEN], [u64; 4])> {
    let (r, s) = signature.split_first_chunk()?;
    Some((r, scalar::canonical(s.try_into().ok()?)?))
}

fn decode_sound(encoded: &[u8; LEN]) -> Option<Point> {
    let point = Point::decode(encoded)?;
    (point.is_torsion_free() && !point.is_identity()).then_some(point)
}

/// The table of a point; `None` never.
fn comb<const W: usize, const HALF: usize>(point: &Point) -> Option<Comb<Affine, W, HALF>> {
    let mut windows = Vec::new();
    let mut base = *point;
    for _ in 0..Comb::<Affine, W, HALF>::WINDOWS {
        let step = base.affine()?;
        let mut sums = Vec::with_capacity(HALF);
        sums.push(base);
        for _ in 1..HALF {
            base = base.add(&step, false);
            sums.push(base);
        }
        base = base.double();
        windows.push(Point::normalize(&sums)?.try_into().ok()?);
    }
    Comb::new(windows)
}
