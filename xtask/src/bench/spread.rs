//! The middle of many values, and how far they lie apart.

use serde::Serialize;

/// The median, with the values that a tenth lies below and a tenth above.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Spread {
    pub(super) low: f64,
    pub(super) median: f64,
    pub(super) high: f64,
}

impl Spread {
    /// The spread of `values`; not a number if there are none.
    pub(super) fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let at = |percent: usize| {
            let index = values.len().saturating_mul(percent) / 100;
            values.get(index).copied().unwrap_or(f64::NAN)
        };
        Self { low: at(10), median: at(50), high: at(90) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_lies_outside_on_either_side() {
        let Spread { low, median, high } = Spread::of((0..100).rev().map(f64::from).collect());

        assert_eq!((low, median, high), (10.0, 50.0, 90.0));
    }
}
