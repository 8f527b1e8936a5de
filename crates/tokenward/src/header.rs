//! The protected header of a token (RFC 7515 § 4).
//!
//! **Invariant:** only `alg`, `kid` and `typ` are ever used. `jku`, `x5u`, `jwk` and `x5c`, which would
//! let a token bring its own key, have no code that reads them; proofs of possession, which are no
//! tokens, have a reader of their own for `jwk` ([`dpop`](crate::profile::dpop)).

use std::borrow::Cow;

use crate::alg::Algorithm;
use crate::b64;
use crate::ids::KeyId;
use crate::json::{Object, Raw};
use crate::reject::Reason;

/// The parameters of a header that has no other say.
pub(crate) struct Header<'a> {
    pub(crate) algorithm: Algorithm,
    pub(crate) key_id: Option<Cow<'a, str>>,
    pub(crate) typ: Option<Cow<'a, str>>,
}

impl<'a> Header<'a> {
    /// Reads a decoded header.
    pub(crate) fn parse(json: &'a [u8]) -> Result<Self, Reason> {
        Self::read(&Object::parse(json).map_err(|_| Reason::InvalidHeader)?)
    }

    /// Reads the members of a decoded header.
    pub(crate) fn read(header: &Object<'a>) -> Result<Self, Reason> {
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
        Ok(Self { algorithm, typ: text("typ")?, key_id: text("kid")? })
    }
}

/// The header of the tokens that we sign, encoded. Its bytes are always the same for the same key and
/// type, so that a verifier recognizes it by comparison.
pub(crate) fn encode(algorithm: Algorithm, id: &KeyId, typ: &str) -> String {
    // No character that a key id may hold needs an escape in JSON.
    let json = format!(r#"{{"alg":"{algorithm}","kid":"{id}","typ":"{typ}"}}"#);
    b64::encode(json.as_bytes())
}
