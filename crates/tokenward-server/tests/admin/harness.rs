//! An authority in this process, and an administrator at its socket.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokenward::crypto::Secret256;
use tokenward::{Algorithm, Audience, ClientId, IssuerId};
use tokenward_keys::{Sealed, StoreKey};
use tokenward_server::admin::{AdminAuth, router};
use tokenward_server::gate::Rules;
use tokenward_server::http::Peer;
use tokenward_server::settings::{
    AudienceSettings, KeySettings, Limits, RevocationSettings, Settings, TrustSettings, WhenStale,
};
use tokenward_server::{Authority, Parts};
use tokenward_sessions::Service;
use tokenward_sqlite::{Options, SqliteStore};
use tokenward_testing::TestClock;
use tokenward_tower::binding::BindingPolicy;
use tokenward_tower::dpop::DpopSettings;
use tower::ServiceExt as _;

use super::audit::Log;

pub(crate) const BILLING: &str = "billing-api";
pub(crate) const OTHER: &str = "other-api";

/// What `rustix` says, too: the tests run as whoever runs them.
pub(crate) fn own_uid() -> u32 {
    rustix::process::geteuid().as_raw()
}

pub(crate) struct Bench {
    pub(crate) authority: Arc<Authority>,
    pub(crate) clock: TestClock,
    pub(crate) socket: Router,
    pub(crate) tcp: Router,
    _folder: TempDir,
}

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) challenge: Option<String>,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn is(&self, status: u16, error: &str) {
        assert_eq!(
            (self.status.as_u16(), &self.json()["error"]),
            (status, &json!(error)),
            "{self:?}"
        );
    }
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Log::of_all_tests();
        let folder = tempfile::tempdir().unwrap();
        let clock = TestClock::default();
        let store = SqliteStore::open(folder.path().join("store.db"), Options::default()).unwrap();
        let parts = Parts {
            settings: settings(),
            clock: Arc::new(clock.clone()),
            keys: Arc::new(store.clone()),
            custody: Arc::new(Sealed::new(StoreKey::new(Secret256::from_bytes([7; 32])))),
            sessions: Arc::new(store.clone()),
            services: Arc::new(store.clone()),
            revocations: Arc::new(store.clone()),
            frames: Arc::new(store.clone()),
            statuses: Arc::new(store.clone()),
            events: Arc::new(store.clone()),
            carrier: None,
            admin_tokens: Arc::new(store),
            key_sets: None,
            data_key: Secret256::from_bytes([9; 32]),
        };
        let authority = Authority::start(parts).await.unwrap();
        let socket = router(Arc::clone(&authority), AdminAuth::socket());
        let tcp = router(Arc::clone(&authority), AdminAuth::token(["localhost".to_owned()]));
        Self { authority, clock, socket, tcp, _folder: folder }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.by_socket(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        self.by_socket(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        self.by_socket(Method::DELETE, path, None).await
    }

    async fn by_socket(&self, method: Method, path: &str, body: Option<Value>) -> Reply {
        let mut request = request(method, path, body);
        request.extensions_mut().insert(Peer::Unix { uid: own_uid(), pid: None });
        send(&self.socket, request).await
    }

    /// Over TCP, with this token, to `host`.
    pub(crate) async fn by_token(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        host: &str,
    ) -> Reply {
        let body = (method == Method::POST).then(|| json!({}));
        let mut request = request(method, path, body);
        request.headers_mut().insert("host", host.parse().unwrap());
        if let Some(token) = token {
            let line = format!("Bearer {token}").parse().unwrap();
            request.headers_mut().insert("authorization", line);
        }
        send(&self.tcp, request).await
    }

    /// Lets time pass, and the clockwork do what it does meanwhile.
    pub(crate) async fn later(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
        self.authority.rotate_due().await;
        self.authority.beat().await;
    }

    /// A fresh administrator's token with these scopes.
    pub(crate) async fn token(&self, label: &str, scopes: &[&str]) -> String {
        let body = json!({ "label": label, "scopes": scopes, "lifetime_seconds": 3_600 });
        let reply = self.post("/admin/v1/admin-tokens", body).await;
        assert_eq!(reply.status, StatusCode::CREATED, "{reply:?}");
        reply.json()["token"].as_str().unwrap().to_owned()
    }
}

pub(crate) fn request(method: Method, path: &str, body: Option<Value>) -> Request<Body> {
    let request = Request::builder().method(method).uri(path);
    match body {
        Some(body) => request
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))
            .unwrap(),
        None => request.body(Body::empty()).unwrap(),
    }
}

pub(crate) async fn send(router: &Router, request: Request<Body>) -> Reply {
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    // Some answers hold a new secret, so none may stay in anything on the way.
    assert_eq!(response.headers()["cache-control"], "no-store");
    let challenge = response.headers().get("www-authenticate");
    let challenge = challenge.map(|value| value.to_str().unwrap().to_owned());
    let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    Reply { status, challenge, body: String::from_utf8(body.to_vec()).unwrap() }
}

fn settings() -> Settings {
    let seconds = Duration::from_secs;
    let audience = |name: &str| AudienceSettings {
        name: Audience::new(name).unwrap(),
        algorithm: Algorithm::Es256,
        access_lifetime: seconds(300),
        refresh_lifetime: seconds(3_600),
        session_lifetime: seconds(86_400),
        claims: Vec::new(),
        guard_admits: Vec::new(),
        status_list: false,
        dpop: DpopSettings::default(),
        mtls: BindingPolicy::Off,
        origins: Vec::new(),
        login: None,
        same_site: None,
    };
    Settings {
        environment: "test".into(),
        dev: false,
        issuer: IssuerId::new("https://auth.example.com").unwrap(),
        mtls_url: None,
        audiences: vec![audience(BILLING), audience(OTHER)],
        services: vec![Service {
            name: ClientId::new("declared").unwrap(),
            may: tokenward_sessions::May::ALL.into_iter().collect(),
            audiences: [Audience::new(BILLING).unwrap()].into(),
            scopes: tokenward_sessions::AllowedScopes::any(),
            public: false,
            secrets: Vec::new(),
            proof: None,
            declared: true,
        }],
        keys: KeySettings {
            key_set_max_age: seconds(300),
            propagation: seconds(60),
            clock_error: seconds(5),
            leeway: seconds(5),
            signer_lease: seconds(10),
            rotate_every: seconds(30 * 86_400),
        },
        revocation: RevocationSettings {
            max_staleness: seconds(10),
            when_stale: WhenStale::Refuse,
            feed_key: 1,
        },
        receivers: Vec::new(),
        proxies: Vec::new(),
        rules: Rules::any_token(),
        trust: TrustSettings::default(),
        limits: Limits::DEV,
    }
}
