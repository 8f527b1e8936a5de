//! Bound tokens behind the layer, by the client side of the core library.

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::header::{HeaderMap, HeaderValue, WWW_AUTHENTICATE};
use http::{Request, StatusCode};
use serde_json::json;
use tokenward::crypto::Secret256;
use tokenward::{Algorithm, DpopKey, ProofRequest, Scope, SigningKey, UnixTime};
use tokenward_tower::dpop::Dpop;
use tokenward_tower::{Claims, RequireScope};

use crate::fixture::{Fixture, NOW, body, send};

const API: &str = "https://api.example.com";

#[tokio::test]
async fn a_bound_token_passes_once_with_each_proof_and_never_without() {
    let world = World::new(dpop());
    let proof = world.proof(&world.key, "/nested/notes", None);
    let first = world.ask("DPoP", Some(&proof)).await;
    assert_eq!(first.0, StatusCode::OK);
    assert_eq!(first.2, world.key.thumbprint().as_str());

    let again = world.ask("DPoP", Some(&proof)).await;
    assert_eq!((again.0, again.error()), (StatusCode::UNAUTHORIZED, "invalid_dpop_proof".into()));
    assert_eq!(world.ask("DPoP", None).await.error(), "invalid_dpop_proof");
    let fresh = world.proof(&world.key, "/nested/notes", None);
    assert_eq!(world.ask("Bearer", Some(&fresh)).await.error(), "invalid_token");
    assert_eq!(world.ask("DPoP", Some(&fresh)).await.0, StatusCode::OK);
}

#[tokio::test]
async fn the_key_of_a_thief_and_the_path_behind_the_router_are_no_good() {
    let world = World::new(dpop());
    let thief = key();
    let proof = world.proof(&thief, "/nested/notes", None);
    assert_eq!(world.ask("DPoP", Some(&proof)).await.error(), "invalid_token");

    let proof = world.proof(&world.key, "/notes", None);
    assert_eq!(world.ask("DPoP", Some(&proof)).await.error(), "invalid_dpop_proof");
}

#[tokio::test]
async fn a_server_with_nonces_tells_the_one_that_it_wants() {
    let world = World::new(dpop().nonces(&Secret256::from_bytes([5; 32])));
    let proof = world.proof(&world.key, "/nested/notes", None);
    let asked = world.ask("DPoP", Some(&proof)).await;
    assert_eq!(asked.error(), "use_dpop_nonce");
    let challenge = asked.1.get(WWW_AUTHENTICATE).unwrap().to_str().unwrap();
    assert!(challenge.starts_with("DPoP error=\"use_dpop_nonce\", algs=\"ES256 "), "{challenge}");
    let nonce = asked.1.get("dpop-nonce").unwrap().to_str().unwrap();

    let proof = world.proof(&world.key, "/nested/notes", Some(nonce));
    assert_eq!(world.ask("DPoP", Some(&proof)).await.0, StatusCode::OK);
}

#[tokio::test]
async fn what_is_required_is_asked_of_bearer_tokens_too() {
    let (offered, required) = (World::new(dpop()), World::new(dpop().required()));
    for (world, status) in [(&offered, 200), (&required, 401)] {
        let free = format!("Bearer {}", world.fixture.token());
        let answer = world.send(&free, None).await;
        assert_eq!(answer.0.as_u16(), status);
    }
    let nothing = required.send("Basic x", None).await;
    let schemes: Vec<_> = nothing.1.get_all(WWW_AUTHENTICATE).iter().collect();
    assert_eq!((nothing.0.as_u16(), schemes.len()), (401, 2));
    // Without the layer's consent the scheme is none.
    let plain = World::of(None);
    let proof = plain.proof(&plain.key, "/nested/notes", None);
    let answer = plain.ask("DPoP", Some(&proof)).await;
    assert_eq!((answer.0.as_u16(), answer.2.as_str()), (401, ""));
}

#[tokio::test]
async fn a_bound_token_that_lacks_a_scope_is_told_so_by_its_own_scheme() {
    let world = World::new(dpop());
    let write = RequireScope::new(Scope::parse("notes:write").unwrap());
    let inner = Router::new().route("/notes", get(|| async { "open" })).layer(write);
    let inner = inner.layer(world.fixture.layer().dpop(dpop()));
    let world = World { router: Router::new().nest("/nested", inner), ..world };
    let proof = world.proof(&world.key, "/nested/notes", None);

    let bound = world.ask("DPoP", Some(&proof)).await;
    let free = world.send(&format!("Bearer {}", world.fixture.token()), None).await;

    for (answer, scheme) in [(bound, "DPoP"), (free, "Bearer")] {
        let challenge = answer.1.get(WWW_AUTHENTICATE).unwrap().to_str().unwrap();
        let named = format!("{scheme} error=\"insufficient_scope\", scope=\"notes:write\"");
        assert_eq!((answer.0.as_u16(), challenge), (403, &*named));
    }
}

struct World {
    fixture: Fixture,
    key: DpopKey,
    token: String,
    router: Router,
}

struct Answer(StatusCode, HeaderMap, String);

impl World {
    fn new(dpop: Dpop) -> Self {
        Self::of(Some(dpop))
    }

    fn of(dpop: Option<Dpop>) -> Self {
        let (fixture, key) = (Fixture::new(), key());
        let token = fixture.token_with(&[("cnf", json!({ "jkt": key.thumbprint().as_str() }))]);
        let layer = match dpop {
            Some(dpop) => fixture.layer().dpop(dpop),
            None => fixture.layer(),
        };
        let who = |Claims(claims): Claims| async move {
            claims.key_thumbprint().map(str::to_owned).unwrap_or_default()
        };
        let inner = Router::new().route("/notes", get(who)).layer(layer);
        let router = Router::new().nest("/nested", inner);
        Self { fixture, key, token, router }
    }

    fn proof(&self, key: &DpopKey, path: &str, nonce: Option<&str>) -> String {
        let uri = format!("{API}{path}");
        let request = ProofRequest::with_token("GET", &uri, &self.token).unwrap();
        key.proof(&request, nonce, UnixTime::from_secs(NOW)).unwrap()
    }

    async fn ask(&self, scheme: &str, proof: Option<&str>) -> Answer {
        self.send(&format!("{scheme} {}", self.token), proof).await
    }

    async fn send(&self, authorization: &str, proof: Option<&str>) -> Answer {
        let request = Request::get("/nested/notes?page=2").header("authorization", authorization);
        let mut request = request.body(Body::empty()).unwrap();
        if let Some(proof) = proof {
            request.headers_mut().insert("dpop", HeaderValue::from_str(proof).unwrap());
        }
        let response = send(&self.router, request).await;
        Answer(response.status(), response.headers().clone(), body(response).await)
    }
}

impl Answer {
    fn error(&self) -> String {
        let body: serde_json::Value = serde_json::from_str(&self.2).unwrap();
        body["error"].as_str().unwrap().to_owned()
    }
}

fn dpop() -> Dpop {
    Dpop::new([API]).unwrap()
}

fn key() -> DpopKey {
    DpopKey::new(SigningKey::generate(Algorithm::Es256)).unwrap()
}
