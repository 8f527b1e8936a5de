//! Whatever dies or fails on the way, nothing that was made in a custody elsewhere is left there for good.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use tokenward::{Algorithm, Audience, IssuerId, KeyId, SigningKey};
use tokenward_keys::{
    Custody, CustodyError, KeyLabel, KeyOrder, KeyRing, KeyState, MadeKey, NewKey, Sealed, Signer,
    StoredKey,
};

use crate::support::{Fault, MemoryStore, at, issuer, run, store_key, timing};

/// Longer than an order may take.
const LONG: u64 = 601;

#[test]
fn what_a_process_made_and_did_not_store_is_destroyed_at_the_next_start() {
    // The writes of a first start: order, first key; order, standby. Those of the keys are lost.
    for writes in [1, 3] {
        let (store, custody) = (Arc::new(MemoryStore::default()), Arc::new(Elsewhere::default()));
        store.make_exclusive();
        store.fail_write_after(writes, Fault::BeforeCommit);
        drop(run(ring(&store, &custody).tick(at(1_000))));
        store.clear_fault();
        assert_eq!(custody.count(), store.stored().len() + 1, "the test leaves an orphan");

        let next = ring(&store, &custody);
        run(next.tick(at(1_001))).unwrap();

        assert_eq!(custody.names(), private_halves(&store));
        assert_eq!(next.leftovers(), 0);
    }
}

#[test]
fn where_others_use_the_store_an_order_is_given_up_only_when_nobody_can_be_at_work_on_it() {
    let (store, custody) = (Arc::new(MemoryStore::default()), Arc::new(Elsewhere::default()));
    store.fail_write_after(1, Fault::BeforeCommit);
    drop(run(ring(&store, &custody).tick(at(1_000))));
    store.clear_fault();

    let next = ring(&store, &custody);
    run(next.tick(at(1_000 + LONG - 2))).unwrap();
    assert_eq!(custody.count(), 3);
    run(next.tick(at(1_000 + LONG))).unwrap();

    assert_eq!(custody.names(), private_halves(&store));
}

#[test]
fn a_key_that_comes_after_its_order_was_given_up_is_not_published() {
    let (store, custody) = (Arc::new(MemoryStore::default()), Arc::new(Elsewhere::default()));
    let slow = ring(&store, &custody);
    // While the custody makes the key, another replica gives the order up.
    *custody.meanwhile.lock().unwrap() = Some(Box::new({
        let (store, custody) = (Arc::clone(&store), Arc::clone(&custody));
        move || drop(run_apart(store, custody, 1_000 + LONG))
    }));
    run(slow.tick(at(1_000))).unwrap();
    run(slow.tick(at(1_001))).unwrap();

    assert_eq!(custody.names(), private_halves(&store));
}

#[test]
fn a_private_half_that_cannot_be_destroyed_now_is_destroyed_later() {
    let (store, custody) = started();
    let ring = ring(&store, &custody);
    run(ring.tick(at(1_000))).unwrap();
    let old = ring.signer(at(1_000)).unwrap().key_id().clone();
    custody.is_stuck.store(true, Ordering::SeqCst);

    run(ring.rotate(at(1_010))).unwrap();
    run(ring.tick(at(1_011))).unwrap();
    assert!(custody.names().contains(old.as_str()));
    assert_eq!(ring.leftovers(), 1);

    custody.is_stuck.store(false, Ordering::SeqCst);
    run(ring.tick(at(1_080))).unwrap();
    assert_eq!(custody.names(), private_halves(&store));
    assert_eq!(ring.leftovers(), 0);
}

#[test]
fn a_custody_that_is_stuck_is_asked_less_and_less() {
    let (store, custody) = started();
    let ring = ring(&store, &custody);
    run(ring.tick(at(1_000))).unwrap();
    custody.is_stuck.store(true, Ordering::SeqCst);
    run(ring.rotate(at(1_010))).unwrap();
    custody.asked_to_destroy.lock().unwrap().clear();

    for second in 1_011..1_071 {
        run(ring.tick(at(second))).unwrap();
    }

    let asked = custody.asked_to_destroy.lock().unwrap().len();
    assert!((3..12).contains(&asked), "{asked} times in a minute");
}

#[test]
fn a_process_that_dies_before_the_destruction_leaves_it_to_the_next() {
    let (store, custody) = started();
    // The switch is written; what was to follow is not done.
    custody.is_stuck.store(true, Ordering::SeqCst);
    run(ring(&store, &custody).rotate(at(1_010))).unwrap();
    custody.is_stuck.store(false, Ordering::SeqCst);

    run(ring(&store, &custody).tick(at(1_011))).unwrap();

    assert_eq!(custody.names(), private_halves(&store));
}

#[test]
fn a_key_in_the_custody_that_no_row_of_ours_names_is_left_alone() {
    let (store, custody) = started();
    custody.keys.lock().unwrap().insert((KeyLabel::random(), "of-somebody-else".to_owned()));
    let ring = ring(&store, &custody);
    for now in [1_001, 1_001 + LONG, 1_001 + 2 * LONG] {
        run(ring.tick(at(now))).unwrap();
    }

    assert!(custody.names().contains("of-somebody-else"));
}

#[test]
fn orders_of_a_custody_that_fails_do_not_pile_up() {
    let (store, custody) = started();
    let ring = ring(&store, &custody);
    custody.makes_nothing.store(true, Ordering::SeqCst);
    custody.is_stuck.store(true, Ordering::SeqCst);
    for minute in 0..60 {
        drop(run(ring.tick(at(1_091 + 61 * minute))));
    }

    assert!(store.orders() < 20, "{} orders", store.orders());
    // Nor is it asked more often because there are many. All of them are looked for at each attempt.
    let before = custody.asked_to_abandon.load(Ordering::SeqCst);
    for second in 0..60 {
        drop(run(ring.tick(at(1_091 + 61 * 60 + second))));
    }
    let asked = custody.asked_to_abandon.load(Ordering::SeqCst) - before;
    assert!(asked < 60, "{asked} times in a minute");
}

#[test]
fn an_order_is_looked_for_twice_and_then_forgotten() {
    let (store, custody) = started();
    custody.makes_nothing.store(true, Ordering::SeqCst);
    let ring = ring(&store, &custody);
    drop(run(ring.tick(at(1_091))));
    custody.makes_nothing.store(false, Ordering::SeqCst);
    assert_eq!((store.orders(), custody.abandoned.lock().unwrap().len()), (1, 1));

    for now in [1_093, 1_094, 1_092 + LONG] {
        run(ring.tick(at(now))).unwrap();
    }

    assert_eq!((store.orders(), custody.abandoned.lock().unwrap().len()), (0, 2));
}

#[test]
fn a_key_that_was_long_in_the_making_ripens_from_when_it_was_published() {
    let (store, custody) = started();
    let clock = Arc::new(AtomicU64::new(1_080));
    let ring = timed_ring(&store, &custody, &clock);
    run(ring.tick(at(1_080))).unwrap();
    *custody.meanwhile.lock().unwrap() = Some(moving(&clock, 1_150));

    run(ring.tick(at(1_090))).unwrap();

    let made = store.stored().into_iter().max_by_key(|key| key.published_at).unwrap();
    assert_eq!((made.created_at, made.published_at), (at(1_090), at(1_150)));
}

#[test]
fn a_key_that_signs_while_the_next_one_is_opened_is_trusted_for_as_much_longer() {
    let (store, custody) = started();
    let clock = Arc::new(AtomicU64::new(1_020));
    let ring = timed_ring(&store, &custody, &clock);
    run(ring.tick(at(1_020))).unwrap();
    *custody.meanwhile.lock().unwrap() = Some(moving(&clock, 1_050));

    let rotated = run(ring.rotate(at(1_020))).unwrap();

    let retired = store.stored().into_iter().find(|key| Some(&key.id) == rotated.retired.as_ref());
    assert_eq!(retired.unwrap().retired_at, Some(at(1_050)));
}

#[test]
fn a_key_whose_time_is_over_goes_even_while_no_other_can_take_over() {
    let (store, custody) = started();
    let ring = ring(&store, &custody);
    let elsewhere = SigningKey::generate(Algorithm::Es256);
    run(ring.tick(at(1_001))).unwrap();
    run(ring.import(elsewhere.verifying_key(), at(1_100), at(1_001))).unwrap();
    run(ring.tick(at(1_090))).unwrap();
    custody.opens_nothing.store(true, Ordering::SeqCst);

    drop(run(ring.tick(at(1_101))));

    let imported = store.stored().into_iter().find(|key| key.imported).unwrap();
    assert_eq!(imported.state, KeyState::Retired);
    assert!(ring.key_set().find(&imported.id).is_none());
    // The one that signs goes on, and is followed as soon as may be.
    ring.signer(at(1_101)).unwrap();
    custody.opens_nothing.store(false, Ordering::SeqCst);
    let old = ring.signer(at(1_103)).unwrap().key_id().clone();
    run(ring.tick(at(1_103))).unwrap();
    assert_ne!(*ring.signer(at(1_103)).unwrap().key_id(), old);
}

#[test]
fn the_lease_is_renewed_without_a_word_from_the_custody() {
    let (store, custody) = started();
    let (ring, other) = (ring(&store, &custody), ring(&store, &custody));
    run(ring.refresh(at(1_001))).unwrap();
    // Another replica publishes a standby, which this one has not opened yet.
    run(other.tick(at(1_090))).unwrap();
    *custody.meanwhile.lock().unwrap() = Some(Box::new(|| ()));

    run(ring.refresh(at(1_091))).unwrap();

    ring.signer(at(1_091)).unwrap();
    assert!(custody.meanwhile.lock().unwrap().is_some(), "the custody was asked");
}

#[test]
fn an_order_in_the_store_takes_no_key_away_that_signs() {
    let (store, custody) = started();
    let keys = custody.names();
    for (label, _) in custody.keys.lock().unwrap().clone() {
        store.add_order(KeyOrder {
            label,
            audience: Audience::new("billing-api").unwrap(),
            custody: "elsewhere".to_owned(),
            created_at: at(900),
            given_up_at: Some(at(900)),
        });
    }

    run(ring(&store, &custody).tick(at(1_001))).unwrap();

    assert_eq!(custody.names(), keys);
    assert_eq!(store.orders(), 0, "nor is it looked at again");
}

#[test]
fn a_debt_in_the_store_takes_no_key_away_that_signs() {
    let (store, custody) = started();
    run(ring(&store, &custody).rotate(at(1_010))).unwrap();
    let keys = custody.names();
    let stored = store.stored();
    let ended = stored.iter().find(|key| key.handle.is_none()).unwrap();
    let active = stored.iter().find(|key| key.state == KeyState::Active).unwrap();
    store.add_debt(ended.id.clone(), active.handle.clone().unwrap());

    run(ring(&store, &custody).tick(at(1_011))).unwrap();

    let asked = custody.asked_to_destroy.lock().unwrap().clone();
    assert_eq!(asked, std::slice::from_ref(&ended.id), "at its end alone");
    assert_eq!(custody.names(), keys);
}

#[test]
fn what_a_leaked_key_exposes_is_counted_from_when_the_others_could_hear_of_it() {
    let (store, custody) = (Arc::new(MemoryStore::default()), Arc::new(Elsewhere::default()));
    let clock = Arc::new(AtomicU64::new(1_000));
    let ring = timed_ring(&store, &custody, &clock);
    run(ring.tick(at(1_000))).unwrap();
    let leaked = ring.signer(at(1_000)).unwrap().key_id().clone();
    // The next key opens slowly.
    *custody.meanwhile.lock().unwrap() = Some(moving(&clock, 1_025));

    let done = run(ring.compromise(&leaked, at(1_020))).unwrap();

    // C + D; L + 2S.
    assert_eq!((done.exposed_until, done.silent_by), (at(1_035), at(1_033)));
}

/// Sealed keys that are good only as long as this custody has them too.
#[derive(Default)]
pub(crate) struct Elsewhere {
    keys: Mutex<BTreeSet<(KeyLabel, String)>>,
    handles: Mutex<Vec<(Vec<u8>, String)>>,
    makes_nothing: AtomicBool,
    pub(crate) is_stuck: AtomicBool,
    opens_nothing: AtomicBool,
    abandoned: Mutex<Vec<KeyLabel>>,
    asked_to_abandon: AtomicU32,
    pub(crate) asked_to_destroy: Mutex<Vec<KeyId>>,
    meanwhile: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl Elsewhere {
    pub(crate) fn names(&self) -> BTreeSet<String> {
        self.keys.lock().unwrap().iter().map(|(_, id)| id.clone()).collect()
    }

    fn count(&self) -> usize {
        self.keys.lock().unwrap().len()
    }

    /// As whoever deletes a key behind our back.
    pub(crate) fn lose(&self, key: &KeyId) {
        self.keys.lock().unwrap().retain(|(_, id)| id != key.as_str());
    }

    fn let_time_pass(&self) {
        let meanwhile = self.meanwhile.lock().unwrap().take();
        if let Some(meanwhile) = meanwhile {
            meanwhile();
        }
    }

    fn may(&self, lamp: &AtomicBool) -> Result<(), CustodyError> {
        if lamp.load(Ordering::SeqCst) {
            return Err(CustodyError::Failed { custody: self.name(), source: "away".into() });
        }
        Ok(())
    }
}

#[async_trait]
impl Custody for Elsewhere {
    fn name(&self) -> &'static str {
        "elsewhere"
    }

    fn holds_elsewhere(&self) -> bool {
        true
    }

    async fn check(&self, _audience: &Audience) -> Result<(), CustodyError> {
        Ok(())
    }

    async fn generate(&self, spec: &NewKey) -> Result<MadeKey, CustodyError> {
        self.may(&self.makes_nothing)?;
        let made = Sealed::new(store_key()).generate(spec).await?;
        let id = made.public.key_id().unwrap().to_string();
        self.let_time_pass();
        self.handles.lock().unwrap().push((made.handle.clone(), id.clone()));
        self.keys.lock().unwrap().insert((spec.label, id));
        Ok(made)
    }

    async fn import(&self, _: &NewKey, _: SigningKey) -> Result<MadeKey, CustodyError> {
        Err(CustodyError::NoImport { custody: self.name() })
    }

    async fn signer(
        &self,
        issuer: &IssuerId,
        key: &StoredKey,
    ) -> Result<Arc<dyn Signer>, CustodyError> {
        self.let_time_pass();
        self.may(&self.opens_nothing)?;
        if !self.names().contains(key.id.as_str()) {
            return Err(CustodyError::NoPrivateHalf { key: key.id.clone() });
        }
        Sealed::new(store_key()).signer(issuer, key).await
    }

    fn name_of_key(&self, key: &StoredKey) -> Option<String> {
        let (handles, keys) = (self.handles.lock().unwrap(), self.keys.lock().unwrap());
        let (_, id) = handles.iter().find(|(handle, _)| Some(handle) == key.handle.as_ref())?;
        keys.iter().find(|(_, known)| known == id).map(|(label, _)| label.to_string())
    }

    fn name_of_order(&self, order: &KeyOrder) -> Option<String> {
        Some(order.label.to_string())
    }

    async fn destroy(&self, key: &StoredKey) -> Result<(), CustodyError> {
        assert!(key.handle.is_some(), "a custody needs the handle to destroy a key by");
        self.asked_to_destroy.lock().unwrap().push(key.id.clone());
        self.may(&self.is_stuck)?;
        self.keys.lock().unwrap().retain(|(_, id)| id != key.id.as_str());
        Ok(())
    }

    async fn abandon(&self, order: &KeyOrder) -> Result<(), CustodyError> {
        self.asked_to_abandon.fetch_add(1, Ordering::SeqCst);
        self.may(&self.is_stuck)?;
        self.abandoned.lock().unwrap().push(order.label);
        self.keys.lock().unwrap().retain(|(label, _)| *label != order.label);
        Ok(())
    }
}

/// The keys that are stored with a private half.
fn private_halves(store: &MemoryStore) -> BTreeSet<String> {
    let stored = store.stored().into_iter();
    stored.filter(|key| key.handle.is_some()).map(|key| key.id.to_string()).collect()
}

pub(crate) fn started() -> (Arc<MemoryStore>, Arc<Elsewhere>) {
    let (store, custody) = (Arc::new(MemoryStore::default()), Arc::new(Elsewhere::default()));
    run(ring(&store, &custody).tick(at(1_000))).unwrap();
    (store, custody)
}

/// A tick of another replica, on a thread of its own.
fn run_apart(
    store: Arc<MemoryStore>,
    custody: Arc<Elsewhere>,
    now: u64,
) -> std::thread::Result<()> {
    std::thread::spawn(move || drop(run(ring(&store, &custody).tick(at(now))))).join()
}

pub(crate) fn ring(store: &Arc<MemoryStore>, custody: &Arc<Elsewhere>) -> KeyRing {
    let (store, custody): (Arc<MemoryStore>, Arc<Elsewhere>) =
        (Arc::clone(store), Arc::clone(custody));
    let audience = Audience::new("billing-api").unwrap();
    KeyRing::new(audience, issuer(), store, custody, timing(), "test".to_owned(), Algorithm::Es256)
}

fn timed_ring(
    store: &Arc<MemoryStore>,
    custody: &Arc<Elsewhere>,
    clock: &Arc<AtomicU64>,
) -> KeyRing {
    let clock = Arc::clone(clock);
    ring(store, custody).timed_by(Arc::new(move || at(clock.load(Ordering::SeqCst))))
}

/// What takes until `then`.
fn moving(clock: &Arc<AtomicU64>, then: u64) -> Box<dyn FnOnce() + Send> {
    let clock = Arc::clone(clock);
    Box::new(move || clock.store(then, Ordering::SeqCst))
}
