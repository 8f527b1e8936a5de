use super::*;

#[test]
fn parameters_are_decoded() {
    let form = Form::parse(b"grant_type=client_credentials&scope=a+b%3Ac").unwrap();
    assert_eq!(form.get("grant_type"), Some("client_credentials"));
    assert_eq!(form.get("scope"), Some("a b:c"));
}

#[test]
fn a_parameter_that_stands_twice_is_refused_even_if_one_is_empty() {
    for body in ["a=1&a=1", "a=1&%61=2", "a=1&b=2&a="] {
        assert!(Form::parse(body.as_bytes()).is_err(), "{body}");
    }
}

#[test]
fn a_parameter_without_a_value_counts_as_absent() {
    let form = Form::parse(b"scope=&audience").unwrap();
    assert_eq!(form.get("scope"), None);
    assert!(form.required("audience").is_err());
}

#[test]
fn debug_shows_no_value() {
    let form = Form::parse(b"client_secret=s3cr3t").unwrap();
    assert_eq!(format!("{form:?}"), r#"{"client_secret"}"#);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(256))]

    #[test]
    fn what_was_encoded_is_read_back(
        pairs in proptest::collection::btree_map(".{1,12}", ".{1,12}", 0..20),
    ) {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
        let form = Form::parse(body.as_bytes()).unwrap();
        for (name, value) in &pairs {
            proptest::prop_assert_eq!(form.get(name), Some(value.as_str()));
        }
    }

    #[test]
    fn no_body_stops_the_process(body in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
        drop(Form::parse(&body));
    }
}
