//! Signed key sets, as a verifier with a pinned root gets them.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use serde_json::Value;
use tokenward::root::{NewDelegation, NewRoot, PinnedRoot, RootChain, TrustState, TrustedKeys};
use tokenward::{
    Algorithm, Audience, Clock as _, IssuerId, KeyId, KeySetVersion, SigningKey, UnixTime,
};
use tokenward_keys::{CustodyError, Signer, StatementStore};
use tokenward_server::{Authority, KeySetSigning, Parts};
use tokenward_sqlite::{Options, SqliteStore};

use crate::harness::{BILLING, Bench, parts, settings_of};

#[tokio::test]
async fn the_signed_key_set_is_vouched_for_by_the_root_and_is_the_published_one() {
    let stated = Stated::new().await;

    let trusted = stated.verify(&TrustState::default()).await;

    let plain = stated.get("jwks.json").await;
    assert_eq!(trusted.statement().key_set_json(), plain);
    let reply = stated.bench.get(&path("jwks.jwt")).await;
    assert_eq!(reply.headers["content-type"], "application/jwk-set+jwt");
    let metadata: Value =
        serde_json::from_str(&stated.get(".well-known/openid-configuration").await).unwrap();
    assert_eq!(metadata["signed_jwks_uri"], format!("{}/jwks.jwt", issuer()));
}

#[tokio::test]
async fn every_change_of_the_keys_is_a_version_that_names_the_one_before() {
    let stated = Stated::new().await;
    let first = stated.verify(&TrustState::default()).await;
    let now = stated.bench.clock.now().as_secs();
    assert_eq!(first.statement().version().unwrap().number(), now);

    stated.rotate().await;

    let second = stated.verify(first.state()).await;
    let now = stated.bench.clock.now().as_secs();
    assert_eq!(second.statement().version().unwrap().number(), now);
    assert_eq!(second.statement().previous(), first.state().key_set().map(KeySetVersion::hash));
    assert_ne!(second.statement().key_set_json(), first.statement().key_set_json());
}

#[tokio::test]
async fn a_statement_is_renewed_at_half_of_its_life_under_the_same_version() {
    let stated = Stated::new().await;
    let first = stated.verify(&TrustState::default()).await;

    stated.later(Duration::from_secs(12 * 3_600 - 5)).await;
    assert_eq!(stated.verify(first.state()).await.expires_at(), first.expires_at());
    stated.later(Duration::from_secs(5)).await;

    let renewed = stated.verify(first.state()).await;
    assert!(renewed.expires_at() > first.expires_at());
    assert_eq!(renewed.state(), first.state());
}

#[tokio::test]
async fn a_restart_goes_on_with_the_version_that_was_stored() {
    let stated = Stated::new().await;
    let first = stated.verify(&TrustState::default()).await;

    let stated = stated.again().await;

    assert_eq!(stated.verify(first.state()).await.state(), first.state());
    stated.rotate().await;
    let second = stated.verify(first.state()).await;
    assert_eq!(second.statement().previous(), first.state().key_set().map(KeySetVersion::hash));
}

#[tokio::test]
async fn a_store_that_was_begun_anew_goes_on_above_what_verifiers_have_seen() {
    let stated = Stated::new().await;
    stated.rotate().await;
    let seen = stated.verify(&TrustState::default()).await.state().clone();
    stated.later(Duration::from_secs(1)).await;

    let stated = stated.again_in("restored.db").await;

    let number = |state: &TrustState| state.key_set().unwrap().number();
    assert!(number(stated.verify(&seen).await.state()) > number(&seen));
}

#[tokio::test]
async fn who_writes_to_the_store_neither_uses_up_the_numbers_nor_has_another_statement_served() {
    let stated = Stated::new().await;
    let first = stated.verify(&TrustState::default()).await;

    stated.spoil("version", &9_007_199_254_740_991_u64.into()).await;
    stated.rotate().await;
    let second = stated.verify(first.state()).await;
    let now = stated.bench.clock.now().as_secs();
    assert_eq!(second.statement().version().unwrap().number(), now);

    stated.later(Duration::from_secs(1)).await;
    stated.spoil("jwt", &"x.y.z".into()).await;
    stated.state().await;
    stated.verify(second.state()).await;
}

#[tokio::test]
async fn a_statement_of_a_clock_that_was_ahead_is_replaced_at_once() {
    let stated = Stated::new().await;
    stated.bench.clock.set(stated.bench.clock.now().saturating_add(Duration::from_secs(3_600)));
    stated.rotate().await;
    let ahead = stated.get("jwks.jwt").await;

    stated.bench.clock.set(stated.bench.clock.now().saturating_sub(Duration::from_secs(3_600)));
    stated.state().await;

    assert_ne!(stated.get("jwks.jwt").await, ahead);
    stated.verify(&TrustState::default()).await;
}

#[tokio::test]
async fn of_two_replicas_that_sign_at_once_one_is_published_by_both() {
    let bench = Bench::new().await;
    let (signing, chain, pinned) = delegated(bench.authority.now());
    let settings = settings_of(&bench);
    let (dir, clock) = bench.stop().await;
    let store = SqliteStore::open(dir.path().join("replicas.db"), Options::default()).unwrap();
    let start = async || {
        let key_sets = Some(key_sets(&signing, &chain, &store));
        let Parts { data_key, custody, .. } = parts(&dir, &clock, settings.clone());
        Authority::start(Parts {
            settings: settings.clone(),
            clock: Arc::new(clock.clone()),
            keys: Arc::new(store.clone()),
            custody,
            sessions: Arc::new(store.clone()),
            passkeys: Arc::new(store.clone()),
            services: Arc::new(store.clone()),
            revocations: Arc::new(store.clone()),
            frames: Arc::new(store.clone()),
            statuses: Arc::new(store.clone()),
            events: Arc::new(store.clone()),
            carrier: None,
            admin_tokens: Arc::new(store.clone()),
            key_sets,
            data_key,
        })
        .await
        .unwrap()
    };
    let one = start().await;
    let other = start().await;
    for _ in 0..5 {
        clock.advance(LIFETIME);
        one.rotate_due().await;
        other.rotate_due().await;
        tokio::join!(one.state_key_sets(), other.state_key_sets());
        tokio::join!(one.state_key_sets(), other.state_key_sets());

        let [a, b] = [&one, &other].map(Authority::public_router);
        let (a, b) = (body(a, "jwks.jwt").await, body(b, "jwks.jwt").await);
        assert_eq!(a, b);
        let seen = TrustState::default();
        assert!(pinned.verify(chain.as_bytes(), &a, &issuer(), &seen, clock.now()).is_ok());
    }
}

#[tokio::test]
async fn while_the_signer_is_away_no_key_begins_to_sign_that_pinned_verifiers_lack() {
    let stated = Stated::new().await;
    let active = stated.active();
    stated.signing.away(true);
    // The standby of the beginning is stated: it may sign. The one after it is not.
    stated.bench.later(Duration::from_secs(3_600)).await;
    stated.bench.authority.rotate(&billing()).await.unwrap();
    stated.state().await;
    let second = stated.active();
    assert_ne!(second, active);
    stated.bench.later(Duration::from_secs(3_600)).await;

    let refused = stated.bench.authority.rotate(&billing()).await.unwrap_err();
    assert!(refused.to_string().contains("waits for the signed key set"), "{refused}");
    assert_eq!(stated.active(), second);

    stated.signing.away(false);
    stated.state().await;
    assert!(
        stated.bench.authority.rotate(&billing()).await.is_err(),
        "it has only just been stated"
    );
    stated.bench.later(Duration::from_secs(3_600)).await;
    stated.bench.authority.rotate(&billing()).await.unwrap();
    assert_ne!(stated.active(), second);
}

#[tokio::test]
async fn a_compromise_waits_for_no_statement() {
    let stated = Stated::new().await;
    stated.signing.away(true);
    stated.bench.later(Duration::from_secs(3_600)).await;
    stated.bench.authority.rotate(&billing()).await.unwrap();
    stated.bench.later(Duration::from_secs(3_600)).await;
    let leaked = stated.active();

    stated.bench.authority.compromise(&billing(), &leaked, "test").await.unwrap();

    assert_ne!(stated.active(), leaked);
}

#[tokio::test]
async fn an_expired_statement_is_not_served_and_readiness_says_so() {
    let stated = Stated::new().await;
    stated.signing.away(true);
    assert_eq!(stated.bench.authority.problems(), Vec::<String>::new());

    stated.bench.later(LIFETIME).await;
    stated.state().await;

    let reply = stated.bench.get(&path("jwks.jwt")).await;
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
    let problems = stated.bench.authority.problems();
    assert!(
        problems.contains(&"audience billing-api: there is no signed key set".to_owned()),
        "{problems:?}"
    );
}

#[tokio::test]
async fn how_long_the_root_still_vouches_for_the_signer_is_known() {
    let stated = Stated::new().await;
    let whole = stated.bench.authority.delegation_left().unwrap();
    assert!(whole <= Duration::from_secs(90 * 86_400));

    stated.bench.clock.advance(Duration::from_secs(60));
    let left = stated.bench.authority.delegation_left().unwrap();
    assert_eq!(whole.saturating_sub(left), Duration::from_secs(60));
    assert_eq!(Bench::new().await.authority.delegation_left(), None);
}

#[tokio::test]
async fn without_a_root_there_is_no_signed_key_set() {
    let bench = Bench::new().await;
    for name in ["jwks.jwt", "root-chain.json"] {
        assert_eq!(bench.get(&path(name)).await.status, StatusCode::NOT_FOUND);
    }
    let metadata = bench.get(&path(".well-known/openid-configuration")).await.json();
    assert_eq!(metadata.get("signed_jwks_uri"), None);
}

const LIFETIME: Duration = Duration::from_secs(24 * 3_600);

/// An authority whose key sets are signed.
struct Stated {
    bench: Bench,
    signing: Arc<LocalSigner>,
    chain: Arc<str>,
    pinned: PinnedRoot,
    store: SqliteStore,
}

impl Stated {
    async fn new() -> Self {
        let bench = Bench::new().await;
        let (signing, chain, pinned) = delegated(bench.authority.now());
        let store =
            SqliteStore::open(bench.dir.path().join("unused.db"), Options::default()).unwrap();
        Self { bench, signing, chain, pinned, store }.again().await
    }

    /// The same authority, started again.
    async fn again(self) -> Self {
        self.again_in("statements.db").await
    }

    /// The same with the statements in the store called `name`.
    async fn again_in(self, name: &str) -> Self {
        let Self { bench, signing, chain, pinned, store } = self;
        drop(store);
        let (settings, secret) = (settings_of(&bench), bench.secret().to_owned());
        let (dir, clock) = bench.stop().await;
        let store = SqliteStore::open(dir.path().join(name), Options::default()).unwrap();
        let key_sets = Some(key_sets(&signing, &chain, &store));
        let parts = Parts { key_sets, ..parts(&dir, &clock, settings) };
        let bench = Bench::of(Authority::start(parts).await.unwrap(), dir, clock, secret);
        let stated = Self { bench, signing, chain, pinned, store };
        stated.state().await;
        stated
    }

    async fn state(&self) {
        self.bench.authority.state_key_sets().await;
    }

    /// Changes a column of the stored statement.
    async fn spoil(&self, name: &str, value: &Value) {
        let stored = self.store.statement(&billing()).await.unwrap().unwrap();
        let mut row: Value = serde_json::from_slice(&stored).unwrap();
        row[name] = value.clone();
        let row = row.to_string().into_bytes();
        self.store.replace_statement(&billing(), Some(stored), row).await.unwrap();
    }

    async fn later(&self, by: Duration) {
        self.bench.later(by).await;
        self.state().await;
    }

    async fn rotate(&self) {
        self.later(Duration::from_secs(3_600)).await;
        self.bench.authority.rotate(&billing()).await.unwrap();
        self.state().await;
    }

    fn active(&self) -> KeyId {
        let ring = self.bench.authority.ring(&billing()).unwrap();
        ring.signer(self.bench.clock.now()).unwrap().key_id().clone()
    }

    async fn get(&self, name: &str) -> String {
        body(self.bench.router.clone(), name).await
    }

    async fn verify(&self, seen: &TrustState) -> TrustedKeys {
        let (chain, statement) = (self.get("root-chain.json").await, self.get("jwks.jwt").await);
        let now = self.bench.clock.now();
        self.pinned.verify(chain.as_bytes(), &statement, &issuer(), seen, now).unwrap()
    }
}

async fn body(router: axum::Router, name: &str) -> String {
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;
    let request = http::Request::get(path(name)).body(axum::body::Body::empty()).unwrap();
    let response = router.oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{name}");
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn key_sets(signing: &Arc<LocalSigner>, chain: &Arc<str>, store: &SqliteStore) -> KeySetSigning {
    let store: Arc<dyn StatementStore> = Arc::new(store.clone());
    let signer: Arc<dyn Signer> = signing.clone();
    let public = signing.key.verifying_key().clone();
    KeySetSigning {
        signer,
        public,
        store,
        lifetime: LIFETIME,
        chain: Arc::clone(chain),
        next: None,
    }
}

/// A signer, the chain that leads to it, and the root of that.
fn delegated(now: UnixTime) -> (Arc<LocalSigner>, Arc<str>, PinnedRoot) {
    let days = |number: u32| Duration::from_secs(86_400).saturating_mul(number);
    let (root, signer) =
        (SigningKey::generate(Algorithm::EdDsa), SigningKey::generate(Algorithm::Es256));
    let keys = vec![root.verifying_key().clone()];
    let new = NewRoot { threshold: 1, keys, issued_at: now, lifetime: days(365) };
    let mut chain = RootChain::init(&new).unwrap();
    chain.sign(&root).unwrap();
    let pinned = PinnedRoot::parse(chain.to_json().as_bytes()).unwrap();
    let new = NewDelegation {
        signer: signer.verifying_key().clone(),
        issuers: vec![issuer()],
        algorithms: vec![Algorithm::Es256],
        issued_at: now,
        not_before: now,
        lifetime: days(90),
    };
    let mut chain = chain.delegate(&new).unwrap();
    chain.sign(&root).unwrap();
    let signer = LocalSigner { key: signer, away: false.into() };
    (Arc::new(signer), chain.to_json().into(), pinned)
}

/// A signer that can be out of reach.
#[derive(Debug)]
struct LocalSigner {
    key: SigningKey,
    away: std::sync::atomic::AtomicBool,
}

impl LocalSigner {
    fn away(&self, away: bool) {
        self.away.store(away, std::sync::atomic::Ordering::SeqCst);
    }
}

#[async_trait::async_trait]
impl Signer for LocalSigner {
    fn key_id(&self) -> &KeyId {
        self.key.key_id().unwrap()
    }

    fn algorithm(&self) -> Algorithm {
        self.key.algorithm()
    }

    async fn sign(&self, input: &[u8]) -> Result<Vec<u8>, CustodyError> {
        if self.away.load(std::sync::atomic::Ordering::SeqCst) {
            return Err(CustodyError::Failed { custody: "test", source: "it is away".into() });
        }
        Ok(self.key.sign(input).unwrap())
    }
}

fn path(name: &str) -> String {
    format!("/audiences/{BILLING}/{name}")
}

fn issuer() -> IssuerId {
    IssuerId::new(format!("https://auth.example.com/audiences/{BILLING}")).unwrap()
}

fn billing() -> Audience {
    Audience::new(BILLING).unwrap()
}
