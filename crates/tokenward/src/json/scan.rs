//! The scanner: one pass, one stack frame per level, no more than [`LIMITS`] allow.

use std::borrow::Cow;

use super::{JsonError, Member, Raw};
use crate::limits::LIMITS;

/// Scans `text` as one object; gives its members.
pub(super) fn object(text: &str) -> Result<Vec<Member<'_>>, JsonError> {
    let mut scan = Scan { rest: text, names: Vec::with_capacity(16) };
    scan.space();
    if !scan.eat(b'{') {
        // A reader that takes arrays for objects finds no claim in one, and skips all checks
        // (CVE-2026-107723).
        return Err(scan.value(0).map_or_else(|error| error, |_| JsonError::NotAnObject));
    }
    let mut members = Vec::with_capacity(16);
    scan.object(1, Some(&mut members))?;
    scan.end()?;
    Ok(members)
}

/// Scans `text` as one array; gives its elements.
pub(super) fn array(text: &str) -> Result<Vec<Raw<'_>>, JsonError> {
    let mut scan = Scan { rest: text, names: Vec::new() };
    if !scan.eat(b'[') {
        return Err(JsonError::Syntax);
    }
    let mut elements = Vec::new();
    scan.array(1, Some(&mut elements))?;
    scan.end()?;
    Ok(elements)
}

struct Scan<'a> {
    rest: &'a str,
    /// The names seen in the objects that are open, the outer ones first.
    names: Vec<Cow<'a, str>>,
}

impl<'a> Scan<'a> {
    fn value(&mut self, depth: usize) -> Result<Raw<'a>, JsonError> {
        let start = self.rest;
        let inner = depth.saturating_add(1);
        match self.peek().ok_or(JsonError::Syntax)? {
            b'"' => self.string().map(Raw::String),
            b'{' => {
                self.advance(1);
                self.object(inner, None)?;
                Ok(Raw::Object(self.since(start)))
            }
            b'[' => {
                self.advance(1);
                self.array(inner, None)?;
                Ok(Raw::Array(self.since(start)))
            }
            b't' => self.word("true", Raw::Bool(true)),
            b'f' => self.word("false", Raw::Bool(false)),
            b'n' => self.word("null", Raw::Null),
            _ => self.number().map(Raw::Number),
        }
    }

    /// The members after `{`, up to and with `}`.
    fn object(
        &mut self,
        depth: usize,
        mut keep: Option<&mut Vec<Member<'a>>>,
    ) -> Result<(), JsonError> {
        within(depth, LIMITS.json_depth)?;
        let first = self.names.len();
        self.space();
        if self.eat(b'}') {
            return Ok(());
        }
        loop {
            self.space();
            let name = self.name(first)?;
            self.space();
            self.expect(b':')?;
            self.space();
            let value = self.value(depth)?;
            if let Some(members) = &mut keep {
                members.push(Member { name, value });
            }
            self.space();
            if self.eat(b'}') {
                self.names.truncate(first);
                return Ok(());
            }
            self.expect(b',')?;
        }
    }

    /// The elements after `[`, up to and with `]`.
    fn array(
        &mut self,
        depth: usize,
        mut keep: Option<&mut Vec<Raw<'a>>>,
    ) -> Result<(), JsonError> {
        within(depth, LIMITS.json_depth)?;
        self.space();
        if self.eat(b']') {
            return Ok(());
        }
        loop {
            self.space();
            let value = self.value(depth)?;
            if let Some(elements) = &mut keep {
                elements.push(value);
            }
            self.space();
            if self.eat(b']') {
                return Ok(());
            }
            self.expect(b',')?;
        }
    }

    /// A name that differs from all since `first`.
    fn name(&mut self, first: usize) -> Result<Cow<'a, str>, JsonError> {
        let name = Raw::String(self.string()?).as_str().ok_or(JsonError::Syntax)?;
        let siblings = self.names.get(first..).unwrap_or_default();
        within(siblings.len().saturating_add(1), LIMITS.json_members)?;
        if siblings.contains(&name) {
            return Err(JsonError::DuplicateName);
        }
        self.names.push(name.clone());
        Ok(name)
    }

    /// A string, with its quotes.
    fn string(&mut self) -> Result<&'a str, JsonError> {
        let start = self.rest;
        self.expect(b'"')?;
        loop {
            let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
            let plain = self.rest.bytes().position(|byte| special(&byte));
            self.advance(plain.ok_or(JsonError::Syntax)?);
            if self.eat(b'"') {
                return Ok(self.since(start));
            }
            self.expect(b'\\')?; // else a bare control character
            self.escape()?;
        }
    }

    /// What follows a backslash.
    fn escape(&mut self) -> Result<(), JsonError> {
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.advance(1);
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
        let digits = self.rest.get(1..5).ok_or(JsonError::Syntax)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(JsonError::Syntax);
        }
        self.advance(5);
        u16::from_str_radix(digits, 16).map_err(|_| JsonError::Syntax)
    }

    fn number(&mut self) -> Result<&'a str, JsonError> {
        let start = self.rest;
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?;
        }
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _signed = self.eat(b'+') || self.eat(b'-');
            self.digits()?;
        }
        let text = self.since(start);
        let value: f64 = text.parse().map_err(|_| JsonError::Syntax)?;
        if text.len() > LIMITS.json_number_bytes || value.abs() > LIMITS.json_number {
            return Err(JsonError::NumberRange);
        }
        Ok(text)
    }

    /// One or more digits.
    fn digits(&mut self) -> Result<(), JsonError> {
        let others = |byte: u8| !byte.is_ascii_digit();
        let count = self.rest.bytes().position(others).unwrap_or(self.rest.len());
        self.advance(count);
        if count == 0 { Err(JsonError::Syntax) } else { Ok(()) }
    }

    fn word(&mut self, word: &str, value: Raw<'a>) -> Result<Raw<'a>, JsonError> {
        self.rest = self.rest.strip_prefix(word).ok_or(JsonError::Syntax)?;
        Ok(value)
    }

    fn space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    fn peek(&self) -> Option<u8> {
        self.rest.as_bytes().first().copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.advance(1);
        }
        found
    }

    fn expect(&mut self, byte: u8) -> Result<(), JsonError> {
        if self.eat(byte) { Ok(()) } else { Err(JsonError::Syntax) }
    }

    /// Goes on by `count` bytes, all of them seen to be there and ASCII at the cut.
    fn advance(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
    }

    /// What was scanned since `start`.
    fn since(&self, start: &'a str) -> &'a str {
        start.get(..start.len().saturating_sub(self.rest.len())).unwrap_or_default()
    }

    fn end(&mut self) -> Result<(), JsonError> {
        self.space();
        if self.rest.is_empty() { Ok(()) } else { Err(JsonError::Syntax) }
    }
}

fn within(count: usize, limit: usize) -> Result<(), JsonError> {
    if count <= limit { Ok(()) } else { Err(JsonError::TooLarge) }
}
