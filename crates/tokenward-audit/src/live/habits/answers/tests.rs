use http::{HeaderMap, HeaderName, HeaderValue};

use super::*;

#[test]
fn hsts_is_asked_of_https_for_a_year_and_not_of_this_machine() {
    let good = [("strict-transport-security", "max-age=63072000; includeSubDomains")];
    let short = [("strict-transport-security", "max-age=3600")];
    let broken = [("strict-transport-security", "includeSubDomains")];

    assert_eq!(rules("https://a.example/", &Carrier::Bearer, &good), [""; 0]);
    for headers in [&[][..], &short, &broken] {
        assert_eq!(rules("https://a.example/", &Carrier::Bearer, headers), ["live-no-hsts"]);
    }
    assert_eq!(rules("https://localhost/", &Carrier::Bearer, &[]), [""; 0]);
}

#[test]
fn what_a_cookie_brought_must_say_that_it_is_not_to_be_kept() {
    let cookie = Carrier::Cookie("session".to_owned());
    let cached = ["live-answer-cached"];

    assert_eq!(rules("http://localhost/", &cookie, &[]), cached);
    assert_eq!(rules("http://localhost/", &cookie, &[("cache-control", "No-Store")]), [""; 0]);
    // Shared caches keep no answer to `Authorization` unless they are told to.
    assert_eq!(rules("http://localhost/", &Carrier::Bearer, &[]), [""; 0]);
    let shared = [("cache-control", "max-age=60, s-maxage=60")];
    assert_eq!(rules("http://localhost/", &Carrier::Bearer, &shared), cached);
}

#[test]
fn cookies_without_a_token_may_be_as_they_like() {
    let names =
        |cookie: &str| rules("http://localhost/", &Carrier::Bearer, &[("set-cookie", cookie)]);

    for cookie in [
        "theme=dark",
        "XSRF-TOKEN=abcdefghijklmnopqrstuvwxyz",
        "csrf=eyJhbGciOiJIUzI1NiJ9.e30.AA",
        "session=; Max-Age=0",
        "broken",
        // Names with a part of such a name in them, and what is no token.
        "sidebar_state=open",
        "sidebar_state=abcdefghijklmnopqrstuvwxyz",
        "author=abcdefghijklmnopqrstuvwxyz",
        "preside=abcdefghijklmnopqrstuvwxyz",
        "auth=1",
        "prefs=eyJ0aGVtZSI6ImRhcmsifQ",
    ] {
        assert_eq!(names(cookie), [""; 0], "{cookie}");
    }
    assert_eq!(
        names("__Host-session=abcdefghijklmnopqrstuvwxyz; HttpOnly; Secure; SameSite=Lax; Path=/"),
        [""; 0]
    );
    let all = ["live-cookie-readable", "live-cookie-plain", "live-cookie-cross-site"];
    for cookie in [
        "a=eyJhbGciOiJub25lIn0.e30.",
        "access_token=abcdefghijklmnopqrstuvwxyz",
        "__Secure-session=abcdefghijklmnopqrstuvwxyz",
        "connect.sid=abcdefghijklmnopqrstuvwxyz",
    ] {
        assert_eq!(names(&format!("{cookie}; SameSite=None")), all, "{cookie}");
    }
}

fn rules(url: &str, carrier: &Carrier, headers: &[(&'static str, &str)]) -> Vec<&'static str> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
    }
    let answer = Answer { status: 200, headers: map, body: "{}".into() };
    let address = Address::parse(url).unwrap();
    judge(&address, carrier, &answer).iter().map(|finding| finding.rule).collect()
}
