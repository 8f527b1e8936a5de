//! Numbers modulo p = 2^255 − 19 (RFC 8032 § 5.1).
//!
//! The arithmetic is fiat-crypto's, proved against the integers. Its five limbs of 51 bits may overflow
//! a little after an addition: that is [`Loose`], which can be multiplied and nothing else. The proofs
//! hold for what these two types allow.

use std::array;

use fiat_crypto::curve25519_64 as fiat;

use super::super::inverse::Modulus;

#[cfg(test)]
mod tests;

/// p, lowest limb first.
pub(super) const P: [u64; 4] =
    [0xffff_ffff_ffff_ffed, 0xffff_ffff_ffff_ffff, 0xffff_ffff_ffff_ffff, 0x7fff_ffff_ffff_ffff];

static MODULUS: Modulus = Modulus::new(P);

/// A number modulo p in limbs that have carried.
#[derive(Clone, Copy)]
pub(super) struct Field(fiat::fiat_25519_tight_field_element);

/// A sum or a difference.
#[derive(Clone, Copy)]
pub(super) struct Loose(fiat::fiat_25519_loose_field_element);

impl Field {
    pub(super) const ZERO: Self = Self(fiat::fiat_25519_tight_field_element([0; 5]));
    pub(super) const ONE: Self = Self(fiat::fiat_25519_tight_field_element([1, 0, 0, 0, 0]));

    /// The number with this little-endian encoding; `None` from 2^255 on. Those from p on are taken
    /// modulo p.
    pub(super) const fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        if bytes[31] > 0x7f {
            return None;
        }
        let mut out = Self::ZERO;
        fiat::fiat_25519_from_bytes(&mut out.0, bytes);
        Some(out)
    }

    /// The little-endian encoding of the number below p.
    pub(super) fn to_bytes(self) -> [u8; 32] {
        let mut out = [0; 32];
        fiat::fiat_25519_to_bytes(&mut out, &self.0);
        out
    }

    #[inline]
    pub(super) fn add(&self, other: &Self) -> Loose {
        let mut out = Loose::ZERO;
        fiat::fiat_25519_add(&mut out.0, &self.0, &other.0);
        out
    }

    #[inline]
    pub(super) fn sub(&self, other: &Self) -> Loose {
        let mut out = Loose::ZERO;
        fiat::fiat_25519_sub(&mut out.0, &self.0, &other.0);
        out
    }

    pub(super) fn negate(&self) -> Self {
        let mut out = Loose::ZERO;
        fiat::fiat_25519_opp(&mut out.0, &self.0);
        out.carry()
    }

    #[inline]
    pub(super) fn loose(&self) -> Loose {
        let mut out = Loose::ZERO;
        fiat::fiat_25519_relax(&mut out.0, &self.0);
        out
    }

    pub(super) fn mul(&self, other: &Self) -> Self {
        self.loose().mul(&other.loose())
    }

    pub(super) fn square(&self) -> Self {
        let mut out = Self::ZERO;
        fiat::fiat_25519_carry_square(&mut out.0, &self.loose().0);
        out
    }

    /// The inverse; zero has none.
    pub(super) fn invert(&self) -> Option<Self> {
        let bytes = self.to_bytes();
        let (chunks, _) = bytes.as_chunks::<8>();
        let limbs = array::from_fn(|i| chunks.get(i).map_or(0, |limb| u64::from_le_bytes(*limb)));
        let mut inverse = [0; 32];
        for (chunk, limb) in inverse.chunks_exact_mut(8).zip(MODULUS.guess_inverse(limbs)) {
            chunk.copy_from_slice(&limb.to_le_bytes());
        }
        let inverse = Self::from_bytes(&inverse)?;
        (self.mul(&inverse) == Self::ONE).then_some(inverse)
    }

    /// The number to the power of (p − 5)/8 = 2^252 − 3.
    pub(super) fn pow_p58(&self) -> Self {
        // Of two numbers to powers of a and b ones, this makes the one to a power of a + b ones.
        let join = |a: &Self, b: &Self, ones_in_b: u32| {
            (0..ones_in_b).fold(*a, |power, _| power.square()).mul(b)
        };
        let two = join(self, self, 1);
        let five = join(&join(&two, &two, 2), self, 1);
        let ten = join(&five, &five, 5);
        let twenty = join(&ten, &ten, 10);
        let fifty = join(&join(&twenty, &twenty, 20), &ten, 10);
        let hundred = join(&fifty, &fifty, 50);
        let most = join(&join(&hundred, &hundred, 100), &fifty, 50);
        // The exponent is 250 ones, a zero and a one.
        most.square().square().mul(self)
    }
}

impl Loose {
    pub(super) const ZERO: Self = Self(fiat::fiat_25519_loose_field_element([0; 5]));
    pub(super) const ONE: Self = Self(fiat::fiat_25519_loose_field_element([1, 0, 0, 0, 0]));

    #[inline]
    pub(super) fn mul(&self, other: &Self) -> Field {
        let mut out = Field::ZERO;
        fiat::fiat_25519_carry_mul(&mut out.0, &self.0, &other.0);
        out
    }

    #[inline]
    pub(super) fn square(&self) -> Field {
        let mut out = Field::ZERO;
        fiat::fiat_25519_carry_square(&mut out.0, &self.0);
        out
    }

    #[inline]
    pub(super) fn carry(&self) -> Field {
        let mut out = Field::ZERO;
        fiat::fiat_25519_carry(&mut out.0, &self.0);
        out
    }
}

impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        self.to_bytes() == other.to_bytes()
    }
}
