use std::time::Duration;

use axum::body::{Body, to_bytes};
use http::Request;
use tokenward::{
    AccessLifetime, Algorithm, Audience, ClientId, Issuer, IssuerId, Jti, KeyId, KeySet,
    SigningKey, Subject, TokenRequest, UnixTime, Verifier,
};
use tokenward_revocation::View;
use tower::ServiceExt;

use super::*;

#[tokio::test]
async fn everybody_is_greeted_and_the_known_by_name() {
    let api = Api::new();

    assert_eq!(api.get("/hello", &[]).await, (200, json!({ "hello": "world" })));
    assert_eq!(
        api.get("/hello", &[&api.bearer("alice", "")]).await,
        (200, json!({ "hello": "alice" }))
    );
    let (status, _) = api.get("/hello", &[&("authorization", "Bearer rubbish".to_owned())]).await;
    assert_eq!(status, 401);
}

#[tokio::test]
async fn a_note_is_seen_by_its_subject_alone() {
    let api = Api::new();
    let alice = api.bearer("alice", "notes:read");
    let (status, _) = api.post("/notes", &[&alice], r#"{"text":"milk"}"#).await;
    assert_eq!(status, 201);

    assert_eq!(api.get("/notes", &[&alice]).await, (200, json!([{ "id": 0, "text": "milk" }])));
    assert_eq!(api.get("/notes", &[&api.bearer("bob", "notes:read")]).await, (200, json!([])));
}

#[tokio::test]
async fn notes_are_read_with_the_scope_for_it() {
    let api = Api::new();

    assert_eq!(api.get("/notes", &[&api.bearer("alice", "other")]).await.0, 403);
    assert_eq!(api.get("/notes", &[]).await.0, 401);
}

#[tokio::test]
async fn all_notes_are_deleted_after_a_login_of_just_now_alone() {
    let api = Api::new();
    let delete = async |logged_in: Option<u64>| {
        let header = ("authorization", format!("Bearer {}", api.token_of(logged_in)));
        api.send("DELETE", "/notes/all", &[&header], Body::empty()).await.0
    };
    assert_eq!(delete(Some(299)).await, 204);
    assert_eq!(delete(Some(301)).await, 401);
    assert_eq!(delete(None).await, 401);
}

#[tokio::test]
async fn a_note_by_cookie_must_come_from_the_own_site() {
    let api = Api::new();
    let cookie = ("cookie", format!("__Host-access={}", api.token("alice", "")));
    let note = r#"{"text":"milk"}"#;

    assert_eq!(api.post("/notes", &[&cookie], note).await.0, 403);
    let origin = ("origin", "https://localhost:3000".to_owned());
    assert_eq!(api.post("/notes", &[&cookie, &origin], note).await.0, 201);
}

#[tokio::test]
async fn a_note_that_is_too_long_or_no_note_is_refused() {
    let api = Api::new();
    let alice = api.bearer("alice", "");
    let long = json!({ "text": "a".repeat(2_000) }).to_string();
    let huge = json!({ "text": "a".repeat(BODY_LIMIT) }).to_string();

    assert_eq!(api.post("/notes", &[&alice], &long).await.0, 507);
    assert_eq!(api.post("/notes", &[&alice], &huge).await.0, 413);
    assert_eq!(api.post("/notes", &[&alice], r#"{"text":1}"#).await.0, 422);
    assert_eq!(api.post("/notes", &[&alice], "rubbish").await.0, 400);
}

type Header = (&'static str, String);

struct Api {
    router: Router,
    issuer: Issuer,
    key: SigningKey,
}

impl Api {
    fn new() -> Self {
        let audience = Audience::new("demo-api").unwrap();
        let id = IssuerId::new("https://localhost:8443/audiences/demo-api").unwrap();
        let key = SigningKey::generate(Algorithm::Es256).with_key_id(KeyId::new("k1").unwrap());
        let keys = KeySet::from_keys([key.verifying_key().clone()]).unwrap();
        let verifier =
            Verifier::builder().issuer(id.clone()).audience(audience.clone()).keys(keys).build();
        let view = Arc::new(View::local(audience.clone()));
        let verifier = Arc::new(LiveVerifier::new(verifier, view));
        let origins = Origins::new(["https://localhost:3000"]).unwrap();
        let dpop = Dpop::new(["https://localhost:3000"]).unwrap();
        let router = App::new(verifier, Arc::new(now), origins, dpop).unwrap().router();
        let lifetime = AccessLifetime::new(Duration::from_secs(60)).unwrap();
        let issuer = Issuer::builder().issuer(id).audience(audience).lifetime(lifetime).build();
        Self { router, issuer, key }
    }

    fn token(&self, subject: &str, scope: &str) -> String {
        let subject = Subject::new(subject).unwrap();
        let client = ClientId::new("web").unwrap();
        let request =
            TokenRequest::new(subject, client, Jti::random()).scope(Scope::parse(scope).unwrap());
        self.issuer.issue(request, &self.key, now()).unwrap()
    }

    /// A token of somebody who logged in so many seconds ago.
    fn token_of(&self, logged_in: Option<u64>) -> String {
        let (subject, client) = (Subject::new("alice").unwrap(), ClientId::new("web").unwrap());
        let mut request = TokenRequest::new(subject, client, Jti::random());
        if let Some(ago) = logged_in {
            request = request.auth_time(now().saturating_sub(Duration::from_secs(ago)));
        }
        self.issuer.issue(request, &self.key, now()).unwrap()
    }

    fn bearer(&self, subject: &str, scope: &str) -> Header {
        ("authorization", format!("Bearer {}", self.token(subject, scope)))
    }

    async fn get(&self, path: &str, headers: &[&Header]) -> (u16, Value) {
        self.send("GET", path, headers, Body::empty()).await
    }

    async fn post(&self, path: &str, headers: &[&Header], body: &str) -> (u16, Value) {
        self.send("POST", path, headers, Body::from(body.to_owned())).await
    }

    async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[&Header],
        body: Body,
    ) -> (u16, Value) {
        let mut request =
            Request::builder().method(method).uri(path).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.body(body).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), 100_000).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }
}

fn now() -> UnixTime {
    UnixTime::from_secs(1_800_000_000)
}
