//! A custody that counts its signatures, and can be away for one audience.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use async_trait::async_trait;
use tokenward::{Algorithm, Audience, IssuerId, KeyId, SigningKey};
use tokenward_keys::{Custody, CustodyError, KeyOrder, MadeKey, NewKey, Sealed, Signer, StoredKey};

use crate::harness::{BILLING, sealed};

/// What the custody tells, and is told.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) signed: AtomicU32,
    pub(super) is_away_for_billing: AtomicBool,
}

pub(super) struct Counting {
    inner: Sealed,
    state: Arc<State>,
}

impl Counting {
    pub(super) fn new(state: &Arc<State>) -> Arc<Self> {
        Arc::new(Self { inner: sealed(), state: Arc::clone(state) })
    }
}

#[async_trait]
impl Custody for Counting {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    async fn check(&self, _audience: &Audience) -> Result<(), CustodyError> {
        Ok(())
    }

    async fn generate(&self, spec: &NewKey) -> Result<MadeKey, CustodyError> {
        self.inner.generate(spec).await
    }

    async fn import(&self, spec: &NewKey, key: SigningKey) -> Result<MadeKey, CustodyError> {
        self.inner.import(spec, key).await
    }

    async fn signer(
        &self,
        issuer: &IssuerId,
        key: &StoredKey,
    ) -> Result<Arc<dyn Signer>, CustodyError> {
        let inner = self.inner.signer(issuer, key).await?;
        let is_billing = key.audience.as_str() == BILLING;
        Ok(Arc::new(CountingSigner { inner, is_billing, state: Arc::clone(&self.state) }))
    }

    fn name_of_key(&self, _key: &StoredKey) -> Option<String> {
        None
    }

    fn name_of_order(&self, _order: &KeyOrder) -> Option<String> {
        None
    }

    async fn destroy(&self, key: &StoredKey) -> Result<(), CustodyError> {
        self.inner.destroy(key).await
    }
}

#[derive(Debug)]
struct CountingSigner {
    inner: Arc<dyn Signer>,
    is_billing: bool,
    state: Arc<State>,
}

#[async_trait]
impl Signer for CountingSigner {
    fn key_id(&self) -> &KeyId {
        self.inner.key_id()
    }

    fn algorithm(&self) -> Algorithm {
        self.inner.algorithm()
    }

    async fn sign(&self, input: &[u8]) -> Result<Vec<u8>, CustodyError> {
        if self.is_billing && self.state.is_away_for_billing.load(Ordering::SeqCst) {
            let source = "its line is cut".into();
            return Err(CustodyError::OutOfReach { custody: "sealed", source });
        }
        self.state.signed.fetch_add(1, Ordering::SeqCst);
        self.inner.sign(input).await
    }
}
