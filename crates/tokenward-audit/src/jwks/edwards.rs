//! Whether 32 bytes are a public key of Ed25519 (RFC 8032, section 5.1): y, and the sign of x.
//!
//! The curve is −x² + y² = 1 + d·x²·y² modulo p = 2²⁵⁵ − 19. The arithmetic is fiat-crypto's, proved against the
//! integers.

use fiat_crypto::curve25519_64::{
    fiat_25519_add, fiat_25519_carry, fiat_25519_carry_mul, fiat_25519_from_bytes,
    fiat_25519_loose_field_element, fiat_25519_relax, fiat_25519_sub,
    fiat_25519_tight_field_element, fiat_25519_to_bytes,
};

/// What an encoding comes to.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Point {
    Good,
    /// One of the eight whose multiples are few: signatures for them need no key.
    Small,
    /// There is no such point, or this is not how it is written.
    None,
}

/// d, with its lowest byte first.
const D: [u8; 32] = [
    0xa3, 0x78, 0x59, 0x13, 0xca, 0x4d, 0xeb, 0x75, 0xab, 0xd8, 0x41, 0x41, 0x4d, 0x0a, 0x70, 0x00,
    0x98, 0xe8, 0x79, 0x77, 0x79, 0x40, 0xc7, 0x8c, 0x73, 0xfe, 0x6f, 0x2b, 0xee, 0x6c, 0x03, 0x52,
];
const ZERO: [u8; 32] = [0; 32];
const ONE: [u8; 32] = {
    let mut one = ZERO;
    one[0] = 1;
    one
};

pub(super) fn point(mut encoded: [u8; 32]) -> Point {
    if let Some(last) = encoded.last_mut() {
        *last &= 0x7f;
    }
    let (one, y) = (Field::read(&ONE), Field::read(&encoded));
    let square = y.times(&y);
    let (u, v) = (square.minus(&one), Field::read(&D).times(&square).plus(&one));
    // A point of order 1 or 2 has x = 0, so y² = 1; of order 4, y = 0; of order 8, x² = −y², so d·y⁴ + 2y² = 1.
    let eighth = v.times(&square).plus(&square).minus(&one);
    if [&u, &square, &eighth].iter().any(|value| value.bytes() == ZERO) {
        return Point::Small;
    }
    // x² = u/v is a square where u·v is.
    let is_point = u.times(&v).half_power().bytes() == ONE;
    if is_point && y.bytes() == encoded { Point::Good } else { Point::None }
}

struct Field(fiat_25519_tight_field_element);

impl Field {
    fn read(bytes: &[u8; 32]) -> Self {
        let mut out = Self::empty();
        fiat_25519_from_bytes(&mut out.0, bytes);
        out
    }

    const fn empty() -> Self {
        Self(fiat_25519_tight_field_element([0; 5]))
    }

    const fn loose() -> fiat_25519_loose_field_element {
        fiat_25519_loose_field_element([0; 5])
    }

    fn relaxed(&self) -> fiat_25519_loose_field_element {
        let mut out = Self::loose();
        fiat_25519_relax(&mut out, &self.0);
        out
    }

    fn times(&self, other: &Self) -> Self {
        let mut out = Self::empty();
        fiat_25519_carry_mul(&mut out.0, &self.relaxed(), &other.relaxed());
        out
    }

    fn plus(&self, other: &Self) -> Self {
        let (mut sum, mut out) = (Self::loose(), Self::empty());
        fiat_25519_add(&mut sum, &self.0, &other.0);
        fiat_25519_carry(&mut out.0, &sum);
        out
    }

    fn minus(&self, other: &Self) -> Self {
        let (mut sum, mut out) = (Self::loose(), Self::empty());
        fiat_25519_sub(&mut sum, &self.0, &other.0);
        fiat_25519_carry(&mut out.0, &sum);
        out
    }

    /// To the power of (p − 1)/2 = 2²⁵⁴ − 10: one for squares alone (Euler).
    fn half_power(&self) -> Self {
        let mut out = Self::read(&ONE);
        for bit in (0..254).rev() {
            out = out.times(&out);
            // 250 bits are set, and of the last four 0110.
            if bit >= 4 || matches!(bit, 1 | 2) {
                out = out.times(self);
            }
        }
        out
    }

    fn bytes(&self) -> [u8; 32] {
        let mut out = [0; 32];
        fiat_25519_to_bytes(&mut out, &self.0);
        out
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;

    use super::*;
    use crate::token::BASE64;

    #[test]
    fn keys_of_libraries_are_points_and_about_half_of_all_numbers_are_none() {
        for _ in 0..20 {
            let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
            assert_eq!(point(pair.public_key_raw().try_into().unwrap()), Point::Good);
        }
        // RFC 8037, appendix A.2.
        let known = BASE64.decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").unwrap();
        assert_eq!(point(known.try_into().unwrap()), Point::Good);
        let none = (2..=201_u8).filter(|number| {
            let mut y = ZERO;
            y[0] = *number;
            point(y) == Point::None
        });
        assert!((70..130).contains(&none.count()));
    }

    #[test]
    fn points_of_small_order_are_told_however_they_are_written() {
        let eighth = [
            0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef,
            0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88,
            0x6d, 0x53, 0xfc, 0x05,
        ];
        let p_plus = |more: u8| {
            let mut number = [0xff; 32];
            (number[0], number[31]) = (0xed + more, 0x7f);
            number
        };
        for mut small in [ZERO, ONE, eighth, p_plus(0), p_plus(1)] {
            assert_eq!(point(small), Point::Small, "{small:x?}");
            small[31] |= 0x80;
            assert_eq!(point(small), Point::Small, "{small:x?}");
        }
        // −1, and a number that is written with p added to it.
        let mut minus_one = p_plus(0);
        minus_one[0] = 0xec;
        assert_eq!(point(minus_one), Point::Small);
        assert!((2..18).all(|more| point(p_plus(more)) == Point::None));
    }
}
