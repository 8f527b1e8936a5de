use serde_json::{Value, json};

use super::*;

/// The key of RFC 7515, appendix A.3.
const X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
const Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
/// That of RFC 7638, section 3.1.
const N: &str = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
/// That of RFC 8037, appendix A.2.
const ED: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

#[test]
fn a_set_with_all_that_it_should_have_is_not_reproached() {
    let source = JwksSource {
        url: Some("https://a.example/jwks".to_owned()),
        cache_control: Some("public, max-age=900".to_owned()),
        redirect: None,
    };
    let set = json!({ "keys": [ec(&json!({})), rsa(&json!({})), okp(&json!({}))] }).to_string();
    assert_eq!(found(&set, &source), Vec::<&str>::new());
    let more = [
        ec(&json!({ "alg": "ECDH-ES+A256KW", "use": "enc" })),
        rsa(&json!({ "alg": "RSA-OAEP-256", "use": "enc" })),
        rsa(&json!({ "e": "AAEAAQ" })),
        okp(&json!({ "alg": "Ed25519" })),
        okp(&json!({ "crv": "X25519", "alg": "ECDH-ES", "use": "enc" })),
        json!({ "kty": "AKP", "alg": "ML-DSA-44", "pub": "A".repeat(1_750), "kid": "a", "use": "sig" }),
        ec(&json!({
            "crv": "secp256k1", "alg": "ES256K",
            // The base point of SEC 2, section 2.4.1.
            "x": "eb5mfvncu6xVoGKVzocLBwKb_NstzijZWfKBWxb4F5g",
            "y": "SDradyajxGVdpPv8DhEIqP0XtEimhVQZnEfQj_sQ1Lg",
        })),
    ];
    for key in more {
        assert_eq!(of(&key), ["jwks-single-key"], "{key}");
    }
}

#[test]
fn each_thing_that_is_wrong_with_a_key_is_told() {
    for (key, rule) in [
        (ec(&json!({ "d": "AA" })), "jwks-private-key"),
        (json!({ "kty": "oct", "k": "AA" }), "jwks-private-key"),
        (json!({ "kty": "oct" }), "jwks-private-key"),
        (rsa(&json!({ "n": N.get(..171).unwrap() })), "jwks-short-key"),
        (rsa(&json!({ "e": "Aw" })), "jwks-odd-exponent"),
        (ec(&json!({ "kid": null })), "jwks-without-key-id"),
        (ec(&json!({ "alg": null })), "jwks-without-algorithm"),
        (ec(&json!({ "use": null })), "jwks-without-use"),
        (ec(&json!({ "alg": "none " })), "jwks-bad-algorithm"),
        (rsa(&json!({ "alg": "HS256" })), "jwks-bad-algorithm"),
        (okp(&json!({ "alg": "HS512" })), "jwks-bad-algorithm"),
        (ec(&json!({ "alg": "ES384" })), "jwks-bad-algorithm"),
        (json!({ "kty": "weird" }), "jwks-unknown-key"),
        (ec(&json!({ "crv": "P-999" })), "jwks-unknown-key"),
        (ec(&json!({ "crv": "secp112r1" })), "jwks-short-key"),
    ] {
        assert!(of(&key).contains(&rule), "{rule}: {key}");
        assert!(found(&key.to_string(), &JwksSource::default()).contains(&rule), "alone: {rule}");
    }
    let oct = told(&json!({ "kty": "oct" }), "jwks-private-key");
    assert!(oct.message.contains("(`oct`)"), "{}", oct.message);
}

#[test]
fn what_is_no_key_passes_for_none() {
    for key in [
        rsa(&json!({ "n": null })),
        rsa(&json!({ "n": "!" })),
        rsa(&json!({ "n": "c5".repeat(256) })),
        // Even; and divisible by 3.
        rsa(&json!({ "n": N.replace("DKgw", "DKgg") })),
        rsa(&json!({ "n": "_".repeat(342) + "w" })),
        rsa(&json!({ "e": null })),
        rsa(&json!({ "e": "" })),
        rsa(&json!({ "e": "AA" })),
        rsa(&json!({ "e": "AgAA" })),
        ec(&json!({ "x": Y, "y": X })),
        ec(&json!({ "x": "" })),
        ec(&json!({ "y": null })),
        ec(&json!({ "y": Y.get(..40).unwrap() })),
        ec(&json!({ "crv": null })),
        okp(&json!({ "x": X })),
        okp(&json!({ "x": "AA" })),
        okp(&json!({ "crv": "Ed448" })),
        json!({ "kty": "AKP", "alg": "ML-DSA-44", "pub": "AA" }),
        json!(7),
    ] {
        let set = json!({ "keys": [key] }).to_string();
        assert!(found(&set, &JwksSource::default()).contains(&"jwks-broken-key"), "{set}");
    }
}

#[test]
fn a_key_that_lets_anybody_sign_is_as_bad_as_can_be() {
    for key in [
        rsa(&json!({ "e": "AQ" })),
        rsa(&json!({ "e": "AAAB" })),
        okp(&json!({ "x": "A".repeat(43) })),
    ] {
        assert_eq!(told(&key, "jwks-open-key").severity, Severity::Critical, "{key}");
    }
    // 65537 and more is as it should be, whatever its bytes are.
    for exponent in ["AQAB", "AQAD", "AQAAAAE"] {
        assert_eq!(of(&rsa(&json!({ "e": exponent }))), ["jwks-single-key"], "{exponent}");
    }
}

#[test]
fn what_is_there_twice_is_told_and_looked_at_each_time() {
    let good = ec(&json!({})).to_string();
    let twice = format!("{{\"keys\":[{good}],\"keys\":[{{\"kty\":\"oct\",\"k\":\"AA\"}}]}}");
    for set in [
        twice,
        format!("{{\"keys\":[],{}", "\"keys\":[{\"kty\":\"oct\",\"k\":\"AA\"}],\"keys\":[]}"),
    ] {
        let found = found(&set, &JwksSource::default());
        assert!(found.contains(&"jwks-doubled-member") && found.contains(&"jwks-private-key"));
    }
    let key = good.replacen('{', "{\"crv\":\"P-384\",\"kty\":\"RSA\",", 1);
    let findings =
        audit_jwks("a", format!("{{\"keys\":[{key}]}}").as_bytes(), &JwksSource::default());
    let findings = findings.unwrap();
    let doubled = findings.iter().find(|one| one.rule == "jwks-doubled-member").unwrap();
    assert!(doubled.message.contains("`crv`, `kty`"), "{}", doubled.message);
}

#[test]
fn keys_that_nobody_looks_at_are_said_to_be_there() {
    let set = |count: usize| {
        let keys: Vec<Value> = (0..count).map(|at| ec(&json!({ "kid": at.to_string() }))).collect();
        json!({ "keys": keys }).to_string()
    };
    assert_eq!(found(&set(1_000), &JwksSource::default()), [""; 0]);
    assert_eq!(found(&set(1_001), &JwksSource::default()), ["jwks-many-keys"]);
}

#[test]
fn two_keys_of_one_name_and_a_set_of_none_are_told() {
    let two = json!({ "keys": [ec(&json!({})), ec(&json!({})), ec(&json!({}))] }).to_string();
    assert_eq!(found(&two, &JwksSource::default()), ["jwks-doubled-key-id"]);
    assert_eq!(found(r#"{"keys":[]}"#, &JwksSource::default()), ["jwks-empty"]);
}

#[test]
fn how_it_is_served_is_told() {
    let with = |url: &str, cache: Option<&str>, redirect: Option<&str>| {
        let source = JwksSource {
            url: Some(url.to_owned()),
            cache_control: cache.map(str::to_owned),
            redirect: redirect.map(str::to_owned),
        };
        found(r#"{"keys":[]}"#, &source)
    };
    assert!(with("https://a.example", None, None).contains(&"jwks-cache"));
    assert!(with("https://a.example", Some("max-age=86401"), None).contains(&"jwks-cache"));
    assert!(!with("https://a.example", Some("max-age=86400"), None).contains(&"jwks-cache"));
    assert!(with("http://a.example", Some("max-age=1"), None).contains(&"jwks-over-plain-http"));
    assert!(
        !with("http://127.0.0.1:8080", Some("max-age=1"), None).contains(&"jwks-over-plain-http")
    );
    for url in ["http://localhost.evil.example/", "http://127.evil.example/", "HTTP://a.example/"] {
        assert!(with(url, Some("max-age=1"), None).contains(&"jwks-over-plain-http"), "{url}");
    }
    for url in ["http://LOCALHOST/", "http://[::1]:80/", "http://127.1.2.3/"] {
        assert!(!with(url, Some("max-age=1"), None).contains(&"jwks-over-plain-http"), "{url}");
    }
    assert_eq!(with("https://a.example", None, Some("https://b.example")), ["jwks-redirect"]);
}

#[test]
fn no_secret_of_an_address_is_told() {
    let url = "https://u:PASS@a.example/jwks?api_key=KEY";
    let mut source = JwksSource { url: Some(url.to_owned()), ..JwksSource::default() };
    let told = |source: &JwksSource| {
        let findings = audit_jwks(url, br#"{"keys":[{"kty":"oct","k":"AA"}]}"#, source).unwrap();
        format!("{findings:?}")
    };
    let said = told(&source);
    source.redirect = Some("https://u:PASS@b.example/?token=KEY".to_owned());
    let redirected = told(&source);
    assert!(redirected.contains("https://b.example/"), "{redirected}");
    for text in [said, redirected] {
        assert!(text.contains("https://a.example/jwks"), "{text}");
        assert!(!text.contains("PASS") && !text.contains("KEY"), "{text}");
    }
}

#[test]
fn what_is_no_key_set_is_refused() {
    let refused = |text: &[u8]| audit_jwks("x", text, &JwksSource::default()).is_err();
    assert!(refused(b"") && refused(b"[]") && refused(b"{}") && refused(b"<html>"));
    assert!(refused(format!("{{\"keys\":{}", "[".repeat(100_000)).as_bytes()));
}

fn found(set: &str, source: &JwksSource) -> Vec<&'static str> {
    let findings = audit_jwks("jwks.json", set.as_bytes(), source).unwrap();
    findings.into_iter().map(|finding| finding.rule).collect()
}

/// The rules that a set with one key breaks.
fn of(key: &Value) -> Vec<&'static str> {
    found(&json!({ "keys": [key] }).to_string(), &JwksSource::default())
}

fn told(key: &Value, rule: &str) -> Finding {
    let set = json!({ "keys": [key] }).to_string();
    let findings = audit_jwks("jwks.json", set.as_bytes(), &JwksSource::default()).unwrap();
    findings.into_iter().find(|one| one.rule == rule).unwrap()
}

fn ec(other: &Value) -> Value {
    with(
        json!({ "kty": "EC", "crv": "P-256", "x": X, "y": Y, "kid": "1", "alg": "ES256", "use": "sig" }),
        other,
    )
}

fn rsa(other: &Value) -> Value {
    with(
        json!({ "kty": "RSA", "n": N, "e": "AQAB", "kid": "2", "alg": "RS256", "use": "sig" }),
        other,
    )
}

fn okp(other: &Value) -> Value {
    with(
        json!({ "kty": "OKP", "crv": "Ed25519", "x": ED, "kid": "3", "alg": "EdDSA", "use": "sig" }),
        other,
    )
}

/// A key with other members; null takes one away.
fn with(mut key: Value, other: &Value) -> Value {
    let members = key.as_object_mut().unwrap();
    for (name, value) in other.as_object().unwrap() {
        members.remove(name);
        if !value.is_null() {
            members.insert(name.clone(), value.clone());
        }
    }
    key
}
