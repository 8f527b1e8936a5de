use super::*;

/// Both signatures were made by botocore, the vendor's own implementation.
#[test]
fn a_request_is_signed_as_the_vendors_own_client_signs_it() {
    for (token, signature) in [
        (None, "d1fa128e20adbb99d84b7ca3a7ad271f1fa904f41906bae79ebc62bf04831729"),
        (
            Some("FwoGZXIvYXdzEXAMPLETOKEN=="),
            "a8392b27f096e47f307e8495ce36c995a924e4320d1216cd09691cbbaf5b909d",
        ),
    ] {
        let headers = headers(token, UnixTime::from_secs(1_795_601_472)).unwrap();
        let value = |name: &HeaderName| {
            let found = headers.iter().find(|(known, _)| known == name)?;
            found.1.to_str().ok().map(ToOwned::to_owned)
        };

        assert_eq!(value(&DATE).unwrap(), "20261125T101112Z");
        assert_eq!(value(&TOKEN).as_deref(), token);
        let authorization = value(&AUTHORIZATION).unwrap();
        assert!(authorization.ends_with(&format!(", Signature={signature}")), "{authorization}");
    }
}

#[test]
fn what_is_secret_in_a_request_is_marked_so() {
    let headers = headers(Some("FwoGZXIvYXdz"), UnixTime::from_secs(0)).unwrap();

    let secret: Vec<_> = headers.iter().filter(|(_, value)| value.is_sensitive()).collect();
    assert_eq!(secret.len(), 2, "{headers:?}");
}

#[test]
fn a_time_beyond_the_calendar_is_not_signed() {
    assert!(headers(None, UnixTime::NEVER).is_none());
}

fn headers(token: Option<&str>, now: UnixTime) -> Option<Vec<(HeaderName, HeaderValue)>> {
    let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    let who = AwsCredentials::new("AKIAIOSFODNN7EXAMPLE", secret, token).unwrap();
    let signing = Signing {
        who: &who,
        region: &Region::new("eu-central-1").unwrap(),
        service: "kms",
        host: "kms.eu-central-1.amazonaws.com",
        target: "TrentService.DescribeKey",
        body: br#"{"KeyId":"k"}"#,
    };
    signing.headers(now)
}
