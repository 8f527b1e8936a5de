//! The handle of a key: by what name the token knows it. No secret.

use serde::{Deserialize, Serialize};
use tokenward::{Algorithm, IssuerId, KeyId, UnixTime, b64, crypto};
use tokenward_keys::{CustodyError, NewKey, StoredKey};

/// How the objects of a key are found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Name {
    /// `CKA_LABEL`: the `kid`, which begins with the environment.
    pub(crate) label: String,
    /// `CKA_ID`: a digest of what the key is for. Whoever can write the store alone cannot let a key sign
    /// for another issuer, because the token does not know it by that name.
    pub(crate) id: [u8; 32],
}

impl Name {
    /// The name of the key `id`, made as `spec` says.
    pub(crate) fn of_new(spec: &NewKey, id: &KeyId) -> Self {
        Self::of(&spec.issuer, id, spec.algorithm, spec.created_at)
    }

    fn of(issuer: &IssuerId, id: &KeyId, algorithm: Algorithm, created: UnixTime) -> Self {
        let created = created.as_millis();
        // None of the parts can hold a line feed, so no two keys look the same.
        let context = format!("tokenward pkcs11 v1\n{issuer}\n{id}\n{algorithm}\n{created}");
        Self { label: id.as_str().to_owned(), id: crypto::sha256(context.as_bytes()) }
    }

    /// The handle for the store.
    pub(crate) fn to_handle(&self, issuer: &IssuerId) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(&Handle {
            v: VERSION,
            label: self.label.clone(),
            id: b64::encode(&self.id),
            iss: issuer.as_str().to_owned(),
        })
    }

    /// The name of a key that signs for `issuer`, if its handle says the same.
    pub(crate) fn of_stored(issuer: &IssuerId, key: &StoredKey) -> Result<Self, CustodyError> {
        let handle = Handle::read(key)?;
        if handle.iss != issuer.as_str() {
            return Err(CustodyError::OtherIssuer { key: key.id.clone(), made_for: handle.iss });
        }
        let name = Self::of(issuer, &key.id, key.algorithm, key.created_at);
        if handle.label == name.label && handle.id == b64::encode(&name.id) {
            Ok(name)
        } else {
            Err(CustodyError::Damaged { key: key.id.clone() })
        }
    }

    /// The name of a key that is to be destroyed, whoever it signed for.
    pub(crate) fn of_ended(key: &StoredKey) -> Result<Self, CustodyError> {
        let handle = Handle::read(key)?;
        let id = b64::decode(&handle.id).ok().and_then(|id| <[u8; 32]>::try_from(id).ok());
        match id {
            Some(id) if handle.label == key.id.as_str() => Ok(Self { label: handle.label, id }),
            _ => Err(CustodyError::Damaged { key: key.id.clone() }),
        }
    }
}

/// The stored form, as JSON.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Handle {
    /// The version of this form.
    v: u8,
    label: String,
    /// In base64url.
    id: String,
    /// The issuer that the key signs for.
    iss: String,
}

impl Handle {
    fn read(key: &StoredKey) -> Result<Self, CustodyError> {
        let stored = key
            .handle
            .as_deref()
            .ok_or_else(|| CustodyError::NoPrivateHalf { key: key.id.clone() })?;
        serde_json::from_slice(stored)
            .ok()
            .filter(|handle: &Self| handle.v == VERSION)
            .ok_or_else(|| CustodyError::Damaged { key: key.id.clone() })
    }
}

const VERSION: u8 = 1;
