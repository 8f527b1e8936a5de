//! The scanner: one pass, one stack frame per level, no more than [`LIMITS`] allow.
//!
//! It hands each member of the outermost object to a [`Sink`] as it is found, so that whoever wants a
//! few of them keeps nothing else, and allocates nothing.

use std::ops::Range;

use super::names::{Names, Seen};
use super::{JsonError, Member, Raw, Text};
use crate::limits::LIMITS;

/// Where members of the outermost object go.
pub(crate) trait Sink<'a> {
    /// The place that the sink has for this name, below 64: a name whose place is taken stands twice,
    /// and names with a place are compared with no others.
    fn place(_name: &[u8]) -> Option<u8> {
        None
    }

    /// A member of the object in `text`.
    fn member(&mut self, text: &'a str, name: Span, place: Option<u8>, value: Span);
}

impl<'a> Sink<'a> for Vec<Member<'a>> {
    fn member(&mut self, text: &'a str, name: Span, _place: Option<u8>, value: Span) {
        self.push(Member { name: name.text(text), value: value.raw(text) });
    }
}

/// Keeps nothing.
struct Nowhere;

impl<'a> Sink<'a> for Nowhere {
    fn member(&mut self, _text: &'a str, _name: Span, _place: Option<u8>, _value: Span) {}
}

/// Where in the text a value stands: in two registers, where a [`Raw`] takes four words of memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    start: u32,
    end: u32,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Null,
    True,
    False,
    Number,
    /// What stands between the quotes.
    String,
    /// The same, with escapes.
    Escaped,
    Array,
    Object,
}

impl Span {
    #[inline]
    fn slice(self, text: &str) -> &str {
        text.get(self.range()).unwrap_or_default()
    }

    /// As [`Self::slice`], without a look at where characters begin.
    #[inline]
    fn bytes(self, text: &[u8]) -> &[u8] {
        text.get(self.range()).unwrap_or_default()
    }

    #[inline]
    fn range(self) -> Range<usize> {
        let at = |at: u32| usize::try_from(at).unwrap_or(usize::MAX);
        at(self.start)..at(self.end)
    }

    /// The string that it is in `text`.
    #[inline]
    pub(crate) fn text(self, text: &str) -> Text<'_> {
        Text { inner: self.slice(text), escaped: self.kind == Kind::Escaped }
    }

    /// What the string says, if it is one without escapes.
    #[inline]
    pub(crate) fn plain(self, text: &str) -> Option<&str> {
        (self.kind == Kind::String).then(|| self.slice(text))
    }

    /// The value that it is in `text`.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "so that no `Raw` is written to be read at once")]
    pub(crate) fn raw(self, text: &str) -> Raw<'_> {
        match self.kind {
            Kind::Null => Raw::Null,
            Kind::True => Raw::Bool(true),
            Kind::False => Raw::Bool(false),
            Kind::Number => Raw::Number(self.slice(text)),
            Kind::String | Kind::Escaped => Raw::String(self.text(text)),
            Kind::Array => Raw::Array(self.slice(text)),
            Kind::Object => Raw::Object(self.slice(text)),
        }
    }
}

/// Scans `text` as one object; hands its members to `sink`.
pub(super) fn object<'a>(text: &'a str, sink: &mut impl Sink<'a>) -> Result<(), JsonError> {
    let mut scan = Scan::new(text)?;
    scan.space();
    if !scan.eat(b'{') {
        // A reader that takes arrays for objects finds no claim in one, and skips all checks
        // (CVE-2026-107723).
        return Err(scan.value(0).map_or_else(|error| error, |_| JsonError::NotAnObject));
    }
    scan.object(1, sink)?;
    scan.end()
}

/// As [`object`], of a text whose first members the caller knows: those of the places `taken`, each of
/// which stands there once, up to and with the comma before `at`.
pub(super) fn rest_of_object<'a>(
    text: &'a str,
    at: usize,
    taken: &[u8],
    sink: &mut impl Sink<'a>,
) -> Result<(), JsonError> {
    let mut scan = Scan::new(text)?;
    scan.at = u32::try_from(at).map_err(|_| JsonError::TooLarge)?;
    let mut seen = scan.names.begin();
    for place in taken {
        seen.count();
        seen.takes(*place);
    }
    scan.space();
    scan.members(1, seen, sink)?;
    scan.end()
}

/// Scans `text` as one array; gives its elements.
pub(super) fn array(text: &str) -> Result<Vec<Raw<'_>>, JsonError> {
    let mut scan = Scan::new(text)?;
    if !scan.eat(b'[') {
        return Err(JsonError::Syntax);
    }
    let mut elements = Vec::new();
    scan.array(1, |element| elements.push(element.raw(text)))?;
    scan.end()?;
    Ok(elements)
}

/// Scans `text` as one value of any kind.
pub(super) fn any(text: &str) -> Result<Raw<'_>, JsonError> {
    let mut scan = Scan::new(text)?;
    scan.space();
    let value = scan.value(0)?;
    scan.end()?;
    Ok(value.raw(text))
}

struct Scan<'a> {
    text: &'a str,
    bytes: &'a [u8],
    /// As a span has it, so that none must be converted.
    at: u32,
    names: Names,
}

impl<'a> Scan<'a> {
    fn new(text: &'a str) -> Result<Self, JsonError> {
        // No place in it is beyond what a span can say.
        u32::try_from(text.len()).map_err(|_| JsonError::TooLarge)?;
        Ok(Self { text, bytes: text.as_bytes(), at: 0, names: Names::default() })
    }

    fn value(&mut self, depth: usize) -> Result<Span, JsonError> {
        let start = self.at;
        let inner = depth.saturating_add(1);
        match self.peek().ok_or(JsonError::Syntax)? {
            b'"' => self.string(),
            b'{' => {
                self.skip();
                self.object(inner, &mut Nowhere)?;
                Ok(self.since(start, Kind::Object))
            }
            b'[' => {
                self.skip();
                self.array(inner, |_| ())?;
                Ok(self.since(start, Kind::Array))
            }
            b't' => self.word(b"true", Kind::True),
            b'f' => self.word(b"false", Kind::False),
            b'n' => self.word(b"null", Kind::Null),
            _ => self.number(),
        }
    }

    /// The members after `{`, up to and with `}`.
    fn object<S: Sink<'a>>(&mut self, depth: usize, sink: &mut S) -> Result<(), JsonError> {
        within(depth, LIMITS.json_depth)?;
        self.space();
        if self.eat(b'}') {
            return Ok(());
        }
        self.members(depth, self.names.begin(), sink)
    }

    /// One member or more, up to and with `}`, after those that were `seen`.
    #[inline]
    fn members<S: Sink<'a>>(
        &mut self,
        depth: usize,
        mut seen: Seen,
        sink: &mut S,
    ) -> Result<(), JsonError> {
        loop {
            let (name, place) = self.name::<S>(&mut seen)?;
            self.space();
            self.expect(b':')?;
            self.space();
            // Most claims are strings, which a call for each would make twice as dear.
            let value = if self.peek() == Some(b'"') { self.string() } else { self.value(depth) };
            sink.member(self.text, name, place, value?);
            self.space();
            if self.eat(b'}') {
                return self.names.end(&seen, self.text);
            }
            self.expect(b',')?;
            self.space();
        }
    }

    /// The elements after `[`, up to and with `]`.
    fn array(&mut self, depth: usize, mut keep: impl FnMut(Span)) -> Result<(), JsonError> {
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

    /// A name that this object has not had yet, and its place in the sink.
    #[inline]
    fn name<S: Sink<'a>>(&mut self, seen: &mut Seen) -> Result<(Span, Option<u8>), JsonError> {
        let name = self.string()?;
        within(seen.count(), LIMITS.json_members)?;
        let place = match name.kind {
            Kind::Escaped => S::place(name.text(self.text).to_str().as_bytes()),
            _ => S::place(name.bytes(self.bytes)),
        };
        let Some(place) = place else {
            self.names.add(name, seen, self.text)?;
            return Ok((name, None));
        };
        if seen.takes(place) { Ok((name, Some(place))) } else { Err(JsonError::DuplicateName) }
    }

    /// A string, without its quotes.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a fifth of the scan; the compiler makes calls of it")]
    fn string(&mut self) -> Result<Span, JsonError> {
        self.expect(b'"')?;
        let start = self.at;
        self.find_special();
        let inner = self.since(start, Kind::String);
        if self.eat(b'"') { Ok(inner) } else { self.string_with_escapes(start) }
    }

    /// Goes to the next quote, backslash or control character, or to the end.
    #[inline]
    fn find_special(&mut self) {
        loop {
            let found = special_in(self.eight());
            if found != 0 {
                self.forth(first_byte(found));
                return;
            }
            self.forth(8);
        }
    }

    /// The next eight bytes, the first one lowest; zeros, which are special, follow the end.
    #[inline]
    fn eight(&self) -> u64 {
        match self.bytes.get(self.index()..).and_then(<[u8]>::first_chunk) {
            Some(word) => u64::from_le_bytes(*word),
            None => self.last_eight(),
        }
    }

    /// The same where fewer than eight bytes are left: nearly every payload ends in such a string.
    fn last_eight(&self) -> u64 {
        let left = self.bytes.len().saturating_sub(self.index());
        if let Some(last) = self.bytes.last_chunk() {
            // All but those that are left are shifted out.
            let gone = 64_u32.wrapping_sub(u32::try_from(left).unwrap_or_default().wrapping_mul(8));
            return u64::from_le_bytes(*last).checked_shr(gone).unwrap_or_default();
        }
        let rest = self.bytes.get(self.index()..).unwrap_or_default();
        rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
    }

    /// The rest of a string that began at `start`, at its first backslash.
    #[cold]
    fn string_with_escapes(&mut self, start: u32) -> Result<Span, JsonError> {
        while self.peek() != Some(b'"') {
            self.expect(b'\\')?; // else a bare control character
            self.escape()?;
            self.find_special();
        }
        let inner = self.since(start, Kind::Escaped);
        self.skip();
        Ok(inner)
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
        let end = self.index().saturating_add(4);
        let digits = self.text.get(self.index()..end).ok_or(JsonError::Syntax)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(JsonError::Syntax);
        }
        self.forth(4);
        u16::from_str_radix(digits, 16).map_err(|_| JsonError::Syntax)
    }

    fn number(&mut self) -> Result<Span, JsonError> {
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
        let number = self.since(start, Kind::Number);
        if self.at.saturating_sub(start) == integer && integer <= SURELY_IN_RANGE {
            return Ok(number);
        }
        let text = number.slice(self.text);
        let value: f64 = text.parse().map_err(|_| JsonError::Syntax)?;
        if text.len() > LIMITS.json_number_bytes || value.abs() > LIMITS.json_number {
            return Err(JsonError::NumberRange);
        }
        Ok(number)
    }

    /// One or more digits.
    fn digits(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        loop {
            let others = others_than_digits_in(self.eight());
            if others != 0 {
                self.forth(first_byte(others));
                break;
            }
            self.forth(8);
        }
        if self.at == start { Err(JsonError::Syntax) } else { Ok(()) }
    }

    fn word(&mut self, word: &[u8], kind: Kind) -> Result<Span, JsonError> {
        let start = self.at;
        if !self.bytes.get(self.index()..).unwrap_or_default().starts_with(word) {
            return Err(JsonError::Syntax);
        }
        self.forth(u32::try_from(word.len()).unwrap_or_default());
        Ok(self.since(start, kind))
    }

    #[inline]
    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.skip();
        }
    }

    #[inline]
    fn index(&self) -> usize {
        usize::try_from(self.at).unwrap_or(usize::MAX)
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.index()).copied()
    }

    fn skip(&mut self) {
        self.forth(1);
    }

    /// Only ever to the end of the text: all callers have looked at what they leave behind.
    fn forth(&mut self, bytes: u32) {
        self.at = self.at.wrapping_add(bytes);
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
    #[inline]
    const fn since(&self, start: u32, kind: Kind) -> Span {
        Span { start, end: self.at, kind }
    }

    fn end(&mut self) -> Result<(), JsonError> {
        self.space();
        if self.index() == self.bytes.len() { Ok(()) } else { Err(JsonError::Syntax) }
    }
}

/// The length of a whole number, sign included, that is below 2⁵³ - 1 whatever its digits.
const SURELY_IN_RANGE: u32 = 15;

fn within(count: usize, limit: usize) -> Result<(), JsonError> {
    if count <= limit { Ok(()) } else { Err(JsonError::TooLarge) }
}

/// Eight bytes at once: the top bit of the lowest byte that is special, and perhaps of some above it.
///
/// A byte below `n` borrows from its top bit when `n` is taken away; only above the lowest such byte
/// can a borrow have come from another.
const fn special_in(word: u64) -> u64 {
    // Swaps the quote, 0x22, for the space, 0x20, so that it follows the control characters.
    let swapped = word ^ ONES.wrapping_mul(0x02);
    let backslash = word ^ ONES.wrapping_mul(0x5c);
    (below(swapped, 0x21) | below(backslash, 1)) & TOPS
}

/// As [`special_in`], of bytes that are no digits. A byte above 9, after what makes digits of them,
/// reaches its top bit when 0x76 is added, if it has not got it already.
const fn others_than_digits_in(word: u64) -> u64 {
    let digits = word ^ ONES.wrapping_mul(0x30);
    (digits.wrapping_add(ONES.wrapping_mul(0x76)) | digits) & TOPS
}

/// The place of the lowest byte of which a bit is set in `found`.
const fn first_byte(found: u64) -> u32 {
    found.trailing_zeros() / 8
}

const fn below(word: u64, n: u64) -> u64 {
    word.wrapping_sub(ONES.wrapping_mul(n)) & !word
}

const ONES: u64 = 0x0101_0101_0101_0101;
const TOPS: u64 = ONES.wrapping_mul(0x80);
