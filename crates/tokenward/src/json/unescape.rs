//! What a string says, one character after another.
//!
//! Names are compared in this form and never written out: a stranger's header may hold two hundred names
//! with escapes, each of which is compared with all before it.

use std::str::Chars;

/// The characters of a string that the scanner has checked, without its quotes.
#[derive(Clone)]
pub(super) struct Unescaped<'a>(Chars<'a>);

impl<'a> Unescaped<'a> {
    pub(super) fn new(inner: &'a str) -> Self {
        Self(inner.chars())
    }

    /// The character after `\u`, which takes a second escape if it is beyond the first 2¹⁶.
    fn code_point(&mut self) -> Option<char> {
        let first = self.code_unit();
        let second = matches!(first, 0xD800..=0xDBFF).then(|| {
            self.0.nth(1); // `\u` again
            self.code_unit()
        });
        char::decode_utf16([first].into_iter().chain(second)).next()?.ok()
    }

    fn code_unit(&mut self) -> u16 {
        let digits = self.0.by_ref().take(4).filter_map(|digit| digit.to_digit(16));
        digits.fold(0, |unit, digit| unit << 4 | u16::try_from(digit).unwrap_or_default())
    }
}

impl Iterator for Unescaped<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        match self.0.next()? {
            '\\' => match self.0.next()? {
                'b' => Some('\u{8}'),
                'f' => Some('\u{c}'),
                'n' => Some('\n'),
                'r' => Some('\r'),
                't' => Some('\t'),
                'u' => self.code_point(),
                itself => Some(itself),
            },
            plain => Some(plain),
        }
    }
}
