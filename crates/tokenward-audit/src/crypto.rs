//! What the auditor takes of aws-lc-rs: signatures with random padding and encryption to somebody's public key, with
//! which it forges, and whether a point lies on its curve.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::rand::{self, SystemRandom};
use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256K1_SHA256_FIXED, ECDSA_P384_SHA384_FIXED,
    ECDSA_P521_SHA512_FIXED, ParsedPublicKey, RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512,
    RsaKeyPair, RsaSignatureEncoding,
};

/// A secret of A256GCM, in bytes.
pub(crate) const SECRET: usize = 32;
const NONCE: usize = 12;

/// How RSA signs with random padding (RFC 7518, section 3.5).
fn pss(alg: &str) -> Option<&'static RsaSignatureEncoding> {
    Some(match alg {
        "PS256" => &RSA_PSS_SHA256,
        "PS384" => &RSA_PSS_SHA384,
        "PS512" => &RSA_PSS_SHA512,
        _ => return None,
    })
}

/// The signature of a key in PKCS #8 for one of the algorithms of PSS.
pub(crate) fn sign_pss(pkcs8: &[u8], alg: &str, input: &[u8]) -> Option<Vec<u8>> {
    let pair = RsaKeyPair::from_pkcs8(pkcs8).ok()?;
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(pss(alg)?, &SystemRandom::new(), input, &mut signature).ok()?;
    Some(signature)
}

/// A new secret, and what it is to the owner of an RSA key (RSA-OAEP-256).
pub(crate) fn secret_for(spki: &[u8]) -> Option<([u8; SECRET], Vec<u8>)> {
    let key = OaepPublicEncryptingKey::new(PublicEncryptingKey::from_der(spki).ok()?).ok()?;
    let secret = random()?;
    let mut sealed = vec![0; key.ciphertext_size()];
    let sealed = key.encrypt(&OAEP_SHA256_MGF1SHA256, &secret, &mut sealed, None).ok()?;
    Some((secret, sealed.to_vec()))
}

/// The nonce, the text and the tag of A256GCM.
pub(crate) fn seal(secret: &[u8; SECRET], header: &str, text: &[u8]) -> Option<[Vec<u8>; 3]> {
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, secret).ok()?);
    let nonce: [u8; NONCE] = random()?;
    let mut text = text.to_vec();
    let unique = Nonce::assume_unique_for_key(nonce);
    let tag = key.seal_in_place_separate_tag(unique, Aad::from(header.as_bytes()), &mut text);
    Some([nonce.to_vec(), text, tag.ok()?.as_ref().to_vec()])
}

/// Bytes that nobody can guess.
pub(crate) fn random<const N: usize>() -> Option<[u8; N]> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).ok()?;
    Some(bytes)
}

/// Whether the point of these coordinates, each as long as the curve's numbers, lies on a curve of JOSE.
pub(crate) fn is_on_curve(curve: &str, x: &[u8], y: &[u8]) -> bool {
    let algorithm = match curve {
        "P-256" => &ECDSA_P256_SHA256_FIXED,
        "P-384" => &ECDSA_P384_SHA384_FIXED,
        "P-521" => &ECDSA_P521_SHA512_FIXED,
        "secp256k1" => &ECDSA_P256K1_SHA256_FIXED,
        _ => return false,
    };
    ParsedPublicKey::new(algorithm, [&[4], x, y].concat()).is_ok()
}
