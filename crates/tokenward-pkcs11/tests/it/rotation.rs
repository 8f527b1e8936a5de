//! A key ring that rotates in the token while others sign.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use tokenward::{Algorithm, Audience, BackendError, BackendErrorKind, IssuerId, UnixTime};
use tokenward_keys::lifecycle::Key;
use tokenward_keys::{
    CustodyError, KeyChange, KeyLabel, KeyRing, KeyStore, MadeKey, NewKey, StoredKey, Timing,
    TimingSettings, Unfinished,
};

use crate::softhsm::{custody, in_softhsm};

#[test]
fn every_token_that_is_signed_while_keys_rotate_verifies() {
    in_softhsm("rotation::every_token_that_is_signed_while_keys_rotate_verifies", async || {
        let store = Arc::new(Store::default());
        let ring = Arc::new(ring(&store).await);
        let now = Arc::new(AtomicU64::new(1_000));
        ring.tick(at(&now)).await.unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let load: Vec<_> = (0..4)
            .map(|_| tokio::spawn(sign(Arc::clone(&ring), Arc::clone(&now), Arc::clone(&stop))))
            .collect();

        for _ in 0..ROTATIONS {
            now.fetch_add(RIPE, Ordering::SeqCst);
            ring.tick(at(&now)).await.unwrap();
            ring.rotate(at(&now)).await.unwrap();
        }
        stop.store(true, Ordering::SeqCst);
        let mut signed = 0_u32;
        for task in load {
            signed = signed.saturating_add(task.await.unwrap());
        }

        assert!(signed > ROTATIONS, "{signed} signatures in {ROTATIONS} rotations are no load");
        let with_private_half =
            store.0.lock().unwrap().iter().filter(|key| key.handle.is_some()).count();
        assert_eq!(with_private_half, 2, "one active, one standby");
    });
}

/// Signs until `stop`; answers how often.
async fn sign(ring: Arc<KeyRing>, now: Arc<AtomicU64>, stop: Arc<AtomicBool>) -> u32 {
    let mut count = 0_u32;
    while !stop.load(Ordering::SeqCst) {
        let signer = ring.signer(at(&now)).unwrap();
        let id = signer.key_id().clone();
        match signer.sign(b"input").await {
            Ok(signature) => {
                let set = ring.key_set();
                let key = set.find(&id).unwrap();
                assert!(key.verify(b"input", &signature));
                count = count.saturating_add(1);
            }
            // It was retired between the two calls: whoever issues asks for the next signer.
            Err(CustodyError::NoPrivateHalf { .. }) => {
                assert_ne!(*ring.signer(at(&now)).unwrap().key_id(), id);
            }
            Err(error) => panic!("{error}"),
        }
    }
    count
}

const ROTATIONS: u32 = 20;

/// After so many seconds a standby is ripe.
const RIPE: u64 = 3;

async fn ring(store: &Arc<Store>) -> KeyRing {
    let second = Duration::from_secs(1);
    let timing = Timing::new(TimingSettings {
        key_set_max_age: second,
        propagation: second,
        clock_error: second,
        leeway: second,
        signer_lease: Duration::from_secs(60),
        rotate_every: Duration::from_secs(3_600),
        token_life: Duration::from_secs(60),
    })
    .unwrap();
    let store: Arc<Store> = Arc::clone(store);
    KeyRing::new(
        Audience::new("api").unwrap(),
        issuer(),
        store,
        Arc::new(custody().await),
        timing,
        "test".to_owned(),
        Algorithm::Es256,
    )
}

fn at(now: &AtomicU64) -> UnixTime {
    UnixTime::from_secs(now.load(Ordering::SeqCst))
}

pub(crate) fn issuer() -> IssuerId {
    IssuerId::new("https://auth.example.com/audiences/api").unwrap()
}

pub(crate) fn spec(algorithm: Algorithm) -> NewKey {
    NewKey {
        audience: Audience::new("api").unwrap(),
        issuer: issuer(),
        algorithm,
        created_at: UnixTime::from_secs(1_000),
        kid_prefix: "test".to_owned(),
        label: KeyLabel::random(),
    }
}

/// The row of `made`, as a key ring writes it.
pub(crate) fn stored(made: &MadeKey) -> StoredKey {
    let made = MadeKey::new(made.public.clone(), made.handle.clone());
    let (audience, now) = (Audience::new("api").unwrap(), UnixTime::from_secs(1_000));
    Key::publish(made, &audience, "pkcs11", now).unwrap().stored().clone()
}

/// Rows in memory, for one ring.
#[derive(Debug, Default)]
struct Store(Mutex<Vec<StoredKey>>);

#[async_trait]
impl KeyStore for Store {
    async fn keys(&self, _: &Audience) -> Result<Vec<StoredKey>, BackendError> {
        Ok(self.0.lock().unwrap().clone())
    }

    async fn apply(&self, _: &Audience, changes: Vec<KeyChange>) -> Result<(), BackendError> {
        let mut keys = self.0.lock().unwrap();
        for change in changes {
            match change {
                KeyChange::Insert(key) => keys.push(key),
                KeyChange::Replace { epoch, key } => {
                    let missing = || BackendError::new(BackendErrorKind::Conflict, "changed");
                    let old = keys.iter_mut().find(|old| old.id == key.id && old.epoch == epoch);
                    *old.ok_or_else(missing)? = key;
                }
                // Nothing is left unfinished here.
                _ => {}
            }
        }
        Ok(())
    }

    async fn unfinished(&self, _: &Audience) -> Result<Unfinished, BackendError> {
        Ok(Unfinished::default())
    }

    async fn sealed_secret(&self, _: &str, fresh: Vec<u8>) -> Result<Vec<u8>, BackendError> {
        Ok(fresh)
    }
}
