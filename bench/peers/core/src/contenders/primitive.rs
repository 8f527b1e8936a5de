//! The floor: aws-lc-rs with a parsed key, on bytes that are decoded already.

use std::rc::Rc;

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair,
    Ed25519KeyPair, ML_DSA_65, ML_DSA_65_SIGNING, ParsedPublicKey, PqdsaKeyPair,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RSA_PSS_2048_8192_SHA256, RSA_PSS_SHA256,
    RsaEncoding, RsaKeyPair, VerificationAlgorithm,
};
use harness::{Algorithm, Contender, Material, Operation};

const NAME: (&str, &str) = ("aws-lc-rs", "primitive");

pub(super) fn contenders(material: &Rc<Material>) -> [Contender; 2] {
    let algorithm = material.algorithm;
    let (verify, sign) = (Rc::clone(material), Rc::clone(material));
    [
        Contender::new((algorithm, Operation::Verify), NAME, move || {
            let verifier = verifier(&verify);
            let signature = verify.signature();
            move || assert!(verifier(verify.signing_input().as_bytes(), &signature))
        }),
        Contender::new((algorithm, Operation::Sign), NAME, move || {
            let signer = signer(algorithm, &sign.private);
            move || signer(sign.signing_input().as_bytes())
        }),
    ]
}

type Verify = Box<dyn Fn(&[u8], &[u8]) -> bool>;
type Sign = Box<dyn Fn(&[u8]) -> Vec<u8>>;

fn verifier(material: &Material) -> Verify {
    let scheme: &'static dyn VerificationAlgorithm = match material.algorithm {
        Algorithm::Hs256 => {
            let key = hmac::Key::new(hmac::HMAC_SHA256, &material.public);
            return Box::new(move |input, tag| hmac::verify(&key, input, tag).is_ok());
        }
        Algorithm::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
        Algorithm::Ps256 => &RSA_PSS_2048_8192_SHA256,
        Algorithm::Es256 => &ECDSA_P256_SHA256_FIXED,
        Algorithm::EdDsa => &ED25519,
        Algorithm::MlDsa65 => &ML_DSA_65,
    };
    let key = ParsedPublicKey::new(scheme, &material.public).expect("a public key");
    Box::new(move |input, signature| key.verify_sig(input, signature).is_ok())
}

/// Signs with the private key, in JOSE form.
pub(crate) fn signer(algorithm: Algorithm, private: &[u8]) -> Sign {
    let random = SystemRandom::new();
    match algorithm {
        Algorithm::Hs256 => {
            let key = hmac::Key::new(hmac::HMAC_SHA256, private);
            Box::new(move |input| hmac::sign(&key, input).as_ref().to_vec())
        }
        Algorithm::Rs256 => rsa(private, &RSA_PKCS1_SHA256),
        Algorithm::Ps256 => rsa(private, &RSA_PSS_SHA256),
        Algorithm::Es256 => {
            let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, private);
            let key = key.expect("a private key");
            Box::new(move |input| key.sign(&random, input).expect("a signature").as_ref().to_vec())
        }
        Algorithm::EdDsa => {
            let key = Ed25519KeyPair::from_pkcs8_maybe_unchecked(private).expect("a private key");
            Box::new(move |input| key.sign(input).as_ref().to_vec())
        }
        Algorithm::MlDsa65 => {
            let key = PqdsaKeyPair::from_seed(&ML_DSA_65_SIGNING, private).expect("a private key");
            Box::new(move |input| {
                let mut signature = vec![0; ML_DSA_65_SIGNING.signature_len()];
                key.sign(input, &mut signature).expect("a signature");
                signature
            })
        }
    }
}

fn rsa(private: &[u8], encoding: &'static dyn RsaEncoding) -> Sign {
    let key = RsaKeyPair::from_pkcs8(private).expect("a private key");
    let random = SystemRandom::new();
    Box::new(move |input| {
        let mut signature = vec![0; key.public_modulus_len()];
        key.sign(encoding, &random, input, &mut signature).expect("a signature");
        signature
    })
}
