//! Locks after failures: who guesses waits, nobody learns who exists, and nobody is locked out by others.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Request;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::json;
use tokenward_server::http::Peer;
use tokenward_server::settings::{Failures, Limits, Rate};

use crate::harness::{BOTH, Bench, LOGIN, Reply, SPA, WEAK, session_of};

const HOME: &str = "192.0.2.1";
const ELSEWHERE: &str = "198.51.100.7";

#[tokio::test]
async fn an_unknown_name_a_wrong_secret_and_a_locked_client_get_the_same_bytes() {
    let bench = locking().await;
    let mut waited = Vec::new();
    for _ in 0..20 {
        let known = bench.guess(LOGIN, ELSEWHERE).await;
        let unknown = bench.guess("nobody-has-it", "198.51.100.8").await;
        assert_eq!(known.seen(), unknown.seen());
        known.is(401, "invalid_client");
        waited.push(known.header("retry-after").to_owned());
    }
    // Ten are free; then nothing is looked at, also not the right secret, and nobody is told that it is.
    assert_eq!(waited.iter().filter(|wait| wait.is_empty()).count(), 10);
    assert_eq!(waited[19], "1");
    let right = bench.ask(&bench.basic(LOGIN), ELSEWHERE).await;
    let unknown = bench.guess("nobody-has-it", "198.51.100.8").await;
    assert_eq!(right.seen(), unknown.seen());

    // The lock ends, and what is wrong then leads to one twice as long.
    bench.clock.advance(Duration::from_secs(1));
    assert_eq!(bench.guess(LOGIN, ELSEWHERE).await.header("retry-after"), "2");
    bench.clock.advance(Duration::from_secs(2));
    assert_eq!(bench.ask(&bench.basic(LOGIN), ELSEWHERE).await.status, 200);
}

#[tokio::test]
async fn who_guesses_locks_the_client_out_nowhere_that_it_is() {
    let bench = locking().await;
    assert_eq!(bench.ask(&bench.basic(LOGIN), HOME).await.status, 200);
    // From other addresses, and from its very own: behind one router, say.
    for network in 0..40 {
        for _ in 0..12 {
            bench.guess(LOGIN, &format!("203.0.113.{network}")).await.is(401, "invalid_client");
            bench.guess(LOGIN, HOME).await.is(401, "invalid_client");
        }
    }
    assert_eq!(bench.ask(&bench.basic(LOGIN), HOME).await.status, 200);
    // Nor is it locked out where it was never seen and nobody has failed.
    assert_eq!(bench.ask(&bench.basic(LOGIN), "192.0.2.200").await.status, 200);
}

#[tokio::test]
async fn a_hostile_neighbor_keeps_nobody_out_who_has_not_failed() {
    // As after a restart: nobody has been seen anywhere.
    let bench = locking().await;
    for name in 0..120 {
        bench.guess(&format!("n{name}"), HOME).await.is(401, "invalid_client");
    }
    // The address is locked, for whoever has failed there.
    let known = bench.guess(WEAK, HOME).await;
    let unknown = bench.guess("nobody-has-it", HOME).await;
    assert_eq!(known.seen(), unknown.seen());
    assert_ne!(known.header("retry-after"), "");
    bench.ask(&bench.basic(WEAK), HOME).await.is(401, "invalid_client");

    assert_eq!(bench.ask(&bench.basic(LOGIN), HOME).await.status, 200);
    for _ in 0..20 {
        bench.guess(LOGIN, HOME).await.is(401, "invalid_client");
    }
    assert_eq!(bench.ask(&bench.basic(LOGIN), HOME).await.status, 200);
}

#[tokio::test]
async fn a_public_client_is_not_locked_out_by_who_fails_in_its_name() {
    let bench = locking().await;
    let body = session_of("alice", json!({"client_id": SPA}));
    let session = bench.post("/v1/sessions", LOGIN, &body).await.json();
    for _ in 0..30 {
        bench.guess(SPA, HOME).await.is(401, "invalid_client");
    }
    let token = session["refresh_token"].as_str().unwrap();
    let fields = format!("grant_type=refresh_token&client_id={SPA}&refresh_token={token}");
    assert_eq!(bench.send(form(fields, None, HOME)).await.status, 200);
}

#[tokio::test]
async fn a_refresh_token_that_comes_to_nothing_is_not_looked_at_for_ever() {
    let bench = locking().await;
    let session = bench.session(json!({})).await;
    let ended = session["refresh_token"].as_str().unwrap();
    let path = format!("/v1/sessions/{}", session["session_id"].as_str().unwrap());
    bench.json(http::Method::DELETE, &path, LOGIN, &json!(null)).await;
    let unknown = format!("twr_{}", "A".repeat(43));
    for time in 1..=14 {
        let [ended, unknown] = [bench.refresh(ended).await, bench.refresh(&unknown).await];
        assert_eq!(ended.seen(), unknown.seen());
        ended.is(400, "invalid_grant");
        assert_eq!(ended.header("retry-after"), if time > 10 { "1" } else { "" }, "{time}");
    }
}

#[tokio::test]
async fn who_has_a_refresh_token_that_is_not_theirs_keeps_nobody_from_refreshing() {
    let bench = locking().await;
    let session = bench.session(json!({})).await;
    let token = session["refresh_token"].as_str().unwrap();
    let stolen = [("grant_type", "refresh_token"), ("refresh_token", token)];
    for _ in 0..30 {
        bench.form("/oauth2/token", BOTH, &stolen).await.is(400, "invalid_grant");
    }
    assert_eq!(bench.refresh(token).await.status, 200);
}

#[tokio::test]
async fn the_logins_and_refreshes_of_one_subject_have_a_rate_together() {
    let bench = Bench::with(|settings| {
        settings.limits.subject = Rate { per_second: 1, burst: 4 };
    })
    .await;
    let first = bench.session(json!({})).await;
    let second = bench.session(json!({})).await;
    for session in [first, second.clone()] {
        assert_eq!(bench.refresh(session["refresh_token"].as_str().unwrap()).await.status, 200);
    }
    let refused = bench.post("/v1/sessions", LOGIN, &session_of("alice", json!({}))).await;
    assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (429, "1"));
    // Others are not concerned, and nothing has ended.
    let other = bench.post("/v1/sessions", LOGIN, &session_of("bob", json!({}))).await;
    assert_eq!(other.status, 201);
    bench.clock.advance(Duration::from_secs(1));
    assert_eq!(bench.refresh(second["refresh_token"].as_str().unwrap()).await.status, 200);
}

async fn locking() -> Bench {
    Bench::with(|settings| {
        settings.limits = Limits { failures: Failures::DEFAULT, ..Limits::DEV };
    })
    .await
}

impl Bench {
    async fn guess(&self, name: &str, from: &str) -> Reply {
        let wrong = format!("Basic {}", STANDARD.encode(format!("{name}:tws_{}", "B".repeat(43))));
        self.ask(&wrong, from).await
    }

    async fn ask(&self, authorization: &str, from: &str) -> Reply {
        let fields = "grant_type=client_credentials".to_owned();
        self.send(form(fields, Some(authorization), from)).await
    }
}

fn form(fields: String, authorization: Option<&str>, from: &str) -> Request<Body> {
    let mut request = Request::post("/oauth2/token")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .extension(Peer::Tcp(SocketAddr::new(from.parse().unwrap(), 40_000)));
    if let Some(authorization) = authorization {
        request = request.header(AUTHORIZATION, authorization);
    }
    request.body(Body::from(fields)).unwrap()
}
