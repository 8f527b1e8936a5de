//! Points of P-256: y² = x³ − 3·x + b (SEC 2 § 2.4.2).

#![expect(clippy::many_single_char_names, reason = "the names of the formulas")]

use super::field::Field;

#[cfg(test)]
mod tests;

/// b, lowest limb first.
pub(super) const B: Field = Field::new([
    0x3bce_3c3e_27d2_604b,
    0x651d_06b0_cc53_b0f6,
    0xb3eb_bd55_7698_86bc,
    0x5ac6_35d8_aa3a_93e7,
]);

/// A point other than the identity. An entry of a table is one cache line.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(super) struct Affine {
    x: Field,
    y: Field,
}

impl Affine {
    /// The base point G.
    pub(super) const BASE: Self = Self {
        x: Field::new([
            0xf4a1_3945_d898_c296,
            0x7703_7d81_2deb_33a0,
            0xf8bc_e6e5_63a4_40f2,
            0x6b17_d1f2_e12c_4247,
        ]),
        y: Field::new([
            0xcbb6_4068_37bf_51f5,
            0x2bce_3357_6b31_5ece,
            0x8ee7_eb4a_7c0f_9e16,
            0x4fe3_42e2_fe1a_7f9b,
        ]),
    };

    /// The point with these coordinates; `None` if it is not on the curve. The cofactor is one, so
    /// every point on the curve has order n.
    pub(super) fn new(x: Field, y: Field) -> Option<Self> {
        let three_x = x.double().add(&x);
        let right = x.square().mul(&x).sub(&three_x).add(&B);
        (y.square() == right).then_some(Self { x, y })
    }

    pub(super) fn negate(&self) -> Self {
        Self { x: self.x, y: self.y.negate() }
    }

    /// How far it is from this point's x to the other's; `None` if they are the same.
    pub(super) fn run(&self, other: &Self) -> Option<Field> {
        let run = other.x.sub(&self.x);
        (!run.is_zero()).then_some(run)
    }

    /// The sum with a point of another x, from the inverse of [`Self::run`].
    pub(super) fn add(&self, other: &Self, inverse_run: &Field) -> Self {
        let slope = other.y.sub(&self.y).mul(inverse_run);
        let x = slope.square().sub(&self.x).sub(&other.x);
        let y = slope.mul(&self.x.sub(&x)).sub(&self.y);
        Self { x, y }
    }
}

/// A point as (X, Y, ZZ, ZZZ) with x = X/ZZ, y = Y/ZZZ and ZZ³ = ZZZ²; the identity if ZZ = 0.
///
/// The formulas of this form ("XYZZ") are madd-2008-s and dbl-2008-s-1 in the Explicit-Formulas
/// Database. They do not hold for the identity, nor does the addition for equal and opposite points;
/// each of these is told apart, so the group law is exact.
#[derive(Clone, Copy)]
pub(super) struct Sum {
    x: Field,
    y: Field,
    zz: Field,
    zzz: Field,
}

impl Sum {
    pub(super) const IDENTITY: Self =
        Self { x: Field::ONE, y: Field::ONE, zz: Field::ZERO, zzz: Field::ZERO };

    /// This point plus `point`.
    pub(super) fn add(&self, point: &Affine) -> Self {
        if self.zz.is_zero() {
            return Self::from(*point);
        }
        let p = point.x.mul(&self.zz).sub(&self.x);
        let r = point.y.mul(&self.zzz).sub(&self.y);
        if p.is_zero() {
            // The same x: the same point or its opposite.
            return if r.is_zero() { self.double() } else { Self::IDENTITY };
        }
        // Products that do not wait for each other stand together: the processor overlaps them.
        let (pp, rr) = (p.square(), r.square());
        let (ppp, q, zz) = (p.mul(&pp), self.x.mul(&pp), self.zz.mul(&pp));
        let x = rr.sub(&ppp).sub(&q.double());
        let (zzz, y_ppp, slope) = (self.zzz.mul(&ppp), self.y.mul(&ppp), r.mul(&q.sub(&x)));
        Self { x, y: slope.sub(&y_ppp), zz, zzz }
    }

    /// Twice this point. That of the identity is the identity, as its ZZ stays zero; no point has
    /// order two.
    pub(super) fn double(&self) -> Self {
        let u = self.y.double();
        let v = u.square();
        let w = u.mul(&v);
        let s = self.x.mul(&v);
        let slope = self.x.square().sub(&self.zz.square());
        let m = slope.double().add(&slope);
        let x = m.square().sub(&s.double());
        let y = m.mul(&s.sub(&x)).sub(&w.mul(&self.y));
        Self { x, y, zz: v.mul(&self.zz), zzz: w.mul(&self.zzz) }
    }

    pub(super) fn is_identity(&self) -> bool {
        self.zz.is_zero()
    }

    /// Whether this point's x is `x`, without a division. The identity has none.
    pub(super) fn has_x(&self, x: &Field) -> bool {
        !self.is_identity() && x.mul(&self.zz) == self.x
    }

    /// These points with one inversion for all (Montgomery's trick); `None` if the identity is among
    /// them.
    pub(super) fn normalize(sums: &[Self]) -> Option<Vec<Affine>> {
        let mut product = Field::ONE;
        let mut before = Vec::with_capacity(sums.len());
        for sum in sums {
            before.push(product);
            product = product.mul(&sum.zzz);
        }
        let mut inverse = product.invert()?;
        let mut points = Vec::with_capacity(sums.len());
        for (sum, before) in sums.iter().zip(&before).rev() {
            let by_zzz = inverse.mul(before);
            inverse = inverse.mul(&sum.zzz);
            let by_z = by_zzz.mul(&sum.zz);
            points.push(Affine { x: sum.x.mul(&by_z.square()), y: sum.y.mul(&by_zzz) });
        }
        points.reverse();
        Some(points)
    }
}

impl From<Affine> for Sum {
    fn from(Affine { x, y }: Affine) -> Self {
        Self { x, y, zz: Field::ONE, zzz: Field::ONE }
    }
}
