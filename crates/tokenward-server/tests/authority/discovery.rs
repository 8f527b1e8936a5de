//! Metadata and key sets.

use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::json;
use tokenward::KeySet;

use crate::harness::Bench;

#[tokio::test]
async fn metadata_stands_wherever_a_client_may_look_for_it() {
    let bench = Bench::new().await;
    for path in [
        "/.well-known/oauth-authorization-server/audiences/billing-api",
        "/.well-known/openid-configuration/audiences/billing-api",
        "/audiences/billing-api/.well-known/oauth-authorization-server",
        "/audiences/billing-api/.well-known/openid-configuration",
    ] {
        let reply = bench.get(path).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}");
        let metadata = reply.json();
        let issuer = "https://auth.example.com/audiences/billing-api";
        assert_eq!(metadata["issuer"], issuer);
        assert_eq!(metadata["jwks_uri"], format!("{issuer}/jwks.json"));
        assert_eq!(metadata["token_endpoint"], "https://auth.example.com/oauth2/token");
        assert_eq!(
            metadata["grant_types_supported"],
            json!([
                "refresh_token",
                "client_credentials",
                "urn:ietf:params:oauth:grant-type:token-exchange"
            ])
        );
    }
}

#[tokio::test]
async fn a_key_set_may_be_kept_for_c_and_is_not_sent_twice() {
    let bench = Bench::new().await;
    let reply = bench.get("/audiences/billing-api/jwks.json").await;
    assert_eq!(reply.header("cache-control"), "public, max-age=300");
    assert_eq!(KeySet::parse(&reply.body).unwrap().keys().len(), 2);

    let again = Request::get("/audiences/billing-api/jwks.json")
        .header("if-none-match", format!("\"x\", W/{}", reply.header("etag")))
        .body(Body::empty());
    let again = bench.send(again.unwrap()).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    assert!(again.body.is_empty());
}

#[tokio::test]
async fn a_key_that_has_left_the_key_set_is_in_the_history_with_its_end() {
    let bench = Bench::new().await;
    let path = "/audiences/billing-api/historical-keys.json";
    let before = bench.get(path).await.json();
    assert_eq!(before["iss"], "https://auth.example.com/audiences/billing-api");
    assert_eq!(before["keys"], json!([]));
    let audience = tokenward::Audience::new("billing-api").unwrap();
    let ring = bench.authority.ring(&audience).unwrap();
    let leaked = ring.signer(bench.authority.now()).unwrap().key_id().clone();
    let now = bench.authority.now().as_secs();

    bench.authority.compromise(&audience, &leaked, "test").await.unwrap();

    let after = bench.get(path).await.json();
    let key = &after["keys"][0];
    assert_eq!((&key["kid"], &key["exp"]), (&json!(leaked.as_str()), &json!(now)));
    assert_eq!(key["revoked"], json!({ "revoked_at": now, "reason": "compromised" }));
    assert!(key.get("d").is_none() && after["keys"].as_array().unwrap().len() == 1, "{after}");
}

#[tokio::test]
async fn every_audience_has_keys_of_its_own() {
    let bench = Bench::new().await;
    let of = async |name: &str| {
        let set = bench.get(&format!("/audiences/{name}/jwks.json")).await;
        let keys = set.json()["keys"].as_array().unwrap().clone();
        keys.iter().map(|key| key["kid"].to_string()).collect::<Vec<_>>()
    };
    let (billing, other) = (of("billing-api").await, of("other-api").await);
    assert!(billing.iter().all(|kid| !other.contains(kid)));
}

#[tokio::test]
async fn nobody_learns_more_about_an_audience_that_is_not_there() {
    let bench = Bench::new().await;
    for path in [
        "/audiences/none/jwks.json",
        "/audiences/%00/jwks.json",
        "/audiences/%ff/jwks.json",
        "/audiences/jwks.json",
        "/",
    ] {
        bench.get(path).await.is(404, "not_found");
    }
}
