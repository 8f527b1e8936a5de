//! Tokens that every verifier must refuse.

use serde_json::{Value, json};
use tokenward::crypto::{hmac_sha256, sha256};
use tokenward::{Algorithm, Jti, SigningKey, VerifyingKey, b64};

/// A token, and which mistake it would be to accept it.
#[derive(Debug)]
pub(super) struct Forged {
    /// What was done to it.
    pub(super) what: &'static str,
    /// Mistake 2, an unverified signature, or 3, an algorithm that the token chose.
    pub(super) mistake: u8,
    pub(super) token: String,
}

/// What an attacker can make who knows the published `key` of `issuer`, and no more, as of `now`.
pub(super) fn all(key: &VerifyingKey, issuer: &str, audience: &str, now: u64) -> Vec<Forged> {
    let claims = json!({
        "iss": issuer, "aud": audience, "sub": "doctor", "client_id": "doctor",
        "iat": now, "exp": now.saturating_add(60), "jti": Jti::random().as_str(),
    });
    let kid = key.key_id().map(ToString::to_string);
    let input = |alg: &str| {
        let header = json!({ "alg": alg, "typ": "at+jwt", "kid": kid });
        [header, claims.clone()]
            .map(|part: Value| b64::encode(part.to_string().as_bytes()))
            .join(".")
    };
    let forged = |what, mistake, token| Forged { what, mistake, token };
    let mut all = vec![
        forged("is no token", 2, "not-a-token".to_owned()),
        forged("has no signature", 2, format!("{}.", input(key.algorithm().as_str()))),
    ];
    for alg in ["none", "None", "NONE"] {
        all.push(forged("says that it needs no signature", 3, format!("{}.", input(alg))));
    }
    let stranger = SigningKey::generate(Algorithm::Es256);
    for (alg, mistake) in [(key.algorithm().as_str(), 2), ("ES256", 2)] {
        let input = input(alg);
        if let Ok(signature) = stranger.sign(input.as_bytes()) {
            let token = format!("{input}.{}", b64::encode(&signature));
            all.push(forged("is signed by another key of the same name", mistake, token));
        }
    }
    let jwk = key.to_jwk().map(|jwk| Value::Object(jwk).to_string());
    for secret in jwk.into_iter().chain(key.to_spki_pem()) {
        let input = input("HS256");
        // A secret that is longer than a block of SHA-256 counts by its digest (RFC 2104 § 2).
        let signature = hmac_sha256(&sha256(secret.as_bytes()), input.as_bytes());
        let token = format!("{input}.{}", b64::encode(&signature));
        all.push(forged("takes the public key for a shared secret", 3, token));
    }
    all
}
