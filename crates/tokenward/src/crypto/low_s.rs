//! ECDSA signatures in low-s form.
//!
//! Of (r, s) and (r, n - s) both verify. We make the smaller, so that a signature of ours has one
//! form; we accept both, because RFC 7518 § 3.4 does. A token is revoked by its name and not by its
//! bytes; what is remembered by its bytes is the verdict, which is the same for both.

use super::curve::Curve;
use crate::alg::Algorithm;

/// Gives `signature`, an ECDSA one of `algorithm` in JOSE form (`r || s`, RFC 7518 § 3.4) that verifies, the form of
/// ours: of s and n - s, the smaller. A signature of another algorithm or length stays what it is.
///
/// ```
/// use tokenward::{Algorithm, SigningKey};
///
/// let key = SigningKey::generate(Algorithm::Es256);
/// let ours = key.sign(b"input")?;
/// let mut signature = ours.clone();
/// tokenward::crypto::low_s(Algorithm::Es256, &mut signature);
/// assert_eq!(signature, ours);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn low_s(algorithm: Algorithm, signature: &mut [u8]) {
    let Some(curve) = Curve::of(algorithm) else { return };
    if curve.coordinate_len().checked_mul(2) == Some(signature.len()) {
        normalize(curve, signature);
    }
}

/// Replaces the s of the signature `r || s` by n - s where that is smaller.
///
/// Nothing here is secret, so the time may depend on the signature.
pub(super) fn normalize(curve: Curve, signature: &mut [u8]) {
    let Some((_, s)) = signature.split_at_mut_checked(curve.coordinate_len()) else { return };
    let mut other = [0; MAX_LEN];
    let Some(other) = other.get_mut(..s.len()) else { return };
    order_minus(curve, s, other);
    if *other < *s {
        s.copy_from_slice(other);
    }
}

/// The length of the longest s, that of P-521.
const MAX_LEN: usize = 66;

/// Puts n - s into `difference`, for 0 < s < n.
fn order_minus(curve: Curve, s: &[u8], difference: &mut [u8]) {
    let mut borrow = false;
    for ((to, from), take) in difference.iter_mut().zip(curve.order()).zip(s).rev() {
        let (value, under) = from.overflowing_sub(*take);
        let (value, under_again) = value.overflowing_sub(u8::from(borrow));
        *to = value;
        borrow = under || under_again;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smaller_of_the_two_forms_is_kept_on_every_curve() {
        for curve in Curve::ALL {
            let len = curve.coordinate_len();
            let mut small = vec![0; 2 * len];
            small[2 * len - 1] = 1;
            let mut large = vec![0; 2 * len];
            order_minus(curve, &small[len..], &mut large[len..]);
            assert_ne!(large, small);

            normalize(curve, &mut large);
            assert_eq!(large, small);
            normalize(curve, &mut small);
            assert_eq!(large, small);
        }
    }

    #[test]
    fn what_is_no_ecdsa_signature_stays_what_it_is() {
        for (algorithm, len) in [
            (Algorithm::EdDsa, 64),
            (Algorithm::Rs256, 256),
            (Algorithm::Es256, 96),
            (Algorithm::Es256, 0),
        ] {
            let before = vec![0xee; len];
            let mut after = before.clone();
            low_s(algorithm, &mut after);
            assert_eq!(after, before, "{algorithm}");
        }
    }

    #[test]
    fn subtracting_twice_gives_the_number_back() {
        for curve in Curve::ALL {
            let s: Vec<u8> =
                (0..curve.coordinate_len()).map(|i| u8::try_from(i).unwrap()).collect();
            let (mut once, mut twice) = (s.clone(), s.clone());
            order_minus(curve, &s, &mut once);
            order_minus(curve, &once, &mut twice);

            assert_eq!(twice, s);
        }
    }
}
