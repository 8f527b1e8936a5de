//! CBOR as authenticators write it: the canonical form of CTAP 2.1 § 8.
//!
//! Definite lengths, the shortest form of each number, at most four levels: a reader that allocates nothing and
//! cannot be made to recurse. What is not of that form is no CBOR here.

/// What is still to be read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a>(&'a [u8]);

/// The deepest nesting (CTAP 2.1 § 8).
const DEPTH: u8 = 4;

const UNSIGNED: u8 = 0;
const NEGATIVE: u8 = 1;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const SIMPLE: u8 = 7;

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// What was not read.
    pub(super) const fn rest(&self) -> &'a [u8] {
        self.0
    }

    /// A whole number, of either sign.
    pub(super) fn integer(&mut self) -> Option<i64> {
        let (major, value) = self.head()?;
        let value = i64::try_from(value).ok()?;
        match major {
            UNSIGNED => Some(value),
            NEGATIVE => value.checked_add(1)?.checked_neg(),
            _ => None,
        }
    }

    /// A byte string.
    pub(super) fn bytes(&mut self) -> Option<&'a [u8]> {
        self.string(BYTES)
    }

    /// A text string.
    pub(super) fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.string(TEXT)?).ok()
    }

    /// The begin of a map: how many pairs follow.
    pub(super) fn map(&mut self) -> Option<u64> {
        match self.head()? {
            (MAP, pairs) => Some(pairs),
            _ => None,
        }
    }

    /// Goes past one value, whatever it is.
    pub(super) fn skip(&mut self) -> Option<()> {
        self.skip_within(DEPTH)
    }

    fn skip_within(&mut self, depth: u8) -> Option<()> {
        let (major, value) = self.head()?;
        let items = match major {
            BYTES | TEXT => return self.take(value).map(|_| ()),
            ARRAY => value,
            MAP => value.checked_mul(2)?,
            _ => return Some(()),
        };
        let depth = depth.checked_sub(1)?;
        // Each item takes a byte at the least, so a length that is a lie soon ends.
        for _ in 0..items {
            self.skip_within(depth)?;
        }
        Some(())
    }

    fn string(&mut self, wanted: u8) -> Option<&'a [u8]> {
        match self.head()? {
            (major, length) if major == wanted => self.take(length),
            _ => None,
        }
    }

    /// The major type and the number in the head of a value.
    fn head(&mut self) -> Option<(u8, u64)> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        let (major, info) = (first >> 5, first & 0x1f);
        if major == SIMPLE {
            // `false`, `true` and `null`; no floating point number means anything here.
            return matches!(info, 20..=22).then_some((SIMPLE, u64::from(info)));
        }
        let (bytes, least) = match info {
            0..=23 => return (major <= MAP).then_some((major, u64::from(info))),
            24 => (1, 24),
            25 => (2, 1 << 8),
            26 => (4, 1 << 16),
            27 => (8, 1 << 32),
            _ => return None,
        };
        let mut value = 0_u64;
        for byte in self.take(bytes)? {
            value = value << 8 | u64::from(*byte);
        }
        // A number has one form, its shortest.
        (major <= MAP && value >= least).then_some((major, value))
    }

    fn take(&mut self, length: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(usize::try_from(length).ok()?)?;
        self.0 = rest;
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_in_their_shortest_form_alone() {
        let integer = |bytes: &[u8]| Reader::new(bytes).integer();
        assert_eq!(integer(&[0x17]), Some(23));
        assert_eq!(integer(&[0x18, 24]), Some(24));
        assert_eq!(integer(&[0x26]), Some(-7));
        assert_eq!(integer(&[0x39, 1, 0]), Some(-257));
        for long in [&[0x18, 23][..], &[0x19, 0, 255], &[0x1a, 0, 0, 1, 0], &[0x1f], &[0x40]] {
            assert_eq!(integer(long), None, "{long:?}");
        }
    }

    #[test]
    fn nothing_is_skipped_that_is_too_deep_or_lies_about_its_length() {
        let skip = |bytes: &[u8]| Reader::new(bytes).skip();
        assert_eq!(skip(&[0x81, 0x81, 0x81, 0x81, 0x00]), Some(()));
        assert_eq!(skip(&[0x81, 0x81, 0x81, 0x81, 0x81, 0x00]), None);
        assert_eq!(skip(&[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), None);
        assert_eq!(skip(&[0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), None);
        assert_eq!(skip(&[0x5a, 0xff, 0xff, 0xff, 0xff, 1]), None);
        // No open lengths, no tags, no floating point numbers.
        for bytes in [&[0x9f, 0xff][..], &[0xc0, 0x60], &[0xf9, 0, 0], &[]] {
            assert_eq!(skip(bytes), None, "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn no_input_panics_or_is_read_beyond_its_end(bytes: Vec<u8>) {
            let mut reader = Reader::new(&bytes);
            if reader.skip().is_some() {
                prop_assert!(reader.rest().len() < bytes.len());
            }
        }
    }
}
