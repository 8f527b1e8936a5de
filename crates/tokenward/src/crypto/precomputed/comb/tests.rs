#![expect(clippy::arithmetic_side_effects, reason = "nothing here comes from outside")]

use proptest::prelude::*;

use super::*;

/// 2^255 − 1, the largest scalar.
const LARGEST: [u64; 4] = [u64::MAX, u64::MAX, u64::MAX, u64::MAX >> 1];

#[test]
fn the_largest_scalar_needs_no_further_window() {
    for ones in 1..=255 {
        let scalar = shifted(LARGEST, 255 - ones);
        assert_eq!(recomposed::<8, 128>(scalar), scalar);
        assert_eq!(recomposed::<7, 64>(scalar), scalar);
        assert_eq!(recomposed::<6, 32>(scalar), scalar);
        assert_eq!(recomposed::<5, 16>(scalar), scalar);
    }
}

#[test]
fn a_scalar_of_zero_has_no_terms() {
    assert_eq!(comb::<8, 128>().terms([0; 4]).count(), 0);
}

#[test]
fn half_the_base_is_added_and_one_more_is_subtracted() {
    let comb = comb::<8, 128>();
    let terms = |scalar| comb.terms([scalar, 0, 0, 0]).map(|((_, j), minus)| (*j, minus));

    assert_eq!(terms(128).collect::<Vec<_>>(), [(128, false)]);
    assert_eq!(terms(129).collect::<Vec<_>>(), [(127, true), (1, false)]);
    assert_eq!(terms(255).collect::<Vec<_>>(), [(1, true), (1, false)]);
    assert_eq!(terms(256).collect::<Vec<_>>(), [(1, false)]);
}

#[test]
fn a_comb_of_too_few_windows_is_none() {
    assert!(Comb::<u8, 8, 128>::new(vec![[0; 128]; 31]).is_none());
    assert!(Comb::<u8, 8, 128>::new(vec![[0; 128]; 33]).is_none());
}

proptest! {
    #[test]
    fn the_terms_add_up_to_the_scalar(scalar in any::<[u64; 4]>()) {
        let scalar = shifted(scalar, 1);
        prop_assert_eq!(recomposed::<8, 128>(scalar), scalar);
        prop_assert_eq!(recomposed::<7, 64>(scalar), scalar);
        prop_assert_eq!(recomposed::<6, 32>(scalar), scalar);
        prop_assert_eq!(recomposed::<4, 8>(scalar), scalar);
    }
}

/// Entries that say where they stand: the window and the multiple.
fn comb<const W: usize, const HALF: usize>() -> Comb<(usize, u64), W, HALF> {
    let windows = (0..Comb::<(), W, HALF>::WINDOWS)
        .map(|window| std::array::from_fn(|j| (window * W, u64::try_from(j).unwrap() + 1)));
    Comb::new(windows.collect()).unwrap()
}

/// The sum of the terms, modulo 2^256.
fn recomposed<const W: usize, const HALF: usize>(scalar: [u64; 4]) -> [u64; 4] {
    let mut sum = [0; 4];
    for ((exponent, multiple), minus) in comb::<W, HALF>().terms(scalar) {
        // Two limbs take a multiple at any place in them.
        let wide = u128::from(*multiple) << (exponent % 64);
        let mut term = [0; 6];
        let at = exponent / 64;
        term[at] = u64::try_from(wide & u128::from(u64::MAX)).unwrap();
        term[at + 1] = u64::try_from(wide >> 64).unwrap();

        let mut carry = i128::from(minus);
        for (limb, term) in sum.iter_mut().zip(term) {
            let term = if minus { !term } else { term };
            carry += i128::from(*limb) + i128::from(term);
            *limb = u64::try_from(carry & i128::from(u64::MAX)).unwrap();
            carry >>= 64;
        }
    }
    sum
}

/// The number divided by 2^`by`.
fn shifted(mut number: [u64; 4], by: usize) -> [u64; 4] {
    for _ in 0..by {
        let [a, b, c, d] = number;
        number = [a >> 1 | b << 63, b >> 1 | c << 63, c >> 1 | d << 63, d >> 1];
    }
    number
}
