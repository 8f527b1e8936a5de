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
