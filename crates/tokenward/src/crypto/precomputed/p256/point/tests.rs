//! Multiples of G by aws-lc are what sums of ours are measured by.

#![expect(clippy::arithmetic_side_effects, reason = "nothing here comes from outside")]

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};

use super::super::{comb, limbs};
use super::*;
use crate::crypto::precomputed::comb::Comb;

#[test]
fn the_base_point_is_on_the_curve() {
    let Affine { x, y } = Affine::BASE;

    assert!(Affine::new(x, y).is_some());
    assert!(Affine::new(x, y.negate()).is_some());
    assert!(Affine::new(y, x).is_none());
    assert!(Affine::new(Field::ZERO, Field::ZERO).is_none());
}

#[test]
fn sums_are_the_multiples_that_they_should_be() {
    let mut sum = Sum::IDENTITY;
    for i in 1..=200 {
        sum = sum.add(&Affine::BASE);
        assert_is(&sum, i);
    }
    for i in (1..200).rev() {
        sum = sum.add(&Affine::BASE.negate());
        assert_is(&sum, i);
    }
}

#[test]
fn a_point_added_to_itself_is_doubled() {
    let g = Sum::from(Affine::BASE);
    assert_is(&g.add(&Affine::BASE), 2);

    // The same with a denominator: 3·G.
    let three = g.double().add(&Affine::BASE);
    let affine = Sum::normalize(&[three]).unwrap()[0];
    assert_is(&three.add(&affine), 6);
}

#[test]
fn a_point_added_to_its_opposite_is_the_identity() {
    let three = Sum::from(Affine::BASE).double().add(&Affine::BASE);
    let affine = Sum::normalize(&[three]).unwrap()[0];

    let identity = three.add(&affine.negate());
    assert!(identity.is_identity());
    assert!(identity.double().is_identity());
    assert_is(&identity.add(&affine), 3);
    assert_is(&identity.add(&affine.negate()).double().add(&affine).double(), -6);
}

#[test]
fn the_identity_has_no_x() {
    for x in [Field::ZERO, Field::ONE, Affine::BASE.x] {
        assert!(!Sum::IDENTITY.has_x(&x));
        assert!(!Sum::from(Affine::BASE).add(&Affine::BASE.negate()).has_x(&x));
    }
}

#[test]
fn the_identity_has_no_affine_form() {
    assert!(Sum::normalize(&[Sum::from(Affine::BASE), Sum::IDENTITY]).is_none());
}

#[test]
fn every_entry_of_a_table_is_the_multiple_that_it_should_be() {
    // One scalar for each entry: j·2^6i has digit j at i, and no other.
    let table: Comb<Affine, 6, 32> = comb(Affine::BASE).unwrap();
    for exponent in (0..Comb::<Affine, 6, 32>::WINDOWS).map(|i| 6 * i).filter(|bit| *bit < 250) {
        for j in [1, 2, 3, 16, 31, 32] {
            let scalar = shifted(j, exponent);
            let mut terms = table.terms(scalar);
            let (point, false) = terms.next().unwrap() else { panic!("it is positive") };
            assert!(terms.next().is_none());
            assert_same(&Sum::from(*point), &multiple(&scalar));
        }
    }
}

/// Asserts that the sum is `i`·G.
#[track_caller]
fn assert_is(sum: &Sum, i: i64) {
    let Affine { x, y } = multiple(&[i.unsigned_abs(), 0, 0, 0]);
    assert_same(sum, &Affine { x, y: if i < 0 { y.negate() } else { y } });
}

#[track_caller]
fn assert_same(sum: &Sum, Affine { x, y }: &Affine) {
    assert!(sum.has_x(x));
    assert!(y.mul(&sum.zzz) == sum.y);
    assert!(sum.zz.square().mul(&sum.zz) == sum.zzz.square());
}

/// A multiple of G by aws-lc.
fn multiple(scalar: &[u64; 4]) -> Affine {
    let bytes: Vec<u8> = scalar.iter().rev().flat_map(|limb| limb.to_be_bytes()).collect();
    let key = PrivateKey::from_private_key(&ECDH_P256, &bytes).unwrap();
    let public = key.compute_public_key().unwrap();
    let [0x04, point @ ..] = public.as_ref() else { panic!("the point is not compressed") };
    let [x, y] = [&point[..32], &point[32..]].map(|number| limbs(number.try_into().unwrap()));
    Affine::new(Field::new(x), Field::new(y)).unwrap()
}

/// `j`·2^`by`.
fn shifted(j: u64, by: usize) -> [u64; 4] {
    let wide = u128::from(j) << (by % 64);
    let mut limbs = [0; 5];
    limbs[by / 64] = u64::try_from(wide & u128::from(u64::MAX)).unwrap();
    limbs[by / 64 + 1] = u64::try_from(wide >> 64).unwrap();
    limbs[..4].try_into().unwrap()
}
