//! Tokens of one audience for those of another.

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Value, json};
use tokenward::{Audience, Clock, Verified};
use tokenward_remote::{Judged, Refusal};
use tokenward_server::settings::Settings;
use tokenward_sessions::{AllowedScopes, May};

use crate::harness::{BILLING, BOTH, Bench, LOGIN, OTHER, Reply, STRANGER, WEAK};

const GRANT: (&str, &str) = ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange");
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

#[tokio::test]
async fn a_token_is_exchanged_for_one_of_another_audience_that_says_who_acts() {
    let bench = Bench::new().await;
    let session = bench.session(json!({"scope": "read write admin"})).await;
    let given = bench.verify(text(&session["access_token"])).unwrap();

    let reply = ask(&bench, BOTH, text(&session["access_token"]), &[("audience", OTHER)]).await;

    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    let answer = reply.json();
    assert_eq!(answer["issued_token_type"], ACCESS_TOKEN);
    assert_eq!(answer["token_type"], "Bearer");
    assert_eq!(answer.get("refresh_token"), None);
    let token = at(&bench, OTHER, text(&answer["access_token"])).unwrap();
    assert_eq!(token.subject(), given.subject());
    assert_eq!(token.session_id(), given.session_id());
    assert_eq!(token.token_version(), given.token_version());
    assert_eq!(token.auth_time(), given.auth_time());
    assert_eq!(token.client_id().unwrap().as_str(), BOTH);
    assert_eq!(token.private()["act"], json!({"sub": "client:both"}));
    // The service may ask for these two alone.
    assert_eq!(token.scope().as_str(), "read write");
    assert!(bench.verify(text(&answer["access_token"])).is_err(), "it is for one audience");
}

#[tokio::test]
async fn the_new_token_never_does_more_nor_lives_longer() {
    let bench = Bench::new().await;
    let session = bench.session(json!({"scope": "read admin"})).await;
    let token = text(&session["access_token"]);
    for more in ["write", "read write", "admin", "read admin", "other"] {
        let fields = [("audience", OTHER), ("scope", more)];
        ask(&bench, BOTH, token, &fields).await.is(400, "invalid_scope");
    }
    let less = ask(&bench, BOTH, token, &[("audience", OTHER), ("scope", "read")]).await;
    assert_eq!(less.json()["scope"], "read");

    bench.later(Duration::from_secs(200)).await;
    let late = ask(&bench, BOTH, token, &[("audience", OTHER)]).await.json();
    assert_eq!(late["expires_in"], 100);
    let end = bench.verify(token).unwrap().expires_at();
    assert_eq!(at(&bench, OTHER, text(&late["access_token"])).unwrap().expires_at(), end);
    // Over, but for what clocks may differ: there is no time left to give.
    bench.later(Duration::from_secs(102)).await;
    assert!(bench.verify(token).is_ok());
    ask(&bench, BOTH, token, &[("audience", OTHER)]).await.is(400, "invalid_request");
}

#[tokio::test]
async fn private_claims_do_not_go_along() {
    let bench = Bench::new().await;
    let session = bench.session(json!({"claims": {"roles": ["admin"]}})).await;

    let reply = ask(&bench, BOTH, text(&session["access_token"]), &[("audience", OTHER)]).await;

    let token = at(&bench, OTHER, text(&reply.json()["access_token"])).unwrap();
    assert_eq!(token.private().keys().collect::<Vec<_>>(), ["act"]);
}

#[tokio::test]
async fn a_chain_of_actors_has_an_end() {
    let bench = Bench::with(|settings| {
        let both = settings.services.iter().find(|one| one.name.as_str() == BOTH).unwrap().clone();
        for hop in 1..=5 {
            let mut service = both.clone();
            service.name = format!("hop-{hop}").parse().unwrap();
            settings.services.push(service);
        }
    })
    .await;
    let session = bench.session(json!({})).await;
    let mut token = text(&session["access_token"]).to_owned();
    let mut audience = [OTHER, BILLING].into_iter().cycle();
    let mut act = Value::Null;
    for hop in 1..=4 {
        let name = format!("hop-{hop}");
        // The same service twice in a row is one member of the chain.
        for _ in 0..2 {
            let target = audience.next().unwrap();
            let reply = ask(&bench, &name, &token, &[("audience", target)]).await;
            assert_eq!(reply.status, StatusCode::OK, "{hop}: {reply:?}");
            token = text(&reply.json()["access_token"]).to_owned();
            let said = at(&bench, target, &token).unwrap().private()["act"].clone();
            let mut expected = json!({ "sub": format!("client:{name}") });
            if !act.is_null() {
                expected["act"] = act.clone();
            }
            assert_eq!(said, expected);
        }
        let before = act.clone();
        act = json!({ "sub": format!("client:{name}") });
        if !before.is_null() {
            act["act"] = before;
        }
    }
    let reply = ask(&bench, "hop-5", &token, &[("audience", OTHER)]).await;
    reply.is(400, "invalid_request");
    assert_eq!(
        reply.json()["error_description"],
        "subject_token: a chain of actors has 4 members at most"
    );
}

#[tokio::test]
async fn whatever_ends_the_session_ends_what_its_tokens_were_exchanged_for() {
    type Order = fn(&Value) -> (Method, String, Value);
    let ends: [(&str, Order); 4] = [
        ("log out", |session| {
            let sid = text(&session["session_id"]);
            (Method::DELETE, format!("/v1/sessions/{sid}"), Value::Null)
        }),
        ("log out everywhere", |_| {
            (Method::DELETE, "/v1/subjects/alice/sessions".to_owned(), Value::Null)
        }),
        ("new password", |_| {
            (Method::POST, "/v1/subjects/alice/token-version".to_owned(), json!({}))
        }),
        ("revoked", |session| {
            let body = json!({ "sid": session["session_id"] });
            (Method::POST, "/v1/revocations".to_owned(), body)
        }),
    ];
    for (what, order) in ends {
        let bench = Bench::new().await;
        let session = bench.session(json!({})).await;
        let reply = ask(&bench, BOTH, text(&session["access_token"]), &[("audience", OTHER)]).await;
        let exchanged = text(&reply.json()["access_token"]).to_owned();
        assert!(at(&bench, OTHER, &exchanged).is_ok());

        // A service of the session's own audience alone.
        let (method, path, body) = order(&session);
        let done = bench.json(method, &path, LOGIN, &body).await;
        assert!(done.status.is_success(), "{what}: {done:?}");

        assert!(at(&bench, OTHER, &exchanged).is_err(), "{what}");
        let again = ask(&bench, BOTH, text(&session["access_token"]), &[("audience", OTHER)]).await;
        again.is(400, "invalid_request");
    }
}

#[tokio::test]
async fn a_refresh_token_that_is_used_again_ends_exchanged_tokens_too() {
    let bench = Bench::new().await;
    let session = bench.session(json!({})).await;
    let reply = ask(&bench, BOTH, text(&session["access_token"]), &[("audience", OTHER)]).await;
    let exchanged = text(&reply.json()["access_token"]).to_owned();
    let stolen = text(&session["refresh_token"]);
    assert_eq!(bench.refresh(stolen).await.status, StatusCode::OK);
    bench.later(Duration::from_secs(20)).await;

    bench.refresh(stolen).await.is(400, "invalid_grant");

    assert!(at(&bench, OTHER, &exchanged).is_err());
}

#[tokio::test]
async fn what_cannot_be_exchanged_gets_one_answer_whatever_is_wrong_with_it() {
    let bench = Bench::new().await;
    let session = bench.session(json!({})).await;
    let good = text(&session["access_token"]);
    let wrong = ask(&bench, BOTH, "x", &[("audience", OTHER)]).await;
    wrong.is(400, "invalid_request");
    assert_eq!(wrong.json()["error_description"], "Invalid subject token");
    let fields = [("grant_type", "client_credentials"), ("audience", BILLING)];
    let own = bench.form("/oauth2/token", BOTH, &fields).await.json();

    let (input, signature) = good.rsplit_once('.').unwrap();
    let changed = format!("{input}.{}", signature.chars().rev().collect::<String>());
    let refresh = text(&session["refresh_token"]);
    for token in [&*changed, refresh, text(&own["access_token"]), "a.b.c", "a.b.c.d.e"] {
        let reply = ask(&bench, BOTH, token, &[("audience", OTHER)]).await;
        assert_eq!(reply.seen(), wrong.seen(), "{token}");
    }
    // Of an audience that is not the caller's.
    assert_eq!(ask(&bench, STRANGER, good, &[]).await.seen(), wrong.seen());
    bench.later(Duration::from_secs(400)).await;
    assert_eq!(ask(&bench, BOTH, good, &[("audience", OTHER)]).await.seen(), wrong.seen());
}

#[tokio::test]
async fn only_a_service_that_may_exchanges_and_within_its_audiences_alone() {
    let bench = Bench::new().await;
    let session = bench.session(json!({})).await;
    let token = text(&session["access_token"]);

    ask(&bench, WEAK, token, &[]).await.is(400, "unauthorized_client");
    ask(&bench, LOGIN, token, &[("audience", OTHER)]).await.is(400, "invalid_target");
    ask(&bench, BOTH, token, &[]).await.is(400, "invalid_target");
    for (name, value) in [
        ("actor_token", "x"),
        ("requested_token_type", "urn:ietf:params:oauth:token-type:refresh_token"),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:saml2"),
        ("subject_token_type", ""),
    ] {
        let fields = [("audience", OTHER), (name, value)];
        ask(&bench, BOTH, token, &fields).await.is(400, "invalid_request");
    }
    // To do less, in the same audience.
    let same = ask(&bench, LOGIN, token, &[]).await;
    assert_eq!(same.status, StatusCode::OK, "{same:?}");
}

#[tokio::test]
async fn a_service_without_scopes_of_its_own_gets_none() {
    let bench = Bench::with(|settings: &mut Settings| {
        let both = settings.services.iter_mut().find(|one| one.name.as_str() == BOTH).unwrap();
        both.scopes = AllowedScopes::default();
        both.may = [May::Exchange].into();
    })
    .await;
    let session = bench.session(json!({"scope": "read"})).await;

    let reply = ask(&bench, BOTH, text(&session["access_token"]), &[("audience", OTHER)]).await;

    assert_eq!(reply.json().get("scope"), None);
    assert!(at(&bench, OTHER, text(&reply.json()["access_token"])).unwrap().scope().is_empty());
}

/// Asks as `client` for a token in the place of `token`.
async fn ask(bench: &Bench, client: &str, token: &str, more: &[(&str, &str)]) -> Reply {
    let mut fields = vec![GRANT, ("subject_token", token)];
    if more.iter().all(|(name, _)| *name != "subject_token_type") {
        fields.push(("subject_token_type", ACCESS_TOKEN));
    }
    fields.extend(more);
    bench.form("/oauth2/token", client, &fields).await
}

fn at(bench: &Bench, audience: &str, token: &str) -> Result<Verified, Refusal> {
    let audience = Audience::new(audience).unwrap();
    let verifier = bench.authority.verifier(&audience).unwrap();
    verifier.verify(token, bench.clock.now()).map(Judged::into_verified)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}
