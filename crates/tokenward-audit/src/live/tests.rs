use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

#[test]
fn every_rule_has_its_own_id_and_says_what_mends_it() {
    let ids: BTreeSet<&str> = rules::ALL.iter().map(|rule| rule.id).collect();

    assert_eq!(ids.len(), rules::ALL.len());
    for rule in rules::ALL {
        assert!(rule.id.starts_with("live-"), "{}", rule.id);
        assert!((1..=10).contains(&rule.mistake), "{}", rule.id);
        assert!(!rule.fix.is_empty(), "{}", rule.id);
    }
}

#[test]
fn the_page_of_the_live_audit_names_every_rule_with_its_mistake() {
    let page = include_str!("../../../../docs/audit-live.md");

    for rule in rules::ALL {
        let row = format!("| {} | `{}` |", rule.mistake, rule.id);
        assert!(page.contains(&row), "docs/audit-live.md: {row}");
    }
}

#[test]
fn what_a_key_of_ours_signs_another_program_could_verify() {
    for (alg, width) in [
        ("ES256", 64),
        ("ES384", 96),
        ("ES512", 132),
        ("EdDSA", 64),
        ("RS256", 256),
        ("PS256", 256),
    ] {
        let key = Key::generate(alg).unwrap();
        // The numbers of ECDSA are of any length in DER, and of one in a token.
        for _ in 0..20 {
            assert_eq!(key.sign(b"input").unwrap().len(), width, "{alg}");
        }
    }
    assert!(Key::generate("ML-DSA-65").is_none());
}

#[test]
fn a_public_key_is_encoded_as_other_programs_write_it() {
    // The key of RFC 7515, appendix A.3, as `openssl pkey -pubin -outform DER` writes it.
    let set = json!({ "keys": [{
        "kty": "EC", "crv": "P-256", "kid": "a",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    }]});
    let keys = public::candidates(set.to_string().as_bytes(), Some("a"));
    let secrets = public::as_secrets(&keys[0]);

    let pem = "-----BEGIN PUBLIC KEY-----\n\
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n\
        6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n\
        -----END PUBLIC KEY-----\n";
    assert!(secrets.iter().any(|(_, secret)| secret == pem.as_bytes()));
    assert!(secrets.iter().any(|(_, secret)| secret == pem.trim_end().as_bytes()));
    let canonical = r#"{"crv":"P-256","kty":"EC","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
    assert!(secrets.iter().any(|(_, secret)| secret == canonical.as_bytes()));
}

#[test]
fn keys_that_are_no_keys_are_no_reason_to_stop() {
    for set in ["", "[]", r#"{"keys":[{}]}"#, r#"{"keys":[{"kty":"RSA","n":"!","e":1}]}"#] {
        for key in public::candidates(set.as_bytes(), None) {
            public::as_secrets(&key);
        }
    }
    assert!(der::two_integers(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]).is_none());
    assert!(der::two_integers(&[0x30]).is_none());
}

#[test]
fn a_forged_token_is_never_the_valid_one() {
    let parts = Parts::read(&token(&json!({ "alg": "RS256", "kid": "a" }))).unwrap();
    let probes = forge::all(&parts, &[], &Strangers::generate(), "api.example");

    assert!(probes.len() > 50, "{}", probes.len());
    for probe in &probes {
        let probe::Sent::Token(token) = &probe.sent else { panic!("{}", probe.what) };
        assert_ne!(*token, parts.text(), "{}", probe.what);
    }
}

#[test]
fn a_token_that_is_too_long_for_servers_says_so() {
    let parts = Parts::read(&token(&json!({ "alg": "RS256", "kid": "a" }))).unwrap();
    let options = LiveOptions::new(Address::parse("http://localhost/").unwrap(), String::new());
    let strangers = Strangers::default();
    let workshop = Workshop {
        options: &options,
        public: Vec::new(),
        strangers: &strangers,
        listener: None,
        key: None,
    };
    let probes = workshop.probes(&parts.text(), 0);
    let large: Vec<&str> =
        probes.iter().filter(|one| one.is_large).map(|one| one.what.as_str()).collect();
    assert_eq!(large, ["of 100 KiB", "with a `kid` of 4 KiB"]);
}

#[test]
fn an_address_with_credentials_or_of_another_scheme_is_none() {
    for url in ["https://u:p@a.example/", "ftp://a.example/", "/me", "", "https://"] {
        assert!(Address::parse(url).is_err(), "{url}");
    }
    let address = Address::parse("https://a.example/me?key=secret").unwrap();
    assert_eq!(address.shown(), "https://a.example/me");
    assert!(Address::parse("http://[::1]:8080/").unwrap().is_local());
}

#[test]
fn options_show_no_token() {
    let options = LiveOptions::new(Address::parse("https://a.example/").unwrap(), "eyJ".to_owned());

    assert!(!format!("{options:?}").contains("eyJ"));
}

fn token(header: &Value) -> String {
    let claims = json!({ "sub": "u1", "exp": 1 });
    [parts::text(&header.to_string()), parts::text(&claims.to_string()), parts::text("signature")]
        .join(".")
}

proptest! {
    #[test]
    fn no_answer_is_too_odd_to_be_compared(body: Vec<u8>, other: Vec<u8>, status in 0_u16..999) {
        let look = |body: Vec<u8>| {
            let headers = ::http::HeaderMap::new();
            Look::of(&http::Answer { status, headers, body: body.into() })
        };
        let (one, two) = (look(body), look(other));

        prop_assert!((one.likeness(&one) - 1.0).abs() < f64::EPSILON);
        prop_assert!((one.likeness(&two) - two.likeness(&one)).abs() < f64::EPSILON);
    }

    #[test]
    fn no_bytes_are_too_odd_for_a_token_a_key_set_or_a_signature(bytes: Vec<u8>, text: String) {
        for key in public::candidates(&bytes, Some(&text)) {
            public::as_secrets(&key);
        }
        der::two_integers(&bytes);
        if let Some(parts) = Parts::read(&text) {
            forge::all(&parts, &[], &Strangers::default(), &text);
        }
    }

    #[test]
    fn a_number_is_read_from_der_as_it_was_written(
        first in prop::collection::vec(any::<u8>(), 0..300),
        second in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let der = der::sequence(&[&der::integer(&first), &der::integer(&second)]);
        let bare = |number: &[u8]| -> Vec<u8> {
            number.iter().copied().skip_while(|byte| *byte == 0).collect()
        };

        prop_assert_eq!(der::two_integers(&der).unwrap().map(<[u8]>::to_vec), [bare(&first), bare(&second)]);
    }
}
