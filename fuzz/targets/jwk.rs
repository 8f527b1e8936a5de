//! Any bytes as a key: none that is read is unfit, and none gives its private half away.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tokenward::{SigningKey, VerifyingKey};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(key) = VerifyingKey::from_jwk(bytes) {
        let _outcome = key.verify(b"input", &[0; 64]);
        if let Some(jwk) = key.to_jwk() {
            let again =
                VerifyingKey::from_jwk(serde_json::Value::Object(jwk).to_string().as_bytes())
                    .expect("what we write we read");
            assert_eq!(again.thumbprint(), key.thumbprint());
        }
    }
    if let Ok(key) = SigningKey::from_jwk(bytes) {
        let signature = key.sign(b"input").expect("a key that is read signs");
        assert!(key.verifying_key().verify(b"input", &signature));
        let jwk = key.verifying_key().to_jwk().unwrap_or_default();
        assert!(!jwk.contains_key("d") && !jwk.contains_key("k"));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _outcome = SigningKey::from_pem(text, None);
    }
});
