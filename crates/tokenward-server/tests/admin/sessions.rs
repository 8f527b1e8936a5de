use axum::body::Body;
use http::Request;
use serde_json::{Value, json};
use tokenward::Audience;

use super::harness::{BILLING, Bench, send};

#[tokio::test]
async fn sessions_are_listed_by_subject_and_page_by_page() {
    let bench = Bench::new().await;
    let login = login(&bench).await;
    for subject in ["alice", "alice", "bob"] {
        session(&bench, &login, subject).await;
    }

    let alices = bench.get("/admin/v1/sessions?subject=alice").await.json();
    assert_eq!(alices["sessions"].as_array().unwrap().len(), 2);
    assert_eq!(alices["sessions"][0]["subject"], "alice");
    assert!(alices.get("next_after").is_none(), "{alices}");
    let first = bench.get("/admin/v1/sessions?limit=2").await.json();
    let after = first["next_after"].as_str().unwrap();
    let rest = bench.get(&format!("/admin/v1/sessions?limit=2&after={after}")).await.json();
    assert_eq!(rest["sessions"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_session_that_is_ended_is_refused_at_once_and_shown_as_ended() {
    let bench = Bench::new().await;
    let login = login(&bench).await;
    let made = session(&bench, &login, "alice").await;
    let id = made["session_id"].as_str().unwrap();
    assert!(accepted(&bench, &made));

    let ended = bench.post("/admin/v1/sessions/revoke", json!({ "session_id": id })).await;

    assert_eq!(ended.json(), json!({ "ended": 1 }));
    assert!(!accepted(&bench, &made));
    let shown = bench.get(&format!("/admin/v1/sessions/{id}")).await.json();
    assert_eq!(shown["ended_why"], "administrator");
    let again = bench.post("/admin/v1/sessions/revoke", json!({ "session_id": id })).await;
    assert_eq!(again.json(), json!({ "ended": 0 }));
    assert_eq!(bench.get("/admin/v1/sessions?subject=alice").await.json()["sessions"], json!([]));
    let all = bench.get("/admin/v1/sessions?subject=alice&all=true").await.json();
    assert_eq!(all["sessions"].as_array().unwrap().len(), 1);
    bench.get("/admin/v1/sessions/nobody").await.is(404, "not_found");
}

#[tokio::test]
async fn all_sessions_of_a_subject_end_within_the_audience_that_is_named() {
    let bench = Bench::new().await;
    let login = login(&bench).await;
    let made = session(&bench, &login, "alice").await;

    let elsewhere = json!({ "subject": "alice", "audience": "other-api" });
    let ended = bench.post("/admin/v1/sessions/revoke", elsewhere).await;
    assert_eq!(ended.json(), json!({ "ended": 0 }));
    assert!(accepted(&bench, &made));
    let ended = bench.post("/admin/v1/sessions/revoke", json!({ "subject": "alice" })).await;

    assert_eq!(ended.json(), json!({ "ended": 1 }));
    assert!(!accepted(&bench, &made));
    for body in [json!({}), json!({ "subject": "a", "session_id": "b" })] {
        bench.post("/admin/v1/sessions/revoke", body).await.is(400, "invalid_request");
    }
}

#[tokio::test]
async fn one_session_of_a_subject_may_stay() {
    let bench = Bench::new().await;
    let login = login(&bench).await;
    let [stays, goes] =
        [session(&bench, &login, "alice").await, session(&bench, &login, "alice").await];
    let but = json!({ "subject": "alice", "except_session": stays["session_id"] });

    let ended = bench.post("/admin/v1/sessions/revoke", but).await;

    assert_eq!(ended.json(), json!({ "ended": 1 }));
    assert_eq!((accepted(&bench, &stays), accepted(&bench, &goes)), (true, false));
    let of_one = json!({ "session_id": "a", "except_session": "b" });
    bench.post("/admin/v1/sessions/revoke", of_one).await.is(400, "invalid_request");
}

#[tokio::test]
async fn a_batch_is_revoked_whole_or_not_at_all() {
    let bench = Bench::new().await;
    let login = login(&bench).await;
    let made = session(&bench, &login, "alice").await;
    let mut items = vec![json!({ "sub": "alice" })];
    items.resize(1_000, json!({ "jti": "some-token" }));
    let batch = |items: &[Value]| json!({ "items": items, "reason": "stolen" });

    let mut wrong = items.clone();
    wrong[999] = json!({ "sid": "a b" });
    let refused = bench.post("/admin/v1/revocations", batch(&wrong)).await;
    refused.is(400, "invalid_request");
    assert!(refused.body.contains("item 1000"), "{refused:?}");
    assert!(accepted(&bench, &made));
    let long = [items.clone(), items.clone()].concat();
    bench.post("/admin/v1/revocations", batch(&long)).await.is(400, "invalid_request");
    bench.post("/admin/v1/revocations", batch(&[])).await.is(400, "invalid_request");
    let done = bench.post("/admin/v1/revocations", batch(&items)).await;

    assert_eq!(done.json(), json!({ "revoked": 1_000 }));
    assert!(!accepted(&bench, &made));
}

#[tokio::test]
async fn everything_of_an_audience_ends_with_one_order() {
    let bench = Bench::new().await;
    let login = login(&bench).await;
    let alices = session(&bench, &login, "alice").await;
    let bobs = session(&bench, &login, "bob").await;
    let everything = async |body: Value| bench.post("/admin/v1/revocations/everything", body).await;

    let elsewhere = everything(json!({ "audience": "other-api" })).await;
    assert_eq!(elsewhere.json(), json!({ "ended": 0 }));
    assert!(accepted(&bench, &alices));
    let ended = everything(json!({ "audience": BILLING, "reason": "a leak" })).await;

    assert_eq!(ended.json(), json!({ "ended": 2 }));
    assert!(!accepted(&bench, &alices) && !accepted(&bench, &bobs));
    assert_eq!(bench.get("/admin/v1/sessions").await.json()["sessions"], json!([]));
    assert_eq!(everything(json!({})).await.json(), json!({ "ended": 0 }), "and may be repeated");
    everything(json!({ "audience": "nobody's" })).await.is(400, "invalid_request");
    bench.later(2).await;
    let again = session(&bench, &login, "alice").await;
    assert!(accepted(&bench, &again), "who logs in again is let in");
}

#[tokio::test]
async fn a_raised_version_ends_the_sessions_of_a_subject_but_one() {
    let bench = Bench::new().await;
    let login = login(&bench).await;
    let here = session(&bench, &login, "alice").await;
    let there = session(&bench, &login, "alice").await;
    let here_id = here["session_id"].as_str().unwrap();

    let body = json!({ "subject": "alice", "except_session": here_id });
    let raised = bench.post("/admin/v1/subjects/token-version", body).await;

    assert_eq!(raised.json(), json!({ "token_version": 2 }));
    assert!(!accepted(&bench, &here) && !accepted(&bench, &there), "both tokens are older");
    let live = bench.get("/admin/v1/sessions?subject=alice").await.json();
    assert_eq!(live["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(live["sessions"][0]["session_id"], here_id);
    bench.post("/admin/v1/subjects/token-version", json!({})).await.is(400, "invalid_request");
}

/// Adds a service that makes sessions; its `Authorization`.
async fn login(bench: &Bench) -> String {
    use base64::Engine as _;
    let body = json!({ "name": "login", "audiences": [BILLING], "may": ["sessions:write"] });
    let made = bench.post("/admin/v1/services", body).await.json();
    let pair = format!("login:{}", made["client_secret"].as_str().unwrap());
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
}

async fn session(bench: &Bench, login: &str, subject: &str) -> Value {
    let request = Request::post("/v1/sessions")
        .header("authorization", login)
        .header("content-type", "application/json")
        .body(Body::from(json!({ "subject": subject, "audience": BILLING }).to_string()))
        .unwrap();
    let made = send(&bench.authority.public_router(), request).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.json()
}

fn accepted(bench: &Bench, made: &Value) -> bool {
    let audience = Audience::new(BILLING).unwrap();
    let token = made["access_token"].as_str().unwrap();
    bench.authority.verifier(&audience).unwrap().verify(token, bench.authority.now()).is_ok()
}
