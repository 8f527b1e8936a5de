//! The handle of a key: by what name the token knows it. No secret.

use serde::{Deserialize, Serialize};
use tokenward::{Algorithm, IssuerId, KeyId, UnixTime, b64, crypto};
use tokenward_keys::{CustodyError, KeyLabel, NewKey, StoredKey};

/// How the objects of a key are found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Name {
    /// `CKA_LABEL`: the `kid`, which begins with the environment.
    pub(crate) label: String,
    /// `CKA_ID`: the label of the order, by which a key is found that no row holds, and a digest of what the
    /// key is for. Whoever can write the store alone cannot let a key sign for another issuer, because the
    /// token does not know it by that name.
    pub(crate) id: Vec<u8>,
}

impl Name {
    /// The name of the key `id`, made as `spec` says.
    pub(crate) fn of_new(spec: &NewKey, id: &KeyId) -> Self {
        let digest = digest(&spec.issuer, id, spec.algorithm, spec.created_at);
        Self {
            label: id.as_str().to_owned(),
            id: [spec.label.as_bytes().as_slice(), &digest].concat(),
        }
    }

    /// The label of its order.
    pub(crate) fn order(&self) -> Option<&[u8]> {
        self.id.get(..LABEL_LEN)
    }

    /// Whether it is that of an object that was made for the order `label`.
    ///
    /// Others may have keys in the token whose ids are as long: theirs are not called as ours are.
    pub(crate) fn is_of_order(&self, label: KeyLabel) -> bool {
        match self.id.len() {
            LABEL_LEN => self.id == label.as_bytes() && self.label.ends_with(UNNAMED),
            ID_LEN => self.id.starts_with(label.as_bytes()),
            _ => false,
        }
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
        let name = Self::of_ended(key)?;
        if name.id.ends_with(&digest(issuer, &key.id, key.algorithm, key.created_at)) {
            Ok(name)
        } else {
            Err(CustodyError::Damaged { key: key.id.clone() })
        }
    }

    /// The name of a key that is to be destroyed, whoever it signed for.
    pub(crate) fn of_ended(key: &StoredKey) -> Result<Self, CustodyError> {
        let handle = Handle::read(key)?;
        let id = b64::decode(&handle.id).ok().filter(|id| id.len() == ID_LEN);
        match id {
            Some(id) if handle.label == key.id.as_str() => Ok(Self { label: handle.label, id }),
            _ => Err(CustodyError::Damaged { key: key.id.clone() }),
        }
    }
}

/// What a key is for.
fn digest(issuer: &IssuerId, id: &KeyId, algorithm: Algorithm, created: UnixTime) -> [u8; 32] {
    let created = created.as_millis();
    // None of the parts can hold a line feed, so no two keys look the same.
    let context = format!("tokenward pkcs11 v1\n{issuer}\n{id}\n{algorithm}\n{created}");
    crypto::sha256(context.as_bytes())
}

/// What a pair is called until its `kid` is known. Its `CKA_ID` is the label of its order alone.
pub(crate) fn unnamed(environment: &str) -> String {
    format!("{environment}{UNNAMED}")
}

const UNNAMED: &str = "-unnamed";

const LABEL_LEN: usize = 16;
/// A label and a digest.
const ID_LEN: usize = 48;

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
