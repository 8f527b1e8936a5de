use tokenward::SigningKey;

use super::*;

#[test]
fn a_key_that_does_not_say_whether_it_can_leave_is_no_key() {
    let whole = info(&SigningKey::generate(Algorithm::Es256));
    for member in ["type", "exportable", "allow_plaintext_backup", "latest_version", "keys"] {
        let mut part = whole.clone();
        part.as_object_mut().unwrap().remove(member);

        assert!(serde_json::from_value::<KeyInfo>(part).is_err(), "{member}");
    }
    let info: KeyInfo = serde_json::from_value(whole).unwrap();
    assert_eq!(info.unfit("n", 1, &ES256), None);
}

#[test]
fn each_way_in_which_a_key_is_unfit_is_named() {
    let whole = info(&SigningKey::generate(Algorithm::Es256));
    for (member, value, why) in [
        ("type", json!("rsa-2048"), "is of type `rsa-2048`, not ecdsa-p256"),
        ("exportable", json!(true), "is exportable, which cannot be undone"),
        ("allow_plaintext_backup", json!(true), "may be backed up in the clear"),
        ("imported_key", json!(true), "was imported"),
        ("derived", json!(true), "derives its keys"),
        ("auto_rotate_period", json!(3600), "rotates by itself"),
        ("min_encryption_version", json!(2), "no longer signs with version 1"),
        ("soft_deleted", json!(true), "is deleted"),
        ("latest_version", json!(0), "is deleted"),
    ] {
        let mut bad = whole.clone();
        bad.as_object_mut().unwrap().insert(member.to_owned(), value);
        let info: KeyInfo = serde_json::from_value(bad).unwrap();

        let said = info.unfit("prod-api-1", 1, &ES256).unwrap();
        assert!(said.starts_with(&format!("transit key `prod-api-1` {why}")), "{said}");
    }
}

#[test]
fn the_public_half_is_read_in_both_forms_and_in_no_other() {
    for algorithm in [Algorithm::Es384, Algorithm::Ps256, Algorithm::EdDsa] {
        let key = SigningKey::generate(algorithm);
        let info: KeyInfo = serde_json::from_value(info(&key)).unwrap();

        let read = info.public(1, algorithm).unwrap();
        assert_eq!(read.thumbprint(), key.verifying_key().thumbprint());
        assert_eq!(read.algorithm(), algorithm);
        assert!(info.public(2, algorithm).is_none() && info.public(1, Algorithm::Es256).is_none());
    }
}

#[test]
fn a_signature_is_read_in_the_encoding_that_was_asked_for() {
    let read = |text: &str, kind: &Kind| {
        let signature = Signature { signature: text.to_owned(), key_version: Some(1) };
        signature.read("n", 1, kind).ok()
    };
    assert_eq!(read("vault:v1:-_8", &ES256), Some(vec![0xfb, 0xff]));
    assert_eq!(read("vault:v1:+/8=", &ES256), None);
    assert_eq!(read("vault:v1:+/8=", &RS256), Some(vec![0xfb, 0xff]));
    assert_eq!(read("vault:v1:-_8", &RS256), None);
    for bad in ["", "vault:v1", "vault:1:AA==", "vault:v-1:AA==", "vault:v1 :AA==", "V:v1:AA=="] {
        assert_eq!(read(bad, &RS256), None, "{bad}");
    }
}

#[test]
fn another_version_is_found_in_either_place() {
    for (text, member) in
        [("vault:v2:AAAA", Some(1)), ("vault:v1:AAAA", Some(2)), ("vault:v0:AAAA", None)]
    {
        let signature = Signature { signature: text.to_owned(), key_version: member };
        let error = signature.read("n", 1, &ES256).unwrap_err();
        assert!(matches!(error, VaultError::OtherVersion { wanted: 1, .. }), "{error}");
    }
    let silent = Signature { signature: "vault:v1:AAAA".to_owned(), key_version: None };
    assert!(silent.read("n", 1, &ES256).is_ok(), "vaults before 1.3 name it in the text alone");
}

/// What an engine says of `key`.
fn info(key: &SigningKey) -> Value {
    let public = key.verifying_key();
    let text = if key.algorithm() == Algorithm::EdDsa {
        let jwk = public.to_jwk().unwrap();
        STANDARD.encode(b64::decode(jwk["x"].as_str().unwrap()).unwrap())
    } else {
        public.to_spki_pem().unwrap()
    };
    json!({
        "type": Kind::of(key.algorithm()).unwrap().made,
        "exportable": false,
        "allow_plaintext_backup": false,
        "latest_version": 1,
        "auto_rotate_period": 0,
        "keys": { "1": { "public_key": text } },
    })
}
