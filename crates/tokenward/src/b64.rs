//! base64url without padding, in its one canonical form (RFC 7515 § 2, RFC 4648 § 3.5).
//!
//! Two different texts never decode to the same bytes: padding, line breaks, the other alphabet and
//! stray bits in the last character are refused, so that a token has one spelling.
//!
//! The decoder takes many characters at a time: what is left of a verification beside the signature is
//! a third base64, and an ML-DSA signature has 4,412 characters or more.

use base64_simd::{STANDARD, URL_SAFE_NO_PAD};

/// The text was not canonical base64url without padding.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not canonical base64url without padding")]
#[non_exhaustive]
pub struct InvalidBase64;

/// `bytes` as base64url.
///
/// ```
/// assert_eq!(tokenward::b64::encode(b"\xfb\xff"), "-_8");
/// ```
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode_to_string(bytes)
}

/// The bytes that `text` stands for.
///
/// ```
/// use tokenward::b64::decode;
///
/// assert_eq!(decode("-_8").unwrap(), b"\xfb\xff");
/// for other_spelling in ["-_8=", "+/8", "-_9", "-_8\n"] {
///     assert!(decode(other_spelling).is_err());
/// }
/// ```
pub fn decode(text: &str) -> Result<Vec<u8>, InvalidBase64> {
    let mut bytes = Vec::new();
    decode_into(text, &mut bytes)?;
    Ok(bytes)
}

/// Decodes into `bytes`, whose contents are replaced, and whose room is used again.
pub(crate) fn decode_into(text: &str, bytes: &mut Vec<u8>) -> Result<(), InvalidBase64> {
    bytes.clear();
    URL_SAFE_NO_PAD.decode_append(text, bytes).map_err(|_| InvalidBase64)
}

/// The length that `text` decodes to.
pub(crate) const fn decoded_len(text: &str) -> usize {
    text.len().saturating_mul(3) / 4
}

/// `text` without its padding, which must be there where its length asks for it (RFC 4648 § 3.2).
pub(crate) fn without_padding(text: &str) -> Option<&str> {
    let bare = text.trim_end_matches('=');
    let padding = text.len().checked_sub(bare.len())?;
    // One character over four cannot be made whole by three of padding: it is six bits of a byte.
    (text.len().is_multiple_of(4) && padding <= 2).then_some(bare)
}

/// Appends `bytes` as base64url to `text`.
pub(crate) fn append(bytes: &[u8], text: &mut String) {
    URL_SAFE_NO_PAD.encode_append(bytes, text);
}

/// The body of a PEM block, without line breaks.
pub(crate) fn encode_pem_body(bytes: &[u8]) -> String {
    STANDARD.encode_to_string(bytes)
}

/// The bytes of the body of a PEM block, whose line breaks are gone already.
pub(crate) fn decode_pem_body(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode_to_vec(text).ok()
}

#[cfg(test)]
mod tests;
