//! Proofs of possession from a client's key to a bound token's verification, by the public API alone.
#![cfg(test)]

use std::sync::LazyLock;
use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};
use tokenward::{
    AccessLifetime, Algorithm, Audience, ClientId, DpopKey, Issuer, IssuerId, Jti, KeyError,
    KeySet, ProofNonce, ProofRequest, ProofVerifier, Reason, Rejected, Scratch, SigningKey,
    Subject, Thumbprint, TokenRequest, UnixTime, Verified, Verifier, VerifyingKey, b64,
};

#[test]
fn a_proof_by_any_asymmetric_key_holds_and_names_it() {
    // An ML-DSA key and its signature need more than a token has, but for the smallest. RSA keys are
    // slow to make, and the vectors have all their algorithms.
    let fitting = [
        Algorithm::Es256,
        Algorithm::Es384,
        Algorithm::Es512,
        Algorithm::EdDsa,
        Algorithm::MlDsa44,
        Algorithm::Ps256,
    ];
    for algorithm in fitting {
        let key = DpopKey::new(SigningKey::generate(algorithm)).unwrap();
        let header = key.proof(&request(), None, NOW).unwrap();

        let proof = ProofVerifier::new().verify(&header, &request(), ProofNonce::NotUsed, NOW);

        let proof = proof.unwrap_or_else(|error| panic!("{algorithm}: {}", error.reason()));
        assert_eq!(proof.key_thumbprint(), key.thumbprint());
        assert_eq!(proof.algorithm(), algorithm);
        assert_eq!(proof.issued_at(), NOW.floor_secs());
        assert_eq!(proof.remember_until(), NOW.saturating_add(Duration::from_secs(65)));
        assert_eq!(proof.token_id().as_str().len(), 22);
    }
}

#[test]
fn a_symmetric_key_makes_no_proofs() {
    let error = DpopKey::new(SigningKey::generate(Algorithm::Hs256)).unwrap_err();

    assert_eq!(error, KeyError::Unsupported);
}

#[test]
fn two_proofs_for_one_request_have_two_names() {
    let names: [Jti; 2] = std::array::from_fn(|_| verified(&CLIENT).token_id().clone());

    assert_ne!(names[0], names[1]);
}

#[test]
fn a_proof_carries_the_nonce_that_the_server_gave_out() {
    let header = CLIENT.proof(&request(), Some("n-\"1"), NOW).unwrap();
    let verify = |nonce| ProofVerifier::new().verify(&header, &request(), nonce, NOW);

    assert!(verify(ProofNonce::OneOf(&["n-2", "n-\"1"])).is_ok());
    assert_eq!(reason(verify(ProofNonce::OneOf(&["n-2"]))), Reason::WrongNonce);
}

#[test]
fn a_proof_is_forgotten_no_sooner_than_it_ends() {
    let header = CLIENT.proof(&request(), None, NOW).unwrap();
    let at = |now| ProofVerifier::new().verify(&header, &request(), ProofNonce::NotUsed, now);
    let end = at(NOW).unwrap().remember_until();

    assert!(at(UnixTime::from_millis(end.as_millis() - 1)).is_ok());
    assert_eq!(reason(at(end)), Reason::Expired);
}

#[test]
fn an_end_that_a_proof_names_itself_can_only_come_sooner() {
    let key = SigningKey::generate(Algorithm::EdDsa);
    let jwk = key.verifying_key().to_jwk().unwrap();
    let header = json!({"typ": "dpop+jwt", "alg": "EdDSA", "jwk": jwk});
    let remember_until = |end: u64| {
        let claims = json!({
            "jti": "p-1", "htm": "POST", "htu": request().uri(), "iat": 1_000_000, "exp": end,
        });
        let part = |part: &Value| b64::encode(part.to_string().as_bytes());
        let input = format!("{}.{}", part(&header), part(&claims));
        let proof = format!("{input}.{}", b64::encode(&key.sign(input.as_bytes()).unwrap()));
        let proof = ProofVerifier::new().verify(&proof, &request(), ProofNonce::NotUsed, NOW);
        proof.unwrap().remember_until().as_secs()
    };

    assert_eq!(remember_until(1_000_030), 1_000_035);
    assert_eq!(remember_until(9_000_000), 1_000_065);
}

#[test]
fn a_bound_token_is_good_with_the_proof_of_its_key() {
    let token = token(Some(CLIENT.thumbprint()));
    let proof = proof_for(&token, &CLIENT);

    let claims = verifier().verify_bound(&token, &proof, NOW).unwrap();
    assert_eq!(claims.key_thumbprint(), Some(CLIENT.thumbprint().as_str()));
    assert_eq!(claims.subject().as_str(), "u-1");
    assert_eq!(claims.key_id(), ISSUER_KEY.key_id());
    assert_eq!(claims.to_json()["cnf"]["jkt"], CLIENT.thumbprint().as_str());

    let (verifier, mut scratch) = (verifier(), Scratch::default());
    let borrowed = verifier.verify_bound_in(&token, &proof, NOW, &mut scratch).unwrap();
    assert_eq!(borrowed.key_thumbprint(), Some(CLIENT.thumbprint().as_str()));
}

#[test]
fn a_bound_token_is_worth_nothing_without_its_proof() {
    let token = token(Some(CLIENT.thumbprint()));
    let (verifier, mut scratch) = (verifier(), Scratch::default());

    assert_eq!(reason(verifier.verify(&token, NOW)), Reason::ProofRequired);
    assert_eq!(reason(verifier.verify_in(&token, NOW, &mut scratch)), Reason::ProofRequired);
    assert_eq!(reason(verifier.verify_as::<()>(&token, NOW)), Reason::ProofRequired);
}

#[test]
fn a_bound_token_can_be_told_about_without_its_proof() {
    let told = verifier().verify_unproven(&token(Some(CLIENT.thumbprint())), NOW).unwrap();
    assert_eq!(told.claims().key_thumbprint(), Some(CLIENT.thumbprint().as_str()));
    assert_eq!(told.key_id(), ISSUER_KEY.key_id());

    let told = verifier().verify_unproven(&token(None), NOW).unwrap();
    assert_eq!(told.claims().key_thumbprint(), None);
    let late = verifier()
        .verify_unproven(&token(None), NOW.saturating_add(Duration::from_secs(900)))
        .unwrap_err();
    assert_eq!(*late.reason(), Reason::Expired);
}

#[test]
fn a_stolen_token_is_refused_with_the_proof_of_the_thief() {
    let token = token(Some(CLIENT.thumbprint()));
    let thief = DpopKey::new(SigningKey::generate(Algorithm::Es256)).unwrap();

    let outcome = verifier().verify_bound(&token, &proof_for(&token, &thief), NOW);
    assert_eq!(reason(outcome), Reason::WrongProof);
}

#[test]
fn a_proof_for_one_token_is_none_for_another_of_the_same_key() {
    let (first, second) = (token(Some(CLIENT.thumbprint())), token(Some(CLIENT.thumbprint())));

    let outcome = verifier().verify_bound(&second, &proof_for(&first, &CLIENT), NOW);
    assert_eq!(reason(outcome), Reason::WrongProof);
}

#[test]
fn a_proof_that_was_made_without_a_token_proves_nothing_about_one() {
    let token = token(Some(CLIENT.thumbprint()));

    let outcome = verifier().verify_bound(&token, &verified(&CLIENT), NOW);
    assert_eq!(reason(outcome), Reason::WrongProof);
}

#[test]
fn a_proof_with_a_token_that_is_bound_to_no_key_is_refused() {
    let token = token(None);

    let outcome = verifier().verify_bound(&token, &proof_for(&token, &CLIENT), NOW);
    assert_eq!(reason(outcome), Reason::NotBound);
}

#[test]
fn a_proof_that_is_kept_grows_old() {
    let token = token(Some(CLIENT.thumbprint()));
    let proof = proof_for(&token, &CLIENT);

    let outcome = verifier().verify_bound(&token, &proof, proof.remember_until());
    assert_eq!(reason(outcome), Reason::Expired);
}

#[test]
fn a_thumbprint_is_43_characters_that_stand_for_32_bytes() {
    assert!(Thumbprint::new(VerifyingKey::thumbprint(ISSUER_KEY.verifying_key())).is_ok());
    let (whole, short) = ("A".repeat(43), "A".repeat(42));
    assert!(Thumbprint::new(&*whole).is_ok());
    for text in ["", &short, &format!("{whole}A"), &format!("+{short}"), &format!("{short}B")] {
        assert!(Thumbprint::new(text).is_err(), "{text:?}");
    }
}

#[test]
fn a_request_has_a_method_and_an_absolute_uri() {
    for (method, uri) in [
        ("", "https://api.example.com/"),
        ("GET ", "https://api.example.com/"),
        ("GET\n", "https://api.example.com/"),
        (&"G".repeat(33), "https://api.example.com/"),
        ("GET", "/orders"),
        ("GET", "https://user@api.example.com/"),
        ("GET", &format!("https://api.example.com/{}", "a".repeat(8192))),
    ] {
        assert!(ProofRequest::without_token(method, uri).is_err(), "{method:?} {uri:?}");
    }
}

#[test]
fn what_is_shown_of_a_request_is_not_its_token() {
    let request = ProofRequest::with_token("GET", "https://api.example.com/", "secret").unwrap();

    assert!(!format!("{request:?}").contains("secret"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_text_is_a_proof_by_chance(text in ".{0,200}", header in any::<Vec<u8>>()) {
        let verify = |proof: &str| {
            ProofVerifier::new().verify(proof, &request(), ProofNonce::NotUsed, NOW).is_err()
        };
        prop_assert!(verify(&text));
        let parts = [header, text.into_bytes(), Vec::new()].map(|part| b64::encode(&part));
        prop_assert!(verify(&parts.join(".")));
    }

    #[test]
    fn a_uri_in_its_normal_form_stays_as_it_is(
        path in "(/[a-zA-Z0-9.%;:@!~-]{0,6}){0,6}", rest in "([?#].{0,10})?",
    ) {
        let uri = format!("https://Api.example.com:443{path}{rest}");
        if let Ok(request) = ProofRequest::without_token("GET", &uri) {
            let again = ProofRequest::without_token("GET", request.uri()).unwrap();
            prop_assert_eq!(again.uri(), request.uri());
            prop_assert!(!request.uri().contains("/./") && !request.uri().contains("/../"));
            prop_assert!(!request.uri().contains(['?', '#']));
        }
    }

    #[test]
    fn no_uri_panics(uri in ".{0,60}", tail in "[%:/.@\\[\\]?#a-f0-9é]{0,30}") {
        let _any = ProofRequest::without_token("GET", &uri);
        let _likely = ProofRequest::without_token("GET", &format!("http://{tail}"));
    }
}

const NOW: UnixTime = UnixTime::from_secs(1_000_000);

static CLIENT: LazyLock<DpopKey> =
    LazyLock::new(|| DpopKey::new(SigningKey::generate(Algorithm::Es256)).unwrap());
static ISSUER_KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate(Algorithm::EdDsa));

fn request() -> ProofRequest<'static> {
    ProofRequest::without_token("POST", "https://auth.example.com/token").unwrap()
}

fn verified(key: &DpopKey) -> Verified<tokenward::Proof> {
    let header = key.proof(&request(), None, NOW).unwrap();
    ProofVerifier::new().verify(&header, &request(), ProofNonce::NotUsed, NOW).unwrap()
}

fn proof_for(token: &str, key: &DpopKey) -> Verified<tokenward::Proof> {
    let request = ProofRequest::with_token("GET", "https://api.example.com/", token).unwrap();
    let header = key.proof(&request, None, NOW).unwrap();
    ProofVerifier::new().verify(&header, &request, ProofNonce::NotUsed, NOW).unwrap()
}

fn token(bound_to: Option<&Thumbprint>) -> String {
    let issuer = Issuer::builder()
        .issuer(IssuerId::new("https://auth.example.com").unwrap())
        .audience(Audience::new("billing-api").unwrap())
        .lifetime(AccessLifetime::new(Duration::from_secs(300)).unwrap())
        .build();
    let subject = Subject::new("u-1").unwrap();
    let mut request = TokenRequest::new(subject, ClientId::new("web").unwrap(), Jti::random());
    if let Some(key) = bound_to {
        request = request.bound_to(key.clone());
    }
    issuer.issue(request, &ISSUER_KEY, NOW).unwrap()
}

fn verifier() -> Verifier {
    Verifier::builder()
        .issuer(IssuerId::new("https://auth.example.com").unwrap())
        .audience(Audience::new("billing-api").unwrap())
        .keys(KeySet::from_keys([ISSUER_KEY.verifying_key().clone()]).unwrap())
        .build()
}

fn reason<T>(outcome: Result<T, Rejected>) -> Reason {
    let rejected = outcome.err().expect("it was accepted");
    *rejected.reason()
}
