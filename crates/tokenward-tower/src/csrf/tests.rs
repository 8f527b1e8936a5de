use proptest::prelude::*;

use super::CsrfRefused::{Ambiguous, NoProof, OtherOrigin, OtherSite};
use super::*;

type Header = (&'static str, &'static str);

const APP: &str = "https://app.example.com";

#[test]
fn a_change_by_cookie_must_show_where_it_comes_from() {
    let table: &[(&[Header], Result<(), CsrfRefused>)] = &[
        (&[], Err(NoProof)),
        (&[("sec-fetch-site", "same-origin")], Ok(())),
        (&[("sec-fetch-site", "none")], Ok(())),
        (&[("sec-fetch-site", "same-site")], Err(OtherSite)),
        (&[("sec-fetch-site", "cross-site")], Err(OtherSite)),
        (&[("sec-fetch-site", "SAME-ORIGIN")], Err(OtherSite)),
        (&[("sec-fetch-site", "")], Err(OtherSite)),
        (&[("sec-fetch-site", "same-origin, cross-site")], Err(OtherSite)),
        (&[("sec-fetch-site", "cross-site"), ("origin", APP)], Ok(())),
        (
            &[("sec-fetch-site", "same-site"), ("origin", "https://evil.example.com")],
            Err(OtherSite),
        ),
        (&[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")], Err(Ambiguous)),
        (&[("origin", APP)], Ok(())),
        (&[("origin", "null")], Err(OtherOrigin)),
        (&[("origin", "https://app.example.com.evil.example")], Err(OtherOrigin)),
        (&[("origin", "https://app.example.com:444")], Err(OtherOrigin)),
        (&[("origin", "http://app.example.com")], Err(OtherOrigin)),
        (&[("origin", "HTTPS://APP.EXAMPLE.COM")], Err(OtherOrigin)),
        (&[("origin", APP), ("origin", APP)], Err(Ambiguous)),
        (&[("referer", APP)], Err(NoProof)),
    ];

    for (headers, verdict) in table {
        assert_eq!(checked(&Method::POST, headers), *verdict, "{headers:?}");
    }
}

#[test]
fn what_changes_nothing_needs_no_proof() {
    for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
        assert_eq!(checked(&method, &[("sec-fetch-site", "cross-site")]), Ok(()));
    }
}

#[test]
fn every_other_method_counts_as_a_change() {
    for method in ["POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "QUERY", "get"] {
        assert_eq!(checked(&method.parse().unwrap(), &[]), Err(NoProof), "{method}");
    }
}

#[test]
fn an_upgrade_counts_as_a_change() {
    let websocket = ("upgrade", "websocket");

    assert_eq!(checked(&Method::GET, &[websocket]), Err(NoProof));
    assert_eq!(
        checked(&Method::GET, &[websocket, ("origin", "https://evil.example")]),
        Err(OtherOrigin)
    );
    assert_eq!(checked(&Method::GET, &[websocket, ("origin", APP)]), Ok(()));
}

#[test]
fn only_what_browsers_send_parses_as_an_origin() {
    for good in [
        APP,
        "https://localhost:3000",
        "http://localhost:3000",
        "http://127.0.0.1",
        "http://[::1]:8080",
        "https://xn--bcher-kva.example",
        "https://[2001:db8::1]",
    ] {
        assert!(Origins::new([good]).is_ok(), "{good}");
    }
    for bad in [
        "",
        "null",
        "*",
        "https://*.example.com",
        "https://",
        "https://a/",
        "https://a?b",
        "https://user@a",
        "https://A.example",
        "https://a:443",
        "http://localhost:80",
        "https://a:0",
        "https://a:+1",
        "https://a:65536",
        "https://a:",
        "https://a..b",
        "http://app.example.com",
        "ftp://a",
        "https://[::0001]",
        "https://a b",
    ] {
        assert!(Origins::new([bad]).is_err(), "{bad}");
    }
}

#[test]
fn a_mistaken_origin_is_named_with_its_mend() {
    let error = Origins::new([APP, "https://app.example.com/"]).unwrap_err();

    assert!(
        error
            .to_string()
            .starts_with("`https://app.example.com/` is no origin: write `https://HOST`")
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn an_origin_that_parses_is_one_as_browsers_write_it(
        text in "(https?://)?(localhost|[a-zA-Z0-9.-]{1,12}|\\[::1\\])(:[0-9]{0,6})?[/?#@ ]?",
    ) {
        if Origins::new([&text]).is_ok() {
            let uri: http::Uri = text.parse().unwrap();
            let port = uri.port().map_or_else(String::new, |port| format!(":{port}"));
            let again =
                format!("{}://{}{port}", uri.scheme_str().unwrap(), uri.host().unwrap());
            prop_assert_eq!(again.to_lowercase(), text);
            prop_assert_eq!(uri.path(), "/");
        }
    }

    #[test]
    fn no_change_without_a_listed_origin_passes_for_another_sites_sake(
        site in "(cross-site|same-site|[a-z-]{0,12})",
        origin in proptest::option::of("[ -~]{0,20}"),
    ) {
        prop_assume!(site != "same-origin" && site != "none");
        let mut headers: Vec<(&str, &str)> = vec![("sec-fetch-site", &site)];
        headers.extend(origin.as_deref().map(|origin| ("origin", origin)));

        prop_assert_eq!(checked(&Method::POST, &headers), Err(OtherSite));
    }
}

fn checked(method: &Method, pairs: &[(&str, &str)]) -> Result<(), CsrfRefused> {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.append(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
    }
    check(method, &headers, &Origins::new([APP]).unwrap())
}
