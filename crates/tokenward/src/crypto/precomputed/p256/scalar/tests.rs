use proptest::prelude::*;

use super::*;

#[test]
fn zero_and_numbers_from_n_on_are_no_scalars() {
    let [low, a, b, c] = N;

    assert!(Scalar::checked([0; 4]).is_none());
    assert!(Scalar::checked([1, 0, 0, 0]).is_some());
    assert!(Scalar::checked([low - 1, a, b, c]).is_some());
    assert!(Scalar::checked(N).is_none());
    assert!(Scalar::checked([low + 1, a, b, c]).is_none());
    assert!(Scalar::checked([u64::MAX; 4]).is_none());
}

#[test]
fn numbers_from_n_on_are_reduced() {
    let [low, a, b, c] = N;

    assert_eq!(Scalar::reduced(N).limbs(), [0; 4]);
    assert_eq!(Scalar::reduced([low + 7, a, b, c]).limbs(), [7, 0, 0, 0]);
    assert_eq!(Scalar::reduced([low - 1, a, b, c]).limbs(), [low - 1, a, b, c]);
    // 2^256 − 1 − n
    assert_eq!(Scalar::reduced([u64::MAX; 4]).limbs(), N.map(|limb| !limb));
}

#[test]
fn zero_has_no_inverse() {
    assert!(Scalar::ZERO.invert().is_none());
}

#[test]
fn the_ends_of_the_scalars_have_inverses() {
    for small in 1..1000 {
        let small = Scalar::new([small, 0, 0, 0]);
        assert!(small.invert().is_some());
        assert!(small.negate().invert().is_some());
    }
}

#[test]
fn a_scalar_or_its_opposite_is_below_half_of_two_to_the_256() {
    for limbs in [[1, 0, 0, 0], [u64::MAX, u64::MAX, u64::MAX, u64::MAX >> 1]] {
        assert_eq!(Scalar::new(limbs).magnitude(), (limbs, false));
    }
    let (magnitude, negative) = Scalar::new([0, 0, 0, 1 << 63]).magnitude();
    assert!(negative);
    assert_eq!(Scalar::new(magnitude).negate().limbs(), [0, 0, 0, 1 << 63]);
    assert_eq!(Scalar::ONE.negate().magnitude(), ([1, 0, 0, 0], true));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 256 } else { 8192 }))]

    #[test]
    fn everything_else_has_an_inverse(limbs in any::<[u64; 4]>(), bits in 1_u32..64) {
        for limbs in [limbs, limbs.map(|limb| limb >> bits), limbs.map(|limb| limb << bits)] {
            if let Some(scalar) = Scalar::checked(limbs) {
                prop_assert_eq!(scalar.limbs(), limbs);
                prop_assert!(scalar.invert().is_some());
            }
        }
    }
}
