use axum::body::Body;
use http::Request;
use serde_json::{Value, json};
use tokenward::{Scope, b64};

use super::support::{Answer, SECRET, World, asked, request};
use crate::gate::{GateState, Rules, X_AUTH_CLAIMS, X_PROXY_SECRET, router};
use crate::http::Peer;
use crate::settings::{Profile, ProxyAuth, ProxySettings};

#[tokio::test]
async fn a_yes_says_whom_the_token_speaks_for() {
    let world = World::new();
    let private = json!({ "role": "clerk" }).as_object().unwrap().clone();
    let scope = Scope::parse("invoices read").unwrap();
    let token = world.token_of(request("alice").scope(scope).private(private));

    let answer = yes(&world, &token).await;

    assert_eq!(answer.body, "");
    assert_eq!(answer.headers["x-auth-subject"], "alice");
    assert_eq!(answer.headers["x-auth-session"], "session-1");
    assert_eq!(answer.headers["x-auth-scope"], "invoices read");
    assert_eq!(answer.headers["cache-control"], "no-store");
    let claims = b64::decode(answer.headers[X_AUTH_CLAIMS].to_str().unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!(claims["role"], "clerk");
    assert_eq!(claims["iss"], "https://auth.example.com/audiences/billing");
}

#[tokio::test]
async fn a_subject_reaches_the_service_unchanged_and_unambiguous() {
    let table = [
        ("auth0|5f7", "auth0|5f7"),
        ("a@example.com", "a@example.com"),
        (" alice", "%20alice"),
        ("alice ", "alice%20"),
        ("100%", "100%25"),
        ("Zoë", "Zo%C3%AB"),
    ];
    let world = World::new();
    for (subject, expected) in table {
        let token = world.token_of(request(subject).scope(Scope::parse("invoices").unwrap()));
        assert_eq!(yes(&world, &token).await.headers["x-auth-subject"], expected);
    }
}

#[tokio::test]
async fn a_proxy_is_known_by_its_secret_and_its_profile() {
    let world = World::new();
    let token = format!("Bearer {}", world.token("invoices"));
    let secrets: [&[&str]; 4] = [&[], &[""], &["another secret"], &[SECRET, SECRET]];
    for secrets in secrets {
        let mut request = asked(Profile::Nginx, "GET", "/open/x").header("authorization", &token);
        request.headers_mut().unwrap().remove(X_PROXY_SECRET);
        for secret in secrets {
            request = request.header(X_PROXY_SECRET, *secret);
        }
        let answer = world.ask(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, 403, "{secrets:?}");
        assert_eq!(answer.headers["x-auth-subject"], "");
    }
}

#[tokio::test]
async fn a_unix_socket_or_in_development_this_machine_makes_a_proxy() {
    let unix = Peer::Unix { uid: 33, pid: None };
    let near = Peer::Tcp("127.0.0.1:1".parse().unwrap());
    let far = Peer::Tcp("192.0.2.7:1".parse().unwrap());
    let table = [
        (true, false, Some(unix), 404),
        (true, false, Some(near), 403),
        (true, false, None, 403),
        (false, false, Some(unix), 403),
        (false, true, Some(near), 404),
        (false, true, Some(unix), 404),
        (false, true, Some(far), 403),
        (false, true, None, 403),
    ];
    for (by_socket, any_local, peer, expected) in table {
        let proxy = ProxySettings {
            name: "edge".to_owned(),
            profile: Profile::Nginx,
            auth: ProxyAuth::Unix,
            client_certificates: false,
        };
        // It has no audiences, so a known proxy gets a 404.
        let router = router(GateState {
            audiences: std::collections::BTreeMap::new(),
            proxies: by_socket.then_some(proxy).into_iter().collect(),
            rules: Rules::any_token(),
            clock: std::sync::Arc::new(|| super::support::NOW),
            any_local,
        });
        let mut request = Request::get("/auth/nginx/billing").body(Body::empty()).unwrap();
        if let Some(peer) = peer {
            request.extensions_mut().insert(peer);
        }
        let response = tower::ServiceExt::oneshot(router, request).await.unwrap();
        assert_eq!(response.status(), expected, "{by_socket} {any_local} {peer:?}");
    }
}

#[tokio::test]
async fn a_url_that_names_no_audience_or_profile_is_a_404() {
    let world = World::new();
    for place in ["/auth/nginx/other", "/auth/apache/billing", "/auth/nginx/bil%6cing"] {
        let request = Request::get(place).header(X_PROXY_SECRET, SECRET);
        let answer = world.ask(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, 404, "{place}");
        assert_eq!(answer.headers["content-type"], "application/json");
        assert_eq!(answer.headers["cache-control"], "no-store");
    }
}

#[tokio::test]
async fn the_audience_is_never_read_from_a_query() {
    let world = World::new();
    let request = Request::get("/auth/envoy/other/open/x?audience=billing")
        .header(X_PROXY_SECRET, SECRET)
        .header("authorization", format!("Bearer {}", world.token("invoices")));

    assert_eq!(world.ask(request.body(Body::empty()).unwrap()).await.status, 404);
}

async fn yes(world: &World, token: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    let answer = world.about(Profile::Nginx, "GET", "/invoices/7", &headers).await;
    assert_eq!(answer.status, 200);
    answer
}
