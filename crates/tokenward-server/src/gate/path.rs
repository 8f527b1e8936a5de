//! The path of the original request, in the one form that rules are compared with.
//!
//! **Invariant:** a path that the service behind the proxy might read differently from us has no such
//! form. It is refused, because a rule about it would be a rule about something else.

use std::fmt;

#[cfg(test)]
mod tests;

/// A path without query: absolute, escapes resolved, no empty segment but perhaps the last.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CanonicalPath(String);

/// A path that somebody might read differently from us.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BadPath {
    /// It does not begin with `/`.
    #[error("does not begin with `/`")]
    NotAbsolute,
    /// It is longer than [`CanonicalPath::MAX_LEN`].
    #[error("is longer than 8192 bytes")]
    TooLong,
    /// A segment is `.` or `..`, escaped or not: some resolve it, some do not.
    #[error("holds `.` or `..` as a segment")]
    Dots,
    /// Two slashes follow each other: some merge them, some do not.
    #[error("holds `//`")]
    EmptySegment,
    /// `%2F` or `%5C`: some take it for a separator.
    #[error("holds an escaped slash or backslash")]
    EscapedSeparator,
    /// A backslash, which some take for a slash.
    #[error("holds a backslash")]
    Backslash,
    /// A control character or a space, escaped NUL among them: some end the path there.
    #[error("holds a control character or a space")]
    Control,
    /// A `%` without two hexadecimal digits, or escapes that are no UTF-8.
    #[error("holds an escape that is none")]
    BadEscape,
    /// `%25`: whoever unescapes twice reads another path.
    #[error("holds an escaped `%`")]
    EscapedPercent,
    /// A `;` (some cut parameters off there) or a `#` (a fragment never belongs in a request).
    #[error("holds `;` or `#`")]
    Parameters,
    /// It equals what a rule is about but for letter case: a service that ignores case takes it for that.
    #[error("is that of a rule but for letter case")]
    LetterCase,
}

impl CanonicalPath {
    /// The longest path with a canonical form: more than any header limit in front of us lets through.
    pub const MAX_LEN: usize = 8_192;

    /// The canonical form of the path of `target`, a path with or without a query.
    pub fn parse(target: &str) -> Result<Self, BadPath> {
        let path = target.split_once('?').map_or(target, |(path, _query)| path);
        if path.len() > Self::MAX_LEN {
            return Err(BadPath::TooLong);
        }
        if !path.starts_with('/') {
            return Err(BadPath::NotAbsolute);
        }
        let path = String::from_utf8(unescape(path)?).map_err(|_| BadPath::BadEscape)?;
        let mut segments = path.split('/').skip(1).peekable();
        while let Some(segment) = segments.next() {
            match segment {
                "." | ".." => return Err(BadPath::Dots),
                "" if segments.peek().is_some() => return Err(BadPath::EmptySegment),
                _ => {}
            }
        }
        Ok(Self(path))
    }

    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its segments; a slash at the end adds none, because most services do not tell the two apart.
    fn segments(&self) -> impl Iterator<Item = &str> {
        self.0.split('/').filter(|segment| !segment.is_empty())
    }
}

impl fmt::Display for CanonicalPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which paths a rule is about: `*` is any one segment, `**` at the end any further ones or none.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PathPattern {
    text: Box<str>,
    segments: Vec<Segment>,
    rest: bool,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Segment {
    Text(Box<str>),
    Any,
}

/// A pattern that could only be a mistake.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BadPattern {
    /// No path that is compared with it can ever match.
    #[error("path `{0}` {1}, so no request could match it")]
    Path(Box<str>, BadPath),
    /// A `*` within a segment, or a `**` before the end.
    #[error("path `{0}`: `*` stands for one whole segment, `**` for the rest at the end alone")]
    Star(Box<str>),
}

impl PathPattern {
    /// Parses a pattern such as `/invoices/*` or `/admin/**`. It is written unescaped.
    pub fn parse(text: &str) -> Result<Self, BadPattern> {
        let path =
            CanonicalPath::parse(text).map_err(|error| BadPattern::Path(text.into(), error))?;
        let mut segments: Vec<&str> = path.segments().collect();
        let rest = segments.last() == Some(&"**");
        if rest {
            segments.pop();
        }
        let segments = segments.into_iter().map(|segment| match segment {
            "*" => Ok(Segment::Any),
            text if !text.contains('*') => Ok(Segment::Text(text.into())),
            _ => Err(BadPattern::Star(text.into())),
        });
        Ok(Self { text: text.into(), segments: segments.collect::<Result<_, _>>()?, rest })
    }

    /// Whether `path` is one of them. Upper and lower case differ.
    #[must_use]
    pub fn matches(&self, path: &CanonicalPath) -> bool {
        self.matches_by(path, |wanted, segment| wanted == segment)
    }

    /// Whether `path` is one of them for a service that ignores letter case.
    pub(super) fn matches_in_any_case(&self, path: &CanonicalPath) -> bool {
        self.matches_by(path, |wanted, segment| {
            wanted.eq_ignore_ascii_case(segment) || folded(wanted).eq(folded(segment))
        })
    }

    fn matches_by(&self, path: &CanonicalPath, equal: impl Fn(&str, &str) -> bool) -> bool {
        let mut found = path.segments();
        let all = self.segments.iter().all(|wanted| match (wanted, found.next()) {
            (Segment::Text(text), Some(segment)) => equal(text, segment),
            (Segment::Any, Some(_)) => true,
            (_, None) => false,
        });
        all && (self.rest || found.next().is_none())
    }
}

impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Without letter case, as widely as anybody may see it: `K` of Kelvin and `ſ` are `k` and `s` to some.
fn folded(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase)
}

fn unescape(path: &str) -> Result<Vec<u8>, BadPath> {
    let mut plain = Vec::with_capacity(path.len());
    let mut bytes = path.bytes();
    while let Some(byte) = bytes.next() {
        let (byte, escaped) = match byte {
            b'%' => (escape(bytes.next(), bytes.next()).ok_or(BadPath::BadEscape)?, true),
            byte => (byte, false),
        };
        plain.push(match byte {
            b'/' | b'\\' if escaped => return Err(BadPath::EscapedSeparator),
            b'\\' => return Err(BadPath::Backslash),
            b'%' => return Err(BadPath::EscapedPercent),
            b';' => return Err(BadPath::Parameters),
            b'#' if !escaped => return Err(BadPath::Parameters),
            // An escaped space is a character like any other; a bare one splits the request line.
            b' ' if escaped => byte,
            byte if byte.is_ascii_control() || byte == b' ' => return Err(BadPath::Control),
            byte => byte,
        });
    }
    Ok(plain)
}

fn escape(high: Option<u8>, low: Option<u8>) -> Option<u8> {
    let digit =
        |byte: Option<u8>| char::from(byte?).to_digit(16).and_then(|d| u8::try_from(d).ok());
    Some(digit(high)? << 4 | digit(low)?)
}
