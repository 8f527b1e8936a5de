//! What the layer lets pass, what it refuses, and what the refused learn.

use std::convert::Infallible;
use std::time::Duration;

use crate::fixture::{
    APP, Fixture, NOW, audience, body, claims, header, new_key, request, send, sign, whole,
};
use axum::Router;
use axum::routing::any;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, RETRY_AFTER, VARY, WWW_AUTHENTICATE};
use http::{Request, StatusCode};
use http_body_util::Full;
use serde_json::{Value, json};
use tokenward::crypto::Secret256;
use tokenward::{Jti, SealKey, SessionId, Subject, TokenVersion, UnixTime, Verified};
use tokenward_revocation::{FreshnessPolicy, Revocation, Scope, Seq, View, WhenStale};
use tokenward_tower::cookies;
use tokenward_tower::csrf::Origins;
use tokenward_tower::{Claims, RequestIds, SecurityHeaders, VerifyLayer};
use tower::{ServiceBuilder, ServiceExt, service_fn};

#[tokio::test]
async fn a_good_token_passes_by_header_and_by_cookie() {
    let fixture = Fixture::new();
    let router = behind(fixture.layer().cookies(origins()));

    for credentials in [bearer(&fixture.token()), cookie(&fixture.token())] {
        let response = send(&router, request("GET", &[pair(&credentials)])).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(body(response).await, "alice");
    }
}

#[tokio::test]
async fn a_sealed_token_passes_with_its_cookie_where_cookies_are_read() {
    let fixture = Fixture::new();
    let router = behind(fixture.layer().cookies(origins()));
    let [seal, other] = [(); 2].map(|()| SealKey::new(Secret256::random()));
    let inside = fixture.token_for(&seal);
    let sealed = bearer(&seal.seal(&inside).unwrap());
    let [its, others, both] =
        [seal_cookie(&seal, None), seal_cookie(&other, None), seal_cookie(&other, Some(&seal))];
    let asked = async |router: &Router, headers: &[(&str, &str)]| {
        send(router, request("GET", headers)).await.status().as_u16()
    };

    assert_eq!(asked(&router, &[pair(&sealed), pair(&its)]).await, 200);
    assert_eq!(asked(&router, &[pair(&sealed), pair(&both)]).await, 200);
    assert_eq!(asked(&router, &[pair(&sealed), pair(&others)]).await, 401);
    assert_eq!(asked(&router, &[pair(&sealed)]).await, 401);
    assert_eq!(asked(&router, &[pair(&bearer(&inside)), pair(&its)]).await, 401);
    let bearer_alone = behind(fixture.layer());
    assert_eq!(asked(&bearer_alone, &[pair(&sealed), pair(&its)]).await, 401);
}

#[tokio::test]
async fn what_a_sealed_token_asks_for_is_kept_by_no_cache() {
    let fixture = Fixture::new();
    let router = behind(fixture.layer().cookies(origins()));
    let seal = SealKey::new(Secret256::random());
    let sealed = bearer(&seal.seal(&fixture.token_for(&seal)).unwrap());
    let cookie = seal_cookie(&seal, None);

    let response = send(&router, request("GET", &[pair(&sealed), pair(&cookie)])).await;
    assert_eq!(response.headers()[CACHE_CONTROL], "private");
    let change = send(&router, request("POST", &[pair(&sealed), pair(&cookie)])).await;
    assert_eq!(change.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn every_refused_token_gets_the_same_bytes() {
    let fixture = Fixture::new();
    revoke(&fixture.view, Scope::Jti(Jti::new("revoked").unwrap()));
    revoke(&fixture.view, Scope::Session(SessionId::new("ended").unwrap()));
    let router = behind(fixture.layer());
    let mut answers = Vec::new();
    for (what, token) in refused_tokens(&fixture) {
        let response = send(&router, request("GET", &[pair(&bearer(&token))])).await;
        answers.push((what, whole(response).await));
    }

    let (_, expected) = answers.first().cloned().unwrap();
    assert!(expected.starts_with("401"), "{expected}");
    assert!(expected.ends_with(r#"{"error":"invalid_token","error_description":"Invalid token"}"#));
    for (what, answer) in answers {
        assert_eq!(answer, expected, "{what}");
    }
}

#[tokio::test]
async fn an_old_token_version_is_refused() {
    let fixture = Fixture::new();
    let router = behind(fixture.layer());
    let send_version = async |version: u64| {
        let token = fixture.token_with(&[("ver", version.into())]);
        send(&router, request("GET", &[pair(&bearer(&token))])).await.status()
    };
    assert_eq!(send_version(3).await, StatusCode::OK);

    let subject = Subject::new("alice").unwrap();
    revoke(&fixture.view, Scope::Version { subject, below: TokenVersion::new(4) });

    assert_eq!(send_version(3).await, StatusCode::UNAUTHORIZED);
    assert_eq!(send_version(4).await, StatusCode::OK);
}

#[tokio::test]
async fn without_credentials_the_answer_names_the_scheme_and_no_error() {
    let router = behind(Fixture::new().layer());
    let response = send(&router, request("GET", &[])).await;

    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(response.headers()[WWW_AUTHENTICATE], "Bearer");
}

#[tokio::test]
async fn two_tokens_at_once_are_refused_before_either_is_read() {
    let fixture = Fixture::new();
    let router = behind(fixture.layer().cookies(origins()));
    let (header, cookie) = (bearer(&fixture.token()), cookie(&fixture.token()));
    let response = send(&router, request("GET", &[pair(&header), pair(&cookie)])).await;

    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_change_by_cookie_must_come_from_the_own_site_or_a_listed_one() {
    let fixture = Fixture::new();
    let router = behind(fixture.layer().cookies(origins()));
    let cookie = cookie(&fixture.token());
    let post = async |more: &[(&str, &str)]| {
        let headers: Vec<_> = std::iter::once(pair(&cookie)).chain(more.iter().copied()).collect();
        send(&router, request("POST", &headers)).await.status()
    };

    assert_eq!(post(&[]).await, StatusCode::FORBIDDEN);
    assert_eq!(post(&[("sec-fetch-site", "cross-site")]).await, StatusCode::FORBIDDEN);
    assert_eq!(post(&[("sec-fetch-site", "same-origin")]).await, StatusCode::OK);
    assert_eq!(post(&[("origin", APP)]).await, StatusCode::OK);
}

#[tokio::test]
async fn a_change_by_bearer_token_needs_no_such_proof() {
    let fixture = Fixture::new();
    let router = behind(fixture.layer().cookies(origins()));
    let response = send(&router, request("POST", &[pair(&bearer(&fixture.token()))])).await;

    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test]
async fn cookies_are_not_looked_at_unless_asked_for() {
    let fixture = Fixture::new();
    let router = behind(fixture.layer());
    let response = send(&router, request("GET", &[pair(&cookie(&fixture.token()))])).await;

    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert!(!response.headers().contains_key(VARY));
}

#[tokio::test]
async fn answers_that_depend_on_a_cookie_say_so_to_caches() {
    let fixture = Fixture::new();
    let router = behind(fixture.layer().cookies(origins()));
    let response = send(&router, request("GET", &[pair(&cookie(&fixture.token()))])).await;

    assert_eq!(response.headers()[VARY], "Sec-Fetch-Site, Origin");
    assert_eq!(response.headers()[CACHE_CONTROL], "private");
}

#[tokio::test]
async fn a_stale_verifier_answers_503_to_good_and_bad_tokens_alike() {
    let policy = FreshnessPolicy {
        max_staleness: Duration::from_secs(10),
        clock_error: Duration::from_secs(1),
        when_stale: WhenStale::Refuse,
    };
    let fixture = Fixture::with_view(View::following(audience(), policy));
    let router = behind(fixture.layer());
    let good = send(&router, request("GET", &[pair(&bearer(&fixture.token()))])).await;
    assert_eq!(good.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(good.headers()[RETRY_AFTER], "1");

    let bad = send(&router, request("GET", &[pair(&bearer("rubbish"))])).await;
    assert_eq!(whole(bad).await, whole(good).await);
}

#[tokio::test]
async fn an_optional_layer_lets_nobody_pass_with_a_bad_token() {
    let fixture = Fixture::new();
    let router = behind(fixture.layer().optional());
    let anonymous = send(&router, request("GET", &[])).await;
    assert_eq!(body(anonymous).await, "nobody");

    let bad = send(&router, request("GET", &[pair(&bearer("rubbish"))])).await;
    assert_eq!(bad.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_link_from_another_site_gets_the_page_that_reloads_itself_once() {
    let fixture = Fixture::new();
    let router = behind(fixture.layer().cookies(origins()));
    let navigation = [("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
    let from = |site| [navigation[0], navigation[1], ("sec-fetch-site", site)];

    let first = send(&router, request("GET", &from("cross-site"))).await;
    assert_eq!(first.status(), StatusCode::OK);
    assert!(body(first).await.contains("http-equiv=\"refresh\""));

    let again = send(&router, request("GET", &from("same-origin"))).await;
    assert_eq!(again.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn claims_of_an_outer_layer_do_not_shine_through_an_inner_one() {
    let fixture = Fixture::new();
    // As if the audience inside took its token by a way that this request does not use.
    let inner = Fixture::new();
    let router = behind(inner.layer().optional()).layer(fixture.layer());
    let response = send(&router, request("GET", &[pair(&bearer(&fixture.token()))])).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);

    let router = behind(inner.layer().optional()).layer(fixture.layer().cookies(origins()));
    let response = send(&router, request("GET", &[pair(&cookie(&fixture.token()))])).await;
    assert_eq!(body(response).await, "nobody");
}

#[tokio::test]
async fn the_layers_stand_before_any_service_of_http() {
    let fixture = Fixture::new();
    // No axum: another request body, another response body.
    let inner = service_fn(|request: Request<()>| async move {
        let claims = request.extensions().get::<Verified>().unwrap();
        let body = Full::new(Bytes::from(claims.subject().to_string()));
        Ok::<_, Infallible>(http::Response::new(body))
    });
    let service = ServiceBuilder::new()
        .layer(RequestIds::new())
        .layer(SecurityHeaders::new())
        .layer(fixture.layer())
        .service(inner);
    let request = Request::builder()
        .header("authorization", format!("Bearer {}", fixture.token()))
        .body(())
        .unwrap();

    assert_eq!(body(service.oneshot(request).await.unwrap()).await, "alice");
}

/// A token for each reason to refuse one.
fn refused_tokens(fixture: &Fixture) -> Vec<(&'static str, String)> {
    let with = |name: &str, value: Value| fixture.token_with(&[(name, value)]);
    let headed = |name: &str, value: Value| {
        let mut header = header();
        header[name] = value;
        sign(&fixture.key, &header, &claims(&[]))
    };
    let unsigned = sign(&fixture.key, &json!({ "alg": "none", "typ": "at+jwt" }), &claims(&[]));
    let (unsigned, _) = unsigned.rsplit_once('.').unwrap();
    vec![
        ("bad signature", sign(&new_key(), &header(), &claims(&[]))),
        ("expired", with("exp", (NOW - 9).into())),
        ("not yet valid", with("nbf", (NOW + 100).into())),
        ("issued in the future", with("iat", (NOW + 100).into())),
        ("wrong issuer", with("iss", "https://auth.example.com/audiences/other".into())),
        ("wrong audience", with("aud", "other".into())),
        ("wrong type", headed("typ", "JWT".into())),
        ("unknown key", headed("kid", "other".into())),
        ("wrong algorithm", headed("alg", "RS256".into())),
        ("revoked token", with("jti", "revoked".into())),
        ("ended session", with("sid", "ended".into())),
        ("malformed", "rubbish".to_owned()),
        ("empty", String::new()),
        ("too long", "a".repeat(100_000)),
        ("none", format!("{unsigned}.")),
        ("no exp", with("exp", Value::Null)),
        ("bound to a key", with("cnf", json!({ "jkt": "x" }))),
    ]
}

fn behind(layer: VerifyLayer) -> Router {
    let whoami = |claims: Option<Claims>| async move {
        claims.map_or_else(|| "nobody".to_owned(), |claims| claims.subject().to_string())
    };
    Router::new().route("/", any(whoami)).layer(layer)
}

fn revoke(view: &View, scope: Scope) {
    let now = UnixTime::from_secs(NOW);
    view.insert(&Revocation {
        seq: Seq::new(1),
        audience: None,
        scope,
        ends_at: now.saturating_add(Duration::from_secs(1_000)),
        at: now,
        reason: None,
        by: "test".to_owned(),
    });
}

fn origins() -> Origins {
    Origins::new([APP]).unwrap()
}

fn seal_cookie(key: &SealKey, before: Option<&SealKey>) -> (&'static str, String) {
    ("cookie", format!("{}={}", cookies::SEAL, *cookies::seal_value(key, before)))
}

fn bearer(token: &str) -> (&'static str, String) {
    ("authorization", format!("Bearer {token}"))
}

fn cookie(token: &str) -> (&'static str, String) {
    ("cookie", format!("theme=dark; __Host-access={token}"))
}

fn pair<'a>((name, value): &'a (&'static str, String)) -> (&'a str, &'a str) {
    (name, value)
}
