use axum::body::Body;
use http::header::LOCATION;
use http::{Request, StatusCode};
use tower::ServiceExt as _;

use super::support::{Running, status};
use crate::http::{ServerLimits, redirect_router};

#[tokio::test]
async fn plain_http_leads_to_the_same_place_under_https_and_nowhere_else() {
    let table = [
        ("auth.example.com", "/a?b=c", Some("https://auth.example.com/a?b=c")),
        ("auth.example.com:8080", "/", Some("https://auth.example.com/")),
        ("AUTH.example.com", "//evil", Some("https://auth.example.com//evil")),
        ("auth.example.com", "http://evil/x", Some("https://auth.example.com/x")),
        ("evil.example.com", "/", None),
        ("auth.example.com.evil", "/", None),
        ("auth.example.com@evil", "/", None),
        ("evil@auth.example.com", "/", None),
        ("", "/", None),
        ("a b", "/", None),
    ];
    for (host, target, expected) in table {
        let router = redirect_router("https://auth.example.com").unwrap();
        let request = Request::post(target).header("host", host).body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        let location = response.headers().get(LOCATION).map(|l| l.to_str().unwrap().to_owned());
        let status = match expected {
            Some(_) => StatusCode::PERMANENT_REDIRECT,
            None => StatusCode::BAD_REQUEST,
        };
        assert_eq!((response.status(), location.as_deref()), (status, expected), "{host} {target}");
    }
}

#[tokio::test]
async fn a_port_of_the_issuer_is_kept() {
    let router = redirect_router("https://localhost:8443").unwrap();
    let request = Request::get("/x").header("host", "localhost:8080").body(Body::empty()).unwrap();

    let response = router.oneshot(request).await.unwrap();

    assert_eq!(response.headers()[LOCATION], "https://localhost:8443/x");
}

#[tokio::test]
async fn an_answer_in_the_clear_bears_no_hsts() {
    let router = redirect_router("https://localhost:8443").unwrap();
    let server = Running::start(router, ServerLimits::default()).await;

    let answer = server.exchange(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await;

    assert_eq!(status(&answer), "308");
    assert!(!answer.contains("strict-transport-security"), "{answer}");
    assert!(answer.contains("nosniff"), "{answer}");
}

#[test]
fn only_an_https_url_can_be_redirected_to() {
    for issuer in ["http://a", "a", "https://", "https://u@a", ""] {
        assert!(redirect_router(issuer).is_err(), "{issuer}");
    }
}
