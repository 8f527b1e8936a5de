//! Private keys that are born and die in this process, and are written nowhere.
//!
//! What is not stored cannot be stolen from a store. The price: a restart loses every key, so the next one
//! has to ripen before anything is signed again. It takes several replicas, each with keys of its own, or a
//! development server.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use tokenward::{Audience, IssuerId, KeyId, SigningKey};

use super::in_process::{self, InProcess};
use super::{Custody, CustodyError, MadeKey, NewKey, Signer};
use crate::order::KeyOrder;
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
    keys: Arc<Mutex<BTreeMap<KeyId, Held>>>,
}

/// One key, and whose tokens it signs.
struct Held {
    issuer: IssuerId,
    signer: Arc<InProcess>,
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
        let signer = Arc::new(InProcess::new(NAME, id.clone(), key));
        self.keys().insert(id, Held { issuer, signer });
        Ok(MadeKey::new(public, handle))
    }

    fn keys(&self) -> MutexGuard<'_, BTreeMap<KeyId, Held>> {
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

    async fn check(&self, _audience: &Audience) -> Result<(), CustodyError> {
        Ok(())
    }

    async fn generate(&self, spec: &NewKey) -> Result<MadeKey, CustodyError> {
        let key = in_process::generate(spec.algorithm).await.map_err(failed)?;
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
        let keys = self.keys();
        let held = keys.get(&key.id).ok_or_else(|| CustodyError::NoPrivateHalf { key: id() })?;
        if held.issuer != *issuer {
            let made_for = held.issuer.as_str().to_owned();
            return Err(CustodyError::OtherIssuer { key: id(), made_for });
        }
        let signer: Arc<dyn Signer> = Arc::<InProcess>::clone(&held.signer);
        Ok(signer)
    }

    fn name_of_key(&self, _key: &StoredKey) -> Option<String> {
        None
    }

    fn name_of_order(&self, _order: &KeyOrder) -> Option<String> {
        None
    }

    async fn destroy(&self, key: &StoredKey) -> Result<(), CustodyError> {
        if let Some(held) = self.keys().remove(&key.id) {
            held.signer.forget();
        }
        Ok(())
    }
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> CustodyError {
    CustodyError::Failed { custody: NAME, source: Box::new(error) }
}

const NAME: &str = "memory";
