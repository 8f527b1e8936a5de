use tokenward::{ClientId, ErrorChain, IssuerId};

use super::*;
use crate::http::Credential;

#[test]
fn the_three_urls_come_from_the_issuer() {
    let endpoints = config("https://auth.example/sub/audiences/api").endpoints().unwrap();

    let base = "https://auth.example/sub";
    assert_eq!(endpoints.keys.to_string(), format!("{base}/audiences/api/jwks.json"));
    assert_eq!(endpoints.snapshot.to_string(), format!("{base}/revocations/api/snapshot"));
    assert_eq!(endpoints.feed.to_string(), format!("{base}/revocations/api/feed"));
}

#[test]
fn the_authority_may_be_reached_elsewhere() {
    let config = config("https://auth.example/audiences/api").authority("https://10.0.0.7:8443/");

    let keys = config.endpoints().unwrap().keys;
    assert_eq!(keys.to_string(), "https://10.0.0.7:8443/audiences/api/jwks.json");
}

#[test]
fn an_issuer_that_is_not_the_audiences_is_refused_with_the_mend() {
    let error = config("https://auth.example/audiences/other").endpoints().err().unwrap();

    assert!(error.to_string().contains("must end in `/audiences/api`"), "{error}");
}

#[test]
fn keys_and_revocations_never_come_in_the_clear_from_elsewhere() {
    let config = config("http://auth.example/audiences/api").plain_http_on_loopback();

    let error = config.endpoints().err().unwrap();
    assert_eq!(ErrorChain::new(&error).to_string(), "`issuer`: it must be an https URL");
}

#[test]
fn a_password_in_a_url_is_not_repeated() {
    let config = config("https://auth.example/audiences/api").authority("https://u:planted@a");

    let error = config.endpoints().err().unwrap();
    assert!(!format!("{error:?} {}", ErrorChain::new(&error)).contains("planted"));
}

#[test]
fn bounds_that_leave_no_room_for_heartbeats_do_not_start() {
    let config = config("https://auth.example/audiences/api").max_staleness(Duration::from_secs(6));

    let error = config.check_times().unwrap_err();
    assert!(error.to_string().starts_with("`max_staleness` must be at least 7.0 s"), "{error}");
    assert!(config.clock_error(Duration::from_secs(4)).check_times().is_ok());
}

fn config(issuer: &str) -> RemoteConfig {
    RemoteConfig::new(
        IssuerId::new(issuer).unwrap(),
        Audience::new("api").unwrap(),
        Credential::new(ClientId::new("gate").unwrap(), "secret"),
    )
}
