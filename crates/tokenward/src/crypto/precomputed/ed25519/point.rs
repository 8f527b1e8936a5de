//! Points of edwards25519: −x² + y² = 1 + d·x²·y² (RFC 8032 § 5.1).
//!
//! The formulas (Hisil, Wong, Carter and Dawson, "Twisted Edwards Curves Revisited", 2008, § 3) hold for
//! every two points of this curve, as −1 is a square and d is not: there is no special case.

#![expect(clippy::many_single_char_names, reason = "the names of the formulas")]

use super::field::{Field, Loose};
use super::scalar;

#[cfg(test)]
mod tests;

/// d, −121665/121666.
const D: Field = constant([
    0xa3, 0x78, 0x59, 0x13, 0xca, 0x4d, 0xeb, 0x75, 0xab, 0xd8, 0x41, 0x41, 0x4d, 0x0a, 0x70, 0x00,
    0x98, 0xe8, 0x79, 0x77, 0x79, 0x40, 0xc7, 0x8c, 0x73, 0xfe, 0x6f, 0x2b, 0xee, 0x6c, 0x03, 0x52,
]);

/// 2·d.
const TWICE_D: Field = constant([
    0x59, 0xf1, 0xb2, 0x26, 0x94, 0x9b, 0xd6, 0xeb, 0x56, 0xb1, 0x83, 0x82, 0x9a, 0x14, 0xe0, 0x00,
    0x30, 0xd1, 0xf3, 0xee, 0xf2, 0x80, 0x8e, 0x19, 0xe7, 0xfc, 0xdf, 0x56, 0xdc, 0xd9, 0x06, 0x24,
]);

/// A square root of −1: 2^((p − 1)/4).
const I: Field = constant([
    0xb0, 0xa0, 0x0e, 0x4a, 0x27, 0x1b, 0xee, 0xc4, 0x78, 0xe4, 0x2f, 0xad, 0x06, 0x18, 0x43, 0x2f,
    0xa7, 0xd7, 0xfb, 0x3d, 0x99, 0x00, 0x4d, 0x2b, 0x0b, 0xdf, 0xc1, 0x4f, 0x80, 0x24, 0x83, 0x2b,
]);

/// The encoding of the base point B: y = 4/5.
pub(super) const BASE: [u8; 32] = {
    let mut y = [0x66; 32];
    y[0] = 0x58;
    y
};

/// The sign of x in an encoding, in its last byte.
const SIGN: u8 = 0x80;

/// A point as (X : Y : Z : T) with x = X/Z, y = Y/Z and x·y = T/Z. Z is never zero.
#[derive(Clone, Copy)]
pub(super) struct Point {
    x: Field,
    y: Field,
    z: Field,
    t: Field,
}

/// A point that can be added, as y + x, y − x and 2·d·x·y.
#[derive(Clone, Copy)]
pub(super) struct Affine {
    plus: Loose,
    minus: Loose,
    product: Loose,
}

impl Affine {
    /// The identity, which changes nothing when it is added.
    pub(super) const IDENTITY: Self =
        Self { plus: Loose::ONE, minus: Loose::ONE, product: Loose::ZERO };
}

impl Point {
    pub(super) const IDENTITY: Self =
        Self { x: Field::ZERO, y: Field::ONE, z: Field::ONE, t: Field::ZERO };

    /// The point with this encoding, if it is one and this is the only one it has: y below p, and no
    /// sign on x = 0.
    pub(super) fn decode(encoded: &[u8; 32]) -> Option<Self> {
        let mut y = *encoded;
        y[31] &= !SIGN;
        let y = Field::from_bytes(&y)?;
        let x = square_root_of_ratio(
            &y.square().sub(&Field::ONE).carry(),
            &y.square().mul(&D).add(&Field::ONE).carry(),
        )?;
        [x, x.negate()]
            .map(|x| Self { x, y, z: Field::ONE, t: x.mul(&y) })
            .into_iter()
            .find(|point| encode(&point.x, &point.y) == *encoded)
    }

    pub(super) fn encode(&self) -> Option<[u8; 32]> {
        let inverse = self.z.invert()?;
        Some(encode(&self.x.mul(&inverse), &self.y.mul(&inverse)))
    }

    pub(super) fn negate(&self) -> Self {
        Self { x: self.x.negate(), t: self.t.negate(), ..*self }
    }

    pub(super) fn is_identity(&self) -> bool {
        self.x == Field::ZERO && self.y == self.z
    }

    /// Whether this point is in the subgroup of order ℓ.
    pub(super) fn is_torsion_free(&self) -> bool {
        let Some(this) = self.affine() else { return false };
        let mut sum = Self::IDENTITY;
        for limb in scalar::ORDER.iter().rev() {
            for bit in (0..u64::BITS).rev() {
                sum = sum.double();
                if limb >> bit & 1 == 1 {
                    sum = sum.add(&this, false);
                }
            }
        }
        sum.is_identity()
    }

    /// This point plus `point`, or minus it.
    #[inline]
    pub(super) fn add(&self, point: &Affine, negative: bool) -> Self {
        let (plus, minus) =
            if negative { (&point.minus, &point.plus) } else { (&point.plus, &point.minus) };
        let a = self.y.sub(&self.x).mul(minus);
        let b = self.y.add(&self.x).mul(plus);
        let c = self.t.loose().mul(&point.product);
        let d = self.z.add(&self.z).carry();
        let (f, g) = if negative { (d.add(&c), d.sub(&c)) } else { (d.sub(&c), d.add(&c)) };
        Self::from_factors(&b.sub(&a), &f, &g, &b.add(&a))
    }

    pub(super) fn double(&self) -> Self {
        let a = self.x.square();
        let b = self.y.square();
        let zz = self.z.square();
        let c = zz.add(&zz).carry();
        let h = a.add(&b).carry();
        let e = h.sub(&self.x.add(&self.y).square());
        let g = a.sub(&b).carry();
        Self::from_factors(&e, &c.add(&g), &g.loose(), &h.loose())
    }

    #[inline]
    fn from_factors(e: &Loose, f: &Loose, g: &Loose, h: &Loose) -> Self {
        Self { x: e.mul(f), y: g.mul(h), z: f.mul(g), t: e.mul(h) }
    }

    /// This point, to be added to others.
    pub(super) fn affine(&self) -> Option<Affine> {
        Self::normalize(&[*self])?.pop()
    }

    /// These points with one inversion for all (Montgomery's trick).
    pub(super) fn normalize(points: &[Self]) -> Option<Vec<Affine>> {
        let mut product = Field::ONE;
        let mut before = Vec::with_capacity(points.len());
        for point in points {
            before.push(product);
            product = product.mul(&point.z);
        }
        let mut inverse = product.invert()?;
        let mut out = Vec::with_capacity(points.len());
        for (point, before) in points.iter().zip(&before).rev() {
            let by_z = inverse.mul(before);
            inverse = inverse.mul(&point.z);
            let (x, y) = (point.x.mul(&by_z), point.y.mul(&by_z));
            let product = x.mul(&y).mul(&TWICE_D).loose();
            out.push(Affine { plus: y.add(&x), minus: y.sub(&x), product });
        }
        out.reverse();
        Some(out)
    }
}

fn encode(x: &Field, y: &Field) -> [u8; 32] {
    let mut out = y.to_bytes();
    if x.to_bytes()[0] & 1 == 1 {
        out[31] |= SIGN;
    }
    out
}

/// A square root of u/v, if there is one (RFC 8032 § 5.1.3).
fn square_root_of_ratio(u: &Field, v: &Field) -> Option<Field> {
    let v3 = v.square().mul(v);
    let v7 = v3.square().mul(v);
    let root = u.mul(&v3).mul(&u.mul(&v7).pow_p58());
    [root, root.mul(&I)].into_iter().find(|root| root.square().mul(v) == *u)
}

const fn constant(bytes: [u8; 32]) -> Field {
    match Field::from_bytes(&bytes) {
        Some(field) => field,
        None => Field::ZERO,
    }
}
