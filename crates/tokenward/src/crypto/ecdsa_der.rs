//! ECDSA signatures out of DER, the form in which everybody but JOSE has them.

/// The signature in `der`, an `ECDSA-Sig-Value` (RFC 3279 § 2.2.3), in JOSE form: `r || s`, each of `length`
/// bytes (RFC 7518 § 3.4). `None` unless it is exactly that, in the one way that DER has for it.
///
/// ```
/// use tokenward::crypto::ecdsa_from_der;
///
/// assert_eq!(ecdsa_from_der(&[0x30, 6, 2, 1, 5, 2, 1, 7], 2), Some(vec![0, 5, 0, 7]));
/// assert_eq!(ecdsa_from_der(&[0x30, 6, 2, 1, 5, 2, 1, 7, 0], 2), None);
/// ```
#[must_use]
pub fn ecdsa_from_der(der: &[u8], length: usize) -> Option<Vec<u8>> {
    let (sequence, rest) = element(der, SEQUENCE)?;
    let (r, after) = element(sequence, INTEGER)?;
    let (s, end) = element(after, INTEGER)?;
    if !rest.is_empty() || !end.is_empty() {
        return None;
    }
    let mut both = Vec::with_capacity(length.saturating_mul(2));
    for number in [r, s] {
        let plain = positive(number)?;
        let missing = length.checked_sub(plain.len())?;
        both.resize(both.len().saturating_add(missing), 0);
        both.extend_from_slice(plain);
    }
    Some(both)
}

/// The bytes of a positive number. One whose first bit is set has a zero before it, no other has.
fn positive(number: &[u8]) -> Option<&[u8]> {
    match number {
        [0, rest @ ..] if rest.first().is_some_and(|byte| *byte >= 0x80) => Some(rest),
        [1..=0x7f, ..] => Some(number),
        _ => None,
    }
}

/// The content of the element with `tag` at the begin of `der`, and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (length, rest) = match der {
        [first, 0x81, length, rest @ ..] if *first == tag && *length >= 0x80 => (*length, rest),
        [first, length, rest @ ..] if *first == tag && *length < 0x80 => (*length, rest),
        _ => return None,
    };
    rest.split_at_checked(usize::from(length))
}

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_has_one_der_form_and_no_other_is_read() {
        let good = [0x30, 7, 2, 1, 5, 2, 2, 0, 0x80];
        assert_eq!(ecdsa_from_der(&good, 1), Some(vec![5, 0x80]));
        let bad: [&[u8]; 8] = [
            &[],
            // Negative, zero, with a zero too many.
            &[0x30, 6, 2, 1, 0x85, 2, 1, 7],
            &[0x30, 6, 2, 1, 0, 2, 1, 7],
            &[0x30, 7, 2, 2, 0, 5, 2, 1, 7],
            // Too long for the curve, short of its end, beyond it, with a length in the long form.
            &[0x30, 7, 2, 2, 1, 5, 2, 1, 7],
            &[0x30, 6, 2, 1, 5, 2, 1],
            &[0x30, 6, 2, 1, 5, 2, 1, 7, 0],
            &[0x30, 0x81, 6, 2, 1, 5, 2, 1, 7],
        ];
        for der in bad {
            assert_eq!(ecdsa_from_der(der, 1), None, "{der:?}");
        }
    }

    #[test]
    fn numbers_are_padded_and_lose_their_sign() {
        // r = 1, s = 0x80: the one is short, the other has a zero before its first bit.
        let der = [0x30, 0x07, 0x02, 0x01, 0x01, 0x02, 0x02, 0x00, 0x80];

        assert_eq!(ecdsa_from_der(&der, 4), Some(vec![0, 0, 0, 1, 0, 0, 0, 0x80]));
    }

    #[test]
    fn a_long_sequence_has_a_longer_length() {
        let number = [[0x02, 0x42].as_slice(), &[7; 66]].concat();
        let der = [[0x30, 0x81, 0x88].as_slice(), &number, &number].concat();

        assert_eq!(ecdsa_from_der(&der, 66), Some(vec![7; 132]));
    }

    #[test]
    fn what_is_no_signature_is_none_and_panics_nowhere() {
        let good = [0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x02];
        assert_eq!(ecdsa_from_der(&good, 1), Some(vec![1, 2]));
        for length in 0..good.len() {
            assert_eq!(ecdsa_from_der(&good[..length], 1), None, "{length}");
        }
        for at in 0..good.len() {
            let mut changed = good;
            changed[at] ^= 0x40;
            assert_ne!(ecdsa_from_der(&changed, 1), Some(vec![1, 2]), "{at}");
        }
        let longer = [good.as_slice(), &[0]].concat();
        assert_eq!(ecdsa_from_der(&longer, 1), None);
        let too_large = [0x30, 0x07, 0x02, 0x02, 0x01, 0x01, 0x02, 0x01, 0x02];
        assert_eq!(ecdsa_from_der(&too_large, 1), None);
    }
}
