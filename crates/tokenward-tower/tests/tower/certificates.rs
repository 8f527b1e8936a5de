//! Tokens that are bound to client certificates, behind the layer.

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::{Request, StatusCode};
use serde_json::json;
use tokenward::{Algorithm, CertificateThumbprint, DpopKey, ProofRequest, SigningKey, UnixTime};
use tokenward_tower::binding::BindingPolicy;
use tokenward_tower::certificate::{ClientCertificate, Forwarded};
use tokenward_tower::dpop::Dpop;
use tokenward_tower::{Claims, VerifyLayer};

use crate::fixture::{Fixture, NOW, body, send, whole};

const MINE: &[u8] = b"the certificate of the client";
const OTHER: &[u8] = b"another";

#[tokio::test]
async fn a_bound_token_passes_with_the_certificate_of_its_connection_and_in_no_other_way() {
    let world = World::new(BindingPolicy::Offered);
    let good = world.ask(&world.bound, Some(MINE)).await;
    assert_eq!(good.status(), StatusCode::OK);
    assert_eq!(body(good).await, CertificateThumbprint::of(MINE).as_str());

    let other = whole(world.ask(&world.bound, Some(OTHER)).await).await;
    assert!(
        other.starts_with("401") && other.contains(r#"Bearer error=\"invalid_token\""#),
        "{other}"
    );
    assert_eq!(whole(world.ask(&world.bound, None).await).await, other);
    assert_eq!(whole(world.ask("rubbish", Some(MINE)).await).await, other);
    // What a client writes is no certificate, in whatever proxy's form.
    for form in Forwarded::ALL {
        let request = World::request(&world.bound, None).header(form.header(), ":AA==:");
        let answer = send(&world.router, request.body(Body::empty()).unwrap()).await;
        assert_eq!(whole(answer).await, other, "{form:?}");
    }
}

#[tokio::test]
async fn the_layer_takes_what_it_is_told_to_take() {
    for (policy, bound, free) in [
        (BindingPolicy::Off, 401, 200),
        (BindingPolicy::Offered, 200, 200),
        (BindingPolicy::Required, 200, 401),
    ] {
        let world = World::new(policy);
        // Twice, since a token that is bound to nothing is remembered, and one that is bound is not.
        for _ in 0..2 {
            for certificate in [Some(MINE), None] {
                let answer = world.ask(&world.free, certificate).await;
                assert_eq!(answer.status().as_u16(), free, "{policy:?}: {certificate:?}");
            }
            assert_eq!(world.ask(&world.bound, Some(MINE)).await.status().as_u16(), bound);
            assert_eq!(world.ask(&world.bound, None).await.status().as_u16(), 401);
        }
    }
}

#[tokio::test]
async fn a_token_that_is_bound_to_both_passes_with_both() {
    let key = DpopKey::new(SigningKey::generate(Algorithm::Es256)).unwrap();
    let world = World::new(BindingPolicy::Required);
    let mine = CertificateThumbprint::of(MINE);
    let cnf = json!({ "jkt": key.thumbprint().as_str(), "x5t#S256": mine.as_str() });
    let token = world.fixture.token_with(&[("cnf", cnf)]);
    let proof = || {
        let request = ProofRequest::with_token("GET", "https://api.example.com/notes", &token);
        key.proof(&request.unwrap(), None, UnixTime::from_secs(NOW)).unwrap()
    };
    let ask = async |scheme: &str, certificate: Option<&[u8]>, proof: Option<String>| {
        let mut request = World::request(&token, certificate);
        request.headers_mut().unwrap().remove("authorization");
        let mut request = request.header("authorization", format!("{scheme} {token}"));
        if let Some(proof) = proof {
            request = request.header("dpop", proof);
        }
        send(&world.router, request.body(Body::empty()).unwrap()).await.status().as_u16()
    };
    assert_eq!(ask("DPoP", Some(MINE), Some(proof())).await, 200);
    assert_eq!(ask("DPoP", None, Some(proof())).await, 401);
    assert_eq!(ask("DPoP", Some(OTHER), Some(proof())).await, 401);
    assert_eq!(ask("DPoP", Some(MINE), None).await, 401);
    // The certificate does not make up for the proof.
    assert_eq!(ask("Bearer", Some(MINE), Some(proof())).await, 401);
    assert_eq!(ask("Bearer", Some(MINE), None).await, 401);
}

struct World {
    fixture: Fixture,
    router: Router,
    bound: String,
    free: String,
}

impl World {
    fn new(policy: BindingPolicy) -> Self {
        let fixture = Fixture::new();
        let mine = CertificateThumbprint::of(MINE);
        let bound = fixture.token_with(&[("cnf", json!({ "x5t#S256": mine.as_str() }))]);
        let free = fixture.token();
        let dpop = Dpop::new(["https://api.example.com"]).unwrap();
        let layer: VerifyLayer = fixture.layer().certificates(policy).dpop(dpop);
        let who = |Claims(claims): Claims| async move {
            claims.certificate_thumbprint().map(str::to_owned).unwrap_or_default()
        };
        let router = Router::new().route("/notes", get(who)).layer(layer);
        Self { fixture, router, bound, free }
    }

    /// A request by a connection with this certificate.
    fn request(token: &str, certificate: Option<&[u8]>) -> http::request::Builder {
        let request = Request::get("/notes").header("authorization", format!("Bearer {token}"));
        match certificate {
            Some(der) => request.extension(ClientCertificate::of(der)),
            None => request,
        }
    }

    async fn ask(&self, token: &str, certificate: Option<&[u8]>) -> axum::response::Response {
        let request = Self::request(token, certificate).body(Body::empty()).unwrap();
        send(&self.router, request).await
    }
}
