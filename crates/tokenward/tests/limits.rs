//! Each limit holds at its value, and refuses one above it.
#![cfg(test)]

use std::time::Duration;

use tokenward::crypto::sha256;
use tokenward::danger::decode_unverified;
use tokenward::limits::LIMITS;
use tokenward::{
    Algorithm, Audience, DecryptionKey, DpopKey, IssuerId, KeyAlgorithm, KeyError, KeySet,
    KeySetError, ProofNonce, ProofRequest, ProofVerifier, Reason, Seen, SigningKey, Subject,
    TokenType, UnixTime, Verifier, VerifyingKey, b64,
};

#[test]
fn a_token() {
    let token = |length: usize| {
        let payload = b64::encode(br#"{"a":1}"#);
        let start = format!("{}.{payload}.", b64::encode(br#"{"alg":"ES256"}"#));
        format!("{start}{}", "A".repeat(length.checked_sub(start.len()).unwrap()))
    };
    assert!(decode_unverified(&token(LIMITS.token_bytes)).is_ok());
    assert_eq!(reason(&token(LIMITS.token_bytes + 1)), Reason::TooLong);
}

#[test]
fn a_header() {
    let token = |length: usize| {
        let header = format!(r#"{{"x":"{}"}}"#, "x".repeat(length.checked_sub(8).unwrap()));
        assert_eq!(header.len(), length);
        format!("{}.{}.AA", b64::encode(header.as_bytes()), b64::encode(b"{}"))
    };
    assert!(decode_unverified(&token(LIMITS.header_bytes)).is_ok());
    assert_eq!(reason(&token(LIMITS.header_bytes + 1)), Reason::TooLong);
}

#[test]
fn a_secret() {
    let secret = |length: usize| {
        let blocks = (0_u8..=255).flat_map(|block| sha256(&[block]));
        let bytes: Vec<u8> = blocks.take(length).collect();
        VerifyingKey::from_secret(Algorithm::Hs256, &bytes).map(|_| ())
    };
    assert_eq!(secret(31), Err(KeyError::ShortSecret { least: 32 }));
    assert_eq!(secret(32), Ok(()));
    assert_eq!(secret(LIMITS.secret_bytes), Ok(()));
    assert_eq!(secret(LIMITS.secret_bytes + 1), Err(KeyError::TooLarge));
}

#[test]
fn a_key() {
    let key = SigningKey::generate(Algorithm::EdDsa);
    let jwk = serde_json::Value::Object(key.verifying_key().to_jwk().unwrap()).to_string();
    let padded = |length: usize| VerifyingKey::from_jwk(format!("{jwk:length$}").as_bytes());

    assert!(padded(LIMITS.key_bytes).is_ok());
    assert_eq!(padded(LIMITS.key_bytes + 1).unwrap_err(), KeyError::TooLarge);
}

#[test]
fn a_key_document() {
    let errors = |length: usize| {
        let document = vec![0; length];
        [
            VerifyingKey::from_spki_der(Algorithm::Es256, &document).unwrap_err(),
            SigningKey::from_pkcs8_der(Algorithm::Es256, &document).unwrap_err(),
            DecryptionKey::from_secret_bytes(KeyAlgorithm::RsaOaep256, &document).unwrap_err(),
        ]
    };

    assert_eq!(errors(LIMITS.key_bytes), [const { KeyError::Malformed }; 3]);
    assert_eq!(errors(LIMITS.key_bytes + 1), [const { KeyError::TooLarge }; 3]);
}

#[test]
fn a_key_in_a_set_which_is_left_out_alone() {
    let key = SigningKey::generate(Algorithm::EdDsa);
    let jwk = serde_json::Value::Object(key.verifying_key().to_jwk().unwrap()).to_string();
    let padded = |length: usize| {
        let long = jwk.replacen('{', &format!("{{{}", " ".repeat(length - jwk.len())), 1);
        let named = jwk.replace(key.key_id().unwrap().as_str(), "another");
        KeySet::parse(format!(r#"{{"keys":[{long},{named}]}}"#).as_bytes()).unwrap()
    };

    assert_eq!(padded(LIMITS.key_bytes).keys().len(), 2);
    let one = padded(LIMITS.key_bytes + 1);
    assert_eq!(one.keys().len(), 1);
    assert_eq!(one.skipped()[0].why, KeyError::TooLarge);
}

#[test]
fn a_key_set() {
    let key = SigningKey::generate(Algorithm::EdDsa);
    let set = KeySet::from_keys([key.verifying_key().clone()]).unwrap().to_json();
    let padded = |length: usize| {
        let spaces = " ".repeat(length.checked_sub(set.len()).unwrap());
        KeySet::parse(format!("{set}{spaces}").as_bytes())
    };

    assert!(padded(LIMITS.key_set_bytes).is_ok());
    assert_eq!(padded(LIMITS.key_set_bytes + 1).unwrap_err(), KeySetError::TooLarge);
}

#[test]
fn the_keys_of_a_set() {
    let keys = |count: usize| {
        KeySet::from_keys(
            (0..count).map(|_| SigningKey::generate(Algorithm::EdDsa).verifying_key().clone()),
        )
    };
    let most = keys(LIMITS.key_set_keys).unwrap();
    assert_eq!(KeySet::parse(most.to_json().as_bytes()).unwrap().keys().len(), LIMITS.key_set_keys);
    assert_eq!(keys(LIMITS.key_set_keys + 1).unwrap_err(), KeySetError::TooLarge);
}

#[test]
fn a_status_list() {
    let key = SigningKey::generate(Algorithm::EdDsa);
    let verifier = Verifier::status_list()
        .issuer(IssuerId::new("https://issuer.example.com").unwrap())
        .subject(Subject::new("u").unwrap())
        .keys(KeySet::from_keys([key.verifying_key().clone()]).unwrap())
        .build();
    let claims = |filling: &str| {
        format!(r#"{{"sub":"u","iat":1,"status_list":{{"bits":8,"lst":"{filling}"}}}}"#)
    };
    let verify = |length: usize| {
        let token = signed_to(length, &key, "statuslist+jwt", &claims);
        verifier.verify(&token, UnixTime::from_secs(1)).map(|list| list.compressed().len())
    };
    // 2²⁰ bytes, which is what 2²⁰ statuses of 8 bits come to at worst.
    assert!(verify(LIMITS.status_list_bytes).unwrap() >= 1 << 20);
    assert_eq!(*verify(LIMITS.status_list_bytes + 4).unwrap_err().reason(), Reason::TooLong);
}

#[test]
fn a_key_set_statement() {
    let key = SigningKey::generate(Algorithm::EdDsa);
    let verifier = Verifier::key_set_statement()
        .issuer(IssuerId::new("i").unwrap())
        .subject(Subject::new("u").unwrap())
        .keys(KeySet::from_keys([key.verifying_key().clone()]).unwrap())
        .build();
    let jwk = serde_json::Value::Object(key.verifying_key().to_jwk().unwrap());
    let claims = |filling: &str| {
        format!(r#"{{"iss":"i","sub":"u","iat":1,"exp":2,"keys":[{jwk}],"x":"{filling}"}}"#)
    };
    let verify = |length: usize| {
        let token = signed_to(length, &key, "jwk-set+jwt", &claims);
        verifier.verify(&token, Seen::Nothing, UnixTime::from_secs(1)).map(drop)
    };
    assert!(verify(LIMITS.key_set_statement_bytes).is_ok());
    assert_eq!(*verify(LIMITS.key_set_statement_bytes + 4).unwrap_err().reason(), Reason::TooLong);
    // The largest key set fits in, with two kilobytes for the rest.
    const { assert!(LIMITS.key_set_statement_bytes > (LIMITS.key_set_bytes + 2048) / 3 * 4 + 1536) };
}

#[test]
fn the_header_of_a_proof() {
    let request = ProofRequest::without_token("GET", "https://api.example.com/").unwrap();
    let verify = |length: usize| {
        let header = format!(r#"{{"x":"{}"}}"#, "x".repeat(length.checked_sub(8).unwrap()));
        let proof = format!("{}.e30.AA", b64::encode(header.as_bytes()));
        let now = UnixTime::from_secs(1);
        let verdict = ProofVerifier::new().verify(&proof, &request, ProofNonce::NotUsed, now);
        *verdict.unwrap_err().reason()
    };
    assert_eq!(verify(LIMITS.proof_header_bytes), Reason::InvalidHeader);
    assert_eq!(verify(LIMITS.proof_header_bytes + 1), Reason::TooLong);

    // The longest keys fit in, as long as key and signature fit into a token together.
    for algorithm in [Algorithm::MlDsa44, Algorithm::Ps512] {
        let key = DpopKey::new(SigningKey::generate(algorithm)).unwrap();
        let proof = key.proof(&request, None, UnixTime::from_secs(1)).unwrap();
        let verdict = ProofVerifier::new().verify(
            &proof,
            &request,
            ProofNonce::NotUsed,
            UnixTime::from_secs(1),
        );
        assert!(verdict.is_ok(), "{algorithm}");
    }
}

#[test]
fn a_secret_is_alone_in_its_set() {
    let public = |algorithm| SigningKey::generate(algorithm).verifying_key().clone();
    let set = |algorithms: [Algorithm; 2]| KeySet::from_keys(algorithms.map(public)).map(|_| ());

    assert_eq!(set([Algorithm::Es256, Algorithm::EdDsa]), Ok(()));
    assert_eq!(set([Algorithm::Es256, Algorithm::Hs256]), Err(KeySetError::MixedKinds));
    assert_eq!(set([Algorithm::Hs256, Algorithm::Hs256]), Err(KeySetError::MixedKinds));
}

#[test]
fn a_lifetime_that_a_verifier_can_be_told_to_take() {
    let key = SigningKey::generate(Algorithm::Hs256);
    let verifier = Verifier::builder()
        .issuer(IssuerId::new("https://i").unwrap())
        .audience(Audience::new("a").unwrap())
        .keys(KeySet::from_keys([key.verifying_key().clone()]).unwrap())
        .accept_type(TokenType::Jwt)
        .max_lifetime(Verifier::MAX_LIFETIME + Duration::from_secs(1))
        .build();
    let verify = |lifetime: u64| {
        let claims = format!(
            r#"{{"iss":"https://i","aud":"a","sub":"s","jti":"j","iat":1000000,"exp":{}}}"#,
            1_000_000 + lifetime
        );
        let header = b64::encode(br#"{"alg":"HS256"}"#);
        let input = format!("{header}.{}", b64::encode(claims.as_bytes()));
        let signature = b64::encode(&key.sign(input.as_bytes()).unwrap());
        verifier.verify(&format!("{input}.{signature}"), UnixTime::from_secs(1_000_000))
    };

    let most = Verifier::MAX_LIFETIME.as_secs();
    assert!(verify(most).is_ok());
    assert_eq!(*verify(most + 1).unwrap_err().reason(), Reason::LifetimeTooLong);
}

/// The longest token of `typ` that is at most `length` long: base64url leaves some lengths out.
fn signed_to(
    length: usize,
    key: &SigningKey,
    typ: &str,
    claims: &dyn Fn(&str) -> String,
) -> String {
    let header = b64::encode(format!(r#"{{"alg":"EdDSA","typ":"{typ}"}}"#).as_bytes());
    let with = |filling: usize, spaces: usize| {
        let payload = format!("{}{}", claims(&"AAAA".repeat(filling)), " ".repeat(spaces));
        format!("{header}.{}", b64::encode(payload.as_bytes()))
    };
    let body = length.checked_sub(87).unwrap(); // the dot and a signature of 64 bytes
    // Three fillings are twelve characters, and sixteen of the token.
    let filling = body.checked_sub(with(1, 0).len()).unwrap().saturating_mul(3) / 16;
    let inputs = (0..24).map(|spaces| with(filling, spaces)).filter(|input| input.len() <= body);
    let input = inputs.max_by_key(String::len).unwrap();
    let token = format!("{input}.{}", b64::encode(&key.sign(input.as_bytes()).unwrap()));
    assert!((length.saturating_sub(3)..=length).contains(&token.len()), "{}", token.len());
    token
}

fn reason(token: &str) -> Reason {
    *decode_unverified(token).unwrap_err().reason()
}
