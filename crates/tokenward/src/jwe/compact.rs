//! The compact serialization of a JWE (RFC 7516 § 7.1), taken apart without copying.

use zeroize::Zeroizing;

use crate::b64::{self, decoded_len};
use crate::crypto::{IV_LEN, TAG_LEN};
use crate::limits::LIMITS;
use crate::reject::Reason;

/// The five parts of a JWE, still encoded.
pub(super) struct Compact<'a> {
    /// What is authenticated beside the content: the header, as it was sent.
    pub(super) header: &'a str,
    encrypted_key: &'a str,
    iv: &'a str,
    ciphertext: &'a str,
    tag: &'a str,
}

/// The parts after the header, decoded.
pub(super) struct Parts {
    pub(super) encrypted_key: Vec<u8>,
    pub(super) iv: [u8; IV_LEN],
    /// Zeroizing, for it is decrypted where it lies.
    pub(super) content: Zeroizing<Vec<u8>>,
    pub(super) tag: [u8; TAG_LEN],
}

impl<'a> Compact<'a> {
    /// Takes `token` apart. Costs the same whatever a bad token holds, and allocates nothing.
    pub(super) fn split(token: &'a str) -> Result<Self, Reason> {
        if token.len() > LIMITS.token_bytes {
            return Err(Reason::TooLong);
        }
        let mut parts = token.splitn(6, '.');
        let mut next = || parts.next();
        let (header, second, third) = (next(), next(), next());
        let (fourth, fifth, sixth) = (next(), next(), next());
        match (header, second, third, fourth, fifth, sixth) {
            (Some(header), Some(encrypted_key), Some(iv), Some(ciphertext), Some(tag), None) => {
                if decoded_len(header) > LIMITS.header_bytes {
                    return Err(Reason::TooLong);
                }
                Ok(Self { header, encrypted_key, iv, ciphertext, tag })
            }
            (Some(_), Some(_), Some(_), None, ..) => Err(Reason::NotEncrypted),
            _ => Err(Reason::Malformed),
        }
    }

    /// The decoded header.
    pub(super) fn decode_header(&self) -> Result<Vec<u8>, Reason> {
        decode(self.header)
    }

    /// The other parts, decoded: a nonce of exactly 96 bits and a tag of exactly 128 (RFC 7518 § 5.3),
    /// in which the sender has no choice.
    pub(super) fn decode_parts(&self) -> Result<Parts, Reason> {
        Ok(Parts {
            encrypted_key: decode(self.encrypted_key)?,
            iv: decode(self.iv)?.try_into().map_err(|_| Reason::Malformed)?,
            content: Zeroizing::new(decode(self.ciphertext)?),
            tag: decode(self.tag)?.try_into().map_err(|_| Reason::Malformed)?,
        })
    }
}

fn decode(part: &str) -> Result<Vec<u8>, Reason> {
    b64::decode(part).map_err(|_| Reason::Malformed)
}
