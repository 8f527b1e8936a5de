//! Any bytes as a key in PEM or in DER: what is read is written again, in every form that it has, and
//! read as the same key.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tokenward::{Algorithm, SigningKey, VerifyingKey};
use tokenward_fuzz::is_slow;

fuzz_target!(|bytes: &[u8]| {
    let text = std::str::from_utf8(bytes).ok();
    for algorithm in Algorithm::ALL {
        if let Ok(key) = VerifyingKey::from_spki_der(algorithm, bytes) {
            assert_eq!(key.to_spki_der().as_deref(), Some(bytes), "DER has one spelling");
            public(&key, algorithm);
        }
        if let Some(Ok(key)) = text.map(|text| VerifyingKey::from_spki_pem(algorithm, text)) {
            public(&key, algorithm);
        }
        if let Ok(key) = SigningKey::from_pkcs8_der(algorithm, bytes) {
            private(&key, algorithm);
        }
    }
    let Some(text) = text else { return };
    if let Ok(key) = SigningKey::from_pem(text, None) {
        private(&key, key.algorithm());
        let public = VerifyingKey::from_spki_pem(key.algorithm(), text);
        assert!(public.is_err(), "a private key is no public one");
    }
});

fn public(key: &VerifyingKey, algorithm: Algorithm) {
    assert_eq!(key.algorithm(), algorithm);
    let pem = key.to_spki_pem().expect("a public key has a PEM");
    let again = VerifyingKey::from_spki_pem(algorithm, &pem).expect("what we write we read");
    assert_eq!(again.thumbprint(), key.thumbprint());
    assert!(SigningKey::from_pem(&pem, None).is_err(), "a public key signs nothing");
    assert!(!key.verify(b"input", &[0; 64]));
}

fn private(key: &SigningKey, algorithm: Algorithm) {
    assert_eq!(key.algorithm(), algorithm);
    public(key.verifying_key(), algorithm);
    let same = |again: SigningKey| {
        assert_eq!(again.verifying_key().thumbprint(), key.verifying_key().thumbprint());
    };
    let pem = key.to_pkcs8_pem().expect("a private key has a PEM");
    same(SigningKey::from_pem(&pem, Some(algorithm)).expect("what we write we read"));
    if let Some(pem) = key.to_sec1_pem() {
        same(SigningKey::from_pem(&pem, None).expect("what we write we read"));
    }
    if let Some(jwk) = key.to_secret_jwk() {
        same(SigningKey::from_jwk(jwk.as_bytes()).expect("what we write we read"));
    }
    if !is_slow(algorithm) {
        let signature = key.sign(b"input").expect("a key that is read signs");
        assert!(key.verifying_key().verify(b"input", &signature));
        assert!(!key.verifying_key().verify(b"other", &signature));
    }
}
