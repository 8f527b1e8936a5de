//! Refresh families.

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::json;
use tokenward_server::settings::Limits;

use crate::harness::{BOTH, Bench, LOGIN, SAME_ORIGIN, cookie};

#[tokio::test]
async fn a_refresh_gives_a_new_pair_and_the_old_access_token_lives_on() {
    let bench = Bench::new().await;
    let first = bench.session(json!({"scope": "read", "claims": {"roles": ["a"]}})).await;
    let reply = bench.refresh(first["refresh_token"].as_str().unwrap()).await;
    assert_eq!((reply.status, reply.header("cache-control")), (StatusCode::OK, "no-store"));
    let second = reply.json();
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    assert_eq!(second["session_id"], first["session_id"]);
    let token = bench.verify(second["access_token"].as_str().unwrap()).unwrap();
    assert_eq!(token.scope().as_str(), "read");
    assert_eq!(token.private()["roles"], json!(["a"]));
    assert!(bench.accepted(&first["access_token"]));
}

#[tokio::test]
async fn a_lost_answer_is_given_again_inside_the_window() {
    let bench = Bench::new().await;
    let first = bench.session(json!({})).await;
    let first = first["refresh_token"].as_str().unwrap();
    let second = bench.refresh(first).await.json();
    bench.later(Duration::from_secs(9)).await;
    let again = bench.refresh(first).await.json();
    assert_eq!(again["refresh_token"], second["refresh_token"]);
    assert!(bench.accepted(&again["access_token"]));
}

#[tokio::test]
async fn a_session_that_refreshes_without_a_pause_is_told_to_wait_and_not_ended() {
    let bench = Bench::with(|settings| settings.limits.session = Limits::DEFAULT.session).await;
    let mut token = bench.session(json!({})).await["refresh_token"].clone();
    for _ in 0..Limits::DEFAULT.session.burst {
        let reply = bench.refresh(token.as_str().unwrap()).await;
        assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
        token = reply.json()["refresh_token"].clone();
    }

    let refused = bench.refresh(token.as_str().unwrap()).await;
    assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (429, "1"));

    let other = bench.session(json!({})).await["refresh_token"].clone();
    assert_eq!(bench.refresh(other.as_str().unwrap()).await.status, StatusCode::OK);
    bench.later(Duration::from_secs(1)).await;
    assert_eq!(bench.refresh(token.as_str().unwrap()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn many_tabs_at_once_get_one_and_the_same_successor() {
    let bench = Bench::new().await;
    let session = bench.session(json!({})).await;
    let token = session["refresh_token"].as_str().unwrap();
    let replies = futures_util::future::join_all((0..20).map(|_| bench.refresh(token))).await;
    let successors: std::collections::BTreeSet<_> =
        replies.iter().map(|reply| reply.json()["refresh_token"].to_string()).collect();
    assert_eq!(successors.len(), 1, "{successors:?}");
}

#[tokio::test]
async fn a_spent_token_that_comes_back_ends_the_family_and_its_access_tokens() {
    let bench = Bench::new().await;
    let first = bench.session(json!({})).await;
    let second = bench.refresh(first["refresh_token"].as_str().unwrap()).await.json();
    bench.later(Duration::from_secs(11)).await;

    let unknown = bench.refresh("twr_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").await;
    unknown.is(400, "invalid_grant");
    let reused = bench.refresh(first["refresh_token"].as_str().unwrap()).await;
    assert_eq!(reused.seen(), unknown.seen());
    for session in [&first, &second] {
        assert!(!bench.accepted(&session["access_token"]));
        let reply = bench.refresh(session["refresh_token"].as_str().unwrap()).await;
        assert_eq!(reply.seen(), unknown.seen());
    }
}

#[tokio::test]
async fn every_refused_refresh_token_gets_the_same_answer() {
    let bench = Bench::new().await;
    let session = bench.session(json!({})).await;
    let token = session["refresh_token"].as_str().unwrap();
    let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
    let foreign = bench.form("/oauth2/token", BOTH, &fields).await;
    foreign.is(400, "invalid_grant");
    let malformed = bench.refresh("not one of ours").await;
    bench.later(Duration::from_secs(3_601)).await;
    let expired = bench.refresh(token).await;
    assert_eq!(malformed.seen(), foreign.seen());
    assert_eq!(expired.seen(), foreign.seen());
}

#[tokio::test]
async fn a_refresh_may_ask_for_less_than_the_session_has_but_not_for_more() {
    let bench = Bench::new().await;
    let session = bench.session(json!({"scope": "read write"})).await;
    let token = session["refresh_token"].as_str().unwrap();
    let ask = async |token: &str, scope: &str| {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token), ("scope", scope)];
        bench.form("/oauth2/token", LOGIN, &fields).await
    };
    ask(token, "read admin").await.is(400, "invalid_scope");
    ask(token, "read  write").await.is(400, "invalid_scope");
    let less = ask(token, "read").await.json();
    assert_eq!(less["scope"], "read");
    let again = bench.refresh(less["refresh_token"].as_str().unwrap()).await.json();
    assert_eq!(again["scope"], "read write");
}

#[tokio::test]
async fn a_session_ends_at_its_time_however_often_it_is_refreshed() {
    let bench = Bench::with(|settings| {
        settings.audiences[0].session_lifetime = Duration::from_secs(4_000);
    })
    .await;
    let session = bench.session(json!({})).await;
    bench.later(Duration::from_secs(3_500)).await;
    let last = bench.refresh(session["refresh_token"].as_str().unwrap()).await.json();
    assert_eq!(last["refresh_expires_in"], 500);
    bench.later(Duration::from_secs(400)).await;
    let last = bench.refresh(last["refresh_token"].as_str().unwrap()).await.json();
    assert_eq!(last["expires_in"], 100);
    // Its 100 s, and the 5 s of leeway that every verifier grants.
    bench.later(Duration::from_secs(106)).await;
    assert!(!bench.accepted(&last["access_token"]));
    bench.refresh(last["refresh_token"].as_str().unwrap()).await.is(400, "invalid_grant");
}

#[tokio::test]
async fn a_cookies_refresh_token_is_worth_nothing_as_a_field_nor_the_other_way_round() {
    let bench = Bench::new().await;
    let cookies = bench.cookie_session().await;
    let token = cookies.split("__Host-refresh=").nth(1).unwrap().to_owned();
    bench.refresh(&token).await.is(400, "invalid_grant");

    let session = bench.session(json!({})).await;
    let line = format!("__Host-refresh={}", session["refresh_token"].as_str().unwrap());
    let headers = [cookie(&line), SAME_ORIGIN];
    let reply = bench.browser(Method::POST, "/session/refresh", &headers).await;
    reply.is(401, "invalid_token");
    // Neither attempt has spent or ended anything.
    assert_eq!(bench.refresh(session["refresh_token"].as_str().unwrap()).await.status, 200);
    let headers = [cookie(&cookies), SAME_ORIGIN];
    assert_eq!(bench.browser(Method::POST, "/session/refresh", &headers).await.status, 200);
}

#[tokio::test]
async fn tokens_outlive_two_rotations_of_the_keys() {
    let bench = Bench::new().await;
    let session = bench.session(json!({})).await;
    let audience = tokenward::Audience::new("billing-api").unwrap();
    bench.authority.rotate(&audience).await.unwrap_err();
    bench.later(Duration::from_secs(361)).await;
    let second = bench.refresh(session["refresh_token"].as_str().unwrap()).await.json();
    bench.authority.rotate(&audience).await.unwrap();
    let third = bench.refresh(second["refresh_token"].as_str().unwrap()).await.json();
    assert!(bench.accepted(&second["access_token"]) && bench.accepted(&third["access_token"]));
}

#[tokio::test]
async fn a_compromised_keys_tokens_are_refused_at_once() {
    let bench = Bench::new().await;
    bench.later(Duration::from_secs(361)).await;
    let session = bench.session(json!({})).await;
    let token = bench.verify(session["access_token"].as_str().unwrap()).unwrap();
    let (audience, key) = (token.audience().clone(), token.key_id().unwrap().clone());
    bench.authority.compromise(&audience, &key, "test").await.unwrap();
    assert!(!bench.accepted(&session["access_token"]));
    let next = bench.refresh(session["refresh_token"].as_str().unwrap()).await.json();
    assert!(bench.accepted(&next["access_token"]));
}
