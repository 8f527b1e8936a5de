use curve25519_dalek::Scalar;
use proptest::prelude::*;

use super::*;

#[test]
fn a_number_from_the_order_on_is_not_canonical() {
    let [low, a, b, c] = ORDER;
    let bytes = |low: u64| {
        let bytes: Vec<u8> = [low, a, b, c].iter().flat_map(|limb| limb.to_le_bytes()).collect();
        bytes.try_into().unwrap()
    };

    assert_eq!(canonical(&bytes(low - 1)), Some([low - 1, a, b, c]));
    assert_eq!(canonical(&bytes(low)), None);
    assert_eq!(canonical(&bytes(low + 1)), None);
    assert_eq!(canonical(&[0; 32]), Some([0; 4]));
    assert_eq!(canonical(&[0xff; 32]), None);
}

#[test]
fn the_ends_are_reduced() {
    let mut order = [0; 64];
    for (chunk, limb) in order.chunks_exact_mut(8).zip(ORDER) {
        chunk.copy_from_slice(&limb.to_le_bytes());
    }

    assert_eq!(reduced(&[0; 64]), [0; 4]);
    assert_eq!(reduced(&order), [0; 4]);
    assert_eq!(bytes(reduced(&[0xff; 64])), peer(&[0xff; 64]));
}

#[test]
fn every_single_bit_is_reduced() {
    for bit in 0..512 {
        let mut wide = [0; 64];
        wide[bit / 8] = 1 << (bit % 8);
        assert_eq!(bytes(reduced(&wide)), peer(&wide));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 256 } else { 8192 }))]

    #[test]
    fn any_number_is_reduced(low in any::<[u8; 32]>(), high in any::<[u8; 32]>()) {
        let wide: [u8; 64] = [low, high].concat().try_into().unwrap();
        prop_assert_eq!(bytes(reduced(&wide)), peer(&wide));
    }
}

fn peer(wide: &[u8; 64]) -> Vec<u8> {
    Scalar::from_bytes_mod_order_wide(wide).to_bytes().to_vec()
}

fn bytes(number: [u64; 4]) -> Vec<u8> {
    number.iter().flat_map(|limb| limb.to_le_bytes()).collect()
}
