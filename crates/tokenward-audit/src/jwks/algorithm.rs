//! Whether a key is published for an algorithm that it can be for.

use super::Told;
use crate::finding::Severity;
use crate::token::Members;

pub(super) fn check(key: &Members, told: &mut Told<'_>) {
    let kind = key.text("kty").unwrap_or_default();
    let Some(algorithm) = key.text("alg") else {
        return told.tell(
            ("jwks-without-algorithm", 3),
            Severity::Low,
            "the key does not say which algorithm it is for: the token, or the library, chooses",
            "`alg`: the one algorithm that it signs with",
        );
    };
    let shown: String = algorithm.chars().take(40).collect();
    let is_public = matches!(kind, "RSA" | "EC" | "OKP" | "AKP");
    if is_public && algorithm.starts_with("HS") {
        told.tell(
            ("jwks-bad-algorithm", 3),
            Severity::High,
            format!(
                "a public key is published for `{shown}`: a verifier that goes by this takes it for the secret, and whoever has it can sign"
            ),
            "ES256, EdDSA or RS256, as the key is",
        );
    } else if algorithm.trim().eq_ignore_ascii_case("none") || algorithm == "RSA1_5" {
        told.tell(
            ("jwks-bad-algorithm", 3),
            Severity::High,
            format!("the key is published for `{shown}`"),
            "ES256, EdDSA or RS256",
        );
    } else if is_public && !is_for(key, kind, algorithm) {
        told.tell(
            ("jwks-bad-algorithm", 3),
            Severity::Low,
            format!("the key is published for `{shown}`, which is no algorithm for such a key: what verifiers do then is theirs to choose"),
            "`alg`: the one algorithm that it signs with",
        );
    }
}

/// Whether a key of this kind, and of its curve, can be for an algorithm (RFC 7518, RFC 8037, RFC 8812, RFC 9864).
fn is_for(key: &Members, kind: &str, algorithm: &str) -> bool {
    let curve = key.text("crv").unwrap_or_default();
    let is_agreed = algorithm.starts_with("ECDH-ES");
    match kind {
        "RSA" => {
            ["RS", "PS"].iter().any(|family| algorithm.starts_with(family))
                || algorithm.starts_with("RSA-OAEP")
        }
        "EC" => {
            is_agreed
                || match algorithm {
                    "ES256" => curve == "P-256",
                    "ES384" => curve == "P-384",
                    "ES512" => curve == "P-521",
                    "ES256K" => curve == "secp256k1",
                    _ => false,
                }
        }
        "OKP" => match algorithm {
            "EdDSA" => matches!(curve, "Ed25519" | "Ed448"),
            "Ed25519" | "Ed448" => curve == algorithm,
            _ => is_agreed && matches!(curve, "X25519" | "X448"),
        },
        // Their `alg` is their kind.
        _ => true,
    }
}
