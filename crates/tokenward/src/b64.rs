//! base64url without padding, in its one canonical form (RFC 7515 § 2, RFC 4648 § 3.5).
//!
//! Two different texts never decode to the same bytes: padding, line breaks, the other alphabet and
//! stray bits in the last character are refused, so that a token has one spelling.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// The text was not canonical base64url without padding.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not canonical base64url without padding")]
#[non_exhaustive]
pub struct InvalidBase64;

/// `bytes` as base64url.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes that `text` stands for.
pub fn decode(text: &str) -> Result<Vec<u8>, InvalidBase64> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidBase64)
}

/// Decodes into `buffer`, and gives the part that was filled.
pub(crate) fn decode_into<'a>(text: &str, buffer: &'a mut [u8]) -> Option<&'a [u8]> {
    let len = URL_SAFE_NO_PAD.decode_slice(text, buffer).ok()?;
    buffer.get(..len)
}

/// Appends `bytes` as base64url to `text`.
pub(crate) fn append(bytes: &[u8], text: &mut String) {
    URL_SAFE_NO_PAD.encode_string(bytes, text);
}

/// The bytes of the body of a PEM block, whose line breaks are gone already.
pub(crate) fn decode_pem_body(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

#[cfg(test)]
mod tests;
