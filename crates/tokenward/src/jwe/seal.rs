//! The key of a sealed session: a token in two halves, neither of which is worth anything alone.
//!
//! One half is the token, encrypted, which its holder keeps where scripts can read it. The other is the
//! key, which stands where scripts cannot. Inside, the signed token names the key (`cnf.seal`), so that
//! whoever gets hold of the signed token itself can use it neither in the open nor under a key of theirs.

use std::fmt;

use zeroize::Zeroizing;

use super::decrypt::Decrypter;
use super::encrypt::{EncryptError, Encrypter};
use super::key::{DecryptionKey, EncryptionKey};
use super::keys::DecryptionKeys;
use super::nested::NestedType;
use crate::b64;
use crate::crypto::Secret256;
use crate::key::KeyError;
use crate::reject::Reason;

#[cfg(test)]
mod tests;

/// The key that the tokens of one session are sealed under, for a short time.
///
/// ```
/// # use tokenward::{Issuer, SigningKey, TokenRequest, UnixTime, Verifier};
/// # fn f(issuer: Issuer, request: TokenRequest, key: SigningKey, verifier: Verifier, now: UnixTime) -> Result<(), Box<dyn std::error::Error>> {
/// use tokenward::SealKey;
/// use tokenward::crypto::Secret256;
///
/// let seal = SealKey::new(Secret256::random());
/// let token = issuer.issue(request.sealed_under(&seal), &key, now)?;
/// let sealed = seal.seal(&token)?; // for the client to keep; `seal` goes into a cookie
///
/// let claims = verifier.verify_sealed(&sealed, &[seal], now)?;
/// assert!(verifier.verify(&token, now).is_err()); // in the open it is nobody's
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct SealKey(Secret256);

impl SealKey {
    /// The key of these 256 bits, which nobody may be able to guess.
    #[must_use]
    pub const fn new(secret: Secret256) -> Self {
        Self(secret)
    }

    /// Parses what [`Self::expose`] gave: 43 characters of canonical base64url.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        // Checked first, so that nothing long is ever decoded.
        if text.len() != TEXT {
            return Err(KeyError::Malformed);
        }
        let bytes = Zeroizing::new(b64::decode(text).map_err(|_| KeyError::Malformed)?);
        let bytes = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| KeyError::Malformed)?;
        Ok(Self(Secret256::from_bytes(bytes)))
    }

    /// The key as text, for the cookie.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        // Room for all of it at once: growing would leave a copy behind.
        let mut text = Zeroizing::new(String::with_capacity(TEXT.saturating_add(1)));
        b64::append(self.0.expose(), &mut text);
        text
    }

    /// Encrypts a signed token under this key (`dir`, A256GCM, `cty: at+jwt`), which must have been
    /// issued for it: see [`TokenRequest::sealed_under`](crate::TokenRequest::sealed_under).
    pub fn seal(&self, token: &str) -> Result<String, EncryptError> {
        let key = EncryptionKey::from_secret(self.0.expose()).map_err(|_| EncryptError::Failed)?;
        Encrypter::new(key.named_by_thumbprint()).nest(token, NestedType::AccessToken)
    }

    /// How many characters a signed token of `length` characters has once it is sealed.
    #[must_use]
    pub const fn sealed_length(length: usize) -> usize {
        // The header, and after each of four dots: nothing, 96 bits, the token, 128 bits.
        let around = HEADER.saturating_add(4 + 16 + 22);
        length.saturating_mul(4).div_ceil(3).saturating_add(around)
    }

    /// What the key is called in the header of what it seals, and in the token inside: a MAC under it,
    /// which tells nothing of it.
    pub(crate) fn name(&self) -> String {
        EncryptionKey::from_secret(self.0.expose()).map(|key| key.thumbprint()).unwrap_or_default()
    }

    /// What was sealed under one of `keys`, and the name of that one.
    pub(crate) fn open(keys: &[Self], token: &str) -> Result<(Zeroizing<Vec<u8>>, String), Reason> {
        let keys = keys.iter().filter_map(|key| DecryptionKey::from_secret(key.0.expose()).ok());
        let keys = DecryptionKeys::new(keys.map(DecryptionKey::named_by_thumbprint))
            .map_err(|_| Reason::BadDecryption)?;
        let content_type = NestedType::AccessToken.content_type();
        let decrypter = Decrypter::builder().keys(keys).content_type(content_type).build();
        // A key of another session is no key of the issuer's that we might not have heard of yet.
        let opened = decrypter.decrypt(token).map_err(|rejected| match rejected.reason() {
            Reason::UnknownKey | Reason::NoKeyId => Reason::BadDecryption,
            other => *other,
        })?;
        let name = opened.key_id().map(ToString::to_string).unwrap_or_default();
        Ok((opened.into_bytes(), name))
    }
}

/// Shows nothing of the key.
impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey(..)")
    }
}

/// 32 bytes in base64url.
const TEXT: usize = 43;
/// `{"alg":"dir","cty":"at+jwt","enc":"A256GCM","kid":"…"}`, encoded.
const HEADER: usize = 128;
