//! What handlers get, which scope they may ask for, and what a forgotten layer does.

use crate::fixture::{Fixture, body, request, send};
use axum::Router;
use axum::routing::get;
use http::StatusCode;
use http::header::WWW_AUTHENTICATE;
use serde_json::Value;
use tokenward::Scope;
use tokenward_tower::{Claims, RequireScope, RevocationAge};

#[tokio::test]
async fn a_handler_takes_the_claims_and_never_the_token() {
    let fixture = Fixture::new();
    let handler = |Claims(claims): Claims| async move { claims.token_id().to_string() };
    let router = Router::new().route("/", get(handler)).layer(fixture.layer());
    let response = send(&router, with_token(&fixture.token())).await;

    assert_eq!(body(response).await, "t1");
}

#[tokio::test]
async fn a_handler_may_ask_how_old_what_is_known_of_revocations_was() {
    let fixture = Fixture::new();
    let handler = |RevocationAge(age): RevocationAge| async move { format!("{age:?}") };
    let router = Router::new().route("/", get(handler)).layer(fixture.layer().optional());

    let response = send(&router, with_token(&fixture.token())).await;
    // The fixture's verifier reads the truth itself.
    assert_eq!(body(response).await, "Some(0ns)");
    let anonymous = send(&router, request("GET", &[])).await;
    assert_eq!(anonymous.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_route_behind_no_layer_answers_nobody() {
    let fixture = Fixture::new();
    let required = Router::new().route("/", get(|_: Claims| async { "open" }));
    let optional = Router::new().route("/", get(|_: Option<Claims>| async { "open" }));
    let scoped = Router::new().route("/", get(|| async { "open" })).layer(notes_read());
    let aged = Router::new().route("/", get(|_: RevocationAge| async { "open" }));

    for router in [required, optional, scoped, aged] {
        let response = send(&router, with_token(&fixture.token())).await;
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
}

#[tokio::test]
async fn claims_are_required_where_the_handler_requires_them() {
    let router = Router::new()
        .route("/", get(|_: Claims| async { "open" }))
        .layer(Fixture::new().layer().optional());
    let response = send(&router, request("GET", &[])).await;

    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(response.headers()[WWW_AUTHENTICATE], "Bearer");
}

#[tokio::test]
async fn a_scope_is_required_as_a_whole() {
    let fixture = Fixture::new();
    let router = Router::new()
        .route("/", get(|| async { "open" }))
        .layer(notes_read())
        .layer(fixture.layer());
    for (scope, status) in [
        ("notes:read", StatusCode::OK),
        ("notes:write notes:read", StatusCode::OK),
        ("notes:readonly", StatusCode::FORBIDDEN),
        ("notes", StatusCode::FORBIDDEN),
    ] {
        let token = fixture.token_with(&[("scope", scope.into())]);
        assert_eq!(send(&router, with_token(&token)).await.status(), status, "{scope}");
    }

    let none = send(&router, with_token(&fixture.token_with(&[("scope", Value::Null)]))).await;
    assert_eq!(none.status(), StatusCode::FORBIDDEN);
    assert_eq!(
        none.headers()[WWW_AUTHENTICATE],
        r#"Bearer error="insufficient_scope", scope="notes:read""#
    );
}

#[tokio::test]
async fn a_required_scope_is_a_401_for_whoever_has_no_token() {
    let router = Router::new()
        .route("/", get(|| async { "open" }))
        .layer(notes_read())
        .layer(Fixture::new().layer().optional());

    assert_eq!(send(&router, request("GET", &[])).await.status(), StatusCode::UNAUTHORIZED);
}

fn notes_read() -> RequireScope {
    RequireScope::new(Scope::parse("notes:read").unwrap())
}

fn with_token(token: &str) -> http::Request<axum::body::Body> {
    request("GET", &[("authorization", &format!("Bearer {token}"))])
}
