//! Keys that sign. None has a `Debug`, and what leaves goes out in zeroizing buffers.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPairComponents, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
    RsaKeyPair, RsaPublicKeyComponents,
};
use zeroize::Zeroizing;

use super::low_s;
use super::public::RSA_EXPONENT;

/// A key that signs with one algorithm.
pub(crate) enum PrivateKey {
    /// ECDSA on P-256 with SHA-256.
    Es256(Box<EcdsaKeyPair>),
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256(Box<RsaKeyPair>),
    /// Ed25519.
    Ed25519(Box<Ed25519KeyPair>),
    /// HMAC with SHA-256, with the secret it was made of.
    Hs256 { key: Box<hmac::Key>, secret: Zeroizing<Vec<u8>> },
}

/// The numbers of an RSA private key with exponent 65537, big-endian (RFC 7518 § 6.3.2).
pub(crate) struct RsaParts<'a> {
    pub(crate) n: &'a [u8],
    pub(crate) d: &'a [u8],
    pub(crate) p: &'a [u8],
    pub(crate) q: &'a [u8],
    pub(crate) dp: &'a [u8],
    pub(crate) dq: &'a [u8],
    pub(crate) qi: &'a [u8],
}

impl PrivateKey {
    /// A fresh P-256 key; `None` if there is no randomness or no memory.
    pub(crate) fn generate_es256() -> Option<Self> {
        Some(Self::es256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).ok()?))
    }

    /// A fresh RSA key of 3072 bits: 128-bit strength (NIST SP 800-57 part 1, table 2).
    pub(crate) fn generate_rs256() -> Option<Self> {
        Some(Self::rs256(RsaKeyPair::generate(KeySize::Rsa3072).ok()?))
    }

    /// A fresh Ed25519 key.
    pub(crate) fn generate_ed25519() -> Option<Self> {
        Some(Self::ed25519(Ed25519KeyPair::generate().ok()?))
    }

    /// The HMAC key with these bytes. Whether they are fit to be a secret is the caller's question.
    pub(crate) fn hs256(secret: &[u8]) -> Self {
        Self::Hs256 {
            key: Box::new(hmac::Key::new(hmac::HMAC_SHA256, secret)),
            secret: Zeroizing::new(secret.to_vec()),
        }
    }

    /// The P-256 key in a PKCS#8 or SEC1 document; a public half in it must belong to the private.
    pub(crate) fn es256_from_der(der: &[u8]) -> Option<Self> {
        let alg = &ECDSA_P256_SHA256_FIXED_SIGNING;
        Some(Self::es256(EcdsaKeyPair::from_private_key_der(alg, der).ok()?))
    }

    /// The P-256 key with this scalar, whose public half must be this point.
    pub(crate) fn es256_from_parts(d: &[u8; 32], x: &[u8; 32], y: &[u8; 32]) -> Option<Self> {
        let point = [&[0x04], x.as_slice(), y.as_slice()].concat();
        let alg = &ECDSA_P256_SHA256_FIXED_SIGNING;
        Some(Self::es256(EcdsaKeyPair::from_private_key_and_public_key(alg, d, &point).ok()?))
    }

    /// The RSA key in a PKCS#8 document.
    pub(crate) fn rs256_from_pkcs8(der: &[u8]) -> Option<Self> {
        Some(Self::rs256(RsaKeyPair::from_pkcs8(der).ok()?))
    }

    /// The RSA key in a PKCS#1 document.
    pub(crate) fn rs256_from_pkcs1(der: &[u8]) -> Option<Self> {
        Some(Self::rs256(RsaKeyPair::from_der(der).ok()?))
    }

    /// The RSA key with these numbers, which must fit each other.
    pub(crate) fn rs256_from_parts(parts: &RsaParts<'_>) -> Option<Self> {
        let components = KeyPairComponents {
            public_key: RsaPublicKeyComponents { n: parts.n, e: RSA_EXPONENT.as_slice() },
            d: parts.d,
            p: parts.p,
            q: parts.q,
            dP: parts.dp,
            dQ: parts.dq,
            qInv: parts.qi,
        };
        Some(Self::rs256(RsaKeyPair::from_components(&components).ok()?))
    }

    /// The Ed25519 key in a PKCS#8 document.
    pub(crate) fn ed25519_from_pkcs8(der: &[u8]) -> Option<Self> {
        Some(Self::ed25519(Ed25519KeyPair::from_pkcs8(der).ok()?))
    }

    /// The Ed25519 key with this seed, whose public half must be `x` (CVE-2026-102275).
    pub(crate) fn ed25519_from_parts(seed: &[u8; 32], x: &[u8; 32]) -> Option<Self> {
        Some(Self::ed25519(Ed25519KeyPair::from_seed_and_public_key(seed, x).ok()?))
    }

    /// The public half: an uncompressed point, an `RSAPublicKey` document, or an Ed25519 key. A
    /// symmetric key has none.
    pub(crate) fn public_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Es256(pair) => Some(pair.public_key().as_ref()),
            Self::Rs256(pair) => Some(pair.public_key().as_ref()),
            Self::Ed25519(pair) => Some(pair.public_key().as_ref()),
            Self::Hs256 { .. } => None,
        }
    }

    /// A PKCS#8 document, or the bytes of the secret; `None` if there is no memory.
    pub(crate) fn to_bytes(&self) -> Option<Zeroizing<Vec<u8>>> {
        let bytes = match self {
            Self::Es256(pair) => pair.to_pkcs8v1().ok()?.as_ref().to_vec(),
            Self::Rs256(pair) => pair.as_der().ok()?.as_ref().to_vec(),
            Self::Ed25519(pair) => pair.to_pkcs8v1().ok()?.as_ref().to_vec(),
            Self::Hs256 { secret, .. } => secret.to_vec(),
        };
        Some(Zeroizing::new(bytes))
    }

    /// The signature of `message` in JOSE form; `None` if the library could not make one.
    pub(crate) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Es256(pair) => {
                let signature = pair.sign(&SystemRandom::new(), message).ok()?;
                Some(low_s::normalize(signature.as_ref().try_into().ok()?).to_vec())
            }
            Self::Rs256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).ok()?;
                Some(signature)
            }
            Self::Ed25519(pair) => Some(pair.try_sign(message).ok()?.as_ref().to_vec()),
            Self::Hs256 { key, .. } => Some(hmac::sign(key, message).as_ref().to_vec()),
        }
    }

    fn es256(pair: EcdsaKeyPair) -> Self {
        Self::Es256(Box::new(pair))
    }

    fn rs256(pair: RsaKeyPair) -> Self {
        Self::Rs256(Box::new(pair))
    }

    fn ed25519(pair: Ed25519KeyPair) -> Self {
        Self::Ed25519(Box::new(pair))
    }
}
