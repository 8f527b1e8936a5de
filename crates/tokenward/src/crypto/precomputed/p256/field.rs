//! Numbers modulo p, the prime of P-256's field (SEC 2 § 2.4.2).
//!
//! The arithmetic is fiat-crypto's, proved against the integers; here it gets a type.

use fiat_crypto::p256_64 as fiat;

use super::super::inverse::Modulus;

#[cfg(test)]
mod tests;

/// p = 2^256 − 2^224 + 2^192 + 2^96 − 1, lowest limb first.
pub(super) const P: [u64; 4] =
    [0xffff_ffff_ffff_ffff, 0x0000_0000_ffff_ffff, 0, 0xffff_ffff_0000_0001];

static MODULUS: Modulus = Modulus::new(P);

/// A number below p, times 2^256 modulo p.
#[derive(Clone, Copy)]
pub(super) struct Field(fiat::fiat_p256_montgomery_domain_field_element);

impl Field {
    pub(super) const ZERO: Self = Self(fiat::fiat_p256_montgomery_domain_field_element([0; 4]));
    pub(super) const ONE: Self = Self::new([1, 0, 0, 0]);

    /// The element with these limbs, which must be a number below p.
    pub(super) const fn new(limbs: [u64; 4]) -> Self {
        let plain = fiat::fiat_p256_non_montgomery_domain_field_element(limbs);
        let mut out = Self::ZERO;
        fiat::fiat_p256_to_montgomery(&mut out.0, &plain);
        out
    }

    /// The element with these limbs; `None` from p on.
    pub(super) fn checked(limbs: [u64; 4]) -> Option<Self> {
        limbs.iter().rev().lt(P.iter().rev()).then(|| Self::new(limbs))
    }

    pub(super) fn add(&self, other: &Self) -> Self {
        let mut out = Self::ZERO;
        fiat::fiat_p256_add(&mut out.0, &self.0, &other.0);
        out
    }

    pub(super) fn sub(&self, other: &Self) -> Self {
        let mut out = Self::ZERO;
        fiat::fiat_p256_sub(&mut out.0, &self.0, &other.0);
        out
    }

    pub(super) fn negate(&self) -> Self {
        let mut out = Self::ZERO;
        fiat::fiat_p256_opp(&mut out.0, &self.0);
        out
    }

    pub(super) fn mul(&self, other: &Self) -> Self {
        let mut out = Self::ZERO;
        fiat::fiat_p256_mul(&mut out.0, &self.0, &other.0);
        out
    }

    pub(super) fn square(&self) -> Self {
        let mut out = Self::ZERO;
        fiat::fiat_p256_square(&mut out.0, &self.0);
        out
    }

    pub(super) fn double(&self) -> Self {
        self.add(self)
    }

    pub(super) fn is_zero(&self) -> bool {
        self.0.0 == [0; 4]
    }

    /// The inverse; zero has none.
    pub(super) fn invert(&self) -> Option<Self> {
        let inverse = Self::checked(MODULUS.guess_inverse(self.limbs()))?;
        (self.mul(&inverse) == Self::ONE).then_some(inverse)
    }

    pub(super) fn limbs(&self) -> [u64; 4] {
        let mut plain = fiat::fiat_p256_non_montgomery_domain_field_element([0; 4]);
        fiat::fiat_p256_from_montgomery(&mut plain, &self.0);
        plain.0
    }
}

impl PartialEq for Field {
    /// Every number has one form (fiat-crypto's postcondition), so the limbs decide.
    fn eq(&self, other: &Self) -> bool {
        self.0.0 == other.0.0
    }
}
