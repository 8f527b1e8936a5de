//! The members of a JWK, read alike for keys that sign and keys that encrypt (RFC 7517, RFC 7518 § 6).

use std::borrow::Cow;

use zeroize::Zeroizing;

use super::KeyError;
use crate::b64;
use crate::crypto::{RSA_EXPONENT, RsaParts};
use crate::ids::KeyId;
use crate::json::{Object, Raw};
use crate::limits::LIMITS;

/// The private members of all key types (RFC 7518 § 6, RFC 9964: `priv`). `k` is apart: in a key of
/// type `oct` it is all there is, and in any other it is private material in the wrong place.
const PRIVATE: [&str; 9] = ["d", "p", "q", "dp", "dq", "qi", "oth", "priv", "k"];

/// The members of one JWK.
pub(crate) struct Members<'a>(Object<'a>);

/// The numbers of an RSA private key, overwritten when they are dropped.
pub(crate) struct RsaNumbers([Zeroizing<Vec<u8>>; 7]);

impl<'a> Members<'a> {
    /// The members of a whole JWK.
    pub(crate) fn parse(json: &'a [u8]) -> Result<Self, KeyError> {
        if json.len() > LIMITS.key_bytes {
            return Err(KeyError::TooLarge);
        }
        Self::of_any_size(json)
    }

    /// As [`Self::parse`], where the text around it is capped.
    pub(crate) fn of_any_size(json: &'a [u8]) -> Result<Self, KeyError> {
        Ok(Self(Object::parse(json)?))
    }

    /// Whether there is anything that must stay private.
    pub(crate) fn are_private(&self) -> bool {
        PRIVATE.iter().any(|name| self.0.has(name))
    }

    /// A member that is a string if it is there.
    pub(crate) fn text(&self, name: &'static str) -> Result<Option<Cow<'a, str>>, KeyError> {
        let read = |value: Raw<'a>| value.as_str().ok_or(KeyError::InvalidMember(name));
        self.0.get(name).map(read).transpose()
    }

    /// `kty`, which every key has.
    pub(crate) fn key_type(&self) -> Result<Cow<'a, str>, KeyError> {
        self.text("kty")?.ok_or(KeyError::MissingMember("kty"))
    }

    /// `kid`, where it is there.
    pub(crate) fn key_id(&self) -> Result<Option<KeyId>, KeyError> {
        let read = |id: Cow<'_, str>| KeyId::new(id).map_err(|_| KeyError::InvalidMember("kid"));
        self.text("kid")?.map(read).transpose()
    }

    /// Checks that `use`, where given, is `usage` (RFC 7517 § 4.2); answers `key_ops`, where given
    /// (§ 4.3).
    pub(crate) fn operations(&self, usage: &str) -> Result<Option<Vec<Cow<'a, str>>>, KeyError> {
        if self.text("use")?.is_some_and(|found| found != usage) {
            return Err(KeyError::WrongUse);
        }
        let Some(value) = self.0.get("key_ops") else { return Ok(None) };
        let all = value.as_array().and_then(|all| all.into_iter().map(Raw::as_str).collect());
        all.map(Some).ok_or(KeyError::InvalidMember("key_ops"))
    }

    /// A member in base64url.
    pub(crate) fn bytes(&self, name: &'static str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let text = self.text(name)?.ok_or(KeyError::MissingMember(name))?;
        b64::decode(&text).map(Zeroizing::new).map_err(|_| KeyError::InvalidMember(name))
    }

    /// A coordinate or scalar of exactly `len` bytes: leading zeros count (RFC 7518 § 6.2.1.2).
    pub(crate) fn fixed(
        &self,
        name: &'static str,
        len: usize,
    ) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let bytes = self.bytes(name)?;
        if bytes.len() == len { Ok(bytes) } else { Err(KeyError::InvalidMember(name)) }
    }

    /// The modulus of an RSA key, whose exponent must be the one that we take.
    pub(crate) fn rsa_modulus(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        if self.number("e")?.as_slice() != RSA_EXPONENT {
            return Err(KeyError::InvalidMember("e"));
        }
        self.number("n")
    }

    /// All numbers of an RSA private key of two primes.
    pub(crate) fn rsa_numbers(&self) -> Result<RsaNumbers, KeyError> {
        if self.0.has("oth") {
            // More than two primes (RFC 7518 § 6.3.2.7).
            return Err(KeyError::Unsupported);
        }
        Ok(RsaNumbers([
            self.rsa_modulus()?,
            self.number("d")?,
            self.number("p")?,
            self.number("q")?,
            self.number("dp")?,
            self.number("dq")?,
            self.number("qi")?,
        ]))
    }

    /// A positive number without leading zeros (RFC 7518 § 2, `Base64urlUInt`).
    fn number(&self, name: &'static str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let bytes = self.bytes(name)?;
        match bytes.first() {
            Some(1..) => Ok(bytes),
            _ => Err(KeyError::InvalidMember(name)),
        }
    }
}

impl RsaNumbers {
    pub(crate) fn parts(&self) -> RsaParts<'_> {
        let [n, d, p, q, dp, dq, qi] = &self.0;
        RsaParts { n, d, p, q, dp, dq, qi }
    }
}
