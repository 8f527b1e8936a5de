//! What one side issues, the other takes: with every algorithm, by the public API alone.
#![cfg(test)]

use std::time::Duration;

use serde_json::{Value, json};
use tokenward::{
    AccessLifetime, Actor, Algorithm, Audience, BackendError, CachedVerifier, ClientId, Decrypter,
    DecryptionKey, DecryptionKeys, DpopKey, EncryptError, Encrypter, EncryptionKey, IssueError,
    Issuer, IssuerId, JsonError, Jti, KeyError, KeyId, KeySet, KeySetError, NestedVerifier,
    ProofVerifier, RESERVED_CLAIMS, Reason, Rejected, Scope, Scratch, SessionId, SigningKey,
    Subject, TokenRequest, TokenVersion, UnixTime, Verified, Verifier, VerifyingKey, b64,
};

const ALGORITHMS: [Algorithm; 4] =
    [Algorithm::Es256, Algorithm::Rs256, Algorithm::EdDsa, Algorithm::Hs256];

#[test]
fn a_token_says_who_acts_for_its_subject_and_how_it_came_to_that() {
    let of = |name: &str| Actor::new(Subject::new(name).unwrap());
    let chain = of("client:b").after(of("client:a")).unwrap();
    let key = SigningKey::generate(Algorithm::Es256).with_key_id(KeyId::new("k-1").unwrap());
    let request = request().actor(chain.clone());

    let token = issuer().issue(request, &key, NOW).unwrap();

    let claims = verifier(&key).verify(&token, NOW).unwrap();
    let act = json!({"sub": "client:b", "act": {"sub": "client:a"}});
    assert_eq!(claims.private()["act"], act);
    assert_eq!(Actor::of(claims.private()), Ok(Some(chain.clone())));
    let full = of("d").after(of("c").after(chain).unwrap()).unwrap();
    assert_eq!(of("d").after(full.clone()), Ok(full.clone()), "twice in a row is once");
    assert!(of("e").after(full).is_err());
    for wrong in [json!("a"), json!({}), json!({"sub": 1}), json!({"sub": "a", "iss": "b"})] {
        let claims = [("act".to_owned(), wrong)].into_iter().collect();
        assert!(Actor::of(&claims).is_err(), "{claims:?}");
    }
}

#[test]
fn every_algorithm_verifies_what_it_signed() {
    for algorithm in ALGORITHMS {
        let key = SigningKey::generate(algorithm);
        let token = issuer().issue(request(), &key, NOW).unwrap();

        let verified = verifier(&key).verify(&token, NOW).unwrap();

        assert_eq!(verified.subject().as_str(), "u-1");
        assert_eq!(verified.client_id().unwrap().as_str(), "web");
        assert_eq!(verified.session_id().unwrap().as_str(), "s-1");
        assert_eq!(verified.token_version(), Some(TokenVersion::new(3)));
        assert_eq!(verified.issued_at(), NOW.floor_secs());
        assert_eq!(verified.expires_at(), UnixTime::from_secs(1_000_300));
        assert!(verified.scope().contains("read"));
        assert_eq!(verified.private()["roles"], json!(["admin"]));
        assert_eq!(verified.key_id(), key.key_id());
        assert_eq!(verified.to_json()["aud"], json!("billing-api"));
        assert_eq!(token.len(), token.trim().len());
    }
}

#[test]
fn private_claims_are_those_that_are_not_reserved() {
    let key = SigningKey::generate(Algorithm::EdDsa);
    let token = issuer().issue(request(), &key, NOW).unwrap();

    let verified = verifier(&key).verify(&token, NOW).unwrap();

    assert_eq!(verified.private().keys().collect::<Vec<_>>(), ["roles"]);
}

#[test]
fn a_claim_is_reserved_if_and_only_if_it_is_read() {
    let key = SigningKey::generate(Algorithm::EdDsa);
    let token = |claims: &Value| {
        let header =
            json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": key.key_id().unwrap().as_str() });
        let part = |value: &Value| b64::encode(value.to_string().as_bytes());
        let input = format!("{}.{}", part(&header), part(claims));
        format!("{input}.{}", b64::encode(&key.sign(input.as_bytes()).unwrap()))
    };
    let good = json!({
        "iss": issuer_id().as_str(), "aud": "billing-api", "sub": "u-1", "client_id": "web",
        "jti": "t-1", "iat": 1_000_000, "exp": 1_000_300, "nbf": 1_000_000.5, "sid": "s-1", "ver": 1,
        "scope": "", "auth_time": 999_000,
    });

    let claims = verifier(&key).verify(&token(&good), NOW).unwrap();
    assert_eq!(Value::Object(claims.to_json()), good);
    assert!(claims.private().is_empty());
    assert_eq!(claims.auth_time(), Some(UnixTime::from_secs(999_000)));
    assert_eq!(claims.not_before(), Some(UnixTime::from_millis(1_000_000_500)));
    for name in RESERVED_CLAIMS {
        assert!(*name == "cnf" || good.get(name).is_some(), "{name}");
        let mut bad = good.clone();
        bad[name] = json!({});
        assert!(verifier(&key).verify(&token(&bad), NOW).is_err(), "{name}");
    }
}

#[test]
fn a_signature_by_another_key_of_the_same_name_is_refused() {
    for algorithm in ALGORITHMS {
        let (key, other) = (SigningKey::generate(algorithm), SigningKey::generate(algorithm));
        let other = other.with_key_id(key.key_id().unwrap().clone());
        let token = issuer().issue(request(), &other, NOW).unwrap();

        assert_eq!(reason(verifier(&key).verify(&token, NOW)), Reason::BadSignature);
    }
}

#[test]
fn a_changed_byte_anywhere_is_refused() {
    let key = SigningKey::generate(Algorithm::EdDsa);
    let token = issuer().issue(request(), &key, NOW).unwrap();
    let verifier = verifier(&key);

    for at in 0..token.len() {
        for replacement in ["A", "-", ".", "=", " ", "\u{e9}", ""] {
            let changed = {
                let (before, after) = (token.get(..at).unwrap(), token.get(at + 1..).unwrap());
                format!("{before}{replacement}{after}")
            };
            if changed != token {
                assert!(verifier.verify(&changed, NOW).is_err(), "at {at}: {replacement:?}");
            }
        }
    }
}

#[test]
fn a_token_lives_from_its_issue_to_its_end_and_the_leeway_around() {
    let key = SigningKey::generate(Algorithm::Es256);
    let token = issuer().issue(request(), &key, NOW).unwrap();
    let verifier = verifier(&key);
    let at = |secs| verifier.verify(&token, UnixTime::from_secs(secs));

    assert_eq!(reason(at(999_994)), Reason::IssuedInFuture);
    assert!(at(999_995).is_ok());
    assert!(at(1_000_304).is_ok());
    assert_eq!(reason(at(1_000_305)), Reason::Expired);
}

#[test]
fn the_end_of_a_session_or_a_key_caps_the_token() {
    let key = SigningKey::generate(Algorithm::Es256);
    let end = UnixTime::from_millis(1_000_059_999);
    let token = issuer().issue(request().expires_no_later_than(end), &key, NOW).unwrap();

    let verified = verifier(&key).verify(&token, NOW).unwrap();
    assert_eq!(verified.expires_at(), UnixTime::from_secs(1_000_059));

    let later = UnixTime::from_secs(1_000_200);
    for (first, second) in [(end, later), (later, end)] {
        let request = request().expires_no_later_than(first).expires_no_later_than(second);
        let token = issuer().issue(request, &key, NOW).unwrap();
        let verified = verifier(&key).verify(&token, NOW).unwrap();
        assert_eq!(verified.expires_at(), UnixTime::from_secs(1_000_059), "the earlier end counts");
    }

    let ended = request().expires_no_later_than(NOW);
    assert_eq!(issuer().issue(ended, &key, NOW), Err(IssueError::AlreadyEnded));
}

#[test]
fn another_issuer_or_audience_takes_no_token_of_ours() {
    let key = SigningKey::generate(Algorithm::Es256);
    let token = issuer().issue(request(), &key, NOW).unwrap();
    let keys = KeySet::from_keys([key.verifying_key().clone()]).unwrap();
    let builder = || Verifier::builder().keys(keys.clone());

    let other_issuer = builder()
        .issuer(IssuerId::new("https://auth.example.com/audiences/billing-api/").unwrap())
        .audience(audience())
        .build();
    let other_audience =
        builder().issuer(issuer_id()).audience(Audience::new("billing-ap").unwrap()).build();

    assert_eq!(reason(other_issuer.verify(&token, NOW)), Reason::WrongIssuer);
    assert_eq!(reason(other_audience.verify(&token, NOW)), Reason::WrongAudience);
}

#[test]
fn a_key_that_left_the_set_verifies_nothing_more() {
    let (old, new) =
        (SigningKey::generate(Algorithm::Es256), SigningKey::generate(Algorithm::Es256));
    let token = issuer().issue(request(), &old, NOW).unwrap();
    let both = [&old, &new].map(|key| key.verifying_key().clone());
    let verifier = verifier(&old).with_keys(KeySet::from_keys(both).unwrap());
    assert!(verifier.verify(&token, NOW).is_ok());

    let verifier = verifier.with_keys(KeySet::from_keys([new.verifying_key().clone()]).unwrap());
    assert_eq!(reason(verifier.verify(&token, NOW)), Reason::UnknownKey);
}

#[test]
fn both_halves_of_a_key_without_a_name_get_the_same() {
    let pem = SigningKey::generate(Algorithm::Es256).to_pkcs8_pem().unwrap();
    let key = SigningKey::from_pem(&pem, None).unwrap();
    assert_eq!(issuer().issue(request(), &key, NOW), Err(IssueError::NoKeyId));
    let public = key.verifying_key().clone();
    let key = key.named_by_thumbprint();
    let token = issuer().issue(request(), &key, NOW).unwrap();

    let of = |public| verifier(&key).with_keys(KeySet::from_keys([public]).unwrap());
    assert_eq!(reason(of(public.clone()).verify(&token, NOW)), Reason::UnknownKey);
    assert!(of(public.clone().named_by_thumbprint()).verify(&token, NOW).is_ok());

    let named = public.with_key_id(KeyId::new("a").unwrap()).named_by_thumbprint();
    assert_eq!(named.key_id().map(KeyId::as_str), Some("a"));
}

#[test]
fn private_claims_are_an_object() {
    let claims = request().private_as(&["roles"]);

    assert_eq!(claims.unwrap_err(), IssueError::Json(JsonError::NotAnObject));
}

#[test]
fn a_key_set_survives_being_written_and_read() {
    for algorithm in [Algorithm::Es256, Algorithm::Rs256, Algorithm::EdDsa] {
        let key = SigningKey::generate(algorithm);
        let token = issuer().issue(request(), &key, NOW).unwrap();
        let json = KeySet::from_keys([key.verifying_key().clone()]).unwrap().to_json();
        let read = KeySet::parse(json.as_bytes()).unwrap();

        assert!(verifier(&key).with_keys(read).verify(&token, NOW).is_ok());
    }
}

#[test]
fn what_verifies_and_issues_is_shared_by_threads() {
    const fn is_shared<T: Send + Sync + 'static>() {}

    is_shared::<(Verifier, CachedVerifier, NestedVerifier, ProofVerifier, Verified)>();
    is_shared::<(Issuer, TokenRequest, SigningKey, VerifyingKey, KeySet, DpopKey)>();
    is_shared::<(Encrypter, Decrypter, EncryptionKey, DecryptionKey, DecryptionKeys)>();
    is_shared::<(Rejected, KeyError, KeySetError, IssueError, EncryptError, BackendError)>();
}

#[test]
fn all_refusals_look_the_same() {
    let key = SigningKey::generate(Algorithm::Es256);
    for token in ["", "a.b.c", "a.b.c.d.e"] {
        assert_eq!(verifier(&key).verify(token, NOW).unwrap_err().to_string(), "invalid token");
    }
}

/// A moment inside a second.
const NOW: UnixTime = UnixTime::from_millis(1_000_000_500);

fn issuer() -> Issuer {
    Issuer::builder()
        .issuer(issuer_id())
        .audience(audience())
        .lifetime(AccessLifetime::new(Duration::from_secs(300)).unwrap())
        .claims(["roles"])
        .build()
}

fn verifier(key: &SigningKey) -> Verifier {
    Verifier::builder()
        .issuer(issuer_id())
        .audience(audience())
        .keys(KeySet::from_keys([key.verifying_key().clone()]).unwrap())
        .build()
}

fn request() -> TokenRequest {
    TokenRequest::new(Subject::new("u-1").unwrap(), ClientId::new("web").unwrap(), Jti::random())
        .session_id(SessionId::new("s-1").unwrap())
        .token_version(TokenVersion::new(3))
        .scope(Scope::parse("read write").unwrap())
        .private_as(&json!({ "roles": ["admin"] }))
        .unwrap()
}

fn issuer_id() -> IssuerId {
    IssuerId::new("https://auth.example.com/audiences/billing-api").unwrap()
}

fn audience() -> Audience {
    Audience::new("billing-api").unwrap()
}

fn reason<T: std::fmt::Debug>(result: Result<T, Rejected>) -> Reason {
    *result.unwrap_err().reason()
}

#[test]
fn a_debug_print_of_a_verifier_says_what_it_demands_and_no_secret() {
    let secret = b"9vQ2-kXz7Lw0_pRt4Hn6Yb8Jc1Mf5Gd3~sTu";
    let key = SigningKey::from_secret(Algorithm::Hs256, secret).unwrap();
    let shown = format!("{:?}", verifier(&key.with_key_id(KeyId::new("k").unwrap())));

    assert!(shown.contains(issuer_id().as_str()) && shown.contains(audience().as_str()), "{shown}");
    assert!(!shown.contains("9vQ2") && !shown.contains("57, 118, 81, 50"), "{shown}");
}

#[test]
fn a_debug_print_of_a_scratch_shows_nothing_of_the_token_in_it() {
    let key = SigningKey::generate(Algorithm::Es256);
    let token = issuer().issue(request(), &key, NOW).unwrap();
    let mut scratch = Scratch::default();
    verifier(&key).verify_in(&token, NOW, &mut scratch).unwrap();

    assert_eq!(format!("{scratch:?}"), "Scratch { .. }");
}

#[test]
fn a_debug_print_of_claims_says_nothing_of_private_ones() {
    let key = SigningKey::generate(Algorithm::Es256);
    let token = issuer().issue(request(), &key, NOW).unwrap();
    let shown = format!("{:?}", verifier(&key).verify(&token, NOW).unwrap());

    assert!(
        shown.contains("u-1") && !shown.contains("roles") && !shown.contains("admin"),
        "{shown}"
    );
}

#[test]
fn a_token_of_eight_thousand_bits_of_rsa_fits() {
    // The longest signature there is: its place in a verifier must be large enough.
    let pem = include_str!("../../../vectors/pem/rs256-8192-pkcs8.pem");
    let key = SigningKey::from_pem(pem, None).unwrap().named_by_thumbprint();
    let token = issuer().issue(request(), &key, NOW).unwrap();

    assert!(verifier(&key).verify(&token, NOW).is_ok());
}
