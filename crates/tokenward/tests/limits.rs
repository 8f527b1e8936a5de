//! Each limit holds at its value, and refuses one above it.
#![cfg(test)]

use tokenward::crypto::sha256;
use tokenward::danger::decode_unverified;
use tokenward::limits::LIMITS;
use tokenward::{Algorithm, KeyError, KeySet, KeySetError, Reason, SigningKey, VerifyingKey, b64};

#[test]
fn a_token() {
    let token = |length: usize| {
        let payload = b64::encode(br#"{"a":1}"#);
        let start = format!("{}.{payload}.", b64::encode(br#"{"alg":"ES256"}"#));
        format!("{start}{}", "A".repeat(length.checked_sub(start.len()).unwrap()))
    };
    assert!(decode_unverified(&token(LIMITS.token_bytes)).is_ok());
    assert_eq!(reason(&token(LIMITS.token_bytes + 1)), Reason::TooLong);
}

#[test]
fn a_header() {
    let token = |length: usize| {
        let header = format!(r#"{{"x":"{}"}}"#, "x".repeat(length.checked_sub(8).unwrap()));
        assert_eq!(header.len(), length);
        format!("{}.{}.AA", b64::encode(header.as_bytes()), b64::encode(b"{}"))
    };
    assert!(decode_unverified(&token(LIMITS.header_bytes)).is_ok());
    assert_eq!(reason(&token(LIMITS.header_bytes + 1)), Reason::TooLong);
}

#[test]
fn a_secret() {
    let secret = |length: usize| {
        let blocks = (0_u8..=255).flat_map(|block| sha256(&[block]));
        let bytes: Vec<u8> = blocks.take(length).collect();
        VerifyingKey::from_secret(Algorithm::Hs256, &bytes).map(|_| ())
    };
    assert_eq!(secret(31), Err(KeyError::ShortSecret { least: 32 }));
    assert_eq!(secret(32), Ok(()));
    assert_eq!(secret(LIMITS.secret_bytes), Ok(()));
    assert_eq!(secret(LIMITS.secret_bytes + 1), Err(KeyError::TooLarge));
}

#[test]
fn a_key() {
    let key = SigningKey::generate(Algorithm::EdDsa);
    let jwk = serde_json::Value::Object(key.verifying_key().to_jwk().unwrap()).to_string();
    let padded = |length: usize| VerifyingKey::from_jwk(format!("{jwk:length$}").as_bytes());

    assert!(padded(LIMITS.key_bytes).is_ok());
    assert_eq!(padded(LIMITS.key_bytes + 1).unwrap_err(), KeyError::TooLarge);
}

#[test]
fn a_key_set() {
    let key = SigningKey::generate(Algorithm::EdDsa);
    let set = KeySet::from_keys([key.verifying_key().clone()]).unwrap().to_json();
    let padded = |length: usize| {
        let spaces = " ".repeat(length.checked_sub(set.len()).unwrap());
        KeySet::parse(format!("{set}{spaces}").as_bytes())
    };

    assert!(padded(LIMITS.key_set_bytes).is_ok());
    assert_eq!(padded(LIMITS.key_set_bytes + 1).unwrap_err(), KeySetError::TooLarge);
}

#[test]
fn the_keys_of_a_set() {
    let keys = |count: usize| {
        KeySet::from_keys(
            (0..count).map(|_| SigningKey::generate(Algorithm::EdDsa).verifying_key().clone()),
        )
    };
    let most = keys(LIMITS.key_set_keys).unwrap();
    assert_eq!(KeySet::parse(most.to_json().as_bytes()).unwrap().keys().len(), LIMITS.key_set_keys);
    assert_eq!(keys(LIMITS.key_set_keys + 1).unwrap_err(), KeySetError::TooLarge);
}

fn reason(token: &str) -> Reason {
    *decode_unverified(token).unwrap_err().reason()
}
