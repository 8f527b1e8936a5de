//! What clients may send, and what they are told: a plain 4xx, and nothing about our inside.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::client::{Answer, Call};
use crate::harness::Authority;

#[tokio::test]
async fn bad_requests_get_a_plain_answer_and_change_nothing() {
    let authority = Authority::dev().await;
    let mut wrong = Vec::new();
    for (what, call, wanted) in bodies(&authority)
        .into_iter()
        .chain(fields(&authority))
        .chain(forms(&authority))
        .chain(heads(&authority))
    {
        // All by one client, which keeps connections: no refusal spoils the next request.
        let answer = match authority.client.send(call).await {
            // Who is still writing may see the connection's end before the answer.
            Err(_) if wanted.contains(&413) => continue,
            answer => answer.unwrap_or_else(|error| panic!("{what}: {error}")),
        };
        if let Some(problem) = problem(&answer, wanted) {
            wrong.push(format!("{what}: {problem}: {answer:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let list = authority.service(Method::GET, "/v1/subjects/alice/sessions");
    let sessions = authority.client.ask(list).await.expect(200).json();
    assert_eq!(sessions, json!({"sessions": []}), "nobody got a session");
}

#[tokio::test]
async fn what_is_no_tls_or_no_http_ends_that_connection_alone() {
    let authority = Authority::dev().await;
    let session = authority.create("alice").await;
    let port = authority.dev.base_url.rsplit_once(':').unwrap().1;
    for bytes in [
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".as_slice(),
        &[0x16, 0x03, 0x01, 0xff, 0xff, 0, 0, 0],
        &[0; 64],
        b"",
    ] {
        let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut said = Vec::new();
        // Whether it is closed or reset is the kernel's choice.
        let end = timeout(Duration::from_secs(20), stream.read_to_end(&mut said)).await;
        assert!(end.is_ok(), "it is not left open");
        assert!(!said.starts_with(b"HTTP/1.1 200"), "{said:?}");
    }
    authority.client.ask(authority.forward_auth().bearer(&session.access)).await.expect(200);
}

type Case = (&'static str, Call, &'static [u16]);

/// Bodies that are none.
fn bodies(authority: &Authority) -> Vec<Case> {
    let post = || authority.service(Method::POST, "/v1/sessions");
    let json = |body: Vec<u8>| post().body("application/json", body);
    let deep = [vec![b'['; 50_000], vec![b']'; 50_000]].concat();
    let good = r#"{"subject":"alice","audience":"demo-api"}"#;
    vec![
        ("no body", post(), &[400, 415]),
        ("no JSON", json(b"subject=alice".to_vec()), &[400]),
        ("half a JSON", json(good.as_bytes()[..20].to_vec()), &[400]),
        ("two JSONs", json([good, good].concat().into_bytes()), &[400]),
        ("an array", json(b"[]".to_vec()), &[400]),
        ("a null", json(b"null".to_vec()), &[400]),
        ("a deep one", json(deep), &[400, 413]),
        ("no UTF-8", json(b"{\"subject\":\"\xff\xfe\"}".to_vec()), &[400]),
        (
            "a lone surrogate",
            json(br#"{"subject":"\ud800","audience":"demo-api"}"#.to_vec()),
            &[400],
        ),
        (
            "a name twice",
            json(br#"{"subject":"alice","subject":"bob","audience":"demo-api"}"#.to_vec()),
            &[400],
        ),
        ("too large a body", json([good.as_bytes(), &vec![b' '; 70_000]].concat()), &[413]),
        ("text", post().body("text/plain", good), &[415]),
        ("a form", post().form(&[("subject", "alice"), ("audience", "demo-api")]), &[415]),
        (
            "two types",
            post().body("application/json", good).header("content-type", "text/plain"),
            &[415],
        ),
    ]
}

/// Members that are missing, wrong or unknown.
fn fields(authority: &Authority) -> Vec<Case> {
    let with = |more: Value| {
        let mut body = json!({"subject": "alice", "audience": "demo-api"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        authority.service(Method::POST, "/v1/sessions").json(&body)
    };
    vec![
        ("an unknown field", with(json!({"subjekt": "alice"})), &[400]),
        ("no subject", with(json!({"subject": null})), &[400]),
        ("a number as subject", with(json!({"subject": 7})), &[400]),
        ("an empty subject", with(json!({"subject": ""})), &[400]),
        ("a control character", with(json!({"subject": "a\u{0}b"})), &[400]),
        ("too long a subject", with(json!({"subject": "a".repeat(5_000)})), &[400]),
        ("a client as subject", with(json!({"subject": "client:demo-backend"})), &[400]),
        ("an unknown audience", with(json!({"audience": "other"})), &[403]),
        ("a bad scope", with(json!({"scope": "a\"b"})), &[400]),
        ("a claim that is not listed", with(json!({"claims": {"admin": true}})), &[400]),
        ("a claim of ours", with(json!({"claims": {"sub": "root"}})), &[400]),
        ("claims that are a list", with(json!({"claims": ["roles"]})), &[400]),
        (
            "a password in a claim",
            with(json!({"claims": {"locale": "$2b$10$N9qo8uLOickgx2ZMRZoMye"}})),
            &[400],
        ),
        ("too much private data", with(json!({"private": "x".repeat(20_000)})), &[400]),
        ("an unknown delivery", with(json!({"delivery": "pigeon"})), &[400]),
        ("a kind of refresh that is none", with(json!({"refresh": "passkeys"})), &[400]),
        ("a bad key", with(json!({})).header("idempotency-key", &"k".repeat(300)), &[400]),
        (
            "two keys",
            with(json!({})).header("idempotency-key", "a").header("idempotency-key", "b"),
            &[400],
        ),
    ]
}

/// The OAuth endpoints.
fn forms(authority: &Authority) -> Vec<Case> {
    let post = |path: &str| authority.service(Method::POST, path);
    let token = |pairs: &[(&str, &str)]| post("/oauth2/token").form(pairs);
    let refresh = ("grant_type", "refresh_token");
    let many: Vec<_> = (0..200).map(|number| (format!("p{number}"), "x")).collect();
    let many: Vec<_> = many.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    vec![
        ("no grant", token(&[]), &[400]),
        ("an unknown grant", token(&[("grant_type", "password")]), &[400]),
        ("a parameter twice", token(&[refresh, refresh, ("refresh_token", "x")]), &[400]),
        ("no refresh token", token(&[refresh]), &[400]),
        ("a bad refresh token", token(&[refresh, ("refresh_token", "x")]), &[400]),
        ("many parameters", token(&many), &[400]),
        (
            "a JSON form",
            post("/oauth2/token").json(&json!({"grant_type": "refresh_token"})),
            &[415],
        ),
        (
            "a form that is no text",
            post("/oauth2/token")
                .body("application/x-www-form-urlencoded", b"%ff=%fe&\xff".to_vec()),
            &[400],
        ),
        (
            "another's audience",
            token(&[("grant_type", "client_credentials"), ("audience", "other")]),
            &[400],
        ),
        ("introspection of nothing", post("/oauth2/introspect").form(&[]), &[400]),
        ("revocation of nothing", post("/oauth2/revoke").form(&[]), &[400]),
        ("two targets", post("/v1/revocations").json(&json!({"jti": "a", "sid": "b"})), &[400]),
        ("no target", post("/v1/revocations").json(&json!({})), &[400]),
    ]
}

/// Heads: who asks, for what, and how.
fn heads(authority: &Authority) -> Vec<Case> {
    let body = json!({"subject": "alice", "audience": "demo-api"});
    let create = || Call::post(&authority.url("/v1/sessions"));
    let get = |path: &str| Call::get(&authority.url(path));
    let basic = |value: &str| create().header("authorization", value).json(&body);
    let cookie = "__Host-access=a; __Host-access=b";
    vec![
        ("nobody", create().json(&body), &[401]),
        ("a wrong secret", create().basic("demo-backend", "wrong").json(&body), &[401]),
        ("a stranger", create().basic("stranger", "wrong").json(&body), &[401]),
        ("no base64", basic("Basic !!!"), &[400, 401]),
        ("no colon", basic("Basic YWJj"), &[400, 401]),
        ("another scheme", basic("Digest abc"), &[400, 401]),
        ("two headers", basic("Basic YWJj").header("authorization", "Basic YWJj"), &[400, 401]),
        ("a large header", get("/session").header("x-large", &"a".repeat(20_000)), &[431]),
        (
            "many headers",
            (0..150).fold(get("/session"), |call, n| call.header(&format!("x-{n}"), "a")),
            &[431],
        ),
        ("a large target", get(&format!("/session?{}", "a".repeat(20_000))), &[414, 431]),
        ("two tokens", get("/session").bearer("a").cookie("__Host-access", "b"), &[400]),
        ("a cookie twice", get("/session").header("cookie", cookie), &[400]),
        ("no such path", get("/nothing"), &[404]),
        ("no such audience", get("/audiences/other/jwks.json"), &[404]),
        ("a way up", get("/audiences/..%2f..%2fetc/jwks.json"), &[400, 404]),
        (
            "no UTF-8 in a path",
            authority.service(Method::GET, "/v1/subjects/%ff/sessions"),
            &[400, 404],
        ),
        ("another method", get("/oauth2/token"), &[405]),
        ("an odd method", Call::new(Method::TRACE, &authority.url("/session")), &[405]),
        ("the feed, unknown", get("/revocations/demo-api/feed"), &[401]),
        (
            "a change from elsewhere",
            Call::post(&authority.url("/session/logout")).header("origin", "https://evil.example"),
            &[403],
        ),
    ]
}

fn problem(answer: &Answer, wanted: &[u16]) -> Option<&'static str> {
    let json = answer.header("content-type") == Some("application/json");
    let body = String::from_utf8_lossy(&answer.body).to_ascii_lowercase();
    let inside = ["panicked", "sqlite", "serde", ".rs:", "/tmp"];
    if !wanted.contains(&answer.status) {
        Some("another status")
    } else if !answer.body.is_empty() && (!json || answer.json()["error"].as_str().is_none()) {
        Some("no error code")
    } else if inside.iter().any(|word| body.contains(word)) {
        Some("it speaks of our inside")
    } else if answer.header("x-content-type-options") != Some("nosniff") && !is_bare(answer) {
        Some("no security headers")
    } else {
        None
    }
}

/// More header fields than the HTTP library takes at all are refused before anything of ours sees them.
fn is_bare(answer: &Answer) -> bool {
    answer.status == 431 && answer.body.is_empty()
}
