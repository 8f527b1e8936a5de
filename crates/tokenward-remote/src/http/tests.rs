use std::time::Duration;

use http::HeaderMap;
use tokenward::{ClientId, UnixTime};

use super::*;

#[test]
fn plain_http_is_for_loopback_alone_and_only_where_it_was_asked_for() {
    let good =
        ["https://a.example", "http://127.0.0.1:8080/x", "http://[::1]/", "http://localhost"];
    let bad = [
        "http://a.example",
        "http://127.0.0.1.example",
        "http://localhost.example",
        "ftp://a",
        "file:///etc/passwd",
        "file://localhost/etc/passwd",
        "data:application/json,{}",
        "//a.example",
        "/jwks.json",
    ];

    assert!(good.iter().all(|url| Endpoint::https_or_loopback(url).is_ok()));
    assert!(bad.iter().all(|url| Endpoint::https_or_loopback(url).is_err()));
    assert_eq!(Endpoint::https("http://127.0.0.1").unwrap_err(), BadEndpoint::NotHttps);
}

#[test]
fn a_url_with_a_password_is_refused_because_urls_are_logged() {
    let error = Endpoint::https("https://user:planted@a.example").unwrap_err();

    assert_eq!(error, BadEndpoint::HoldsCredentials);
    assert!(!error.to_string().contains("planted"));
}

#[test]
fn a_url_in_a_document_leads_to_its_own_host_or_to_the_public() {
    let document = Endpoint::https("https://10.0.0.7/.well-known/openid-configuration").unwrap();
    let named = |text: &str| document.named_there(text);

    assert!(named("https://10.0.0.7:8443/jwks.json").is_ok_and(|url| !url.public_only()));
    assert!(named("https://keys.example/jwks.json").is_ok_and(|url| url.public_only()));
    for local in ["10.0.0.8", "127.0.0.1", "[::1]", "[::ffff:10.0.0.7]", "169.254.169.254"] {
        let error = named(&format!("https://{local}/jwks.json")).unwrap_err();
        assert_eq!(error, BadEndpoint::NotPublic, "{local}");
    }
    assert_eq!(named("http://10.0.0.7/jwks.json").unwrap_err(), BadEndpoint::NotHttps);
    assert_eq!(named("/jwks.json").unwrap_err(), BadEndpoint::NotAUrl);
}

#[test]
fn a_credential_is_encoded_as_a_form_first_and_never_shown() {
    let credential = Credential::new(ClientId::new("a:b").unwrap(), "planted secret");

    // base64("a%3Ab:planted+secret")
    assert_eq!(credential.header().to_str().unwrap(), "Basic YSUzQWI6cGxhbnRlZCtzZWNyZXQ=");
    let shown = format!("{credential:?} {:?}", credential.header());
    assert!(!shown.contains("planted") && !shown.contains("YSUz"), "{shown}");
}

#[test]
fn retry_after_is_read_as_seconds_and_as_a_date() {
    let now = UnixTime::from_secs(784_111_770);

    assert_eq!(retry_after(&headers("120"), now), Some(Duration::from_secs(120)));
    let date = headers("Sun, 06 Nov 1994 08:49:37 GMT");
    assert_eq!(retry_after(&date, now), Some(Duration::from_secs(7)));
    assert_eq!(retry_after(&headers("soon"), now), None);
}

fn headers(retry_after: &'static str) -> HeaderMap {
    [(RETRY_AFTER, HeaderValue::from_static(retry_after))].into_iter().collect()
}
