//! Keys from elsewhere: what is let in, and until when.

use serde_json::Value;
use tokenward::{Algorithm, KeyId, SigningKey, VerifyingKey};
use tokenward_keys::ImportError;

use crate::ring::{started, states};
use crate::support::{at, run};

#[test]
fn an_imported_key_verifies_until_its_end_date_and_never_signs() {
    let (store, ring) = started(1_000);
    let old = SigningKey::generate(Algorithm::EdDsa).with_key_id(KeyId::new("legacy-1").unwrap());

    let imported = run(ring.import(old.verifying_key(), at(1_060), at(1_001))).unwrap();

    assert_eq!(imported.key.as_str(), "legacy-1");
    assert_eq!(imported.trusted_from, at(1_011));
    let signature = old.sign(b"input").unwrap();
    assert!(ring.key_set().find(&imported.key).unwrap().verify(b"input", &signature));
    assert_eq!(states(&store), ["active", "retiring", "standby"]);

    run(ring.tick(at(1_060))).unwrap();
    assert!(ring.key_set().find(&imported.key).is_some());
    run(ring.tick(at(1_061))).unwrap();
    assert!(ring.key_set().find(&imported.key).is_none());
}

#[test]
fn an_imported_key_without_a_name_is_named_as_our_own_are() {
    let (_, ring) = started(1_000);
    let old = public_key();

    let imported = run(ring.import(&old, at(1_060), at(1_001))).unwrap();

    assert_eq!(imported.key.as_str(), format!("test-{}", old.thumbprint()));
}

#[test]
fn a_compromised_key_does_not_come_back_under_another_name() {
    let (_, ring) = started(1_000);
    let old = public_key();
    let id = run(ring.import(&old, at(1_060), at(1_001))).unwrap().key;
    run(ring.compromise(&id, at(1_002))).unwrap();

    let renamed = old.with_key_id(KeyId::new("new-name").unwrap());
    let error = run(ring.import(&renamed, at(1_060), at(1_003))).unwrap_err();

    assert_eq!(
        error.to_string(),
        format!("the audience already has this key: it is `{id}`, compromised")
    );
}

#[test]
fn the_end_of_an_import_is_brought_forward_and_never_put_off() {
    let (store, ring) = started(1_000);
    let old = public_key().with_key_id(KeyId::new("legacy-1").unwrap());
    let import = |until, now| run(ring.import(&old, at(until), at(now)));
    import(1_060, 1_001).unwrap();

    let error = import(1_061, 1_002).unwrap_err();
    assert!(matches!(error, ImportError::NotSooner { until, .. } if until == at(1_060)), "{error}");
    assert_eq!(import(1_030, 1_002).unwrap().key.as_str(), "legacy-1");

    run(ring.tick(at(1_030))).unwrap();
    assert!(ring.key_set().find(old.key_id().unwrap()).is_some());
    run(ring.tick(at(1_031))).unwrap();
    assert!(ring.key_set().find(old.key_id().unwrap()).is_none());
    assert_eq!(store.stored().iter().filter(|key| key.imported).count(), 1);
}

#[test]
fn a_key_of_another_environment_is_not_let_in() {
    let (_, ring) = started(1_000);
    let old = public_key();
    let named = |id: String| old.clone().with_key_id(KeyId::new(id).unwrap());
    let import = |key: &VerifyingKey| run(ring.import(key, at(1_060), at(1_001)));

    let error = import(&named(format!("staging-{}", old.thumbprint()))).unwrap_err();

    assert!(matches!(error, ImportError::OtherEnvironment { .. }), "{error}");
    import(&named(format!("test-{}", old.thumbprint()))).unwrap();
}

#[test]
fn an_import_must_end_and_must_be_public() {
    let (_, ring) = started(1_000);
    let secret = VerifyingKey::from_secret(Algorithm::Hs256, &SECRET).unwrap();
    let import = |key: &VerifyingKey, until| run(ring.import(key, at(until), at(1_001)));

    assert!(matches!(import(&secret, 1_060), Err(ImportError::Symmetric)));
    assert!(matches!(import(&public_key(), 1_001), Err(ImportError::EndDate)));
    assert!(matches!(import(&public_key(), 40_000_000), Err(ImportError::EndDate)));
}

#[test]
fn imported_keys_do_not_crowd_the_key_set() {
    let (_, ring) = started(1_000);
    for _ in 0..16 {
        run(ring.import(&public_key(), at(1_060), at(1_001))).unwrap();
    }

    let error = run(ring.import(&public_key(), at(1_060), at(1_001))).unwrap_err();

    assert_eq!(error.to_string(), "the audience has 16 imported keys already: wait until one ends");
}

/// A public key as others publish it, without a name.
fn public_key() -> VerifyingKey {
    let mut jwk = SigningKey::generate(Algorithm::Es256).verifying_key().to_jwk().unwrap();
    jwk.remove("kid");
    VerifyingKey::from_jwk(Value::Object(jwk).to_string().as_bytes()).unwrap()
}

const SECRET: [u8; 32] = *b"Zx4vN0qUuJ7mWb2RkC9tYp5LgHs8eDaF";
