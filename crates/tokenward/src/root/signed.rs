//! A document with the signatures of root keys below it.

use std::fmt;

use serde_json::{Value, json};

use super::RootError;
use crate::alg::Algorithm;
use crate::ids::KeyId;
use crate::json::Raw;
use crate::key::{SigningKey, VerifyingKey};
use crate::limits::LIMITS;
use crate::{b64, header};

/// What kind of document.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Root,
    Delegation,
}

impl Kind {
    const fn typ(self) -> &'static str {
        match self {
            Self::Root => "tokenward-root+jws",
            Self::Delegation => "tokenward-delegation+jws",
        }
    }
}

/// A payload, encoded, and the detached signatures over it.
#[derive(Clone, Eq, PartialEq)]
pub(super) struct Signed {
    payload: String,
    signatures: Vec<String>,
}

/// Who has signed a document, and how many must.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Signatures {
    /// The root keys that have signed.
    pub by: Vec<KeyId>,
    /// How many must.
    pub need: usize,
}

impl Signatures {
    /// Whether enough have signed.
    #[must_use]
    pub const fn are_enough(&self) -> bool {
        self.by.len() >= self.need
    }

    pub(super) const fn check(&self, document: &'static str) -> Result<(), RootError> {
        let (have, need) = (self.by.len(), self.need);
        if have >= need { Ok(()) } else { Err(RootError::Unsigned { document, have, need }) }
    }
}

impl Signed {
    pub(super) fn new(payload: &Value) -> Self {
        Self { payload: b64::encode(payload.to_string().as_bytes()), signatures: Vec::new() }
    }

    pub(super) fn read(value: Raw<'_>) -> Result<Self, RootError> {
        const SHAPE: RootError =
            RootError::Malformed("a document is a `payload` and its `signatures`");
        let text = value.as_object_text().ok_or(SHAPE)?.as_bytes();
        let object = super::exactly(text, &["payload", "signatures"], &[]).ok_or(SHAPE)?;
        let payload = object.get("payload").and_then(Raw::as_str).ok_or(SHAPE)?.into_owned();
        let signatures = object.get("signatures").and_then(Raw::as_array).ok_or(SHAPE)?;
        if signatures.len() > LIMITS.root_signatures {
            return Err(RootError::TooLarge);
        }
        let text = |signature: Raw<'_>| Some(signature.as_str()?.into_owned());
        let signatures = signatures.into_iter().map(text).collect::<Option<_>>().ok_or(SHAPE)?;
        Ok(Self { payload, signatures })
    }

    pub(super) fn to_value(&self) -> Value {
        json!({ "payload": self.payload, "signatures": self.signatures })
    }

    /// The payload, which nobody has vouched for yet.
    pub(super) fn payload(&self) -> Result<Vec<u8>, RootError> {
        b64::decode(&self.payload).map_err(|_| RootError::Malformed("a payload is no base64url"))
    }

    /// The signatures by `keys`, whose names differ, of which `need` must be there.
    pub(super) fn by(&self, keys: &[VerifyingKey], need: usize, kind: Kind) -> Signatures {
        let signed = keys.iter().filter(|key| self.is_by(key, kind));
        Signatures { by: signed.filter_map(VerifyingKey::key_id).cloned().collect(), need }
    }

    /// Adds the signature of `key`, unless it is there.
    pub(super) fn sign(&mut self, key: &SigningKey, kind: Kind) -> Result<(), RootError> {
        let public = key.verifying_key();
        if self.is_by(public, kind) {
            return Ok(());
        }
        let id = public.key_id().ok_or(RootError::NotARootKey)?;
        let header = header::encode(Algorithm::EdDsa, id, kind.typ());
        let signature = b64::encode(&key.sign(self.input(&header).as_bytes())?);
        // One that is there and does not verify would shadow ours.
        self.signatures.retain(|other| signature_under(other, &header).is_none());
        self.signatures.push(format!("{header}..{signature}"));
        Ok(())
    }

    /// Whether `key` has signed this as a document of `kind`. A key counts once: its first signature
    /// decides, so that a thousand bad ones cost no more than one.
    fn is_by(&self, key: &VerifyingKey, kind: Kind) -> bool {
        let Some(id) = key.key_id() else { return false };
        let header = header::encode(Algorithm::EdDsa, id, kind.typ());
        let mut found = self.signatures.iter().filter_map(|one| signature_under(one, &header));
        let signature = found.next().and_then(|text| b64::decode(text).ok());
        signature.is_some_and(|bytes| key.verify(self.input(&header).as_bytes(), &bytes))
    }

    fn input(&self, header: &str) -> String {
        format!("{header}.{}", self.payload)
    }
}

/// The signature of a detached JWS, if its header is this one.
fn signature_under<'a>(jws: &'a str, header: &str) -> Option<&'a str> {
    jws.strip_prefix(header)?.strip_prefix("..")
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed").field("signatures", &self.signatures.len()).finish_non_exhaustive()
    }
}
