//! An authority in this process, and the few words that the tests speak with it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, SET_COOKIE};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokenward::crypto::Secret256;
use tokenward::{Algorithm, Audience, ClientId, Clock, IssuerId, UnixTime, Verified};
use tokenward_keys::{Custody, Sealed, StoreKey};
use tokenward_remote::{Judged, Refusal};
use tokenward_server::gate::Rules;
use tokenward_server::settings::{
    AudienceSettings, KeySettings, Limits, Profile, RevocationSettings, Settings, TrustSettings,
    WhenStale,
};
use tokenward_server::{Authority, Parts};
use tokenward_sessions::{AllowedScopes, May, Service, ServiceSecret, StoredSecret};
use tokenward_sqlite::{Options, SqliteStore};
use tokenward_testing::TestClock;
use tokenward_tower::binding::BindingPolicy;
use tokenward_tower::dpop::DpopSettings;
use tower::ServiceExt;

pub(crate) const BILLING: &str = "billing-api";
pub(crate) const OTHER: &str = "other-api";
pub(crate) const APP: &str = "https://app.example.com";

/// May do everything within `billing-api`.
pub(crate) const LOGIN: &str = "login";
/// May do nothing, within `billing-api`.
pub(crate) const WEAK: &str = "weak";
/// May do everything within `other-api`.
pub(crate) const STRANGER: &str = "stranger";
/// May do everything within both.
pub(crate) const BOTH: &str = "both";
/// A public client of `billing-api`.
pub(crate) const SPA: &str = "spa";

pub(crate) struct Bench {
    pub(crate) authority: Arc<Authority>,
    pub(crate) router: Router,
    pub(crate) clock: TestClock,
    pub(crate) dir: TempDir,
    secret: String,
}

pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Self::with(|_| ()).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        crate::silence::listen();
        let dir = tempfile::tempdir().unwrap();
        let clock = TestClock::default();
        let secret = ServiceSecret::random();
        let mut settings = settings(&secret, clock.now());
        change(&mut settings);
        Self::again(dir, clock, settings, secret.expose().to_string()).await
    }

    /// An authority on a folder in which there was one.
    pub(crate) async fn again(
        dir: TempDir,
        clock: TestClock,
        settings: Settings,
        secret: String,
    ) -> Self {
        let authority = start(&dir, &clock, settings).await;
        Self::of(authority, dir, clock, secret)
    }

    /// An authority that was started already.
    pub(crate) fn of(
        authority: Arc<Authority>,
        dir: TempDir,
        clock: TestClock,
        secret: String,
    ) -> Self {
        let router = authority.public_router();
        Self { authority, router, clock, dir, secret }
    }

    /// The same authority, started again with another custody.
    pub(crate) async fn in_custody(self, custody: Arc<dyn Custody>) -> Self {
        let (settings, secret) = (self.authority.settings().clone(), self.secret.clone());
        let (dir, clock) = self.stop().await;
        let parts = Parts { custody, ..parts(&dir, &clock, settings) };
        let authority = Authority::start(parts).await.unwrap();
        let router = authority.public_router();
        Self { authority, router, clock, dir, secret }
    }

    /// Shuts the authority down; what is left is its folder and the time.
    pub(crate) async fn stop(self) -> (TempDir, TestClock) {
        self.authority.shutdown().await;
        (self.dir, self.clock)
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Reply { status: parts.status, headers: parts.headers, body }
    }

    /// `client`'s `Authorization`; every service here has the same secret.
    pub(crate) fn basic(&self, client: &str) -> String {
        format!("Basic {}", STANDARD.encode(format!("{client}:{}", self.secret)))
    }

    pub(crate) fn secret(&self) -> &str {
        &self.secret
    }

    pub(crate) async fn form(&self, path: &str, client: &str, fields: &[(&str, &str)]) -> Reply {
        self.form_with(&[], path, client, fields).await
    }

    /// As [`Self::form`], with these proofs of possession.
    pub(crate) async fn form_with(
        &self,
        proofs: &[String],
        path: &str,
        client: &str,
        fields: &[(&str, &str)],
    ) -> Reply {
        self.send(self.form_request(proofs, path, client, fields)).await
    }

    /// The request of [`Self::form_with`]; of no client where its name is empty.
    pub(crate) fn form_request(
        &self,
        proofs: &[String],
        path: &str,
        client: &str,
        fields: &[(&str, &str)],
    ) -> Request<Body> {
        let mut request =
            proofs.iter().fold(form(path), |request, proof| request.header("dpop", proof));
        if !client.is_empty() {
            request = request.header(AUTHORIZATION, self.basic(client));
        }
        finish(request, fields)
    }

    pub(crate) async fn form_without_client(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.send(finish(form(path), fields)).await
    }

    pub(crate) async fn json(
        &self,
        method: Method,
        path: &str,
        client: &str,
        body: &Value,
    ) -> Reply {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(AUTHORIZATION, self.basic(client))
            .header(CONTENT_TYPE, "application/json");
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        self.send(request.body(body).unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, client: &str, body: &Value) -> Reply {
        self.json(Method::POST, path, client, body).await
    }

    /// A session of `alice` for `billing-api`, made by [`LOGIN`].
    pub(crate) async fn session(&self, more: Value) -> Value {
        let reply = self.post("/v1/sessions", LOGIN, &session_of("alice", more)).await;
        assert_eq!(reply.status, StatusCode::CREATED, "{reply:?}");
        reply.json()
    }

    /// The `Cookie` line of a fresh browser session of `alice`.
    pub(crate) async fn cookie_session(&self) -> String {
        let body = session_of("alice", json!({"delivery": "cookie"}));
        self.post("/v1/sessions", LOGIN, &body).await.cookies()
    }

    pub(crate) async fn refresh(&self, token: &str) -> Reply {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.form("/oauth2/token", LOGIN, &fields).await
    }

    pub(crate) async fn browser(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// What the authority's own verifier says of a token of `billing-api`.
    pub(crate) fn verify(&self, token: &str) -> Result<Verified, Refusal> {
        let audience = Audience::new(BILLING).unwrap();
        self.authority
            .verifier(&audience)
            .unwrap()
            .verify(token, self.clock.now())
            .map(Judged::into_verified)
    }

    pub(crate) fn accepted(&self, token: &Value) -> bool {
        self.verify(token.as_str().unwrap()).is_ok()
    }

    /// Lets time pass, and the clockwork do what it does meanwhile.
    pub(crate) async fn later(&self, by: Duration) {
        self.clock.advance(by);
        self.authority.rotate_due().await;
        self.authority.beat().await;
    }

    /// Everything in the data folder, for looking for what must not be there.
    pub(crate) fn files(&self) -> Vec<u8> {
        let files = std::fs::read_dir(self.dir.path()).unwrap();
        files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
    }
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn set_cookies(&self) -> Vec<&str> {
        self.headers.get_all(SET_COOKIE).iter().map(|line| line.to_str().unwrap()).collect()
    }

    /// What a browser would send back.
    pub(crate) fn cookies(&self) -> String {
        let pairs: Vec<_> =
            self.set_cookies().iter().map(|line| line.split(';').next().unwrap()).collect();
        pairs.join("; ")
    }

    pub(crate) fn is(&self, status: u16, error: &str) {
        let got = (self.status.as_u16(), self.json()["error"].clone());
        assert_eq!(got, (status, json!(error)), "{self:?}");
    }

    /// Everything that a client sees.
    pub(crate) fn seen(&self) -> (StatusCode, Vec<(String, String)>, Bytes) {
        let headers = self.headers.iter();
        let mut headers: Vec<_> = headers
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        headers.sort();
        (self.status, headers, self.body.clone())
    }
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {:?} {}", self.status, self.headers, String::from_utf8_lossy(&self.body))
    }
}

pub(crate) fn session_of(subject: &str, more: Value) -> Value {
    let mut body = json!({"subject": subject, "audience": BILLING});
    if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
        body.extend(more);
    }
    body
}

pub(crate) fn cookie(line: &str) -> (&'static str, &str) {
    (COOKIE.as_str(), line)
}

pub(crate) const SAME_ORIGIN: (&str, &str) = ("sec-fetch-site", "same-origin");

fn form(path: &str) -> http::request::Builder {
    Request::post(path).header(CONTENT_TYPE, "application/x-www-form-urlencoded")
}

/// What `profile` asks about `GET` of `target` at `host`.
pub(crate) fn asked_by(profile: Profile, host: &str, target: &str) -> http::request::Builder {
    let place = format!("/auth/{}/{BILLING}", profile.as_str());
    match profile {
        Profile::Nginx => {
            Request::get(place).header("x-original-method", "GET").header("x-original-uri", target)
        }
        Profile::Envoy => Request::get(format!("{place}{target}")).header("host", host),
        _ => Request::get(place)
            .header("x-forwarded-method", "GET")
            .header("x-forwarded-uri", target)
            .header("x-forwarded-host", host)
            .header("x-forwarded-proto", "https"),
    }
}

fn finish(request: http::request::Builder, fields: &[(&str, &str)]) -> Request<Body> {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    request.body(Body::from(body)).unwrap()
}

pub(crate) async fn start(dir: &TempDir, clock: &TestClock, settings: Settings) -> Arc<Authority> {
    Authority::start(parts(dir, clock, settings)).await.unwrap()
}

pub(crate) fn parts(dir: &TempDir, clock: &TestClock, settings: Settings) -> Parts {
    let store = SqliteStore::open(dir.path().join("store.db"), Options::default()).unwrap();
    Parts {
        settings,
        clock: Arc::new(clock.clone()),
        keys: Arc::new(store.clone()),
        custody: Arc::new(sealed()),
        sessions: Arc::new(store.clone()),
        passkeys: Arc::new(store.clone()),
        services: Arc::new(store.clone()),
        revocations: Arc::new(store.clone()),
        frames: Arc::new(store.clone()),
        statuses: Arc::new(store.clone()),
        events: Arc::new(store.clone()),
        carrier: None,
        admin_tokens: Arc::new(store),
        key_sets: None,
        data_key: Secret256::from_bytes([9; 32]),
    }
}

pub(crate) fn settings_of(bench: &Bench) -> Settings {
    bench.authority.settings().clone()
}

fn settings(secret: &ServiceSecret, now: UnixTime) -> Settings {
    let all = May::ALL;
    Settings {
        environment: "test".into(),
        dev: false,
        issuer: IssuerId::new("https://auth.example.com").unwrap(),
        mtls_url: None,
        audiences: vec![audience(BILLING, &[APP]), audience(OTHER, &[])],
        services: vec![
            service(LOGIN, &all, &[BILLING], Some(secret), now),
            service(WEAK, &[], &[BILLING], Some(secret), now),
            service(STRANGER, &all, &[OTHER], Some(secret), now),
            service(BOTH, &all, &[BILLING, OTHER], Some(secret), now),
            service(SPA, &[], &[BILLING], None, now),
        ],
        keys: KeySettings {
            key_set_max_age: Duration::from_secs(300),
            propagation: Duration::from_secs(60),
            clock_error: Duration::from_secs(5),
            leeway: Duration::from_secs(5),
            signer_lease: Duration::from_secs(10),
            rotate_every: Duration::from_secs(30 * 86_400),
        },
        revocation: RevocationSettings {
            max_staleness: Duration::from_secs(10),
            when_stale: WhenStale::Refuse,
            feed_key: 1,
        },
        receivers: Vec::new(),
        proxies: Vec::new(),
        rules: Rules::any_token(),
        trust: TrustSettings::default(),
        passkeys: None,
        limits: Limits::DEV,
    }
}

fn audience(name: &str, origins: &[&str]) -> AudienceSettings {
    AudienceSettings {
        name: Audience::new(name).unwrap(),
        algorithm: Algorithm::Es256,
        access_lifetime: Duration::from_secs(300),
        refresh_lifetime: Duration::from_secs(3_600),
        session_lifetime: Duration::from_secs(86_400),
        claims: vec!["roles".into(), "note".into()],
        guard_admits: Vec::new(),
        status_list: false,
        dpop: DpopSettings::default(),
        mtls: BindingPolicy::Off,
        origins: origins.iter().map(|&origin| origin.into()).collect(),
        login: None,
        same_site: None,
    }
}

fn service(
    name: &str,
    may: &[May],
    audiences: &[&str],
    secret: Option<&ServiceSecret>,
    now: UnixTime,
) -> Service {
    let stored = |secret: &ServiceSecret| StoredSecret {
        hash: secret.hash(),
        created_at: now,
        ends_at: None,
        last_used_at: None,
    };
    Service {
        name: ClientId::new(name).unwrap(),
        may: may.iter().copied().collect::<BTreeSet<_>>(),
        audiences: audiences.iter().map(|&name| Audience::new(name).unwrap()).collect(),
        scopes: AllowedScopes::from_names(secret.map(|_| ["read", "write"]).into_iter().flatten())
            .unwrap(),
        public: secret.is_none(),
        secrets: secret.map(stored).into_iter().collect(),
        proof: None,
        declared: true,
    }
}

/// The custody of every authority here.
pub(crate) fn sealed() -> Sealed {
    Sealed::new(StoreKey::new(Secret256::from_bytes([7; 32])))
}
