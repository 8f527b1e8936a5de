//! The sum of a few dozen points.
//!
//! Two affine points are added with an inversion and three multiplications and squarings, and many
//! pairs share one inversion at three more each (Montgomery's trick). [`Sum::add`] takes ten. Adding
//! neighbors first and then their sums is thus faster than adding one by one; doing it twice is not,
//! as an inversion costs some forty multiplications.

use super::field::Field;
use super::point::{Affine, Sum};

#[cfg(test)]
mod tests;

/// Up to `N` points to be added.
pub(super) struct Terms<const N: usize> {
    points: [Affine; N],
    len: usize,
}

impl<const N: usize> Terms<N> {
    /// These points, of which there must be no more than `N`.
    ///
    /// They are copied so that all are fetched from their tables at once, and none is waited for in
    /// the midst of the arithmetic.
    pub(super) fn new(points: impl Iterator<Item = Affine>) -> Self {
        let mut terms = Self { points: [Affine::BASE; N], len: 0 };
        points.for_each(|point| terms.push(point));
        terms
    }

    /// The sum of all; `None` never.
    pub(super) fn sum(&self) -> Option<Sum> {
        let (pairs, odd) = self.points.get(..self.len)?.as_chunks::<2>();
        let mut sum = odd.iter().fold(Sum::IDENTITY, |sum, point| sum.add(point));

        // The product of all runs before each pair, and then the inverse of that product.
        let mut before = [Field::ONE; N];
        let mut product = Field::ONE;
        for (before, [p, q]) in before.iter_mut().zip(pairs) {
            *before = product;
            product = product.mul(&p.run(q).unwrap_or(Field::ONE));
        }
        let mut inverse = product.invert()?;
        let mut sums = Self { points: [Affine::BASE; N], len: 0 };
        for (before, [p, q]) in before.get(..pairs.len())?.iter().zip(pairs).rev() {
            if let Some(run) = p.run(q) {
                sums.push(p.add(q, &inverse.mul(before)));
                inverse = inverse.mul(&run);
            } else {
                sum = sum.add(p).add(q);
            }
        }
        Some(sums.points.get(..sums.len)?.iter().fold(sum, |sum, point| sum.add(point)))
    }

    fn push(&mut self, point: Affine) {
        if let Some(slot) = self.points.get_mut(self.len) {
            *slot = point;
            self.len = self.len.saturating_add(1);
        }
    }
}
