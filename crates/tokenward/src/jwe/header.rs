//! The protected header of a JWE (RFC 7516 § 4).
//!
//! **Invariant:** only `alg`, `enc`, `kid`, `cty`, `epk`, `apu` and `apv` are ever used. `jku`, `x5u`,
//! `jwk` and `x5c` have no code that reads them, nor has `p2c`, which would let a token say how long we
//! work on it (CVE-2023-52428).

use std::borrow::Cow;
use std::fmt::Write as _;

use super::algorithm::{ContentEncryption, Curve, KeyAlgorithm};
use super::content_type::ContentType;
use super::jwk;
use crate::b64;
use crate::crypto::AgreementPublic;
use crate::ids::KeyId;
use crate::json::{Object, Raw};
use crate::limits::LIMITS;
use crate::reject::Reason;

/// The parameters of a header that has no other say.
pub(super) struct Header<'a> {
    members: Object<'a>,
    algorithm: Cow<'a, str>,
    pub(super) encryption: ContentEncryption,
    pub(super) key_id: Option<Cow<'a, str>>,
    pub(super) content_type: Option<Cow<'a, str>>,
}

/// Who the two sides said they are, decoded (RFC 7518 §§ 4.6.1.2, 4.6.1.3). It goes into the key.
pub(super) struct Parties {
    pub(super) u: Vec<u8>,
    pub(super) v: Vec<u8>,
}

impl<'a> Header<'a> {
    /// Reads a decoded header.
    pub(super) fn parse(json: &'a [u8]) -> Result<Self, Reason> {
        let members = Object::parse(json).map_err(|_| Reason::InvalidHeader)?;
        // `zip` would let a few bytes become many before anybody could look at them
        // (CVE-2024-28176); `crit` names what must not be skipped (CVE-2025-59420).
        if ["crit", "b64", "zip"].iter().any(|name| members.has(name)) {
            return Err(Reason::CriticalHeader);
        }
        let algorithm = text(&members, "alg")?.ok_or(Reason::InvalidHeader)?;
        if !KeyAlgorithm::is_name(&algorithm) {
            return Err(Reason::UnsupportedAlgorithm);
        }
        let encryption = text(&members, "enc")?.ok_or(Reason::InvalidHeader)?;
        let encryption =
            ContentEncryption::from_name(&encryption).ok_or(Reason::UnsupportedAlgorithm)?;
        let key_id = text(&members, "kid")?;
        let content_type = text(&members, "cty")?;
        text(&members, "typ")?;
        Ok(Self { members, algorithm, encryption, key_id, content_type })
    }

    /// Checks that the header names the algorithm of the key that it is for.
    pub(super) fn agrees_with(&self, algorithm: KeyAlgorithm) -> Result<(), Reason> {
        if self.algorithm == algorithm.as_str() { Ok(()) } else { Err(Reason::WrongAlgorithm) }
    }

    /// The sender's key for this one message, which must be public and on `curve` (RFC 7518 §
    /// 4.6.1.1).
    ///
    /// Off the curve, it would draw the recipient's private key out, a few bits a message
    /// (CVE-2017-16007).
    pub(super) fn ephemeral(&self, curve: Curve) -> Result<AgreementPublic, Reason> {
        let key = self.members.get("epk").and_then(Raw::as_object_text);
        key.and_then(|key| jwk::ephemeral(key.as_bytes(), curve)).ok_or(Reason::InvalidEphemeralKey)
    }

    /// Who the two sides said they are.
    pub(super) fn parties(&self) -> Result<Parties, Reason> {
        Ok(Parties { u: self.party("apu")?, v: self.party("apv")? })
    }

    fn party(&self, name: &str) -> Result<Vec<u8>, Reason> {
        let Some(encoded) = text(&self.members, name)? else { return Ok(Vec::new()) };
        let party = b64::decode(&encoded).map_err(|_| Reason::InvalidHeader)?;
        if party.len() > LIMITS.party_bytes { Err(Reason::InvalidHeader) } else { Ok(party) }
    }
}

/// The header of what we encrypt, encoded. Names come in order of the alphabet.
pub(super) fn encode(
    algorithm: KeyAlgorithm,
    content_type: Option<&ContentType>,
    ephemeral: Option<(Curve, &AgreementPublic)>,
    id: Option<&KeyId>,
) -> String {
    // Nothing that any of these may hold needs an escape in JSON, and a `String` takes all that is
    // written to it.
    let mut json = format!(r#"{{"alg":"{}""#, algorithm.as_str());
    if let Some(content_type) = content_type {
        let _infallible = write!(json, r#","cty":"{content_type}""#);
    }
    let encryption = ContentEncryption::A256Gcm.as_str();
    let _infallible = write!(json, r#","enc":"{encryption}""#);
    if let Some((curve, key)) = ephemeral {
        let members = jwk::public_members(curve, key);
        let _infallible = write!(json, r#","epk":{}"#, serde_json::Value::Object(members));
    }
    if let Some(id) = id {
        let _infallible = write!(json, r#","kid":"{id}""#);
    }
    json.push('}');
    b64::encode(json.as_bytes())
}

/// A parameter that is a string if it is there.
fn text<'a>(members: &Object<'a>, name: &str) -> Result<Option<Cow<'a, str>>, Reason> {
    members.get(name).map(|value| value.as_str().ok_or(Reason::InvalidHeader)).transpose()
}
