//! A verifier with its key at hand, tokens good and bad, and requests to a service behind the layer.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::response::Response;
use http::header::HeaderName;
use http::{HeaderValue, Request};
use serde_json::{Map, Value, json};
use tokenward::{
    AccessLifetime, Algorithm, Audience, ClientId, Clock, Issuer, IssuerId, Jti, KeyId, KeySet,
    SealKey, SigningKey, Subject, TokenRequest, UnixTime, Verifier, b64,
};
use tokenward_remote::LiveVerifier;
use tokenward_revocation::View;
use tokenward_tower::VerifyLayer;
use tower::ServiceExt;

pub(crate) const ISSUER: &str = "https://auth.example.com/audiences/demo-api";
pub(crate) const AUDIENCE: &str = "demo-api";
pub(crate) const APP: &str = "https://app.example.com";
pub(crate) const KID: &str = "test-1";
pub(crate) const NOW: u64 = 1_800_000_000;

/// A verifier, and the key whose tokens it takes.
pub(crate) struct Fixture {
    pub(crate) key: SigningKey,
    pub(crate) view: Arc<View>,
    pub(crate) verifier: Arc<LiveVerifier>,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        Self::with_view(View::local(audience()))
    }

    pub(crate) fn with_view(view: View) -> Self {
        let key = new_key();
        let keys = KeySet::from_keys(vec![key.verifying_key().clone()]).unwrap();
        let verifier = Verifier::builder().issuer(issuer()).audience(audience()).keys(keys).build();
        let view = Arc::new(view);
        let verifier = Arc::new(LiveVerifier::new(verifier, Arc::clone(&view)));
        Self { key, view, verifier }
    }

    pub(crate) fn layer(&self) -> VerifyLayer {
        VerifyLayer::new(Arc::clone(&self.verifier), clock())
    }

    /// A good token.
    pub(crate) fn token(&self) -> String {
        self.token_with(&[])
    }

    /// A token whose claims differ from a good one's; `null` takes a claim away.
    pub(crate) fn token_with(&self, changes: &[(&str, Value)]) -> String {
        sign(&self.key, &header(), &claims(changes))
    }

    /// A good token that is to be sealed under `seal`.
    pub(crate) fn token_for(&self, seal: &SealKey) -> String {
        let lifetime = AccessLifetime::new(Duration::from_secs(300)).unwrap();
        let issuer = Issuer::builder().issuer(issuer()).audience(audience()).lifetime(lifetime);
        let (alice, web) = (Subject::new("alice").unwrap(), ClientId::new("web").unwrap());
        let request = TokenRequest::new(alice, web, Jti::random()).sealed_under(seal);
        issuer.build().issue(request, &self.key, UnixTime::from_secs(NOW)).unwrap()
    }
}

pub(crate) fn new_key() -> SigningKey {
    SigningKey::generate(Algorithm::Es256).with_key_id(KeyId::new(KID).unwrap())
}

pub(crate) fn header() -> Value {
    json!({ "alg": "ES256", "kid": KID, "typ": "at+jwt" })
}

pub(crate) fn claims(changes: &[(&str, Value)]) -> Value {
    let mut claims: Map<String, Value> = serde_json::from_value(json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "client_id": "web", "jti": "t1",
        "sid": "s1", "ver": 3, "scope": "notes:read", "iat": NOW - 10, "exp": NOW + 290,
    }))
    .unwrap();
    for (name, value) in changes {
        match value {
            Value::Null => claims.remove(*name),
            value => claims.insert((*name).to_owned(), value.clone()),
        };
    }
    Value::Object(claims)
}

pub(crate) fn sign(key: &SigningKey, header: &Value, claims: &Value) -> String {
    let input = format!(
        "{}.{}",
        b64::encode(header.to_string().as_bytes()),
        b64::encode(claims.to_string().as_bytes())
    );
    let signature = key.sign(input.as_bytes()).unwrap();
    format!("{input}.{}", b64::encode(&signature))
}

pub(crate) fn audience() -> Audience {
    Audience::new(AUDIENCE).unwrap()
}

pub(crate) fn issuer() -> IssuerId {
    IssuerId::new(ISSUER).unwrap()
}

pub(crate) fn clock() -> Arc<dyn Clock> {
    Arc::new(|| UnixTime::from_secs(NOW))
}

/// A request without a body.
pub(crate) fn request(method: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::builder().method(method).uri("/").body(Body::empty()).unwrap();
    for (name, value) in headers {
        let name: HeaderName = name.parse().unwrap();
        request.headers_mut().append(name, HeaderValue::try_from(*value).unwrap());
    }
    request
}

pub(crate) async fn send(router: &Router, request: Request<Body>) -> Response {
    router.clone().oneshot(request).await.unwrap()
}

pub(crate) async fn body(response: Response) -> String {
    let bytes = to_bytes(response.into_body(), 100_000).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The whole answer as text, to compare byte for byte.
pub(crate) async fn whole(response: Response) -> String {
    let head = format!("{:?} {:?}", response.status(), response.headers());
    format!("{head}\n{}", body(response).await)
}
