//! The authority is away for a while, or one of its keys is: what its verifiers do meanwhile.

use http::Method;
use serde_json::{Value, json};

use crate::client::Call;
use crate::harness::{AT_LAST, Authority, Example, Gate, eventually};

#[tokio::test]
async fn a_gate_without_its_authority_is_unavailable_and_finds_back_by_itself() {
    let mut authority = Authority::dev().await;
    let quick = "max_staleness = \"2s\"\nclock_error = \"0s\"\n";
    let gate = Gate::with(&authority, quick).await;
    let known = authority.create("alice").await;
    let client = authority.client.clone();
    let question = gate.question().bearer(&known.access);
    eventually(&client, &question, AT_LAST, |answer| answer.status == 200).await;

    authority.kill();
    // It goes on while it may, and then says that it does not know: never that the token is bad.
    let stale = eventually(&client, &question, AT_LAST, |answer| {
        assert!(matches!(answer.status, 200 | 503), "{answer:?}");
        answer.status == 503
    });
    assert!(stale.await.header("retry-after").is_some());
    let bad = client.ask(gate.question().bearer("bad")).await;
    assert_eq!(bad.status, 503, "before the token is read: {bad:?}");

    authority.start_again().await;
    let ended = authority.create("bob").await;
    let end = authority.service(Method::DELETE, &format!("/v1/sessions/{}", ended.id));
    authority.client.ask(end).await.expect(204);
    eventually(&client, &question, AT_LAST, |answer| {
        assert!(matches!(answer.status, 200 | 503), "{answer:?}");
        answer.status == 200
    })
    .await;
    // It may have found back before that session was ended.
    let ended = gate.question().bearer(&ended.access);
    eventually(&client, &ended, AT_LAST, |answer| answer.status == 401).await;
}

#[tokio::test]
async fn a_compromised_key_ends_its_tokens_everywhere_and_another_signs() {
    let authority = Authority::dev().await;
    let gate = Gate::of(&authority).await;
    let example = Example::of(&authority).await;
    let client = &authority.client;
    let places = [authority.forward_auth(), gate.question(), example.whoami()];
    let session = authority.create("alice").await;
    for place in &places {
        client.ask(place.clone().bearer(&session.access)).await.expect(200);
    }
    let audience = authority.dev.audience.as_str();
    let list = || authority.command(&["keys", "list", "--format", "json"]);
    let key_in = |state: &str, keys: &str| {
        let keys: Value = serde_json::from_str(keys).unwrap();
        let mut keys = keys.as_array().unwrap().clone().into_iter();
        keys.find(|key| key["state"] == state).unwrap()["kid"].as_str().unwrap().to_owned()
    };
    let leaked = key_in("active", &list().await);

    authority.command(&["keys", "compromise", "--audience", audience, &leaked]).await;

    for place in &places {
        let call = place.clone().bearer(&session.access);
        eventually(client, &call, AT_LAST, |answer| answer.status == 401).await;
    }
    // The session itself did not leak: it goes on with the next key.
    let renew = authority
        .service(Method::POST, "/oauth2/token")
        .form(&[("grant_type", "refresh_token"), ("refresh_token", &session.refresh)]);
    let renewed = eventually(client, &renew, AT_LAST, |answer| answer.status == 200).await;
    let token = renewed.text("access_token");
    for place in &places {
        let call = place.clone().bearer(&token);
        eventually(client, &call, AT_LAST, |answer| answer.status == 200).await;
    }
    let set = Call::get(&authority.url(&format!("/audiences/{audience}/jwks.json")));
    let set = client.ask(set).await.expect(200).json();
    let kids: Vec<_> = set["keys"].as_array().unwrap().iter().map(|key| &key["kid"]).collect();
    assert!(!kids.contains(&&json!(leaked)), "{kids:?}");
}

#[tokio::test]
async fn a_gate_and_the_example_end_in_order_too() {
    let authority = Authority::dev().await;
    let mut gate = Gate::of(&authority).await;
    let mut example = Example::of(&authority).await;

    gate.process.terminate();
    example.process.terminate();

    assert_eq!(gate.process.ended().await.code(), Some(0));
    assert_eq!(example.process.ended().await.code(), Some(0));
}

#[tokio::test]
async fn a_service_gets_a_token_of_its_own_that_is_taken_everywhere() {
    let authority = Authority::dev().await;
    let gate = Gate::of(&authority).await;
    let example = Example::of(&authority).await;
    let grant = authority
        .service(Method::POST, "/oauth2/token")
        .form(&[("grant_type", "client_credentials"), ("scope", "notes:read")]);
    let token = authority.client.ask(grant).await.expect(200).text("access_token");

    for place in [authority.forward_auth(), gate.question(), example.whoami()] {
        let answer = authority.client.ask(place.bearer(&token)).await.expect(200);
        let subject = answer.header("x-auth-subject").map(str::to_owned);
        let subject = subject.unwrap_or_else(|| answer.text("subject"));
        assert_eq!(subject, "client:demo-backend");
    }
}
