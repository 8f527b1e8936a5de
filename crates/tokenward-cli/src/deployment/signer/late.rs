//! A signer whose custody is out of reach when the authority starts.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use tokenward::{Algorithm, IssuerId, KeyId, VerifyingKey};
use tokenward_keys::{Custody, CustodyError, Signer, StoredKey};
use tokio::sync::OnceCell;

/// Opened by the first signature that is asked for while its custody answers.
pub(super) struct LateSigner {
    custody: Arc<dyn Custody>,
    issuer: IssuerId,
    key: StoredKey,
    algorithm: Algorithm,
    opened: OnceCell<Arc<dyn Signer>>,
}

impl LateSigner {
    pub(super) fn new(
        custody: &Arc<dyn Custody>,
        issuer: &IssuerId,
        key: StoredKey,
        public: &VerifyingKey,
    ) -> Self {
        Self {
            custody: Arc::clone(custody),
            issuer: issuer.clone(),
            key,
            algorithm: public.algorithm(),
            opened: OnceCell::new(),
        }
    }
}

#[async_trait]
impl Signer for LateSigner {
    fn key_id(&self) -> &KeyId {
        &self.key.id
    }

    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    async fn sign(&self, input: &[u8]) -> Result<Vec<u8>, CustodyError> {
        let open = || self.custody.signer(&self.issuer, &self.key);
        self.opened.get_or_try_init(open).await?.sign(input).await
    }
}

impl fmt::Debug for LateSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LateSigner").field("key", &self.key.id).finish_non_exhaustive()
    }
}
