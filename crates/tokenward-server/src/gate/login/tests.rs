use super::*;

#[test]
fn only_an_https_url_without_user_and_fragment_is_a_login() {
    for good in ["https://login.example.com/", "https://a.example/start?app=1"] {
        assert_eq!(Login::parse(good).unwrap().to_string(), good);
    }
    let bad = [
        "",
        "/login",
        "//evil.example/login",
        "http://login.example.com/",
        "javascript:alert(1)",
        "https://",
        "https://user@login.example.com/",
        "https://login.example.com/#part",
        "https://login.example.com/a b",
        "https://login.example.com/\r\nSet-Cookie: a=b",
    ];
    for bad in bad {
        assert_eq!(Login::parse(bad), Err(InvalidLogin), "{bad}");
    }
    assert!(Login::parse(&format!("https://a.example/{}", "x".repeat(2_000))).is_err());
}

#[test]
fn the_way_back_is_the_page_that_was_asked_for() {
    let table = [
        (
            "https://login.example.com/start",
            "/a?b=c&d",
            "start?return_to=https%3A%2F%2Fapp.example.com%2Fa%3Fb%3Dc%26d",
        ),
        (
            "https://login.example.com/?app=1",
            "/",
            "?app=1&return_to=https%3A%2F%2Fapp.example.com%2F",
        ),
    ];
    for (login, target, expected) in table {
        let location = location(login, Some("https://app.example.com"), target, &[APP]).unwrap();
        assert!(location.ends_with(expected), "{location}");
    }
}

#[test]
fn nothing_that_a_client_says_leads_back_to_another_site() {
    let login = "https://login.example.com/";
    let other = Some("https://evil.example");
    assert_eq!(location(login, other, "/", &[APP]), None);
    assert_eq!(location(login, Some("http://app.example.com"), "/", &[APP]), None);
    // A proxy that does not tell its site has one, or none is meant.
    assert!(location(login, None, "/", &[APP]).is_some());
    assert_eq!(location(login, None, "/", &[APP, "https://b.example.com"]), None);
    assert_eq!(location(login, None, "/", &[]), None);
    for target in ["@evil.example/", ".evil.example/", "https://evil.example/", ""] {
        let location = location(login, None, target, &[APP]).unwrap();
        assert!(location.ends_with("=https%3A%2F%2Fapp.example.com%2F"), "{location}");
    }
    let long = format!("/{}", "x".repeat(3_000));
    assert!(location(login, None, &long, &[APP]).unwrap().len() < 200);
}

const APP: &str = "https://app.example.com";

fn location(login: &str, origin: Option<&str>, target: &str, listed: &[&str]) -> Option<String> {
    let original = Original {
        method: Method::GET,
        target: target.to_owned(),
        origin: origin.map(str::to_owned),
    };
    let mut headers = HeaderMap::new();
    headers.insert("sec-fetch-mode", HeaderValue::from_static("navigate"));
    headers.insert("sec-fetch-dest", HeaderValue::from_static("document"));
    let origins = Origins::new(listed).unwrap();
    let location = Login::parse(login).unwrap().location(&original, &headers, &origins)?;
    Some(location.to_str().unwrap().to_owned())
}
