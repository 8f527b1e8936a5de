//! A key store in memory that fails on demand, and the ring around it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use tokenward::crypto::Secret256;
use tokenward::{Algorithm, Audience, BackendError, BackendErrorKind, IssuerId, KeyId, UnixTime};
use tokenward_keys::{
    KeyChange, KeyOrder, KeyRing, KeyStore, Sealed, StoreKey, StoredKey, Timing, TimingSettings,
    Unfinished,
};
use tokenward_testing::MemoryKeys;

/// How the next write ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fault {
    /// Nothing is written.
    BeforeCommit,
    /// Everything is written, but the answer is lost.
    AfterCommit,
    /// Somebody else wrote first.
    Conflict,
}

#[derive(Debug, Default)]
pub(crate) struct MemoryStore {
    rows: MemoryKeys,
    exclusive: AtomicBool,
    /// How many writes succeed, and how the one after them ends.
    fault: Mutex<Option<(u8, Fault)>>,
    clock: Mutex<Option<UnixTime>>,
    reads_fail: AtomicBool,
    reads_fail_after_write: AtomicBool,
}

impl MemoryStore {
    pub(crate) fn fail_next_write(&self, fault: Fault) {
        self.fail_write_after(0, fault);
    }

    pub(crate) fn fail_write_after(&self, writes: u8, fault: Fault) {
        *self.fault.lock().unwrap() = Some((writes, fault));
    }

    pub(crate) fn clear_fault(&self) {
        *self.fault.lock().unwrap() = None;
    }

    pub(crate) fn fail_reads_after_next_write(&self) {
        self.reads_fail_after_write.store(true, Ordering::SeqCst);
    }

    pub(crate) fn fail_reads(&self, fail: bool) {
        self.reads_fail.store(fail, Ordering::SeqCst);
    }

    /// Whatever a ring finds begun was begun by one that is dead.
    pub(crate) fn make_exclusive(&self) {
        self.exclusive.store(true, Ordering::SeqCst);
    }

    pub(crate) fn set_clock(&self, clock: UnixTime) {
        *self.clock.lock().unwrap() = Some(clock);
    }

    pub(crate) fn stored(&self) -> Vec<StoredKey> {
        self.rows.stored()
    }

    /// How many keys are ordered, or given up and not forgotten.
    pub(crate) fn orders(&self) -> usize {
        self.rows.orders().len()
    }

    /// As whoever can write to the store does.
    pub(crate) fn add_order(&self, order: KeyOrder) {
        self.rows.commit(&audience(), vec![KeyChange::Order(order)]).unwrap();
    }

    pub(crate) fn add_debt(&self, id: KeyId, handle: Vec<u8>) {
        self.rows.commit(&audience(), vec![KeyChange::Owe { id, handle }]).unwrap();
    }

    pub(crate) fn edit(&self, id: &KeyId, edit: impl FnOnce(&mut StoredKey)) {
        self.rows.edit(id, edit);
    }

    fn next_fault(&self) -> Option<Fault> {
        let mut fault = self.fault.lock().unwrap();
        let (writes, kind) = (*fault)?;
        if let Some(left) = writes.checked_sub(1) {
            *fault = Some((left, kind));
            return None;
        }
        *fault = None;
        Some(kind)
    }
}

#[async_trait]
impl KeyStore for MemoryStore {
    async fn keys(&self, audience: &Audience) -> Result<Vec<StoredKey>, BackendError> {
        if self.reads_fail.load(Ordering::SeqCst) {
            Err(outage())
        } else {
            self.rows.keys(audience).await
        }
    }

    async fn apply(
        &self,
        audience: &Audience,
        changes: Vec<KeyChange>,
    ) -> Result<(), BackendError> {
        if self.reads_fail_after_write.load(Ordering::SeqCst) {
            self.fail_reads(true);
        }
        match self.next_fault() {
            None => self.rows.commit(audience, changes),
            Some(Fault::Conflict) => Err(conflict()),
            Some(Fault::BeforeCommit) => Err(outage()),
            Some(Fault::AfterCommit) => self.rows.commit(audience, changes).and(Err(outage())),
        }
    }

    async fn unfinished(&self, audience: &Audience) -> Result<Unfinished, BackendError> {
        self.rows.unfinished(audience).await
    }

    fn is_exclusive(&self) -> bool {
        self.exclusive.load(Ordering::SeqCst)
    }

    async fn clock(&self) -> Result<Option<UnixTime>, BackendError> {
        Ok(*self.clock.lock().unwrap())
    }

    async fn sealed_secret(&self, name: &str, fresh: Vec<u8>) -> Result<Vec<u8>, BackendError> {
        self.rows.sealed_secret(name, fresh).await
    }

    async fn secret(&self, name: &str) -> Result<Option<Vec<u8>>, BackendError> {
        self.rows.secret(name).await
    }

    async fn replace_secret(
        &self,
        name: &str,
        known: &[u8],
        fresh: Vec<u8>,
    ) -> Result<(), BackendError> {
        self.rows.replace_secret(name, known, fresh).await
    }
}

pub(crate) fn ring(store: &Arc<MemoryStore>, timing: Timing) -> KeyRing {
    ring_with(store, timing, Algorithm::Es256, &store_key())
}

pub(crate) fn ring_with(
    store: &Arc<MemoryStore>,
    timing: Timing,
    algorithm: Algorithm,
    store_key: &StoreKey,
) -> KeyRing {
    let store: Arc<MemoryStore> = Arc::clone(store);
    let custody = Arc::new(Sealed::new(store_key.clone()));
    KeyRing::new(audience(), issuer(), store, custody, timing, "test".to_owned(), algorithm)
}

pub(crate) fn audience() -> Audience {
    Audience::new("billing-api").unwrap()
}

pub(crate) fn issuer() -> IssuerId {
    IssuerId::new("https://auth.example.com/audiences/billing-api").unwrap()
}

/// Small times, all different, so that a rule with one of them left out shows.
pub(crate) const SETTINGS: TimingSettings = TimingSettings {
    key_set_max_age: secs(7),
    propagation: secs(3),
    clock_error: secs(2),
    leeway: secs(1),
    signer_lease: secs(4),
    rotate_every: secs(100),
    token_life: secs(20),
};

pub(crate) fn timing() -> Timing {
    Timing::new(SETTINGS).unwrap()
}

pub(crate) fn store_key() -> StoreKey {
    StoreKey::new(Secret256::from_bytes([7; 32]))
}

pub(crate) const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(crate) const fn at(seconds: u64) -> UnixTime {
    UnixTime::from_secs(seconds)
}

/// Runs `future`, which waits for nothing outside of this process.
pub(crate) fn run<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn outage() -> BackendError {
    BackendError::new(BackendErrorKind::Unavailable, "the disk is gone")
}

fn conflict() -> BackendError {
    BackendError::new(BackendErrorKind::Conflict, "the epoch has changed")
}
