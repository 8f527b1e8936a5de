use super::*;

#[test]
fn a_set_with_all_that_it_should_have_is_not_reproached() {
    let key = |kid: &str| {
        format!(
            r#"{{"kty":"EC","crv":"P-256","x":"a","y":"b","kid":"{kid}","alg":"ES256","use":"sig"}}"#
        )
    };
    let set = format!(r#"{{"keys":[{},{}]}}"#, key("1"), key("2"));
    let source = JwksSource {
        url: Some("https://a.example/jwks".to_owned()),
        cache_control: Some("public, max-age=900".to_owned()),
        redirect: None,
    };
    assert_eq!(found(&set, &source), Vec::<&str>::new());
}

#[test]
fn each_thing_that_is_wrong_with_a_key_is_told() {
    let good = r#""kid":"1","alg":"RS256","use":"sig""#;
    let modulus = |bytes: usize| BASE64.encode(vec![0xc5; bytes]);
    for (key, rule) in [
        (format!(r#"{{"kty":"EC","d":"AA",{good}}}"#), "jwks-private-key"),
        (format!(r#"{{"kty":"oct","k":"AA",{good}}}"#), "jwks-private-key"),
        (format!(r#"{{"kty":"RSA","n":"{}","e":"AQAB",{good}}}"#, modulus(128)), "jwks-short-key"),
        (format!(r#"{{"kty":"RSA","n":"{}","e":"Aw",{good}}}"#, modulus(256)), "jwks-odd-exponent"),
        (format!(r#"{{"kty":"RSA",{good}}}"#), "jwks-broken-key"),
        (r#"{"kty":"EC","alg":"ES256","use":"sig"}"#.to_owned(), "jwks-without-key-id"),
        (r#"{"kty":"EC","kid":"1","use":"sig"}"#.to_owned(), "jwks-without-algorithm"),
        (r#"{"kty":"EC","kid":"1","alg":"ES256"}"#.to_owned(), "jwks-without-use"),
        (r#"{"kty":"EC","kid":"1","alg":"none","use":"sig"}"#.to_owned(), "jwks-bad-algorithm"),
    ] {
        let set = format!(r#"{{"keys":[{key}]}}"#);
        assert!(found(&set, &JwksSource::default()).contains(&rule), "{rule}: {set}");
        assert!(found(&key, &JwksSource::default()).contains(&rule), "a key alone: {rule}");
    }
    let good = format!(r#"{{"kty":"RSA","n":"{}","e":"AQAB",{good}}}"#, modulus(256));
    assert_eq!(
        found(&format!(r#"{{"keys":[{good}]}}"#), &JwksSource::default()),
        ["jwks-single-key"]
    );
}

#[test]
fn two_keys_of_one_name_and_a_set_of_none_are_told() {
    let two = r#"{"keys":[{"kty":"EC","kid":"1"},{"kty":"EC","kid":"1"}]}"#;
    assert!(found(two, &JwksSource::default()).contains(&"jwks-doubled-key-id"));
    assert_eq!(found(r#"{"keys":[]}"#, &JwksSource::default()), ["jwks-empty"]);
}

#[test]
fn how_it_is_served_is_told() {
    let with = |url: &str, cache: Option<&str>, redirect: Option<&str>| {
        let source = JwksSource {
            url: Some(url.to_owned()),
            cache_control: cache.map(str::to_owned),
            redirect: redirect.map(str::to_owned),
        };
        found(r#"{"keys":[]}"#, &source)
    };
    assert!(with("https://a.example", None, None).contains(&"jwks-cache"));
    assert!(with("https://a.example", Some("max-age=86401"), None).contains(&"jwks-cache"));
    assert!(!with("https://a.example", Some("max-age=86400"), None).contains(&"jwks-cache"));
    assert!(with("http://a.example", Some("max-age=1"), None).contains(&"jwks-over-plain-http"));
    assert!(
        !with("http://127.0.0.1:8080", Some("max-age=1"), None).contains(&"jwks-over-plain-http")
    );
    assert_eq!(with("https://a.example", None, Some("https://b.example")), ["jwks-redirect"]);
}

#[test]
fn what_is_no_key_set_is_refused() {
    let refused = |text: &[u8]| audit_jwks("x", text, &JwksSource::default()).is_err();
    assert!(refused(b"") && refused(b"[]") && refused(b"{}") && refused(b"<html>"));
    assert!(refused(format!("{{\"keys\":{}", "[".repeat(100_000)).as_bytes()));
}

fn found(set: &str, source: &JwksSource) -> Vec<&'static str> {
    let findings = audit_jwks("jwks.json", set.as_bytes(), source).unwrap();
    findings.into_iter().map(|finding| finding.rule).collect()
}
