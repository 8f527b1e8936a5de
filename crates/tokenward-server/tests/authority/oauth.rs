//! `/oauth2/*`.

use std::time::Duration;

use axum::body::Body;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Request, StatusCode};
use serde_json::json;
use tokenward::{ClientId, Clock};
use tokenward_server::settings::Rate;
use tokenward_sessions::{AllowedScopes, ServiceSecret, StoredSecret};

use crate::harness::{BILLING, BOTH, Bench, LOGIN, OTHER, SPA, STRANGER, WEAK, session_of};

const CREDENTIALS: (&str, &str) = ("grant_type", "client_credentials");

#[tokio::test]
async fn a_service_gets_a_token_of_its_own_for_its_one_audience() {
    let bench = Bench::new().await;
    let fields = [CREDENTIALS, ("scope", "read write")];
    let reply = bench.form("/oauth2/token", WEAK, &fields).await;
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    assert_eq!(reply.header("cache-control"), "no-store");
    let answer = reply.json();
    assert_eq!((&answer["token_type"], &answer["expires_in"]), (&json!("Bearer"), &json!(300)));

    let token = bench.verify(answer["access_token"].as_str().unwrap()).unwrap();
    assert_eq!(token.subject().as_str(), "client:weak");
    assert_eq!(token.scope().as_str(), "read write");
    assert!(token.session_id().is_none() && token.token_version().is_none());
}

#[tokio::test]
async fn a_service_gets_no_scope_that_it_was_not_given() {
    let bench = Bench::with(|settings| {
        for service in &mut settings.services {
            service.scopes = match service.name.as_str() {
                LOGIN => AllowedScopes::any(),
                WEAK => AllowedScopes::from_names(["read"]).unwrap(),
                _ => AllowedScopes::default(),
            };
        }
    })
    .await;
    let ask = async |client: &str, scope: &[(&str, &str)]| {
        let fields = [&[CREDENTIALS, ("audience", BILLING)], scope].concat();
        bench.form("/oauth2/token", client, &fields).await
    };
    for (client, scope) in
        [(LOGIN, "admin read"), (LOGIN, "*"), (WEAK, "read"), (WEAK, ""), (BOTH, "")]
    {
        let reply = ask(client, &[("scope", scope)]).await;
        assert_eq!(reply.status, StatusCode::OK, "{client} {scope}: {reply:?}");
        let token = reply.json()["access_token"].as_str().unwrap().to_owned();
        assert_eq!(bench.verify(&token).unwrap().scope().as_str(), scope, "{client}");
    }
    for (client, scope) in [(WEAK, "read write"), (WEAK, "write"), (WEAK, "*"), (BOTH, "read")] {
        let reply = ask(client, &[("scope", scope)]).await;
        reply.is(400, "invalid_scope");
        assert_eq!(reply.json().get("access_token"), None);
    }
    // Asking for no scope gets none, rather than all that is allowed.
    for client in [LOGIN, WEAK, BOTH] {
        let reply = ask(client, &[]).await.json();
        assert_eq!(reply.get("scope"), None, "{reply}");
        let token = bench.verify(reply["access_token"].as_str().unwrap()).unwrap();
        assert!(token.scope().is_empty(), "{client}");
    }
}

#[tokio::test]
async fn the_scopes_of_sessions_are_the_services_own_decision() {
    let bench = Bench::with(|settings| {
        for service in &mut settings.services {
            service.scopes = AllowedScopes::default();
        }
    })
    .await;
    let session = bench.session(json!({"scope": "invoices:read admin"})).await;
    let token = bench.verify(session["access_token"].as_str().unwrap()).unwrap();
    assert_eq!(token.scope().as_str(), "invoices:read admin");
}

#[tokio::test]
async fn a_service_with_several_audiences_names_one_by_name_or_by_issuer() {
    let bench = Bench::new().await;
    bench.form("/oauth2/token", BOTH, &[CREDENTIALS]).await.is(400, "invalid_target");
    let issuer = format!("https://auth.example.com/audiences/{BILLING}");
    for field in [("audience", BILLING), ("resource", &*issuer), ("audience", &*issuer)] {
        let reply = bench.form("/oauth2/token", BOTH, &[CREDENTIALS, field]).await;
        assert!(bench.accepted(&reply.json()["access_token"]), "{field:?}");
    }
    for other in [[("audience", OTHER), ("resource", &*issuer)], [("audience", "none"), ("a", "")]]
    {
        let fields = [CREDENTIALS, other[0], other[1]];
        bench.form("/oauth2/token", BOTH, &fields).await.is(400, "invalid_target");
    }
    let fields = [CREDENTIALS, ("audience", OTHER)];
    bench.form("/oauth2/token", WEAK, &fields).await.is(400, "invalid_target");
}

#[tokio::test]
async fn an_unknown_client_and_a_wrong_secret_get_the_same_answer() {
    let bench = Bench::new().await;
    let attempt = async |client: &str, secret: &str| {
        let fields = [CREDENTIALS, ("client_id", client), ("client_secret", secret)];
        bench.form_without_client("/oauth2/token", &fields).await
    };
    let wrong = attempt(LOGIN, "tws_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").await;
    wrong.is(401, "invalid_client");
    assert_eq!(wrong.header("www-authenticate"), "Basic realm=\"tokenward\"");
    for reply in [
        attempt("nobody", bench.secret()).await,
        attempt(LOGIN, "x").await,
        attempt("no such\u{0}name", "x").await,
        attempt(SPA, bench.secret()).await,
        bench.form_without_client("/oauth2/token", &[CREDENTIALS]).await,
        bench.form_without_client("/oauth2/token", &[CREDENTIALS, ("client_id", SPA)]).await,
    ] {
        assert_eq!(reply.seen(), wrong.seen());
    }
}

#[tokio::test]
async fn a_secret_may_stand_in_the_form_but_not_twice() {
    let bench = Bench::new().await;
    let fields = [CREDENTIALS, ("client_id", LOGIN), ("client_secret", bench.secret())];
    let reply = bench.form_without_client("/oauth2/token", &fields).await;
    assert_eq!(reply.status, StatusCode::OK);
    bench.form("/oauth2/token", LOGIN, &fields).await.is(400, "invalid_request");
}

#[tokio::test]
async fn a_replaced_secret_is_accepted_until_its_end() {
    let bench = Bench::new().await;
    let fresh = ServiceSecret::random();
    let now = bench.clock.now();
    let stored = StoredSecret::new(&fresh, now, None);
    let until = now.saturating_add(Duration::from_secs(60));
    let name = ClientId::new(LOGIN).unwrap();
    assert!(bench.authority.services().add_secret(&name, stored, until).await.unwrap());

    let both = async || {
        let fresh = fresh.expose();
        let fields = [CREDENTIALS, ("client_id", LOGIN), ("client_secret", &fresh)];
        let new = bench.form_without_client("/oauth2/token", &fields).await;
        let old = bench.form("/oauth2/token", LOGIN, &[CREDENTIALS]).await;
        (new.status.as_u16(), old.status.as_u16())
    };
    assert_eq!(both().await, (200, 200));
    bench.later(Duration::from_secs(61)).await;
    assert_eq!(both().await, (200, 401));
}

#[tokio::test]
async fn a_request_that_is_not_one_clear_form_is_refused() {
    let bench = Bench::new().await;
    let send = async |content_type: &str, body: String| {
        let request = Request::post("/oauth2/token")
            .header(AUTHORIZATION, bench.basic(LOGIN))
            .header(CONTENT_TYPE, content_type)
            .body(Body::from(body));
        bench.send(request.unwrap()).await
    };
    let form = "application/x-www-form-urlencoded";
    let good = "grant_type=client_credentials";
    assert_eq!(send(&format!("{form}; charset=UTF-8"), good.into()).await.status, 200);
    send("application/json", "{}".into()).await.is(415, "invalid_request");
    send(form, format!("{good}&grant_type=x")).await.is(400, "invalid_request");
    send(form, String::new()).await.is(400, "invalid_request");
    send(form, format!("{good}&pad={}", "x".repeat(70_000))).await.is(413, "invalid_request");
    let many: Vec<_> = (0..99).map(|i| format!("b{i}=1")).collect();
    send(form, many.join("&")).await.is(400, "invalid_request");
}

#[tokio::test]
async fn what_is_not_there_yet_is_refused_rather_than_ignored() {
    let bench = Bench::new().await;
    for grant in ["password", "authorization_code"] {
        let reply = bench.form("/oauth2/token", LOGIN, &[("grant_type", grant)]).await;
        reply.is(400, "unsupported_grant_type");
    }
    let saml = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer";
    let assertion = [CREDENTIALS, ("client_assertion", "x"), ("client_assertion_type", saml)];
    bench.form_without_client("/oauth2/token", &assertion).await.is(401, "invalid_client");
}

#[tokio::test]
async fn introspection_tells_about_good_tokens_of_the_callers_audiences_alone() {
    let bench = Bench::new().await;
    let session = bench.session(json!({"scope": "read"})).await;
    let ask = async |client: &str, token: &str| {
        bench.form("/oauth2/introspect", client, &[("token", token)]).await.json()
    };
    let access = session["access_token"].as_str().unwrap();
    let answer = ask(LOGIN, access).await;
    assert_eq!(answer["active"], true);
    assert_eq!((&answer["sub"], &answer["scope"]), (&json!("alice"), &json!("read")));
    assert_eq!(answer["iss"], "https://auth.example.com/audiences/billing-api");

    let nothing = json!({"active": false});
    assert_eq!(ask(STRANGER, access).await, nothing);
    assert_eq!(ask(LOGIN, "x").await, nothing);
    assert_eq!(ask(LOGIN, session["refresh_token"].as_str().unwrap()).await, nothing);
    bench.later(Duration::from_secs(400)).await;
    assert_eq!(ask(LOGIN, access).await, nothing);
    bench.form("/oauth2/introspect", WEAK, &[("token", access)]).await.is(403, "access_denied");
}

#[tokio::test]
async fn a_revoked_access_token_is_refused_and_its_session_goes_on() {
    let bench = Bench::new().await;
    let session = bench.session(json!({})).await;
    let access = session["access_token"].as_str().unwrap();
    for token in [access, access, "x"] {
        let reply = bench.form("/oauth2/revoke", LOGIN, &[("token", token)]).await;
        assert_eq!(reply.status, StatusCode::OK);
    }
    assert!(!bench.accepted(&session["access_token"]));
    assert_eq!(bench.refresh(session["refresh_token"].as_str().unwrap()).await.status, 200);
}

#[tokio::test]
async fn a_revoked_refresh_token_ends_its_session() {
    let bench = Bench::new().await;
    let session = bench.session(json!({})).await;
    let refresh = session["refresh_token"].as_str().unwrap();
    assert_eq!(bench.form("/oauth2/revoke", LOGIN, &[("token", refresh)]).await.status, 200);
    assert!(!bench.accepted(&session["access_token"]));
    bench.refresh(refresh).await.is(400, "invalid_grant");
}

#[tokio::test]
async fn nobody_revokes_the_tokens_of_others() {
    let bench = Bench::new().await;
    let session = bench.session(json!({})).await;
    for client in [WEAK, STRANGER] {
        for token in ["access_token", "refresh_token"] {
            let token = session[token].as_str().unwrap();
            let reply = bench.form("/oauth2/revoke", client, &[("token", token)]).await;
            assert_eq!(reply.status, StatusCode::OK);
        }
    }
    assert!(bench.accepted(&session["access_token"]));
    assert_eq!(bench.refresh(session["refresh_token"].as_str().unwrap()).await.status, 200);
}

#[tokio::test]
async fn a_public_client_refreshes_and_revokes_with_its_name_alone() {
    let bench = Bench::new().await;
    let body = session_of("alice", json!({"client_id": SPA}));
    let session = bench.post("/v1/sessions", LOGIN, &body).await.json();
    let token = session["refresh_token"].as_str().unwrap();
    bench.refresh(token).await.is(400, "invalid_grant");
    let fields = [("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", SPA)];
    let reply = bench.form_without_client("/oauth2/token", &fields).await;
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");

    let next = reply.json()["refresh_token"].as_str().unwrap().to_owned();
    let fields = [("token", &*next), ("client_id", SPA)];
    assert_eq!(bench.form_without_client("/oauth2/revoke", &fields).await.status, 200);
    assert!(!bench.accepted(&reply.json()["access_token"]));
}

#[tokio::test]
async fn a_caller_over_its_rate_is_told_when_to_come_back() {
    let slow = Rate { per_second: 1, burst: 2 };
    let bench = Bench::with(|settings| {
        settings.limits.client = slow;
        settings.limits.address = slow;
    })
    .await;
    for (client, good) in [(LOGIN, StatusCode::OK), ("nobody", StatusCode::UNAUTHORIZED)] {
        for expected in [good, good, StatusCode::TOO_MANY_REQUESTS] {
            let reply = bench.form("/oauth2/token", client, &[CREDENTIALS]).await;
            assert_eq!(reply.status, expected, "{client}");
            assert_eq!(reply.headers.contains_key("retry-after"), expected == 429);
        }
    }
    // One caller's rate is nobody else's.
    assert_eq!(bench.form("/oauth2/token", WEAK, &[CREDENTIALS]).await.status, 200);
    bench.clock.advance(Duration::from_secs(1));
    assert_eq!(bench.form("/oauth2/token", LOGIN, &[CREDENTIALS]).await.status, 200);
}
