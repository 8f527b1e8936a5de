//! Keys that sign in this process, wherever they are kept.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use tokenward::{Algorithm, KeyId, SigningKey};
use tokio::task::{JoinError, spawn_blocking};

use super::{CustodyError, Signer};

/// A new key of `algorithm`, which is no symmetric one.
pub(super) async fn generate(algorithm: Algorithm) -> Result<SigningKey, JoinError> {
    if algorithm.is_rsa() {
        // Two primes take a good part of a second, which no request on this thread should wait for.
        spawn_blocking(move || SigningKey::generate(algorithm)).await
    } else {
        Ok(SigningKey::generate(algorithm))
    }
}

/// Signs until the key is taken away.
pub(super) struct InProcess {
    custody: &'static str,
    id: KeyId,
    algorithm: Algorithm,
    key: RwLock<Option<Arc<SigningKey>>>,
}

impl InProcess {
    /// Signs with `key`, which `custody` calls `id`.
    pub(super) fn new(custody: &'static str, id: KeyId, key: SigningKey) -> Self {
        let algorithm = key.algorithm();
        Self { custody, id, algorithm, key: RwLock::new(Some(Arc::new(key))) }
    }

    /// Takes the key away from everybody who signs with it.
    pub(super) fn forget(&self) {
        *self.key.write().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InProcess").field("id", &self.id).finish_non_exhaustive()
    }
}

#[async_trait]
impl Signer for InProcess {
    fn key_id(&self) -> &KeyId {
        &self.id
    }

    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    async fn sign(&self, input: &[u8]) -> Result<Vec<u8>, CustodyError> {
        let key = self.key.read().unwrap_or_else(PoisonError::into_inner).clone();
        let key = key.ok_or_else(|| CustodyError::NoPrivateHalf { key: self.id.clone() })?;
        key.sign(input).map_err(|error| CustodyError::Failed {
            custody: self.custody,
            source: Box::new(error),
        })
    }
}
