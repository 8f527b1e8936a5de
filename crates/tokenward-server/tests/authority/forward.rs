//! The forward-auth endpoint in the authority's own process.

use http::{Method, Request};
use serde_json::json;
use tokenward::crypto::sha256;
use tokenward_server::gate::{Login, PathPattern, Rule, Rules};
use tokenward_server::settings::{Profile, ProxyAuth, ProxySettings, RelaxedSameSite, Settings};
use tokenward_tower::cookies::SameSite;

use crate::harness::{APP, Bench, LOGIN, Reply, SAME_ORIGIN, cookie, session_of};

const SECRET: &str = "a secret of the proxy, long enough";

#[tokio::test]
async fn without_rules_every_good_token_passes() {
    let bench = Bench::with(with_a_proxy).await;
    let token = bench.session(json!({"scope": "read"})).await["access_token"].clone();

    assert_eq!(ask(&bench, "/anything", token.as_str().unwrap()).await.status, 200);
    assert_eq!(ask(&bench, "/anything", "junk").await.status, 401);
}

#[tokio::test]
async fn rules_decide_as_in_the_gate() {
    let bench = Bench::with(|settings| {
        with_a_proxy(settings);
        let rule = |path: &str, scope: &str| Rule {
            paths: vec![PathPattern::parse(path).unwrap()],
            scopes: vec![scope.to_owned()],
            ..Rule::default()
        };
        settings.rules = Rules::new(vec![rule("/notes/**", "read"), rule("/admin/**", "write")]);
    })
    .await;
    let token = bench.session(json!({"scope": "read"})).await["access_token"].clone();
    let token = token.as_str().unwrap();

    for (path, status) in [("/notes/7", 200), ("/admin", 403), ("/other", 403), ("/Notes/7", 403)] {
        assert_eq!(ask(&bench, path, token).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn a_page_without_a_good_token_leads_to_the_login() {
    let bench = Bench::with(|settings| {
        with_a_proxy(settings);
        settings.audiences[0].login = Some(Login::parse("https://login.example.com/").unwrap());
    })
    .await;
    let page = question("/notes")
        .header("sec-fetch-mode", "navigate")
        .header("sec-fetch-dest", "document")
        .body(axum::body::Body::empty());

    let reply = bench.send(page.unwrap()).await;

    assert_eq!(reply.status, 302);
    let back = "https://login.example.com/?return_to=https%3A%2F%2Fapp.example.com%2Fnotes";
    assert_eq!(reply.header("location"), back);
}

#[tokio::test]
async fn a_relaxed_cookie_comes_along_and_the_refresh_cookie_and_changes_stay_strict() {
    let bench = Bench::with(|settings| {
        let reason = "links in mails".to_owned();
        settings.audiences[0].same_site = Some(RelaxedSameSite { to: SameSite::Lax, reason });
    })
    .await;
    let body = session_of("alice", json!({"delivery": "cookie"}));
    let made = bench.post("/v1/sessions", LOGIN, &body).await;
    let cookies = made.cookies();
    let headers = [cookie(&cookies), SAME_ORIGIN];
    let renewed = bench.browser(Method::POST, "/session/refresh", &headers).await;
    for reply in [&made, &renewed] {
        let lines = reply.set_cookies();
        assert!(lines[0].starts_with("__Host-access=") && lines[0].ends_with("; SameSite=Lax"));
        assert!(lines[1].starts_with("__Host-refresh=") && lines[1].ends_with("; SameSite=Strict"));
    }
    let cookies = renewed.cookies();
    let foreign = [cookie(&cookies), ("sec-fetch-site", "cross-site")];
    bench.browser(Method::POST, "/session/logout", &foreign).await.is(403, "access_denied");
}

fn with_a_proxy(settings: &mut Settings) {
    settings.proxies = vec![ProxySettings {
        name: "edge".to_owned(),
        profile: Profile::Caddy,
        auth: ProxyAuth::SecretHash(sha256(SECRET.as_bytes())),
        client_certificates: false,
    }];
}

async fn ask(bench: &Bench, path: &str, token: &str) -> Reply {
    let request = question(path).header("authorization", format!("Bearer {token}"));
    bench.send(request.body(axum::body::Body::empty()).unwrap()).await
}

fn question(path: &str) -> http::request::Builder {
    Request::get("/auth/caddy/billing-api")
        .header("x-proxy-secret", SECRET)
        .header("x-forwarded-method", "GET")
        .header("x-forwarded-uri", path)
        .header("x-forwarded-host", APP.trim_start_matches("https://"))
        .header("x-forwarded-proto", "https")
}
