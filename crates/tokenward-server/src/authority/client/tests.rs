use http::HeaderValue;

use super::*;

#[test]
fn basic_credentials_are_read_raw_and_form_encoded() {
    for pair in ["demo-backend:tws_a-b_c", "demo%2Dbackend:tws%5Fa%2Db%5Fc"] {
        let headers = with(&format!("Basic {}", STANDARD.encode(pair)));
        let Ok(Some(Claim::Secret(name, secret))) = basic(&headers) else { panic!("{pair}") };
        assert_eq!((name.as_str(), secret.as_str()), ("demo-backend", "tws_a-b_c"));
    }
}

#[test]
fn what_is_not_basic_is_a_failed_authentication() {
    for line in ["Bearer x", "Basic", "Basic !", "Basic bm9jb2xvbg==", "basic\u{a0}x"] {
        assert!(basic(&with(line)).is_err(), "{line}");
    }
    assert!(basic(&HeaderMap::new()).unwrap().is_none());
}

#[test]
fn a_client_authenticates_in_one_way_alone() {
    let headers = with(&format!("Basic {}", STANDARD.encode("a:b")));
    let form = |body: &str| Form::parse(body.as_bytes()).unwrap();
    assert!(oauth_claim(&headers, &form("client_secret=b")).is_err());
    assert!(oauth_claim(&headers, &form("client_id=c")).is_err());
    assert!(oauth_claim(&headers, &form("client_id=a")).is_ok());
    assert!(oauth_claim(&HeaderMap::new(), &form("client_assertion=x")).is_err());

    let mut twice = headers.clone();
    twice.append(AUTHORIZATION, HeaderValue::from_static("Basic YTpi"));
    assert!(oauth_claim(&twice, &form("")).is_err());
}

fn with(line: &str) -> HeaderMap {
    HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_str(line).unwrap())])
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(256))]

    #[test]
    fn no_authorization_line_stops_the_process(line in "([Bb]asic )?[ -~]{0,60}") {
        if let Ok(value) = HeaderValue::from_str(&line) {
            drop(basic(&HeaderMap::from_iter([(AUTHORIZATION, value)])));
        }
    }
}
