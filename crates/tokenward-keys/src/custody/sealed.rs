//! Private keys sealed in the store, under its [store key](crate::StoreKey).
//!
//! Each private key is sealed (AES-256-GCM) under a data key of its own, and the data key under the store
//! key. Both seals are bound to issuer, `kid`, algorithm and creation time: a handle that is moved to
//! another row opens nothing.
//!
//! **Invariant:** an open private key exists in memory alone, and there inside the cryptographic library.

use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tokenward::crypto::Secret256;
use tokenward::{Algorithm, Audience, IssuerId, KeyId, SigningKey, UnixTime, b64};

use super::in_process::{self, InProcess};
use super::{Custody, CustodyError, MadeKey, NewKey, Signer};
use crate::order::KeyOrder;
use crate::store_key::StoreKey;
use crate::stored::StoredKey;

#[cfg(test)]
mod tests;

/// The custody `sealed`. It works within a Tokio runtime.
#[derive(Clone, Debug)]
pub struct Sealed {
    store_key: StoreKey,
}

impl Sealed {
    /// The custody that seals under `store_key`.
    #[must_use]
    pub const fn new(store_key: StoreKey) -> Self {
        Self { store_key }
    }

    fn seal(&self, spec: &NewKey, key: SigningKey) -> Result<MadeKey, CustodyError> {
        let algorithm = key.algorithm();
        if algorithm.is_symmetric() {
            return Err(CustodyError::Unsupported { custody: NAME, algorithm });
        }
        let id = spec.key_id(key.verifying_key()).map_err(failed)?;
        let key = key.with_key_id(id.clone());

        let private =
            key.to_pkcs8_der().ok_or(CustodyError::Unsupported { custody: NAME, algorithm })?;
        let context =
            Context { issuer: &spec.issuer, id: &id, algorithm, created: spec.created_at };
        let data_key = Secret256::random();
        let envelope = Envelope {
            v: VERSION,
            store_key: self.store_key.id().to_owned(),
            iss: spec.issuer.as_str().to_owned(),
            alg: SEAL.to_owned(),
            dek: b64::encode(
                &self.store_key.secret().seal(&context.bytes("data key"), data_key.expose()),
            ),
            ct: b64::encode(&data_key.seal(&context.bytes("private key"), &private)),
        };
        let handle = serde_json::to_vec(&envelope).map_err(failed)?;
        Ok(MadeKey::new(key.verifying_key().clone(), handle))
    }

    fn open(&self, issuer: &IssuerId, key: &StoredKey) -> Result<SigningKey, CustodyError> {
        let id = || key.id.clone();
        let damaged = || CustodyError::Damaged { key: id() };

        let handle =
            key.handle.as_deref().ok_or_else(|| CustodyError::NoPrivateHalf { key: id() })?;
        let envelope: Envelope = serde_json::from_slice(handle).map_err(|_| damaged())?;
        if envelope.v != VERSION || envelope.alg != SEAL {
            return Err(damaged());
        }
        // What the envelope says of itself only explains a failure; the seals are what is believed.
        if envelope.store_key != self.store_key.id() {
            return Err(CustodyError::OtherStoreKey {
                key: id(),
                sealed_with: envelope.store_key,
                given: self.store_key.id().to_owned(),
            });
        }
        if envelope.iss != issuer.as_str() {
            return Err(CustodyError::OtherIssuer { key: id(), made_for: envelope.iss });
        }
        let context =
            Context { issuer, id: &key.id, algorithm: key.algorithm, created: key.created_at };
        let unwrap = |with: &Secret256, purpose: &str, text: &str| {
            with.open(&context.bytes(purpose), &b64::decode(text).ok()?)
        };
        let data_key = unwrap(self.store_key.secret(), "data key", &envelope.dek)
            .and_then(|bytes| <[u8; 32]>::try_from(bytes.as_slice()).ok())
            .map(Secret256::from_bytes)
            .ok_or_else(damaged)?;
        let der = unwrap(&data_key, "private key", &envelope.ct).ok_or_else(damaged)?;
        SigningKey::from_pkcs8_der(key.algorithm, &der)
            .map(|open| open.with_key_id(id()))
            .map_err(|_| damaged())
    }
}

#[async_trait]
impl Custody for Sealed {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn check(&self, _audience: &Audience) -> Result<(), CustodyError> {
        Ok(())
    }

    async fn generate(&self, spec: &NewKey) -> Result<MadeKey, CustodyError> {
        let key = in_process::generate(spec.algorithm).await.map_err(failed)?;
        self.seal(spec, key)
    }

    async fn import(&self, spec: &NewKey, key: SigningKey) -> Result<MadeKey, CustodyError> {
        self.seal(spec, key)
    }

    async fn signer(
        &self,
        issuer: &IssuerId,
        key: &StoredKey,
    ) -> Result<Arc<dyn Signer>, CustodyError> {
        let open = self.open(issuer, key)?;
        Ok(Arc::new(InProcess::new(NAME, key.id.clone(), open)))
    }

    fn name_of_key(&self, _key: &StoredKey) -> Option<String> {
        None
    }

    fn name_of_order(&self, _order: &KeyOrder) -> Option<String> {
        None
    }

    /// The handle was all there was, and its row has just lost it.
    async fn destroy(&self, _key: &StoredKey) -> Result<(), CustodyError> {
        Ok(())
    }
}

/// The handle of a sealed key, as JSON.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    /// The version of this form.
    v: u8,
    /// Which store key seals the data key.
    store_key: String,
    /// The issuer that the key signs for.
    iss: String,
    /// The cipher of both seals.
    alg: String,
    /// The data key: nonce and ciphertext, base64url.
    dek: String,
    /// The private key (PKCS #8, RFC 5958): nonce and ciphertext, base64url.
    ct: String,
}

/// What the seals of a key are bound to.
struct Context<'a> {
    issuer: &'a IssuerId,
    id: &'a KeyId,
    algorithm: Algorithm,
    created: UnixTime,
}

impl Context<'_> {
    /// The associated data. Neither part can hold a line feed, so no two contexts look the same.
    fn bytes(&self, purpose: &str) -> Vec<u8> {
        let Self { issuer, id, algorithm, created } = self;
        let created = created.as_millis();
        format!("tokenward sealed v1\n{purpose}\n{issuer}\n{id}\n{algorithm}\n{created}")
            .into_bytes()
    }
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> CustodyError {
    CustodyError::Failed { custody: NAME, source: Box::new(error) }
}

const NAME: &str = "sealed";
const SEAL: &str = "A256GCM";
const VERSION: u8 = 1;
