use proptest::prelude::*;

use super::{StatusSize, Statuses};

const SIZES: [StatusSize; 4] =
    [StatusSize::One, StatusSize::Two, StatusSize::Four, StatusSize::Eight];

#[test]
fn a_status_that_takes_more_bits_is_not_set() {
    let mut statuses = Statuses::valid(StatusSize::Two, 4);
    assert!(statuses.set(1, 3));
    assert!(!statuses.set(1, 4));
    assert_eq!(statuses.as_bytes(), [0b1100]);
}

#[test]
fn a_byte_that_was_begun_is_there_whole() {
    for (size, bytes) in SIZES.into_iter().zip([1, 2, 3, 5]) {
        assert_eq!(Statuses::valid(size, 5).as_bytes().len(), bytes, "{size:?}");
    }
}

#[test]
fn what_it_shows_says_nothing_of_any_token() {
    let mut statuses = Statuses::valid(StatusSize::One, 9);
    assert!(statuses.set(8, 1));
    assert_eq!(format!("{statuses:?}"), "Statuses { bits: 1, count: 16, .. }");
}

proptest! {
    #[test]
    fn what_was_set_last_is_read_and_its_neighbors_stay(
        size in proptest::sample::select(&SIZES),
        writes in prop::collection::vec((0_u64..80, any::<u8>()), 0..200),
        beyond in 80_u64..,
    ) {
        let mut statuses = Statuses::valid(size, 80);
        let mut model = [0_u8; 80];
        for (index, status) in writes {
            let status = status & size.highest();
            prop_assert!(statuses.set(index, status));
            model[usize::try_from(index).unwrap()] = status;
        }
        let read: Vec<_> = (0..80).map(|index| statuses.get(index).unwrap()).collect();
        prop_assert_eq!(&read[..], &model[..]);
        prop_assert_eq!(statuses.get(beyond), None);
        prop_assert!(!statuses.set(beyond, 1));
    }
}
