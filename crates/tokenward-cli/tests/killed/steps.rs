//! The steps at which a process is killed: before each write to the store, each key that is made or destroyed,
//! or, through [`crate::proxy`], each request that changes something in a vault or in AWS. What a process does between
//! two of them dies with it, so a kill after one is the same as before the next.
//!
//! The program that users run has nothing of this: the steps are in what the test wraps its parts in.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use rustix::process::{Signal, getpid, kill_process};
use tokenward::{Algorithm, Audience, BackendError, IssuerId, SigningKey, UnixTime};
use tokenward_keys::{
    Custody, CustodyError, KeyChange, KeyOrder, KeyStore, MadeKey, NewKey, Signer, StoredKey,
    Unfinished,
};
use tokenward_sqlite::SqliteStore;

/// At which step this process dies; at none if it is not set.
pub(crate) const DIE_AT: &str = "TOKENWARD_TEST_DIE_AT";

/// One step more. It may be the last.
pub(crate) fn step() {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    static LAST: OnceLock<u64> = OnceLock::new();
    let last = LAST.get_or_init(|| {
        let told = std::env::var(DIE_AT).ok().and_then(|text| text.parse().ok());
        told.unwrap_or(u64::MAX)
    });
    if COUNT.fetch_add(1, Ordering::SeqCst) + 1 >= *last {
        kill_process(getpid(), Signal::KILL).unwrap();
        // Other threads may run for a moment yet; this one does nothing more.
        loop {
            std::thread::park();
        }
    }
}

/// The store, with a step before each write.
#[derive(Debug)]
pub(crate) struct Stepwise(pub(crate) SqliteStore);

#[async_trait]
impl KeyStore for Stepwise {
    async fn keys(&self, audience: &Audience) -> Result<Vec<StoredKey>, BackendError> {
        self.0.keys(audience).await
    }

    async fn apply(
        &self,
        audience: &Audience,
        changes: Vec<KeyChange>,
    ) -> Result<(), BackendError> {
        step();
        self.0.apply(audience, changes).await
    }

    async fn unfinished(&self, audience: &Audience) -> Result<Unfinished, BackendError> {
        self.0.unfinished(audience).await
    }

    fn is_exclusive(&self) -> bool {
        self.0.is_exclusive()
    }

    async fn clock(&self) -> Result<Option<UnixTime>, BackendError> {
        self.0.clock().await
    }

    async fn sealed_secret(&self, name: &str, fresh: Vec<u8>) -> Result<Vec<u8>, BackendError> {
        self.0.sealed_secret(name, fresh).await
    }

    async fn secret(&self, name: &str) -> Result<Option<Vec<u8>>, BackendError> {
        self.0.secret(name).await
    }

    async fn replace_secret(
        &self,
        name: &str,
        known: &[u8],
        fresh: Vec<u8>,
    ) -> Result<(), BackendError> {
        step();
        self.0.replace_secret(name, known, fresh).await
    }
}

/// A custody, with a step before each key that it makes or destroys.
pub(crate) struct StepwiseCustody(pub(crate) Arc<dyn Custody>);

#[async_trait]
impl Custody for StepwiseCustody {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn holds(&self, algorithm: Algorithm) -> bool {
        self.0.holds(algorithm)
    }

    fn holds_elsewhere(&self) -> bool {
        self.0.holds_elsewhere()
    }

    fn settings(&self) -> &'static str {
        self.0.settings()
    }

    async fn check(&self, audience: &Audience) -> Result<(), CustodyError> {
        self.0.check(audience).await
    }

    async fn generate(&self, spec: &NewKey) -> Result<MadeKey, CustodyError> {
        step();
        self.0.generate(spec).await
    }

    async fn import(&self, spec: &NewKey, key: SigningKey) -> Result<MadeKey, CustodyError> {
        self.0.import(spec, key).await
    }

    async fn signer(
        &self,
        issuer: &IssuerId,
        key: &StoredKey,
    ) -> Result<Arc<dyn Signer>, CustodyError> {
        self.0.signer(issuer, key).await
    }

    fn name_of_key(&self, key: &StoredKey) -> Option<String> {
        self.0.name_of_key(key)
    }

    fn name_of_order(&self, order: &KeyOrder) -> Option<String> {
        self.0.name_of_order(order)
    }

    async fn destroy(&self, key: &StoredKey) -> Result<(), CustodyError> {
        step();
        self.0.destroy(key).await
    }

    async fn abandon(&self, order: &KeyOrder) -> Result<(), CustodyError> {
        step();
        self.0.abandon(order).await
    }
}
