//! A session from its beginning to its end, as every part sees it.

use http::Method;
use serde_json::json;

use crate::client::Call;
use crate::harness::{AT_LAST, Authority, Example, Gate, Session, eventually};

#[tokio::test]
async fn a_session_is_made_used_refreshed_and_ended_everywhere() {
    let authority = Authority::dev().await;
    let client = &authority.client;
    let gate = Gate::of(&authority).await;
    let example = Example::of(&authority).await;
    let session = authority.create("alice").await;
    let doors = |token: &str| {
        [authority.forward_auth(), gate.question(), example.whoami()].map(|call| call.bearer(token))
    };

    for door in doors(&session.access) {
        client.ask(door).await.expect(200);
    }
    let renewed = authority.refresh(&session.refresh).await.unwrap().expect(200);
    let renewed = Session::of(&renewed);
    assert_eq!(renewed.id, session.id);
    for door in doors(&renewed.access) {
        client.ask(door).await.expect(200);
    }

    let end = authority.service(Method::DELETE, &format!("/v1/sessions/{}", session.id));
    client.ask(end).await.expect(204);

    for door in doors(&renewed.access).into_iter().chain(doors(&session.access)) {
        eventually(client, &door, AT_LAST, |answer| answer.status == 401).await;
    }
    let refused = authority.refresh(&renewed.refresh).await.unwrap().expect(400);
    assert_eq!(refused.json()["error"], json!("invalid_grant"));
}

#[tokio::test]
async fn what_a_back_end_planted_is_in_no_log() {
    let mut authority = Authority::dev().await;
    let more = json!({
        "private": {"note": "planted-secret-in-private"},
        "claims": {"roles": ["planted-secret-in-a-claim"]},
    });
    let answer = authority.try_create("bob", more).await.unwrap().expect(201);
    let session = Session::of(&answer);
    let url = authority.url("/session?q=planted-secret-in-a-query");
    let call =
        Call::get(&url).bearer(&session.access).header("x-planted", "planted-secret-in-a-header");
    authority.client.ask(call).await.expect(200);
    let wrong = Call::post(&authority.url("/v1/sessions")).basic("who", "planted-secret-password");
    authority.client.ask(wrong).await.expect(401);

    let log = authority.process().log_text();

    assert!(!log.is_empty());
    for secret in ["planted-secret", "tws_", "twr_", "twa_", "eyJ"] {
        assert!(!log.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn the_same_request_with_the_same_key_makes_one_session() {
    let authority = Authority::dev().await;
    let create = |body: serde_json::Value| {
        authority.service(Method::POST, "/v1/sessions").header("idempotency-key", "k-1").json(&body)
    };
    let body = json!({"subject": "alice", "audience": authority.dev.audience});
    let calls = (0..8).map(|_| authority.client.ask(create(body.clone())));

    let sessions: Vec<_> = futures_util::future::join_all(calls)
        .await
        .into_iter()
        .map(|answer| Session::of(&answer.expect(201)))
        .map(|session| (session.id, session.refresh))
        .collect();

    assert!(sessions.windows(2).all(|pair| pair[0] == pair[1]), "one session, one refresh token");
    let list = authority.service(Method::GET, "/v1/subjects/alice/sessions");
    let list = authority.client.ask(list).await.expect(200).json();
    assert_eq!(list["sessions"].as_array().unwrap().len(), 1);
    let other = json!({"subject": "bob", "audience": authority.dev.audience});
    authority.client.ask(create(other)).await.expect(409);
}
