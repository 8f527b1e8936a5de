//! Every route that asks who is calling, hit by those who may not.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Bench, LOGIN, SAME_ORIGIN, SPA, STRANGER, WEAK, cookie};

/// The routes for services. Every new route is owed an entry here or in one of the lists below.
const SERVICES: [(&str, &str); 9] = [
    ("POST", "/v1/sessions"),
    ("DELETE", "/v1/sessions/s1"),
    ("GET", "/v1/sessions/s1/private"),
    ("GET", "/v1/subjects/alice/sessions"),
    ("DELETE", "/v1/subjects/alice/sessions"),
    ("POST", "/v1/subjects/alice/token-version"),
    ("POST", "/v1/revocations"),
    ("GET", "/revocations/billing-api/snapshot"),
    ("POST", "/events/crm/poll"),
];

/// Routes that authenticate by form or cookie, or whose caller is a proxy: their own tests cover them.
const OTHERS: [&str; 8] = [
    "/oauth2/token",
    "/oauth2/revoke",
    "/oauth2/introspect",
    "/session",
    "/session/refresh",
    "/session/logout",
    "/session/devices",
    "/session/devices/{session}",
];

/// Routes that anybody may read.
const PUBLIC: [&str; 9] = [
    "/session/tokenward.js",
    "/audiences/{audience}/jwks.json",
    "/audiences/{audience}/jwks.jwt",
    "/audiences/{audience}/root-chain.json",
    "/audiences/{audience}/historical-keys.json",
    "/audiences/{audience}/status",
    "/audiences/{audience}/status/{list}",
    "/.well-known/{name}/audiences/{{audience}}",
    "/audiences/{{audience}}/.well-known/{name}",
];

#[test]
fn no_route_is_left_out() {
    let source = include_str!("../../src/authority/routes.rs");
    let listed = |path: &str| {
        let like = |other: &str| other == path;
        let service = SERVICES.iter().any(|(_, concrete)| same_shape(path, concrete));
        service || FEED == path || OTHERS.into_iter().any(like) || PUBLIC.into_iter().any(like)
    };
    let routes: Vec<_> =
        source.split('"').filter(|text| text.starts_with('/') && !text.contains(' ')).collect();
    assert!(routes.len() >= 15, "{routes:?}");
    for route in routes {
        assert!(listed(route), "{route} is in no list");
    }
}

/// Whether `concrete` is the route `pattern` with its variable segments filled in.
fn same_shape(pattern: &str, concrete: &str) -> bool {
    let (pattern, concrete): (Vec<_>, Vec<_>) =
        (pattern.split('/').collect(), concrete.split('/').collect());
    let same = |(a, b): (&&str, &&str)| a == b || a.starts_with('{');
    pattern.len() == concrete.len() && pattern.iter().zip(&concrete).all(same)
}

const FEED: &str = "/revocations/{audience}/feed";

#[tokio::test]
async fn no_route_for_services_answers_who_is_none_or_may_not() {
    let bench = Bench::new().await;
    let routes = SERVICES.into_iter().chain([("GET", "/revocations/billing-api/feed")]);
    for (method, path) in routes {
        let method: Method = method.parse().unwrap();
        let body = json!({"subject": "alice", "audience": "billing-api", "jti": "x"});
        let none = bench.browser(method.clone(), path, &[]).await;
        none.is(401, "invalid_client");
        let bearer = [("authorization", "Bearer x")];
        let unknown = bench.json(method.clone(), path, "nobody", &body).await;
        let public = bench.json(method.clone(), path, SPA, &body).await;
        let token = bench.browser(method.clone(), path, &bearer).await;
        for reply in [unknown, public, token] {
            assert_eq!(reply.seen(), none.seen(), "{method} {path}");
        }
        bench.json(method, path, WEAK, &body).await.is(403, "access_denied");
    }
}

#[tokio::test]
async fn the_feed_of_an_audience_is_for_its_own_services() {
    let bench = Bench::new().await;
    for path in ["/revocations/billing-api/snapshot", "/revocations/billing-api/feed"] {
        let foreign = bench.json(Method::GET, path, STRANGER, &Value::Null).await;
        foreign.is(403, "access_denied");
        let absent = path.replace("billing-api", "none");
        let absent = bench.json(Method::GET, &absent, STRANGER, &Value::Null).await;
        assert_eq!(absent.seen(), foreign.seen());
    }
}

#[tokio::test]
async fn every_bad_access_token_gets_the_same_answer() {
    let bench = Bench::new().await;
    let session = bench.session(json!({})).await;
    let good = session["access_token"].as_str().unwrap();
    let foreign = json!({"subject": "alice", "audience": "other-api"});
    let foreign = bench.post("/v1/sessions", STRANGER, &foreign).await.json();
    let ask = async |token: &str| {
        let line = format!("Bearer {token}");
        bench.browser(Method::GET, "/session", &[("authorization", &line)]).await
    };
    assert_eq!(ask(good).await.status, StatusCode::OK);

    let refused = ask("junk").await;
    refused.is(401, "invalid_token");
    let (body, signature) = good.rsplit_once('.').unwrap();
    let flipped: String = signature.chars().rev().collect();
    let forged = format!("{body}.{flipped}");
    let none = format!("eyJhbGciOiJub25lIn0.{}.", good.split('.').nth(1).unwrap());
    let long = "a".repeat(60_000);
    for bad in [&*forged, &none, &long, foreign["access_token"].as_str().unwrap()] {
        assert_eq!(ask(bad).await.seen(), refused.seen());
    }
    bench.post("/v1/subjects/alice/token-version", LOGIN, &Value::Null).await;
    assert_eq!(ask(good).await.seen(), refused.seen());
    bench.later(std::time::Duration::from_secs(400)).await;
    assert_eq!(ask(good).await.seen(), refused.seen());
    let line = format!("__Host-access={good}");
    let by_cookie = bench.browser(Method::GET, "/session", &[cookie(&line), SAME_ORIGIN]).await;
    assert_eq!(by_cookie.seen(), refused.seen());
}

#[tokio::test]
async fn the_forward_auth_endpoint_knows_what_was_revoked_here() {
    let bench = Bench::with(|settings| settings.proxies = vec![proxy()]).await;
    let session = bench.session(json!({})).await;
    let line = format!("Bearer {}", session["access_token"].as_str().unwrap());
    let ask = async || {
        let headers = [
            ("authorization", &*line),
            ("x-proxy-secret", "s3cr3t"),
            ("x-original-method", "GET"),
            ("x-original-uri", "/"),
        ];
        bench.browser(Method::GET, "/auth/nginx/billing-api", &headers).await
    };
    let good = ask().await;
    assert_eq!((good.status, good.header("x-auth-subject")), (StatusCode::OK, "alice"));
    let path = format!("/v1/sessions/{}", session["session_id"].as_str().unwrap());
    bench.json(Method::DELETE, &path, LOGIN, &Value::Null).await;
    assert_eq!(ask().await.status, StatusCode::UNAUTHORIZED);
}

fn proxy() -> tokenward_server::settings::ProxySettings {
    use tokenward_server::settings::{Profile, ProxyAuth, ProxySettings};
    let secret = tokenward::crypto::sha256(b"s3cr3t");
    ProxySettings {
        name: "edge".into(),
        profile: Profile::Nginx,
        auth: ProxyAuth::SecretHash(secret),
        client_certificates: false,
    }
}
