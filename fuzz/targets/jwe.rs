//! Any bytes as an encrypted token, as its parts, as its content, and as its key.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tokenward::{
    Curve, Decrypter, DecryptionKey, DecryptionKeys, Encrypter, EncryptionKey, KeyAlgorithm,
    NestedType, NestedVerifier, b64,
};
use tokenward_fuzz::{NOW, VERIFIER};

const AGREED: [KeyAlgorithm; 4] = [
    KeyAlgorithm::EcdhEs(Curve::P256),
    KeyAlgorithm::EcdhEs(Curve::X25519),
    KeyAlgorithm::EcdhEsA256Kw(Curve::P256),
    KeyAlgorithm::EcdhEsA256Kw(Curve::X25519),
];

/// Each key under a name that a header can hit upon: a, b, c, d.
static KEYS: LazyLock<DecryptionKeys> = LazyLock::new(|| {
    let named = |(name, algorithm): (&str, KeyAlgorithm)| {
        DecryptionKey::generate(algorithm).with_key_id(name.parse().expect("a name"))
    };
    DecryptionKeys::new(["a", "b", "c", "d"].into_iter().zip(AGREED).map(named)).expect("a set")
});

static DECRYPTER: LazyLock<Decrypter> = LazyLock::new(|| {
    Decrypter::builder().keys(KEYS.clone()).no_content_type().accept_a128gcm().build()
});

static SHARED: LazyLock<(Encrypter, NestedVerifier)> = LazyLock::new(|| {
    let key = DecryptionKey::generate(KeyAlgorithm::Dir);
    let encrypter = Encrypter::new(key.encryption_key().expect("a key of 32 bytes"));
    (encrypter, NestedVerifier::new(key.into(), NestedType::Jwt, VERIFIER.clone()))
});

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        assert!(DECRYPTER.decrypt(text).is_err(), "forged");
        assert!(SHARED.1.verify(text, NOW).is_err(), "forged");
        let _outcome = SHARED.0.nest(text, NestedType::Jwt);
    }
    // Lines as parts, so that what is in them need not be in base64 first.
    let parts: Vec<_> = bytes.split(|byte| *byte == b'\n').take(6).map(b64::encode).collect();
    assert!(DECRYPTER.decrypt(&parts.join(".")).is_err(), "forged");
    // Whatever is inside, the verifier of the inner layer decides about it.
    if let Ok(token) = SHARED.0.encrypt(bytes, Some(&NestedType::Jwt.content_type())) {
        assert!(SHARED.1.verify(&token, NOW).is_err(), "forged");
    }
    if let Ok(key) = EncryptionKey::from_jwk(bytes) {
        let token =
            Encrypter::new(key).encrypt(b"content", None).expect("a key that is read encrypts");
        assert!(DECRYPTER.decrypt(&token).is_err(), "another's");
    }
    if let Ok(key) = DecryptionKey::from_jwk(bytes)
        && let Some(public) = key.encryption_key()
    {
        let token =
            Encrypter::new(public).encrypt(b"content", None).expect("a key that is read encrypts");
        let decrypter = Decrypter::builder().keys(key.into()).no_content_type().build();
        assert_eq!(decrypter.decrypt(&token).expect("its own").as_bytes(), b"content");
    }
});
