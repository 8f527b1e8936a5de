//! Finding an issuer's key set by its metadata, over a real server.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use tokenward::{ErrorChain, IssuerId};
use tokenward_remote::{
    Discovery, DiscoveryError, Endpoint, FetchError, HttpClient, HttpOptions, JwksVerifier,
    KeySetEvent, KeySetFetchError, SystemClock,
};
use tokio::net::TcpListener;

use crate::authority::{Reply, Verdict, new_key, reply};
use crate::issuer::{Issuer, http_options, json, key_set, next, next_after, redirect_to};
use crate::tls::TlsServer;

#[tokio::test(start_paused = true)]
async fn an_issuers_name_is_all_that_its_tokens_need() {
    let issuer = Issuer::start().await;
    let (body, metadata) = (key_set([&issuer.key]), metadata(&issuer, "/keys"));
    issuer.answers(move |path| match path {
        OPENID => json(&metadata),
        "/keys" => json(&body),
        _ => absent(),
    });

    let (verifier, _) = verifier(&issuer).await;

    assert_eq!(issuer.verdict(&verifier, &issuer.token()), Verdict::Good);
    assert_eq!(issuer.asked(), [OPENID, "/keys"]);
}

#[tokio::test(start_paused = true)]
async fn metadata_of_a_plain_authorization_server_is_found_as_well() {
    for missing in [StatusCode::NOT_FOUND, StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN] {
        let text = find(move |issuer, path| match path {
            OPENID => reply(missing, "", ""),
            OAUTH => json(&metadata_of(&issuer, &format!("{issuer}/keys"))),
            _ => panic!("{path} was asked for"),
        })
        .await
        .unwrap();

        assert!(text.ends_with("/keys"), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_issuer_without_metadata_is_told_with_the_mend() {
    let error = find(|_, _| absent()).await.unwrap_err();

    assert!(matches!(error, DiscoveryError::NoMetadata { .. }), "{error:?}");
    assert!(error.to_string().ends_with("give the key set's URL"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_server_in_trouble_is_not_one_without_metadata() {
    for status in [StatusCode::INTERNAL_SERVER_ERROR, StatusCode::TOO_MANY_REQUESTS] {
        let error = find(move |_, path| match path {
            OPENID => reply(status, "", ""),
            _ => panic!("the second place was asked as well"),
        })
        .await
        .unwrap_err();

        assert!(matches!(error, DiscoveryError::Fetch { .. }), "{error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn metadata_counts_for_the_issuer_that_it_names_alone() {
    for other in ["/", "/x"] {
        let error = find(move |issuer, _| json(&metadata_of(&format!("{issuer}{other}"), "x")))
            .await
            .unwrap_err();

        let text = error.to_string();
        let DiscoveryError::AnotherIssuer { found: Some(found), .. } = error else {
            panic!("{error:?}")
        };
        assert!(
            text.ends_with(&format!(
                "that of {found}: if you mean that one, configure exactly that"
            ))
        );
    }
}

#[tokio::test(start_paused = true)]
async fn what_metadata_calls_its_issuer_does_not_reach_a_log_as_it_is() {
    let error =
        find(|_, _| json(r#"{"issuer":"\u001b[2J planted\nlevel=error"}"#)).await.unwrap_err();

    assert!(matches!(error, DiscoveryError::AnotherIssuer { found: None, .. }), "{error:?}");
    assert!(!error.to_string().contains("planted"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn metadata_without_a_key_set_is_told_with_the_mend() {
    let error = find(|issuer, _| json(&format!(r#"{{"issuer":"{issuer}"}}"#))).await.unwrap_err();

    assert!(error.to_string().ends_with("names no `jwks_uri`: give the key set's URL"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn metadata_that_is_a_page_or_a_redirect_or_endless_is_refused() {
    let page = find(|_, _| reply(StatusCode::OK, "text/html", "<html>")).await.unwrap_err();
    assert!(matches!(page, DiscoveryError::NotMetadata { .. }), "{page:?}");

    let redirect = find(|_, _| redirect_to("https://elsewhere.example/")).await.unwrap_err();
    let DiscoveryError::Fetch { source: FetchError::Redirected { .. }, .. } = redirect else {
        panic!("{redirect:?}")
    };

    let long = find(|_, _| json(&" ".repeat(Discovery::MAX_BYTES + 1))).await.unwrap_err();
    let DiscoveryError::Fetch { source: FetchError::TooLong { .. }, .. } = long else {
        panic!("{long:?}")
    };
}

#[tokio::test(start_paused = true)]
async fn metadata_names_no_url_that_its_own_would_not_be() {
    for url in [
        "file:///etc/passwd",
        "http://keys.example/jwks.json",
        "https://user:secret@keys.example/",
        "jwks.json",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:192.168.0.1]/",
    ] {
        let error = find(move |issuer, _| json(&metadata_of(&issuer, url))).await.unwrap_err();

        assert!(matches!(error, DiscoveryError::BadKeySetUrl { .. }), "{url}: {error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_name_in_metadata_that_leads_to_this_machine_is_never_connected_to() {
    let inner = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = inner.local_addr().unwrap().port();
    let issuer = Issuer::start().await;
    let fetch = async |host: &str| {
        let metadata = metadata_of(issuer.id().as_str(), &format!("https://{host}:{port}/keys"));
        issuer.answers(move |_| json(&metadata));
        let source = issuer.source_at(Discovery::https_or_loopback(issuer.id()).unwrap());
        source.fetch().await.unwrap_err()
    };

    let error = fetch("localhost").await;
    let KeySetFetchError::Fetch(FetchError::NotPublic { host }) = error else {
        panic!("{error:?}")
    };
    assert_eq!(host, "localhost");
    // Addresses to the system's resolver; TLS takes neither for a name.
    fetch("2130706433").await;
    fetch("127.1").await;

    let connected = tokio::select! {
        biased;
        _ = inner.accept() => true,
        () = std::future::ready(()) => false,
    };
    assert!(!connected);
}

#[tokio::test(start_paused = true)]
async fn a_key_set_that_has_moved_is_found_again_when_a_token_names_an_unknown_key() {
    let issuer = Issuer::start().await;
    let (newer, old) = (new_key(), key_set([&issuer.key]));
    let before = metadata(&issuer, "/old");
    issuer.answers(move |path| json(if path == OPENID { &before } else { &old }));
    let (verifier, mut events) = verifier(&issuer).await;

    // The old set is still where it was, as files on web servers are.
    let (after, old, new) = (metadata(&issuer, "/new"), key_set([&issuer.key]), key_set([&newer]));
    issuer.answers(move |path| match path {
        OPENID => json(&after),
        "/new" => json(&new),
        _ => json(&old),
    });
    let token = issuer.token_by(&newer);
    assert_eq!(issuer.verdict(&verifier, &token), Verdict::Rejected);
    next_after(Duration::from_secs(30), &mut events).await;

    assert_eq!(issuer.verdict(&verifier, &token), Verdict::Good);
    assert_eq!(issuer.asked(), [OPENID, "/old", OPENID, "/new"]);
}

#[tokio::test(start_paused = true)]
async fn metadata_is_asked_for_once_an_hour_and_after_a_failure() {
    let issuer = Issuer::start().await;
    let (body, metadata) = (key_set([&issuer.key]), metadata(&issuer, "/keys"));
    issuer.answers(move |path| json(if path == OPENID { &metadata } else { &body }));
    let (_verifier, mut events) = verifier(&issuer).await;

    for _ in 0..16 {
        next_after(Duration::from_secs(225), &mut events).await;
    }

    let asked = issuer.asked();
    let metadata = asked.iter().filter(|path| *path == OPENID).count();
    assert_eq!((metadata, asked.len()), (2, 19));
}

#[tokio::test(start_paused = true)]
async fn an_issuer_that_is_down_is_asked_again() {
    let issuer = Issuer::start().await;
    issuer.fails();
    let source = issuer.source_at(Discovery::https_or_loopback(issuer.id()).unwrap());
    let verifier = JwksVerifier::start(source, issuer.policy());
    let mut events = verifier.events();
    let KeySetEvent::Failed { error, .. } = next(&mut events).await else { panic!("it is down") };
    assert!(matches!(*error, KeySetFetchError::Discovery(_)), "{error:?}");

    let (body, metadata) = (key_set([&issuer.key]), metadata(&issuer, "/keys"));
    issuer.answers(move |path| json(if path == OPENID { &metadata } else { &body }));
    next_after(Duration::from_secs(1), &mut events).await;

    verifier.ready().await;
    assert_eq!(issuer.verdict(&verifier, &issuer.token()), Verdict::Good);
}

#[tokio::test]
async fn over_https_it_is_the_same() {
    let server = TlsServer::start(|url, request| match request.uri().path() {
        OPENID => json(&metadata_of(url, &format!("{url}/keys"))),
        "/keys" => json(&key_set([&new_key()])),
        _ => absent(),
    })
    .await;
    let mut options = HttpOptions::default();
    options.extra_ca = Some(server.ca.clone());
    let http = HttpClient::new(&options, Arc::new(SystemClock::new())).unwrap();
    let issuer = IssuerId::new(format!("https://localhost:{}", server.port)).unwrap();

    let found = Discovery::https(issuer).unwrap().find(&http).await.unwrap();

    let keys = Endpoint::https(&format!("https://localhost:{}/keys", server.port)).unwrap();
    assert_eq!(found.to_string(), keys.to_string());
    assert!(http.get(&found, None, 1_000).await.is_ok());
}

const OPENID: &str = "/.well-known/openid-configuration";
const OAUTH: &str = "/.well-known/oauth-authorization-server";

/// What is found where an issuer, told its own name, answers so.
async fn find(
    answer: impl Fn(String, &str) -> Reply + Send + 'static,
) -> Result<String, DiscoveryError> {
    let issuer = Issuer::start().await;
    let id = issuer.id();
    issuer.answers(move |path| answer(id.to_string(), path));
    let http = HttpClient::new(&http_options(), Arc::new(SystemClock::new())).unwrap();
    let found = Discovery::https_or_loopback(issuer.id()).unwrap().find(&http).await;
    // Every one of them can be shown.
    found.map(|url| url.to_string()).inspect_err(|e| drop(ErrorChain::new(e).to_string()))
}

async fn verifier(issuer: &Issuer) -> (JwksVerifier, tokenward_remote::KeySetEvents) {
    let source = issuer.source_at(Discovery::https_or_loopback(issuer.id()).unwrap());
    let verifier = JwksVerifier::start(source, issuer.policy());
    let mut events = verifier.events();
    assert!(matches!(next(&mut events).await, KeySetEvent::Refreshed { .. }));
    (verifier, events)
}

fn metadata(issuer: &Issuer, keys: &str) -> String {
    let id = issuer.id();
    metadata_of(id.as_str(), &format!("{id}{keys}"))
}

fn metadata_of(issuer: &str, jwks_uri: &str) -> String {
    format!(r#"{{"issuer":"{issuer}","token_endpoint":"x","jwks_uri":"{jwks_uri}"}}"#)
}

fn absent() -> Reply {
    reply(StatusCode::NOT_FOUND, "", "")
}
