//! Multiples of a point, laid out so that any multiple is a sum of few of them.
//!
//! A scalar is written in base 2^W with digits from −2^(W−1) to 2^(W−1). Window i holds the multiples
//! j·2^(W·i) of the point for j = 1 to 2^(W−1), so that a digit is one entry, added or subtracted, and
//! nothing is ever doubled. Which entries are read depends on the scalar: this is for public ones.

#[cfg(test)]
mod tests;

/// The windows of one point, lowest first, `HALF` = 2^(`W` − 1) entries each.
pub(super) struct Comb<P, const W: usize, const HALF: usize>(Box<[[P; HALF]]>);

impl<P, const W: usize, const HALF: usize> Comb<P, W, HALF> {
    /// How many windows it takes for scalars below 2^255: one bit more, so that the top digit does not
    /// carry.
    pub(super) const WINDOWS: usize = {
        assert!(W < 16 && HALF == 1 << (W - 1), "a window holds half of a digit's values");
        255 / W + 1
    };

    /// The comb of these windows; `None` if it is not the right number of them.
    pub(super) fn new(windows: Vec<[P; HALF]>) -> Option<Self> {
        (windows.len() == Self::WINDOWS).then(|| Self(windows.into()))
    }

    /// The entries whose sum is the `scalar`-fold of the point, each with whether to subtract it.
    ///
    /// The scalar, lowest limb first, must be below 2^255. Copy the entries out before adding them: the
    /// processor then fetches many at once, and waits for none in the midst of the arithmetic.
    pub(super) fn terms(&self, scalar: [u64; 4]) -> impl Iterator<Item = (&P, bool)> {
        let mut digits = Digits::<W> { rest: scalar, carry: 0 };
        self.0.iter().filter_map(move |window| {
            let (magnitude, negative) = digits.next();
            // There is no entry for digit 0.
            Some((window.get(magnitude.checked_sub(1)?)?, negative))
        })
    }
}

/// The digits of a scalar in base 2^W, lowest first.
struct Digits<const W: usize> {
    rest: [u64; 4],
    carry: usize,
}

impl<const W: usize> Digits<W> {
    const BASE: usize = 1 << W;

    /// The next digit: its magnitude, at most half the base, and whether it is negative.
    fn next(&mut self) -> (usize, bool) {
        let [a, b, c, d] = self.rest;
        let up = 64_usize.wrapping_sub(W);
        self.rest = [a >> W | b << up, b >> W | c << up, c >> W | d << up, d >> W];

        let [low, high, ..] = a.to_le_bytes();
        let bits = usize::from(u16::from_le_bytes([low, high])) & Self::BASE.wrapping_sub(1);
        let raw = bits.wrapping_add(self.carry);
        let other = Self::BASE.wrapping_sub(raw);
        let negative = other < raw;
        self.carry = usize::from(negative);
        (if negative { other } else { raw }, negative)
    }
}
