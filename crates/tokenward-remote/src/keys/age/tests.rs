use http::HeaderValue;

use super::*;

#[test]
fn the_age_of_a_key_set_is_what_its_server_says() {
    let age = |value: &'static str| {
        let value = HeaderValue::from_static(value);
        max_age(&[(CACHE_CONTROL, value)].into_iter().collect::<HeaderMap>())
    };

    assert_eq!(age("public, Max-Age=300"), Some(secs(300)));
    assert_eq!(age("max-age=\"60\""), Some(secs(60)));
    assert_eq!(age("no-cache"), None);
    assert_eq!(age("max-age=soon"), None);
}

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
