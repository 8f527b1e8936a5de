//! The revocation feed, as its followers see it.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http::header::AUTHORIZATION;
use http::{Method, Request, Response, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokenward::{Audience, Clock, IssuerId};
use tokenward_revocation::feed::{FeedTrust, FrameHash};
use tokenward_revocation::{
    Follower, FreshnessPolicy, NewRevocation, RevocationStore, Scope, Seq, View, WhenStale,
};
use tokenward_sqlite::{Options, SqliteStore};
use tower::ServiceExt;

use crate::harness::{BILLING, BOTH, Bench, LOGIN, STRANGER};

#[tokio::test]
async fn a_follower_learns_of_each_revocation_and_stays_fresh() {
    let bench = Bench::new().await;
    let before = bench.session(json!({})).await;
    let after = bench.session(json!({})).await;
    end(&bench, &before).await;

    let (view, mut follower) = follower(&bench);
    follower.on_snapshot(&snapshot(&bench).await).unwrap();
    assert!(revoked(&bench, &view, &before) && !revoked(&bench, &view, &after));

    let mut feed = feed(&bench, None).await;
    feed.until_heartbeat(&mut follower).await;
    end(&bench, &after).await;
    bench.later(Duration::from_secs(1)).await;
    feed.until_heartbeat(&mut follower).await;
    assert!(revoked(&bench, &view, &after));
    view.fresh(bench.clock.now()).unwrap();
}

#[tokio::test]
async fn a_follower_that_comes_back_gets_what_it_missed() {
    let bench = Bench::new().await;
    let (view, mut follower) = follower(&bench);
    follower.on_snapshot(&snapshot(&bench).await).unwrap();
    let head = follower.position().map(Seq::get);
    let sessions = [bench.session(json!({})).await, bench.session(json!({})).await];
    for session in &sessions {
        end(&bench, session).await;
    }
    feed(&bench, head).await.until_heartbeat(&mut follower).await;
    for session in &sessions {
        assert!(revoked(&bench, &view, session));
    }
}

#[tokio::test]
async fn what_concerns_other_audiences_does_not_travel() {
    let bench = Bench::new().await;
    let (_, mut follower) = follower(&bench);
    follower.on_snapshot(&snapshot(&bench).await).unwrap();
    bench.post("/v1/revocations", STRANGER, &json!({"jti": "t1"})).await;
    let mut feed = feed(&bench, Some(0)).await;

    let (name, _, data) = feed.event().await;

    assert_eq!(name, "heartbeat");
    follower.on_heartbeat(data.as_bytes()).unwrap();
    assert_eq!(follower.position(), Some(Seq::ZERO));
}

#[tokio::test]
async fn every_follower_gets_the_same_bytes_also_after_a_restart() {
    let bench = Bench::new().await;
    let mut first = feed(&bench, None).await;
    first.event().await;
    for _ in 0..3 {
        let session = bench.session(json!({})).await;
        end(&bench, &session).await;
        // Another frame each time.
        first.frame().await;
    }
    drop(first);
    let sent = feed(&bench, Some(0)).await.frames(3).await;
    let (settings, secret) = (bench.authority.settings().clone(), bench.secret().to_owned());
    let (dir, clock) = bench.stop().await;
    let bench = Bench::again(dir, clock, settings, secret).await;

    let again = feed(&bench, Some(0)).await.frames(3).await;

    assert_eq!(again, sent);
    let mut before = None;
    let trust = trust(&bench);
    for jws in sent {
        assert_eq!(trust.frame(&jws).unwrap().prev, before);
        before = Some(FrameHash::of(&jws));
    }
}

#[tokio::test]
async fn what_was_committed_and_never_sent_is_sent_after_a_restart() {
    let bench = Bench::new().await;
    let (view, mut follower) = follower(&bench);
    follower.on_snapshot(&snapshot(&bench).await).unwrap();
    let session = bench.session(json!({})).await;
    let token = session["access_token"].as_str().unwrap().to_owned();
    let id = bench.verify(&token).unwrap().token_id().clone();
    let (settings, secret) = (bench.authority.settings().clone(), bench.secret().to_owned());
    let (dir, clock) = bench.stop().await;
    let store = SqliteStore::open(dir.path().join("store.db"), Options::default()).unwrap();
    let row = NewRevocation {
        audience: None,
        scope: Scope::Jti(id),
        ends_at: clock.now().saturating_add(Duration::from_secs(600)),
        at: clock.now(),
        reason: None,
        by: "test".to_owned(),
    };
    store.append(vec![row]).await.unwrap();
    drop(store);

    let bench = Bench::again(dir, clock, settings, secret).await;
    feed(&bench, Some(0)).await.until_heartbeat(&mut follower).await;

    assert!(revoked(&bench, &view, &session));
}

#[tokio::test]
async fn who_comes_from_before_the_frames_that_are_kept_is_sent_to_the_snapshot() {
    let bench = Bench::new().await;
    for _ in 0..3 {
        let session = bench.session(json!({})).await;
        end(&bench, &session).await;
        let mut feed = feed(&bench, None).await;
        feed.event().await;
    }
    bench.later(Duration::from_secs(3_600)).await;
    bench.authority.tidy().await;

    let basic = bench.basic(LOGIN);
    let headers = [("authorization", &*basic), ("last-event-id", "1")];
    let reply = bench.browser(Method::GET, "/revocations/billing-api/feed", &headers).await;

    reply.is(410, "gone");
    let (_, mut follower) = follower(&bench);
    follower.on_snapshot(&snapshot(&bench).await).unwrap();
    let head = follower.position().map(Seq::get);
    assert_eq!(head, Some(3));
    feed(&bench, head).await.until_heartbeat(&mut follower).await;
}

#[tokio::test]
async fn the_next_feed_key_takes_over_without_a_gap() {
    let bench = Bench::new().await;
    let trust_before = trust(&bench);
    let (_, mut follower) = follower(&bench);
    follower.on_snapshot(&snapshot(&bench).await).unwrap();
    let (mut settings, secret) = (bench.authority.settings().clone(), bench.secret().to_owned());
    let (dir, clock) = bench.stop().await;
    settings.revocation.feed_key = 2;
    let bench = Bench::again(dir, clock, settings, secret).await;
    let session = bench.session(json!({})).await;
    end(&bench, &session).await;

    let mut feed = feed(&bench, Some(0)).await;
    feed.until_heartbeat(&mut follower).await;

    assert!(trust_before.snapshot(&snapshot(&bench).await).is_ok());
}

#[tokio::test]
async fn a_heartbeat_tells_of_new_keys() {
    let bench = Bench::new().await;
    let mut feed = feed(&bench, None).await;
    feed.event().await;
    let before = digest(&bench, &mut feed).await;
    bench.authority.rotate(&Audience::new(BILLING).unwrap()).await.unwrap();
    // Beats of before the rotation may still be on their way.
    while digest(&bench, &mut feed).await == before {}
}

async fn digest(bench: &Bench, feed: &mut Feed) -> String {
    bench.later(Duration::from_secs(361)).await;
    let (name, _, data) = feed.event().await;
    assert_eq!(name, "heartbeat");
    trust(bench).heartbeat(&data).unwrap().keys.unwrap()
}

#[tokio::test]
async fn a_subject_and_a_session_are_not_named_on_the_feed() {
    let bench = Bench::new().await;
    let session = bench.session(json!({})).await;
    end(&bench, &session).await;
    bench.post("/v1/subjects/alice/token-version", LOGIN, &Value::Null).await;
    let bytes = snapshot(&bench).await;
    let mut seen = trust(&bench).snapshot(&bytes).unwrap().1.to_vec();
    let mut feed = feed(&bench, Some(0)).await;
    // The clockwork may have cut in between, so there are one or two frames.
    while let (_, Some(_), data) = feed.event().await {
        let payload = data.split('.').nth(1).unwrap();
        seen.extend(tokenward::b64::decode(payload).unwrap());
    }
    let seen = String::from_utf8_lossy(&seen);
    assert!(seen.contains("\"sid\"") && seen.contains("\"ver\""), "{seen}");
    assert!(!seen.contains("alice") && !seen.contains(session["session_id"].as_str().unwrap()));
}

#[tokio::test]
async fn the_seats_of_a_feed_are_counted_and_given_back() {
    let bench = Bench::with(|settings| settings.limits.feed_followers = 1).await;
    let first = feed(&bench, None).await;
    let path = "/revocations/billing-api/feed";
    let full = bench.json(Method::GET, path, LOGIN, &Value::Null).await;
    full.is(429, "too_many_requests");
    drop(first);
    feed(&bench, None).await;
}

#[tokio::test]
async fn a_service_that_took_every_seat_of_a_feed_gives_others_their_share() {
    let bench = Bench::with(|settings| settings.limits.feed_followers = 4).await;
    let mut greedy = Vec::new();
    for _ in 0..4 {
        greedy.push(feed(&bench, None).await);
    }

    let mut other = vec![feed_of(&bench, BOTH, None).await, feed_of(&bench, BOTH, None).await];

    // The two that came first have made room, and do not get it back.
    for gone in greedy.drain(..2) {
        gone.body.collect().await.unwrap();
    }
    for service in [LOGIN, BOTH] {
        let full = answer(&bench, service, None).await;
        assert_eq!(full.status(), StatusCode::TOO_MANY_REQUESTS, "{service}");
        assert!(full.headers().contains_key("retry-after"));
    }
    for stays in greedy.iter_mut().chain(&mut other) {
        stays.event().await;
    }
    bench.later(Duration::from_secs(1)).await;
    for stays in greedy.iter_mut().chain(&mut other) {
        stays.event().await;
    }
    // What nobody else wants is anybody's.
    drop(other);
    greedy.push(feed(&bench, None).await);
    greedy.push(feed(&bench, None).await);
}

#[tokio::test]
async fn the_feed_ends_when_the_authority_shuts_down() {
    let bench = Bench::new().await;
    let mut feed = feed(&bench, None).await;
    feed.event().await;
    bench.authority.shutdown().await;
    while let Some(more) = feed.body.frame().await {
        more.unwrap();
    }
}

#[tokio::test]
async fn verifiers_that_start_together_get_the_same_snapshot_until_something_is_revoked() {
    let bench = Bench::new().await;
    let session = bench.session(json!({})).await;
    let first = snapshot(&bench).await;
    bench.clock.advance(Duration::from_millis(500));

    assert_eq!(snapshot(&bench).await, first);

    end(&bench, &session).await;
    let (view, mut follower) = follower(&bench);
    follower.on_snapshot(&snapshot(&bench).await).unwrap();
    assert!(revoked(&bench, &view, &session));
    let before = snapshot(&bench).await;
    bench.clock.advance(Duration::from_secs(1));
    assert_ne!(snapshot(&bench).await, before);
}

#[tokio::test]
async fn a_last_event_id_that_is_no_number_is_refused() {
    let bench = Bench::new().await;
    let reply = bench
        .browser(
            Method::GET,
            "/revocations/billing-api/feed",
            &[("authorization", &bench.basic(LOGIN)), ("last-event-id", "x")],
        )
        .await;
    reply.is(400, "invalid_request");
}

struct Feed {
    body: Body,
    buffer: String,
}

impl Feed {
    /// The next event: its name, its id and its data.
    async fn event(&mut self) -> (String, Option<u64>, String) {
        loop {
            if let Some((event, rest)) = self.buffer.split_once("\n\n") {
                let line = |name: &str| {
                    let mut lines = event.lines();
                    lines.find_map(|line| line.strip_prefix(name)).map(str::to_owned)
                };
                let event = (
                    line("event: ").unwrap(),
                    line("id: ").map(|id| id.parse().unwrap()),
                    line("data: ").unwrap(),
                );
                self.buffer = rest.to_owned();
                return event;
            }
            let frame = self.body.frame().await.expect("the feed goes on").unwrap();
            self.buffer.push_str(std::str::from_utf8(&frame.into_data().unwrap()).unwrap());
        }
    }

    /// The next frame.
    async fn frame(&mut self) -> String {
        loop {
            let (name, _, data) = self.event().await;
            if name == "frame" {
                return data;
            }
        }
    }

    async fn frames(&mut self, count: usize) -> Vec<String> {
        let mut frames = Vec::new();
        while frames.len() < count {
            frames.push(self.frame().await);
        }
        frames
    }

    async fn until_heartbeat(&mut self, follower: &mut Follower) {
        loop {
            let (name, _, data) = self.event().await;
            if name == "heartbeat" {
                follower.on_heartbeat(data.as_bytes()).unwrap();
                return;
            }
            follower.on_frame(data.as_bytes()).unwrap();
        }
    }
}

async fn feed(bench: &Bench, after: Option<u64>) -> Feed {
    feed_of(bench, LOGIN, after).await
}

async fn feed_of(bench: &Bench, service: &str, after: Option<u64>) -> Feed {
    let response = answer(bench, service, after).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    Feed { body: response.into_body(), buffer: String::new() }
}

async fn answer(bench: &Bench, service: &str, after: Option<u64>) -> Response<Body> {
    let mut request =
        Request::get("/revocations/billing-api/feed").header(AUTHORIZATION, bench.basic(service));
    if let Some(after) = after {
        request = request.header("last-event-id", after);
    }
    let request = request.body(Body::empty()).unwrap();
    bench.router.clone().oneshot(request).await.unwrap()
}

async fn snapshot(bench: &Bench) -> Vec<u8> {
    let path = "/revocations/billing-api/snapshot";
    let reply = bench.json(Method::GET, path, LOGIN, &Value::Null).await;
    assert_eq!(reply.header("cache-control"), "no-store");
    reply.body.to_vec()
}

/// As an operator pins it.
fn trust(bench: &Bench) -> FeedTrust {
    let audience = Audience::new(BILLING).unwrap();
    let keys = bench.authority.feed_keys(&audience);
    FeedTrust::pinned(issuer(), keys).unwrap()
}

fn issuer() -> IssuerId {
    IssuerId::new(format!("https://auth.example.com/audiences/{BILLING}")).unwrap()
}

fn follower(bench: &Bench) -> (Arc<View>, Follower) {
    let policy = FreshnessPolicy {
        max_staleness: Duration::from_secs(10),
        clock_error: Duration::from_secs(5),
        when_stale: WhenStale::Refuse,
    };
    let view = Arc::new(View::following(Audience::new(BILLING).unwrap(), policy));
    assert!(view.fresh(bench.clock.now()).is_err());
    (Arc::clone(&view), Follower::new(view, trust(bench)))
}

fn revoked(bench: &Bench, view: &View, session: &Value) -> bool {
    let keys = bench.authority.ring(&Audience::new(BILLING).unwrap()).unwrap().key_set();
    let verifier = tokenward::Verifier::builder()
        .issuer(format!("https://auth.example.com/audiences/{BILLING}").parse().unwrap())
        .audience(Audience::new(BILLING).unwrap())
        .keys(keys)
        .build();
    let token = session["access_token"].as_str().unwrap();
    let token = verifier.verify(token, bench.clock.now()).unwrap();
    view.check(&token).is_err()
}

async fn end(bench: &Bench, session: &Value) {
    let path = format!("/v1/sessions/{}", session["session_id"].as_str().unwrap());
    let reply = bench.json(Method::DELETE, &path, LOGIN, &Value::Null).await;
    assert_eq!(reply.status, StatusCode::NO_CONTENT);
}
