use std::time::Duration;

use axum::response::IntoResponse as _;
use http::header::{ACCEPT, RETRY_AFTER};
use http::{HeaderMap, HeaderValue};
use tokenward::{Audience, UnixTime};
use tokenward_revocation::{FreshnessPolicy, View, WhenStale};

use super::built::complete;
use super::{MEDIA_TYPE, accepts};

#[test]
fn no_list_is_made_of_what_may_lack_a_revocation() {
    let (audience, now) =
        (Audience::new("billing-api").unwrap(), UnixTime::from_secs(1_800_000_000));
    // Even where the policy is to go on: a bit cannot say how old it is.
    let policy = FreshnessPolicy {
        max_staleness: Duration::from_secs(10),
        clock_error: Duration::ZERO,
        when_stale: WhenStale::Accept,
    };

    let refused = complete(&View::following(audience.clone(), policy), now).unwrap_err();

    let answer = refused.into_response();
    assert_eq!(answer.status(), 503);
    assert!(answer.headers().contains_key(RETRY_AFTER));
    complete(&View::local(audience), now).unwrap();
}

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
