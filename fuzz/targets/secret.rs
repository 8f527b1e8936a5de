//! Any bytes as an HMAC secret: what is taken is long enough, and no key of another kind.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tokenward::limits::LIMITS;
use tokenward::{Algorithm, DecryptionKey, KeySet, SigningKey, VerifyingKey};

const SYMMETRIC: [(Algorithm, usize); 3] =
    [(Algorithm::Hs256, 32), (Algorithm::Hs384, 48), (Algorithm::Hs512, 64)];

fuzz_target!(|bytes: &[u8]| {
    for (algorithm, least) in SYMMETRIC {
        let Ok(key) = SigningKey::from_secret(algorithm, bytes) else { continue };
        assert!((least..=LIMITS.secret_bytes).contains(&bytes.len()));
        assert_eq!(key.to_secret_bytes().expect("memory").as_slice(), bytes);
        let signature = key.sign(b"input").expect("HMAC cannot fail");
        assert_eq!(signature.len(), least);
        let verifying = VerifyingKey::from_secret(algorithm, bytes).expect("the same secret");
        assert!(verifying.verify(b"input", &signature));
        assert!(!verifying.verify(b"other", &signature));
        assert!(verifying.to_spki_der().is_none() && verifying.to_jwk().is_none());
        assert!(!is_key(bytes), "a key is no secret");
    }
    for algorithm in Algorithm::ALL.into_iter().filter(|one| !one.is_symmetric()) {
        assert!(VerifyingKey::from_secret(algorithm, bytes).is_err());
    }
});

fn is_key(bytes: &[u8]) -> bool {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    VerifyingKey::from_jwk(bytes).is_ok()
        || SigningKey::from_jwk(bytes).is_ok()
        || DecryptionKey::from_jwk(bytes).is_ok()
        || KeySet::parse(bytes).is_ok()
        || SigningKey::from_pem(text, None).is_ok()
        || Algorithm::ALL.into_iter().any(|algorithm| {
            VerifyingKey::from_spki_der(algorithm, bytes).is_ok()
                || VerifyingKey::from_spki_pem(algorithm, text).is_ok()
                || SigningKey::from_pkcs8_der(algorithm, bytes).is_ok()
        })
}
