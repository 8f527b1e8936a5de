//! `SipHash-1-3` (Aumasson and Bernstein, 2012).

/// A key, as the two words that it is used in.
#[derive(Clone, Copy)]
pub(crate) struct SipKey(pub(crate) u64, pub(crate) u64);

/// The hash of one name.
#[inline]
pub(super) fn one(key: SipKey, name: &[u8]) -> u64 {
    let (blocks, last) = split(name);
    let mut state = State::new(key);
    for block in blocks {
        state.take(u64::from_le_bytes(*block));
    }
    state.take(last);
    state.finish()
}

/// The whole blocks, and the last one: what is left, and the length in its top byte.
#[inline]
fn split(name: &[u8]) -> (&[[u8; 8]], u64) {
    let (blocks, rest) = name.as_chunks();
    let [length, ..] = name.len().to_le_bytes();
    let end = if let Some(end) = name.last_chunk() {
        // The last eight bytes, without those that are in a block already.
        let left = u32::try_from(rest.len()).unwrap_or_default().wrapping_mul(8);
        u64::from_le_bytes(*end).checked_shr(64_u32.wrapping_sub(left)).unwrap_or_default()
    } else {
        rest.iter().rev().fold(0, |end: u64, byte| end.wrapping_shl(8) | u64::from(*byte))
    };
    (blocks, u64::from(length).wrapping_shl(56) | end)
}

struct State([u64; 4]);

impl State {
    #[inline]
    const fn new(SipKey(first, second): SipKey) -> Self {
        Self([
            first ^ 0x736f_6d65_7073_6575,
            second ^ 0x646f_7261_6e64_6f6d,
            first ^ 0x6c79_6765_6e65_7261,
            second ^ 0x7465_6462_7974_6573,
        ])
    }

    #[inline]
    const fn take(&mut self, block: u64) {
        let Self([_, _, _, fourth]) = self;
        *fourth ^= block;
        self.round();
        let Self([first, ..]) = self;
        *first ^= block;
    }

    #[inline]
    const fn finish(mut self) -> u64 {
        let Self([_, _, third, _]) = &mut self;
        *third ^= 0xff;
        self.round();
        self.round();
        self.round();
        let Self([first, second, third, fourth]) = self;
        first ^ second ^ third ^ fourth
    }

    #[inline]
    const fn round(&mut self) {
        let Self([mut a, mut b, mut c, mut d]) = *self;
        a = a.wrapping_add(b);
        c = c.wrapping_add(d);
        b = b.rotate_left(13) ^ a;
        d = d.rotate_left(16) ^ c;
        a = a.rotate_left(32);
        c = c.wrapping_add(b);
        a = a.wrapping_add(d);
        b = b.rotate_left(17) ^ c;
        d = d.rotate_left(21) ^ a;
        c = c.rotate_left(32);
        *self = Self([a, b, c, d]);
    }
}
