//! `/session/*`: sessions in cookies.

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{APP, Bench, LOGIN, OTHER, SAME_ORIGIN, cookie, session_of};

#[tokio::test]
async fn a_cookie_session_comes_in_two_strict_host_cookies_and_nowhere_else() {
    let bench = Bench::new().await;
    let body = session_of("alice", json!({"delivery": "cookie"}));
    let reply = bench.post("/v1/sessions", LOGIN, &body).await;
    assert_eq!(reply.status, StatusCode::CREATED);
    let lines = reply.set_cookies();
    for (line, (name, lasts)) in
        lines.iter().zip([("__Host-access", 300), ("__Host-refresh", 3_600)])
    {
        assert!(line.starts_with(&format!("{name}=")), "{line}");
        let end = format!("; Path=/; Max-Age={lasts}; HttpOnly; Secure; SameSite=Strict");
        assert!(line.ends_with(&end), "{line}");
    }
    let answer = reply.json();
    assert_eq!(answer["set_cookie"], json!(lines));
    assert!(answer.get("access_token").is_none() && answer.get("refresh_token").is_none());
}

#[tokio::test]
async fn a_token_that_no_browser_would_keep_is_refused_before_there_is_a_session() {
    let bench = Bench::new().await;
    let make = async |length: usize| {
        let claims = json!({"note": "n-".repeat(length / 2)});
        let body = session_of("alice", json!({"delivery": "cookie", "claims": claims}));
        bench.post("/v1/sessions", LOGIN, &body).await
    };
    for length in (2_000..2_800).step_by(20) {
        let reply = make(length).await;
        if reply.status == StatusCode::CREATED {
            let pair = reply.set_cookies()[0].split(';').next().unwrap();
            assert!(pair.len() <= 4_096, "{length}");
        } else {
            reply.is(400, "invalid_request");
        }
    }
    assert_eq!(make(2_000).await.status, StatusCode::CREATED);
    let listed = "/v1/subjects/alice/sessions";
    let before = bench.json(Method::GET, listed, LOGIN, &Value::Null).await.json();
    let refused = make(2_800).await;
    refused.is(400, "invalid_request");
    let why = refused.json()["error_description"].as_str().unwrap().to_owned();
    assert!(why.starts_with("claims.note: would make the token longer than "), "{why}");
    let after = bench.json(Method::GET, listed, LOGIN, &Value::Null).await.json();
    assert_eq!(before, after);
}

#[tokio::test]
async fn a_page_learns_whose_session_it_is() {
    let bench = Bench::new().await;
    let cookies = bench.cookie_session().await;
    let reply = bench.browser(Method::GET, "/session", &[cookie(&cookies)]).await;
    assert_eq!(reply.status, StatusCode::OK);
    let answer = reply.json();
    assert_eq!((&answer["subject"], &answer["expires_in"]), (&json!("alice"), &json!(300)));

    let none = bench.browser(Method::GET, "/session", &[]).await;
    assert_eq!((none.status.as_u16(), none.header("www-authenticate")), (401, "Bearer"));
    let twice = "__Host-access=a; __Host-access=b";
    bench.browser(Method::GET, "/session", &[cookie(twice)]).await.is(400, "invalid_request");
    bench.later(Duration::from_secs(306)).await;
    let expired = bench.browser(Method::GET, "/session", &[cookie(&cookies)]).await;
    expired.is(401, "invalid_token");
    let junk = bench.browser(Method::GET, "/session", &[cookie("__Host-access=junk")]).await;
    assert_eq!(junk.seen(), expired.seen());
}

#[tokio::test]
async fn a_refresh_by_cookie_sets_the_next_pair() {
    let bench = Bench::new().await;
    let cookies = bench.cookie_session().await;
    for proof in [SAME_ORIGIN, ("origin", APP)] {
        let headers = [cookie(&cookies), proof];
        let reply = bench.browser(Method::POST, "/session/refresh", &headers).await;
        assert_eq!(reply.status, StatusCode::OK, "{proof:?}: {reply:?}");
        let next = reply.cookies();
        assert_ne!(next, cookies);
        let shown = bench.browser(Method::GET, "/session", &[cookie(&next)]).await;
        assert_eq!(shown.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn another_site_changes_nothing() {
    let bench = Bench::new().await;
    let cookies = bench.cookie_session().await;
    for path in ["/session/refresh", "/session/logout"] {
        for foreign in [
            None,
            Some(("sec-fetch-site", "cross-site")),
            Some(("sec-fetch-site", "same-site")),
            Some(("origin", "https://evil.example")),
            Some(("origin", "null")),
        ] {
            let headers: Vec<_> = [cookie(&cookies)].into_iter().chain(foreign).collect();
            let reply = bench.browser(Method::POST, path, &headers).await;
            reply.is(403, "access_denied");
            assert!(reply.set_cookies().is_empty());
        }
    }
    // Strict cookies are kept back from another site, but an answer could still expire them.
    let bare = bench.browser(Method::POST, "/session/logout", &[("sec-fetch-site", "cross-site")]);
    let bare = bare.await;
    bare.is(403, "access_denied");
    assert!(bare.set_cookies().is_empty());
    let headers = [cookie(&cookies), SAME_ORIGIN];
    assert_eq!(bench.browser(Method::POST, "/session/refresh", &headers).await.status, 200);
}

#[tokio::test]
async fn logging_out_ends_the_session_and_may_be_repeated() {
    let bench = Bench::new().await;
    let cookies = bench.cookie_session().await;
    for line in [&*cookies, &cookies, "", "__Host-refresh=junk; __Host-access=junk"] {
        let headers = [cookie(line), SAME_ORIGIN];
        let reply = bench.browser(Method::POST, "/session/logout", &headers).await;
        assert_eq!(reply.status, StatusCode::NO_CONTENT, "{reply:?}");
        assert_eq!(reply.header("clear-site-data"), "\"cache\", \"storage\"");
        let expired = reply.set_cookies();
        assert_eq!(expired.len(), 3);
        assert!(expired.iter().all(|line| line.contains("=; Path=/; Max-Age=0; ")));
    }
    let shown = bench.browser(Method::GET, "/session", &[cookie(&cookies)]).await;
    shown.is(401, "invalid_token");
    let headers = [cookie(&cookies), SAME_ORIGIN];
    let refreshed = bench.browser(Method::POST, "/session/refresh", &headers).await;
    assert_eq!(refreshed.seen(), shown.seen());
}

#[tokio::test]
async fn an_access_cookie_alone_is_enough_to_log_out() {
    let bench = Bench::new().await;
    let cookies = bench.cookie_session().await;
    let access = cookies.split("; ").next().unwrap();
    let headers = [cookie(access), SAME_ORIGIN];
    assert_eq!(bench.browser(Method::POST, "/session/logout", &headers).await.status, 204);
    bench.browser(Method::GET, "/session", &[cookie(access)]).await.is(401, "invalid_token");
}

#[tokio::test]
async fn a_logout_by_access_cookie_is_judged_by_the_origins_of_its_own_audience() {
    let elsewhere = "https://other.example.com";
    let bench = Bench::with(|settings| {
        let other = settings.audiences.iter_mut().find(|audience| audience.name.as_str() == OTHER);
        other.unwrap().origins = vec![elsewhere.to_owned()];
    })
    .await;
    let cookies = bench.cookie_session().await;
    let access = cookies.split("; ").next().unwrap();
    for (origin, status) in [(elsewhere, 403), (APP, 204)] {
        let headers = [cookie(access), ("origin", origin)];
        let reply = bench.browser(Method::POST, "/session/logout", &headers).await;
        assert_eq!(reply.status, status, "{origin}");
    }
}

#[tokio::test]
async fn a_path_that_is_none_and_a_wrong_method_are_told_apart() {
    let bench = Bench::new().await;
    bench.post("/session/elsewhere", LOGIN, &Value::Null).await.is(404, "not_found");
    let reply = bench.get("/session/refresh").await;
    reply.is(405, "method_not_allowed");
    assert_eq!(reply.header("allow"), "POST");
}
