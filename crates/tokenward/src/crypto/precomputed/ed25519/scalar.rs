//! Numbers modulo ℓ, the order of Ed25519's base point (RFC 8032 § 5.1), lowest limb first.

use std::array;

use fiat_crypto::curve25519_scalar_64::{
    fiat_25519_scalar_add, fiat_25519_scalar_montgomery_domain_field_element as Element,
    fiat_25519_scalar_mul,
};

#[cfg(test)]
mod tests;

/// ℓ = 2^252 + 27742317777372353535851937790883648493.
pub(super) const ORDER: [u64; 4] =
    [0x5812_631a_5cf5_d3ed, 0x14de_f9de_a2f7_9cd6, 0, 0x1000_0000_0000_0000];

/// 2^252·2^256 modulo ℓ: the second factor is what a multiplication takes away (Montgomery).
const SHIFT: Element = Element([
    0xd6cd_0540_5432_c2a3,
    0x6b5a_2d83_8692_9507,
    0xdcee_c73d_217f_5be6,
    0x0b39_9411_b7c3_09a3,
]);

/// The number with this little-endian encoding; `None` from ℓ on.
pub(super) fn canonical(bytes: &[u8; 32]) -> Option<[u64; 4]> {
    let number = limbs(bytes);
    number.iter().rev().lt(ORDER.iter().rev()).then_some(number)
}

/// A little-endian number of 512 bits, modulo ℓ.
#[expect(clippy::many_single_char_names, reason = "eight limbs")]
pub(super) fn reduced(wide: &[u8; 64]) -> [u64; 4] {
    let [a, b, c, d, e, f, g, h] = limbs(wide);
    // In base 2^252 there are three digits, each below ℓ, as the arithmetic wants them.
    let low = Element([a, b, c, d & (u64::MAX >> 4)]);
    let middle = Element([
        d >> 60 | e << 4,
        e >> 60 | f << 4,
        f >> 60 | g << 4,
        (g >> 60 | h << 4) & (u64::MAX >> 4),
    ]);
    let high = Element([h >> 56, 0, 0, 0]);
    add(&mul(&add(&mul(&high, &SHIFT), &middle), &SHIFT), &low).0
}

fn mul(a: &Element, b: &Element) -> Element {
    let mut out = Element([0; 4]);
    fiat_25519_scalar_mul(&mut out, a, b);
    out
}

fn add(a: &Element, b: &Element) -> Element {
    let mut out = Element([0; 4]);
    fiat_25519_scalar_add(&mut out, a, b);
    out
}

fn limbs<const BYTES: usize, const LIMBS: usize>(bytes: &[u8; BYTES]) -> [u64; LIMBS] {
    let (chunks, _) = bytes.as_chunks::<8>();
    array::from_fn(|i| chunks.get(i).map_or(0, |limb| u64::from_le_bytes(*limb)))
}
