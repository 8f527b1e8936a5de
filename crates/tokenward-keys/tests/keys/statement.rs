//! Signed key sets, and whoever signs them slowly or not at all.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use tokenward::{Algorithm, Audience, BackendError, BackendErrorKind, KeyId, SigningKey, UnixTime};
use tokenward_keys::{
    CustodyError, KeyRing, KeySetStatements, RingError, RotateError, Signer, StatementError,
    StatementStore,
};

use crate::support::{MemoryStore, at, ring, run, secs, timing};

#[test]
fn a_key_is_stated_only_since_its_statement_was_signed() {
    let bench = Bench::new();
    run(bench.ring.tick(at(1_000))).unwrap();
    bench.signer.until.store(1_005, Ordering::SeqCst);
    run(bench.statements.tick(at(1_000))).unwrap();

    // C + D after it was published, and not yet after it was stated.
    let early = run(bench.ring.rotate(at(1_014))).unwrap_err();
    assert!(matches!(early, RotateError::Ring(RingError::NotStated { .. })), "{early}");
    run(bench.ring.rotate(at(1_015))).unwrap();
}

#[test]
fn a_signer_of_key_sets_that_is_away_is_asked_again_after_a_while() {
    let bench = Bench::new();
    run(bench.ring.tick(at(1_000))).unwrap();
    run(bench.statements.tick(at(1_000))).unwrap();
    // Another standby.
    run(bench.ring.rotate(at(1_010))).unwrap();
    bench.signer.is_away.store(true, Ordering::SeqCst);
    let before = bench.signer.asked.load(Ordering::SeqCst);

    for third in 0..1_800 {
        let now = UnixTime::from_millis(1_011_000 + third * 333);
        let error = run(bench.statements.tick(now)).unwrap_err();
        assert!(matches!(error, StatementError::Signer(_)), "{error}");
        assert!(bench.statements.current(now).is_some());
    }

    let asked = bench.signer.asked.load(Ordering::SeqCst) - before;
    assert!((10..40).contains(&asked), "{asked} times");
    bench.signer.is_away.store(false, Ordering::SeqCst);
    run(bench.statements.tick(at(1_700))).unwrap();
}

#[test]
fn where_a_stated_key_has_leaked_the_signer_is_asked_each_time() {
    let bench = Bench::new();
    run(bench.ring.tick(at(1_000))).unwrap();
    run(bench.statements.tick(at(1_000))).unwrap();
    let leaked = bench.ring.signer(at(1_000)).unwrap().key_id().clone();
    run(bench.ring.compromise(&leaked, at(1_001))).unwrap();
    bench.signer.is_away.store(true, Ordering::SeqCst);
    let before = bench.signer.asked.load(Ordering::SeqCst);

    for _ in 0..5 {
        run(bench.statements.tick(at(1_002))).unwrap_err();
    }

    assert_eq!(bench.signer.asked.load(Ordering::SeqCst) - before, 5);
}

/// A ring, and its signed key sets.
struct Bench {
    ring: Arc<KeyRing>,
    statements: KeySetStatements,
    signer: Arc<Slow>,
}

impl Bench {
    fn new() -> Self {
        let clock = Arc::new(AtomicU64::new(1_000));
        let stated = Arc::new(Stated::default());
        let reads = Arc::clone(&clock);
        let ring = ring(&Arc::new(MemoryStore::default()), timing())
            .timed_by(Arc::new(move || at(reads.load(Ordering::SeqCst))))
            .stated_in(Arc::<Stated>::clone(&stated));
        let ring = Arc::new(ring);
        let key = SigningKey::generate(Algorithm::Es256).with_key_id(KeyId::new("signer").unwrap());
        let public = key.verifying_key().clone();
        let signer = Arc::new(Slow {
            key,
            id: KeyId::new("signer").unwrap(),
            clock,
            until: AtomicU64::new(0),
            is_away: AtomicBool::new(false),
            asked: AtomicU32::new(0),
        });
        let statements = KeySetStatements::new(
            Arc::clone(&ring),
            stated,
            Arc::<Slow>::clone(&signer),
            public,
            secs(86_400),
        );
        Self { ring, statements, signer }
    }
}

/// Signs, and then it is `until`.
#[derive(Debug)]
struct Slow {
    key: SigningKey,
    id: KeyId,
    clock: Arc<AtomicU64>,
    until: AtomicU64,
    is_away: AtomicBool,
    asked: AtomicU32,
}

#[async_trait]
impl Signer for Slow {
    fn key_id(&self) -> &KeyId {
        &self.id
    }

    fn algorithm(&self) -> Algorithm {
        self.key.algorithm()
    }

    async fn sign(&self, input: &[u8]) -> Result<Vec<u8>, CustodyError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.clock.fetch_max(self.until.load(Ordering::SeqCst), Ordering::SeqCst);
        if self.is_away.load(Ordering::SeqCst) {
            return Err(CustodyError::OutOfReach { custody: "elsewhere", source: "away".into() });
        }
        Ok(self.key.sign(input).unwrap())
    }
}

/// The statement of one audience, in memory.
#[derive(Default)]
struct Stated(Mutex<Option<Vec<u8>>>);

#[async_trait]
impl StatementStore for Stated {
    async fn statement(&self, _: &Audience) -> Result<Option<Vec<u8>>, BackendError> {
        Ok(self.0.lock().unwrap().clone())
    }

    async fn replace_statement(
        &self,
        _: &Audience,
        before: Option<Vec<u8>>,
        next: Vec<u8>,
    ) -> Result<(), BackendError> {
        let mut held = self.0.lock().unwrap();
        if *held != before {
            return Err(BackendError::new(BackendErrorKind::Conflict, "another was faster"));
        }
        *held = Some(next);
        Ok(())
    }
}
