//! Several devices of one subject: added, named, removed.

use http::Method;
use serde_json::{Value, json};
use tokenward::Algorithm;
use tokenward_testing::passkeys::Device;

use super::world::World;
use super::{IsStatus as _, pages};
use crate::harness::{BOTH, LOGIN, STRANGER};

#[tokio::test]
async fn each_further_device_is_let_in_by_one_that_is_there() {
    let world = World::new().await;
    let mut page = world.page().await;
    page.enrol().await.is_status(201);
    let mut key = Device::new(Algorithm::Es256);

    let reply = page.enrol_beside(&mut key).await;

    reply.is_status(201);
    assert_eq!(pages(&page.list().await), 2);
    let options = page.challenge().await.json();
    assert_eq!(pages(&options["publicKey"]["allowCredentials"]), 2);
    // The same one, and one that a stranger's device allows.
    page.enrol_beside(&mut key).await.is(400, "invalid_request");
    let mut other = page.clone();
    other.device = Device::new(Algorithm::EdDsa);
    let mut third = Device::new(Algorithm::EdDsa);
    other.enrol_beside(&mut third).await.is(401, "insufficient_user_authentication");
    assert_eq!(pages(&page.list().await), 2);
    // Either goes on with the session.
    page.device = key;
    page.refresh_signed().await.is_status(200);
}

#[tokio::test]
async fn what_a_passkey_signed_for_one_purpose_counts_for_no_other() {
    let world = World::new().await;
    let mut app = world.app().await;
    app.enrol().await.is_status(201);
    let path = format!("/session/passkeys/{}", tokenward::b64::encode(&app.device.id));
    let options = app.challenge().await.json();
    let for_refresh = app.sign(&options);

    let removed = app.ask(Method::DELETE, &path, &json!({"assertion": for_refresh})).await;
    removed.is(401, "insufficient_user_authentication");

    let options = app.post(&format!("{path}/challenge"), &Value::Null).await.json();
    let for_removal = app.sign(&options);
    app.refresh(Some(&for_removal)).await.is(400, "insufficient_user_authentication");
    assert_eq!(pages(&app.list().await), 1);
}

#[tokio::test]
async fn a_device_is_renamed_and_removed_and_its_sessions_end_with_it() {
    let world = World::new().await;
    let mut laptop = world.page().await;
    laptop.enrol().await.is_status(201);
    let mut phone_key = Device::new(Algorithm::EdDsa);
    laptop.enrol_beside(&mut phone_key).await.is_status(201);
    let mut phone = world.page().await;
    phone.device = phone_key.clone();
    let reply = phone.refresh_signed().await;
    reply.is_status(200);
    phone.cookies = reply.cookies();
    let path = format!("/session/passkeys/{}", tokenward::b64::encode(&phone_key.id));
    let renamed = laptop.ask(Method::PATCH, &path, &json!({"name": "lost"})).await;
    renamed.is_status(204);
    assert_eq!(laptop.list().await[1]["name"], "lost");

    laptop
        .ask(Method::DELETE, &path, &Value::Null)
        .await
        .is(401, "insufficient_user_authentication");
    laptop.remove(&phone_key.id).await.is_status(204);

    assert_eq!(pages(&laptop.list().await), 1);
    phone.challenge().await.is(401, "invalid_token");
    phone.ask(Method::GET, "/session", &Value::Null).await.is(401, "invalid_token");
    laptop.refresh_signed().await.is_status(200);
    // Gone is gone, for a session that it never held as well.
    laptop.remove(&phone_key.id).await.is(404, "not_found");
    let mut other = world.page().await;
    other.device = phone_key;
    other.refresh_signed().await.is(401, "insufficient_user_authentication");
}

#[tokio::test]
async fn nobody_sees_names_or_removes_the_passkeys_of_another() {
    let world = World::new().await;
    let mut alice = world.app().await;
    alice.enrol().await.is_status(201);
    let mut bob = world.app_of(json!({"subject": "bob", "refresh": "passkey"})).await;
    bob.enrol().await.is_status(201);
    assert_eq!(pages(&bob.list().await), 1);

    bob.remove(&alice.device.id).await.is(404, "not_found");
    let path = format!("/session/passkeys/{}", tokenward::b64::encode(&alice.device.id));
    bob.ask(Method::PATCH, &path, &json!({"name": "mine"})).await.is(404, "not_found");
    assert_eq!(alice.list().await[0]["name"], "phone");
}

#[tokio::test]
async fn a_service_takes_away_a_lost_phone_within_its_audiences() {
    let world = World::new().await;
    let mut app = world.app().await;
    app.enrol().await.is_status(201);
    let answer = app.refresh_signed().await.json();
    app.take(&answer);
    let bench = &world.bench;
    let path = "/v1/subjects/alice/passkeys";
    let listed = bench.json(Method::GET, path, BOTH, &Value::Null).await.json();
    assert_eq!(listed["passkeys"][0]["audience"], "billing-api");
    let foreign = bench.json(Method::GET, path, STRANGER, &Value::Null).await.json();
    assert_eq!(foreign["passkeys"], json!([]));
    bench.json(Method::DELETE, path, STRANGER, &Value::Null).await.is_status(204);
    assert!(bench.verify(&app.access).is_ok());

    let one = format!("{path}/{}", listed["passkeys"][0]["id"].as_str().unwrap());
    bench.json(Method::DELETE, &one, LOGIN, &Value::Null).await.is_status(204);

    assert!(bench.verify(&app.access).is_err(), "the session that it held has ended");
    let listed = bench.json(Method::GET, path, LOGIN, &Value::Null).await.json();
    assert_eq!(listed["passkeys"], json!([]));
    bench.json(Method::DELETE, path, LOGIN, &Value::Null).await.is_status(204);
    // Whoever logs in anew enrols anew.
    let mut new = world.app().await;
    new.enrol().await.is_status(201);
}

#[tokio::test]
async fn a_session_is_called_bound_by_its_key_and_not_by_its_passkey() {
    let world = World::new().await;
    let mut app = world.app().await;
    app.enrol().await.is_status(201);
    let path = "/v1/subjects/alice/sessions";

    let listed = world.bench.json(Method::GET, path, LOGIN, &Value::Null).await.json();

    let one = &listed["sessions"][0];
    assert_eq!((&one["refresh"], &one["bound"]), (&json!("passkey"), &json!(false)), "{listed}");
}
