use super::*;

#[test]
fn fields_are_read_by_name_and_type() {
    let mut fields = Fields::parse(br#"{"a":"x","b":{"c":1},"d":null}"#).unwrap();
    assert_eq!(fields.required("a").unwrap(), "x");
    assert_eq!(fields.object("b").unwrap().len(), 1);
    assert_eq!(fields.text("d").unwrap(), None);
    fields.done().unwrap();
}

#[test]
fn a_name_that_stands_twice_is_refused_at_every_level() {
    for body in [r#"{"a":1,"a":1}"#, r#"{"a":{"b":1,"b":2}}"#, r#"{"a":[{"b":1,"\u0062":2}]}"#] {
        refused(body, "the body has a name twice");
    }
}

#[test]
fn what_is_not_one_object_is_refused() {
    for body in ["", "nul", "{\"a\":1} x", "{\"a\":1", "\u{feff}{}"] {
        refused(body, "the body is not valid JSON");
    }
    refused("[1]", "the body must be a JSON object");
    refused("\"x\"", "the body must be a JSON object");
}

#[test]
fn nesting_without_end_is_refused_rather_than_followed() {
    refused(&"[".repeat(60_000), "the body is not valid JSON");
}

#[test]
fn an_unknown_field_is_named_only_if_it_looks_like_a_name() {
    let left = |body: &str| text(&Fields::parse(body.as_bytes()).unwrap().done().unwrap_err());
    assert!(left(r#"{"subjct":"x"}"#).contains("subjct: is not a known field"));
    assert!(!left(r#"{"twr_s3cr3t-in-the-wrong-place":1}"#).contains("s3cr3t"));
}

#[test]
fn a_wrong_type_is_refused_without_repeating_the_value() {
    let mut fields = Fields::parse(br#"{"subject":["s3cr3t"]}"#).unwrap();
    let error = text(&fields.required("subject").unwrap_err());
    assert!(error.contains("subject: must be a string") && !error.contains("s3cr3t"), "{error}");
}

fn refused(body: &str, why: &str) {
    let error = text(&Fields::parse(body.as_bytes()).unwrap_err());
    assert!(error.contains(why), "{body:.40}: {error}");
}

fn text(error: &ApiError) -> String {
    format!("{error:?}")
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(256))]

    #[test]
    fn what_is_read_is_what_everybody_else_reads(text in r#"[\[\]{}:,"\\abu0-9.eE+\- ]{0,40}"#) {
        let ours = Fields::parse(text.as_bytes()).ok().map(|fields| Value::Object(fields.0));
        let theirs = serde_json::from_str::<Value>(&text).ok();
        // Ours refuses more, and never reads anything else.
        proptest::prop_assert!(ours.is_none() || ours == theirs);
    }
}
