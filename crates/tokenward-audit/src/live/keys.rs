//! Keys of our own, with which tokens are forged: whoever accepts one of theirs accepts everybody's.

use base64::Engine as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use rcgen::{CertificateParams, KeyPair, SigningKey as _};
use serde_json::{Value, json};
use sha2::{Sha256, Sha384, Sha512};

use super::der;
use crate::crypto;
use crate::token::BASE64;

/// A key that signs for one algorithm.
pub(super) enum Key {
    Pair { pair: KeyPair, alg: &'static str },
    Secret { secret: Vec<u8>, alg: &'static str },
}

/// The key does not make signatures of this kind.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// An algorithm that this program signs nothing with.
    #[error(
        "tokens of the algorithm `{0}` cannot be made; ES256 to ES512, RS256 to RS512, PS256 to PS512, EdDSA and HS256 to HS512 can"
    )]
    Algorithm(String),
    /// It is no private key for the algorithm of the token.
    #[error("no private key (PEM) for {0}")]
    Key(&'static str),
}

impl Key {
    /// A new key for `alg`.
    pub(super) fn generate(alg: &str) -> Option<Self> {
        let (alg, kind) = pair_kind(alg)?;
        Some(Self::Pair { pair: KeyPair::generate_for(kind).ok()?, alg })
    }

    /// A key from a file: PEM where the algorithm has key pairs, else the secret itself, without the line end
    /// that editors put after it.
    pub(super) fn read(alg: &str, bytes: &[u8]) -> Result<Self, KeyError> {
        if let Some(alg) = hmac_name(alg) {
            let secret = bytes.strip_suffix(b"\n").unwrap_or(bytes);
            let secret = secret.strip_suffix(b"\r").unwrap_or(secret).to_vec();
            return Ok(Self::Secret { secret, alg });
        }
        let (alg, kind) = pair_kind(alg).ok_or_else(|| KeyError::Algorithm(alg.to_owned()))?;
        let pem = std::str::from_utf8(bytes).map_err(|_| KeyError::Key(alg))?;
        let pair = KeyPair::from_pem_and_sign_algo(pem, kind).map_err(|_| KeyError::Key(alg))?;
        Ok(Self::Pair { pair, alg })
    }

    pub(super) const fn algorithm(&self) -> &'static str {
        match self {
            Self::Pair { alg, .. } | Self::Secret { alg, .. } => alg,
        }
    }

    /// The secret, where it is one.
    pub(super) fn secret(&self) -> Option<&[u8]> {
        match self {
            Self::Secret { secret, .. } => Some(secret),
            Self::Pair { .. } => None,
        }
    }

    /// The signature as JWS has it (RFC 7518, section 3).
    pub(super) fn sign(&self, input: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Secret { secret, alg } => hmac(alg, secret, input),
            Self::Pair { pair, alg } => {
                if alg.starts_with("PS") {
                    return crypto::sign_pss(pair.serialized_der(), alg, input);
                }
                let signature = pair.sign(input).ok()?;
                match curve(alg) {
                    Some((_, width)) => raw(&signature, width),
                    None => Some(signature),
                }
            }
        }
    }

    /// The public half as a JWK (RFC 7517), named `kid`.
    pub(super) fn jwk(&self, kid: &str) -> Option<Value> {
        let Self::Pair { pair, alg } = self else { return None };
        let raw = pair.public_key_raw();
        let text = |bytes: &[u8]| BASE64.encode(bytes);
        if let Some((curve, width)) = curve(alg) {
            let (x, y) = raw.get(1..)?.split_at_checked(width)?;
            return Some(json!({
                "kty": "EC", "crv": curve, "x": text(x), "y": text(y),
                "kid": kid, "alg": alg, "use": "sig",
            }));
        }
        match *alg {
            "EdDSA" => Some(json!({
                "kty": "OKP", "crv": "Ed25519", "x": text(raw), "kid": kid, "alg": alg, "use": "sig",
            })),
            _ if alg.starts_with("RS") || alg.starts_with("PS") => {
                let [n, e] = der::two_integers(raw)?;
                Some(json!({
                    "kty": "RSA", "n": text(n), "e": text(e), "kid": kid, "alg": alg, "use": "sig",
                }))
            }
            _ => None,
        }
    }

    /// A certificate that the key signed for itself (DER).
    pub(super) fn certificate(&self) -> Option<Vec<u8>> {
        let Self::Pair { pair, .. } = self else { return None };
        let params = CertificateParams::new(vec!["audit.invalid".to_owned()]).ok()?;
        Some(params.self_signed(pair).ok()?.der().to_vec())
    }
}

/// The MAC of `input` (RFC 2104) under any bytes, none included.
pub(super) fn hmac(alg: &str, secret: &[u8], input: &[u8]) -> Option<Vec<u8>> {
    macro_rules! of {
        ($hash:ty) => {{
            let mut mac = Hmac::<$hash>::new_from_slice(secret).ok()?;
            mac.update(input);
            Some(mac.finalize().into_bytes().to_vec())
        }};
    }
    match alg {
        "HS256" => of!(Sha256),
        "HS384" => of!(Sha384),
        "HS512" => of!(Sha512),
        _ => None,
    }
}

fn hmac_name(alg: &str) -> Option<&'static str> {
    ["HS256", "HS384", "HS512"].into_iter().find(|name| *name == alg)
}

fn pair_kind(alg: &str) -> Option<(&'static str, &'static rcgen::SignatureAlgorithm)> {
    Some(match alg {
        "ES256" => ("ES256", &rcgen::PKCS_ECDSA_P256_SHA256),
        "ES384" => ("ES384", &rcgen::PKCS_ECDSA_P384_SHA384),
        "ES512" => ("ES512", &rcgen::PKCS_ECDSA_P521_SHA512),
        "EdDSA" => ("EdDSA", &rcgen::PKCS_ED25519),
        "RS256" => ("RS256", &rcgen::PKCS_RSA_SHA256),
        "RS384" => ("RS384", &rcgen::PKCS_RSA_SHA384),
        "RS512" => ("RS512", &rcgen::PKCS_RSA_SHA512),
        // The keys are the same; how they sign is not.
        "PS256" => ("PS256", &rcgen::PKCS_RSA_SHA256),
        "PS384" => ("PS384", &rcgen::PKCS_RSA_SHA384),
        "PS512" => ("PS512", &rcgen::PKCS_RSA_SHA512),
        _ => return None,
    })
}

/// The curve of an algorithm of ECDSA, and how many bytes a number on it has (RFC 7518, section 3.4).
fn curve(alg: &str) -> Option<(&'static str, usize)> {
    Some(match alg {
        "ES256" => ("P-256", 32),
        "ES384" => ("P-384", 48),
        "ES512" => ("P-521", 66),
        _ => return None,
    })
}

/// An ECDSA signature as two numbers of equal width (RFC 7518, section 3.4).
fn raw(signature: &[u8], width: usize) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    for number in der::two_integers(signature)? {
        out.resize(out.len().checked_add(width.checked_sub(number.len())?)?, 0);
        out.extend(number);
    }
    Some(out)
}
