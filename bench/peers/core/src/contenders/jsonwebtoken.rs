//! jsonwebtoken, on both of its back ends.
//!
//! A process has one provider of cryptography. Ours is a switch in front of the library's own two, so
//! that both take part in the same rounds: one load from memory for each operation.

use std::rc::Rc;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use harness::{Algorithm, Contender, Material, Operation, token};
use jsonwebtoken::crypto::{CryptoProvider, aws_lc, rust_crypto};
use jsonwebtoken::{DecodingKey, EncodingKey, Header, Validation, decode, encode};

use crate::claims::Claims;

pub(super) fn contenders(material: &Rc<Material>) -> Vec<Contender> {
    let Some(theirs) = theirs(material.algorithm) else { return Vec::new() };
    [("aws-lc-rs", false), ("RustCrypto", true)]
        .into_iter()
        .flat_map(|backend| {
            [
                verify(Rc::clone(material), theirs, backend),
                sign(Rc::clone(material), theirs, backend),
            ]
        })
        .collect()
}

fn verify(
    material: Rc<Material>,
    algorithm: jsonwebtoken::Algorithm,
    (backend, rust_crypto): (&'static str, bool),
) -> Contender {
    let what = (material.algorithm, Operation::Verify);
    Contender::new(what, ("jsonwebtoken", backend), move || {
        install();
        let pem = material.public_pem();
        let key = match material.algorithm {
            Algorithm::Hs256 => Ok(DecodingKey::from_secret(&material.public)),
            Algorithm::Es256 => DecodingKey::from_ec_pem(pem.as_bytes()),
            Algorithm::EdDsa => DecodingKey::from_ed_pem(pem.as_bytes()),
            _ => DecodingKey::from_rsa_pem(pem.as_bytes()),
        };
        let key = key.expect("a public key");
        let mut validation = Validation::new(algorithm);
        validation.set_issuer(&[token::ISSUER]);
        validation.set_audience(&[token::AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        move || {
            RUST_CRYPTO.store(rust_crypto, Ordering::Relaxed);
            decode::<Claims>(&material.token, &key, &validation).expect("a good token")
        }
    })
}

fn sign(
    material: Rc<Material>,
    algorithm: jsonwebtoken::Algorithm,
    (backend, rust_crypto): (&'static str, bool),
) -> Contender {
    let what = (material.algorithm, Operation::Sign);
    Contender::new(what, ("jsonwebtoken", backend), move || {
        install();
        let pem = material.private_pem();
        let key = match material.algorithm {
            Algorithm::Hs256 => Ok(EncodingKey::from_secret(&material.private)),
            Algorithm::Es256 => EncodingKey::from_ec_pem(pem.as_bytes()),
            Algorithm::EdDsa => EncodingKey::from_ed_pem(pem.as_bytes()),
            _ => EncodingKey::from_rsa_pem(pem.as_bytes()),
        };
        let key = key.expect("a private key");
        let header = Header {
            typ: Some(token::TYPE.into()),
            kid: Some(token::KEY_ID.into()),
            ..Header::new(algorithm)
        };
        let claims: Claims = serde_json::from_str(&material.claims()).expect("claims");
        move || {
            RUST_CRYPTO.store(rust_crypto, Ordering::Relaxed);
            encode(&header, &claims, &key).expect("a token")
        }
    })
}

fn theirs(algorithm: Algorithm) -> Option<jsonwebtoken::Algorithm> {
    match algorithm {
        Algorithm::Hs256 => Some(jsonwebtoken::Algorithm::HS256),
        Algorithm::Rs256 => Some(jsonwebtoken::Algorithm::RS256),
        Algorithm::Ps256 => Some(jsonwebtoken::Algorithm::PS256),
        Algorithm::Es256 => Some(jsonwebtoken::Algorithm::ES256),
        Algorithm::EdDsa => Some(jsonwebtoken::Algorithm::EdDSA),
        Algorithm::MlDsa65 => None,
    }
}

static RUST_CRYPTO: AtomicBool = AtomicBool::new(false);

static SWITCH: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| (chosen().signer_factory)(algorithm, key),
    verifier_factory: |algorithm, key| (chosen().verifier_factory)(algorithm, key),
    key_utils: jsonwebtoken::crypto::KeyUtils::new_unimplemented(),
};

fn chosen() -> &'static CryptoProvider {
    if RUST_CRYPTO.load(Ordering::Relaxed) {
        &rust_crypto::DEFAULT_PROVIDER
    } else {
        &aws_lc::DEFAULT_PROVIDER
    }
}

fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| SWITCH.install_default().expect("the only provider"));
}
