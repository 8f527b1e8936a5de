use proptest::prelude::*;

use super::*;

#[test]
fn a_number_from_p_on_is_no_element() {
    let [low, rest @ ..] = P;
    let with_low = |low| [low, rest[0], rest[1], rest[2]];

    assert!(Field::checked(with_low(low - 1)).is_some());
    assert!(Field::checked(P).is_none());
    assert!(Field::checked([0, P[1] + 1, P[2], P[3]]).is_none());
    assert!(Field::checked([u64::MAX; 4]).is_none());
}

#[test]
fn zero_has_no_inverse() {
    assert!(Field::ZERO.invert().is_none());
}

#[test]
fn the_ends_of_the_field_have_inverses() {
    for small in 1..1000 {
        let small = Field::new([small, 0, 0, 0]);
        assert!(small.invert().is_some());
        assert!(small.negate().invert().is_some());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 256 } else { 8192 }))]

    #[test]
    fn everything_else_has_an_inverse(limbs in any::<[u64; 4]>(), bits in 1_u32..64) {
        // Sparse numbers take other ways through the steps than random ones.
        for limbs in [limbs, limbs.map(|limb| limb >> bits), limbs.map(|limb| limb << bits)] {
            if let Some(element) = Field::checked(limbs) {
                prop_assert_eq!(element.limbs(), limbs);
                prop_assert!(element.is_zero() || element.invert().is_some());
            }
        }
    }
}
