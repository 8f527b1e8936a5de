//! Sealed sessions: a token that scripts may hold, and its key in a cookie.

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::json;

use crate::harness::{APP, Bench, LOGIN, OTHER, Reply, SAME_ORIGIN, STRANGER, cookie, session_of};

#[tokio::test]
async fn a_sealed_session_comes_in_two_halves() {
    let bench = Bench::new().await;
    let reply = make(&bench).await;
    let answer = reply.json();
    let token = answer["access_token"].as_str().unwrap();
    assert_eq!(token.split('.').count(), 5);
    assert_eq!((&answer["token_type"], &answer["expires_in"]), (&json!("Bearer"), &json!(300)));
    assert!(answer.get("refresh_token").is_none());

    let lines = reply.set_cookies();
    // Whoever passes the body on must not pass the key on with it.
    assert!(answer.get("set_cookie").is_none());
    assert!(!answer.to_string().contains(lines[0].split(['=', ';']).nth(1).unwrap()));
    for (line, (name, lasts)) in
        lines.iter().zip([("__Host-seal", 300), ("__Host-refresh", 3_600), ("__Host-access", 0)])
    {
        assert!(line.starts_with(&format!("{name}=")), "{line}");
        let end = format!("; Path=/; Max-Age={lasts}; HttpOnly; Secure; SameSite=Strict");
        assert!(line.ends_with(&end), "{line}");
    }
    assert!(lines[2].starts_with("__Host-access=;"));
}

#[tokio::test]
async fn either_half_alone_is_refused_as_any_bad_token_is() {
    let bench = Bench::new().await;
    let (mine, theirs) = (Halves::of(&make(&bench).await), Halves::of(&make(&bench).await));
    assert_eq!(mine.show(&bench).await.status, StatusCode::OK);

    let refused = show(&bench, "junk", "").await;
    refused.is(401, "invalid_token");
    let alone = show(&bench, &mine.token, "").await;
    assert_eq!(alone.seen(), refused.seen());
    let crossed = Halves { seal: theirs.seal, ..mine.clone() }.show(&bench).await;
    assert_eq!(crossed.seen(), refused.seen());
    for junk in ["", "junk", "A".repeat(43).as_str(), &format!("{}.{}", mine.key(), mine.key())] {
        let shown = show(&bench, &mine.token, &format!("__Host-seal={junk}")).await;
        assert_eq!(shown.seen(), refused.seen(), "{junk}");
    }
    let keys = bench.browser(Method::GET, "/session", &[cookie(&mine.seal)]).await;
    assert_eq!((keys.status.as_u16(), keys.header("www-authenticate")), (401, "Bearer"));
    let twice = format!("{}; {}", mine.seal, mine.seal);
    show(&bench, &mine.token, &twice).await.is(400, "invalid_request");
}

#[tokio::test]
async fn what_is_inside_is_nothing_in_the_open() {
    let bench = Bench::new().await;
    let mine = Halves::of(&make(&bench).await);
    let inside = opened(&mine);
    assert_eq!(inside.split('.').count(), 3);

    show(&bench, &inside, &mine.seal).await.is(401, "invalid_token");
    assert!(bench.verify(&inside).is_err());
    let access = format!("__Host-access={inside}");
    let headers = [cookie(&access)];
    bench.browser(Method::GET, "/session", &headers).await.is(401, "invalid_token");
}

#[tokio::test]
async fn a_refresh_gives_another_token_under_another_key() {
    let bench = Bench::new().await;
    let first = Halves::of(&make(&bench).await);
    let reply = first.refresh(&bench).await;
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    assert!(reply.json().get("refresh_token").is_none());
    let second = Halves::of(&reply);
    assert_ne!(first.key(), second.key());
    assert_eq!(second.show(&bench).await.status, StatusCode::OK);

    // A tab that has not heard of it goes on with the cookie that they share; one that is two behind does not.
    let behind = Halves { seal: second.seal.clone(), ..first.clone() };
    assert_eq!(behind.show(&bench).await.status, StatusCode::OK);
    let third = Halves::of(&second.refresh(&bench).await);
    let behind = Halves { seal: third.seal, ..first.clone() };
    behind.show(&bench).await.is(401, "invalid_token");
}

#[tokio::test]
async fn two_tabs_that_refresh_at_once_can_both_go_on() {
    let bench = Bench::new().await;
    let before = Halves::of(&make(&bench).await);
    let (one, other) =
        (Halves::of(&before.refresh(&bench).await), Halves::of(&before.refresh(&bench).await));
    assert_ne!(one.token, other.token);

    assert_eq!((&one.seal, &one.refresh), (&other.seal, &other.refresh));
    let one = Halves { seal: other.seal, ..one };
    assert_eq!(one.show(&bench).await.status, StatusCode::OK);
}

#[tokio::test]
async fn no_client_refreshes_a_sealed_session() {
    let bench = Bench::new().await;
    let mine = Halves::of(&make(&bench).await);
    let token = mine.refresh.split_once('=').unwrap().1;
    bench.refresh(token).await.is(400, "invalid_grant");

    for headers in [
        vec![cookie(&mine.refresh)],
        vec![cookie(&mine.refresh), ("sec-fetch-site", "cross-site")],
        vec![cookie(&mine.refresh), ("origin", "https://evil.example")],
    ] {
        let reply = bench.browser(Method::POST, "/session/refresh", &headers).await;
        reply.is(403, "access_denied");
    }
    assert_eq!(mine.refresh(&bench).await.status, StatusCode::OK);
}

#[tokio::test]
async fn logging_out_ends_a_sealed_session() {
    let bench = Bench::new().await;
    let whole = Halves::of(&make(&bench).await);
    // A request that has lost its refresh cookie shows whose session it is by the token.
    let bare = Halves::of(&make(&bench).await);
    for (halves, cookies) in [(&whole, &whole.refresh), (&bare, &bare.seal)] {
        let bearer = format!("Bearer {}", halves.token);
        let headers = [("authorization", bearer.as_str()), cookie(cookies), SAME_ORIGIN];
        let reply = bench.browser(Method::POST, "/session/logout", &headers).await;
        assert_eq!(reply.status, StatusCode::NO_CONTENT, "{reply:?}");
        halves.show(&bench).await.is(401, "invalid_token");
        halves.refresh(&bench).await.is(401, "invalid_token");
    }
}

#[tokio::test]
async fn a_repeated_request_gives_the_same_key() {
    let bench = Bench::new().await;
    let send = async || {
        let request = http::Request::post("/v1/sessions")
            .header("authorization", bench.basic(LOGIN))
            .header("content-type", "application/json")
            .header("idempotency-key", "k1");
        let body = session_of("alice", json!({"delivery": "sealed"})).to_string();
        Halves::of(&bench.send(request.body(body.into()).unwrap()).await)
    };
    let (first, again) = (send().await, send().await);

    let mixed = Halves { seal: again.seal, ..first };
    assert_eq!(mixed.show(&bench).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_sealed_token_ends_when_it_would_in_the_open() {
    let bench = Bench::new().await;
    let mine = Halves::of(&make(&bench).await);
    bench.later(Duration::from_secs(306)).await;
    mine.show(&bench).await.is(401, "invalid_token");

    let next = Halves::of(&mine.refresh(&bench).await);
    let bump = bench.post("/v1/subjects/alice/token-version", LOGIN, &json!({})).await;
    assert_eq!(bump.status, StatusCode::OK);
    next.show(&bench).await.is(401, "invalid_token");
}

#[tokio::test]
async fn only_an_audience_with_origins_has_sealed_sessions() {
    let bench = Bench::new().await;
    let body = json!({"subject": "alice", "audience": OTHER, "delivery": "sealed"});
    let reply = bench.post("/v1/sessions", STRANGER, &body).await;
    reply.is(400, "invalid_request");
    assert!(reply.json()["error_description"].to_string().starts_with("\"delivery: "));
}

#[tokio::test]
async fn introspection_knows_no_half() {
    let bench = Bench::new().await;
    let mine = Halves::of(&make(&bench).await);
    for token in [&mine.token, &opened(&mine)] {
        let reply = bench.form("/oauth2/introspect", LOGIN, &[("token", token)]).await;
        assert_eq!(reply.json(), json!({"active": false}));
        let reply = bench.form("/oauth2/revoke", LOGIN, &[("token", token)]).await;
        assert_eq!(reply.status, StatusCode::OK);
    }
    assert_eq!(mine.show(&bench).await.status, StatusCode::OK);
}

/// What a browser has of a session.
#[derive(Clone)]
struct Halves {
    token: String,
    seal: String,
    refresh: String,
}

impl Halves {
    fn of(reply: &Reply) -> Self {
        let pair = |name: &str| {
            let cookies = reply.cookies();
            cookies.split("; ").find(|pair| pair.starts_with(name)).unwrap().to_owned()
        };
        let token = reply.json()["access_token"].as_str().unwrap().to_owned();
        Self { token, seal: pair("__Host-seal="), refresh: pair("__Host-refresh=") }
    }

    /// The key under which the token is sealed.
    fn key(&self) -> &str {
        self.seal.split(['=', '.']).nth(1).unwrap()
    }

    async fn show(&self, bench: &Bench) -> Reply {
        show(bench, &self.token, &self.seal).await
    }

    async fn refresh(&self, bench: &Bench) -> Reply {
        let headers = [cookie(&self.refresh), ("origin", APP)];
        bench.browser(Method::POST, "/session/refresh", &headers).await
    }
}

async fn make(bench: &Bench) -> Reply {
    let body = session_of("alice", json!({"delivery": "sealed", "scope": "read"}));
    let reply = bench.post("/v1/sessions", LOGIN, &body).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{reply:?}");
    reply
}

/// The signed token that `halves` come to, for who has both.
fn opened(halves: &Halves) -> String {
    let key = tokenward::b64::decode(halves.key()).unwrap();
    let key = tokenward::DecryptionKey::from_secret(&key).unwrap().named_by_thumbprint();
    let decrypter = tokenward::Decrypter::builder()
        .keys(key.into())
        .content_type(tokenward::ContentType::ACCESS_TOKEN)
        .build();
    let inside = decrypter.decrypt(&halves.token).unwrap();
    String::from_utf8(inside.as_bytes().to_vec()).unwrap()
}

async fn show(bench: &Bench, token: &str, cookies: &str) -> Reply {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), cookie(cookies)];
    bench.browser(Method::GET, "/session", &headers).await
}
