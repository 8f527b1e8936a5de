//! The middle of many values, and how far they lie apart.

use serde::Serialize;

/// The median of a sample, how far the sample lies apart, and how sure the median is.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Spread {
    /// A tenth lies below.
    pub(super) low: f64,
    pub(super) median: f64,
    /// A tenth lies above.
    pub(super) high: f64,
    /// Another sample's median lies between these in 95 of 100 cases.
    pub(super) least: f64,
    /// The upper of the two.
    pub(super) most: f64,
}

impl Spread {
    /// The spread of `values`; not a number if there are none.
    pub(super) fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let count = values.len();
        let middle = count / 2;
        // How many of `count` lie below the true median is binomial, of standard deviation √count / 2.
        let margin = count.isqrt();
        let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
        Self {
            low: at(count / 10),
            median: at(middle),
            high: at(count.saturating_sub(1).saturating_sub(count / 10)),
            least: at(middle.saturating_sub(margin)),
            most: at(middle.saturating_add(margin)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_lies_outside_on_either_side() {
        let spread = Spread::of((0..101).rev().map(f64::from).collect());

        assert_eq!((spread.low, spread.median, spread.high), (10.0, 50.0, 90.0));
    }

    #[test]
    fn the_median_is_surer_than_the_sample_is_narrow() {
        let spread = Spread::of((0..101).map(f64::from).collect());

        assert_eq!((spread.least, spread.most), (40.0, 60.0));
    }
}
