//! Any bytes as a proof of possession, as what a good key signs for one, as its header, and as the URI
//! of a request.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value, json};
use tokenward::{
    Algorithm, DpopKey, ProofNonce, ProofRequest, ProofVerifier, SigningKey, VerifyingKey, b64,
};
use tokenward_fuzz::NOW;

const URI: &str = "https://a.example/b";
const SEED: &[u8] = br#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}"#;

static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_jwk(SEED).expect("a key"));

static CLIENT: LazyLock<DpopKey> =
    LazyLock::new(|| DpopKey::new(SigningKey::generate(Algorithm::EdDsa)).expect("a key"));

fuzz_target!(|bytes: &[u8]| {
    let request = ProofRequest::without_token("GET", URI).expect("a request");
    let verify =
        |proof: &str| ProofVerifier::new().verify(proof, &request, ProofNonce::NotUsed, NOW);
    // Signed claims: what is accepted is about this request, now, by this key.
    let mut jwk = KEY.verifying_key().to_jwk().expect("a public key");
    jwk.remove("use");
    let header = json!({ "typ": "dpop+jwt", "alg": KEY.algorithm().as_str(), "jwk": jwk });
    if let Ok(proof) = verify(&signed(header.to_string().as_bytes(), bytes)) {
        let claims: Map<String, Value> = serde_json::from_slice(bytes).expect("valid JSON");
        assert_eq!(claims["htm"], "GET");
        let uri = claims["htu"].as_str().expect("a text");
        let said = ProofRequest::without_token("GET", uri).expect("a URI");
        assert_eq!(said.uri(), URI);
        assert!(!claims.contains_key("ath"), "a proof for a token that is not there");
        assert_eq!(claims["jti"], proof.token_id().as_str());
        assert_eq!(proof.key_thumbprint().as_str(), KEY.verifying_key().thumbprint());
        assert!(NOW < proof.remember_until() && claims["iat"].is_number());
    }
    // A signed header: what is accepted brings the key that signed, and no private half.
    let claims = json!({ "jti": "j", "htm": "GET", "htu": URI, "iat": NOW.as_secs() });
    if verify(&signed(bytes, claims.to_string().as_bytes())).is_ok() {
        let header: Map<String, Value> = serde_json::from_slice(bytes).expect("valid JSON");
        let mut jwk = header["jwk"].as_object().expect("a key").clone();
        assert!(!jwk.contains_key("d"));
        jwk.entry("alg").or_insert_with(|| header["alg"].clone());
        let key = VerifyingKey::from_jwk(Value::Object(jwk).to_string().as_bytes()).expect("a key");
        assert_eq!(key.thumbprint(), KEY.verifying_key().thumbprint());
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    // Anybody may sign a proof, so that one may be good; but never for another request.
    if verify(text).is_ok() {
        let other = ProofRequest::without_token("PUT", URI).expect("a request");
        let outcome = ProofVerifier::new().verify(text, &other, ProofNonce::NotUsed, NOW);
        assert!(outcome.is_err(), "for another request");
    }
    if let Ok(request) = ProofRequest::without_token("GET", text) {
        let again = ProofRequest::without_token("GET", request.uri()).expect("a normal form");
        assert_eq!(again.uri(), request.uri(), "normal is normal");
        let proof = CLIENT.proof(&request, None, NOW).expect("a signature");
        let proof = ProofVerifier::new().verify(&proof, &again, ProofNonce::NotUsed, NOW);
        assert_eq!(proof.expect("our own").key_thumbprint(), CLIENT.thumbprint());
    }
});

fn signed(header: &[u8], payload: &[u8]) -> String {
    let input = format!("{}.{}", b64::encode(header), b64::encode(payload));
    let signature = KEY.sign(input.as_bytes()).expect("a signature");
    format!("{input}.{}", b64::encode(&signature))
}
