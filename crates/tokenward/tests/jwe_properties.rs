//! What holds for every encrypted token, not only for those that somebody wrote down.
#![cfg(test)]

use std::path::Path;
use std::sync::LazyLock;

use proptest::collection::vec;
use proptest::prelude::*;
use tokenward::limits::LIMITS;
use tokenward::{
    ContentType, Curve, Decrypter, DecryptionKey, DecryptionKeys, DecryptionKeysError,
    EncryptError, Encrypter, EncryptionKey, KeyAlgorithm, KeyError, KeyId, NestedType, Reason, b64,
};

proptest! {
    #[test]
    fn what_is_encrypted_comes_back(at in 0..ALL.len(), content in vec(any::<u8>(), 0..3000)) {
        let side = &SIDES[at];
        let token = side.encrypter.encrypt(&content, Some(&text())).unwrap();

        let decrypted = side.decrypter.decrypt(&token).unwrap();

        prop_assert_eq!(decrypted.as_bytes(), &content);
        prop_assert_eq!(decrypted.key_id(), side.encrypter.key().key_id());
        prop_assert!(token.len() <= LIMITS.token_bytes);
    }

    #[test]
    fn a_flipped_bit_is_found(
        at in 0..ALL.len(),
        part in 0_usize..5,
        byte in any::<prop::sample::Index>(),
        bit in 0_u8..8,
    ) {
        let side = &SIDES[at];
        let mut parts: Vec<Vec<u8>> =
            side.token.split('.').map(|part| b64::decode(part).unwrap()).collect();
        prop_assume!(!parts[part].is_empty());
        let byte = byte.index(parts[part].len());
        parts[part][byte] ^= 1 << bit;
        let changed: Vec<_> = parts.iter().map(|part| b64::encode(part)).collect();

        prop_assert!(side.decrypter.decrypt(&changed.join(".")).is_err());
    }

    #[test]
    fn a_changed_character_is_found(
        at in 0..ALL.len(),
        place in any::<prop::sample::Index>(),
        other in any::<char>(),
    ) {
        let side = &SIDES[at];
        let mut characters: Vec<char> = side.token.chars().collect();
        let place = place.index(characters.len());
        prop_assume!(characters[place] != other);
        characters[place] = other;
        let changed: String = characters.into_iter().collect();

        prop_assert!(side.decrypter.decrypt(&changed).is_err());
    }

    #[test]
    fn a_token_cut_short_is_refused(at in 0..ALL.len(), length in any::<prop::sample::Index>()) {
        let side = &SIDES[at];
        let cut: String = side.token.chars().take(length.index(side.token.len())).collect();

        prop_assert!(side.decrypter.decrypt(&cut).is_err());
    }

    #[test]
    fn any_text_is_refused(at in 0..ALL.len(), token in ".*") {
        prop_assert!(SIDES[at].decrypter.decrypt(&token).is_err());
    }

    #[test]
    fn any_five_parts_are_refused(
        at in 0..ALL.len(),
        header in prop_oneof![
            vec(any::<u8>(), 0..64),
            Just(br#"{"alg":"dir","enc":"A256GCM","cty":"text/plain"}"#.to_vec()),
            Just(br#"{"alg":"RSA-OAEP-256","enc":"A256GCM","cty":"text/plain"}"#.to_vec()),
            Just(br#"{"alg":"ECDH-ES","enc":"A256GCM","cty":"text/plain","epk":{}}"#.to_vec()),
        ],
        rest in vec(vec(any::<u8>(), 0..400), 4),
    ) {
        let parts: Vec<_> = std::iter::once(&header).chain(&rest).map(|p| b64::encode(p)).collect();

        prop_assert!(SIDES[at].decrypter.decrypt(&parts.join(".")).is_err());
    }

    #[test]
    fn any_bytes_as_a_key_are_read_or_refused(bytes in vec(any::<u8>(), 0..200)) {
        let _outcome = (EncryptionKey::from_jwk(&bytes), DecryptionKey::from_jwk(&bytes));
        for algorithm in ALL {
            let _outcome = DecryptionKey::from_secret_bytes(algorithm, &bytes);
        }
    }

    #[test]
    fn a_random_key_is_a_shared_key(secret in any::<[u8; 32]>()) {
        prop_assume!(secret.iter().any(|byte| !byte.is_ascii_graphic()));
        prop_assert!(EncryptionKey::from_secret(&secret).is_ok());
        prop_assert!(DecryptionKey::from_secret(&secret[..16]).is_ok());
    }
}

#[test]
fn no_two_tokens_are_alike() {
    for side in &*SIDES {
        let one = side.encrypter.encrypt(b"content", None).unwrap();
        let two = side.encrypter.encrypt(b"content", None).unwrap();
        let nonce = |token: &str| token.split('.').nth(2).unwrap().to_owned();
        assert_ne!(one, two);
        assert_ne!(nonce(&one), nonce(&two));
    }
}

#[test]
fn a_key_that_was_stored_decrypts_as_before() {
    for (side, algorithm) in SIDES.iter().zip(ALL) {
        let stored = side.key.to_secret_bytes().unwrap();
        let id = side.key.key_id().unwrap().clone();
        let again = DecryptionKey::from_secret_bytes(algorithm, &stored).unwrap().with_key_id(id);

        let decrypted = side.decrypter.with_keys(again.into()).decrypt(&side.token).unwrap();

        assert_eq!(decrypted.into_bytes().as_slice(), b"content");
    }
}

#[test]
fn a_stored_key_of_another_algorithm_is_refused() {
    let bytes = |at: usize| SIDES[at].key.to_secret_bytes().unwrap();
    for algorithm in ALL.into_iter().filter(|algorithm| *algorithm != KeyAlgorithm::RsaOaep256) {
        let rsa = DecryptionKey::from_secret_bytes(algorithm, &bytes(5));
        assert_eq!(rsa.unwrap_err(), KeyError::Malformed);
    }
    let scalar = DecryptionKey::from_secret_bytes(KeyAlgorithm::RsaOaep256, &bytes(1));
    assert_eq!(scalar.unwrap_err(), KeyError::Malformed);
}

#[test]
fn an_rsa_key_that_was_stored_is_held_to_the_rules_of_any() {
    for (file, sound) in
        [("rs256-pkcs8", true), ("rs256-8192-pkcs8", true), ("rsa-e3-pkcs8", false)]
    {
        let read = DecryptionKey::from_secret_bytes(KeyAlgorithm::RsaOaep256, &pem(file));
        assert_eq!(read.is_ok(), sound, "{file}");
        assert!(sound || read.unwrap_err() == KeyError::Malformed, "{file}");
    }
}

#[test]
fn a_public_key_decrypts_nothing() {
    for side in SIDES.iter().filter(|side| !side.key.algorithm().is_symmetric()) {
        let jwk = side.encrypter.key().to_jwk().unwrap();
        let json = serde_json::Value::Object(jwk).to_string();
        assert_eq!(DecryptionKey::from_jwk(json.as_bytes()).unwrap_err(), KeyError::NotPrivate);
    }
}

#[test]
fn a_shared_key_has_no_public_form() {
    assert!(SIDES[0].encrypter.key().to_jwk().is_none());
}

#[test]
fn nothing_shows_a_key_or_what_was_encrypted() {
    let secret = [0xa7; 31].into_iter().chain([1]).collect::<Vec<u8>>();
    let key = DecryptionKey::from_secret(&secret).unwrap();
    let encrypter = Encrypter::new(key.encryption_key().unwrap());
    let key_shown = format!("{key:?}");
    let decrypter = Decrypter::builder().keys(key.into()).no_content_type().build();
    let content = decrypter.decrypt(&encrypter.encrypt(&secret, None).unwrap()).unwrap();

    let shown = format!("{key_shown} {encrypter:?} {decrypter:?} {content:?}");

    assert_eq!(key_shown, "DecryptionKey { algorithm: Dir, key_id: None, .. }");
    for trace in ["167", "a7", "A7", "p6"] {
        assert!(!shown.contains(trace), "{shown}");
    }
}

#[test]
fn a_token_has_its_greatest_length() {
    let encrypter = &SIDES[0].encrypter;
    let length = |size: usize| encrypter.encrypt(&vec![0; size], None).map(|token| token.len());
    let most = (0..LIMITS.token_bytes).rev().find(|size| length(*size).is_ok()).unwrap();

    assert!(length(most).unwrap() > LIMITS.token_bytes - 4);
    assert_eq!(length(most + 1), Err(EncryptError::TooLong));
    assert_eq!(length(1 << 20), Err(EncryptError::TooLong));
}

#[test]
fn only_a_signed_token_is_nested() {
    let encrypter = &SIDES[0].encrypter;
    let nest = |token: &str| encrypter.nest(token, NestedType::Jwt);

    assert!(nest("eyJhbGciOiJFUzI1NiJ9.e30.c2ln").is_ok());
    for bad in ["", "a.b", "..", "a.b.", "a.b.c.d", "a.b.c\n", "a.b.\u{e9}", &SIDES[0].token] {
        assert_eq!(nest(bad), Err(EncryptError::NotSigned), "{bad}");
    }
}

#[test]
fn keys_that_a_token_could_not_tell_apart_are_no_set() {
    let key = |algorithm| DecryptionKey::generate(algorithm);
    let p256 = KeyAlgorithm::EcdhEs(Curve::P256);
    let named = |name: &str| key(p256).with_key_id(KeyId::new(name).unwrap());
    let unnamed = || DecryptionKey::from_secret(&[7, 1].repeat(16)).unwrap();

    let two = DecryptionKeys::new([named("a"), named("a")]).unwrap_err();
    assert_eq!(two, DecryptionKeysError::DuplicateKeyId(KeyId::new("a").unwrap()));
    let mixed = DecryptionKeys::new([named("a"), key(KeyAlgorithm::Dir)]).unwrap_err();
    assert_eq!(mixed, DecryptionKeysError::MixedKinds);
    let none = DecryptionKeys::new([unnamed(), key(KeyAlgorithm::Dir)]).unwrap_err();
    assert_eq!(none, DecryptionKeysError::NoKeyId);
    assert!(DecryptionKeys::new([unnamed()]).is_ok());

    let many = |count: usize| (0..count).map(|_| key(KeyAlgorithm::Dir));
    assert!(DecryptionKeys::new(many(LIMITS.key_set_keys)).is_ok());
    let more = DecryptionKeys::new(many(LIMITS.key_set_keys + 1)).unwrap_err();
    assert_eq!(more, DecryptionKeysError::TooMany);
}

#[test]
fn an_empty_set_decrypts_nothing() {
    let decrypter = SIDES[0].decrypter.with_keys(DecryptionKeys::new([]).unwrap());
    let reason = *decrypter.decrypt(&SIDES[0].token).unwrap_err().reason();
    assert_eq!(reason, Reason::UnknownKey);
}

#[test]
fn a_content_type_is_a_media_type_without_parameters() {
    for good in ["JWT", "at+jwt", "text/plain", "application/vnd.example.v1+json", &"a".repeat(127)]
    {
        assert!(ContentType::new(good).is_ok(), "{good}");
    }
    for bad in
        ["", "/", "a/", "/a", "a/b/c", "a b", "a;b=c", "\"", "\\", "é", "+a", &"a".repeat(128)]
    {
        assert!(ContentType::new(bad).is_err(), "{bad}");
    }
}

/// Both ends of one algorithm, and a token from one to the other.
struct Side {
    key: DecryptionKey,
    encrypter: Encrypter,
    decrypter: Decrypter,
    token: String,
}

const ALL: [KeyAlgorithm; 6] = [
    KeyAlgorithm::Dir,
    KeyAlgorithm::EcdhEs(Curve::P256),
    KeyAlgorithm::EcdhEs(Curve::X25519),
    KeyAlgorithm::EcdhEsA256Kw(Curve::P256),
    KeyAlgorithm::EcdhEsA256Kw(Curve::X25519),
    KeyAlgorithm::RsaOaep256,
];

static SIDES: LazyLock<Vec<Side>> = LazyLock::new(|| ALL.into_iter().map(side).collect());

fn side(algorithm: KeyAlgorithm) -> Side {
    let key = DecryptionKey::generate(algorithm);
    let encrypter = Encrypter::new(key.encryption_key().unwrap());
    // The key cannot be cloned, so its copy goes the way of one that was stored.
    let copy = DecryptionKey::from_secret_bytes(algorithm, &key.to_secret_bytes().unwrap());
    let copy = copy.unwrap().with_key_id(key.key_id().unwrap().clone());
    let decrypter = Decrypter::builder().keys(copy.into()).content_type(text()).build();
    let token = encrypter.encrypt(b"content", Some(&text())).unwrap();
    Side { key, encrypter, decrypter, token }
}

/// The document in a file of `vectors/pem`.
fn pem(name: &str) -> Vec<u8> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/pem");
    let text = std::fs::read_to_string(root.join(format!("{name}.pem"))).unwrap();
    let body: String = text.lines().filter(|line| !line.starts_with('-')).collect();
    b64::decode(body.trim_end_matches('=').replace('+', "-").replace('/', "_").as_str()).unwrap()
}

fn text() -> ContentType {
    ContentType::new("text/plain").unwrap()
}
