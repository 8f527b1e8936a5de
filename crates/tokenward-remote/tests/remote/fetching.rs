//! Fetching key sets, against a real server.

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use crate::authority::{Authority, Verdict, audience, reply, until};
use crate::tls::TlsServer;
use http::StatusCode;
use tokenward::{ClientId, ErrorChain, IssuerId};
use tokenward_remote::{
    Credential, Endpoint, FetchCause, HttpClient, HttpOptions, KeySetEvent, Remote, RemoteConfig,
    SystemClock,
};
use tokio::time::timeout;

#[tokio::test]
async fn a_key_change_is_known_by_the_next_heartbeat() {
    let authority = Authority::start().await;
    let remote = authority.connect().await;
    let state = &authority.state;
    let old = state.token("t1");
    assert_eq!(state.verdict(&remote, &old), Verdict::Good);

    state.change_key();
    state.advance(Duration::from_secs(1));
    state.send(&state.heartbeat());

    let new = state.token("t2");
    until("new key", || state.verdict(&remote, &new) == Verdict::Good).await;
    assert_eq!(state.verdict(&remote, &old), Verdict::Rejected);
    assert_eq!(state.key_fetches.load(SeqCst), 2);
}

#[tokio::test]
async fn a_key_change_is_told_to_whoever_listens() {
    let authority = Authority::start().await;
    let remote = authority.connect().await;
    let mut events = remote.key_set_events();
    let state = &authority.state;

    state.change_key();
    state.send(&state.heartbeat());

    let event = timeout(Duration::from_secs(60), events.next()).await.unwrap().unwrap();
    let KeySetEvent::Refreshed { cause: FetchCause::Announced, changed: true, .. } = event else {
        panic!("{event:?}")
    };
    assert_eq!(state.verdict(&remote, &state.token("t1")), Verdict::Good);
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
    state.send(&state.heartbeat());

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
async fn an_authority_with_a_certificate_of_its_own_ca_is_trusted_by_whoever_names_that_ca() {
    let server = TlsServer::start(|_, _| reply(StatusCode::OK, "", "hello")).await;
    let endpoint = Endpoint::https(&format!("https://localhost:{}/", server.port)).unwrap();
    let client = |extra_ca: Option<Vec<u8>>| {
        let mut options = HttpOptions::default();
        options.extra_ca = extra_ca;
        HttpClient::new(&options, Arc::new(SystemClock::new()))
    };

    let trusting = client(Some(server.ca.clone())).unwrap();
    assert_eq!(trusting.get(&endpoint, None, 100).await.unwrap().body, "hello");
    // Where the system has no roots at all, a client without a CA cannot even be made.
    if let Ok(stranger) = client(None) {
        let error = stranger.get(&endpoint, None, 100).await.unwrap_err();
        let text = ErrorChain::new(&error).to_string();
        assert!(text.contains("certificate"), "{text}");
    }
    assert!(client(Some(b"no certificate".to_vec())).is_err());
}
