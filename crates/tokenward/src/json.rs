//! JSON as tokens and keys may use it: stricter than RFC 8259, so that no two parsers can differ.
//!
//! **Invariant:** what [`Object::parse`] gives was valid JSON, an object at the top, without
//! duplicate names at any level (compared after unescaping), without lone surrogates, with every
//! number in the range that all parsers share, nested at most [`LIMITS`]`.json_depth` deep, and with
//! nothing after its end.
//!
//! The scan checks everything and keeps the top-level members as slices of the text. Only the few
//! that somebody asks for are decoded.

mod scan;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use serde_json::Value;

#[cfg(doc)]
use crate::limits::LIMITS;
use crate::time::UnixTime;

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
#[derive(Debug, Default)]
pub(crate) struct Object<'a> {
    members: Vec<Member<'a>>,
}

/// A name and its value.
#[derive(Debug)]
pub(crate) struct Member<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) value: Raw<'a>,
}

impl<'a> Object<'a> {
    /// Reads `text`, which must be one object and nothing else.
    pub(crate) fn parse(text: &'a [u8]) -> Result<Self, JsonError> {
        let text = std::str::from_utf8(text).map_err(|_| JsonError::Syntax)?;
        Ok(Self { members: scan::object(text)? })
    }

    /// The value of the member `name`.
    pub(crate) fn get(&self, name: &str) -> Option<Raw<'a>> {
        self.members.iter().find(|member| member.name == name).map(|member| member.value)
    }

    /// Whether there is a member `name`.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// All members, in their order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Member<'a>> {
        self.members.iter()
    }
}

/// A JSON value as it stands in the text, already checked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Raw<'a> {
    Null,
    Bool(bool),
    Number(&'a str),
    /// With its quotes.
    String(&'a str),
    Array(&'a str),
    Object(&'a str),
}

/// The last second of the year 9999, the last one that RFC 3339 can write.
const LAST_DATE: u64 = 253_402_300_799;

impl<'a> Raw<'a> {
    /// The text of a string.
    pub(crate) fn as_str(self) -> Option<Cow<'a, str>> {
        let Self::String(quoted) = self else { return None };
        let inner = quoted.strip_prefix('"')?.strip_suffix('"')?;
        if inner.contains('\\') {
            serde_json::from_str(quoted).ok().map(Cow::Owned)
        } else {
            Some(Cow::Borrowed(inner))
        }
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
        if let Ok(secs) = text.parse() {
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
            Self::Number(text) | Self::String(text) | Self::Array(text) | Self::Object(text) => {
                serde_json::from_str(text).ok()
            }
        }
    }

    /// The text of an object or an array.
    pub(crate) fn as_object_text(self) -> Option<&'a str> {
        let Self::Object(text) = self else { return None };
        Some(text)
    }
}
