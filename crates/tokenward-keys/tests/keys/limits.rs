//! When a ring signs nothing, and what it says of its plans.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use async_trait::async_trait;
use tokenward::{Algorithm, Audience, IssuerId, KeyId, SigningKey, UnixTime};
use tokenward_keys::{
    Custody, CustodyError, KeyOrder, KeyRing, KeyState, MadeKey, NewKey, NoSigner, Request,
    RingError, Sealed, Signer, StoredKey,
};

use crate::support::{Fault, MemoryStore, at, issuer, ring, run, store_key, timing};

#[test]
fn a_key_whose_end_has_come_counts_no_more_though_that_cannot_be_written() {
    let (store, ring) = started();
    let old = SigningKey::generate(Algorithm::EdDsa).named_by_thumbprint();
    let imported = run(ring.import(old.verifying_key(), at(1_060), at(1_001))).unwrap().key;

    store.fail_next_write(Fault::BeforeCommit);
    run(ring.tick(at(1_061))).unwrap_err();

    assert!(ring.key_set().find(&imported).is_none());
    assert!(!ring.jwks_json().contains(imported.as_str()));
    let row = store.stored().into_iter().find(|key| key.id == imported).unwrap();
    assert_eq!(row.state, KeyState::Retiring);
}

#[test]
fn a_clock_that_is_off_by_more_than_s_signs_nothing_and_plans_nothing() {
    let (store, ring) = started();
    for (clock, holds) in
        [(1_010 - 3, false), (1_010 - 2, true), (1_010 + 2, true), (1_010 + 3, false)]
    {
        store.set_clock(at(clock));

        let ticked = run(ring.tick(at(1_010)));

        assert_eq!(ring.signer(at(1_010)).is_ok(), holds, "the store says {clock}");
        assert_eq!(ticked.is_ok(), holds, "the store says {clock}");
    }
    let refused = ring.signer(at(1_010)).unwrap_err();
    assert!(matches!(refused, NoSigner::ClockOff { .. }), "{refused}");
    let before = store.stored();
    assert!(matches!(run(ring.tick(at(5_000))), Err(RingError::ClockOff { .. })));
    assert_eq!(store.stored(), before);
}

#[test]
fn a_wrong_clock_does_not_protect_a_key_that_has_leaked() {
    let (store, ring) = started();
    let leaked = ring.signer(at(1_000)).unwrap().key_id().clone();
    store.set_clock(at(9_000));

    run(ring.compromise(&leaked, at(1_020))).unwrap();

    let state = |id: &KeyId| store.stored().iter().find(|key| key.id == *id).unwrap().state;
    assert_eq!(state(&leaked), KeyState::Compromised);
}

#[test]
fn a_key_that_nothing_replaced_for_a_week_signs_no_more() {
    let (_, ring) = started();
    let end = 1_000 + 100 + 7 * 86_400;

    run(ring.refresh(at(end - 1))).unwrap();
    assert!(ring.signer(at(end - 1)).is_ok());
    let refused = ring.signer(at(end)).unwrap_err();
    assert!(matches!(refused, NoSigner::Overdue { .. }), "{refused}");

    // Whoever comes back finds the one ripe standby enough.
    run(ring.tick(at(end + 50))).unwrap();
    assert!(ring.signer(at(end + 50)).is_ok());
}

#[test]
fn no_token_may_outlive_what_its_key_vouches_for() {
    let (_, ring) = started();

    let signing = ring.signing(at(1_000)).unwrap();

    // R and a week, D + L + T + W + 2S, less W and S.
    assert_eq!(signing.latest_exp, at(1_000 + 100 + 7 * 86_400 + 32 - 1 - 2));
}

#[test]
fn a_preview_says_what_a_rotation_would_do_and_does_nothing() {
    let (store, ring) = started();
    let before = store.stored();
    let key = |state| before.iter().find(|key| key.state == state).unwrap().id.clone();
    let (active, standby) = (key(KeyState::Active), key(KeyState::Standby));

    let early = run(ring.preview(at(1_009), &Request::RotateNow)).unwrap();
    let ripe = run(ring.preview(at(1_010), &Request::RotateNow)).unwrap();

    assert_eq!((early.steps.len(), early.blocked_until), (0, Some(at(1_010))));
    let steps: Vec<_> = ripe.steps.iter().map(ToString::to_string).collect();
    let expected = [
        format!("retire key `{active}`, because another key signs from now on"),
        format!("activate key `{standby}`, because the operator asked for it"),
        "publish a standby key, because an emergency switch must find a ripe key".to_owned(),
    ];
    assert_eq!(steps, expected);
    assert_eq!(store.stored(), before);
}

#[test]
fn a_custody_that_fails_is_asked_again_after_a_while_and_signing_goes_on() {
    let store = Arc::new(MemoryStore::default());
    let custody = Arc::new(Flaky::default());
    let ring = ring_in(&store, &custody);
    run(ring.tick(at(1_000))).unwrap();
    run(ring.rotate(at(1_010))).unwrap();
    run(ring.rotate(at(1_020))).unwrap();
    assert_eq!(ring.failed_attempts(), 0);
    custody.fails.store(true, Ordering::SeqCst);
    let before = custody.asked.load(Ordering::SeqCst);

    // A rotation nears, and wants a second standby. Three times a second for ten minutes:
    for third in 0..1_800 {
        let now = UnixTime::from_millis(1_112_000 + third * 333);
        drop(run(ring.tick(now)));
        assert!(ring.signer(now).is_ok());
    }

    assert!(run(ring.tick(at(1_711))).is_err());
    let asked = custody.asked.load(Ordering::SeqCst) - before;
    assert!((10..40).contains(&asked), "{asked} times");
    assert_eq!(ring.failed_attempts(), asked);
    custody.fails.store(false, Ordering::SeqCst);
    run(ring.tick(at(1_800))).unwrap();
    assert_eq!(ring.failed_attempts(), 0);
}

#[test]
fn a_custody_that_fails_does_not_put_off_an_operator() {
    let store = Arc::new(MemoryStore::default());
    let custody = Arc::new(Flaky::default());
    let ring = ring_in(&store, &custody);
    run(ring.tick(at(1_000))).unwrap();
    custody.fails.store(true, Ordering::SeqCst);
    assert!(run(ring.tick(at(1_091))).is_err());

    let rotated = run(ring.rotate(at(1_091))).unwrap();

    assert_ne!(Some(rotated.active), rotated.retired);
}

#[test]
fn a_due_rotation_is_no_emergency_because_an_old_key_has_leaked() {
    let store = Arc::new(MemoryStore::default());
    let custody = Arc::new(Flaky::default());
    let ring = ring_in(&store, &custody);
    run(ring.tick(at(1_000))).unwrap();
    let old = SigningKey::generate(Algorithm::Es256);
    let old = run(ring.import(old.verifying_key(), at(9_000), at(1_000))).unwrap().key;
    // Another stands by, and all that is left is to open it.
    run(ring.tick(at(1_090))).unwrap();
    let active = ring.signer(at(1_090)).unwrap().key_id().clone();
    custody.is_away.store(true, Ordering::SeqCst);

    run(ring.compromise(&old, at(1_100))).unwrap();

    assert_eq!(ring.signer(at(1_100)).unwrap().key_id(), &active);
    assert!(ring.key_set().find(&old).is_none());
    custody.is_away.store(false, Ordering::SeqCst);
    run(ring.tick(at(1_170))).unwrap();
    assert_ne!(ring.signer(at(1_170)).unwrap().key_id(), &active, "it takes place all the same");
}

/// The sealed custody, which makes keys or does not, and can be away.
#[derive(Default)]
struct Flaky {
    fails: AtomicBool,
    is_away: AtomicBool,
    asked: AtomicU32,
}

#[async_trait]
impl Custody for Flaky {
    fn name(&self) -> &'static str {
        "sealed"
    }

    async fn check(&self, _audience: &Audience) -> Result<(), CustodyError> {
        Ok(())
    }

    async fn generate(&self, spec: &NewKey) -> Result<MadeKey, CustodyError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if self.fails.load(Ordering::SeqCst) {
            let source = "the vault is sealed".into();
            return Err(CustodyError::Failed { custody: "sealed", source });
        }
        Sealed::new(store_key()).generate(spec).await
    }

    async fn import(&self, spec: &NewKey, key: SigningKey) -> Result<MadeKey, CustodyError> {
        Sealed::new(store_key()).import(spec, key).await
    }

    async fn signer(
        &self,
        issuer: &IssuerId,
        key: &StoredKey,
    ) -> Result<Arc<dyn Signer>, CustodyError> {
        if self.is_away.load(Ordering::SeqCst) {
            let source = "the vault is away".into();
            return Err(CustodyError::OutOfReach { custody: "sealed", source });
        }
        Sealed::new(store_key()).signer(issuer, key).await
    }

    fn name_of_key(&self, _key: &StoredKey) -> Option<String> {
        None
    }

    fn name_of_order(&self, _order: &KeyOrder) -> Option<String> {
        None
    }

    async fn destroy(&self, key: &StoredKey) -> Result<(), CustodyError> {
        Sealed::new(store_key()).destroy(key).await
    }
}

fn ring_in(store: &Arc<MemoryStore>, custody: &Arc<Flaky>) -> KeyRing {
    let (store, custody): (Arc<MemoryStore>, Arc<Flaky>) = (Arc::clone(store), Arc::clone(custody));
    let audience = Audience::new("billing-api").unwrap();
    let environment = "test".to_owned();
    KeyRing::new(audience, issuer(), store, custody, timing(), environment, Algorithm::Es256)
}

fn started() -> (Arc<MemoryStore>, KeyRing) {
    let store = Arc::new(MemoryStore::default());
    let ring = ring(&store, timing());
    run(ring.tick(at(1_000))).unwrap();
    (store, ring)
}
