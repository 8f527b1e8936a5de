//! The inverse modulo an odd 256-bit number, in time that depends on its operand.
//!
//! Division steps in batches of 62 (Bernstein and Yang, "Fast constant-time gcd computation and
//! modular inversion", 2019, § 3 and § 11), as used for signatures, where nothing is secret. f and g
//! shrink as in Euclid's algorithm, and d and e keep d·x ≡ f and e·x ≡ g. All are numbers of five
//! signed limbs of 62 bits.
//!
//! **Invariant:** the result is a guess. Who asks for it multiplies it out with verified arithmetic and
//! takes nothing but an inverse; so no mistake in this file can make a signature good.

#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "limbs are cut out of wider numbers; a wrong cut is a wrong guess"
)]
#![expect(clippy::many_single_char_names, reason = "the names of the paper")]

use std::array;

#[cfg(test)]
mod tests;

/// Bits in a limb, and division steps in a batch.
const BITS: u32 = 62;
/// The bits of a limb.
const LIMB: u64 = u64::MAX >> 2;
/// Batches after which the gcd of any two 256-bit numbers is there: 741 steps (§ 11 of the paper).
const BATCHES: usize = 12;

type Limbs = [i64; 5];

/// An odd number to invert by.
pub(super) struct Modulus {
    limbs: Limbs,
    /// Its inverse modulo 2^62.
    inverse: u64,
}

impl Modulus {
    /// The modulus with these limbs of 64 bits, lowest first. It must be odd.
    pub(super) const fn new(modulus: [u64; 4]) -> Self {
        let limbs = split(modulus);
        // Each of Newton's steps doubles the number of good bits; at first there are three.
        let low = modulus[0];
        let mut inverse = low;
        let mut bits = 3;
        while bits < BITS {
            inverse = inverse.wrapping_mul(2_u64.wrapping_sub(low.wrapping_mul(inverse)));
            bits <<= 1;
        }
        Self { limbs, inverse: inverse & LIMB }
    }

    /// What should be the inverse of `x`, below the modulus, if it has one.
    pub(super) fn guess_inverse(&self, x: [u64; 4]) -> [u64; 4] {
        let (mut f, mut g) = (self.limbs, split(x));
        let (mut d, mut e): (Limbs, Limbs) = ([0; 5], [1, 0, 0, 0, 0]);
        let mut eta = -1;
        for _ in 0..BATCHES {
            let step;
            (eta, step) = Step::batch(eta, f[0] as u64, g[0] as u64);
            (d, e) = (self.apply(step.f, &d, &e), self.apply(step.g, &d, &e));
            (f, g) =
                (combine(step.f, &f, &g, 0, &self.limbs), combine(step.g, &f, &g, 0, &self.limbs));
            if g == [0; 5] {
                break;
            }
        }
        let d = if f[4] < 0 { scaled_sum(&[0; 5], -1, &d) } else { d };
        join(&self.reduce(&d))
    }

    /// (u·d + v·e) / 2^62 modulo the modulus M, between −2·M and M, as d and e are.
    fn apply(&self, (u, v): (i64, i64), d: &Limbs, e: &Limbs) -> Limbs {
        // M is added for a factor whose operand is negative, and then as often as makes the
        // lowest limb zero.
        let signs = (u & (d[4] >> 63)).wrapping_add(v & (e[4] >> 63));
        let low = u.wrapping_mul(d[0]).wrapping_add(v.wrapping_mul(e[0])) as u64;
        let excess = self.inverse.wrapping_mul(low).wrapping_add(signs as u64) & LIMB;
        combine((u, v), d, e, signs.wrapping_sub(excess as i64), &self.limbs)
    }

    /// A number between −2·M and 2·M, modulo M.
    fn reduce(&self, number: &Limbs) -> Limbs {
        let mut number = *number;
        for _ in 0..2 {
            if number[4] < 0 {
                number = scaled_sum(&number, 1, &self.limbs);
            }
        }
        let less = scaled_sum(&number, -1, &self.limbs);
        if less[4] < 0 { number } else { less }
    }
}

/// What a batch of division steps makes of (f, g): 2^62 times the new f and g are these combinations
/// of the old.
struct Step {
    f: (i64, i64),
    g: (i64, i64),
}

impl Step {
    /// A batch of steps, which depend on the lowest bits of f and g alone; η = −δ in the paper.
    fn batch(mut eta: i64, mut f: u64, mut g: u64) -> (i64, Self) {
        let (mut u, mut v, mut q, mut r) = (1_u64, 0_u64, 0_u64, 1_u64);
        let mut left = BITS;
        loop {
            // Each zero below is a step that only halves g.
            let zeros = (g | (u64::MAX << left)).trailing_zeros();
            (g, u, v) = (g >> zeros, u << zeros, v << zeros);
            eta = eta.wrapping_sub(i64::from(zeros));
            left = left.wrapping_sub(zeros);
            if left == 0 {
                break;
            }
            if eta < 0 {
                eta = eta.wrapping_neg();
                (f, g) = (g, f.wrapping_neg());
                (u, q) = (q, u.wrapping_neg());
                (v, r) = (r, v.wrapping_neg());
            }
            // Several steps that add f at once: as many low bits of g go as the steps until the next
            // exchange, and no more than the six for which f·(f² − 2) is −1/f.
            let bits = eta.wrapping_add(1).min(i64::from(left.min(6))) as u32;
            let times = f.wrapping_mul(g).wrapping_mul(f.wrapping_mul(f).wrapping_sub(2));
            let times = times & (u64::MAX >> 64_u32.wrapping_sub(bits));
            g = g.wrapping_add(f.wrapping_mul(times));
            q = q.wrapping_add(u.wrapping_mul(times));
            r = r.wrapping_add(v.wrapping_mul(times));
        }
        (eta, Self { f: (u as i64, v as i64), g: (q as i64, r as i64) })
    }
}

/// (u·a + v·b + k·m) / 2^62, whose lowest limb must be zero before the division.
fn combine((u, v): (i64, i64), a: &Limbs, b: &Limbs, k: i64, m: &Limbs) -> Limbs {
    let mut products = a.iter().zip(b).zip(m).map(|((a, b), m)| {
        product(u, *a).wrapping_add(product(v, *b)).wrapping_add(product(k, *m))
    });
    let mut sum = products.next().unwrap_or_default() >> BITS;
    let mut out = [0; 5];
    for (limb, product) in out.iter_mut().zip(products) {
        sum = sum.wrapping_add(product);
        *limb = (sum as u64 & LIMB) as i64;
        sum >>= BITS;
    }
    out[4] = sum as i64;
    out
}

/// a + k·m.
fn scaled_sum(a: &Limbs, k: i64, m: &Limbs) -> Limbs {
    let mut sum = 0_i128;
    let mut limbs = a.iter().zip(m).map(|(a, m)| {
        sum = sum.wrapping_add(i128::from(*a)).wrapping_add(product(k, *m));
        let limb = (sum as u64 & LIMB) as i64;
        let whole = sum as i64;
        sum >>= BITS;
        (limb, whole)
    });
    let mut out: [(i64, i64); 5] = array::from_fn(|_| limbs.next().unwrap_or_default());
    // The highest limb keeps the sign.
    out[4].0 = out[4].1;
    out.map(|(limb, _)| limb)
}

fn product(a: i64, b: i64) -> i128 {
    i128::from(a).wrapping_mul(i128::from(b))
}

const fn split([a, b, c, d]: [u64; 4]) -> Limbs {
    [
        (a & LIMB) as i64,
        ((a >> 62 | b << 2) & LIMB) as i64,
        ((b >> 60 | c << 4) & LIMB) as i64,
        ((c >> 58 | d << 6) & LIMB) as i64,
        (d >> 56) as i64,
    ]
}

fn join(limbs: &Limbs) -> [u64; 4] {
    let [a, b, c, d, e] = limbs.map(|limb| limb as u64);
    [a | b << 62, b >> 2 | c << 60, c >> 4 | d << 58, d >> 6 | e << 56]
}
