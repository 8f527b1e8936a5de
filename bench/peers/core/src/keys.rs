//! Makes the keys and the token of each algorithm, with the primitives.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, ML_DSA_65_SIGNING,
    PqdsaKeyPair, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use harness::{Algorithm, Material, token};

use crate::contenders::primitive;

/// New keys, and a token signed with them.
pub fn make(algorithm: Algorithm) -> Material {
    let (private, public) = pair(algorithm);
    let header = URL_SAFE_NO_PAD.encode(token::header(algorithm));
    let claims = URL_SAFE_NO_PAD.encode(token::claims(token::now()));
    let input = format!("{header}.{claims}");
    let signature = primitive::signer(algorithm, &private)(input.as_bytes());
    let token = format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature));
    Material { algorithm, private, public, token }
}

fn pair(algorithm: Algorithm) -> (Vec<u8>, Vec<u8>) {
    match algorithm {
        Algorithm::Hs256 => {
            let secret = random();
            (secret.clone(), secret)
        }
        Algorithm::Rs256 | Algorithm::Ps256 => {
            let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key");
            let document: Pkcs8V1Der<'_> = pair.as_der().expect("an encoding");
            (document.as_ref().to_vec(), spki(pair.public_key()))
        }
        Algorithm::Es256 => {
            let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
            let document = pair.to_pkcs8v1().expect("an encoding");
            (document.as_ref().to_vec(), spki(pair.public_key()))
        }
        Algorithm::EdDsa => {
            // The first version of PKCS#8, without the public key, is the one that everybody reads.
            let pair = Ed25519KeyPair::generate().expect("a key");
            let document = pair.to_pkcs8v1().expect("an encoding");
            (document.as_ref().to_vec(), spki(pair.public_key()))
        }
        Algorithm::MlDsa65 => {
            let seed = random();
            let pair = PqdsaKeyPair::from_seed(&ML_DSA_65_SIGNING, &seed).expect("a key");
            (seed, spki(pair.public_key()))
        }
    }
}

fn random() -> Vec<u8> {
    let mut bytes = vec![0; 32];
    aws_lc_rs::rand::SecureRandom::fill(&SystemRandom::new(), &mut bytes).expect("random bytes");
    bytes
}

fn spki(key: &impl AsDer<PublicKeyX509Der<'static>>) -> Vec<u8> {
    key.as_der().expect("an encoding").as_ref().to_vec()
}
