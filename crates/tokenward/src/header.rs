//! The protected header of a token (RFC 7515 § 4).
//!
//! **Invariant:** only `alg`, `kid` and `typ` are ever used. `jku`, `x5u`, `jwk` and `x5c`, which would
//! let a token bring its own key, have no code that reads them.

use std::borrow::Cow;

use crate::alg::Algorithm;
use crate::b64;
use crate::ids::KeyId;
use crate::json::{Object, Raw};
use crate::reject::Reason;

/// What a token is meant for: the `typ` that a verifier expects.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum TokenType {
    /// An access token of RFC 9068: `at+jwt` or `application/at+jwt`, with a `client_id`.
    #[default]
    AccessToken,
    /// Also `JWT`, or no `typ` at all, and then without `client_id`: for issuers that set no type.
    ///
    /// # Security
    ///
    /// This gives up the wall between kinds of tokens (RFC 8725 § 3.11): any JWT that the same keys
    /// sign for the same audience is taken, an ID token perhaps.
    Jwt,
}

impl TokenType {
    /// Whether a token with this `typ` is acceptable.
    fn admits(self, typ: Option<&str>) -> bool {
        if typ.is_some_and(is_access_token) {
            return true;
        }
        match self {
            Self::AccessToken => false,
            Self::Jwt => typ.is_none_or(|typ| media_subtype(typ).eq_ignore_ascii_case("JWT")),
        }
    }
}

/// The text is the name of no token type that may be accepted.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the token type must be at+jwt or JWT")]
#[non_exhaustive]
pub struct UnknownTokenType;

impl std::str::FromStr for TokenType {
    type Err = UnknownTokenType;

    fn from_str(name: &str) -> Result<Self, UnknownTokenType> {
        if is_access_token(name) {
            Ok(Self::AccessToken)
        } else if media_subtype(name).eq_ignore_ascii_case("JWT") {
            Ok(Self::Jwt)
        } else {
            Err(UnknownTokenType)
        }
    }
}

/// The parameters of a header that has no other say.
pub(crate) struct Header<'a> {
    pub(crate) algorithm: Algorithm,
    pub(crate) key_id: Option<Cow<'a, str>>,
    /// Whether it says that this is an access token of RFC 9068.
    pub(crate) is_access_token: bool,
}

impl<'a> Header<'a> {
    /// Reads the decoded header of a token that should be of type `accept`.
    pub(crate) fn parse(json: &'a [u8], accept: TokenType) -> Result<Self, Reason> {
        let header = Object::parse(json).map_err(|_| Reason::InvalidHeader)?;
        // A library that skips a critical parameter it does not know verifies something else than
        // was signed (CVE-2025-59420). `b64` changes what is signed, `zip` what is read.
        if ["crit", "b64", "zip"].iter().any(|name| header.has(name)) {
            return Err(Reason::CriticalHeader);
        }
        let text = |name| match header.get(name).map(Raw::as_str) {
            Some(None) => Err(Reason::InvalidHeader),
            Some(text) => Ok(text),
            None => Ok(None),
        };
        let algorithm = text("alg")?.ok_or(Reason::InvalidHeader)?;
        let algorithm = Algorithm::from_name(&algorithm).ok_or(Reason::UnsupportedAlgorithm)?;
        let typ = text("typ")?;
        if !accept.admits(typ.as_deref()) {
            return Err(Reason::WrongType);
        }
        let is_access_token = typ.as_deref().is_some_and(is_access_token);
        Ok(Self { algorithm, key_id: text("kid")?, is_access_token })
    }
}

/// The header of the tokens that we sign, encoded. Its bytes are always the same for the same key,
/// so that a verifier recognizes it by comparison.
pub(crate) fn encode(algorithm: Algorithm, id: &KeyId) -> String {
    // No character that a key id may hold needs an escape in JSON.
    let json = format!(r#"{{"alg":"{algorithm}","kid":"{id}","typ":"at+jwt"}}"#);
    b64::encode(json.as_bytes())
}

fn is_access_token(typ: &str) -> bool {
    media_subtype(typ).eq_ignore_ascii_case("at+jwt")
}

/// `typ` without the `application/` that it may leave out (RFC 7515 § 4.1.9).
fn media_subtype(typ: &str) -> &str {
    match typ.split_once('/') {
        Some((kind, subtype)) if kind.eq_ignore_ascii_case("application") => subtype,
        _ => typ,
    }
}
