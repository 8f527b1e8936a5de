//! Names: what may be one, and what may not.
#![cfg(test)]

use std::collections::BTreeSet;

use tokenward::{
    Algorithm, Audience, ClientId, IssuerId, Jti, KeyId, SessionId, Subject, TokenType,
};

#[test]
fn an_audience_of_ours_is_a_plain_name() {
    for name in ["billing-api", "a", "A_1.b"] {
        assert_eq!(Audience::new(name).unwrap().as_str(), name);
    }
    for name in [
        "",
        ".",
        "..",
        ".a",
        "a/b",
        "../a",
        "a b",
        "é",
        "https://api.example.com",
        "a\n",
        &"a".repeat(129),
    ] {
        assert!(Audience::new(name).is_err(), "{name:?}");
    }
}

#[test]
fn an_audience_elsewhere_may_be_a_url() {
    assert!(Audience::foreign("https://api.example.com/v1").is_ok());
    for name in ["", "a b", "a\"b", "a\n", &"a".repeat(513)] {
        let error = Audience::foreign(name).unwrap_err();
        assert!(error.to_string().starts_with("audience must be"), "{error}");
    }
}

#[test]
fn no_name_holds_what_breaks_out_of_a_log_or_a_header() {
    for text in ["a\nb", "a\rb", "a\u{0}b", "a\u{1b}b", "a\u{7f}b", "a\u{85}b", ""] {
        assert!(Subject::new(text).is_err(), "{text:?}");
        assert!(IssuerId::new(text).is_err(), "{text:?}");
        assert!(SessionId::new(text).is_err(), "{text:?}");
        assert!(ClientId::new(text).is_err(), "{text:?}");
        assert!(KeyId::new(text).is_err(), "{text:?}");
        assert!(Jti::new(text).is_err(), "{text:?}");
    }
}

#[test]
fn fresh_token_ids_differ_and_are_token_ids() {
    let ids: BTreeSet<Jti> = (0..100).map(|_| Jti::random()).collect();

    assert_eq!(ids.len(), 100);
    for id in ids {
        assert_eq!(id.as_str().len(), 22);
        assert_eq!(Jti::new(id.as_str()).unwrap(), id);
    }
}

#[test]
fn algorithms_and_types_go_by_their_registered_names() {
    for name in Algorithm::ALL.map(Algorithm::as_str) {
        assert_eq!(name.parse::<Algorithm>().unwrap().to_string(), name);
    }
    assert_eq!("Ed25519".parse(), Ok(Algorithm::EdDsa));
    for name in ["none", "es256", "ES256 ", "", "HS1", "RSA1_5"] {
        assert!(name.parse::<Algorithm>().is_err(), "{name:?}");
    }
    assert_eq!("JWT".parse(), Ok(TokenType::Jwt));
    assert_eq!("application/at+jwt".parse(), Ok(TokenType::AccessToken));
    assert!("none".parse::<TokenType>().is_err());
}

#[test]
fn one_bad_byte_at_any_place_spoils_an_identifier() {
    let visible = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
    for len in 1..20 {
        for at in 0..len {
            for byte in (0..=127_u8).chain([0x80, 0xbf, 0xff]) {
                let mut text: Vec<char> = "abcdefghijklmnopqrstuvwxyz".chars().take(len).collect();
                text[at] = char::from(byte);
                let text: String = text.into_iter().collect();
                assert_eq!(Jti::new(&*text).is_ok(), visible(byte), "{text:?}");
                let control = char::from(byte).is_control();
                assert_eq!(Subject::new(&*text).is_ok(), !control, "{text:?}");
            }
        }
    }
}
