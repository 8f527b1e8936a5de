//! ECDSA signatures in low-s form.
//!
//! Of (r, s) and (r, n - s) both verify. We make the smaller, so that a signature of ours has one
//! form; we accept both, because RFC 7518 § 3.4 does, and nothing is ever keyed on a token's bytes.

/// The order n of P-256's base point (SEC 2 § 2.4.2), big-endian.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// The 64-byte signature `r || s` with s replaced by n - s where that is smaller.
///
/// Nothing here is secret, so the time may depend on the signature.
pub(super) fn normalize(mut signature: [u8; 64]) -> [u8; 64] {
    if let Some(s) = signature.last_chunk_mut::<32>() {
        let other = order_minus(s);
        if other < *s {
            *s = other;
        }
    }
    signature
}

/// n - s for 0 < s < n.
fn order_minus(s: &[u8; 32]) -> [u8; 32] {
    let mut difference = ORDER;
    let mut borrow = false;
    for (digit, take) in difference.iter_mut().zip(s).rev() {
        let (value, under) = digit.overflowing_sub(*take);
        let (value, under_again) = value.overflowing_sub(u8::from(borrow));
        *digit = value;
        borrow = under || under_again;
    }
    difference
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smaller_of_the_two_forms_is_kept() {
        let mut small = [0; 64];
        small[63] = 1;
        let mut large = [0; 64];
        large[32..].copy_from_slice(&order_minus(&small[32..].try_into().unwrap()));

        assert_eq!(normalize(large), small);
        assert_eq!(normalize(small), small);
    }

    #[test]
    fn subtracting_twice_gives_the_number_back() {
        let s = std::array::from_fn(|i| u8::try_from(i).unwrap());

        assert_eq!(order_minus(&order_minus(&s)), s);
    }
}
