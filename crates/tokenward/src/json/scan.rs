//! The scanner: one pass, one stack frame per level, no more than [`LIMITS`] allow.
//!
//! It hands each member of the outermost object to a [`Sink`] as it is found, so that whoever wants a
//! few of them keeps nothing else, and allocates nothing.

use super::{JsonError, Member, Raw, Text};
use crate::limits::LIMITS;

/// Where members of the outermost object go.
pub(crate) trait Sink<'a> {
    fn member(&mut self, name: Text<'a>, value: Raw<'a>);
}

impl<'a> Sink<'a> for Vec<Member<'a>> {
    fn member(&mut self, name: Text<'a>, value: Raw<'a>) {
        self.push(Member { name, value });
    }
}

/// Keeps nothing.
struct Nowhere;

impl<'a> Sink<'a> for Nowhere {
    fn member(&mut self, _name: Text<'a>, _value: Raw<'a>) {}
}

/// Scans `text` as one object; hands its members to `sink`.
pub(super) fn object<'a>(text: &'a str, sink: &mut impl Sink<'a>) -> Result<(), JsonError> {
    let mut scan = Scan::new(text);
    scan.space();
    if !scan.eat(b'{') {
        // A reader that takes arrays for objects finds no claim in one, and skips all checks
        // (CVE-2026-107723).
        return Err(scan.value(0).map_or_else(|error| error, |_| JsonError::NotAnObject));
    }
    scan.object(1, sink)?;
    scan.end()
}

/// Scans `text` as one array; gives its elements.
pub(super) fn array(text: &str) -> Result<Vec<Raw<'_>>, JsonError> {
    let mut scan = Scan::new(text);
    if !scan.eat(b'[') {
        return Err(JsonError::Syntax);
    }
    let mut elements = Vec::new();
    scan.array(1, |element| elements.push(element))?;
    scan.end()?;
    Ok(elements)
}

/// Scans `text` as one value of any kind.
pub(super) fn any(text: &str) -> Result<Raw<'_>, JsonError> {
    let mut scan = Scan::new(text);
    scan.space();
    let value = scan.value(0)?;
    scan.end()?;
    Ok(value)
}

struct Scan<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    names: Names<'a>,
}

impl<'a> Scan<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, bytes: text.as_bytes(), at: 0, names: Names::default() }
    }

    fn value(&mut self, depth: usize) -> Result<Raw<'a>, JsonError> {
        let start = self.at;
        let inner = depth.saturating_add(1);
        match self.peek().ok_or(JsonError::Syntax)? {
            b'"' => self.string().map(Raw::String),
            b'{' => {
                self.skip();
                self.object(inner, &mut Nowhere)?;
                Ok(Raw::Object(self.since(start)))
            }
            b'[' => {
                self.skip();
                self.array(inner, |_| ())?;
                Ok(Raw::Array(self.since(start)))
            }
            b't' => self.word(b"true", Raw::Bool(true)),
            b'f' => self.word(b"false", Raw::Bool(false)),
            b'n' => self.word(b"null", Raw::Null),
            _ => self.number().map(Raw::Number),
        }
    }

    /// The members after `{`, up to and with `}`.
    fn object(&mut self, depth: usize, sink: &mut impl Sink<'a>) -> Result<(), JsonError> {
        within(depth, LIMITS.json_depth)?;
        let first = self.names.len();
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
            sink.member(name, self.value(depth)?);
            self.space();
            if self.eat(b'}') {
                self.names.truncate(first);
                return Ok(());
            }
            self.expect(b',')?;
        }
    }

    /// The elements after `[`, up to and with `]`.
    fn array(&mut self, depth: usize, mut keep: impl FnMut(Raw<'a>)) -> Result<(), JsonError> {
        within(depth, LIMITS.json_depth)?;
        self.space();
        if self.eat(b']') {
            return Ok(());
        }
        loop {
            self.space();
            keep(self.value(depth)?);
            self.space();
            if self.eat(b']') {
                return Ok(());
            }
            self.expect(b',')?;
        }
    }

    /// A name that differs from all since `first`, each of which has left its mark in `seen`.
    fn name(&mut self, first: usize, seen: &mut u64) -> Result<Text<'a>, JsonError> {
        let name = self.string()?;
        within(self.names.len().saturating_sub(first).saturating_add(1), LIMITS.json_members)?;
        let mark = mark(name);
        // Names whose marks differ are different, and most do.
        if *seen & mark != 0 && self.names.holds(name, first) {
            return Err(JsonError::DuplicateName);
        }
        *seen |= mark;
        self.names.push(name);
        Ok(name)
    }

    /// A string, without its quotes.
    fn string(&mut self) -> Result<Text<'a>, JsonError> {
        let [b'"', inner @ ..] = self.bytes.get(self.at..).unwrap_or_default() else {
            return Err(JsonError::Syntax);
        };
        let start = self.at.saturating_add(1);
        let plain = special(inner).ok_or(JsonError::Syntax)?;
        self.at = start.saturating_add(plain);
        if inner.get(plain) == Some(&b'"') {
            let inner = self.since(start);
            self.skip();
            return Ok(Text { inner, escaped: false });
        }
        self.string_with_escapes(start)
    }

    /// The rest of a string that began at `start`, at its first backslash.
    #[cold]
    fn string_with_escapes(&mut self, start: usize) -> Result<Text<'a>, JsonError> {
        while !self.eat(b'"') {
            self.expect(b'\\')?; // else a bare control character
            self.escape()?;
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            self.at = self.at.saturating_add(special(rest).ok_or(JsonError::Syntax)?);
        }
        let inner = self.text.get(start..self.at.saturating_sub(1)).unwrap_or_default();
        Ok(Text { inner, escaped: true })
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

    fn number(&mut self) -> Result<&'a str, JsonError> {
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
        let text = self.since(start);
        if text.len() == integer && integer <= SURELY_IN_RANGE {
            return Ok(text);
        }
        let value: f64 = text.parse().map_err(|_| JsonError::Syntax)?;
        if text.len() > LIMITS.json_number_bytes || value.abs() > LIMITS.json_number {
            return Err(JsonError::NumberRange);
        }
        Ok(text)
    }

    /// One or more digits.
    fn digits(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.skip();
        }
        if self.at == start { Err(JsonError::Syntax) } else { Ok(()) }
    }

    fn word(&mut self, word: &[u8], value: Raw<'a>) -> Result<Raw<'a>, JsonError> {
        if !self.bytes.get(self.at..).unwrap_or_default().starts_with(word) {
            return Err(JsonError::Syntax);
        }
        self.at = self.at.saturating_add(word.len());
        Ok(value)
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

    /// What was scanned since `start`.
    fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
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

/// One bit of 64, by the length of a name and two of its bytes, so that the usual claims differ; all
/// bits for a name that may be written in several ways.
fn mark(name: Text<'_>) -> u64 {
    if name.escaped {
        return u64::MAX;
    }
    let bytes = name.inner.as_bytes();
    let last = bytes.last().copied().unwrap_or_default();
    let middle = bytes.get(bytes.len() / 2).copied().unwrap_or_default();
    let mixed = u32::from(last).wrapping_add(u32::from(middle).wrapping_mul(8));
    let len = u32::try_from(bytes.len()).unwrap_or_default();
    1_u64.wrapping_shl(mixed.wrapping_add(len.wrapping_mul(39)))
}

/// The names in the objects that are open, the outer ones first: the first few without an allocation.
#[derive(Default)]
struct Names<'a> {
    near: [Text<'a>; NEAR],
    near_len: usize,
    far: Vec<Text<'a>>,
}

/// More names than the claims of a token usually have.
const NEAR: usize = 24;

impl<'a> Names<'a> {
    fn len(&self) -> usize {
        self.near_len.saturating_add(self.far.len())
    }

    fn push(&mut self, name: Text<'a>) {
        match self.near.get_mut(self.near_len) {
            Some(place) => {
                *place = name;
                self.near_len = self.near_len.saturating_add(1);
            }
            None => self.far.push(name),
        }
    }

    fn truncate(&mut self, len: usize) {
        self.far.truncate(len.saturating_sub(NEAR));
        self.near_len = self.near_len.min(len);
    }

    /// Whether `name` is one of those since `first`.
    #[cold]
    fn holds(&self, name: Text<'a>, first: usize) -> bool {
        let near = self.near.iter().take(self.near_len);
        near.chain(&self.far).skip(first).any(|other| other.same(name))
    }
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
    const TOPS: u64 = ONES.wrapping_mul(0x80);
    let quote = word ^ ONES.wrapping_mul(0x22);
    let backslash = word ^ ONES.wrapping_mul(0x5c);
    (below(quote, 1) | below(backslash, 1) | below(word, 0x20)) & TOPS
}

const fn below(word: u64, n: u64) -> u64 {
    word.wrapping_sub(ONES.wrapping_mul(n)) & !word
}

const ONES: u64 = 0x0101_0101_0101_0101;
