use http::header::ACCEPT;
use http::{HeaderMap, HeaderValue};

use super::{MEDIA_TYPE, accepts};

#[test]
fn a_list_is_sent_to_whoever_takes_its_type_and_to_nobody_who_refuses_it() {
    for (line, taken) in [
        (MEDIA_TYPE, true),
        ("application/statuslist+cwt, Application/StatusList+JWT;q=0.5", true),
        ("*/*", true),
        ("text/html, application/*;q=0.1", true),
        ("application/statuslist+cwt", false),
        ("application/statuslist+jwt;q=0", false),
        ("application/statuslist+jwt; Q=0.000", false),
        ("text/html", false),
        ("", false),
    ] {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(line));
        assert_eq!(
            accepts(&headers, &ACCEPT, &[MEDIA_TYPE, "application/*", "*/*"], true),
            taken,
            "{line}"
        );
    }
    assert!(accepts(&HeaderMap::new(), &ACCEPT, &[MEDIA_TYPE], true));
    assert!(!accepts(&HeaderMap::new(), &ACCEPT, &[MEDIA_TYPE], false));
}
