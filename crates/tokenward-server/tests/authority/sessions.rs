//! `/v1/*`.

use std::collections::HashSet;
use std::time::Duration;

use axum::body::Body;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use tokenward::Clock;
use tokenward_revocation::DenseId;

use crate::harness::{
    BILLING, BOTH, Bench, LOGIN, OTHER, Reply, STRANGER, session_of, settings_of, start,
};

#[tokio::test]
async fn a_session_comes_with_tokens_that_say_whose_it_is() {
    let bench = Bench::new().await;
    let body = session_of("alice", json!({"scope": "read", "claims": {"roles": ["admin"]}}));
    let reply = bench.post("/v1/sessions", LOGIN, &body).await;
    assert_eq!(reply.status, StatusCode::CREATED);
    assert_eq!(reply.header("cache-control"), "no-store");
    let answer = reply.json();
    assert_eq!((&answer["token_type"], &answer["expires_in"]), (&json!("Bearer"), &json!(300)));
    assert_eq!(answer["refresh_expires_in"], 3_600);

    let token = bench.verify(answer["access_token"].as_str().unwrap()).unwrap();
    let claims = Value::Object(token.to_json());
    assert_eq!(claims["iss"], "https://auth.example.com/audiences/billing-api");
    assert_eq!((&claims["aud"], &claims["sub"]), (&json!(BILLING), &json!("alice")));
    assert_eq!((&claims["sid"], &claims["ver"]), (&answer["session_id"], &json!(1)));
    assert_eq!((&claims["client_id"], &claims["roles"]), (&json!(LOGIN), &json!(["admin"])));
}

#[tokio::test]
async fn a_request_that_cannot_be_granted_says_which_field_is_wrong() {
    let bench = Bench::new().await;
    for (more, field) in [
        (json!({"subject": "client:login"}), "subject"),
        (json!({"subject": ""}), "subject"),
        (json!({"subject": 7}), "subject"),
        (json!({"scope": "a\"b"}), "scope"),
        (json!({"claims": {"email": "x"}}), "claims.email"),
        (json!({"claims": {"sub": "x"}}), "claims.sub"),
        (json!({"claims": {"note": "4111 1111 1111 1111"}}), "claims.note"),
        (json!({"claims": ["x"]}), "claims"),
        (json!({"claims": {"note": "y".repeat(6_000)}}), "claims"),
        (json!({"private": "z".repeat(17_000)}), "private"),
        (json!({"device": "a\u{7}b"}), "device"),
        (json!({"delivery": "glued"}), "delivery"),
        (json!({"refresh": "passkey"}), "refresh"),
        (json!({"client_id": STRANGER}), "client_id"),
        (json!({"subjct": "x"}), "subjct"),
    ] {
        let reply = bench.post("/v1/sessions", LOGIN, &session_of("alice", more)).await;
        reply.is(400, "invalid_request");
        let text = reply.json()["error_description"].to_string();
        assert!(text.starts_with(&format!("\"{field}: ")), "{field}: {text}");
        assert!(!text.contains("4111"), "{text}");
    }
    let cookie = json!({"subject": "alice", "audience": OTHER, "delivery": "cookie"});
    bench.post("/v1/sessions", BOTH, &cookie).await.is(400, "invalid_request");
}

#[tokio::test]
async fn a_body_that_is_not_one_clear_object_is_refused() {
    let bench = Bench::new().await;
    let send = async |content_type: &str, body: String| {
        let request = Request::post("/v1/sessions")
            .header(AUTHORIZATION, bench.basic(LOGIN))
            .header(CONTENT_TYPE, content_type)
            .body(Body::from(body));
        bench.send(request.unwrap()).await
    };
    send("text/plain", "{}".into()).await.is(415, "invalid_request");
    for body in ["", "{", "[]", r#"{"subject":"a","subject":"b"}"#] {
        send("application/json", body.into()).await.is(400, "invalid_request");
    }
    let huge = format!("{{\"subject\":\"{}\"}}", "x".repeat(70_000));
    send("application/json", huge).await.is(413, "invalid_request");
}

#[tokio::test]
async fn a_repeated_request_makes_one_session() {
    let bench = Bench::new().await;
    let send = async |key: &str, subject: &str| -> Reply {
        let request = Request::post("/v1/sessions")
            .header(AUTHORIZATION, bench.basic(LOGIN))
            .header(CONTENT_TYPE, "application/json")
            .header("idempotency-key", key)
            .body(Body::from(session_of(subject, json!({})).to_string()));
        bench.send(request.unwrap()).await
    };
    let first = send("k1", "alice").await.json();
    let again = send("k1", "alice").await.json();
    for member in ["session_id", "refresh_token"] {
        assert_eq!(first[member], again[member], "{member}");
    }
    assert!(bench.accepted(&again["access_token"]));
    assert_ne!(send("k2", "alice").await.json()["session_id"], first["session_id"]);
    send("k1", "bob").await.is(409, "invalid_request");
    send(&"k".repeat(256), "alice").await.is(400, "invalid_request");

    let path = format!("/v1/sessions/{}", first["session_id"].as_str().unwrap());
    bench.json(Method::DELETE, &path, LOGIN, &Value::Null).await;
    send("k1", "alice").await.is(400, "invalid_request");
}

#[tokio::test]
async fn confidential_data_is_read_back_and_stands_in_no_token_and_no_file() {
    let bench = Bench::new().await;
    let secret = json!({"iban": "DE02120300000000202051"});
    let session = bench.session(json!({"private": secret})).await;
    let path = format!("/v1/sessions/{}/private", session["session_id"].as_str().unwrap());
    let read = bench.json(Method::GET, &path, LOGIN, &Value::Null).await;
    assert_eq!(read.json(), json!({"private": secret}));

    let needles = [
        "DE02120300000000202051",
        session["refresh_token"].as_str().unwrap(),
        session["access_token"].as_str().unwrap(),
        bench.secret(),
    ];
    let files = bench.files();
    for needle in needles {
        assert!(!files.windows(needle.len()).any(|part| part == needle.as_bytes()));
    }
    bench.json(Method::GET, &path, STRANGER, &Value::Null).await.is(404, "not_found");
    let session = format!("/v1/sessions/{}", session["session_id"].as_str().unwrap());
    bench.json(Method::DELETE, &session, LOGIN, &Value::Null).await;
    bench.json(Method::GET, &path, LOGIN, &Value::Null).await.is(404, "not_found");
}

#[tokio::test]
async fn the_devices_of_a_user_are_listed_and_logged_out_one_by_one() {
    let bench = Bench::new().await;
    let phone = bench.session(json!({"device": "phone"})).await;
    let laptop = bench.session(json!({"device": "laptop"})).await;
    let devices = async || {
        let path = "/v1/subjects/alice/sessions";
        let list = bench.json(Method::GET, path, LOGIN, &Value::Null).await.json();
        let list = list["sessions"].as_array().unwrap().clone();
        let mut names: Vec<_> = list.iter().map(|s| s["device"].to_string()).collect();
        names.sort();
        names
    };
    assert_eq!(devices().await, ["\"laptop\"", "\"phone\""]);

    let path = format!("/v1/sessions/{}", phone["session_id"].as_str().unwrap());
    for _ in 0..2 {
        let reply = bench.json(Method::DELETE, &path, LOGIN, &Value::Null).await;
        assert_eq!(reply.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(devices().await, ["\"laptop\""]);
    assert!(!bench.accepted(&phone["access_token"]) && bench.accepted(&laptop["access_token"]));
    bench.refresh(phone["refresh_token"].as_str().unwrap()).await.is(400, "invalid_grant");
}

#[tokio::test]
async fn all_devices_of_a_user_are_logged_out_at_once() {
    let bench = Bench::new().await;
    let sessions = [bench.session(json!({})).await, bench.session(json!({})).await];
    let path = "/v1/subjects/alice/sessions";
    let reply = bench.json(Method::DELETE, path, LOGIN, &Value::Null).await;
    assert_eq!(reply.status, StatusCode::NO_CONTENT);
    for session in sessions {
        assert!(!bench.accepted(&session["access_token"]));
        bench.refresh(session["refresh_token"].as_str().unwrap()).await.is(400, "invalid_grant");
    }
    assert!(bench.accepted(&bench.session(json!({})).await["access_token"]));
}

#[tokio::test]
async fn a_new_version_ends_every_older_token_and_session_but_the_one_excepted() {
    let bench = Bench::new().await;
    let kept = bench.session(json!({})).await;
    let ended = bench.session(json!({})).await;
    let body = json!({"except_session": kept["session_id"]});
    let reply = bench.post("/v1/subjects/alice/token-version", LOGIN, &body).await;
    assert_eq!((reply.status, reply.json()), (StatusCode::OK, json!({"token_version": 2})));

    assert!(!bench.accepted(&kept["access_token"]) && !bench.accepted(&ended["access_token"]));
    bench.refresh(ended["refresh_token"].as_str().unwrap()).await.is(400, "invalid_grant");
    let next = bench.refresh(kept["refresh_token"].as_str().unwrap()).await.json();
    assert!(bench.accepted(&next["access_token"]));
    assert!(bench.accepted(&bench.session(json!({})).await["access_token"]));

    let none = bench.post("/v1/subjects/alice/token-version", LOGIN, &Value::Null).await;
    assert_eq!(none.json(), json!({"token_version": 3}));
    assert!(!bench.accepted(&next["access_token"]));
}

#[tokio::test]
async fn a_repeated_bump_raises_the_version_once() {
    let bench = Bench::new().await;
    for _ in 0..2 {
        let request = Request::post("/v1/subjects/alice/token-version")
            .header(AUTHORIZATION, bench.basic(LOGIN))
            .header("idempotency-key", "k1");
        let reply = bench.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(reply.json(), json!({"token_version": 2}));
    }
}

#[tokio::test]
async fn a_token_a_session_or_a_subject_is_revoked_by_its_id() {
    let bench = Bench::new().await;
    for what in ["jti", "sid", "sub"] {
        let session = bench.session(json!({})).await;
        let other = bench.session(json!({})).await;
        let token = bench.verify(session["access_token"].as_str().unwrap()).unwrap();
        let body = json!({what: token.to_json()[what], "reason": "lost phone"});
        let reply = bench.post("/v1/revocations", LOGIN, &body).await;
        assert_eq!(reply.status, StatusCode::NO_CONTENT, "{what}");
        assert!(!bench.accepted(&session["access_token"]), "{what}");
        assert_eq!(bench.accepted(&other["access_token"]), what != "sub", "{what}");
        let refreshed = bench.refresh(session["refresh_token"].as_str().unwrap()).await;
        assert_eq!(refreshed.status == StatusCode::OK, what == "jti", "{what}");
        assert!(bench.accepted(&bench.session(json!({})).await["access_token"]), "{what}");
    }
    for body in [json!({}), json!({"jti": "a", "sid": "b"}), json!({"jti": 1}), json!({"x": "y"})] {
        bench.post("/v1/revocations", LOGIN, &body).await.is(400, "invalid_request");
    }
}

#[tokio::test]
async fn every_token_has_an_id_that_one_bit_revokes_before_and_after_a_restart() {
    let bench = Bench::new().await;
    let mut tokens = Vec::new();
    let grant = ("grant_type", "client_credentials");
    let service = bench.form("/oauth2/token", LOGIN, &[grant]).await.json();
    let session = bench.session(json!({})).await;
    let refreshed = bench.refresh(session["refresh_token"].as_str().unwrap()).await.json();
    for answer in [service, session, refreshed] {
        tokens.push(bench.verify(answer["access_token"].as_str().unwrap()).unwrap());
    }
    let (settings, secret) = (settings_of(&bench), bench.secret().to_owned());
    let (dir, clock) = bench.stop().await;
    let bench = Bench::again(dir, clock, settings, secret).await;
    let session = bench.session(json!({})).await;
    tokens.push(bench.verify(session["access_token"].as_str().unwrap()).unwrap());

    let places: Vec<DenseId> =
        tokens.iter().map(|token| DenseId::parse(token.token_id()).unwrap()).collect();
    for (place, token) in places.iter().zip(&tokens) {
        assert_eq!(place.minute, DenseId::minute_of(token.expires_at()));
    }
    assert_eq!(places.iter().collect::<HashSet<_>>().len(), 4, "{places:?}");
    assert_ne!(places[0].shard, places[3].shard);
}

#[tokio::test]
async fn no_call_reaches_beyond_the_audiences_of_its_service() {
    let bench = Bench::new().await;
    let session = bench.session(json!({})).await;
    let token = bench.verify(session["access_token"].as_str().unwrap()).unwrap();
    let path = format!("/v1/sessions/{}", session["session_id"].as_str().unwrap());
    bench.json(Method::DELETE, &path, STRANGER, &Value::Null).await;
    bench.json(Method::DELETE, "/v1/subjects/alice/sessions", STRANGER, &Value::Null).await;
    bench.post("/v1/subjects/alice/token-version", STRANGER, &Value::Null).await;
    for what in ["jti", "sid", "sub"] {
        let body = json!({what: token.to_json()[what]});
        let reply = bench.post("/v1/revocations", STRANGER, &body).await;
        assert_eq!(reply.status, StatusCode::NO_CONTENT);
    }
    let listed =
        bench.json(Method::GET, "/v1/subjects/alice/sessions", STRANGER, &Value::Null).await;
    assert_eq!(listed.json(), json!({"sessions": []}));
    bench
        .post("/v1/sessions", STRANGER, &session_of("alice", json!({})))
        .await
        .is(403, "access_denied");

    assert!(bench.accepted(&session["access_token"]));
    let next = bench.refresh(session["refresh_token"].as_str().unwrap()).await;
    assert!(bench.accepted(&next.json()["access_token"]));
}

#[tokio::test]
async fn everything_that_was_answered_is_there_after_a_restart() {
    let bench = Bench::new().await;
    let kept = bench.session(json!({"private": "x"})).await;
    let ended = bench.session(json!({})).await;
    let path = format!("/v1/sessions/{}", ended["session_id"].as_str().unwrap());
    bench.json(Method::DELETE, &path, LOGIN, &Value::Null).await;
    let settings = settings_of(&bench);
    let (dir, clock) = bench.stop().await;
    clock.advance(Duration::from_secs(1));
    let again = start(&dir, &clock, settings).await;
    let verifier = again.verifier(&tokenward::Audience::new(BILLING).unwrap()).unwrap().clone();
    let now = again.now();
    assert!(verifier.verify(kept["access_token"].as_str().unwrap(), now).is_ok());
    assert!(verifier.verify(ended["access_token"].as_str().unwrap(), now).is_err());
}

#[tokio::test]
async fn a_session_says_when_and_how_its_user_logged_in_also_after_a_refresh() {
    let bench = Bench::with(|settings| {
        let claims = ["acr", "amr"].map(str::to_owned);
        settings.audiences.iter_mut().for_each(|one| one.claims.extend(claims.clone()));
    })
    .await;
    let logged_in = bench.clock.now().as_secs() - 90;
    let how = json!({ "acr": "urn:example:passkey", "amr": ["hwk", "user"] });
    let session = bench.session(json!({ "auth_time": logged_in, "claims": how })).await;
    bench.later(Duration::from_secs(60)).await;
    let refreshed = bench.refresh(session["refresh_token"].as_str().unwrap()).await.json();
    for answer in [&session, &refreshed] {
        let token = bench.verify(answer["access_token"].as_str().unwrap()).unwrap().to_json();
        assert_eq!(token["auth_time"], logged_in);
        assert_eq!((&token["acr"], &token["amr"]), (&how["acr"], &how["amr"]));
    }

    let now = bench.clock.now().as_secs();
    for bad in [json!(now + 60), json!(-1), json!("yesterday"), json!(1.5)] {
        let body = session_of("alice", json!({ "auth_time": bad }));
        bench.post("/v1/sessions", LOGIN, &body).await.is(400, "invalid_request");
    }
}
