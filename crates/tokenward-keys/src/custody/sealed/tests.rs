//! What is particular to this custody; the rest is in the contract that all of them keep.

use tokenward::Audience;

use super::*;
use crate::lifecycle::Key;
use crate::order::KeyLabel;

#[test]
fn another_key_encryption_key_is_named_as_the_cause() {
    let (_, stored) = sealed_key(Algorithm::Es256);
    let error = block_on(Sealed::new(kek(2)).signer(&issuer(), &stored)).unwrap_err();

    assert_eq!(
        error.to_string(),
        format!(
            "key `{}` was sealed with another key-encryption key ({}, not {}): give `[keys]` the key \
             file or passphrase it was made with",
            stored.id,
            kek(1).id(),
            kek(2).id()
        )
    );
}

#[test]
fn a_handle_that_was_moved_to_another_row_opens_nothing() {
    let (_, stored) = sealed_key(Algorithm::Es256);
    let (_, other) = sealed_key(Algorithm::Es256);
    let later = StoredKey { created_at: UnixTime::from_secs(101), ..stored.clone() };
    let renamed = StoredKey { id: other.id.clone(), ..stored.clone() };
    let swapped = StoredKey { handle: other.handle, ..stored.clone() };
    let retyped = StoredKey { algorithm: Algorithm::EdDsa, ..stored };

    for row in [later, renamed, swapped, retyped] {
        let error = block_on(Sealed::new(kek(1)).signer(&issuer(), &row)).unwrap_err();
        assert!(matches!(error, CustodyError::Damaged { .. }), "{error}");
    }
}

#[test]
fn an_issuer_rewritten_in_the_envelope_does_not_help() {
    let (_, mut stored) = sealed_key(Algorithm::Es256);
    let other = IssuerId::new("https://other.example.com").unwrap();
    let mut envelope: Envelope = serde_json::from_slice(stored.handle.as_ref().unwrap()).unwrap();
    envelope.iss = other.to_string();
    stored.handle = Some(serde_json::to_vec(&envelope).unwrap());

    let error = block_on(Sealed::new(kek(1)).signer(&other, &stored)).unwrap_err();
    assert!(matches!(error, CustodyError::Damaged { .. }), "{error}");
}

fn sealed_key(algorithm: Algorithm) -> (MadeKey, StoredKey) {
    let made = block_on(Sealed::new(kek(1)).generate(&spec(algorithm))).unwrap();
    let row = MadeKey::new(made.public.clone(), made.handle.clone());
    let NewKey { audience, created_at, .. } = spec(algorithm);
    let stored = Key::publish(row, &audience, NAME, created_at).unwrap().stored().clone();
    (made, stored)
}

fn spec(algorithm: Algorithm) -> NewKey {
    NewKey {
        audience: Audience::new("api").unwrap(),
        issuer: issuer(),
        algorithm,
        created_at: UnixTime::from_secs(100),
        kid_prefix: "test".to_owned(),
        label: KeyLabel::random(),
    }
}

fn issuer() -> IssuerId {
    IssuerId::new("https://auth.example.com/audiences/api").unwrap()
}

fn kek(byte: u8) -> Kek {
    Kek::new(Secret256::from_bytes([byte; 32]))
}

fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}
