use super::*;

#[test]
fn a_region_is_a_code_and_nothing_that_leads_elsewhere() {
    for good in ["eu-central-1", "us-gov-west-1", "ap-southeast-7", "cn-north-1"] {
        assert!(Region::new(good).is_ok(), "{good}");
    }
    for bad in
        ["", "eu", "EU-CENTRAL-1", "eu-central-1/", "eu.central-1", "1-eu", "eu-central-", "a@b-1"]
    {
        assert_eq!(Region::new(bad), Err(BadRegion), "{bad}");
    }
}

#[test]
fn services_are_where_aws_documents_them() {
    let at = |region: &str| Region::new(region).unwrap().endpoint("kms").to_string();

    assert_eq!(at("eu-central-1"), "https://kms.eu-central-1.amazonaws.com");
    assert_eq!(at("cn-north-1"), "https://kms.cn-north-1.amazonaws.com.cn");
}

#[test]
fn an_endpoint_is_https_or_on_this_machine() {
    assert!(Endpoint::new("https://kms.example.com:8443/").is_ok());
    assert!(Endpoint::new("http://[::1]:4566").is_ok());
    assert!(Endpoint::new("http://localhost:4566").is_ok());
    for (text, error) in [
        ("http://kms.example.com", BadEndpoint::NotHttps),
        ("http://127.0.0.1.example.com", BadEndpoint::NotHttps),
        ("ftp://127.0.0.1", BadEndpoint::NotHttps),
        ("https://key:secret@kms.example.com", BadEndpoint::HoldsCredentials),
        ("https://kms.example.com/path", BadEndpoint::TooLong),
        ("https://kms.example.com/?a", BadEndpoint::TooLong),
        ("kms.example.com", BadEndpoint::NotAUrl),
        ("", BadEndpoint::NotAUrl),
    ] {
        assert_eq!(Endpoint::new(text), Err(error), "{text}");
    }
}
