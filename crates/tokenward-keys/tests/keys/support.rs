//! A key store in memory that fails on demand, and the ring around it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use tokenward::crypto::Secret256;
use tokenward::{Algorithm, Audience, BackendError, BackendErrorKind, IssuerId, KeyId, UnixTime};
use tokenward_keys::{
    KeyChange, KeyLabel, KeyOrder, KeyRing, KeyState, KeyStore, Sealed, StoreKey, StoredKey,
    Timing, TimingSettings, Unfinished,
};

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

#[derive(Clone, Debug, Default)]
struct Stored {
    keys: Vec<StoredKey>,
    orders: Vec<KeyOrder>,
    debts: Vec<(KeyId, Vec<u8>)>,
}

#[derive(Debug, Default)]
pub(crate) struct MemoryStore {
    state: Mutex<Stored>,
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
        self.state.lock().unwrap().keys.clone()
    }

    /// How many keys are ordered, or given up and not forgotten.
    pub(crate) fn orders(&self) -> usize {
        self.state.lock().unwrap().orders.len()
    }

    /// As whoever can write to the store does.
    pub(crate) fn add_order(&self, order: KeyOrder) {
        self.state.lock().unwrap().orders.push(order);
    }

    pub(crate) fn add_debt(&self, id: KeyId, handle: Vec<u8>) {
        self.state.lock().unwrap().debts.push((id, handle));
    }

    pub(crate) fn edit(&self, id: &KeyId, edit: impl FnOnce(&mut StoredKey)) {
        let mut state = self.state.lock().unwrap();
        edit(state.keys.iter_mut().find(|key| key.id == *id).unwrap());
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

    fn commit(&self, changes: Vec<KeyChange>) -> Result<(), BackendError> {
        let mut state = self.state.lock().unwrap();
        let mut after = state.clone();
        let next = &mut after.keys;
        for change in changes {
            match change {
                KeyChange::Insert(key) => {
                    let is_late = key.state == KeyState::Active && next.iter().any(|k| !k.imported);
                    if is_late || next.iter().any(|known| known.id == key.id) {
                        return Err(conflict());
                    }
                    next.push(key);
                }
                KeyChange::Replace { epoch, key } => {
                    let old = next.iter_mut().find(|old| old.id == key.id && old.epoch == epoch);
                    *old.ok_or_else(conflict)? = key;
                }
                KeyChange::Order(order) => after.orders.push(order),
                KeyChange::Fulfill(label) => {
                    let index = open(&after.orders, label).ok_or_else(conflict)?;
                    after.orders.remove(index);
                }
                KeyChange::GiveUp { label, at } => {
                    let index = open(&after.orders, label).ok_or_else(conflict)?;
                    after.orders[index].given_up_at = Some(at);
                }
                KeyChange::Forget(label) => {
                    after
                        .orders
                        .retain(|order| order.label != label || order.given_up_at.is_none());
                }
                KeyChange::Owe { id, handle } => after.debts.push((id, handle)),
                KeyChange::Settle(id) => after.debts.retain(|(known, _)| *known != id),
            }
        }
        if next.iter().filter(|key| key.state == KeyState::Active).count() > 1 {
            return Err(conflict());
        }
        next.sort_by_key(|key| (key.created_at, key.id.clone()));
        *state = after;
        Ok(())
    }
}

#[async_trait]
impl KeyStore for MemoryStore {
    async fn keys(&self, _: &Audience) -> Result<Vec<StoredKey>, BackendError> {
        if self.reads_fail.load(Ordering::SeqCst) { Err(outage()) } else { Ok(self.stored()) }
    }

    async fn apply(&self, _: &Audience, changes: Vec<KeyChange>) -> Result<(), BackendError> {
        if self.reads_fail_after_write.load(Ordering::SeqCst) {
            self.fail_reads(true);
        }
        match self.next_fault() {
            None => self.commit(changes),
            Some(Fault::Conflict) => Err(conflict()),
            Some(Fault::BeforeCommit) => Err(outage()),
            Some(Fault::AfterCommit) => self.commit(changes).and(Err(outage())),
        }
    }

    async fn unfinished(&self, _: &Audience) -> Result<Unfinished, BackendError> {
        let Stored { keys, orders, debts } = self.state.lock().unwrap().clone();
        let owed = |(id, handle): &(KeyId, Vec<u8>)| {
            let key = keys.iter().find(|key| key.id == *id).unwrap().clone();
            StoredKey { handle: Some(handle.clone()), ..key }
        };
        Ok(Unfinished { owed: debts.iter().map(owed).collect(), orders })
    }

    fn is_exclusive(&self) -> bool {
        self.exclusive.load(Ordering::SeqCst)
    }

    async fn clock(&self) -> Result<Option<UnixTime>, BackendError> {
        Ok(*self.clock.lock().unwrap())
    }

    async fn sealed_secret(&self, _: &str, fresh: Vec<u8>) -> Result<Vec<u8>, BackendError> {
        Ok(fresh)
    }

    async fn secret(&self, _: &str) -> Result<Option<Vec<u8>>, BackendError> {
        Ok(None)
    }

    async fn replace_secret(&self, _: &str, _: &[u8], _: Vec<u8>) -> Result<(), BackendError> {
        Err(conflict())
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
    let audience = Audience::new("billing-api").unwrap();
    KeyRing::new(audience, issuer(), store, custody, timing, "test".to_owned(), algorithm)
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

/// Where the order is, if its key may still be stored.
fn open(orders: &[KeyOrder], label: KeyLabel) -> Option<usize> {
    orders.iter().position(|order| order.label == label && order.given_up_at.is_none())
}

fn outage() -> BackendError {
    BackendError::new(BackendErrorKind::Unavailable, "the disk is gone")
}

fn conflict() -> BackendError {
    BackendError::new(BackendErrorKind::Conflict, "the epoch has changed")
}
