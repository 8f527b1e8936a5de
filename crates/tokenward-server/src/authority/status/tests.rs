use std::time::Duration;

use axum::response::IntoResponse as _;
use http::header::{ACCEPT, RETRY_AFTER};
use http::{HeaderMap, HeaderValue};
use tokenward::{Audience, UnixTime};
use tokenward_revocation::{FreshnessPolicy, View, WhenStale};

use super::built::{complete, rests_until};
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
fn a_list_that_takes_long_rests_long_and_not_beyond_its_time_to_live() {
    let at = |seconds: f64| {
        UnixTime::from_millis(1_000_000).saturating_add(Duration::from_secs_f64(seconds))
    };
    let time_to_live = Duration::from_secs(10);
    for (took, rests) in [(0.0, 1.0), (0.1, 2.1), (2.0, 7.0), (6.0, 10.0), (12.0, 13.0)] {
        assert_eq!(rests_until(at(0.0), at(took), time_to_live), at(rests), "{took}");
    }
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
