use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use http::{Request, StatusCode};
use tokenward::Audience;
use tower::ServiceExt as _;

use super::*;

#[tokio::test]
async fn a_process_that_is_not_ready_says_why() {
    let router = health_router(Readiness::new(|| vec!["the store does not answer".to_owned()]));

    let (status, body) = get(&router, "/readyz").await;

    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(body, r#"{"problems":["the store does not answer"],"status":"not ready"}"#);
    assert_eq!(get(&router, "/healthz").await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_process_that_is_ready_says_so() {
    let router = health_router(Readiness::new(Vec::new));

    assert_eq!(get(&router, "/readyz").await, (StatusCode::OK, r#"{"status":"ready"}"#.to_owned()));
}

#[tokio::test]
async fn a_probe_tells_how_old_what_is_known_of_revocations_is() {
    let ages = || {
        let audience = |name| Audience::new(name).unwrap();
        vec![(audience("api"), Some(Duration::from_millis(1_500))), (audience("new"), None)]
    };
    let router = health_router(Readiness::new(Vec::new).telling_ages(ages));

    let (_, body) = get(&router, "/readyz").await;

    assert_eq!(body, r#"{"revocation_age_seconds":{"api":1.5,"new":null},"status":"ready"}"#);
}

#[tokio::test]
async fn what_is_wrong_though_the_process_serves_is_a_warning() {
    let warns = Readiness::new(Vec::new).warning_of(|| vec!["Redis is full".to_owned()]);
    let router = health_router(warns);

    let said = r#"{"status":"ready","warnings":["Redis is full"]}"#;
    assert_eq!(get(&router, "/readyz").await, (StatusCode::OK, said.to_owned()));
}

#[tokio::test]
async fn metrics_are_what_the_recorder_renders() {
    let router = metrics_router(|| "tokenward_uptime_seconds 1\n".to_owned());

    let (status, body) = get(&router, "/metrics").await;

    assert_eq!((status, body.as_str()), (StatusCode::OK, "tokenward_uptime_seconds 1\n"));
}

async fn get(router: &Router, path: &str) -> (StatusCode, String) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let body = to_bytes(response.into_body(), 1 << 16).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}
