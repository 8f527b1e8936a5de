use proptest::prelude::*;

use super::*;

#[test]
fn zero_has_no_inverse_in_either_spelling() {
    assert!(Field::ZERO.invert().is_none());
    assert!(Field::from_bytes(&bytes(P)).unwrap().invert().is_none());
}

#[test]
fn the_ends_of_the_field_have_inverses() {
    for small in 1..1000 {
        let small = Field::from_bytes(&bytes([small, 0, 0, 0])).unwrap();
        assert!(small.invert().is_some());
        assert!(small.negate().invert().is_some());
    }
}

#[test]
fn a_number_from_two_to_the_255_on_is_no_element() {
    assert!(Field::from_bytes(&bytes([0, 0, 0, 1 << 63])).is_none());
    assert!(Field::from_bytes(&bytes([u64::MAX, u64::MAX, u64::MAX, u64::MAX >> 1])).is_some());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 256 } else { 8192 }))]

    #[test]
    fn everything_else_has_an_inverse(limbs in any::<[u64; 4]>(), bits in 1_u32..64) {
        // Sparse numbers take other ways through the steps than random ones.
        for limbs in [limbs, limbs.map(|limb| limb >> bits), limbs.map(|limb| limb << bits)] {
            if let Some(element) = Field::from_bytes(&bytes(limbs)) {
                prop_assert!(element == Field::ZERO || element.invert().is_some());
            }
        }
    }

    #[test]
    fn the_power_of_a_square_is_the_inverse_of_its_root_up_to_a_fourth_root_of_one(
        limbs in any::<[u64; 4]>(),
    ) {
        // x^((p − 5)/8) for x = y²: y^((p − 1)/4)/y, and a number to the (p − 1)/4 is a fourth root.
        if let Some(y) = Field::from_bytes(&bytes(limbs)).filter(|y| *y != Field::ZERO) {
            let root = y.square().pow_p58().mul(&y);
            prop_assert!(root.square().square() == Field::ONE);
        }
    }
}

fn bytes(limbs: [u64; 4]) -> [u8; 32] {
    let bytes: Vec<u8> = limbs.iter().flat_map(|limb| limb.to_le_bytes()).collect();
    bytes.try_into().unwrap()
}
