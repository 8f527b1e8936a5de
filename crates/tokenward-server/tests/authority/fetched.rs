//! Events that are fetched: whom they tell of what, and what a signature is spent on.

mod custody;
mod raced;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use serde_json::{Map, Value, json};
use tokenward::{Audience, ClientId, SESSION_REVOKED};
use tokenward_server::Authority;
use tokenward_server::settings::{EventDelivery, EventKind, ReceiverSettings, Settings};
use tokenward_sessions::Service;
use tokenward_sqlite::{Options, SqliteStore};

use custody::{Counting, State};
use raced::Raced;

use crate::harness::{BILLING, BOTH, Bench, LOGIN, OTHER, STRANGER, parts, settings_of};

#[tokio::test]
async fn a_session_that_nobody_knows_is_no_event() {
    let bench = listening(&[BILLING, OTHER]).await;

    bench.post("/v1/revocations", BOTH, &json!({ "sid": "not-a-session-of-ours" })).await;

    assert_eq!(told(&bench).await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_service_of_another_audience_has_nobody_told_of_a_session() {
    let bench = listening(&[BILLING, OTHER]).await;
    let sid = bench.session(json!({})).await["session_id"].clone();

    bench.post("/v1/revocations", STRANGER, &json!({ "sid": sid })).await;

    assert_eq!(told(&bench).await, Vec::<Value>::new());
    bench.post("/v1/revocations", BOTH, &json!({ "sid": sid })).await;
    let events = told(&bench).await;
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(events[0]["iss"], json!(issuer(BILLING)));
    assert_eq!(events[0]["sub_id"]["session"]["id"], sid);
}

#[tokio::test]
async fn what_a_receiver_is_told_of_no_longer_does_not_wait_for_it() {
    let bench = listening(&[BILLING, OTHER]).await;
    end_all(&bench, "alice").await;
    assert_eq!(told(&bench).await.len(), 2);

    let bench = again(bench, |settings| settings.receivers = receiver(&[OTHER])).await;
    let left = told(&bench).await;
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(left[0]["iss"], json!(issuer(OTHER)));
    let bench = again(bench, |settings| settings.receivers.clear()).await;
    let bench = again(bench, |settings| settings.receivers = receiver(&[BILLING, OTHER])).await;
    assert_eq!(told(&bench).await, Vec::<Value>::new());
}

#[tokio::test]
async fn an_event_is_signed_once_however_often_it_is_fetched() {
    let state = Arc::new(State::default());
    let bench = listening(&[BILLING, OTHER]).await.in_custody(Counting::new(&state)).await;
    bench.authority.shutdown().await;
    end_all(&bench, "alice").await;

    let first = sets(&bench).await;
    assert_eq!(first.len(), 2);
    let one = json!({ "maxEvents": 1, "returnImmediately": true });
    bench.post("/events/crm/poll", LOGIN, &one).await;
    assert_eq!(sets(&bench).await, first);

    assert_eq!(state.signed.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn an_event_is_signed_anew_once_its_key_is_published_no_longer() {
    let bench = listening(&[BILLING]).await;
    end_all(&bench, "alice").await;
    let first = sets(&bench).await;
    let (id, token) = first.iter().next().unwrap();
    let key = part(token, 0)["kid"].as_str().unwrap().parse().unwrap();

    let audience = Audience::new(BILLING).unwrap();
    bench.authority.compromise(&audience, &key, "admin:test").await.unwrap();
    // Until every verifier knows the next key, nobody signs.
    bench.later(Duration::from_secs(600)).await;

    let second = sets(&bench).await;
    assert_ne!(part(&second[id], 0)["kid"].as_str(), Some(key.as_str()));
    assert_eq!(part(&second[id], 1), part(token, 1));
}

#[tokio::test]
async fn a_receiver_fetches_its_events_once_at_a_time() {
    let bench = Bench::with(|settings| settings.receivers = receiver(&[BILLING])).await;
    bench.authority.collect_events().await.unwrap();
    let (waits, at_once) = (json!({}), json!({ "returnImmediately": true }));
    let waiting = async {
        loop {
            let answer = bench.post("/events/crm/poll", LOGIN, &waits).await;
            if answer.status != StatusCode::TOO_MANY_REQUESTS {
                return answer.status;
            }
        }
    };
    let beside = async {
        let mut refused = false;
        for _ in 0..1_000 {
            let answer = bench.post("/events/crm/poll", LOGIN, &at_once).await;
            refused = answer.status == StatusCode::TOO_MANY_REQUESTS;
            if refused {
                break;
            }
        }
        assert!(refused, "nobody was told to wait");
        let settles = json!({ "ack": ["x"], "maxEvents": 0 });
        let none = bench.post("/events/crm/poll", LOGIN, &settles).await;
        assert_eq!(none.json(), json!({ "sets": {}, "moreAvailable": false }));
        bench.authority.shutdown().await;
    };
    let (waited, ()) = tokio::join!(waiting, beside);

    assert_eq!(waited, StatusCode::OK);
}

#[tokio::test]
async fn an_audience_that_nobody_signs_for_keeps_no_other_waiting() {
    let state = Arc::new(State::default());
    let bench = listening(&[BILLING, OTHER]).await.in_custody(Counting::new(&state)).await;
    bench.authority.shutdown().await;
    state.is_away_for_billing.store(true, Ordering::SeqCst);
    end_all(&bench, "alice").await;

    let others = told(&bench).await;
    assert_eq!(others.len(), 1, "{others:?}");
    assert_eq!(others[0]["iss"], json!(issuer(OTHER)));
    let settles = json!({ "ack": [others[0]["jti"]], "returnImmediately": true });
    let none = bench.post("/events/crm/poll", LOGIN, &settles).await;
    none.is(503, "temporarily_unavailable");

    state.is_away_for_billing.store(false, Ordering::SeqCst);
    assert_eq!(told(&bench).await[0]["iss"], json!(issuer(BILLING)));
}

#[tokio::test]
async fn of_two_orders_about_a_subject_the_last_is_told() {
    let bench = listening(&[BILLING]).await;
    end_all(&bench, "alice").await;
    bench.clock.advance(Duration::from_secs(10));
    end_all(&bench, "alice").await;

    let events = told(&bench).await;

    assert_eq!(events.len(), 1, "{events:?}");
    let last = json!(bench.authority.now().as_secs());
    assert_eq!(events[0]["toe"], last);
    assert_eq!(events[0]["events"][SESSION_REVOKED]["event_timestamp"], last);
}

#[tokio::test]
async fn a_service_is_taken_for_nobody_else_whatever_its_name() {
    let bench = listening_with(&[BILLING], |settings| {
        for name in ["admin-ui", "sessions"] {
            let login = settings.services.iter().find(|service| service.name.as_str() == LOGIN);
            let service = Service { name: ClientId::new(name).unwrap(), ..login.unwrap().clone() };
            settings.services.push(service);
        }
    })
    .await;
    for (service, reason) in
        [("admin-ui", "x"), ("sessions", "undelivered"), ("sessions", "logged_out")]
    {
        let sid = bench.session(json!({})).await["session_id"].clone();
        let order = json!({ "sid": sid, "reason": reason });
        for service in [LOGIN, service] {
            bench.post("/v1/revocations", service, &order).await;
            bench.authority.collect_events().await.unwrap();
        }
    }

    let events = told(&bench).await;

    assert_eq!(events.len(), 6, "{events:?}");
    for event in events {
        assert_eq!(event["events"][SESSION_REVOKED]["initiating_entity"], "system", "{event}");
    }
}

#[tokio::test]
async fn what_another_replica_left_over_becomes_events_too() {
    let bench = listening(&[BILLING, OTHER]).await;
    let (settings, secret) = (settings_of(&bench), bench.secret().to_owned());
    let (dir, clock) = bench.stop().await;
    let mut parts = parts(&dir, &clock, settings);
    let store = SqliteStore::open(dir.path().join("events.db"), Options::default()).unwrap();
    parts.events = Arc::new(Raced(store));
    let authority = Authority::start(parts).await.unwrap();
    authority.shutdown().await;
    let bench = Bench::of(authority, dir, clock, secret);
    for subject in ["alice", "bob", "carol"] {
        end_all(&bench, subject).await;
    }

    // Each order is a row for each audience; the other replica told of all but the last.
    assert_eq!(told(&bench).await.len(), 1);
}

/// An authority that collects events when it is told to, and has nothing to tell yet.
async fn listening(audiences: &[&str]) -> Bench {
    listening_with(audiences, |_| ()).await
}

async fn listening_with(audiences: &[&str], change: impl FnOnce(&mut Settings)) -> Bench {
    let bench = Bench::with(|settings| {
        settings.receivers = receiver(audiences);
        change(settings);
    })
    .await;
    bench.authority.shutdown().await;
    bench.authority.collect_events().await.unwrap();
    bench
}

async fn again(bench: Bench, change: impl FnOnce(&mut Settings)) -> Bench {
    let (mut settings, secret) = (settings_of(&bench), bench.secret().to_owned());
    change(&mut settings);
    let (dir, clock) = bench.stop().await;
    let bench = Bench::again(dir, clock, settings, secret).await;
    bench.authority.shutdown().await;
    bench
}

fn receiver(audiences: &[&str]) -> Vec<ReceiverSettings> {
    vec![ReceiverSettings {
        name: "crm".to_owned(),
        recipient: Audience::foreign("https://crm.example.com/events").unwrap(),
        audiences: audiences.iter().map(|name| Audience::new(*name).unwrap()).collect(),
        events: vec![EventKind::SessionRevoked],
        delivery: EventDelivery::Poll { service: ClientId::new(LOGIN).unwrap() },
    }]
}

/// Ends whatever sessions `subject` has, in both audiences.
async fn end_all(bench: &Bench, subject: &str) {
    let path = format!("/v1/subjects/{subject}/token-version");
    let bumped = bench.post(&path, BOTH, &json!({})).await;
    assert_eq!(bumped.status, StatusCode::OK, "{bumped:?}");
}

/// The tokens that wait.
async fn sets(bench: &Bench) -> Map<String, Value> {
    bench.authority.collect_events().await.unwrap();
    let answer = bench.post("/events/crm/poll", LOGIN, &json!({ "returnImmediately": true })).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.json()["sets"].as_object().unwrap().clone()
}

/// What they say.
async fn told(bench: &Bench) -> Vec<Value> {
    sets(bench).await.values().map(|token| part(token, 1)).collect()
}

fn issuer(audience: &str) -> String {
    format!("https://auth.example.com/audiences/{audience}")
}

/// The header or the claims of a token; whether it is ours, other tests ask.
fn part(token: &Value, number: usize) -> Value {
    let part = token.as_str().unwrap().split('.').nth(number).unwrap();
    let said = URL_SAFE_NO_PAD.decode(part).unwrap();
    serde_json::from_slice(&said).unwrap()
}
