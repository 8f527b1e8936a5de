//! The scanner: one pass, one stack frame per level, no more than [`LIMITS`] allow.
//!
//! It writes what it found onto a [`Tape`], as places in the text, so that whoever reads many tokens
//! allocates nothing for each.

use std::ops::Range;

use super::{JsonError, Raw};
use crate::limits::LIMITS;

/// What a scan found, as places in the text that was scanned.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tape {
    /// The names in the objects that are open, the outer ones first.
    names: Vec<Text>,
    pub(super) entries: Vec<Entry>,
}

/// A member of the outermost object, or an element of the outermost array (whose name is empty).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Entry {
    pub(super) name: Text,
    pub(super) value: Value,
}

/// A string without its quotes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Text {
    start: u32,
    end: u32,
    /// Whether it holds an escape.
    pub(super) escaped: bool,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Value {
    kind: Kind,
    start: u32,
    end: u32,
}

#[derive(Clone, Copy, Debug, Default)]
enum Kind {
    #[default]
    Null,
    True,
    False,
    Number,
    String,
    Array,
    Object,
}

impl Text {
    pub(super) fn of(self, text: &str) -> &str {
        text.get(range(self.start, self.end)).unwrap_or_default()
    }
}

impl Value {
    pub(super) fn of(self, text: &str) -> Raw<'_> {
        let part = || text.get(range(self.start, self.end)).unwrap_or_default();
        match self.kind {
            Kind::Null => Raw::Null,
            Kind::True => Raw::Bool(true),
            Kind::False => Raw::Bool(false),
            Kind::Number => Raw::Number(part()),
            Kind::String => Raw::String(part()),
            Kind::Array => Raw::Array(part()),
            Kind::Object => Raw::Object(part()),
        }
    }
}

fn range(start: u32, end: u32) -> Range<usize> {
    usize::try_from(start).unwrap_or(usize::MAX)..usize::try_from(end).unwrap_or(usize::MAX)
}

/// Scans `text` as one object; puts its members onto `tape`.
pub(super) fn object(text: &str, tape: &mut Tape) -> Result<(), JsonError> {
    let mut scan = Scan::new(text, tape);
    scan.space();
    if !scan.eat(b'{') {
        // A reader that takes arrays for objects finds no claim in one, and skips all checks
        // (CVE-2026-107723).
        return Err(scan.value(0).map_or_else(|error| error, |_| JsonError::NotAnObject));
    }
    scan.object(1, true)?;
    scan.end()
}

/// Scans `text` as one array; puts its elements onto `tape`.
pub(super) fn array(text: &str, tape: &mut Tape) -> Result<(), JsonError> {
    let mut scan = Scan::new(text, tape);
    if !scan.eat(b'[') {
        return Err(JsonError::Syntax);
    }
    scan.array(1, true)?;
    scan.end()
}

/// Scans `text` as one value of any kind.
pub(super) fn any(text: &str) -> Result<Raw<'_>, JsonError> {
    let mut tape = Tape::default();
    let mut scan = Scan::new(text, &mut tape);
    scan.space();
    let value = scan.value(0)?;
    scan.end()?;
    Ok(value.of(text))
}

struct Scan<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    tape: &'a mut Tape,
}

impl<'a> Scan<'a> {
    fn new(text: &'a str, tape: &'a mut Tape) -> Self {
        tape.names.clear();
        tape.entries.clear();
        Self { text, bytes: text.as_bytes(), at: 0, tape }
    }

    fn value(&mut self, depth: usize) -> Result<Value, JsonError> {
        let start = self.at;
        let inner = depth.saturating_add(1);
        let kind = match self.peek().ok_or(JsonError::Syntax)? {
            b'"' => {
                self.string()?;
                Kind::String
            }
            b'{' => {
                self.skip();
                self.object(inner, false)?;
                Kind::Object
            }
            b'[' => {
                self.skip();
                self.array(inner, false)?;
                Kind::Array
            }
            b't' => self.word(b"true", Kind::True)?,
            b'f' => self.word(b"false", Kind::False)?,
            b'n' => self.word(b"null", Kind::Null)?,
            _ => {
                self.number()?;
                Kind::Number
            }
        };
        Ok(Value { kind, start: place(start)?, end: place(self.at)? })
    }

    /// The members after `{`, up to and with `}`.
    fn object(&mut self, depth: usize, keep: bool) -> Result<(), JsonError> {
        within(depth, LIMITS.json_depth)?;
        let first = self.tape.names.len();
        let mut seen = 0;
        self.space();
        if self.eat(b'}') {
            return Ok(());
        }
        loop {
            self.space();
            let name = self.name(first, &mut seen)?;
            self.space();
            self.expect(b':')?;
            self.space();
            let value = self.value(depth)?;
            if keep {
                self.tape.entries.push(Entry { name, value });
            }
            self.space();
            if self.eat(b'}') {
                self.tape.names.truncate(first);
                return Ok(());
            }
            self.expect(b',')?;
        }
    }

    /// The elements after `[`, up to and with `]`.
    fn array(&mut self, depth: usize, keep: bool) -> Result<(), JsonError> {
        within(depth, LIMITS.json_depth)?;
        self.space();
        if self.eat(b']') {
            return Ok(());
        }
        loop {
            self.space();
            let value = self.value(depth)?;
            if keep {
                self.tape.entries.push(Entry { name: Text::default(), value });
            }
            self.space();
            if self.eat(b']') {
                return Ok(());
            }
            self.expect(b',')?;
        }
    }

    /// A name that differs from all since `first`, each of which has left its mark in `seen`.
    fn name(&mut self, first: usize, seen: &mut u64) -> Result<Text, JsonError> {
        let start = self.at.saturating_add(1);
        let escaped = self.string()?;
        let end = self.at.saturating_sub(1);
        let name = Text { start: place(start)?, end: place(end)?, escaped };
        let siblings = self.tape.names.get(first..).unwrap_or_default();
        within(siblings.len().saturating_add(1), LIMITS.json_members)?;
        let mark = if escaped { u64::MAX } else { mark(name.of(self.text).as_bytes()) };
        // Names whose marks differ are different, and most do.
        if *seen & mark != 0 && siblings.iter().any(|other| self.same(name, *other)) {
            return Err(JsonError::DuplicateName);
        }
        *seen |= mark;
        self.tape.names.push(name);
        Ok(name)
    }

    fn same(&self, name: Text, other: Text) -> bool {
        let (one, two) = (name.of(self.text), other.of(self.text));
        if name.escaped || other.escaped {
            return super::unescape(one, name.escaped) == super::unescape(two, other.escaped);
        }
        one == two
    }

    /// A string with its quotes; whether it holds an escape.
    fn string(&mut self) -> Result<bool, JsonError> {
        self.expect(b'"')?;
        let mut escaped = false;
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let plain = special(rest).ok_or(JsonError::Syntax)?;
            self.at = self.at.saturating_add(plain);
            if self.eat(b'"') {
                return Ok(escaped);
            }
            self.expect(b'\\')?; // else a bare control character
            self.escape()?;
            escaped = true;
        }
    }

    /// What follows a backslash.
    fn escape(&mut self) -> Result<(), JsonError> {
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.skip();
                Ok(())
            }
            Some(b'u') => match self.code_unit()? {
                0xD800..=0xDBFF => {
                    if !self.eat(b'\\') || self.peek() != Some(b'u') {
                        return Err(JsonError::LoneSurrogate);
                    }
                    match self.code_unit()? {
                        0xDC00..=0xDFFF => Ok(()),
                        _ => Err(JsonError::LoneSurrogate),
                    }
                }
                0xDC00..=0xDFFF => Err(JsonError::LoneSurrogate),
                _ => Ok(()),
            },
            _ => Err(JsonError::Syntax),
        }
    }

    /// `u` and four hexadecimal digits.
    fn code_unit(&mut self) -> Result<u16, JsonError> {
        self.skip();
        let end = self.at.saturating_add(4);
        let digits = self.text.get(self.at..end).ok_or(JsonError::Syntax)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(JsonError::Syntax);
        }
        self.at = end;
        u16::from_str_radix(digits, 16).map_err(|_| JsonError::Syntax)
    }

    fn number(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?;
        }
        let integer = self.at.saturating_sub(start);
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _signed = self.eat(b'+') || self.eat(b'-');
            self.digits()?;
        }
        let len = self.at.saturating_sub(start);
        if len == integer && len <= SURELY_IN_RANGE {
            return Ok(());
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        let value: f64 = text.parse().map_err(|_| JsonError::Syntax)?;
        if len > LIMITS.json_number_bytes || value.abs() > LIMITS.json_number {
            return Err(JsonError::NumberRange);
        }
        Ok(())
    }

    /// One or more digits.
    fn digits(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.skip();
        }
        if self.at == start { Err(JsonError::Syntax) } else { Ok(()) }
    }

    fn word(&mut self, word: &[u8], kind: Kind) -> Result<Kind, JsonError> {
        if !self.bytes.get(self.at..).unwrap_or_default().starts_with(word) {
            return Err(JsonError::Syntax);
        }
        self.at = self.at.saturating_add(word.len());
        Ok(kind)
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.skip();
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.skip();
        }
        found
    }

    fn expect(&mut self, byte: u8) -> Result<(), JsonError> {
        if self.eat(byte) { Ok(()) } else { Err(JsonError::Syntax) }
    }

    fn end(&mut self) -> Result<(), JsonError> {
        self.space();
        if self.at == self.bytes.len() { Ok(()) } else { Err(JsonError::Syntax) }
    }
}

/// The length of a whole number, sign included, that is below 2⁵³ - 1 whatever its digits.
const SURELY_IN_RANGE: usize = 15;

fn within(count: usize, limit: usize) -> Result<(), JsonError> {
    if count <= limit { Ok(()) } else { Err(JsonError::TooLarge) }
}

fn place(at: usize) -> Result<u32, JsonError> {
    u32::try_from(at).map_err(|_| JsonError::TooLarge)
}

/// One bit of 64, by the length of a name and its last bytes.
fn mark(name: &[u8]) -> u64 {
    let last = name.last().copied().unwrap_or_default();
    let middle = name.get(name.len() / 2).copied().unwrap_or_default();
    let mixed = u32::from(last).wrapping_mul(7).wrapping_add(u32::from(middle).wrapping_mul(3));
    let len = u32::try_from(name.len()).unwrap_or_default();
    1_u64.wrapping_shl(mixed.wrapping_add(len.wrapping_mul(13)))
}

/// Where the first quote, backslash or control character is.
fn special(bytes: &[u8]) -> Option<usize> {
    let (words, rest) = bytes.as_chunks();
    for (index, word) in words.iter().enumerate() {
        let found = special_in(u64::from_le_bytes(*word));
        if found != 0 {
            let byte = usize::try_from(found.trailing_zeros() / 8).ok()?;
            return index.checked_mul(8)?.checked_add(byte);
        }
    }
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
    rest.iter().position(is_special)?.checked_add(bytes.len().checked_sub(rest.len())?)
}

/// Eight bytes at once: the top bit of the lowest byte that is special, and perhaps of some above it.
///
/// A byte below `n` borrows from its top bit when `n` is taken away; only above the lowest such byte
/// can a borrow have come from another.
const fn special_in(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const TOPS: u64 = 0x8080_8080_8080_8080;
    let quote = word ^ (ONES.wrapping_mul(0x22));
    let backslash = word ^ (ONES.wrapping_mul(0x5c));
    (below(quote, 1) | below(backslash, 1) | below(word, 0x20)) & TOPS
}

const fn below(word: u64, n: u64) -> u64 {
    word.wrapping_sub(0x0101_0101_0101_0101_u64.wrapping_mul(n)) & !word
}
