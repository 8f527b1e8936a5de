use std::time::Duration;

use tokenward::crypto::Secret256;
use tokenward::{Audience, IssuerId, Jti, SealKey, SessionId, b64};
use tokenward_revocation::{FreshnessPolicy, Scope, View, WhenStale};
use tokenward_tower::respond;

use super::support::{Answer, NOW, World, audience, issuer, request, rules};
use crate::gate::IDENTITY;
use crate::settings::Profile;

#[tokio::test]
async fn a_refused_token_gets_the_same_bytes_whatever_the_reason() {
    let world = World::new();
    let other = World::new();
    let good = world.token("invoices");
    let minutes = |count: u64| Duration::from_secs(60 * count);
    let mut expected = respond::invalid_token();
    for name in IDENTITY {
        expected.headers_mut().insert(name, "".parse().unwrap());
    }
    // The router adds it to every body.
    expected.headers_mut().insert("content-length", "61".parse().unwrap());
    let expected = Answer::of(expected).await;
    let foreign_issuer = IssuerId::new("https://evil.example.com").unwrap();
    let foreign_audience = Audience::new("payroll").unwrap();
    world.revoke(Scope::Jti(Jti::new("token-2").unwrap()));
    world.revoke(Scope::Session(SessionId::new("session-2").unwrap()));
    let alice = || request("alice");
    let revoked = alice().session_id(SessionId::new("session-2").unwrap());
    let (head, rest) = good.split_once('.').unwrap();
    let none = format!("{}.{}", b64::encode(br#"{"alg":"none","typ":"at+jwt"}"#), rest);
    let (body, _) = rest.split_once('.').unwrap();
    let tokens = [
        ("bad signature", other.token("invoices")),
        (
            "expired",
            world.token_at(alice(), &issuer(), &audience(), NOW.saturating_sub(minutes(9))),
        ),
        ("future", world.token_at(alice(), &issuer(), &audience(), NOW.saturating_add(minutes(9)))),
        ("wrong issuer", world.token_at(alice(), &foreign_issuer, &audience(), NOW)),
        ("wrong audience", world.token_at(alice(), &issuer(), &foreign_audience, NOW)),
        ("revoked session", world.token_of(revoked)),
        ("none", none),
        ("no signature", format!("{head}.{body}.")),
        ("two parts", format!("{head}.{body}")),
        ("malformed", "not a token".to_owned()),
        ("empty", String::new()),
        ("too long", format!("{good}{}", "A".repeat(12_000))),
    ];
    for profile in Profile::ALL {
        for (name, token) in &tokens {
            let bearer = format!("Bearer {token}");
            let headers = [("authorization", bearer.as_str())];
            let answer = world.about(profile, "GET", "/invoices/7", &headers).await;
            assert_eq!(answer, expected, "{name}");
        }
    }
}

#[tokio::test]
async fn a_sealed_token_passes_with_its_cookie_alone() {
    let world = World::new();
    let [seal, other] = [(); 2].map(|()| SealKey::new(Secret256::random()));
    let inside = world.token_of(request("alice").sealed_under(&seal));
    let sealed = format!("Bearer {}", seal.seal(&inside).unwrap());
    let inside = format!("Bearer {inside}");
    let [its, others] = [&seal, &other].map(|key| format!("__Host-seal={}", *key.expose()));
    let origin = ("origin", "https://app.example.com");
    for profile in Profile::ALL {
        let ask = async |method: &str, headers: &[(&str, &str)]| {
            world.about(profile, method, "/open/door", headers).await.status.as_u16()
        };
        let credentials = [("authorization", &*sealed), ("cookie", &*its)];
        assert_eq!(ask("GET", &credentials).await, 200);
        assert_eq!(ask("GET", &credentials[..1]).await, 401);
        assert_eq!(ask("GET", &[("authorization", &*sealed), ("cookie", &*others)]).await, 401);
        assert_eq!(ask("GET", &[("authorization", &*inside), ("cookie", &*its)]).await, 401);
        // Half of it is attached by the browser, so a change must show where it comes from.
        assert_eq!(ask("POST", &credentials).await, 403);
        assert_eq!(ask("POST", &[credentials[0], credentials[1], origin]).await, 200);
    }
}

#[tokio::test]
async fn a_stale_gate_says_503_before_it_reads_any_token() {
    let policy = FreshnessPolicy {
        max_staleness: Duration::from_secs(10),
        clock_error: Duration::from_secs(1),
        when_stale: WhenStale::Refuse,
    };
    let world = World::with(rules(), View::following(audience(), policy));
    let good = format!("Bearer {}", world.token("invoices"));
    for bearer in [good.as_str(), "Bearer bad"] {
        let headers = [("authorization", bearer)];
        let answer = world.about(Profile::Caddy, "GET", "/invoices/7", &headers).await;
        assert_eq!(answer.status, 503, "{bearer}");
        assert_eq!(answer.headers["retry-after"], "1");
        assert_eq!(answer.headers["x-auth-subject"], "");
    }
}

#[tokio::test]
async fn a_token_that_lacks_a_scope_is_told_which() {
    let world = World::new();
    let bearer = format!("Bearer {}", world.token("other"));

    let headers = [("authorization", bearer.as_str())];
    let answer = world.about(Profile::Traefik, "GET", "/invoices/7", &headers).await;

    assert_eq!(answer.status, 403);
    let challenge = r#"Bearer error="insufficient_scope", scope="invoices""#;
    assert_eq!(answer.headers["www-authenticate"], challenge);
}

#[tokio::test]
async fn a_smuggled_header_is_refused_with_one_answer_beside_a_good_token_too() {
    let world = World::new();
    let bearer = format!("Bearer {}", world.token("invoices"));
    let token = ("authorization", bearer.as_str());
    let smuggled = [("x_auth_subject", "root"), ("connection", "close, X-Auth-Subject")];
    for profile in Profile::ALL {
        let good = world.about(profile, "GET", "/invoices/7", &[token]).await;
        assert_eq!(good.status, 200, "{profile:?}");
        for header in smuggled {
            let with = world.about(profile, "GET", "/invoices/7", &[token, header]).await;
            let without = world.about(profile, "GET", "/invoices/7", &[header]).await;
            // nginx would make a 500 of a 400.
            let expected = if profile == Profile::Nginx { 403 } else { 400 };
            assert_eq!(with.status, expected, "{profile:?} {header:?}");
            assert_eq!(with, without, "{profile:?} {header:?}");
        }
    }
}

#[tokio::test]
async fn a_link_from_another_site_gets_a_page_that_reloads_and_never_a_2xx() {
    let world = World::new();
    let link = [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-dest", "document"),
    ];
    for profile in Profile::ALL {
        let answer = world.about(profile, "GET", "/open/x", &link).await;
        // To a proxy a 2xx would mean that the request may pass.
        assert_eq!(answer.status, 401, "{profile:?}");
        assert!(answer.body.contains(r#"http-equiv="refresh""#), "{profile:?}");
        assert_eq!(answer.headers["x-auth-subject"], "");
    }
    let again = [("sec-fetch-site", "same-origin"), link[1], link[2]];
    assert_eq!(world.about(Profile::Caddy, "GET", "/open/x", &again).await.body, "");
}
