//! Session-revoked events, taken by a receiver that is `PyJWT` behind Python's own server, or fetched.

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Value, json};
use tokenward::{Audience, ClientId, KeySet, SESSION_REVOKED, Verifier};
use tokenward_server::settings::{EventDelivery, EventKind, ReceiverSettings, Settings};

use crate::harness::{BILLING, Bench, LOGIN, STRANGER};
use crate::receiver::{Receiver, recipient};

#[tokio::test]
async fn every_end_of_a_session_or_of_all_of_a_subject_is_an_event() {
    let receiver = Receiver::new();
    let bench = Bench::with(|settings| receiver.configure(settings)).await;
    receiver.knows_the_keys_of(&bench).await;

    let session = bench.session(json!({})).await;
    let sid = session["session_id"].as_str().unwrap();
    let path = format!("/v1/sessions/{sid}");
    bench.json(Method::DELETE, &path, LOGIN, &Value::Null).await;
    let ended = receiver.next().await;
    let claims = &ended["claims"];
    let issuer = format!("https://auth.example.com/audiences/{BILLING}");
    let user = json!({ "format": "iss_sub", "iss": issuer, "sub": "alice" });
    let one = json!({ "format": "opaque", "id": sid });
    assert_eq!(claims["sub_id"], json!({ "format": "complex", "session": one, "user": user }));
    let event = &claims["events"][SESSION_REVOKED];
    assert_eq!(event["event_timestamp"], json!(bench.authority.now().as_secs()));
    assert_eq!(event["initiating_entity"], "system");
    assert_eq!(event["reason_admin"], json!({ "en": "ended by a service" }));

    let order = json!({ "sub": "alice", "reason": "a-secret-of-the-operator" });
    assert_eq!(bench.post("/v1/revocations", LOGIN, &order).await.status, StatusCode::NO_CONTENT);
    let all = receiver.next().await;
    assert_eq!(all["claims"]["sub_id"], json!({ "format": "complex", "user": user }));
    assert!(!all.to_string().contains("a-secret"), "{all}");

    let by_token = json!({ "jti": "some-token" });
    bench.post("/v1/revocations", LOGIN, &by_token).await;
    bench.post("/v1/subjects/bob/token-version", LOGIN, &json!({})).await;
    // The row of the token was read first, and is no event.
    let bob = receiver.next_about("bob").await;
    assert_ne!(bob["claims"]["jti"], all["claims"]["jti"]);
}

#[tokio::test]
async fn a_receiver_that_fails_gets_the_same_event_until_it_takes_it() {
    let receiver = Receiver::new();
    let bench = Bench::with(|settings| receiver.configure(settings)).await;
    receiver.knows_the_keys_of(&bench).await;
    let mut names = Vec::new();
    for mode in ["500", "302", "200", "access_denied"] {
        receiver.mode(mode);
        if names.is_empty() {
            end_all(&bench, "alice").await;
        }
        let tried = receiver.next_in(mode).await;
        names.push(tried["claims"]["jti"].clone());
    }
    // Whoever is ended meanwhile waits for nobody, and is told of in its turn.
    end_all(&bench, "bob").await;
    receiver.mode("take");

    let taken = receiver.next_in("take").await;
    assert!(names.iter().all(|name| *name == taken["claims"]["jti"]), "{names:?}");
    let next = receiver.next_in("take").await;
    assert_eq!(next["claims"]["sub_id"]["user"]["sub"], "bob");
}

#[tokio::test]
async fn what_a_receiver_calls_invalid_keeps_no_other_event_waiting() {
    let receiver = Receiver::new();
    let bench = Bench::with(|settings| receiver.configure(settings)).await;
    receiver.knows_the_keys_of(&bench).await;
    receiver.mode("invalid_request");
    end_all(&bench, "alice").await;
    receiver.next_in("invalid_request").await;
    receiver.mode("take");
    end_all(&bench, "bob").await;

    let next = receiver.next_in("take").await;

    assert_eq!(next["claims"]["sub_id"]["user"]["sub"], "bob");
}

#[tokio::test]
async fn a_receiver_that_hangs_delays_neither_a_revocation_nor_the_end_and_gets_it_after_a_restart()
{
    let receiver = Receiver::new();
    let bench = Bench::with(|settings| receiver.configure(settings)).await;
    receiver.knows_the_keys_of(&bench).await;
    receiver.mode("hang");
    let session = bench.session(json!({})).await;
    end_all(&bench, "alice").await;
    let hung = receiver.next_in("hang").await;
    assert!(!bench.accepted(&session["access_token"]));
    end_all(&bench, "bob").await;
    let (settings, secret) = (bench.authority.settings().clone(), bench.secret().to_owned());
    let (dir, clock) = bench.stop().await;
    receiver.mode("take");
    // While it was down, every revocation has ended: they are still told of.
    clock.advance(Duration::from_secs(3_600));

    let bench = Bench::again(dir, clock, settings, secret).await;
    receiver.knows_the_keys_of(&bench).await;

    let first = receiver.next_in("take").await;
    assert_eq!(first["claims"]["jti"], hung["claims"]["jti"]);
    assert_eq!(first["claims"]["iat"], hung["claims"]["iat"]);
    let second = receiver.next_in("take").await;
    assert_eq!(second["claims"]["sub_id"]["user"]["sub"], "bob");
}

#[tokio::test]
async fn a_receiver_may_fetch_its_events_and_says_which_it_has() {
    let bench = Bench::with(polled).await;
    let poll = async |body: &Value| bench.post("/events/crm/poll", LOGIN, body).await.json();
    let at_once = json!({ "returnImmediately": true });
    assert_eq!(poll(&at_once).await, json!({ "sets": {}, "moreAvailable": false }));
    for subject in ["alice", "bob"] {
        end_all(&bench, subject).await;
    }

    let one = poll(&json!({ "maxEvents": 1 })).await;
    assert_eq!(one["moreAvailable"], json!(true));
    let (name, token) = one["sets"].as_object().unwrap().iter().next().unwrap();
    let keys = bench.get(&format!("/audiences/{BILLING}/jwks.json")).await;
    let verifier = Verifier::security_event()
        .issuer(format!("https://auth.example.com/audiences/{BILLING}").parse().unwrap())
        .audience(recipient())
        .keys(KeySet::parse(&keys.body).unwrap())
        .build();
    let claims = verifier.verify(token.as_str().unwrap(), bench.authority.now()).unwrap();
    assert_eq!(claims.token_id().as_str(), name);
    assert_eq!(claims.kinds().collect::<Vec<_>>(), [SESSION_REVOKED]);
    assert_eq!(claims.subject_id().unwrap().format(), "complex");
    let again = poll(&json!({ "maxEvents": 1 })).await;
    assert_eq!(again["sets"].as_object().unwrap().keys().next(), Some(name));

    let rest = poll(&json!({ "ack": [name, "unknown"], "returnImmediately": true })).await;
    let other = rest["sets"].as_object().unwrap().keys().next().unwrap();
    assert_ne!(other, name);
    assert_eq!(rest["moreAvailable"], json!(false));
    let refused = json!({ other: { "err": "invalid_request", "description": "x" } });
    let none = poll(&json!({ "setErrs": refused, "returnImmediately": true })).await;
    assert_eq!(none["sets"], json!({}));
}

#[tokio::test]
async fn whoever_waits_for_an_event_gets_it_when_it_happens() {
    let bench = Bench::with(polled).await;
    bench.authority.collect_events().await.unwrap();
    let nothing = json!({});
    let waiting = bench.post("/events/crm/poll", LOGIN, &nothing);
    let (answer, ()) = tokio::join!(waiting, end_all(&bench, "alice"));

    assert_eq!(answer.json()["sets"].as_object().unwrap().len(), 1, "{answer:?}");
}

#[tokio::test]
async fn events_are_for_their_receiver_alone() {
    let bench = Bench::with(polled).await;
    let body = json!({ "returnImmediately": true });

    let foreign = bench.post("/events/crm/poll", STRANGER, &body).await;
    foreign.is(403, "access_denied");
    let absent = bench.post("/events/none/poll", LOGIN, &body).await;
    assert_eq!(absent.seen(), foreign.seen());
    for wrong in [json!({ "ack": "x" }), json!({ "maxEvents": -1 }), json!({ "setErrs": [] })] {
        bench.post("/events/crm/poll", LOGIN, &wrong).await.is(400, "invalid_request");
    }
}

fn polled(settings: &mut Settings) {
    settings.receivers = vec![ReceiverSettings {
        name: "crm".to_owned(),
        recipient: recipient(),
        audiences: vec![Audience::new(BILLING).unwrap()],
        events: vec![EventKind::SessionRevoked],
        delivery: EventDelivery::Poll { service: ClientId::new(LOGIN).unwrap() },
    }];
}

/// Ends whatever sessions `subject` has, as one event.
async fn end_all(bench: &Bench, subject: &str) {
    let path = format!("/v1/subjects/{subject}/token-version");
    let bumped = bench.post(&path, LOGIN, &json!({})).await;
    assert_eq!(bumped.status, StatusCode::OK, "{bumped:?}");
    // In a test nobody waits for the clockwork.
    bench.authority.collect_events().await.unwrap();
}
