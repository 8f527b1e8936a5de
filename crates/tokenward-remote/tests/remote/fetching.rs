//! Fetching key sets, against a real server.

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use crate::authority::{Authority, Reply, Verdict, audience, reply, serve_connection, until};
use http::StatusCode;
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokenward::{ClientId, ErrorChain, IssuerId};
use tokenward_remote::{
    Credential, Endpoint, HttpClient, HttpOptions, KeySetOptions, KeySetSource, Remote,
    RemoteConfig, SystemClock,
};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

#[tokio::test]
async fn a_key_change_is_known_by_the_next_heartbeat() {
    let authority = Authority::start().await;
    let remote = authority.connect().await;
    let state = &authority.state;
    let old = state.token("t1");
    assert_eq!(state.verdict(&remote, &old), Verdict::Good);

    state.change_key();
    state.advance(Duration::from_secs(1));
    state.send_heartbeat(&state.heartbeat());

    let new = state.token("t2");
    until("new key", || state.verdict(&remote, &new) == Verdict::Good).await;
    assert_eq!(state.verdict(&remote, &old), Verdict::Rejected);
    assert_eq!(state.key_fetches.load(SeqCst), 2);
}

#[tokio::test]
async fn tokens_with_unknown_keys_do_not_make_it_fetch_at_will() {
    let authority = Authority::start().await;
    let stranger = Authority::start().await;
    let remote = authority.connect().await;
    let state = &authority.state;

    for number in 0..100 {
        let token = stranger.state.token(&format!("t{number}"));
        assert_eq!(state.verdict(&remote, &token), Verdict::Rejected);
    }
    state.advance(Duration::from_secs(1));
    state.send_heartbeat(&state.heartbeat());

    until("heartbeat", || remote.status().feed_age == Some(Duration::from_secs(2))).await;
    assert_eq!(state.key_fetches.load(SeqCst), 1);
}

#[tokio::test]
async fn an_authority_that_comes_up_later_is_waited_for() {
    let authority = Authority::start().await;
    let state = &authority.state;
    state.down.store(true, SeqCst);
    let remote = authority.remote(&authority.config());
    until("tried", || remote.status().keys_error.is_some()).await;
    assert_eq!(state.verdict(&remote, &state.token("t1")), Verdict::Unavailable);

    state.down.store(false, SeqCst);

    remote.ready().await;
    assert_eq!(state.verdict(&remote, &state.token("t1")), Verdict::Good);
}

#[tokio::test]
async fn a_wrong_credential_is_told_to_the_operator_without_the_secret() {
    let authority = Authority::start().await;
    let credential = Credential::new(ClientId::new("gate").unwrap(), "planted");
    let issuer = IssuerId::new("https://auth.example/audiences/api").unwrap();
    let config = RemoteConfig::new(issuer, audience(), credential)
        .authority(format!("http://{}", authority.address))
        .plain_http_on_loopback()
        .connect_timeout(Duration::from_millis(300));

    let error = Remote::connect(&config, Arc::new(SystemClock::new())).await.unwrap_err();

    let text = ErrorChain::new(&error).to_string();
    assert!(text.contains("401") && !text.contains("planted"), "{text}");
    assert!(!format!("{config:?} {error:?}").contains("planted"));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let text = fetch(|| {
        let mut reply = reply(StatusCode::FOUND, "", "");
        reply.headers_mut().insert("location", "/elsewhere".parse().unwrap());
        reply
    })
    .await;

    assert!(text.contains("302 Found, and no redirect is followed"), "{text}");
}

#[tokio::test]
async fn a_key_set_over_the_limit_is_not_read_to_its_end() {
    let text = fetch(|| {
        let body = " ".repeat(KeySetOptions::MAX_BYTES.saturating_add(1));
        reply(StatusCode::OK, "application/json", &body)
    })
    .await;

    let limit = KeySetOptions::MAX_BYTES;
    assert!(text.ends_with(&format!("the answer is longer than {limit} bytes")), "{text}");
}

#[tokio::test]
async fn a_published_secret_is_refused() {
    let text = fetch(|| {
        let key = r#"{"kty":"oct","alg":"HS256","kid":"k","k":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}"#;
        reply(StatusCode::OK, "application/json", &format!(r#"{{"keys":[{key}]}}"#))
    })
    .await;

    assert!(text.contains("leaked"), "{text}");
}

#[tokio::test]
async fn an_authority_with_a_certificate_of_its_own_ca_is_trusted_by_whoever_names_that_ca() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = tokio::spawn(async move {
        let acceptor = TlsAcceptor::from(Arc::new(tls));
        let mut connections = JoinSet::new();
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let acceptor = acceptor.clone();
            connections.spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                serve_connection(stream, |_| reply(StatusCode::OK, "", "hello")).await;
            });
        }
    });
    let endpoint = Endpoint::https(&format!("https://localhost:{port}/")).unwrap();
    let client = |extra_ca: Option<Vec<u8>>| {
        let mut options = HttpOptions::default();
        options.extra_ca = extra_ca;
        HttpClient::new(&options, Arc::new(SystemClock::new()))
    };

    let trusting = client(Some(made.cert.pem().into_bytes())).unwrap();
    assert_eq!(trusting.get(&endpoint, None, 100).await.unwrap().body, "hello");
    // Where the system has no roots at all, a client without a CA cannot even be made.
    if let Ok(stranger) = client(None) {
        let error = stranger.get(&endpoint, None, 100).await.unwrap_err();
        let text = ErrorChain::new(&error).to_string();
        assert!(text.contains("certificate"), "{text}");
    }
    assert!(client(Some(b"no certificate".to_vec())).is_err());
    server.abort();
}

/// What a key set source says about a server that answers so.
async fn fetch(answer: impl Fn() -> Reply + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/jwks.json", listener.local_addr().unwrap());
    let clock = Arc::new(SystemClock::new());
    let http = HttpClient::new(&options(), clock.clone()).unwrap();
    let endpoint = Endpoint::https_or_loopback(&url).unwrap();
    let source = KeySetSource::new(http, endpoint, KeySetOptions::new("api"), clock);
    let server = async {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            serve_connection(stream, |_| answer()).await;
        }
    };
    tokio::select! {
        result = source.fetch() => ErrorChain::new(&result.unwrap_err()).to_string(),
        () = server => unreachable!("it serves for ever"),
    }
}

fn options() -> HttpOptions {
    let mut options = HttpOptions::default();
    // So that the tests run where the system has no roots.
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    options.extra_ca = Some(made.cert.pem().into_bytes());
    options
}
