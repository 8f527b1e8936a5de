//! A shared secret from before, taken in by an administrator.

use std::time::Duration;

use serde_json::{Value, json};
use tokenward::{Algorithm, Audience, SigningKey};

use super::harness::{BILLING, Bench, OTHER};

#[tokio::test]
async fn its_tokens_verify_in_this_process_until_its_end_and_it_is_never_published() {
    let bench = Bench::new().await;
    let old = token(&bench, BILLING, "old");
    assert!(!takes(&bench, BILLING, &old));

    let imported = bench.post("/admin/v1/keys/import", order()).await;

    assert_eq!(imported.status, 201, "{imported:?}");
    let kid = imported.json()["kid"].clone();
    assert!(takes(&bench, BILLING, &old));
    let verifier = bench.authority.verifier(&Audience::new(BILLING).unwrap()).unwrap();
    assert!(verifier.verify(&old, bench.authority.now()).is_err());
    let listed = listed(&bench, &kid).await;
    assert_eq!((&listed["alg"], &listed["state"]), (&json!("HS256"), &json!("retiring")));
    for path in ["jwks", "history"] {
        let published = bench.get(&format!("/admin/v1/keys/{path}?audience={BILLING}")).await;
        assert!(!published.body.contains(kid.as_str().unwrap()), "{published:?}");
        assert!(!published.body.contains("oct") && !published.body.contains("HS256"));
    }

    bench.later(3_600).await;
    assert!(!takes(&bench, BILLING, &token(&bench, BILLING, "late")));
    assert_eq!(self::listed(&bench, &kid).await["state"], "retired");
}

#[tokio::test]
async fn it_verifies_for_one_audience_and_one_issuer_alone() {
    let bench = Bench::new().await;
    assert_eq!(bench.post("/admin/v1/keys/import", order()).await.status, 201);

    assert!(takes(&bench, BILLING, &token(&bench, BILLING, "old")));
    assert!(!takes(&bench, OTHER, &token(&bench, BILLING, "old")));
    assert!(!takes(&bench, OTHER, &token(&bench, OTHER, "old")));
    // Whoever has the secret must not speak for the authority.
    let ours = format!("https://auth.example.com/audiences/{BILLING}");
    assert!(!takes(&bench, BILLING, &token_by(&bench, &ours, BILLING, "old")));
}

#[tokio::test]
async fn what_is_revoked_stays_so_for_as_long_as_an_old_token_may_live() {
    let bench = Bench::new().await;
    let day = json!({ "verify_seconds": 7 * 86_400 });
    assert_eq!(bench.post("/admin/v1/keys/import", with(order(), &day)).await.status, 201);
    let [one, all] = [token(&bench, BILLING, "one"), token(&bench, BILLING, "all")];
    bench.post("/admin/v1/revocations", json!({ "items": [{ "jti": "one" }] })).await;
    assert!(!takes(&bench, BILLING, &one) && takes(&bench, BILLING, &all));

    // The authority's own tokens would be gone by now, and what is noted of them.
    bench.later(12 * 3_600).await;
    bench.authority.tidy().await;
    assert!(!takes(&bench, BILLING, &one), "it was forgotten that it is revoked");
    assert!(takes(&bench, BILLING, &all));
}

#[tokio::test]
async fn one_that_may_have_leaked_verifies_nothing_from_the_answer_on() {
    let bench = Bench::new().await;
    let kid = bench.post("/admin/v1/keys/import", order()).await.json()["kid"].clone();
    let old = token(&bench, BILLING, "old");
    bench.post("/admin/v1/keys/import", order()).await.is(409, "conflict");

    let done = bench.post("/admin/v1/keys/compromise", json!({ "kid": kid })).await;

    assert_eq!(done.status, 200, "{done:?}");
    assert!(done.json()["steps"][0]["action"].as_str().unwrap().starts_with("forget the shared"));
    assert!(!takes(&bench, BILLING, &old));
    assert_eq!(listed(&bench, &kid).await["state"], "compromised");
    assert_eq!(bench.post("/admin/v1/keys/import", order()).await.status, 201);
    assert!(takes(&bench, BILLING, &old));
}

#[tokio::test]
async fn one_that_cannot_be_taken_in_is_refused_without_being_repeated() {
    let bench = Bench::new().await;
    let weak = "your-256-bit-secret-your-256-bit";
    for (change, said) in [
        (json!({ "key": weak }), "dictionary word"),
        (json!({ "key": "tooshort" }), "at least 32 random bytes"),
        (json!({ "algorithm": "RS256" }), "a shared secret is for HS256"),
        (json!({ "verify_seconds": 0 }), "must lie ahead, 31 days at most"),
        (json!({ "verify_seconds": 32 * 86_400 }), "must lie ahead, 31 days at most"),
        (json!({ "shared_by": "https://auth.example.com" }), "is the authority's own issuer"),
        (json!({ "shared_by": "" }), "issuer"),
        (json!({ "key": "{\"kty\":\"RSA\",\"k\":\"AAAA\"}" }), "it is no JWK of a shared secret"),
    ] {
        let reply = bench.post("/admin/v1/keys/import", with(order(), &change)).await;
        reply.is(400, "invalid_request");
        assert!(reply.body.contains(said), "{said}: {reply:?}");
        assert!(!reply.body.contains(weak) && !reply.body.contains(SECRET), "{reply:?}");
    }
}

#[tokio::test]
async fn the_secret_of_a_jwk_is_its_bytes() {
    let bench = Bench::new().await;
    let jwk = format!(r#"{{"kty":"oct","k":"{}"}}"#, tokenward::b64::encode(SECRET.as_bytes()));
    let imported = bench.post("/admin/v1/keys/import", with(order(), &json!({ "key": jwk }))).await;

    assert_eq!(imported.status, 201, "{imported:?}");
    assert!(takes(&bench, BILLING, &token(&bench, BILLING, "old")));
}

/// What an administrator sends.
fn order() -> Value {
    // As a file has it, with a line end.
    let key = format!("{SECRET}\n");
    json!({ "audience": BILLING, "key": key, "shared_by": FORMER, "verify_seconds": 3_600 })
}

fn with(mut order: Value, change: &Value) -> Value {
    order.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    order
}

/// Whether the endpoints of the authority take `token`.
fn takes(bench: &Bench, audience: &str, token: &str) -> bool {
    let verifier = bench.authority.verifier(&Audience::new(audience).unwrap()).unwrap();
    verifier.verify_former_too(token, bench.authority.now()).is_ok()
}

async fn listed(bench: &Bench, kid: &Value) -> Value {
    let keys = bench.get(&format!("/admin/v1/keys?audience={BILLING}")).await.json();
    keys.as_array().unwrap().iter().find(|key| key["kid"] == *kid).unwrap().clone()
}

fn token(bench: &Bench, audience: &str, jti: &str) -> String {
    token_by(bench, FORMER, audience, jti)
}

/// One that lives as long as any may.
fn token_by(bench: &Bench, issuer: &str, audience: &str, jti: &str) -> String {
    let now = bench.authority.now();
    let day = Duration::from_secs(86_400);
    let key = SigningKey::from_secret(Algorithm::Hs256, SECRET.as_bytes()).unwrap();
    let claims = json!({
        "iss": issuer,
        "aud": audience,
        "sub": "ada",
        "jti": jti,
        "iat": now.as_secs(),
        "exp": now.saturating_add(day).as_secs(),
    });
    let part = |value: &Value| tokenward::b64::encode(value.to_string().as_bytes());
    let input = format!("{}.{}", part(&json!({ "alg": "HS256", "typ": "JWT" })), part(&claims));
    let signature = key.sign(input.as_bytes()).unwrap();
    format!("{input}.{}", tokenward::b64::encode(&signature))
}

const FORMER: &str = "https://login.example.com";
const SECRET: &str = "Zx4vN0qUuJ7mWb2RkC9tYp5LgHs8eDaF";
