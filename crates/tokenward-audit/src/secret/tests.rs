use super::*;
use base64::Engine as _;
use sha2::{Sha256, Sha384, Sha512};

use crate::token::BASE64;

#[test]
fn a_secret_is_told_from_others_for_each_hash_and_length_of_token_and_key() {
    for padding in [0, 1, 7, 8, 9, 20, 55, 56, 57, 63, 64, 65, 111, 112, 113, 200] {
        for key in
            ["k".to_owned(), "k".repeat(64), "k".repeat(65), "k".repeat(128), "k".repeat(300)]
        {
            for algorithm in ["HS256", "HS384", "HS512"] {
                let token = signed(algorithm, &"x".repeat(padding), key.as_bytes());
                let target = Target::of(&token).unwrap();
                assert!(target.is_signed_by(key.as_bytes()), "{algorithm} {padding} {}", key.len());
                assert!(!target.is_signed_by(b"another"), "{algorithm} {padding}");
            }
        }
    }
}

#[test]
fn the_first_example_of_rfc_7515_is_signed_by_its_key() {
    let token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let key = BASE64
        .decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")
        .unwrap();
    let lines = Words::Lines(Box::new(vec![b"no".to_vec(), key.clone()].into_iter()), false);
    let tried = Secrets::of(token).unwrap().search(lines, 2);
    assert_eq!((tried.count, tried.found, tried.written), (3, Some(key), None));
}

#[test]
fn words_are_found_in_the_forms_that_people_give_them() {
    for secret in ["Orchard123", "53cr37", "jwt_orchard", "ORCHARD_secret", "orchardorchard"] {
        let token = signed("HS256", "", secret.as_bytes());
        let words = vec![b"orchard".to_vec(), b"secret".to_vec()];
        let search = |is_varied| {
            let lines = Words::Lines(Box::new(words.clone().into_iter()), is_varied);
            Secrets::of(&token).unwrap().search(lines, 1).found
        };
        assert_eq!(search(false), None);
        assert_eq!(search(true).as_deref(), Some(secret.as_bytes()));
    }
}

#[test]
fn how_many_there_are_to_try_is_told_about_right() {
    let forms = |word: &[u8]| {
        let mut count = decoded::forms(word).len();
        words::vary(word, &mut |_| {
            count += 1;
            false
        });
        count
    };
    // Every 101st of the list, where all would take minutes.
    let (mut counted, mut words) = (0, 0);
    for word in words::joined().step_by(101) {
        counted += forms(&word);
        words += 1;
    }
    assert!(words > 5_000, "{words}");
    let all = u64::try_from(counted * 101).unwrap();
    let about = Secrets::built_in();
    assert!(about.abs_diff(all) * 20 < all, "{about} is not within a twentieth of {all}");
}

#[test]
fn a_token_that_no_secret_signs_is_not_searched() {
    let header = BASE64.encode(r#"{"alg":"RS256"}"#);
    assert!(Secrets::of(&format!("{header}.e30.AAAA")).is_none());
    assert!(Secrets::of("").is_none());
    assert!(Secrets::of("a.b.c").is_none());
}

fn signed(algorithm: &str, padding: &str, key: &[u8]) -> String {
    let header = BASE64.encode(format!(r#"{{"alg":"{algorithm}"}}"#));
    let input = format!("{header}.{}", BASE64.encode(format!(r#"{{"p":"{padding}"}}"#)));
    let signature = match algorithm {
        "HS256" => hmac::<Sha256>(key, input.as_bytes(), 64),
        "HS384" => hmac::<Sha384>(key, input.as_bytes(), 128),
        _ => hmac::<Sha512>(key, input.as_bytes(), 128),
    };
    format!("{input}.{}", BASE64.encode(signature))
}

/// As RFC 2104 writes it, by whole hashes.
fn hmac<H: sha2::Digest>(key: &[u8], message: &[u8], block: usize) -> Vec<u8> {
    let mut key = if key.len() > block { H::digest(key).to_vec() } else { key.to_vec() };
    key.resize(block, 0);
    let pad = |byte: u8| key.iter().map(|one| one ^ byte).collect::<Vec<u8>>();
    let inner = H::digest([pad(0x36), message.to_vec()].concat());
    H::digest([pad(0x5c), inner.to_vec()].concat()).to_vec()
}

#[test]
fn secrets_of_tutorials_are_found_as_they_are_written_and_as_they_are_decoded() {
    let spring = "404E635266556A586E3272357538782F413F4428472B4B6250645367566B5970";
    let decoded = [
        BASE64.decode(spring).unwrap(),
        decoded::forms(spring.as_bytes()).iter().find(|(_, how)| *how == "hex").unwrap().0.clone(),
        // `secret`, as a Java program that is not strict reads it.
        BASE64.decode("secret").unwrap(),
    ];
    for key in decoded.iter().map(Vec::as_slice).chain([spring.as_bytes()]) {
        let secrets = Secrets::of(&signed("HS256", "", key)).unwrap();
        let tried = secrets.search(Words::BuiltIn, 2);
        assert_eq!(tried.found.as_deref(), Some(key));
        let message = secrets.finding(&tried).unwrap().message;
        assert!(!message.contains(spring) && !message.contains("`secret`"), "{message}");
        assert_eq!(message.contains("read as"), tried.written.is_some(), "{message}");
    }
}
