use axum::body::Body;
use http::{Method, Request, StatusCode};
use serde_json::json;
use tokenward_server::http::Peer;
use tokenward_sessions::AdminToken;

use super::harness::{Bench, own_uid, request, send};

/// Every route, with the scope that a token needs for it.
const ROUTES: [(Method, &str, &str); 24] = [
    (Method::GET, "/admin/v1/status", "read"),
    (Method::GET, "/admin/v1/posture", "read"),
    (Method::GET, "/admin/v1/keys", "read"),
    (Method::GET, "/admin/v1/keys/history", "read"),
    (Method::GET, "/admin/v1/keys/rotation", "read"),
    (Method::GET, "/admin/v1/keys/jwks", "read"),
    (Method::GET, "/admin/v1/keys/feed", "read"),
    (Method::GET, "/admin/v1/sessions", "read"),
    (Method::GET, "/admin/v1/sessions/x", "read"),
    (Method::GET, "/admin/v1/services", "read"),
    (Method::POST, "/admin/v1/keys/rotate", "keys"),
    (Method::POST, "/admin/v1/keys/compromise", "keys"),
    (Method::POST, "/admin/v1/keys/import", "keys"),
    (Method::POST, "/admin/v1/sessions/revoke", "sessions"),
    (Method::POST, "/admin/v1/revocations", "revocations"),
    (Method::POST, "/admin/v1/revocations/everything", "revocations"),
    (Method::POST, "/admin/v1/subjects/token-version", "revocations"),
    (Method::POST, "/admin/v1/services", "services"),
    (Method::DELETE, "/admin/v1/services/x", "services"),
    (Method::POST, "/admin/v1/services/x/secret", "services"),
    (Method::POST, "/admin/v1/services/x/proof", "services"),
    (Method::GET, "/admin/v1/admin-tokens", "socket"),
    (Method::POST, "/admin/v1/admin-tokens", "socket"),
    (Method::DELETE, "/admin/v1/admin-tokens/x", "socket"),
];

const SCOPES: [&str; 5] = ["read", "keys", "sessions", "revocations", "services"];

#[tokio::test]
async fn a_token_opens_the_routes_of_its_scope_and_no_others() {
    let bench = Bench::new().await;
    for scope in SCOPES {
        let token = bench.token(scope, &[scope]).await;
        for (method, path, needed) in ROUTES {
            let reply = bench.by_token(method.clone(), path, Some(&token), "localhost:9443").await;
            let refused = reply.status == StatusCode::FORBIDDEN;
            assert_eq!(refused, needed != scope, "{scope} {method} {path}: {reply:?}");
        }
    }
}

#[tokio::test]
async fn without_a_good_token_nothing_is_open() {
    let bench = Bench::new().await;
    let unknown = AdminToken::random().expose().to_string();
    let ended = bench.token("ended", &SCOPES).await;
    let removed = bench.token("removed", &SCOPES).await;
    assert_eq!(bench.delete("/admin/v1/admin-tokens/removed").await.status, 204);
    bench.later(3_600).await;
    for (method, path, _) in ROUTES {
        let none = bench.by_token(method.clone(), path, None, "localhost").await;
        assert_eq!(
            (none.status.as_u16(), none.challenge.as_deref()),
            (401, Some("Bearer")),
            "{path}"
        );
        for token in [unknown.as_str(), ended.as_str(), removed.as_str(), "twa_", "x"] {
            let reply = bench.by_token(method.clone(), path, Some(token), "localhost").await;
            assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{path}");
            assert_eq!(reply.challenge.as_deref(), Some(r#"Bearer error="invalid_token""#));
        }
    }
}

#[tokio::test]
async fn a_request_under_another_name_is_refused_whatever_its_token() {
    let bench = Bench::new().await;
    let token = bench.token("all", &SCOPES).await;
    for host in ["evil.example.com", "localhost.evil", "", "127.0.0.1"] {
        let reply = bench.by_token(Method::GET, "/admin/v1/status", Some(&token), host).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{host}");
    }
    let reply = bench.by_token(Method::GET, "/admin/v1/status", Some(&token), "LOCALHOST:1").await;
    assert_eq!(reply.status, StatusCode::OK);
}

#[tokio::test]
async fn the_socket_is_for_the_user_that_runs_the_process_and_root() {
    let bench = Bench::new().await;
    let near = Peer::Tcp("127.0.0.1:1".parse().unwrap());
    let table = [
        (Some(Peer::Unix { uid: own_uid(), pid: None }), 200),
        (Some(Peer::Unix { uid: 0, pid: None }), 200),
        (Some(Peer::Unix { uid: own_uid().wrapping_add(1), pid: None }), 403),
        (Some(near), 403),
        (None, 403),
    ];
    for (peer, expected) in table {
        let mut request = request(Method::GET, "/admin/v1/status", None);
        if let Some(peer) = peer {
            request.extensions_mut().insert(peer);
        }
        assert_eq!(send(&bench.socket, request).await.status.as_u16(), expected, "{peer:?}");
    }
}

#[tokio::test]
async fn what_does_not_belong_in_a_request_is_refused_by_its_name() {
    let bench = Bench::new().await;
    let path = "/admin/v1/keys/compromise";
    let unknown = bench.post(path, json!({ "kid": "a", "force": true })).await;
    unknown.is(400, "invalid_request");
    assert!(unknown.body.contains("unknown field `force`"), "{unknown:?}");
    let missing = bench.post(path, json!({})).await;
    assert!(missing.body.contains("missing field `kid`"), "{missing:?}");
    // A wrong type quotes no value: it may be a key.
    let wrong = bench.post("/admin/v1/keys/import", json!({ "audience": "secret" })).await;
    assert!(!wrong.body.contains("secret"), "{wrong:?}");
    bench.get("/admin/v1/keys?audience=a&audience=b").await.is(400, "invalid_request");
    bench.get("/admin/v1/keys?force=1").await.is(400, "invalid_request");
    bench.get("/admin/v1/keys?audience=none").await.is(400, "invalid_request");
    bench.get("/admin/v1/nowhere").await.is(404, "not_found");
    bench.post("/admin/v1/status", json!({})).await.is(405, "invalid_request");
}

#[tokio::test]
async fn a_body_of_another_type_or_over_the_limit_is_refused() {
    let bench = Bench::new().await;
    let bodies = [
        ("text/plain", r#"{"kid":"a"}"#.to_owned(), 400),
        ("application/json", r#"{"kid":"a","kid":"b"}"#.to_owned(), 400),
        ("application/json", "[]".to_owned(), 400),
        ("application/json", String::new(), 400),
        ("application/json", "a".repeat(600_000), 413),
    ];
    for (kind, body, expected) in bodies {
        let mut request = Request::post("/admin/v1/keys/compromise")
            .header("content-type", kind)
            .body(Body::from(body))
            .unwrap();
        request.extensions_mut().insert(Peer::Unix { uid: own_uid(), pid: None });
        assert_eq!(send(&bench.socket, request).await.status.as_u16(), expected, "{kind}");
    }
}

#[tokio::test]
async fn the_status_names_every_audience_and_its_signing_key() {
    let bench = Bench::new().await;

    let status = bench.get("/admin/v1/status").await.json();

    assert_eq!(status["ready"], true);
    assert_eq!(status["audiences"][0]["name"], "billing-api");
    assert!(status["audiences"][0]["signing_key"].as_str().unwrap().starts_with("test-"));
    assert_eq!(status["audiences"][1]["issuer"], "https://auth.example.com/audiences/other-api");
}

#[tokio::test]
async fn the_posture_tells_the_settings_by_which_a_deployment_is_more_or_less_safe() {
    let bench = Bench::new().await;

    let posture = bench.get("/admin/v1/posture").await.json();

    assert_eq!(posture["accepts_when_stale"], false);
    let audience = &posture["audiences"][0];
    assert_eq!(audience["issuer"], "https://auth.example.com/audiences/billing-api");
    assert_eq!(
        (&audience["access_lifetime"], &audience["guard_admits"]),
        (&300.into(), &json!([]))
    );
}

#[tokio::test]
async fn a_token_for_administrators_is_shown_once_and_bounded() {
    let bench = Bench::new().await;
    let token = bench.token("laptop", &["read"]).await;

    let listed = bench.get("/admin/v1/admin-tokens").await;
    assert!(!listed.body.contains(&token), "{listed:?}");
    assert_eq!(listed.json()[0]["label"], "laptop");
    let bad = [
        json!({ "label": "a b", "scopes": ["read"], "lifetime_seconds": 60 }),
        json!({ "label": "a", "scopes": [], "lifetime_seconds": 60 }),
        json!({ "label": "a", "scopes": ["root"], "lifetime_seconds": 60 }),
        json!({ "label": "a", "scopes": ["read"], "lifetime_seconds": 0 }),
        json!({ "label": "a", "scopes": ["read"], "lifetime_seconds": 8_000_000 }),
    ];
    for body in bad {
        bench.post("/admin/v1/admin-tokens", body).await.is(400, "invalid_request");
    }
}
