//! What an authority needs in order to start, and what a start changes.

use std::sync::Arc;

use http::StatusCode;
use serde_json::json;
use tokenward::crypto::Secret256;
use tokenward::{Algorithm, Audience, ClientId, Clock, Sensitive};
use tokenward_keys::{Sealed, StoreKey};
use tokenward_server::{Authority, Parts, StartError};

use crate::harness::{BILLING, Bench, LOGIN, WEAK, parts, settings_of};

#[tokio::test]
async fn an_authority_signs_with_every_algorithm_that_verifiers_know() {
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256] {
        let bench = Bench::with(|settings| {
            settings.audiences.truncate(1);
            settings.services.retain(|service| service.name.as_str() == LOGIN);
            settings.audiences[0].algorithm = algorithm;
        })
        .await;
        assert!(bench.accepted(&bench.session(json!({})).await["access_token"]), "{algorithm}");
    }
}

#[tokio::test]
async fn another_data_key_or_key_file_is_told_apart_from_a_damaged_store() {
    let bench = Bench::new().await;
    let settings = bench.authority.settings().clone();
    let (dir, clock) = bench.stop().await;

    let mut other = parts(&dir, &clock, settings.clone());
    other.data_key = Secret256::from_bytes([1; 32]);
    let error = Authority::start(other).await.unwrap_err();
    assert!(matches!(error, StartError::OtherDataKey { .. }), "{error}");

    let mut other = parts(&dir, &clock, settings);
    other.custody = Arc::new(Sealed::new(StoreKey::new(Secret256::from_bytes([1; 32]))));
    let error = Authority::start(other).await.unwrap_err();
    assert!(matches!(error, StartError::Keys { .. }), "{error}");
}

#[tokio::test]
async fn settings_that_are_unsafe_do_not_start() {
    let bench = Bench::new().await;
    let mut settings = settings_of(&bench);
    settings.audiences[0].claims.push("exp".into());
    let (dir, clock) = bench.stop().await;
    let error = Authority::start(parts(&dir, &clock, settings.clone())).await.unwrap_err();
    assert!(error.to_string().starts_with("audience.billing-api.claims: "), "{error}");

    settings.audiences[0].claims.pop();
    settings.keys.leeway = std::time::Duration::from_secs(31);
    let error = Authority::start(parts(&dir, &clock, settings)).await.unwrap_err();
    assert!(error.to_string().contains("keys.leeway"), "{error}");
}

#[tokio::test]
async fn a_service_that_is_declared_no_longer_is_gone_and_the_others_keep_their_secrets() {
    let bench = Bench::new().await;
    let mut settings = settings_of(&bench);
    settings.services.retain(|service| service.name.as_str() != WEAK);
    for service in &mut settings.services {
        service.secrets.clear();
    }
    let (basic, secret) = (bench.basic(LOGIN), bench.secret().to_owned());
    let (dir, clock) = bench.stop().await;
    let Parts { services, .. } = parts(&dir, &clock, settings.clone());
    drop(services);

    let bench = Bench::again(dir, clock, settings, secret).await;
    assert_eq!(bench.basic(LOGIN), basic);
    let grant = [("grant_type", "client_credentials")];
    assert_eq!(bench.form("/oauth2/token", LOGIN, &grant).await.status, StatusCode::OK);
    bench.form("/oauth2/token", WEAK, &grant).await.is(401, "invalid_client");
    let weak = bench.authority.services().service(&ClientId::new(WEAK).unwrap()).await;
    assert!(weak.unwrap().is_none());
}

#[tokio::test]
async fn a_claim_that_is_listed_no_longer_is_left_out_of_the_next_token() {
    let bench = Bench::new().await;
    let session = bench.session(json!({"claims": {"roles": ["a"], "note": "b"}})).await;
    let (mut settings, secret) = (settings_of(&bench), bench.secret().to_owned());
    settings.audiences[0].claims = vec!["note".into()];
    let (dir, clock) = bench.stop().await;
    let bench = Bench::again(dir, clock, settings, secret).await;
    let next = bench.refresh(session["refresh_token"].as_str().unwrap()).await.json();
    let token = bench.verify(next["access_token"].as_str().unwrap()).unwrap();
    assert_eq!(serde_json::Value::Object(token.private().clone()), json!({"note": "b"}));
}

#[tokio::test]
async fn a_claim_that_the_guard_admits_no_longer_is_left_out_of_the_next_token() {
    let admits = vec![("note".to_owned(), Sensitive::Email)];
    let bench = Bench::with(|settings| settings.audiences[0].guard_admits = admits).await;
    let claims = json!({"roles": ["a"], "note": "ada@example.com"});
    let session = bench.session(json!({"claims": claims})).await;
    let token = bench.verify(session["access_token"].as_str().unwrap()).unwrap();
    assert_eq!(serde_json::Value::Object(token.private().clone()), claims);

    let (mut settings, secret) = (settings_of(&bench), bench.secret().to_owned());
    settings.audiences[0].guard_admits.clear();
    let (dir, clock) = bench.stop().await;
    let bench = Bench::again(dir, clock, settings, secret).await;
    let next = bench.refresh(session["refresh_token"].as_str().unwrap()).await.json();
    let token = bench.verify(next["access_token"].as_str().unwrap()).unwrap();
    assert_eq!(serde_json::Value::Object(token.private().clone()), json!({"roles": ["a"]}));
}

#[tokio::test]
async fn an_authority_that_may_not_sign_says_so_and_refuses_nobodys_token() {
    let bench = Bench::new().await;
    let session = bench.session(json!({})).await;
    assert!(bench.authority.problems().is_empty());
    // Nobody looks after the keys, so the lease runs out.
    bench.authority.shutdown().await;
    bench.clock.advance(std::time::Duration::from_secs(60));
    let problems = bench.authority.problems();
    assert!(problems[0].starts_with("audience billing-api: "), "{problems:?}");

    let refused = bench.refresh(session["refresh_token"].as_str().unwrap()).await;
    refused.is(503, "temporarily_unavailable");
    assert_eq!(refused.header("retry-after"), "1");
    assert!(bench.accepted(&session["access_token"]));
    let audience = Audience::new(BILLING).unwrap();
    bench.authority.ring(&audience).unwrap().refresh(bench.clock.now()).await.unwrap();
    // The refusal has spent nothing.
    let token = session["refresh_token"].as_str().unwrap();
    assert_eq!(bench.refresh(token).await.status, StatusCode::OK);
}
