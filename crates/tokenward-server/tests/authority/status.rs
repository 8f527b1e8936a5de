//! Status lists: every kind of revocation is a bit, for whoever reads them by the draft.

use std::io::Read as _;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::body::Body;
use flate2::read::{GzDecoder, ZlibDecoder};
use http::{Request, StatusCode};
use serde_json::{Value, json};
use tokenward::{Audience, BackendError, KeySet, Statuses, Subject, Verifier, b64};
use tokenward_revocation::{StatusEntry, StatusListId, StatusStore};
use tokenward_server::settings::{Rate, Settings};
use tokenward_server::{Authority, Parts};
use tokio::sync::Semaphore;
use tower::ServiceExt as _;

use crate::harness::{BILLING, BOTH, Bench, LOGIN, OTHER, Reply, parts, session_of};

#[tokio::test]
async fn every_kind_of_revocation_is_a_bit() {
    for kind in ["jti", "sid", "sub", "ver", "kid", "aud", "iss", "logout", "rfc7009"] {
        let bench = Bench::with(with_lists).await;
        // By now another key may sign, should the first be compromised.
        bench.later(Duration::from_secs(600)).await;
        let session = bench.session(json!({})).await;
        let token = session["access_token"].as_str().unwrap();
        let other = bench.post("/v1/sessions", LOGIN, &session_of("bob", json!({}))).await.json();
        let other = other["access_token"].as_str().unwrap();
        assert_eq!(status(&bench, token).await, Some(Statuses::VALID), "{kind}");

        revoke(&bench, kind, &session).await;
        bench.later(SECOND).await;

        assert_eq!(status(&bench, token).await, Some(Statuses::INVALID), "{kind}");
        let all = matches!(kind, "kid" | "aud" | "iss");
        let expected = if all { Statuses::INVALID } else { Statuses::VALID };
        assert_eq!(status(&bench, other).await, Some(expected), "{kind}");
    }
}

#[tokio::test]
async fn a_token_of_a_service_itself_has_a_place_too() {
    let bench = Bench::with(with_lists).await;
    let fields = [("grant_type", "client_credentials")];
    let answer = bench.form("/oauth2/token", LOGIN, &fields).await.json();
    let token = answer["access_token"].as_str().unwrap();
    assert_eq!(status(&bench, token).await, Some(Statuses::VALID));

    let by_id = json!({ "jti": claims(token)["jti"] });
    assert_eq!(bench.post("/v1/revocations", LOGIN, &by_id).await.status, StatusCode::NO_CONTENT);
    bench.later(SECOND).await;

    assert_eq!(status(&bench, token).await, Some(Statuses::INVALID));
}

#[tokio::test]
async fn a_refreshed_token_has_a_place_of_its_own() {
    let bench = Bench::with(with_lists).await;
    let session = bench.session(json!({})).await;
    let refreshed = bench.refresh(session["refresh_token"].as_str().unwrap()).await.json();
    let (first, second) = (token_of(&session), token_of(&refreshed));
    assert_ne!(place(first), place(second));

    revoke(&bench, "jti", &session).await;
    bench.later(SECOND).await;

    assert_eq!(status(&bench, first).await, Some(Statuses::INVALID));
    assert_eq!(status(&bench, second).await, Some(Statuses::VALID));
}

#[tokio::test]
async fn nothing_is_forgotten_by_a_restart() {
    let bench = Bench::with(with_lists).await;
    let sessions = [bench.session(json!({})).await, bench.session(json!({})).await];
    revoke(&bench, "sid", &sessions[0]).await;
    let (settings, secret) = (bench.authority.settings().clone(), bench.secret().to_owned());
    let (dir, clock) = bench.stop().await;

    let bench = Bench::again(dir, clock, settings, secret).await;

    assert_eq!(status(&bench, token_of(&sessions[0])).await, Some(Statuses::INVALID));
    assert_eq!(status(&bench, token_of(&sessions[1])).await, Some(Statuses::VALID));
    revoke(&bench, "ver", &sessions[1]).await;
    bench.later(SECOND).await;
    assert_eq!(status(&bench, token_of(&sessions[1])).await, Some(Statuses::INVALID));
}

#[tokio::test]
async fn a_list_is_made_once_a_second_and_anew_when_something_was_revoked() {
    let bench = Bench::with(with_lists).await;
    let session = bench.session(json!({})).await;
    let path = path_of(token_of(&session));
    let first = bench.get(&path).await;
    assert_eq!(first.header("cache-control"), "public, max-age=10");

    revoke(&bench, "sid", &session).await;
    assert_eq!(bench.get(&path).await.body, first.body);
    bench.later(SECOND).await;
    let second = bench.get(&path).await;
    assert_ne!(second.body, first.body);

    bench.later(SECOND * 3).await;
    let third = bench.get(&path).await;
    assert_eq!(third.body, second.body);
    assert_eq!(third.header("cache-control"), "public, max-age=7");
    bench.later(SECOND * 3).await;
    assert_ne!(bench.get(&path).await.body, second.body, "it grows no older than half its ttl");
}

#[tokio::test]
async fn a_list_is_sent_as_the_draft_says() {
    let bench = Bench::with(with_lists).await;
    let path = path_of(token_of(&bench.session(json!({})).await));
    let ask = async |more: &str, headers: &[(&str, &str)]| {
        let mut request = Request::get(format!("{path}{more}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        bench.send(request.body(Body::empty()).unwrap()).await
    };

    let plain = ask("", &[("accept", "application/statuslist+jwt")]).await;
    assert_eq!(plain.header("content-type"), "application/statuslist+jwt");
    assert_eq!(plain.header("access-control-allow-origin"), "*");
    assert_eq!(plain.header("vary"), "accept, accept-encoding");
    assert_eq!(plain.header("content-encoding"), "");
    let zipped = ask("", &[("accept-encoding", "br, gzip;q=0.5")]).await;
    assert_eq!(zipped.header("content-encoding"), "gzip");
    let mut unzipped = Vec::new();
    GzDecoder::new(&zipped.body[..]).read_to_end(&mut unzipped).unwrap();
    assert_eq!(unzipped, plain.body);

    ask("", &[("accept", "application/statuslist+cwt")]).await.is(406, "invalid_request");
    ask("?time=1686925000", &[]).await.is(501, "invalid_request");
    assert_eq!(ask("?other=1", &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn all_lists_are_named_in_one_place_that_the_metadata_names() {
    let bench = Bench::with(with_lists).await;
    let metadata = async |audience: &str| {
        let path = format!("/audiences/{audience}/.well-known/oauth-authorization-server");
        bench.get(&path).await.json()["status_list_aggregation_endpoint"].clone()
    };
    assert_eq!(metadata(OTHER).await, Value::Null);
    let endpoint = metadata(BILLING).await;
    let path = endpoint.as_str().unwrap().strip_prefix("https://auth.example.com").unwrap();
    assert_eq!(bench.get(path).await.json(), json!({ "status_lists": [] }));

    let (_, uri) = place(token_of(&bench.session(json!({})).await));
    bench.later(SECOND).await;

    let all = bench.get(path).await;
    assert_eq!(all.json(), json!({ "status_lists": [uri] }));
    assert_eq!(all.header("content-type"), "application/json");
    assert_eq!(all.header("access-control-allow-origin"), "*");
}

#[tokio::test]
async fn a_list_that_is_not_there_is_not_made() {
    let bench = Bench::with(with_lists).await;
    let path = path_of(token_of(&bench.session(json!({})).await));
    let (before, name) = path.rsplit_once('/').unwrap();
    let (minute, shard) = name.split_once('-').unwrap();
    let (minute, shard): (u32, u16) = (minute.parse().unwrap(), shard.parse().unwrap());

    for absent in [
        format!("{before}/{minute}-{}", shard.wrapping_add(1)),
        format!("{before}/{}-{shard}", minute + 1),
        format!("{before}/{}-{shard}", minute + 60),
        format!("{before}/{}-{shard}", minute - 60),
        format!("{before}/0{minute}-{shard}"),
        format!("{before}/%ff"),
        format!("{before}/"),
        path.replace(BILLING, OTHER),
        path.replace(BILLING, "none"),
        format!("/audiences/{OTHER}/status"),
    ] {
        bench.get(&absent).await.is(404, "not_found");
    }
}

#[tokio::test]
async fn names_of_lists_cannot_be_tried_out_without_end() {
    let bench = Bench::with(|settings| {
        with_lists(settings);
        settings.limits.address.burst = 3;
    })
    .await;
    let path = path_of(token_of(&bench.session(json!({})).await));
    let (before, shard) = path.rsplit_once('-').unwrap();
    let shard: u16 = shard.parse().unwrap();

    let mut statuses = Vec::new();
    for other in 1..=4 {
        let absent = format!("{before}-{}", shard.wrapping_add(other));
        statuses.push(bench.get(&absent).await.status.as_u16());
    }

    assert_eq!(statuses, [404, 404, 404, 429]);
    assert_eq!(bench.get(&path).await.status, StatusCode::OK);
}

#[tokio::test]
async fn lists_cannot_be_had_built_without_end() {
    let bench = Bench::with(|settings| {
        with_lists(settings);
        settings.audiences[1].status_list = true;
        settings.limits.address = Rate { per_second: 1, burst: 1 };
    })
    .await;
    let session = bench.session(json!({})).await;
    let path = path_of(token_of(&session));
    let wanted = json!({"subject": "ada", "audience": OTHER});
    let other = path_of(token_of(&bench.post("/v1/sessions", BOTH, &wanted).await.json()));

    let first = bench.get(&path).await;
    assert_eq!(first.status, StatusCode::OK);
    bench.get(&other).await.is(429, "too_many_requests");
    assert_eq!(bench.get(&path).await.body, first.body, "what is built is free");

    revoke(&bench, "sid", &session).await;
    bench.later(SECOND).await;
    assert_eq!(bench.get(&other).await.status, StatusCode::OK);
    assert_eq!(bench.get(&path).await.body, first.body, "what readers may have kept is sent");
    bench.later(SECOND).await;
    assert_ne!(bench.get(&path).await.body, first.body);
}

#[tokio::test]
async fn a_list_whose_reader_hangs_up_is_built_all_the_same_and_once() {
    let bench = Bench::with(with_lists).await;
    let (settings, secret) = (bench.authority.settings().clone(), bench.secret().to_owned());
    let (dir, clock) = bench.stop().await;
    let parts = parts(&dir, &clock, settings);
    let held = Arc::new(Held::new(Arc::clone(&parts.statuses)));
    let statuses: Arc<dyn StatusStore> = held.clone();
    let parts = Parts { statuses, ..parts };
    let authority = Authority::start(parts).await.unwrap();
    let bench = Bench::of(authority, dir, clock, secret);
    let path = path_of(token_of(&bench.session(json!({})).await));

    let request = Request::get(&path).body(Body::empty()).unwrap();
    let reader = tokio::spawn(bench.router.clone().oneshot(request));
    held.began.acquire().await.unwrap().forget();
    reader.abort();
    assert!(reader.await.unwrap_err().is_cancelled());
    held.may_go.add_permits(2);

    assert_eq!(bench.get(&path).await.status, StatusCode::OK);
    assert_eq!(held.began.available_permits(), 0, "it was built twice");
}

#[tokio::test]
async fn a_list_is_gone_when_its_last_token_is() {
    let bench = Bench::with(with_lists).await;
    let token = bench.session(json!({})).await;
    let path = path_of(token_of(&token));
    bench.later(Duration::from_secs(300)).await;
    bench.authority.tidy().await;
    // Somewhere with a slow clock the token counts for another moment.
    assert_eq!(bench.get(&path).await.status, StatusCode::OK);

    bench.later(Duration::from_secs(76)).await;
    bench.get(&path).await.is(404, "not_found");
    bench.authority.tidy().await;
    bench.get(&path).await.is(404, "not_found");
}

#[tokio::test]
async fn where_nobody_asked_for_lists_no_token_names_one() {
    let bench = Bench::with(with_lists).await;
    let wanted = json!({"subject": "ada", "audience": OTHER});
    let token = bench.post("/v1/sessions", BOTH, &wanted).await.json();

    assert_eq!(claims(token_of(&token)).get("status"), None);
}

/// What a reader by the draft makes of a token: `None` is no statement.
async fn status(bench: &Bench, token: &str) -> Option<u8> {
    let (index, uri) = place(token);
    let reply = bench.get(&path_of(token)).await;
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    let issuer = tokenward::IssuerId::new(format!("https://auth.example.com/audiences/{BILLING}"));
    let verifier = Verifier::status_list()
        .issuer(issuer.unwrap())
        .subject(Subject::new(uri).unwrap())
        .keys(key_set(&bench.get(&format!("/audiences/{BILLING}/jwks.json")).await))
        .build();
    let list = std::str::from_utf8(&reply.body).unwrap();
    let list = verifier.verify(list, bench.authority.now()).unwrap();
    let mut inflated = Vec::new();
    ZlibDecoder::new(list.compressed()).take(1 << 24).read_to_end(&mut inflated).unwrap();
    assert!(inflated.len() >= 1 << 17, "{} bytes tell how many tokens there are", inflated.len());
    list.statuses(inflated).get(index)
}

fn key_set(reply: &Reply) -> KeySet {
    KeySet::parse(&reply.body).unwrap()
}

async fn revoke(bench: &Bench, kind: &str, session: &Value) {
    let (api, token) = (Audience::new(BILLING).unwrap(), token_of(session));
    let claims = claims(token);
    let revocation = |body| bench.post("/v1/revocations", LOGIN, body);
    let done = match kind {
        "jti" => revocation(&json!({ "jti": claims["jti"] })).await.status,
        "sid" => revocation(&json!({ "sid": claims["sid"] })).await.status,
        "sub" => revocation(&json!({ "sub": "alice" })).await.status,
        "ver" => {
            let path = "/v1/subjects/alice/token-version";
            bench.post(path, LOGIN, &json!({})).await.status
        }
        "logout" => {
            let path = format!("/v1/sessions/{}", claims["sid"].as_str().unwrap());
            bench.json(http::Method::DELETE, &path, LOGIN, &Value::Null).await.status
        }
        "rfc7009" => bench.form("/oauth2/revoke", LOGIN, &[("token", token)]).await.status,
        "kid" => {
            let ring = bench.authority.ring(&api).unwrap();
            let key = ring.signer(bench.authority.now()).unwrap().key_id().clone();
            bench.authority.compromise(&api, &key, "test").await.unwrap();
            StatusCode::OK
        }
        "aud" => {
            bench.authority.revoke_everything(Some(&[api]), None, "test").await.unwrap();
            StatusCode::OK
        }
        "iss" => {
            bench.authority.revoke_everything(None, None, "test").await.unwrap();
            StatusCode::OK
        }
        _ => panic!("{kind}"),
    };
    assert!(done.is_success(), "{kind}: {done}");
}

fn token_of(answer: &Value) -> &str {
    answer["access_token"].as_str().unwrap_or_else(|| panic!("{answer}"))
}

fn claims(token: &str) -> Value {
    serde_json::from_slice(&b64::decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

fn place(token: &str) -> (u64, String) {
    let list = &claims(token)["status"]["status_list"];
    (list["idx"].as_u64().unwrap(), list["uri"].as_str().unwrap().to_owned())
}

fn path_of(token: &str) -> String {
    place(token).1.strip_prefix("https://auth.example.com").unwrap().to_owned()
}

/// A store that is read when the test says so.
struct Held {
    inner: Arc<dyn StatusStore>,
    began: Semaphore,
    may_go: Semaphore,
}

impl Held {
    fn new(inner: Arc<dyn StatusStore>) -> Self {
        Self { inner, began: Semaphore::new(0), may_go: Semaphore::new(0) }
    }
}

#[async_trait]
impl StatusStore for Held {
    async fn enter_status(
        &self,
        audience: &Audience,
        entry: StatusEntry,
    ) -> Result<(), BackendError> {
        self.inner.enter_status(audience, entry).await
    }

    async fn statuses(
        &self,
        audience: &Audience,
        list: StatusListId,
        from: u32,
        limit: usize,
    ) -> Result<Vec<StatusEntry>, BackendError> {
        self.began.add_permits(1);
        self.may_go.acquire().await.unwrap().forget();
        self.inner.statuses(audience, list, from, limit).await
    }

    async fn status_lists(
        &self,
        audience: &Audience,
        from: u32,
    ) -> Result<Vec<StatusListId>, BackendError> {
        self.inner.status_lists(audience, from).await
    }

    async fn prune_statuses(&self, minute: u32) -> Result<u64, BackendError> {
        self.inner.prune_statuses(minute).await
    }
}

fn with_lists(settings: &mut Settings) {
    settings.audiences[0].status_list = true;
}

const SECOND: Duration = Duration::from_secs(1);
