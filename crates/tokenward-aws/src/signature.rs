//! What KMS calls keys and algorithms, and the form in which a JWS carries a signature.

use sha2::{Digest as _, Sha256, Sha384, Sha512};
use tokenward::Algorithm;
use tokenward::crypto::ecdsa_from_der;

#[cfg(test)]
mod tests;

/// How KMS holds the keys of an algorithm, and is asked to sign with them.
#[derive(Debug)]
pub(crate) struct Kind {
    /// The key spec that we make.
    pub(crate) made: &'static str,
    /// The key specs that are fit.
    pub(crate) fit: &'static [&'static str],
    /// What KMS calls the algorithm.
    pub(crate) algorithm: &'static str,
    hash: Option<Hash>,
    /// The length of `r` and of `s`, where the signature is those two.
    ecdsa: Option<usize>,
}

#[derive(Clone, Copy, Debug)]
enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

/// The longest message that KMS hashes itself, in bytes.
pub(crate) const LONGEST_RAW: usize = 4096;

impl Kind {
    /// How keys of `algorithm` are held, if they can be.
    pub(crate) const fn of(algorithm: Algorithm) -> Option<&'static Self> {
        Some(match algorithm {
            Algorithm::Es256 => &ES256,
            Algorithm::Es384 => &ES384,
            Algorithm::Es512 => &ES512,
            Algorithm::Rs256 => &RS256,
            Algorithm::Rs384 => &RS384,
            Algorithm::Rs512 => &RS512,
            Algorithm::Ps256 => &PS256,
            Algorithm::Ps384 => &PS384,
            Algorithm::Ps512 => &PS512,
            Algorithm::EdDsa => &ED25519,
            _ => return None,
        })
    }

    /// What is sent of `input`, and as which type of message; none if it is too long for the algorithm.
    pub(crate) fn message(&self, input: &[u8]) -> Option<(Vec<u8>, &'static str)> {
        if input.len() <= LONGEST_RAW {
            return Some((input.to_vec(), "RAW"));
        }
        // Ed25519 hashes twice, with the key in between: nobody else can do it. (Ed25519ph, which KMS has
        // for digests, is another algorithm, and none of JOSE.)
        let digest = match self.hash? {
            Hash::Sha256 => Sha256::digest(input).to_vec(),
            Hash::Sha384 => Sha384::digest(input).to_vec(),
            Hash::Sha512 => Sha512::digest(input).to_vec(),
        };
        Some((digest, "DIGEST"))
    }

    /// `signature`, as KMS gives it, in the form of a JWS (RFC 7518 § 3).
    pub(crate) fn jose(&self, signature: Vec<u8>) -> Option<Vec<u8>> {
        match self.ecdsa {
            Some(length) => ecdsa_from_der(&signature, length),
            None => Some(signature),
        }
    }
}

const fn ecdsa(
    spec: &'static [&'static str; 1],
    algorithm: &'static str,
    hash: Hash,
    length: usize,
) -> Kind {
    Kind { made: spec[0], fit: spec, algorithm, hash: Some(hash), ecdsa: Some(length) }
}

/// Made with 3072 bits, as by every custody.
const fn rsa(algorithm: &'static str, hash: Hash) -> Kind {
    let fit = &["RSA_2048", "RSA_3072", "RSA_4096"];
    Kind { made: "RSA_3072", fit, algorithm, hash: Some(hash), ecdsa: None }
}

static ES256: Kind = ecdsa(&["ECC_NIST_P256"], "ECDSA_SHA_256", Hash::Sha256, 32);
static ES384: Kind = ecdsa(&["ECC_NIST_P384"], "ECDSA_SHA_384", Hash::Sha384, 48);
static ES512: Kind = ecdsa(&["ECC_NIST_P521"], "ECDSA_SHA_512", Hash::Sha512, 66);
static RS256: Kind = rsa("RSASSA_PKCS1_V1_5_SHA_256", Hash::Sha256);
static RS384: Kind = rsa("RSASSA_PKCS1_V1_5_SHA_384", Hash::Sha384);
static RS512: Kind = rsa("RSASSA_PKCS1_V1_5_SHA_512", Hash::Sha512);
static PS256: Kind = rsa("RSASSA_PSS_SHA_256", Hash::Sha256);
static PS384: Kind = rsa("RSASSA_PSS_SHA_384", Hash::Sha384);
static PS512: Kind = rsa("RSASSA_PSS_SHA_512", Hash::Sha512);
static ED25519: Kind = Kind {
    made: "ECC_NIST_EDWARDS25519",
    fit: &["ECC_NIST_EDWARDS25519"],
    algorithm: "ED25519_SHA_512",
    hash: None,
    ecdsa: None,
};
