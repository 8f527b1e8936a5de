//! Numbers modulo n, the order of P-256's base point (SEC 2 § 2.4.2).

use fiat_crypto::p256_scalar_64 as fiat;

use super::super::inverse::Modulus;

#[cfg(test)]
mod tests;

/// n, lowest limb first.
pub(super) const N: [u64; 4] =
    [0xf3b9_cac2_fc63_2551, 0xbce6_faad_a717_9e84, 0xffff_ffff_ffff_ffff, 0xffff_ffff_0000_0000];

static MODULUS: Modulus = Modulus::new(N);

/// A number below n, times 2^256 modulo n.
#[derive(Clone, Copy)]
pub(super) struct Scalar(fiat::fiat_p256_scalar_montgomery_domain_field_element);

impl Scalar {
    const ZERO: Self = Self(fiat::fiat_p256_scalar_montgomery_domain_field_element([0; 4]));
    const ONE: Self = Self::new([1, 0, 0, 0]);

    /// The scalar with these limbs, which must be a number below n.
    const fn new(limbs: [u64; 4]) -> Self {
        let plain = fiat::fiat_p256_scalar_non_montgomery_domain_field_element(limbs);
        let mut out = Self::ZERO;
        fiat::fiat_p256_scalar_to_montgomery(&mut out.0, &plain);
        out
    }

    /// The scalar with these limbs; `None` for zero and from n on.
    pub(super) fn checked(limbs: [u64; 4]) -> Option<Self> {
        (limbs != [0; 4] && is_below_n(&limbs)).then(|| Self::new(limbs))
    }

    /// Any 256-bit number, modulo n.
    pub(super) fn reduced(limbs: [u64; 4]) -> Self {
        if is_below_n(&limbs) { Self::new(limbs) } else { Self::new(minus_n(limbs)) }
    }

    pub(super) fn mul(&self, other: &Self) -> Self {
        let mut out = Self::ZERO;
        fiat::fiat_p256_scalar_mul(&mut out.0, &self.0, &other.0);
        out
    }

    /// The inverse; zero has none.
    pub(super) fn invert(&self) -> Option<Self> {
        let inverse = Self::checked(MODULUS.guess_inverse(self.limbs()))?;
        (self.mul(&inverse).0.0 == Self::ONE.0.0).then_some(inverse)
    }

    /// This number or n minus it, whichever is below 2^255, and whether it is the latter.
    pub(super) fn magnitude(&self) -> ([u64; 4], bool) {
        let limbs = self.limbs();
        if limbs[3] >> 63 == 0 { (limbs, false) } else { (self.negate().limbs(), true) }
    }

    fn negate(&self) -> Self {
        let mut out = Self::ZERO;
        fiat::fiat_p256_scalar_opp(&mut out.0, &self.0);
        out
    }

    pub(super) fn limbs(&self) -> [u64; 4] {
        let mut plain = fiat::fiat_p256_scalar_non_montgomery_domain_field_element([0; 4]);
        fiat::fiat_p256_scalar_from_montgomery(&mut plain, &self.0);
        plain.0
    }
}

fn is_below_n(limbs: &[u64; 4]) -> bool {
    limbs.iter().rev().lt(N.iter().rev())
}

/// A number from n on, less n. As 2^256 < 2·n, the result is below n.
fn minus_n(mut limbs: [u64; 4]) -> [u64; 4] {
    let mut borrow = false;
    for (limb, take) in limbs.iter_mut().zip(N) {
        let (value, under) = limb.overflowing_sub(take);
        let (value, under_again) = value.overflowing_sub(u64::from(borrow));
        *limb = value;
        borrow = under || under_again;
    }
    limbs
}
