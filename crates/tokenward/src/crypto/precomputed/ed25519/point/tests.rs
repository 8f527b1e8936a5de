//! Points of curve25519-dalek are what ours are measured by, those of small order among them.

#![expect(clippy::arithmetic_side_effects, reason = "points and scalars form groups")]

use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT as B, EIGHT_TORSION};
use curve25519_dalek::edwards::CompressedEdwardsY;
use curve25519_dalek::{EdwardsPoint, Scalar};
use proptest::prelude::*;

use super::*;

#[test]
fn the_base_point_is_the_one_of_the_rfc() {
    assert_eq!(BASE, B.compress().0);
    assert_eq!(Point::decode(&BASE).unwrap().encode().unwrap(), BASE);
}

#[test]
fn a_point_has_one_encoding() {
    let mut points = 0;
    for y in 0..19 {
        for sign in [0, SIGN] {
            let mut once = [0; 32];
            (once[0], once[31]) = (y, sign);
            // y + p, below 2^255
            let mut again = [0xff; 32];
            (again[0], again[31]) = (0xed + y, 0x7f | sign);
            points += i32::from(Point::decode(&once).is_some());
            assert!(Point::decode(&again).is_none());
        }
    }
    assert!(points > 10);
}

#[test]
fn every_two_points_of_small_order_are_added() {
    // The formulas have no special case: the identity, opposites and equals are among these.
    for p in EIGHT_TORSION {
        for q in EIGHT_TORSION {
            assert_sums(&p, &q);
            assert_sums(&(p + B), &q);
            assert_sums(&(p + B), &(q + B));
            assert_sums(&(p + B), &(q - B));
        }
    }
}

#[test]
fn only_multiples_of_the_base_point_are_free_of_torsion() {
    for i in 0..20_u8 {
        let point = B * Scalar::from(i);
        assert!(ours(&point).is_torsion_free());
        for torsion in &EIGHT_TORSION[1..] {
            assert!(!ours(&(point + torsion)).is_torsion_free());
        }
    }
}

#[test]
fn only_the_identity_is_the_identity() {
    for (i, point) in EIGHT_TORSION.iter().enumerate() {
        assert_eq!(ours(point).is_identity(), i == 0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 64 } else { 8192 }))]

    #[test]
    fn any_two_points_are_added(
        p in any::<[u8; 32]>(), q in any::<[u8; 32]>(), torsion in 0_usize..8,
    ) {
        let [p, q] = [p, q].map(|bytes| B * Scalar::from_bytes_mod_order(bytes));
        assert_sums(&(p + EIGHT_TORSION[torsion]), &q);
    }

    #[test]
    fn bytes_are_a_point_if_they_are_its_only_encoding(bytes in any::<[u8; 32]>()) {
        let peer = CompressedEdwardsY(bytes).decompress().filter(|p| p.compress().0 == bytes);
        let ours = Point::decode(&bytes);
        prop_assert_eq!(ours.is_some(), peer.is_some());
        if let Some(point) = ours {
            prop_assert_eq!(point.encode().unwrap(), bytes);
            prop_assert_eq!(point.negate().encode().unwrap(), (-peer.unwrap()).compress().0);
            prop_assert_eq!(point.is_torsion_free(), peer.unwrap().is_torsion_free());
        }
    }
}

/// Asserts what the sum, the difference and the doubles of two points are.
#[track_caller]
fn assert_sums(p: &EdwardsPoint, q: &EdwardsPoint) {
    // With a denominator on the left side.
    let (left, right) = (ours(p).double().add(&ours(p).affine().unwrap(), true), ours(q));
    let right = right.affine().unwrap();
    assert_same(&left.add(&right, false), &(p + q));
    assert_same(&left.add(&right, true), &(p - q));
    assert_same(&left.double(), &(p + p));
}

#[track_caller]
fn assert_same(ours: &Point, peer: &EdwardsPoint) {
    assert_eq!(ours.encode().unwrap(), peer.compress().0);
    assert!(ours.x.mul(&ours.y) == ours.z.mul(&ours.t));
}

fn ours(point: &EdwardsPoint) -> Point {
    Point::decode(&point.compress().0).unwrap()
}
