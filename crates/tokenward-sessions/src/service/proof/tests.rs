use tokenward::{Algorithm, SigningKey};

use super::*;

#[test]
fn every_proof_reads_back_from_its_text() {
    let set = format!("{{\"keys\":[{}]}}", public(Algorithm::Es256));
    let all = [
        ServiceProof::keys(&set).unwrap(),
        ServiceProof::keys(&public(Algorithm::EdDsa)).unwrap(),
        ServiceProof::keys_at("https://invoices.example.com/jwks.json").unwrap(),
        ServiceProof::certificate("invoices.example.com").unwrap(),
        ServiceProof::spiffe("spiffe://example.org/ns/prod/sa/invoices").unwrap(),
    ];
    for proof in all {
        assert_eq!(proof.to_string().parse(), Ok(proof));
    }
}

#[test]
fn keys_that_others_could_sign_with_are_no_proof() {
    let private = SigningKey::generate(Algorithm::Es256).to_secret_jwk().unwrap();
    let secret =
        r#"{"kty":"oct","alg":"HS256","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T"}"#;
    for (json, why) in [
        (private.as_str(), "private"),
        (secret, "symmetric"),
        ("[]", "key set"),
        ("nothing", "no JSON"),
        (r#"{"keys":[]}"#, "no key"),
        (r#"{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}"#, ""),
    ] {
        let error = ServiceProof::keys(json).unwrap_err().to_string();
        assert!(error.contains(why), "{json}: {error}");
    }
}

#[test]
fn a_url_of_keys_is_https_and_holds_no_credentials() {
    for url in [
        "http://invoices.example.com/jwks.json",
        "https://",
        "https:///jwks.json",
        "https://user@example.com/",
        "https://example.com/#a",
        "https://example.com/a b",
        "file:///etc/passwd",
        "",
    ] {
        assert!(ServiceProof::keys_at(url).is_err(), "{url}");
    }
}

#[test]
fn a_spiffe_id_is_one_in_its_only_spelling() {
    let proof = ServiceProof::spiffe("spiffe://example.org/ns/prod").unwrap();
    let ServiceProof::Spiffe(id) = proof else { panic!("{proof:?}") };
    assert_eq!(id.trust_domain().as_str(), "spiffe://example.org");
    for id in [
        "spiffe://example.org",
        "spiffe://example.org/",
        "spiffe://Example.org/a",
        "spiffe://example.org/a/../b",
        "spiffe://example.org//a",
        "spiffe://example.org/a/",
        "spiffe://example.org/a?b",
        "spiffe://example.org:80/a",
        "spiffe:///a",
        "https://example.org/a",
    ] {
        assert!(ServiceProof::spiffe(id).is_err(), "{id}");
    }
}

fn public(algorithm: Algorithm) -> String {
    let jwk = SigningKey::generate(algorithm).verifying_key().to_jwk().unwrap();
    serde_json::to_string(&jwk).unwrap()
}
