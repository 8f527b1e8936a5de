//! Keys in files, as OpenSSL writes them.
#![cfg(test)]

use std::path::Path;

use tokenward::{Algorithm, KeyError, SigningKey, VerifyingKey};

#[test]
fn every_form_of_a_private_key_is_the_same_key() {
    for (file, algorithm, jwk) in [
        ("es256-pkcs8", Algorithm::Es256, "es256"),
        ("es256-sec1", Algorithm::Es256, "es256"),
        ("rs256-pkcs8", Algorithm::Rs256, "rs256"),
        ("rs256-pkcs1", Algorithm::Rs256, "rs256"),
        ("ed25519-pkcs8", Algorithm::EdDsa, "ed25519"),
    ] {
        let expected = from_jwk(jwk).verifying_key().thumbprint();
        for asked in [None, Some(algorithm)] {
            let key = SigningKey::from_pem(&read(file), asked).unwrap();
            assert_eq!(key.algorithm(), algorithm);
            assert_eq!(key.verifying_key().thumbprint(), expected, "{file}");

            let signature = key.sign(b"input").unwrap();
            assert!(from_jwk(jwk).verifying_key().verify(b"input", &signature), "{file}");
        }
    }
}

#[test]
fn every_form_of_a_public_key_is_the_same_key() {
    for (file, algorithm, jwk) in [
        ("es256-spki", Algorithm::Es256, "es256"),
        ("rs256-spki", Algorithm::Rs256, "rs256"),
        ("rs256-pkcs1-public", Algorithm::Rs256, "rs256"),
        ("ed25519-spki", Algorithm::EdDsa, "ed25519"),
    ] {
        let key = VerifyingKey::from_spki_pem(algorithm, &read(file)).unwrap();
        assert_eq!(key.thumbprint(), from_jwk(jwk).verifying_key().thumbprint(), "{file}");
    }
}

#[test]
fn a_key_leaves_and_comes_back_the_same() {
    for jwk in ["es256", "rs256", "ed25519", "hs256"] {
        let key = from_jwk(jwk);
        let again = SigningKey::from_secret_bytes(key.algorithm(), &key.to_secret_bytes().unwrap())
            .unwrap();

        assert_eq!(again.verifying_key().thumbprint(), key.verifying_key().thumbprint());
        assert_eq!(key.to_pkcs8_der().is_none(), key.algorithm().is_symmetric());
    }
}

#[test]
fn a_private_key_that_cannot_be_used_says_why() {
    for (file, error) in [
        ("es256-encrypted-pkcs8", KeyError::Encrypted),
        ("es256-encrypted-sec1", KeyError::Encrypted),
        ("rsa-pss-pkcs8", KeyError::Unsupported),
        ("secp256k1-sec1", KeyError::Unsupported),
        ("secp256k1-pkcs8", KeyError::Unsupported),
        ("rsa1024-pkcs8", KeyError::Malformed),
        ("rsa-e3-pkcs8", KeyError::Malformed),
        ("es256-spki", KeyError::NotPrivate),
        ("certificate", KeyError::NotPrivate),
    ] {
        assert_eq!(SigningKey::from_pem(&read(file), None).unwrap_err(), error, "{file}");
    }
}

#[test]
fn a_public_key_that_cannot_be_used_says_why() {
    for (file, algorithm, error) in [
        ("rsa-pss-spki", Algorithm::Rs256, KeyError::Unsupported),
        ("secp256k1-spki", Algorithm::Es256, KeyError::Unsupported),
        ("es256-pkcs8", Algorithm::Es256, KeyError::PrivateMembers),
        ("es256-sec1", Algorithm::Es256, KeyError::PrivateMembers),
        ("certificate", Algorithm::Es256, KeyError::Certificate),
    ] {
        assert_eq!(
            VerifyingKey::from_spki_pem(algorithm, &read(file)).unwrap_err(),
            error,
            "{file}"
        );
    }
}

#[test]
fn a_key_of_another_algorithm_than_asked_for_is_refused_and_says_what_it_is_for() {
    const RSA: &str = "RS256, RS384, RS512, PS256, PS384 or PS512";
    for (file, asked, fits) in [
        ("es256", Algorithm::EdDsa, "ES256"),
        ("es256", Algorithm::Hs256, "ES256"),
        ("es256", Algorithm::Rs256, "ES256"),
        ("ed25519", Algorithm::Es256, "EdDSA"),
        ("rs256", Algorithm::Es256, RSA),
    ] {
        let expected = format!("the key is not for {asked}, but for {fits}");
        let private = SigningKey::from_pem(&read(&format!("{file}-pkcs8")), Some(asked));
        assert_eq!(private.unwrap_err().to_string(), expected);
        let public = VerifyingKey::from_spki_pem(asked, &read(&format!("{file}-spki")));
        assert_eq!(public.unwrap_err().to_string(), expected);
    }

    let pkcs1 = VerifyingKey::from_spki_pem(Algorithm::Es256, &read("rs256-pkcs1-public"));
    assert_eq!(pkcs1.unwrap_err().to_string(), format!("the key is not for ES256, but for {RSA}"));
    let secret = VerifyingKey::from_secret(Algorithm::Es256, &[0; 32]);
    let expected = "the key is not for ES256, but for HS256, HS384 or HS512";
    assert_eq!(secret.unwrap_err().to_string(), expected);
    let jwk = br#"{"kty":"AKP","alg":"HS256","pub":"AA"}"#;
    let expected = "the key is not for HS256, but for ML-DSA-44, ML-DSA-65 or ML-DSA-87";
    assert_eq!(VerifyingKey::from_jwk(jwk).unwrap_err().to_string(), expected);
}

#[test]
fn a_text_must_hold_exactly_one_whole_key() {
    let one = read("ed25519-pkcs8");
    let from = |text: &str| SigningKey::from_pem(text, None).map(|_| ());

    assert_eq!(from(&format!("Some text\r\n{}", one.replace('\n', "\r\n"))), Ok(()));
    assert_eq!(from(&format!("{one}{one}")), Err(KeyError::MoreThanOneKey));
    assert_eq!(from(""), Err(KeyError::NotPem));
    assert_eq!(from(&one.replace("-----END", "-----FIN")), Err(KeyError::NotPem));
    assert_eq!(from(&one.replace("END PRIVATE", "END PUBLIC")), Err(KeyError::NotPem));
    assert_eq!(from(&one.replace("MC4", "MC*")), Err(KeyError::NotPem));
    assert_eq!(from(&format!("{one}{}", " ".repeat(16 * 1024))), Err(KeyError::TooLarge));
}

#[test]
fn a_document_with_something_after_it_is_refused() {
    let key = from_jwk("rs256");
    let mut document = key.to_pkcs8_der().unwrap().to_vec();
    document.push(0);

    assert!(SigningKey::from_pkcs8_der(Algorithm::Rs256, &document).is_err());
}

#[test]
fn no_form_of_a_key_shows_its_private_half() {
    for jwk in ["es256", "rs256", "ed25519", "hs256"] {
        let key = from_jwk(jwk);
        let shown = format!("{key:?} {:?}", key.verifying_key());

        assert!(shown.len() < 200, "{shown}");
        assert!(shown.contains(jwk), "{shown}");
    }
}

fn from_jwk(name: &str) -> SigningKey {
    SigningKey::from_jwk(vector(&format!("keys/{name}.json")).as_bytes()).unwrap()
}

fn read(name: &str) -> String {
    vector(&format!("pem/{name}.pem"))
}

fn vector(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors");
    std::fs::read_to_string(root.join(path)).unwrap()
}
