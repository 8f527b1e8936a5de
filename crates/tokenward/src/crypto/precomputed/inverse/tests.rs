//! The inverses themselves are multiplied out where they are asked for, and tested there.

use super::*;

#[test]
fn small_inverses_are_as_computed_by_hand() {
    // 2·(m + 1)/2 = m + 1
    let m = Modulus::new([u64::MAX, u64::MAX, u64::MAX, u64::MAX]);
    assert_eq!(m.guess_inverse([1, 0, 0, 0]), [1, 0, 0, 0]);
    assert_eq!(m.guess_inverse([2, 0, 0, 0]), [0, 0, 0, 1 << 63]);

    let m = Modulus::new([101, 0, 0, 0]);
    for x in 1..101 {
        let [inverse, 0, 0, 0] = m.guess_inverse([x, 0, 0, 0]) else { panic!("it is below 101") };
        assert_eq!(x * inverse % 101, 1);
    }
}

#[test]
fn limbs_are_cut_and_joined_without_loss() {
    let numbers = [[1, 2, 3, 4], [u64::MAX; 4], [0, u64::MAX, 0, 1 << 63], [1 << 62; 4]];
    for number in numbers {
        assert_eq!(join(&split(number)), number);
    }
}

#[test]
fn what_has_no_inverse_gives_a_number_all_the_same() {
    let m = Modulus::new([15, 0, 0, 0]);

    for x in [0, 3, 5, 6, 10, 14, 15, 255] {
        m.guess_inverse([x, 0, 0, 0]);
        m.guess_inverse([u64::MAX - x; 4]);
    }
}
