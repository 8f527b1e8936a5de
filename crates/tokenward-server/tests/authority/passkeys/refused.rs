//! What is refused, and that nothing is changed by it.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use tokenward::{Algorithm, Clock};
use tokenward_server::settings::{EventKind, Limits};
use tokenward_testing::passkeys::{Device, Otherwise, cases};
use tokenward_testing::{ProofFor, ProofMaker};
use tokenward_tower::binding::BindingPolicy;

use super::IsStatus as _;
use super::world::{Client, ROUTES, World};
use crate::harness::{APP, LOGIN, cookie, session_of};
use crate::receiver::Receiver;

#[tokio::test]
async fn every_assertion_that_does_not_count_gets_the_same_answer_and_changes_nothing() {
    let world = World::new().await;
    let mut app = world.app().await;
    app.enrol().await.is_status(201);
    let bare = app.refresh(None).await;
    bare.is(400, "insufficient_user_authentication");
    let mut seen = 0;
    for case in cases("assertions.json") {
        let own = ["challenge", "algorithm"].iter().any(|name| !case[*name].is_null());
        if own || case["verdict"] == "accepted" {
            continue;
        }
        let options = app.challenge().await.json();
        let origin = case["origin"].as_str().unwrap_or(APP).to_owned();
        let signed = app.sign_otherwise(&options, &origin, &case);
        assert_eq!(app.refresh(Some(&signed)).await.seen(), bare.seen(), "{case}");
        seen += 1;
    }
    assert!(seen > 40, "{seen}");

    app.refresh_signed().await.is_status(200);
}

#[tokio::test]
async fn a_challenge_of_another_session_counts_in_none() {
    let world = World::new().await;
    let mut app = world.app().await;
    app.enrol().await.is_status(201);
    let mut other = world.app().await;
    other.device = app.device.clone();
    let options = app.challenge().await.json();
    let signed = other.sign(&options);

    other.refresh(Some(&signed)).await.is(400, "insufficient_user_authentication");
    app.refresh(Some(&signed)).await.is_status(200);
}

#[tokio::test]
async fn an_assertion_counts_once_and_for_two_minutes() {
    let world = World::new().await;
    let mut app = world.app().await;
    app.enrol().await.is_status(201);
    let options = app.challenge().await.json();
    let late = app.sign(&options);
    world.bench.later(Duration::from_secs(121)).await;
    app.refresh(Some(&late)).await.is(400, "insufficient_user_authentication");

    let options = app.challenge().await.json();
    let signed = app.sign(&options);
    let answer = app.refresh(Some(&signed)).await.json();
    app.refresh(Some(&signed)).await.is(400, "insufficient_user_authentication");
    app.take(&answer);
    app.refresh(Some(&signed)).await.is(400, "insufficient_user_authentication");
    app.refresh_signed().await.is_status(200);
}

#[tokio::test]
async fn a_counter_that_goes_back_ends_the_session_and_an_auditor_reads_why() {
    let world = World::new().await;
    let mut app = world.app().await;
    let original = copied(&world, &mut app).await;
    let good = app.access.clone();
    assert!(world.bench.verify(&good).is_ok());

    app.refresh_signed().await.is(400, "invalid_grant");

    assert!(world.bench.verify(&good).is_err(), "its access token is revoked");
    app.device = original;
    app.challenge().await.is(400, "invalid_grant");
    app.refresh(None).await.is(400, "invalid_grant");
    let id = world.bench.authority.sessions().session_by_refresh(&hash(&app.refresh)).await;
    let id = id.unwrap().unwrap().id.to_string();
    let log = crate::silence::listen().text();
    let line = log.lines().find(|line| line.contains("passkey_copied") && line.contains(&id));
    assert!(line.unwrap().contains("WARN"));
}

#[tokio::test]
async fn a_passkey_that_was_copied_is_told_as_a_refresh_token_that_two_had_is() {
    let receiver = Receiver::new();
    let world = World::with(|settings| {
        receiver.configure(settings);
        settings.receivers[0].events = vec![EventKind::RefreshReuse];
    });
    let world = world.await;
    receiver.knows_the_keys_of(&world.bench).await;
    let mut app = world.app_of(json!({"refresh": "passkey", "device": "Ada's phone"})).await;
    let session = world.claims(&app.access).session_id().unwrap().to_string();
    copied(&world, &mut app).await;

    app.refresh_signed().await.is(400, "invalid_grant");
    world.bench.authority.collect_events().await.unwrap();

    let told = receiver.next().await;
    assert_eq!(told["claims"]["sub_id"]["session"]["id"], session);
    let event = &told["claims"]["events"]["urn:tokenward:event-type:refresh-reuse"];
    assert_eq!(event["device"], "Ada's phone");
    assert_eq!(event["initiating_entity"], "policy");
    assert_eq!(event["reason_admin"]["en"], "its passkey was copied");
}

#[tokio::test]
async fn the_first_passkey_needs_a_login_of_the_last_quarter_of_an_hour() {
    let world = World::new().await;
    let mut app = world.app_of(json!({"refresh": "plain"})).await;
    for _ in 0..4 {
        world.bench.later(Duration::from_secs(240)).await;
        let answer = app.refresh(None).await.json();
        app.take(&answer);
    }
    let reply = app.post("/session/passkeys/options", &Value::Null).await;
    reply.is(401, "insufficient_user_authentication");
    assert!(reply.header("www-authenticate").contains("max_age=\"900\""), "{reply:?}");
}

#[tokio::test]
async fn an_enrolment_that_does_not_count_leaves_nothing_behind() {
    let world = World::new().await;
    let mut app = world.app().await;
    app.device = Device::new(Algorithm::Es256);
    let options = app.post("/session/passkeys/options", &Value::Null).await.json();
    let mut tried = 0;
    for case in cases("enrolments.json") {
        if case["verdict"] == "accepted" || !case["challenge"].is_null() {
            continue;
        }
        let origin = case["origin"].as_str().unwrap_or(APP);
        let otherwise = Otherwise::new(&case);
        let credential = app.device.create(&options["publicKey"], origin, &otherwise);
        let reply = app.post("/session/passkeys", &json!({"credential": credential})).await;
        reply.is(400, "invalid_request");
        tried += 1;
    }
    assert!(tried > 25, "{tried}");
    for body in [json!({}), json!({"credential": []}), json!({"name": "\u{7}", "credential": {}})] {
        app.post("/session/passkeys", &body).await.is(400, "invalid_request");
    }
    assert_eq!(app.list().await, json!([]));
    app.enrol().await.is_status(201);
    app.enrol().await.is(401, "insufficient_user_authentication");
}

#[tokio::test]
async fn no_other_site_asks_for_anything_with_a_browsers_cookies() {
    let world = World::new().await;
    let mut page = world.page().await;
    page.enrol().await.is_status(201);
    for (method, path) in ROUTES {
        for site in [("sec-fetch-site", "cross-site"), ("origin", "https://example.org")] {
            let headers = [cookie(&page.cookies), site];
            let reply = world.bench.browser(method.clone(), path, &headers).await;
            let expected = if method == Method::GET { 200 } else { 403 };
            assert_eq!(reply.status, expected, "{method} {path} {reply:?}");
        }
        let none = world.bench.browser(method.clone(), path, &[]).await;
        assert_eq!(none.status, 401, "{method} {path}");
    }
    assert_eq!(super::pages(&page.list().await), 1);
}

#[tokio::test]
async fn a_token_that_was_exchanged_or_belongs_to_no_session_has_no_passkeys() {
    let world = World::new().await;
    let app = world.app().await;
    let fields = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
        ("subject_token", &*app.access),
    ];
    let exchanged = world.bench.form("/oauth2/token", LOGIN, &fields).await.json();
    let own = [("grant_type", "client_credentials")];
    let own = world.bench.form("/oauth2/token", LOGIN, &own).await.json();
    for token in [exchanged, own] {
        let line = format!("Bearer {}", token["access_token"].as_str().unwrap());
        let headers = [("authorization", &*line)];
        let path = "/session/passkeys/options";
        let reply = world.bench.browser(Method::POST, path, &headers).await;
        reply.is(401, "invalid_token");
    }
}

#[tokio::test]
async fn a_refresh_token_of_another_client_or_delivery_gets_no_challenge() {
    let world = World::new().await;
    let mut app = world.app().await;
    app.enrol().await.is_status(201);
    let fields = [("refresh_token", &*app.refresh)];
    let path = "/session/refresh/challenge";
    world.bench.form(path, crate::harness::BOTH, &fields).await.is(400, "invalid_grant");
    world.bench.form_without_client(path, &fields).await.is(401, "invalid_client");
    let line = format!("__Host-refresh={}", app.refresh);
    let headers = [cookie(&line), crate::harness::SAME_ORIGIN];
    world.bench.browser(Method::POST, path, &headers).await.is(401, "invalid_token");

    let more = json!({"delivery": "cookie", "refresh": "passkey"});
    let made = world.bench.post("/v1/sessions", LOGIN, &session_of("alice", more)).await;
    let cookies = made.cookies();
    let token = cookies.split("__Host-refresh=").nth(1).unwrap().split(';').next().unwrap();
    world.bench.form(path, LOGIN, &[("refresh_token", token)]).await.is(400, "invalid_grant");
}

#[tokio::test]
async fn whoever_shows_what_does_not_count_runs_out_of_attempts_and_uses_up_no_refresh() {
    let world = World::with(|settings| settings.limits.session = Limits::DEFAULT.session).await;
    let mut page = world.page().await;
    page.enrol().await.is_status(201);
    let options = page.challenge().await.json();
    let forged = page.sign_otherwise(&options, "https://evil.example", &json!({}));

    let attempts = async |most: usize| {
        for attempt in 0..most {
            let reply = page.refresh(Some(&forged)).await;
            if reply.status == 429 {
                assert_ne!(reply.header("retry-after"), "");
                return attempt;
            }
            reply.is(401, "insufficient_user_authentication");
        }
        most
    };
    assert!((10..100).contains(&attempts(100).await));

    world.bench.later(Duration::from_secs(2)).await;
    let mut owner = page.clone();
    owner.refresh_signed().await.is_status(200);
}

#[tokio::test]
async fn an_api_that_sees_the_access_token_enrols_no_first_passkey_of_its_own() {
    let world = World::new().await;
    let other = world.app().await;
    let (app, page) = (world.app().await, world.page().await);
    let options = app.post("/session/passkeys/options", &Value::Null).await.json();
    let create =
        |device: &mut Device| device.create(&options["publicKey"], APP, &Otherwise::default());
    let credential = create(&mut Device::new(Algorithm::EdDsa));

    for token in [None, Some(&other.refresh), Some(&"twr_nonsense".to_owned())] {
        let mut body = json!({"credential": credential});
        if let Some(token) = token {
            body["refresh_token"] = json!(token);
        }
        app.post("/session/passkeys", &body).await.is(400, "invalid_request");
    }
    // As a browser's token is shown by whoever was sent it.
    let access = page.cookies.split("; ").find(|pair| pair.starts_with("__Host-access=")).unwrap();
    let mut stolen = page.clone();
    stolen.cookies = access.to_owned();
    stolen.enrol().await.is(400, "invalid_request");
    assert_eq!(app.list().await, json!([]));
}

#[tokio::test]
async fn a_spent_refresh_token_tells_nobody_which_passkeys_there_are() {
    let world = World::new().await;
    let mut app = world.app().await;
    app.enrol().await.is_status(201);
    let mut page = world.page().await;
    page.device = app.device.clone();
    let [old_app, old_page] = [app.state(), page.state()];
    let answer = app.refresh_signed().await.json();
    app.take(&answer);
    let reply = page.refresh_signed().await;
    page.cookies = reply.cookies();
    // The answer may have got lost.
    world.again(old_app.clone()).challenge().await.is_status(200);
    world.again(old_page.clone()).challenge().await.is_status(200);

    world.bench.later(Duration::from_secs(11)).await;

    world.again(old_app).challenge().await.is(400, "invalid_grant");
    world.again(old_page).challenge().await.is(401, "invalid_token");
    // It was asked, not used: nothing has ended.
    app.refresh_signed().await.is_status(200);
    page.refresh_signed().await.is_status(200);
}

#[tokio::test]
async fn the_challenge_of_a_bound_session_takes_the_proof_of_its_key() {
    let world = World::with(|settings| {
        for audience in &mut settings.audiences {
            audience.dpop.policy = BindingPolicy::Offered;
        }
    })
    .await;
    let mine = ProofMaker::default();
    // Passkeys are enrolled by a session of the same user that is not bound.
    let mut free = world.app().await;
    free.enrol().await.is_status(201);
    let more = json!({"refresh": "passkey", "dpop_jkt": mine.thumbprint()});
    let bound = world.app_of(more).await;
    let ask = async |proof: &[String]| {
        let fields = [("refresh_token", &*bound.refresh)];
        world.bench.form_with(proof, CHALLENGE, LOGIN, &fields).await
    };
    let proof = |maker: &ProofMaker, path, nonce| {
        let (site, now) = ("https://auth.example.com", world.bench.clock.now());
        maker.good(ProofFor { method: "POST", site, path, token: None, nonce, now })
    };
    ask(&[]).await.is(400, "invalid_dpop_proof");
    let first = ask(&proof(&mine, CHALLENGE, None)).await;
    first.is(400, "use_dpop_nonce");
    let nonce = Some(first.header("dpop-nonce"));

    ask(&proof(&ProofMaker::default(), CHALLENGE, nonce)).await.is(400, "invalid_grant");
    ask(&proof(&mine, "/oauth2/token", nonce)).await.is(400, "invalid_dpop_proof");
    let good = proof(&mine, CHALLENGE, nonce);
    let reply = ask(&good).await;
    assert_eq!(super::pages(&reply.json()["publicKey"]["allowCredentials"]), 1, "{reply:?}");
    ask(&good).await.is(400, "invalid_dpop_proof");
}

const CHALLENGE: &str = "/session/refresh/challenge";

fn hash(token: &str) -> [u8; 32] {
    tokenward_sessions::RefreshToken::parse(token).unwrap().hash()
}

/// Enrolls a device that counts, has it sign twice, and leaves the app with a copy from before. Gives back the
/// original.
async fn copied(world: &World, app: &mut Client<'_>) -> Device {
    app.device.count = 1;
    app.enrol().await.is_status(201);
    let copy = app.device.clone();
    for _ in 0..2 {
        let answer = app.refresh_signed().await.json();
        app.take(&answer);
        world.bench.later(Duration::from_secs(1)).await;
    }
    std::mem::replace(&mut app.device, copy)
}
