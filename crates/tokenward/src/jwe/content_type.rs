//! What is inside: the `cty` of a JWE (RFC 7516 § 4.1.12).

use std::borrow::Cow;
use std::fmt;

/// The media type of what is encrypted.
///
/// ```
/// use tokenward::ContentType;
/// let markdown = ContentType::new("text/markdown")?;
/// assert_eq!(markdown.as_str(), "text/markdown");
/// # Ok::<(), tokenward::InvalidContentType>(())
/// ```
#[derive(Clone, Debug)]
pub struct ContentType(Cow<'static, str>);

/// The text is no media type as `cty` may hold it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "a content type is `type/subtype`, or the subtype of `application/`, of 1 to 127 characters"
)]
#[non_exhaustive]
pub struct InvalidContentType;

impl ContentType {
    /// The longest, in bytes (RFC 6838 § 4.2 allows 127 for each half; no registered type has half).
    pub const MAX_LEN: usize = 127;

    /// `JWT`: a nested token (RFC 7519 § 5.2).
    pub const JWT: Self = Self(Cow::Borrowed("JWT"));

    /// `at+jwt`: a nested access token (RFC 9068 § 2.1).
    pub const ACCESS_TOKEN: Self = Self(Cow::Borrowed("at+jwt"));

    /// Parses `text`: a media type without parameters, whose `application/` may be left out.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidContentType> {
        let text = text.into();
        let name = |part: &str| {
            let first = part.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric);
            first && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
        };
        let valid = match text.split_once('/') {
            Some((kind, subtype)) => name(kind) && name(subtype),
            None => name(&text),
        };
        if valid && text.len() <= Self::MAX_LEN {
            Ok(Self(text.into()))
        } else {
            Err(InvalidContentType)
        }
    }

    /// The type as it stands in a header.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a header's `cty` names this type.
    pub(super) fn is_named(&self, cty: &str) -> bool {
        short(cty).eq_ignore_ascii_case(short(&self.0))
    }
}

impl fmt::Display for ContentType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `cty` without the `application/` that it may leave out, where no other `/` follows (RFC 7516 §
/// 4.1.12 with RFC 7515 § 4.1.10).
fn short(cty: &str) -> &str {
    match cty.split_once('/') {
        Some((kind, subtype))
            if kind.eq_ignore_ascii_case("application") && !subtype.contains('/') =>
        {
            subtype
        }
        _ => cty,
    }
}
