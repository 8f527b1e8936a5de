use proptest::prelude::*;

use super::*;

/// G, 2·G and so on up to 32·G, where the odd multiples are negative.
fn multiples() -> Vec<Affine> {
    let step = |sum: &Sum| Some(sum.add(&Affine::BASE));
    let sums = std::iter::successors(Some(Sum::from(Affine::BASE)), step).take(32);
    let points = Sum::normalize(&sums.collect::<Vec<_>>()).unwrap().into_iter().enumerate();
    points.map(|(i, point)| if i % 2 == 0 { point.negate() } else { point }).collect()
}

#[test]
fn no_point_and_one_point_are_summed() {
    let [point, ..] = multiples()[..] else { panic!("there are 32") };

    assert!(sum(&[]).is_identity());
    assert_same(&[point]);
}

#[test]
fn neighbors_of_one_x_are_summed() {
    let [p, q, ..] = multiples()[..] else { panic!("there are 32") };
    let minus_p = p.negate();

    assert!(sum(&[p, minus_p]).is_identity());
    for points in [
        &[p, p][..],
        &[p, minus_p, q],
        &[p, minus_p, q, p],
        &[q, q, p, p, q, p],
        &[p, q, minus_p, p, p, q],
        &[p, q, q, p, p, p, minus_p, q.negate(), p],
        &[p, p, p, p, minus_p, minus_p],
    ] {
        assert_same(points);
    }
}

#[test]
fn sums_of_neighbors_that_are_the_same_are_summed() {
    let [p, q, ..] = multiples()[..] else { panic!("there are 32") };

    assert_same(&[p, q, q, p, p, q]);
    assert!(sum(&[p, q, p.negate(), q.negate()]).is_identity());
}

#[test]
fn what_is_more_than_fits_is_left_out_rather_than_written_elsewhere() {
    let points = multiples();
    let terms = Terms::<4>::new(points.iter().copied());

    assert_same_as(&terms.sum().unwrap(), &points[..4]);
}

proptest! {
    #[test]
    fn any_points_are_summed(picks in prop::collection::vec(0_usize..32, 0..8)) {
        let multiples = multiples();
        assert_same(&picks.iter().map(|i| multiples[*i]).collect::<Vec<_>>());
    }

    #[test]
    fn many_points_are_summed(picks in prop::collection::vec(0_usize..32, 30..64)) {
        let multiples = multiples();
        assert_same(&picks.iter().map(|i| multiples[*i]).collect::<Vec<_>>());
    }
}

fn sum(points: &[Affine]) -> Sum {
    Terms::<64>::new(points.iter().copied()).sum().unwrap()
}

#[track_caller]
fn assert_same(points: &[Affine]) {
    assert_same_as(&sum(points), points);
}

/// Asserts that the sum is what adding one by one gives.
#[track_caller]
fn assert_same_as(sum: &Sum, points: &[Affine]) {
    let mut left = points.iter().fold(Sum::IDENTITY, |sum, point| sum.add(point));
    assert_eq!(sum.is_identity(), left.is_identity());
    if !sum.is_identity() {
        let point = Sum::normalize(&[*sum]).unwrap()[0];
        left = left.add(&point.negate());
        assert!(left.is_identity());
    }
}
