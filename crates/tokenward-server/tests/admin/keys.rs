use serde_json::{Value, json};
use tokenward::{Algorithm, SigningKey};

use super::harness::{BILLING, Bench, OTHER};

#[tokio::test]
async fn a_rotation_waits_until_a_standby_is_ripe_and_says_when_that_is() {
    let bench = Bench::new().await;
    let body = json!({ "audience": BILLING });

    let early = bench.post("/admin/v1/keys/rotate", body.clone()).await;
    early.is(409, "not_ripe");
    let ripe_at = early.json()["ripe_at"].as_u64().unwrap();
    let now = bench.authority.now().as_secs();
    assert!(ripe_at > now, "{early:?}");
    bench.later(ripe_at - now).await;
    let first = active(&bench, BILLING).await;
    let done = bench.post("/admin/v1/keys/rotate", body).await;

    assert_eq!(done.status, 200, "{done:?}");
    let second = active(&bench, BILLING).await;
    assert_ne!(first, second);
    assert_eq!(done.json()["rotated"][0]["active"], second);
    assert!(done.body.contains("signs no more"), "{done:?}");
}

#[tokio::test]
async fn what_a_rotation_would_do_is_shown_with_its_reasons_and_not_done() {
    let bench = Bench::new().await;
    let path = format!("/admin/v1/keys/rotation?audience={BILLING}");
    let early = bench.get(&path).await.json();
    assert!(early[0]["ripe_at"].is_u64(), "{early}");
    bench.later(600).await;
    let before = active(&bench, BILLING).await;

    let planned = bench.get(&path).await.json();

    let steps = planned[0]["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 3, "{planned}");
    assert_eq!(steps[1]["because"], "the operator asked for it");
    assert_eq!(active(&bench, BILLING).await, before);
}

#[tokio::test]
async fn without_an_audience_all_rotate_or_none() {
    let bench = Bench::new().await;
    bench.post("/admin/v1/keys/rotate", json!({})).await.is(409, "not_ripe");
    bench.later(600).await;

    let done = bench.post("/admin/v1/keys/rotate", json!({})).await;

    let audiences: Vec<_> = done.json()["rotated"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rotated| rotated["audience"].clone())
        .collect();
    assert_eq!(audiences, [BILLING, OTHER]);
    // Now one standby is young again, so neither rotates.
    bench.post("/admin/v1/keys/rotate", json!({ "audience": OTHER })).await.is(409, "not_ripe");
}

#[tokio::test]
async fn keys_are_listed_as_the_contract_says() {
    let bench = Bench::new().await;

    let keys = bench.get(&format!("/admin/v1/keys?audience={BILLING}")).await.json();

    let names: Vec<_> = keys[0].as_object().unwrap().keys().cloned().collect();
    let expected = [
        "activates_at",
        "alg",
        "audience",
        "created_at",
        "custody",
        "kid",
        "retires_at",
        "state",
        "withdraws_at",
    ];
    assert_eq!(names, expected);
    assert_eq!(bench.get("/admin/v1/keys").await.json().as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn a_compromised_key_leaves_the_key_set_at_once() {
    let bench = Bench::new().await;
    bench.later(600).await;
    let kid = active(&bench, BILLING).await;

    let body = json!({ "kid": kid });
    let done = bench.post("/admin/v1/keys/compromise", body.clone()).await;

    assert_eq!(done.status, 200, "{done:?}");
    let (done, now) = (done.json(), bench.authority.now().as_secs());
    // C + D, and L + 2S.
    assert_eq!((&done["exposed_until"], &done["silent_by"]), (&json!(now + 360), &json!(now + 20)));
    assert_eq!(done["active"], active(&bench, BILLING).await);
    let actions = done["steps"].to_string();
    for step in ["distrust key", "activate key", "publish a standby key"] {
        assert!(actions.contains(step), "{actions}");
    }
    // Once more does no harm, and nothing.
    let again = bench.post("/admin/v1/keys/compromise", body).await.json();
    assert_eq!(again["steps"], json!([]));
    let set = bench.get(&format!("/admin/v1/keys/jwks?audience={BILLING}")).await;
    assert!(!set.body.contains(kid.as_str().unwrap()), "{set:?}");
    assert_ne!(active(&bench, BILLING).await, kid);
    let history = bench.get("/admin/v1/keys/history").await.body;
    assert!(history.contains(r#""state":"compromised""#), "{history}");
    bench.post("/admin/v1/keys/compromise", json!({ "kid": "no" })).await.is(404, "not_found");
}

#[tokio::test]
async fn the_feed_keys_are_two_for_each_audience_and_in_no_key_set() {
    let bench = Bench::new().await;
    let mut kids = std::collections::BTreeSet::new();
    for audience in [BILLING, OTHER] {
        let feed = bench.get(&format!("/admin/v1/keys/feed?audience={audience}")).await.json();
        let set = bench.get(&format!("/admin/v1/keys/jwks?audience={audience}")).await;
        for key in feed["keys"].as_array().unwrap() {
            assert_eq!(key["alg"], "EdDSA");
            let kid = key["kid"].as_str().unwrap();
            assert!(kid.starts_with("test-") && !set.body.contains(kid), "{kid}");
            kids.insert(kid.to_owned());
        }
    }
    assert_eq!(kids.len(), 4);
    bench.get("/admin/v1/keys/feed").await.is(400, "invalid_request");
}

#[tokio::test]
async fn a_key_from_elsewhere_verifies_for_a_while_in_every_form_it_comes_in() {
    let bench = Bench::new().await;
    let key = || SigningKey::generate(Algorithm::Es256);
    let jwk = Value::Object(key().verifying_key().to_jwk().unwrap()).to_string();
    let private = key().to_pkcs8_der().unwrap();
    for (number, text) in [jwk, pem("PRIVATE KEY", &private)].into_iter().enumerate() {
        let kid = format!("old-{number}");
        let body = json!({ "audience": BILLING, "key": text, "kid": kid, "verify_seconds": 3_600 });

        let imported = bench.post("/admin/v1/keys/import", body.clone()).await;

        assert_eq!((imported.status.as_u16(), &imported.json()["kid"]), (201, &json!(kid)));
        let set = bench.get(&format!("/admin/v1/keys/jwks?audience={BILLING}")).await;
        assert!(set.body.contains(&kid), "{set:?}");
        assert!(!set.body.contains(r#""d":"#), "{set:?}");
        bench.post("/admin/v1/keys/import", body).await.is(409, "conflict");
    }
}

#[tokio::test]
async fn a_key_that_cannot_be_imported_is_refused_without_being_repeated() {
    let bench = Bench::new().await;
    let secret = "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0";
    let ours = SigningKey::generate(Algorithm::Es256);
    let jwk = Value::Object(ours.verifying_key().to_jwk().unwrap()).to_string();
    let mut nameless = ours.verifying_key().to_jwk().unwrap();
    nameless.remove("kid");
    let nameless = Value::Object(nameless).to_string();
    let table = [
        json!({ "audience": BILLING, "key": format!(r#"{{"kty":"oct","alg":"HS256","k":"{secret}"}}"#) }),
        json!({ "audience": BILLING, "key": format!("-----BEGIN PRIVATE KEY-----\n{secret}\n") }),
        json!({ "audience": BILLING, "key": secret }),
        json!({ "audience": BILLING, "key": jwk, "algorithm": "RS256" }),
        json!({ "audience": BILLING, "key": jwk, "algorithm": "none" }),
        json!({ "audience": BILLING, "key": nameless }),
        json!({ "audience": BILLING, "key": jwk, "kid": "old", "verify_seconds": 0 }),
        json!({ "audience": BILLING, "key": jwk, "kid": "a b" }),
        json!({ "audience": "none", "key": jwk }),
    ];
    for body in table {
        let reply = bench.post("/admin/v1/keys/import", body).await;
        reply.is(400, "invalid_request");
        assert!(!reply.body.contains(secret), "{reply:?}");
    }
}

async fn active(bench: &Bench, audience: &str) -> Value {
    let keys = bench.get(&format!("/admin/v1/keys?audience={audience}")).await.json();
    let active = keys.as_array().unwrap().iter().find(|key| key["state"] == "active");
    active.unwrap()["kid"].clone()
}

fn pem(label: &str, der: &[u8]) -> String {
    use base64::Engine as _;
    let body = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<_> =
        body.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line)).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
