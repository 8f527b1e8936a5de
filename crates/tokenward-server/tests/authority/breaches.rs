//! The stolen phone of `docs/breaches.md`: whoever has its tokens and not its key has nothing, whoever has both has it
//! for as long as nobody logs the phone out, and no token lives for long. (The leaked secret: `given_away`.)

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::json;
use tokenward_server::settings::Profile;
use tokenward_testing::ProofMaker;
use tokenward_tower::binding::BindingPolicy;

use crate::dpop::World;
use crate::harness::{
    BILLING, BOTH, Bench, LOGIN, SAME_ORIGIN, SPA, cookie, session_of, settings_of,
};

const PROFILES: [Profile; 3] = [Profile::Nginx, Profile::Caddy, Profile::Envoy];

#[tokio::test]
async fn the_tokens_of_a_stolen_phone_are_worth_nothing_without_its_key() {
    let (world, thief) = (World::new().await, ProofMaker::default());
    let phone = world.session().await;
    let [access, refresh] = ["access_token", "refresh_token"].map(|n| phone[n].as_str().unwrap());
    for profile in PROFILES {
        let bearer = format!("Bearer {access}");
        world.ask(profile, &bearer, &[]).await.is(401, "invalid_token");
        let forged = thief.good(world.at_api(access));
        world.ask(profile, &bearer, &forged).await.is(401, "invalid_token");
        let bound = format!("DPoP {access}");
        world.ask(profile, &bound, &[]).await.is(401, "invalid_dpop_proof");
        let forged = thief.good(world.at_api(access));
        world.ask(profile, &bound, &forged).await.is(401, "invalid_token");
        // A proof that was seen on its way, and used.
        let seen = world.mine.good(world.at_api(access));
        assert_eq!(world.ask(profile, &bound, &seen).await.status, StatusCode::OK);
        world.ask(profile, &bound, &seen).await.is(401, "invalid_dpop_proof");
    }
    world.refresh(refresh, None).await.is(400, "invalid_dpop_proof");
    world.refresh(refresh, Some(&thief)).await.is(400, "invalid_grant");
    for client in [SPA, BOTH] {
        let reply = world.refresh_as(client, refresh, Some(&thief)).await;
        reply.is(400, "invalid_grant");
    }

    // The phone itself was not disturbed.
    assert_eq!(world.refresh(refresh, Some(&world.mine)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_phone_that_is_logged_out_from_elsewhere_has_nothing_from_then_on_whatever_it_holds() {
    let world = World::new().await;
    let phone = world.session().await;
    let [access, refresh] = ["access_token", "refresh_token"].map(|n| phone[n].as_str().unwrap());
    let cookies = world.bench.cookie_session().await;
    let own = [cookie(&cookies), SAME_ORIGIN];

    let ended = world.bench.browser(Method::DELETE, "/session/devices", &own).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT, "{ended:?}");

    // No time has passed, and the thief has the phone with its key.
    for profile in PROFILES {
        let proof = world.mine.good(world.at_api(access));
        world.ask(profile, &format!("DPoP {access}"), &proof).await.is(401, "invalid_token");
    }
    world.refresh(refresh, Some(&world.mine)).await.is(400, "invalid_grant");
    assert_eq!(world.told(&phone["access_token"]).await, json!({"active": false}));
}

#[tokio::test]
async fn no_token_lives_for_thirty_days_even_where_a_session_does() {
    let month = Duration::from_secs(30 * 86_400);
    let bench = Bench::with(|settings| settings.audiences[0].session_lifetime = month).await;
    let phone = bench.session(json!({})).await;
    assert!(phone["expires_in"].as_u64().unwrap() <= 900);
    assert!(phone["refresh_expires_in"].as_u64().unwrap() <= 86_400);
    // Taken out of a drawer a day later.
    bench.later(Duration::from_secs(901)).await;
    assert!(!bench.accepted(&phone["access_token"]));
    bench.later(Duration::from_secs(86_400)).await;
    bench.refresh(phone["refresh_token"].as_str().unwrap()).await.is(400, "invalid_grant");

    // And nobody can configure it otherwise.
    let mut settings = settings_of(&bench);
    settings.audiences[0].access_lifetime = month;
    assert_eq!(
        settings.check().unwrap_err().setting,
        format!("audience.{BILLING}.access_lifetime")
    );
    let mut settings = settings_of(&bench);
    settings.audiences[0].refresh_lifetime = month;
    assert_eq!(
        settings.check().unwrap_err().setting,
        format!("audience.{BILLING}.refresh_lifetime")
    );
}

#[tokio::test]
async fn a_session_ends_at_its_time_however_busily_it_is_refreshed() {
    let bench = Bench::new().await;
    let settings = settings_of(&bench);
    let ends = settings.audiences[0].session_lifetime;
    let mut refresh = bench.session(json!({})).await["refresh_token"].as_str().unwrap().to_owned();
    let step = Duration::from_secs(1_800);
    let mut passed = Duration::ZERO;
    while passed + step < ends {
        bench.later(step).await;
        passed += step;
        let reply = bench.refresh(&refresh).await;
        assert_eq!(reply.status, StatusCode::OK, "{passed:?}");
        let left = ends.saturating_sub(passed).as_secs();
        assert!(reply.json()["refresh_expires_in"].as_u64().unwrap() <= left, "{passed:?}");
        refresh = reply.json()["refresh_token"].as_str().unwrap().to_owned();
    }
    bench.later(step).await;
    bench.refresh(&refresh).await.is(400, "invalid_grant");
}

#[tokio::test]
async fn where_keys_are_required_no_phone_gets_a_token_that_a_thief_could_use() {
    let bench = Bench::with(|settings| {
        settings.audiences[0].dpop.policy = BindingPolicy::Required;
    })
    .await;
    let unbound = session_of("alice", json!({}));
    bench.post("/v1/sessions", LOGIN, &unbound).await.is(400, "invalid_request");
}
