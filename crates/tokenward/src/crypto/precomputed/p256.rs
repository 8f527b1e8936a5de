//! ECDSA on P-256 with SHA-256 and a table of multiples of the key (FIPS 186-5 § 6.4.2).
//!
//! R = u1·G + u2·Q is the sum of at most 69 entries of two tables, without a doubling. Times depend on
//! the operands: a signature and a public key are no secrets.

use std::sync::LazyLock;

use aws_lc_rs::digest;

use super::comb::Comb;
use field::Field;
use point::{Affine, Sum};
use scalar::Scalar;
use terms::Terms;

mod field;
mod point;
mod scalar;
mod terms;
#[cfg(test)]
mod tests;

/// The length of a coordinate, of r and of s, in bytes.
const LEN: usize = 32;

/// p − n, lowest limb first: an r below it can come from two x coordinates.
const P_MINUS_N: [u64; 4] = [0x0c46_353d_039c_daae, 0x4319_0553_58e8_617b, 0, 0];

/// n as an element of the field.
const N: Field = Field::new(scalar::N);

type BaseComb = Comb<Affine, 8, 128>;
type KeyComb = Comb<Affine, 7, 64>;

/// The most entries that a sum needs.
const TERMS: usize = BaseComb::WINDOWS + KeyComb::WINDOWS;

/// The table of G, 256 KB, made when the first key asks for it. It is a constant, and `None` never.
static BASE: LazyLock<Option<BaseComb>> = LazyLock::new(|| comb(Affine::BASE));

/// A key and the multiples j·2^7i·Q for j = 1 to 64, i = 0 to 36: 148 KB.
pub(crate) struct P256Table {
    base: &'static BaseComb,
    key: KeyComb,
}

impl P256Table {
    /// The table for the key with these coordinates, big-endian; `None` if they are no point.
    pub(crate) fn new(x: &[u8; LEN], y: &[u8; LEN]) -> Option<Self> {
        let point = Affine::new(Field::checked(limbs(x))?, Field::checked(limbs(y))?)?;
        Some(Self { base: BASE.as_ref()?, key: comb(point)? })
    }

    /// Whether `signature` (r ‖ s, RFC 7518 § 3.4) was made over `message` by this key's private half.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let mut hash = [0; LEN];
        hash.copy_from_slice(digest::digest(&digest::SHA256, message).as_ref());
        self.verify_hash(&hash, signature).is_some()
    }

    fn verify_hash(&self, hash: &[u8; LEN], signature: &[u8]) -> Option<()> {
        let (r, s) = signature.split_first_chunk()?;
        let r = limbs(r);
        let s = Scalar::checked(limbs(s.try_into().ok()?))?;
        let scalar_r = Scalar::checked(r)?;

        let w = s.invert()?;
        let (u1, minus_1) = Scalar::reduced(limbs(hash)).mul(&w).magnitude();
        let (u2, minus_2) = scalar_r.mul(&w).magnitude();
        let terms_1 = self.base.terms(u1).map(|(point, minus)| (point, minus != minus_1));
        let terms_2 = self.key.terms(u2).map(|(point, minus)| (point, minus != minus_2));
        let points = terms_1
            .chain(terms_2)
            .map(|(point, minus)| if minus { point.negate() } else { *point });
        let sum = Terms::<TERMS>::new(points).sum()?;

        // r is x modulo n, and x is below p: x is r, or r + n where that is below p.
        let x = Field::new(r);
        let second = r.iter().rev().lt(P_MINUS_N.iter().rev());
        (sum.has_x(&x) || second && sum.has_x(&x.add(&N))).then_some(())
    }
}

/// The table of a point; `None` never, as no multiple in it is the identity: n is prime.
fn comb<const W: usize, const HALF: usize>(point: Affine) -> Option<Comb<Affine, W, HALF>> {
    let mut windows = Vec::new();
    let mut base = point;
    for _ in 0..Comb::<Affine, W, HALF>::WINDOWS {
        let mut sums = Vec::with_capacity(HALF.saturating_add(1));
        let mut sum = Sum::from(base);
        sums.push(sum);
        for _ in 1..HALF {
            sum = sum.add(&base);
            sums.push(sum);
        }
        sums.push(sum.double());
        let points = Sum::normalize(&sums)?;
        let (window, next) = points.split_first_chunk()?;
        windows.push(*window);
        base = *next.first()?;
    }
    Comb::new(windows)
}

/// A big-endian number as limbs, lowest first.
fn limbs(bytes: &[u8; LEN]) -> [u64; 4] {
    let mut limbs = [0; 4];
    for (limb, chunk) in limbs.iter_mut().zip(bytes.rchunks_exact(8)) {
        *limb = chunk.iter().fold(0, |limb, byte| limb << 8 | u64::from(*byte));
    }
    limbs
}
