use super::support::World;
use crate::settings::Profile;

type Headers<'h> = &'h [(&'h str, &'h str)];

const NAVIGATION: [(&str, &str); 3] = [
    ("sec-fetch-site", "same-origin"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-dest", "document"),
];

#[tokio::test]
async fn a_page_without_a_good_token_leads_to_the_login_and_back() {
    let world = World::new();
    let back = "https://login.example.com/?return_to=https%3A%2F%2Fapp.example.com%2Fopen%2Fx%3Fa";
    let refused = [("cookie", "__Host-access=bad"), NAVIGATION[0], NAVIGATION[1], NAVIGATION[2]];
    for profile in Profile::ALL {
        for headers in [&NAVIGATION[..], &refused] {
            let answer = world.about(profile, "GET", "/open/x?a", headers).await;
            // nginx passes on no redirect; its configuration makes one of the header.
            let expected = if profile == Profile::Nginx { 401 } else { 302 };
            assert_eq!(answer.status, expected, "{profile:?}");
            assert_eq!(answer.headers["location"], back, "{profile:?}");
            assert_eq!(answer.headers["cache-control"], "no-store");
            assert_eq!(answer.headers["x-auth-subject"], "");
        }
    }
}

#[tokio::test]
async fn nothing_but_a_page_that_a_browser_opens_leads_to_the_login() {
    let world = World::new();
    let [site, mode, document] = NAVIGATION;
    let other = format!("__Host-access={}", world.token("other"));
    let table: [(&str, u16, Headers<'_>); 7] = [
        ("GET", 401, &[]),
        ("GET", 401, &[site, ("sec-fetch-mode", "cors"), ("sec-fetch-dest", "empty")]),
        ("GET", 401, &[site, mode, ("sec-fetch-dest", "iframe")]),
        ("GET", 401, &[site, mode, mode, document]),
        ("POST", 401, &[site, mode, document]),
        ("GET", 401, &[("sec-fetch-site", "cross-site"), mode, document]),
        ("GET", 403, &[site, mode, document, ("cookie", &other)]),
    ];
    for profile in Profile::ALL {
        for (method, expected, headers) in table {
            let answer = world.about(profile, method, "/invoices/7", headers).await;
            assert_eq!(answer.status, expected, "{profile:?} {method} {headers:?}");
            assert!(!answer.headers.contains_key("location"), "{profile:?} {method} {headers:?}");
        }
    }
}

#[tokio::test]
async fn a_cookie_counts_on_the_listed_sites_alone() {
    let world = World::new();
    let token = world.token("invoices");
    let cookie = [("cookie", format!("__Host-access={token}"))];
    let bearer = [("authorization", format!("Bearer {token}"))];
    for profile in [Profile::Traefik, Profile::Caddy, Profile::Haproxy, Profile::Envoy] {
        for (credential, host, scheme, expected) in [
            (&cookie, "app.example.com", "https", 200),
            (&cookie, "APP.example.com", "https", 200),
            (&cookie, "app.example.com:8443", "https", 403),
            (&cookie, "evil.example", "https", 403),
            (&cookie, "app.example.com", "http", 403),
            (&bearer, "evil.example", "http", 200),
        ] {
            // Envoy tells no scheme over HTTP.
            let expected =
                if profile == Profile::Envoy && scheme == "http" { 200 } else { expected };
            let (name, value) = &credential[0];
            let mut request = super::support::asked(profile, "GET", "/open/x").header(*name, value);
            let headers = request.headers_mut().unwrap();
            if profile == Profile::Envoy {
                headers.insert("host", host.parse().unwrap());
            } else {
                headers.insert("x-forwarded-host", host.parse().unwrap());
                headers.insert("x-forwarded-proto", scheme.parse().unwrap());
            }
            let answer = world.ask(request.body(axum::body::Body::empty()).unwrap()).await;
            assert_eq!(answer.status, expected, "{profile:?} {host} {scheme}");
        }
    }
}
