//! A key that is destroyed between the choice of the signer and the signature.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use serde_json::json;
use tokenward::{Algorithm, Audience, IssuerId, KeyId, SigningKey};
use tokenward_keys::{Custody, CustodyError, KeyOrder, MadeKey, NewKey, Sealed, Signer, StoredKey};

use crate::harness::{Bench, sealed};

#[tokio::test]
async fn a_rotation_in_the_middle_of_a_login_costs_no_login() {
    let rotates = Arc::new(AtomicBool::new(false));
    let custody = Arc::new(Remote { inner: sealed(), rotates: Arc::clone(&rotates) });
    let bench = Bench::new().await.in_custody(custody).await;
    rotates.store(true, Ordering::SeqCst);

    assert!(bench.accepted(&bench.session(json!({})).await["access_token"]));
    assert!(!rotates.load(Ordering::SeqCst), "a destroyed key was asked for a signature");
}

/// Signs elsewhere, where a key ends at once for everybody: the next signature finds it gone.
struct Remote {
    inner: Sealed,
    rotates: Arc<AtomicBool>,
}

#[async_trait]
impl Custody for Remote {
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
        Ok(Arc::new(Ended { inner, now: Arc::clone(&self.rotates) }))
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
struct Ended {
    inner: Arc<dyn Signer>,
    now: Arc<AtomicBool>,
}

#[async_trait]
impl Signer for Ended {
    fn key_id(&self) -> &KeyId {
        self.inner.key_id()
    }

    fn algorithm(&self) -> Algorithm {
        self.inner.algorithm()
    }

    async fn sign(&self, input: &[u8]) -> Result<Vec<u8>, CustodyError> {
        if self.now.swap(false, Ordering::SeqCst) {
            return Err(CustodyError::NoPrivateHalf { key: self.key_id().clone() });
        }
        self.inner.sign(input).await
    }
}
