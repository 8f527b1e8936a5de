use super::*;

#[test]
fn a_cookie_is_found_among_others_and_over_several_lines() {
    let headers = cookies(&["theme=dark; __Host-access=abc", "__Host-refresh=def"]);

    assert_eq!(read(&headers, ACCESS), Ok(Some("abc")));
    assert_eq!(read(&headers, REFRESH), Ok(Some("def")));
    assert_eq!(read(&headers, SEAL), Ok(None));
}

#[test]
fn two_cookies_of_one_name_are_refused_even_with_equal_values() {
    for lines in
        [&["__Host-access=a; __Host-access=a"][..], &["__Host-access=a", "__Host-access=b"]]
    {
        assert_eq!(read(&cookies(lines), ACCESS), Err(BadCookie::Duplicate(ACCESS)));
    }
}

#[test]
fn a_name_that_only_resembles_ours_is_not_ours() {
    for line in [
        "\u{2000}__Host-access=a",
        "\u{a0}__Host-access=a",
        "__host-access=a",
        "__Host-access2=a",
        "x=__Host-access=a",
        "=__Host-access=a",
        "\"__Host-access\"=a",
        "__Host-access",
    ] {
        assert_eq!(read(&cookies(&[line]), ACCESS), Ok(None), "{line:?}");
    }
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let mut headers = HeaderMap::new();
    headers.insert(COOKIE, HeaderValue::from_bytes(b"__Host-access=\xff").unwrap());

    assert_eq!(read(&headers, ACCESS), Err(BadCookie::NotText(ACCESS)));
}

#[test]
fn a_cookie_is_host_only_and_out_of_reach_of_scripts() {
    let line = set(REFRESH, "twr_a-b.c", Duration::from_millis(61_500)).unwrap();

    assert_eq!(
        line,
        "__Host-refresh=twr_a-b.c; Path=/; Max-Age=61; HttpOnly; Secure; SameSite=Strict"
    );
    assert!(line.is_sensitive());
}

#[test]
fn an_expired_cookie_has_the_attributes_of_the_one_it_deletes() {
    for name in ALL {
        let expired = expire(name).to_str().unwrap().to_owned();
        let set = set(name, "", Duration::ZERO).unwrap();

        assert_eq!(expired.as_bytes(), set.as_bytes());
    }
}

#[test]
fn a_value_cannot_smuggle_an_attribute_into_the_cookie() {
    for value in ["a; Domain=evil.example", "a b", "a,b", "a\r\nX: y", "a\"", "é"] {
        assert_eq!(
            set(ACCESS, value, Duration::ZERO),
            Err(CannotSet::Charset(ACCESS)),
            "{value:?}"
        );
    }
}

#[test]
fn a_cookie_that_browsers_would_drop_is_refused() {
    let room = MAX_PAIR - "__Host-access=".len();

    assert!(set(ACCESS, &"a".repeat(room), Duration::ZERO).is_ok());
    assert_eq!(set(ACCESS, &"a".repeat(room + 1), Duration::ZERO), Err(CannotSet::TooLong(ACCESS)));
}

#[test]
fn stripping_leaves_the_cookies_of_the_application() {
    let mut headers = cookies(&["a=1; __Host-access=x; b=2", "__Host-refresh=y; __HOST-SEAL=z"]);
    strip(&mut headers);
    assert_eq!(headers.get_all(COOKIE).iter().collect::<Vec<_>>(), ["a=1; b=2"]);

    let mut headers = cookies(&["__Host-access=x"]);
    strip(&mut headers);
    assert!(headers.is_empty());
}

fn cookies(lines: &[&str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in lines {
        headers.append(COOKIE, HeaderValue::from_bytes(line.as_bytes()).unwrap());
    }
    headers
}
