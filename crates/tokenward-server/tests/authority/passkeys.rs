//! Passkeys through the router: a device that signs in memory, pages by cookie, apps by token.

mod bound;
mod devices;
mod refused;
mod world;

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use tokenward_server::gate::{PathPattern, Rule, Rules};
use tokenward_tower::step_up::StepUp;

use crate::harness::{Bench, LOGIN, cookie, session_of};
use world::{World, with_passkeys};

#[tokio::test]
async fn a_page_enrols_a_passkey_and_goes_on_with_it_alone() {
    let world = World::new().await;
    let mut page = world.page().await;
    page.enrol().await.is_status(201);
    assert_eq!(page.list().await[0]["name"], "phone");

    page.refresh(None).await.is(401, "insufficient_user_authentication");
    world.bench.later(Duration::from_secs(60)).await;
    let reply = page.refresh_signed().await;

    assert_eq!(reply.status, 200, "{reply:?}");
    page.cookies = reply.cookies();
    let seen = world.bench.browser(Method::GET, "/session", &[cookie(&page.cookies)]).await.json();
    assert_eq!(seen["claims"]["amr"], json!(["mfa", "pop", "user"]));
    // The answer that got lost: once more, and with the device.
    page.refresh_signed().await.is_status(200);
}

#[tokio::test]
async fn an_app_does_so_by_its_tokens() {
    let world = World::new().await;
    let mut app = world.app().await;
    app.enrol().await.is_status(201);
    let before = world.claims(&app.access);
    assert!(before.private().get("amr").is_none());

    app.refresh(None).await.is(400, "insufficient_user_authentication");
    world.bench.later(Duration::from_secs(60)).await;
    let answer = app.refresh_signed().await.json();

    let after = world.claims(answer["access_token"].as_str().unwrap());
    let (then, now) = (before.auth_time().unwrap(), after.auth_time().unwrap());
    assert_eq!(now.since(then).as_secs(), 60);
    assert_eq!(after.private()["amr"], json!(["mfa", "pop", "user"]));
    assert_eq!(after.session_id(), before.session_id());
}

#[tokio::test]
async fn a_passkey_lets_a_sensitive_request_through_for_which_the_login_is_too_old() {
    let world = World::with(|settings| {
        crate::forward::with_a_proxy(settings);
        let five = StepUp::new(Some(Duration::from_secs(300)), tokenward::Scope::default());
        settings.rules = Rules::new(vec![Rule {
            paths: vec![PathPattern::parse("/transfers").unwrap()],
            step_up: Some(five),
            ..Rule::default()
        }]);
    })
    .await;
    // Also where a refresh does not ask for a passkey: one that is shown counts.
    let mut app = world.app_of(json!({"refresh": "plain"})).await;
    app.enrol().await.is_status(201);
    world.bench.later(Duration::from_secs(290)).await;
    let answer = app.refresh(None).await.json();
    app.take(&answer);
    world.bench.later(Duration::from_secs(20)).await;
    let old = app.access.clone();
    let asked = crate::forward::ask(&world.bench, "/transfers", &old).await;
    asked.is(401, "insufficient_user_authentication");
    assert!(asked.header("www-authenticate").contains("max_age=\"300\""), "{asked:?}");

    let answer = app.refresh_signed().await.json();
    app.take(&answer);

    assert_eq!(crate::forward::ask(&world.bench, "/transfers", &app.access).await.status, 200);
    assert_eq!(crate::forward::ask(&world.bench, "/transfers", &old).await.status, 401);
}

#[tokio::test]
async fn whoever_steals_a_refresh_token_without_the_device_has_nothing() {
    let world = World::new().await;
    let mut app = world.app().await;
    app.enrol().await.is_status(201);
    let mut thief = app.clone();
    thief.device = tokenward_testing::passkeys::Device::new(tokenward::Algorithm::EdDsa);

    let bare = thief.refresh(None).await;
    bare.is(400, "insufficient_user_authentication");
    // A device of his own gets the same answer, and so does one that says it is the owner's.
    assert_eq!(thief.refresh_signed().await.seen(), bare.seen());
    thief.device.id = app.device.id.clone();
    assert_eq!(thief.refresh_signed().await.seen(), bare.seen());
    // He cannot add one either, though the login is fresh.
    thief.access = app.access.clone();
    thief.enrol_anew().await.is(401, "insufficient_user_authentication");
    // Nor by answering what the next refresh asks.
    assert_eq!(app.list().await.as_array().unwrap().len(), 1);

    // Nothing of it has harmed the owner.
    app.refresh_signed().await.is_status(200);
}

#[tokio::test]
async fn a_session_whose_subject_has_no_passkey_has_its_first_access_token_to_enrol_one() {
    let world = World::new().await;
    let mut app = world.app().await;
    app.refresh(None).await.is(400, "insufficient_user_authentication");
    app.challenge().await.is(400, "invalid_request");

    world.bench.later(Duration::from_secs(290)).await;
    app.enrol().await.is_status(201);
    world.bench.later(Duration::from_secs(20)).await;
    app.refresh_signed().await.is_status(200);
}

#[tokio::test]
async fn without_the_settings_there_are_no_passkeys() {
    let bench = Bench::new().await;
    let cookies = bench.cookie_session().await;
    let headers = [cookie(&cookies), crate::harness::SAME_ORIGIN];
    for (method, path) in world::ROUTES {
        bench.browser(method.clone(), path, &headers).await.is(404, "not_found");
    }
    let wanted = session_of("alice", json!({"refresh": "passkey"}));
    let reply = bench.post("/v1/sessions", LOGIN, &wanted).await;
    assert!(reply.json()["error_description"].as_str().unwrap().contains("[passkeys]"));
}

#[tokio::test]
async fn a_restart_forgets_no_passkey_and_no_challenge_that_was_used() {
    let world = World::new().await;
    let mut app = world.app().await;
    app.enrol().await.is_status(201);
    let options = app.challenge().await.json();
    let signed = app.sign(&options);
    let answer = app.refresh(Some(&signed)).await.json();
    app.take(&answer);
    let mut settings = crate::harness::settings_of(&world.bench);
    with_passkeys(&mut settings);
    let secret = world.bench.secret().to_owned();
    let (state, bench) = (app.state(), world.bench);
    let (dir, clock) = bench.stop().await;

    let world = World { bench: Bench::again(dir, clock, settings, secret).await };
    let mut app = world.again(state);

    app.refresh(Some(&signed)).await.is(400, "insufficient_user_authentication");
    app.refresh_signed().await.is_status(200);
}

/// What the tests compare most.
trait IsStatus {
    fn is_status(&self, status: u16);
}

impl IsStatus for crate::harness::Reply {
    fn is_status(&self, status: u16) {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
    }
}

fn pages(value: &Value) -> usize {
    value.as_array().unwrap().len()
}
