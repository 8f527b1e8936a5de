//! Private keys that are born and die in this process, and are written nowhere.
//!
//! What is not stored cannot be stolen from a store. The price: a restart loses every key, so the next one
//! has to ripen before anything is signed again. It takes several replicas, each with keys of its own, or a
//! development server.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use async_trait::async_trait;
use tokenward::{Algorithm, IssuerId, KeyId, SigningKey};
use tokio::task::spawn_blocking;

use super::{Custody, CustodyError, MadeKey, NewKey, Signer};
use crate::stored::StoredKey;

/// The custody `memory`. Its clones hold the same keys. It works within a Tokio runtime.
///
/// ```
/// use tokenward_keys::{Custody as _, Memory};
///
/// assert_eq!(Memory::new().name(), "memory");
/// ```
#[derive(Clone, Default)]
pub struct Memory {
    keys: Arc<Mutex<BTreeMap<KeyId, Arc<Held>>>>,
}

/// One key, until it is destroyed.
struct Held {
    issuer: IssuerId,
    algorithm: Algorithm,
    key: RwLock<Option<Arc<SigningKey>>>,
}

impl Memory {
    /// The custody, with no key yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn hold(&self, spec: &NewKey, key: SigningKey) -> Result<MadeKey, CustodyError> {
        let algorithm = key.algorithm();
        if algorithm.is_symmetric() {
            return Err(CustodyError::Unsupported { custody: NAME, algorithm });
        }
        let id = spec.key_id(key.verifying_key()).map_err(failed)?;
        let key = key.with_key_id(id.clone());
        let public = key.verifying_key().clone();
        let handle = id.as_str().as_bytes().to_vec();
        let issuer = spec.issuer.clone();
        let held = Held { issuer, algorithm, key: RwLock::new(Some(Arc::new(key))) };
        self.keys().insert(id, Arc::new(held));
        Ok(MadeKey::new(public, handle))
    }

    fn keys(&self) -> MutexGuard<'_, BTreeMap<KeyId, Arc<Held>>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").finish_non_exhaustive()
    }
}

#[async_trait]
impl Custody for Memory {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn generate(&self, spec: &NewKey) -> Result<MadeKey, CustodyError> {
        let algorithm = spec.algorithm;
        let key = if algorithm.is_rsa() {
            // Two primes take a good part of a second, which no request on this thread should wait for.
            spawn_blocking(move || SigningKey::generate(algorithm)).await.map_err(failed)?
        } else {
            SigningKey::generate(algorithm)
        };
        self.hold(spec, key)
    }

    async fn import(&self, spec: &NewKey, key: SigningKey) -> Result<MadeKey, CustodyError> {
        self.hold(spec, key)
    }

    async fn signer(
        &self,
        issuer: &IssuerId,
        key: &StoredKey,
    ) -> Result<Arc<dyn Signer>, CustodyError> {
        let id = || key.id.clone();
        let handle =
            key.handle.as_deref().ok_or_else(|| CustodyError::NoPrivateHalf { key: id() })?;
        if handle != key.id.as_str().as_bytes() {
            return Err(CustodyError::Damaged { key: id() });
        }
        let held = self.keys().get(&key.id).map(Arc::clone);
        let held = held.ok_or_else(|| CustodyError::NoPrivateHalf { key: id() })?;
        if held.issuer != *issuer {
            let made_for = held.issuer.as_str().to_owned();
            return Err(CustodyError::OtherIssuer { key: id(), made_for });
        }
        Ok(Arc::new(HeldSigner { id: id(), held }))
    }

    async fn destroy(&self, key: &StoredKey) -> Result<(), CustodyError> {
        let held = self.keys().remove(&key.id);
        if let Some(held) = held {
            *held.key.write().unwrap_or_else(PoisonError::into_inner) = None;
        }
        Ok(())
    }
}

/// Signs until the key is destroyed.
struct HeldSigner {
    id: KeyId,
    held: Arc<Held>,
}

impl fmt::Debug for HeldSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeldSigner").field("id", &self.id).finish_non_exhaustive()
    }
}

#[async_trait]
impl Signer for HeldSigner {
    fn key_id(&self) -> &KeyId {
        &self.id
    }

    fn algorithm(&self) -> Algorithm {
        self.held.algorithm
    }

    async fn sign(&self, input: &[u8]) -> Result<Vec<u8>, CustodyError> {
        let key = self.held.key.read().unwrap_or_else(PoisonError::into_inner).clone();
        let key = key.ok_or_else(|| CustodyError::NoPrivateHalf { key: self.id.clone() })?;
        key.sign(input).map_err(failed)
    }
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> CustodyError {
    CustodyError::Failed { custody: NAME, source: Box::new(error) }
}

const NAME: &str = "memory";
