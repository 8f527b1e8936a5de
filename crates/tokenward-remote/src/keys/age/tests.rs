use http::HeaderValue;

use super::*;

#[test]
fn the_age_of_a_key_set_is_what_its_server_says() {
    assert_eq!(age("public, Max-Age=300", None), Some(secs(300)));
    assert_eq!(age("max-age=\"60\"", None), Some(secs(60)));
    assert_eq!(age("no-cache", None), None);
    assert_eq!(age("max-age=soon", None), None);
}

#[test]
fn what_a_cache_on_the_way_has_used_up_is_gone() {
    assert_eq!(age("max-age=300", Some("100")), Some(secs(200)));
    assert_eq!(age("max-age=300", Some("nonsense")), Some(secs(300)));
    assert_eq!(age("max-age=300", Some("299")), Some(secs(10)));
    assert_eq!(age("max-age=300", Some("5000")), Some(secs(10)));
    assert_eq!(age("max-age=5", Some("4")), Some(secs(5)));
}

#[test]
fn a_server_that_wants_nothing_kept_is_not_asked_once_a_token() {
    assert_eq!(age("no-cache, no-store, max-age=0, must-revalidate", None), None);
}

fn age(cache_control: &'static str, age: Option<&'static str>) -> Option<Duration> {
    let cache_control = (CACHE_CONTROL, HeaderValue::from_static(cache_control));
    let age = age.map(|age| (AGE, HeaderValue::from_static(age)));
    max_age(&[cache_control].into_iter().chain(age).collect())
}

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
