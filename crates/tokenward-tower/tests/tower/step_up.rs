//! Requests that need a younger or a stronger login.

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use http::header::WWW_AUTHENTICATE;
use serde_json::{Value, json};
use tokenward::Scope;
use tokenward_tower::RequireStepUp;
use tokenward_tower::step_up::StepUp;

use crate::fixture::{Fixture, NOW, clock, request, send};

#[tokio::test]
async fn a_login_that_is_too_old_or_too_weak_is_told_what_it_takes() {
    let strong = "urn:example:passkey";
    let young = StepUp::new(Some(Duration::from_secs(300)), Scope::empty());
    let acr = StepUp::new(None, Scope::parse("urn:example:passkey urn:example:otp").unwrap());
    let both = StepUp::new(Some(Duration::from_secs(300)), Scope::parse(strong).unwrap());
    let max_age = "Bearer error=\"insufficient_user_authentication\", max_age=\"300\"";
    let values = "Bearer error=\"insufficient_user_authentication\", \
                  acr_values=\"urn:example:passkey urn:example:otp\"";
    let all = "Bearer error=\"insufficient_user_authentication\", \
               acr_values=\"urn:example:passkey\", max_age=\"300\"";
    for (step_up, auth_time, acr, answer) in [
        (&young, json!(NOW - 300), Value::Null, None),
        (&young, json!(NOW - 301), Value::Null, Some(max_age)),
        (&young, Value::Null, json!(strong), Some(max_age)),
        (&acr, json!(NOW - 9_000), json!(strong), None),
        (&acr, json!(NOW), json!("urn:example:password"), Some(values)),
        (&acr, json!(NOW), json!([strong]), Some(values)),
        (&acr, json!(NOW), Value::Null, Some(values)),
        (&both, json!(NOW), json!(strong), None),
        (&both, json!(NOW - 301), json!(strong), Some(all)),
        (&both, json!(NOW), json!("urn:example:otp"), Some(all)),
    ] {
        let fixture = Fixture::new();
        let router = Router::new()
            .route("/", get(async || "done"))
            .layer(RequireStepUp::new(step_up.clone(), clock()))
            .layer(fixture.layer());
        let claims = [("auth_time", auth_time), ("acr", acr)];
        let bearer = format!("Bearer {}", fixture.token_with(&claims));
        let response = send(&router, request("GET", &[("authorization", &bearer)])).await;

        let challenge = response.headers().get(WWW_AUTHENTICATE).map(|it| it.to_str().unwrap());
        assert_eq!(challenge, answer, "{claims:?}");
        assert_eq!(response.status().as_u16(), if answer.is_some() { 401 } else { 200 });
    }
}

#[tokio::test]
async fn a_handler_behind_no_verifying_layer_answers_nobody() {
    let step_up = StepUp::new(Some(Duration::from_secs(300)), Scope::empty());
    let router = Router::new().route("/", get(async || "done"));
    let router = router.layer(RequireStepUp::new(step_up, clock()));

    assert_eq!(send(&router, request("GET", &[])).await.status().as_u16(), 500);
}
