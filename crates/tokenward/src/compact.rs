//! The compact serialization (RFC 7515 § 7.1), taken apart without copying.

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
    /// Takes `token` apart. Costs the same whatever a bad token holds, and allocates nothing: a
    /// megabyte of dots is refused by its length (CVE-2025-30204).
    pub(crate) fn split(token: &'a str) -> Result<Self, Reason> {
        if token.len() > LIMITS.token_bytes {
            return Err(Reason::TooLong);
        }
        let (signing_input, signature) = token.rsplit_once('.').ok_or(Reason::Malformed)?;
        let (header, payload) = signing_input.split_once('.').ok_or(Reason::Malformed)?;
        if payload.contains('.') {
            let jwe = payload.bytes().filter(|byte| *byte == b'.').count() == 2;
            return Err(if jwe { Reason::Encrypted } else { Reason::Malformed });
        }
        if decoded_len(header) > LIMITS.header_bytes {
            return Err(Reason::TooLong);
        }
        Ok(Self { header, payload, signature, signing_input })
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
