//! What receivers are told besides ends: logins, those on new devices, and refresh tokens that two had.

use std::time::Duration;

use axum::body::Body;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Request, StatusCode};
use serde_json::{Value, json};
use tokenward::SESSION_ESTABLISHED;
use tokenward_server::settings::{EventKind, Settings};

use crate::harness::{BILLING, Bench, LOGIN, session_of, settings_of};
use crate::receiver::Receiver;

const NEW_DEVICE: &str = "urn:tokenward:event-type:new-device";
const REUSE: &str = "urn:tokenward:event-type:refresh-reuse";

#[tokio::test]
async fn a_login_on_a_device_that_was_not_known_is_told_once() {
    let world = World::telling(&[EventKind::NewDevice]).await;
    let phone = world.begins(json!({"device": "Ada's phone"})).await;

    let told = world.receiver.next().await;
    let claims = &told["claims"];
    let issuer = format!("https://auth.example.com/audiences/{BILLING}");
    let user = json!({ "format": "iss_sub", "iss": issuer, "sub": "alice" });
    let session = json!({ "format": "opaque", "id": phone["session_id"] });
    let about = json!({ "format": "complex", "session": session, "user": user });
    assert_eq!(claims["sub_id"], about);
    let event = json!({
        "event_timestamp": world.bench.authority.now().as_secs(), "initiating_entity": "user",
        "device": "Ada's phone", "known_devices": 0, "client_id": LOGIN,
    });
    assert_eq!(claims["events"], json!({ NEW_DEVICE: event }));

    // The same again, also after its sessions have ended; then another.
    world.begins(json!({"device": "Ada's phone"})).await;
    world.bench.later(Duration::from_secs(2 * 86_400)).await;
    world.begins(json!({"device": "Ada's phone"})).await;
    world.begins(json!({"device": "a browser"})).await;
    let told = world.receiver.next().await;
    let event = &told["claims"]["events"][NEW_DEVICE];
    assert_eq!((&event["device"], &event["known_devices"]), (&json!("a browser"), &json!(1)));
}

#[tokio::test]
async fn a_device_is_known_by_its_key_whatever_it_calls_itself() {
    let world = World::telling(&[EventKind::NewDevice]).await;
    let [own, thief] = ["kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k".to_owned(), "A".repeat(43)];
    world.begins(json!({"device": "Ada's phone", "dpop_jkt": own})).await;
    assert_eq!(world.next_event(NEW_DEVICE).await["known_devices"], 0);

    world.begins(json!({"device": "renamed", "dpop_jkt": own})).await;
    world.begins(json!({"device": "Ada's phone", "dpop_jkt": thief})).await;

    let told = world.next_event(NEW_DEVICE).await;
    assert_eq!((&told["device"], &told["known_devices"]), (&json!("Ada's phone"), &json!(1)));
}

#[tokio::test]
async fn each_login_is_told_by_the_standard_event_and_a_repeated_request_is_one_login() {
    let world = World::telling(&[EventKind::SessionEstablished, EventKind::NewDevice]).await;
    let body = json!({"claims": {"acr": "urn:example:passkey", "roles": ["admin"]}});
    for _ in 0..3 {
        let request = Request::post("/v1/sessions")
            .header(AUTHORIZATION, world.bench.basic(LOGIN))
            .header(CONTENT_TYPE, "application/json")
            .header("idempotency-key", "one")
            .body(Body::from(session_of("alice", body.clone()).to_string()))
            .unwrap();
        assert_eq!(world.bench.send(request).await.status, StatusCode::CREATED);
        world.bench.authority.collect_events().await.unwrap();
    }
    world.begins(json!({})).await;

    let told = world.receiver.next().await;
    let first = &told["claims"]["events"][SESSION_ESTABLISHED];
    // What is in the token besides is none of the receiver's business.
    assert_eq!((&first["acr"], first.get("roles")), (&json!("urn:example:passkey"), None));
    // Nothing tells this device from others, so it is new each time.
    let new = world.receiver.next().await;
    assert!(new["claims"]["events"].get(NEW_DEVICE).is_some(), "{new}");
    assert_eq!(new["claims"]["txn"], told["claims"]["txn"]);
    assert_ne!(new["claims"]["jti"], told["claims"]["jti"]);
    let second = world.receiver.next().await;
    assert_ne!(second["claims"]["sub_id"], told["claims"]["sub_id"]);
}

#[tokio::test]
async fn a_refresh_token_that_two_had_is_told_and_its_session_is_named() {
    let world = World::telling(&[EventKind::RefreshReuse]).await;
    let session = world.begins(json!({"device": "Ada's phone"})).await;
    let stolen = session["refresh_token"].as_str().unwrap();
    assert_eq!(world.bench.refresh(stolen).await.status, StatusCode::OK);
    world.bench.later(Duration::from_secs(11)).await;
    // An end of another kind is no theft, and not asked for here.
    let other = world.begins(json!({})).await;
    world
        .bench
        .form("/oauth2/revoke", LOGIN, &[("token", other["refresh_token"].as_str().unwrap())])
        .await;
    world.bench.refresh(stolen).await.is(400, "invalid_grant");
    world.bench.refresh(stolen).await.is(400, "invalid_grant");
    world.bench.authority.collect_events().await.unwrap();

    let told = world.receiver.next().await;
    assert_eq!(told["claims"]["sub_id"]["session"]["id"], session["session_id"]);
    let event = &told["claims"]["events"][REUSE];
    assert_eq!(
        (&event["device"], &event["initiating_entity"]),
        (&json!("Ada's phone"), &json!("policy"))
    );
    assert_eq!(event["reason_admin"]["en"], "a refresh token was used twice");
    // Once: what comes next is of another session.
    let next = world.begins(json!({})).await;
    let stolen = next["refresh_token"].as_str().unwrap();
    world.bench.refresh(stolen).await;
    world.bench.later(Duration::from_secs(11)).await;
    world.bench.refresh(stolen).await.is(400, "invalid_grant");
    world.bench.authority.collect_events().await.unwrap();
    let told = world.receiver.next().await;
    assert_eq!(told["claims"]["sub_id"]["session"]["id"], next["session_id"]);
}

#[tokio::test]
async fn a_login_that_nobody_was_told_of_yet_is_told_after_a_restart() {
    let world = World::telling(&[EventKind::NewDevice]).await;
    world.receiver.mode("hang");
    let first = world.begins(json!({"device": "one"})).await;
    let hung = world.receiver.next_in("hang").await;
    let last = world.bench.session(json!({"device": "two"})).await;
    let World { bench, receiver } = world;
    let (settings, secret) = (settings_of(&bench), bench.secret().to_owned());
    let (dir, clock) = bench.stop().await;
    receiver.mode("take");
    clock.advance(Duration::from_secs(3_600));

    let bench = Bench::again(dir, clock, settings, secret).await;
    receiver.knows_the_keys_of(&bench).await;

    let told = receiver.next_in("take").await;
    assert_eq!(told["claims"]["sub_id"]["session"]["id"], first["session_id"]);
    assert_eq!(told["claims"]["jti"], hung["claims"]["jti"]);
    let told = receiver.next_in("take").await;
    assert_eq!(told["claims"]["sub_id"]["session"]["id"], last["session_id"]);
}

struct World {
    bench: Bench,
    receiver: Receiver,
}

impl World {
    async fn telling(kinds: &[EventKind]) -> Self {
        let receiver = Receiver::new();
        let configure = |settings: &mut Settings| {
            receiver.configure(settings);
            settings.receivers[0].events = kinds.to_vec();
            for audience in &mut settings.audiences {
                audience.claims.push("acr".to_owned());
            }
        };
        let bench = Bench::with(configure).await;
        receiver.knows_the_keys_of(&bench).await;
        Self { bench, receiver }
    }

    /// A session of Alice's.
    async fn begins(&self, more: Value) -> Value {
        let session = self.bench.session(more).await;
        // In a test nobody waits for the clockwork.
        self.bench.authority.collect_events().await.unwrap();
        session
    }

    async fn next_event(&self, kind: &str) -> Value {
        self.receiver.next().await["claims"]["events"][kind].clone()
    }
}
