use http::header::{COOKIE, HeaderName, HeaderValue};

use super::*;

#[test]
fn a_token_comes_by_header_or_by_cookie() {
    assert_eq!(extracted(&[(AUTHORIZATION, "Bearer abc")]), Ok(Some(("abc", By::Bearer))));
    assert_eq!(extracted(&[(COOKIE, "__Host-access=abc")]), Ok(Some(("abc", By::Cookie))));
    assert_eq!(extracted(&[(COOKIE, "access=abc")]), Ok(None));
    assert_eq!(extracted(&[]), Ok(None));
}

#[test]
fn the_scheme_is_read_as_rfc_9110_says() {
    for line in ["bearer abc", "BEARER abc", "Bearer   abc"] {
        assert_eq!(extracted(&[(AUTHORIZATION, line)]), Ok(Some(("abc", By::Bearer))), "{line}");
    }
    for line in ["Basic abc", "Bearerabc", "Bear", "", "Bearer:abc", "Bearer\tabc"] {
        assert_eq!(extracted(&[(AUTHORIZATION, line)]), Ok(None), "{line}");
    }
}

#[test]
fn an_empty_token_is_a_refused_token_and_not_an_absent_one() {
    for line in ["Bearer", "Bearer "] {
        assert_eq!(extracted(&[(AUTHORIZATION, line)]), Ok(Some(("", By::Bearer))), "{line:?}");
    }
}

#[test]
fn two_tokens_are_never_chosen_between() {
    let header = (AUTHORIZATION, "Bearer a");
    let cookie = (COOKIE, "__Host-access=a");

    assert_eq!(extracted(&[header.clone(), cookie.clone()]), Err(Malformed::TwoMethods));
    assert_eq!(extracted(&[header.clone(), header.clone()]), Err(Malformed::TwoHeaders));
    assert_eq!(extracted(&[(AUTHORIZATION, "Basic x"), header]), Err(Malformed::TwoHeaders));
    assert_eq!(
        extracted(&[cookie.clone(), cookie]),
        Err(Malformed::Cookie(BadCookie::Duplicate(cookies::ACCESS)))
    );
}

#[test]
fn a_bound_token_is_told_from_a_bearer_token_by_its_scheme() {
    for line in ["DPoP abc", "dpop abc", "DPOP   abc"] {
        assert_eq!(extracted(&[(AUTHORIZATION, line)]), Ok(Some(("abc", By::Dpop))), "{line}");
        assert!(bearer(&map(&[(AUTHORIZATION, line)])).unwrap().is_none());
    }
    let both = [(AUTHORIZATION, "DPoP a"), (COOKIE, "__Host-access=a")];
    assert_eq!(extracted(&both), Err(Malformed::TwoMethods));
}

#[test]
fn another_scheme_leaves_the_cookie_in_place() {
    let headers = [(AUTHORIZATION, "Basic x"), (COOKIE, "__Host-access=a")];

    assert_eq!(extracted(&headers), Ok(Some(("a", By::Cookie))));
}

#[test]
fn a_bearer_only_reader_does_not_see_cookies() {
    assert!(bearer(&map(&[(COOKIE, "__Host-access=a; __Host-access=b")])).unwrap().is_none());
}

#[test]
fn a_presented_token_does_not_show_itself() {
    let headers = map(&[(AUTHORIZATION, "Bearer planted-secret")]);

    assert_eq!(
        format!("{:?}", extract(&headers).unwrap().unwrap()),
        "Presented { by: Bearer, .. }"
    );
}

fn extracted(
    headers: &[(HeaderName, &'static str)],
) -> Result<Option<(&'static str, By)>, Malformed> {
    let headers = map(headers);
    let presented = extract(&headers)?;
    Ok(presented.map(|p| (&*Box::leak(Box::<str>::from(p.token)), p.by)))
}

fn map(headers: &[(HeaderName, &'static str)]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(name, HeaderValue::from_static(value));
    }
    map
}
