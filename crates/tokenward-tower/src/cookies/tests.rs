use proptest::collection::vec;
use proptest::prelude::*;

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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_was_set_is_read_back_whatever_stands_around_it(
        token in "[A-Za-z0-9_.-]{0,60}",
        before in foreign(),
        after in foreign(),
        split in any::<bool>(),
    ) {
        let line = set(ACCESS, &token, Duration::from_secs(1)).unwrap();
        let pair = line.to_str().unwrap().split(';').next().unwrap();
        let headers = if split {
            cookies(&[&before, pair, &after])
        } else {
            cookies(&[&format!("{before}; {pair}; {after}")])
        };

        prop_assert_eq!(read(&headers, ACCESS), Ok(Some(&*token)));
    }

    #[test]
    fn no_bytes_confuse_the_reader_and_none_of_ours_goes_upstream(
        lines in vec("(__Host-access|__HOST-seal|a|=|;| |\t|\u{e9}|\"|,){0,12}", 0..4),
    ) {
        let mut headers = cookies(&lines.iter().map(String::as_str).collect::<Vec<_>>());
        let read_before = read(&headers, ACCESS);
        // One of ours at most, or refused: never the first of two.
        let count = lines.iter().flat_map(|line| line.split(';')).filter(|pair| {
            pair.trim_matches([' ', '\t']).split_once('=').is_some_and(|(name, _)| {
                name.trim_matches([' ', '\t']) == ACCESS.as_str()
            })
        });
        prop_assert_eq!(read_before.is_err(), count.count() > 1);

        strip(&mut headers);
        for name in ALL {
            prop_assert_eq!(read(&headers, name), Ok(None));
        }
    }
}

/// Cookies of somebody else.
fn foreign() -> impl Strategy<Value = String> {
    "([a-z_]{1,8}=[ -:<-~]{0,10})(; [a-z_]{1,8}=[ -:<-~]{0,10}){0,3}"
}

fn cookies(lines: &[&str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in lines {
        headers.append(COOKIE, HeaderValue::from_bytes(line.as_bytes()).unwrap());
    }
    headers
}
