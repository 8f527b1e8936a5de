//! The compact serialization (RFC 7515 § 7.1), taken apart without copying.

use memchr::{memchr, memrchr};

use crate::b64::{self, decoded_len};
use crate::limits::LIMITS;
use crate::reject::Reason;

/// The three parts of a token, still encoded.
pub(crate) struct Compact<'a> {
    pub(crate) header: &'a str,
    pub(crate) payload: &'a str,
    pub(crate) signature: &'a str,
    /// Header and payload with the dot between: what is signed.
    pub(crate) signing_input: &'a str,
}

impl<'a> Compact<'a> {
    /// Takes apart a token of a size that headers of requests have.
    pub(crate) fn split(token: &'a str) -> Result<Self, Reason> {
        Self::split_within(token, LIMITS.token_bytes, LIMITS.header_bytes)
    }

    /// Takes `token` apart, which is at most `token_bytes` long, and its header `header_bytes`. Costs
    /// the same whatever a bad token holds, and allocates nothing: a megabyte of dots is refused by its
    /// length (CVE-2025-30204).
    pub(crate) fn split_within(
        token: &'a str,
        token_bytes: usize,
        header_bytes: usize,
    ) -> Result<Self, Reason> {
        if token.len() > token_bytes {
            return Err(Reason::TooLong);
        }
        let last = memrchr(b'.', token.as_bytes()).ok_or(Reason::Malformed)?;
        let (signing_input, signature) = cut(token, last).ok_or(Reason::Malformed)?;
        let first = memchr(b'.', signing_input.as_bytes()).ok_or(Reason::Malformed)?;
        let (header, payload) = cut(signing_input, first).ok_or(Reason::Malformed)?;
        if decoded_len(header) > header_bytes {
            return Err(Reason::TooLong);
        }
        Ok(Self { header, payload, signature, signing_input })
    }

    /// Refuses a token of more than three parts.
    ///
    /// Nothing depends on it, because a dot is no base64url; but whoever sends a JWE by mistake finds
    /// that in the log.
    pub(crate) fn check_parts(&self) -> Result<(), Reason> {
        match self.payload.bytes().filter(|byte| *byte == b'.').count() {
            0 => Ok(()),
            2 => Err(Reason::Encrypted),
            _ => Err(Reason::Malformed),
        }
    }

    /// The same without the padding, which each part must have (RFC 4648 § 3.2). What is signed keeps
    /// its own.
    pub(crate) fn without_padding(self) -> Result<Self, Reason> {
        let strip = |part: &'a str| b64::without_padding(part).ok_or(Reason::Malformed);
        Ok(Self {
            header: strip(self.header)?,
            payload: strip(self.payload)?,
            signature: strip(self.signature)?,
            signing_input: self.signing_input,
        })
    }

    /// The decoded header.
    pub(crate) fn decode_header(&self) -> Result<Vec<u8>, Reason> {
        b64::decode(self.header).map_err(|_| Reason::Malformed)
    }

    /// The decoded payload.
    pub(crate) fn decode_payload(&self) -> Result<Vec<u8>, Reason> {
        b64::decode(self.payload).map_err(|_| Reason::Malformed)
    }
}

/// What stands before and after the byte `at`, which is ASCII.
fn cut(text: &str, at: usize) -> Option<(&str, &str)> {
    Some((text.get(..at)?, text.get(at.checked_add(1)?..)?))
}
