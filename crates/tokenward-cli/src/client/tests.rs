use super::*;

#[test]
fn a_token_is_not_sent_in_the_clear_beyond_this_machine() {
    for url in
        ["http://auth.example.com:9443", "ftp://127.0.0.1", "http://10.0.0.1", "not a url", "/x"]
    {
        assert!(AdminClient::over_tcp(url, None).is_err(), "{url}");
    }
}

#[test]
fn a_query_holds_only_what_has_a_value_and_is_encoded() {
    let path = query("/x", &[("audience", None), ("subject", Some("a b&c=d"))]);

    assert_eq!(path, "/x?subject=a+b%26c%3Dd");
    assert_eq!(query("/x", &[("audience", None)]), "/x");
    assert_eq!(segment("../x").to_string(), "%2E%2E%2Fx");
}

#[test]
fn a_debug_output_shows_no_credential() {
    let target = Target::Tcp {
        site: Site::parse("it", "http://localhost:1", None, is_loopback).unwrap(),
        bearer: HeaderValue::from_static("Bearer twa_secret"),
    };

    assert!(!format!("{target:?}").contains("twa_secret"));
}
