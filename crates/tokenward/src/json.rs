//! JSON as tokens and keys may use it: stricter than RFC 8259, so that no two parsers can differ.
//!
//! [`from_slice`] and [`from_str`] read any type that derives `serde::Deserialize`, with the rules that
//! every token and key of this crate is read by.
//!
//! **Invariant:** what is read was valid JSON in UTF-8, without duplicate names at any level (compared
//! after unescaping), without lone surrogates, with every number in the range that all parsers share
//! (RFC 7493 § 2.2), nested at most [`LIMITS`]`.json_depth` deep, and with nothing after its end.
//! A struct is read from an object, never from an array by position.
//!
//! ```
//! #[derive(serde::Deserialize)]
//! struct Member {
//!     name: String,
//!     age: u8,
//! }
//!
//! let ada: Member = tokenward::json::from_str(r#"{"name":"ada","age":36}"#)?;
//! assert_eq!((ada.name.as_str(), ada.age), ("ada", 36));
//! for bad in [r#"["ada",36]"#, r#"{"name":"ada","age":36,"\u0061ge":99}"#, r#"{"name":"ada","age":36} "#] {
//!     assert_eq!(tokenward::json::from_str::<Member>(bad).is_err(), !bad.ends_with(' '));
//! }
//! # Ok::<(), tokenward::json::ReadError>(())
//! ```

mod names;
mod read;
mod scan;
#[cfg(test)]
mod tests;
mod unescape;

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::Value;

pub(crate) use read::ObjectReader;
pub use read::{ReadError, from_slice, from_str};
pub(crate) use scan::{Sink, Span};

#[cfg(doc)]
use crate::limits::LIMITS;
use crate::time::UnixTime;
use unescape::Unescaped;

/// Why a text is not JSON that we read.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// It is not UTF-8, not JSON, ends early, or goes on after its end.
    #[error("not valid JSON")]
    Syntax,
    /// Something else than an object stands at the top.
    #[error("not a JSON object")]
    NotAnObject,
    /// A name stands twice in one object.
    #[error("a JSON object has a name twice")]
    DuplicateName,
    /// It is nested too deep, or an object has too many members.
    #[error("the JSON is nested too deep or too large")]
    TooLarge,
    /// A number is beyond ±(2⁵³ - 1), or too long.
    #[error("a JSON number is out of range")]
    NumberRange,
    /// A `\u` escape is half a surrogate pair.
    #[error("a JSON string holds a lone surrogate")]
    LoneSurrogate,
}

/// A JSON object whose members are slices of the text it was read from.
#[derive(Clone, Debug)]
pub(crate) struct Object<'a>(Vec<Member<'a>>);

/// A name and its value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member<'a> {
    pub(crate) name: Text<'a>,
    pub(crate) value: Raw<'a>,
}

impl<'a> Object<'a> {
    /// Reads `text`, which must be one object and nothing else.
    pub(crate) fn parse(text: &'a [u8]) -> Result<Self, JsonError> {
        let mut members = Vec::with_capacity(16);
        scan(text, &mut members)?;
        Ok(Self(members))
    }

    /// The value of the member `name`.
    pub(crate) fn get(&self, name: &str) -> Option<Raw<'a>> {
        self.0.iter().find(|member| member.name.is(name)).map(|member| member.value)
    }

    /// Whether there is a member `name`.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// All members, in their order.
    pub(crate) fn into_members(self) -> Vec<Member<'a>> {
        self.0
    }

    /// All members, in their order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Member<'a>> {
        self.0.iter().copied()
    }
}

/// Checks `text`, which must be one object and nothing else, and hands its members to `sink`; gives
/// the text back.
pub(crate) fn scan<'a>(text: &'a [u8], sink: &mut impl Sink<'a>) -> Result<&'a str, JsonError> {
    let text = std::str::from_utf8(text).map_err(|_| JsonError::Syntax)?;
    scan::object(text, sink)?;
    Ok(text)
}

/// As [`scan()`], of a text whose first members the caller knows: those of the places `taken`, each of
/// which stands there once, up to and with the comma before `at`.
pub(crate) fn scan_rest<'a>(
    text: &'a [u8],
    at: usize,
    taken: &[u8],
    sink: &mut impl Sink<'a>,
) -> Result<&'a str, JsonError> {
    let text = std::str::from_utf8(text).map_err(|_| JsonError::Syntax)?;
    scan::rest_of_object(text, at, taken, sink)?;
    Ok(text)
}

/// What stands between the quotes of a string, already checked.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Text<'a> {
    inner: &'a str,
    escaped: bool,
}

impl<'a> Text<'a> {
    /// What the string says.
    #[inline]
    pub(crate) fn to_str(self) -> Cow<'a, str> {
        if self.escaped { Cow::Owned(self.unescaped()) } else { Cow::Borrowed(self.inner) }
    }

    #[cold]
    fn unescaped(self) -> String {
        Unescaped::new(self.inner).collect()
    }

    /// Whether it says `text`.
    fn is(self, text: &str) -> bool {
        if self.escaped {
            return Unescaped::new(self.inner).eq(text.chars());
        }
        self.inner == text
    }

    /// In the order of what they say.
    fn cmp(self, other: Self) -> Ordering {
        if self.escaped || other.escaped {
            return Unescaped::new(self.inner).cmp(Unescaped::new(other.inner));
        }
        self.inner.cmp(other.inner)
    }
}

/// A JSON value as it stands in the text, already checked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Raw<'a> {
    Null,
    Bool(bool),
    Number(&'a str),
    String(Text<'a>),
    Array(&'a str),
    Object(&'a str),
}

/// How many digits the largest number has that the scanner lets pass.
const DIGITS: usize = 16;

/// The number that `text`, a JSON number, is if it has nothing but digits.
#[inline]
fn whole(text: &str) -> Option<u64> {
    if text.is_empty() || text.len() > DIGITS {
        return None;
    }
    let mut whole = true;
    let number = text.bytes().fold(0_u64, |number, byte| {
        let digit = byte.wrapping_sub(b'0');
        whole &= digit < 10;
        number.wrapping_mul(10).wrapping_add(digit.into())
    });
    whole.then_some(number)
}

/// The last second of the year 9999, the last one that RFC 3339 can write.
pub(crate) const LAST_DATE: u64 = 253_402_300_799;

impl<'a> Raw<'a> {
    /// The text of a string.
    #[inline]
    pub(crate) fn as_str(self) -> Option<Cow<'a, str>> {
        let Self::String(text) = self else { return None };
        Some(text.to_str())
    }

    /// The elements of an array.
    pub(crate) fn as_array(self) -> Option<Vec<Self>> {
        let Self::Array(text) = self else { return None };
        scan::array(text).ok()
    }

    /// A whole number that is not negative, written without fraction or exponent.
    pub(crate) fn as_u64(self) -> Option<u64> {
        let Self::Number(text) = self else { return None };
        text.parse().ok()
    }

    /// A `NumericDate` (RFC 7519 § 2) in the years 1970 to 9999; a fraction is cut to milliseconds.
    pub(crate) fn as_date(self) -> Option<UnixTime> {
        let Self::Number(text) = self else { return None };
        if let Some(secs) = whole(text) {
            return (secs <= LAST_DATE).then_some(UnixTime::from_secs(secs));
        }
        let since_epoch = std::time::Duration::try_from_secs_f64(text.parse().ok()?).ok()?;
        let millis = u64::try_from(since_epoch.as_millis()).ok()?;
        (since_epoch.as_secs() <= LAST_DATE).then_some(UnixTime::from_millis(millis))
    }

    /// The value as a tree.
    pub(crate) fn to_value(self) -> Option<Value> {
        match self {
            Self::Null => Some(Value::Null),
            Self::Bool(value) => Some(Value::Bool(value)),
            Self::String(text) => Some(Value::String(text.to_str().into_owned())),
            Self::Number(text) | Self::Array(text) | Self::Object(text) => {
                serde_json::from_str(text).ok()
            }
        }
    }

    /// The text of an object.
    pub(crate) fn as_object_text(self) -> Option<&'a str> {
        let Self::Object(text) = self else { return None };
        Some(text)
    }
}
