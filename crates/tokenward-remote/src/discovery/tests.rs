use super::*;

#[test]
fn the_two_places_are_where_the_specifications_put_them() {
    let at = |issuer: &str| {
        let Discovery { openid, oauth, .. } = Discovery::https(id(issuer)).unwrap();
        (openid.to_string(), oauth.to_string())
    };
    let both = |openid: &str, oauth: &str| (openid.to_owned(), oauth.to_owned());

    let plain = both(
        "https://a.example/.well-known/openid-configuration",
        "https://a.example/.well-known/oauth-authorization-server",
    );
    assert_eq!(at("https://a.example"), plain);
    assert_eq!(at("https://a.example/"), plain);
    let with_path = both(
        "https://a.example:8443/t/1/.well-known/openid-configuration",
        "https://a.example:8443/.well-known/oauth-authorization-server/t/1",
    );
    assert_eq!(at("https://a.example:8443/t/1"), with_path);
    assert_eq!(at("https://a.example:8443/t/1/"), with_path);
}

#[test]
fn an_issuer_that_is_no_https_url_has_no_metadata() {
    let wrong = |issuer: &str| Discovery::https_or_loopback(id(issuer)).unwrap_err();

    assert_eq!(wrong("accounts.example"), BadIssuer::NotFetched(BadEndpoint::NotHttps));
    assert_eq!(wrong("http://a.example"), BadIssuer::NotFetched(BadEndpoint::NotHttps));
    assert_eq!(wrong("file:///etc/passwd"), BadIssuer::NotFetched(BadEndpoint::NotAUrl));
    assert_eq!(wrong("https://a.example?b"), BadIssuer::HasQuery);
    assert_eq!(wrong("https://a.example#b"), BadIssuer::HasQuery);
    assert!(Discovery::https(id("http://127.0.0.1:80")).is_err());
}

#[test]
fn metadata_is_an_object_with_each_name_once() {
    let good = r#"{"a":[1],"issuer":"i","jwks_uri":"u","b":{}}"#;
    let parsed = Metadata::parse(good.as_bytes()).unwrap();
    assert_eq!((parsed.issuer.as_str(), parsed.jwks_uri.as_deref()), ("i", Some("u")));

    for bad in [
        r#"["i","u"]"#,
        r#"{"issuer":"i","jwks_uri":"u","jwks_uri":"v"}"#,
        r#"{"issuer":"i","jwks_uri":"u","\u006awks_uri":"v"}"#,
        r#"{"issuer":["i"],"jwks_uri":"u"}"#,
        r#"{"issuer":"i","jwks_uri":["u"]}"#,
        r#"{"jwks_uri":"u"}"#,
        r#"{"issuer":"i"} {}"#,
        "<html></html>",
        "",
    ] {
        assert!(Metadata::parse(bad.as_bytes()).is_err(), "{bad}");
    }
}

fn id(text: &str) -> IssuerId {
    IssuerId::new(text).unwrap()
}
