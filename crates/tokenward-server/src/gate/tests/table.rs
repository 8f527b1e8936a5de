use axum::body::Body;
use http::Request;

use super::support::{SECRET, World, asked};
use crate::gate::IDENTITY;
use crate::settings::Profile;

/// What a request carries. `Token` is replaced by a good token.
pub(super) type Headers = &'static [(&'static str, &'static str)];

const BEARER: (&str, &str) = ("authorization", "Bearer TOKEN");
const COOKIE: (&str, &str) = ("cookie", "a=b; __Host-access=TOKEN");
const SAME: (&str, &str) = ("sec-fetch-site", "same-origin");
const CROSS: (&str, &str) = ("sec-fetch-site", "cross-site");
const SIBLING: (&str, &str) = ("sec-fetch-site", "same-site");
const LISTED: (&str, &str) = ("origin", "https://app.example.com");
const UNLISTED: (&str, &str) = ("origin", "https://evil.example.com");

pub(super) const TABLE: [(&str, &str, Headers, u16); 36] = [
    ("GET", "/invoices/7", &[BEARER], 200),
    ("HEAD", "/invoices/7", &[BEARER], 200),
    ("GET", "/invoices/7?q=%2f..%2f", &[BEARER], 200),
    ("GET", "/invoices/", &[BEARER], 200),
    ("GET", "/open/x", &[BEARER], 200),
    ("DELETE", "/open/x", &[BEARER], 200),
    ("GET", "/invoices/7", &[], 401),
    ("GET", "/invoices/7", &[("authorization", "Basic YTpi")], 401),
    ("GET", "/invoices/7", &[("authorization", "Bearer")], 401),
    ("GET", "/invoices/7", &[("authorization", "Bearer x.y.z")], 401),
    ("GET", "/invoices/7", &[BEARER, BEARER], 401),
    ("GET", "/invoices/7", &[BEARER, COOKIE], 401),
    ("GET", "/invoices/7", &[COOKIE, COOKIE], 401),
    ("GET", "/invoices/7?access_token=TOKEN", &[], 401),
    ("DELETE", "/invoices/7", &[BEARER], 403),
    ("GET", "/secret", &[BEARER], 403),
    ("GET", "/open/../secret", &[BEARER], 403),
    ("GET", "/open/%2e%2e/secret", &[BEARER], 403),
    ("GET", "/open%2f..%2fsecret", &[BEARER], 403),
    ("GET", "/open//x", &[BEARER], 403),
    ("GET", "/open/a%00b", &[BEARER], 403),
    ("GET", "/open/a%5cb", &[BEARER], 403),
    ("GET", "/open/a;b", &[BEARER], 403),
    ("GET", "/open/%252e%252e", &[BEARER], 403),
    ("GET", "/invoices/7", &[COOKIE], 200),
    ("GET", "/invoices/7", &[COOKIE, CROSS], 200),
    ("POST", "/invoices", &[COOKIE, SAME], 200),
    ("POST", "/invoices", &[COOKIE, LISTED], 200),
    ("POST", "/invoices", &[COOKIE], 403),
    ("POST", "/invoices", &[COOKIE, CROSS], 403),
    ("POST", "/invoices", &[COOKIE, SIBLING, UNLISTED], 403),
    ("POST", "/invoices", &[COOKIE, UNLISTED], 403),
    ("POST", "/invoices", &[BEARER, CROSS], 200),
    ("GET", "/invoices/7", &[COOKIE, SIBLING, ("upgrade", "websocket")], 403),
    ("GET", "/invoices/7", &[COOKIE, SIBLING, ("sec-websocket-key", "eA==")], 403),
    ("GET", "/invoices/7", &[COOKIE, SAME, ("sec-websocket-key", "eA==")], 200),
];

#[tokio::test]
async fn every_profile_decides_alike_about_every_request() {
    let world = World::new();
    let token = world.token("invoices");
    for profile in Profile::ALL {
        for (method, target, headers, expected) in TABLE {
            let (target, headers) = filled(target, headers, &token);
            let headers: Vec<_> = headers.iter().map(|(name, v)| (*name, v.as_str())).collect();

            let answer = world.about(profile, method, &target, &headers).await;

            let asked = format!("{profile:?} {method} {target} {headers:?}");
            assert_eq!(answer.status.as_u16(), expected, "{asked}");
            for name in IDENTITY {
                let all: Vec<_> = answer.headers.get_all(&name).iter().collect();
                assert_eq!(all.len(), 1, "{name} {asked}");
                assert!(expected == 200 || all[0].is_empty(), "{name} {asked}");
            }
        }
    }
}

/// A line's target and headers with a token in them.
pub(super) fn filled(
    target: &str,
    headers: Headers,
    token: &str,
) -> (String, Vec<(&'static str, String)>) {
    let headers = headers.iter().map(|(name, value)| (*name, value.replace("TOKEN", token)));
    (target.replace("TOKEN", token), headers.collect())
}

#[tokio::test]
async fn a_profile_reads_its_own_headers_and_no_others() {
    let world = World::new();
    let token = format!("Bearer {}", world.token("invoices"));
    let place = |profile: Profile| {
        Request::get(format!("/auth/{}/billing", profile.as_str()))
            .header("x-proxy-secret", SECRET)
            .header("authorization", &token)
    };
    let original = |request: http::request::Builder| {
        request.header("x-original-method", "GET").header("x-original-uri", "/open/x")
    };
    let forwarded = |request: http::request::Builder| {
        request
            .header("x-forwarded-method", "GET")
            .header("x-forwarded-uri", "/open/x")
            .header("x-forwarded-host", "a")
            .header("x-forwarded-proto", "https")
    };
    for profile in [Profile::Traefik, Profile::Caddy, Profile::Haproxy] {
        let answer = world.ask(original(place(profile)).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, 500, "{profile:?}");
    }
    let answer = world.ask(forwarded(place(Profile::Nginx)).body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, 500);
    // Envoy describes the request by itself: neither set has a say.
    let both = forwarded(original(place(Profile::Envoy)));
    assert_eq!(world.ask(both.body(Body::empty()).unwrap()).await.status, 403);
}

#[tokio::test]
async fn an_original_request_told_twice_or_in_part_is_a_500() {
    let world = World::new();
    let token = format!("Bearer {}", world.token("invoices"));
    let sets: [(Profile, &[&str]); 4] = [
        (Profile::Nginx, &["x-original-method", "x-original-uri"]),
        (Profile::Traefik, FORWARDED),
        (Profile::Caddy, FORWARDED),
        (Profile::Haproxy, FORWARDED),
    ];
    for (profile, names) in sets {
        for name in names {
            let mut twice = good(profile, &token);
            twice.headers_mut().append(*name, "GET".parse().unwrap());
            let mut missing = good(profile, &token);
            missing.headers_mut().remove(*name);
            let mut empty = good(profile, &token);
            empty.headers_mut().insert(*name, "".parse().unwrap());
            for request in [twice, missing, empty] {
                assert_eq!(world.ask(request).await.status, 500, "{profile:?} {name}");
            }
        }
        assert_eq!(world.ask(good(profile, &token)).await.status, 200, "{profile:?}");
    }
}

const FORWARDED: &[&str] =
    &["x-forwarded-method", "x-forwarded-uri", "x-forwarded-host", "x-forwarded-proto"];

fn good(profile: Profile, token: &str) -> Request<Body> {
    let request = asked(profile, "GET", "/open/x").header("authorization", token);
    request.body(Body::empty()).unwrap()
}
