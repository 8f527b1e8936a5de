//! Logins elsewhere that become sessions.

use http::StatusCode;
use serde_json::{Value, json};
use tokenward::{Algorithm, Audience, Clock, IssuerId, KeyId, SigningKey, b64};
use tokenward_remote::Endpoint;
use tokenward_server::settings::{Settings, TrustedKeys, UpstreamSettings};
use tokenward_sessions::May;

use crate::harness::{BILLING, BOTH, Bench, LOGIN, OTHER, Reply};
use crate::site::Site;

const ISSUER: &str = "https://login.example.com";
const CLIENT: &str = "our-app";

#[tokio::test]
async fn a_login_elsewhere_becomes_a_session_here() {
    let (key, site) = (named("k-1"), Site::new().await);
    site.publish(&[&key]);
    let bench = Bench::with(|settings| trust(settings, &site)).await;
    let now = bench.clock.now().as_secs();
    let token = sign(&key, &claims(&bench, &json!({ "auth_time": now - 60 })));

    let reply = ask(&bench, LOGIN, &token, &[("nonce", "n-1"), ("scope", "read")]).await;

    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    let answer = reply.json();
    let access = bench.verify(answer["access_token"].as_str().unwrap()).unwrap();
    assert_eq!(access.subject().as_str(), "acme:alice");
    assert_eq!(access.scope().as_str(), "read");
    assert_eq!(access.auth_time().unwrap().as_secs(), now - 60);
    assert_eq!(access.session_id().unwrap().as_str(), answer["session_id"]);
    let refreshed = bench.refresh(answer["refresh_token"].as_str().unwrap()).await;
    assert_eq!(refreshed.status, StatusCode::OK);
}

#[tokio::test]
async fn where_the_provider_does_not_say_when_the_login_was_the_session_does_not_either() {
    let (key, site) = (named("k-1"), Site::new().await);
    site.publish(&[&key]);
    let bench = Bench::with(|settings| trust(settings, &site)).await;
    let token = sign(&key, &claims(&bench, &json!({})));

    let answer = ask(&bench, LOGIN, &token, &[("nonce", "n-1")]).await.json();

    let access = bench.verify(answer["access_token"].as_str().unwrap()).unwrap();
    assert_eq!(access.auth_time(), None);
}

#[tokio::test]
async fn an_id_token_makes_one_session_however_often_it_is_shown() {
    let (key, site) = (named("k-1"), Site::new().await);
    site.publish(&[&key]);
    let bench = Bench::with(|settings| trust(settings, &site)).await;
    let token = sign(&key, &claims(&bench, &json!({})));

    let first = ask(&bench, LOGIN, &token, &[("nonce", "n-1")]).await.json();
    let again = ask(&bench, LOGIN, &token, &[("nonce", "n-1")]).await.json();

    assert_eq!(again["session_id"], first["session_id"]);
    assert_eq!(again["refresh_token"], first["refresh_token"]);
    // ECDSA has two signatures for each, and both are good.
    let twin = ask(&bench, LOGIN, &twin(&token), &[("nonce", "n-1")]).await.json();
    assert_eq!(twin["session_id"], first["session_id"]);
    assert_eq!(sessions(&bench).await, 1);
    // Nor for another service that trusts the same provider.
    let other = [("nonce", "n-1"), ("audience", BILLING)];
    ask(&bench, BOTH, &token, &other).await.is(400, "invalid_request");
    assert_eq!(sessions(&bench).await, 1);
    // Not for more than the first time.
    let more = ask(&bench, LOGIN, &token, &[("nonce", "n-1"), ("scope", "admin")]).await;
    more.is(400, "invalid_request");
    // Nor does it bring back a session that has ended.
    bench.json(http::Method::DELETE, "/v1/subjects/acme:alice/sessions", LOGIN, &Value::Null).await;
    ask(&bench, LOGIN, &token, &[("nonce", "n-1")]).await.is(400, "invalid_request");
    assert_eq!(sessions(&bench).await, 0);
}

#[tokio::test]
async fn an_id_token_that_is_not_for_this_login_makes_nothing_and_gets_one_answer() {
    let (key, site) = (named("k-1"), Site::new().await);
    site.publish(&[&key]);
    let bench = Bench::with(|settings| trust(settings, &site)).await;
    let now = bench.clock.now().as_secs();
    let wrong = ask(&bench, LOGIN, "x", &[("nonce", "n-1")]).await;
    wrong.is(400, "invalid_request");
    let table = [
        ("another login's nonce", json!({ "nonce": "n-2" })),
        ("no nonce", json!({ "nonce": null })),
        ("another client", json!({ "aud": "other-app" })),
        ("several clients and no azp", json!({ "aud": [CLIENT, "other-app"] })),
        ("given to another client", json!({ "aud": [CLIENT, "other-app"], "azp": "other-app" })),
        ("given to another client alone", json!({ "azp": "other-app" })),
        ("another issuer", json!({ "iss": "https://evil.example" })),
        ("an issuer with a slash more", json!({ "iss": format!("{ISSUER}/") })),
        ("over", json!({ "iat": now - 900, "exp": now - 600 })),
        ("of tomorrow", json!({ "iat": now + 900, "exp": now + 1_200 })),
        ("good for ever", json!({ "exp": now + 900_000 })),
        ("an event", json!({ "events": {} })),
        ("bound to a key", json!({ "cnf": { "jkt": "x" } })),
        ("nobody", json!({ "sub": "" })),
        ("a subject too long", json!({ "sub": "a".repeat(256) })),
    ];
    for (what, change) in table {
        let token = sign(&key, &claims(&bench, &change));
        let reply = ask(&bench, LOGIN, &token, &[("nonce", "n-1")]).await;
        assert_eq!(reply.seen(), wrong.seen(), "{what}");
    }
    let forged = sign(&named("k-1"), &claims(&bench, &json!({})));
    assert_eq!(ask(&bench, LOGIN, &forged, &[("nonce", "n-1")]).await.seen(), wrong.seen());
    let good = sign(&key, &claims(&bench, &json!({})));
    assert_eq!(ask(&bench, LOGIN, &good, &[]).await.seen(), wrong.seen(), "a nonce left out");
    // An audience for which its logins do not count.
    let other = [("nonce", "n-1"), ("audience", OTHER)];
    assert_eq!(ask(&bench, BOTH, &good, &other).await.seen(), wrong.seen());
    assert_eq!(sessions(&bench).await, 0);
}

#[tokio::test]
async fn while_the_provider_is_down_nothing_is_decided_and_nothing_is_half_done() {
    let (key, site) = (named("k-1"), Site::new().await);
    let bench = Bench::with(|settings| trust(settings, &site)).await;
    let token = sign(&key, &claims(&bench, &json!({})));

    let down = ask(&bench, LOGIN, &token, &[("nonce", "n-1")]).await;
    down.is(503, "temporarily_unavailable");
    assert_eq!(down.header("retry-after"), "1");
    assert_eq!(sessions(&bench).await, 0);

    site.publish(&[&key]);
    loop {
        let reply = ask(&bench, LOGIN, &token, &[("nonce", "n-1")]).await;
        if reply.status == StatusCode::OK {
            break;
        }
        reply.is(503, "temporarily_unavailable");
    }
    assert_eq!(sessions(&bench).await, 1);
}

#[tokio::test]
async fn a_key_that_nobody_publishes_costs_the_provider_nothing_within_the_cooldown() {
    let (old, new, site) = (named("old"), named("new"), Site::new().await);
    site.publish(&[&old]);
    let bench = Bench::with(|settings| trust(settings, &site)).await;
    let unknown = sign(&new, &claims(&bench, &json!({})));
    let first = sign(&old, &claims(&bench, &json!({})));
    assert_eq!(ask(&bench, LOGIN, &first, &[("nonce", "n-1")]).await.status, StatusCode::OK);
    assert_eq!(site.asked(), 1);
    ask(&bench, LOGIN, &unknown, &[("nonce", "n-1")]).await.is(400, "invalid_request");
    assert_eq!(site.asked(), 1);
}

#[tokio::test]
async fn only_a_service_that_may_make_sessions_makes_one_of_a_login_elsewhere() {
    let (key, site) = (named("k-1"), Site::new().await);
    site.publish(&[&key]);
    let bench = Bench::with(|settings| {
        trust(settings, &site);
        let login = settings.services.iter_mut().find(|one| one.name.as_str() == LOGIN).unwrap();
        login.may.remove(&May::SessionsWrite);
    })
    .await;
    let token = sign(&key, &claims(&bench, &json!({})));
    ask(&bench, LOGIN, &token, &[("nonce", "n-1")]).await.is(400, "unauthorized_client");
}

fn trust(settings: &mut Settings, site: &Site) {
    settings.trust.upstreams = vec![UpstreamSettings {
        issuer: IssuerId::new(ISSUER).unwrap(),
        client_id: Audience::foreign(CLIENT).unwrap(),
        audiences: vec![Audience::new(BILLING).unwrap()],
        subject_prefix: "acme:".to_owned(),
        keys: TrustedKeys::At(Endpoint::https_or_loopback(&site.url()).unwrap()),
    }];
}

fn claims(bench: &Bench, more: &Value) -> Value {
    let now = bench.clock.now().as_secs();
    let mut claims = json!({
        "iss": ISSUER, "sub": "alice", "aud": CLIENT, "nonce": "n-1", "iat": now, "exp": now.saturating_add(300),
    });
    let members = claims.as_object_mut().unwrap();
    members.extend(more.as_object().unwrap().clone());
    members.retain(|_, value| !value.is_null());
    claims
}

/// The same token with the other signature, whose `s` is the order of P-256 (FIPS 186-5) less the first.
fn twin(token: &str) -> String {
    const ORDER: [u8; 32] = [
        0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63,
        0x25, 0x51,
    ];
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let mut signature = b64::decode(signature).unwrap();
    let mut borrow = 0;
    for (byte, order) in signature[32..].iter_mut().zip(&ORDER).rev() {
        let (less, first) = order.overflowing_sub(*byte);
        let (less, second) = less.overflowing_sub(borrow);
        (*byte, borrow) = (less, u8::from(first || second));
    }
    format!("{signed}.{}", b64::encode(&signature))
}

fn named(name: &str) -> SigningKey {
    SigningKey::generate(Algorithm::Es256).with_key_id(KeyId::new(name).unwrap())
}

fn sign(key: &SigningKey, claims: &Value) -> String {
    let kid = key.verifying_key().key_id().unwrap().as_str();
    let header = json!({ "alg": key.algorithm().as_str(), "kid": kid, "typ": "JWT" });
    let part = |value: &Value| b64::encode(value.to_string().as_bytes());
    let input = format!("{}.{}", part(&header), part(claims));
    format!("{input}.{}", b64::encode(&key.sign(input.as_bytes()).unwrap()))
}

async fn ask(bench: &Bench, client: &str, token: &str, more: &[(&str, &str)]) -> Reply {
    let mut fields = vec![
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("subject_token", token),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:id_token"),
    ];
    fields.extend(more);
    bench.form("/oauth2/token", client, &fields).await
}

async fn sessions(bench: &Bench) -> usize {
    let path = "/v1/subjects/acme:alice/sessions";
    // Whoever may make none may still see them.
    let reply = bench.json(http::Method::GET, path, BOTH, &Value::Null).await;
    reply.json()["sessions"].as_array().unwrap().len()
}
