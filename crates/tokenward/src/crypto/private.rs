//! Keys that sign. None has a `Debug`, and what leaves goes out in zeroizing buffers.

use aws_lc_rs::encoding::{AsBigEndian, AsDer};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPairComponents, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING,
    ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair,
    ML_DSA_44_SIGNING, ML_DSA_65_SIGNING, ML_DSA_87_SIGNING, PqdsaKeyPair, PqdsaSigningAlgorithm,
    RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384,
    RSA_PSS_SHA512, RsaKeyPair, RsaPublicKeyComponents, RsaSignatureEncoding,
};
use zeroize::Zeroizing;

use super::curve::Curve;
use super::low_s;
use super::mac::MacKey;
use super::public::RSA_EXPONENT;
use crate::alg::{Algorithm, Family};

/// A key that signs with one algorithm.
pub(crate) struct PrivateKey {
    algorithm: Algorithm,
    pair: Pair,
}

enum Pair {
    Ec(Curve, Box<EcdsaKeyPair>),
    Rsa(&'static RsaSignatureEncoding, Box<RsaKeyPair>),
    Ed25519(Box<Ed25519KeyPair>),
    MlDsa(Box<PqdsaKeyPair>),
    /// With the secret it was made of.
    Hmac(MacKey, Zeroizing<Vec<u8>>),
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
    /// A fresh key; `None` if there is no randomness or no memory. RSA keys have 3072 bits: 128-bit
    /// strength (NIST SP 800-57 part 1, table 2). Secrets are as long as the hash.
    pub(crate) fn generate(algorithm: Algorithm) -> Option<Self> {
        let pair = match algorithm.family() {
            Family::Ec => {
                let curve = Curve::of(algorithm)?;
                Pair::ec(curve, EcdsaKeyPair::generate(ecdsa(curve)).ok()?)
            }
            Family::Rsa => Pair::rsa(algorithm, RsaKeyPair::generate(KeySize::Rsa3072).ok()?)?,
            Family::Okp => Pair::Ed25519(Box::new(Ed25519KeyPair::generate().ok()?)),
            Family::Akp => Pair::MlDsa(Box::new(PqdsaKeyPair::generate(ml_dsa(algorithm)?).ok()?)),
            Family::Secret => {
                let mut secret = Zeroizing::new(vec![0; algorithm.signature_len()?]);
                aws_lc_rs::rand::fill(&mut secret).ok()?;
                return Self::hmac(algorithm, &secret);
            }
        };
        Some(Self { algorithm, pair })
    }

    /// The HMAC key with these bytes. Whether they are fit to be a secret is the caller's question.
    pub(crate) fn hmac(algorithm: Algorithm, secret: &[u8]) -> Option<Self> {
        let key = MacKey::new(algorithm, secret)?;
        Some(Self { algorithm, pair: Pair::Hmac(key, Zeroizing::new(secret.to_vec())) })
    }

    /// The key on `curve` in a PKCS#8 or SEC1 document; a public half in it must belong to the private.
    pub(crate) fn ecdsa_from_der(curve: Curve, der: &[u8]) -> Option<Self> {
        let pair = EcdsaKeyPair::from_private_key_der(ecdsa(curve), der).ok()?;
        Some(Self { algorithm: curve.algorithm(), pair: Pair::ec(curve, pair) })
    }

    /// The key on `curve` with this scalar, whose public half must be this point.
    pub(crate) fn ecdsa_from_parts(curve: Curve, d: &[u8], x: &[u8], y: &[u8]) -> Option<Self> {
        let point = [&[0x04], x, y].concat();
        let pair = EcdsaKeyPair::from_private_key_and_public_key(ecdsa(curve), d, &point).ok()?;
        Some(Self { algorithm: curve.algorithm(), pair: Pair::ec(curve, pair) })
    }

    /// The RSA key in a PKCS#8 document.
    pub(crate) fn rsa_from_pkcs8(algorithm: Algorithm, der: &[u8]) -> Option<Self> {
        Self::rsa(algorithm, RsaKeyPair::from_pkcs8(der).ok()?)
    }

    /// The RSA key in a PKCS#1 document.
    pub(crate) fn rsa_from_pkcs1(algorithm: Algorithm, der: &[u8]) -> Option<Self> {
        Self::rsa(algorithm, RsaKeyPair::from_der(der).ok()?)
    }

    /// The RSA key with these numbers, which must fit each other.
    pub(crate) fn rsa_from_parts(algorithm: Algorithm, parts: &RsaParts<'_>) -> Option<Self> {
        let components = KeyPairComponents {
            public_key: RsaPublicKeyComponents { n: parts.n, e: RSA_EXPONENT.as_slice() },
            d: parts.d,
            p: parts.p,
            q: parts.q,
            dP: parts.dp,
            dQ: parts.dq,
            qInv: parts.qi,
        };
        Self::rsa(algorithm, RsaKeyPair::from_components(&components).ok()?)
    }

    /// The Ed25519 key in a PKCS#8 document.
    pub(crate) fn ed25519_from_pkcs8(der: &[u8]) -> Option<Self> {
        Some(Self::ed25519(Ed25519KeyPair::from_pkcs8(der).ok()?))
    }

    /// The Ed25519 key with this seed, whose public half must be `x` (CVE-2026-102275).
    pub(crate) fn ed25519_from_parts(seed: &[u8], x: &[u8]) -> Option<Self> {
        Some(Self::ed25519(Ed25519KeyPair::from_seed_and_public_key(seed, x).ok()?))
    }

    /// The ML-DSA key in a PKCS#8 document (RFC 9881 § 6).
    pub(crate) fn ml_dsa_from_pkcs8(algorithm: Algorithm, der: &[u8]) -> Option<Self> {
        let pair = PqdsaKeyPair::from_pkcs8(ml_dsa(algorithm)?, der).ok()?;
        Some(Self { algorithm, pair: Pair::MlDsa(Box::new(pair)) })
    }

    /// The ML-DSA key with this seed, whose public half must be `public`.
    pub(crate) fn ml_dsa_from_parts(
        algorithm: Algorithm,
        seed: &[u8],
        public: &[u8],
    ) -> Option<Self> {
        let pair = PqdsaKeyPair::from_seed(ml_dsa(algorithm)?, seed).ok()?;
        if pair.public_key().as_ref() != public {
            return None;
        }
        Some(Self { algorithm, pair: Pair::MlDsa(Box::new(pair)) })
    }

    /// The one algorithm of this key.
    pub(crate) const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The public half: an uncompressed point, an `RSAPublicKey` document, or the bytes of an Ed25519
    /// or ML-DSA key. A symmetric key has none.
    pub(crate) fn public_bytes(&self) -> Option<&[u8]> {
        match &self.pair {
            Pair::Ec(_, pair) => Some(pair.public_key().as_ref()),
            Pair::Rsa(_, pair) => Some(pair.public_key().as_ref()),
            Pair::Ed25519(pair) => Some(pair.public_key().as_ref()),
            Pair::MlDsa(pair) => Some(pair.public_key().as_ref()),
            Pair::Hmac(..) => None,
        }
    }

    /// The secret of a symmetric key.
    pub(crate) fn secret(&self) -> Option<&[u8]> {
        match &self.pair {
            Pair::Hmac(_, secret) => Some(secret),
            _ => None,
        }
    }

    /// A PKCS#8 document, or the bytes of the secret; `None` if there is no memory, or for an ML-DSA
    /// key that came without its seed.
    pub(crate) fn to_bytes(&self) -> Option<Zeroizing<Vec<u8>>> {
        let bytes = match &self.pair {
            Pair::Ec(_, pair) => pair.to_pkcs8v1().ok()?.as_ref().to_vec(),
            Pair::Rsa(_, pair) => pair.as_der().ok()?.as_ref().to_vec(),
            Pair::Ed25519(pair) => pair.to_pkcs8v1().ok()?.as_ref().to_vec(),
            Pair::MlDsa(pair) => pair.to_pkcs8v1().ok()?.as_ref().to_vec(),
            Pair::Hmac(_, secret) => secret.to_vec(),
        };
        Some(Zeroizing::new(bytes))
    }

    /// The private number of an EC or Ed25519 key, as its JWK has it.
    pub(crate) fn scalar(&self) -> Option<Zeroizing<Vec<u8>>> {
        let bytes = match &self.pair {
            Pair::Ec(_, pair) => pair.private_key().as_be_bytes().ok()?.as_ref().to_vec(),
            Pair::Ed25519(pair) => pair.seed().ok()?.as_be_bytes().ok()?.as_ref().to_vec(),
            _ => return None,
        };
        Some(Zeroizing::new(bytes))
    }

    /// An `ECPrivateKey` document (RFC 5915).
    pub(crate) fn to_sec1(&self) -> Option<Zeroizing<Vec<u8>>> {
        let Pair::Ec(_, pair) = &self.pair else { return None };
        Some(Zeroizing::new(pair.private_key().as_der().ok()?.as_ref().to_vec()))
    }

    /// Appends the signature of `message`, in JOSE form; `None` if the library could not make one, and
    /// then nothing is appended.
    pub(crate) fn sign_into(&self, message: &[u8], out: &mut Vec<u8>) -> Option<()> {
        let start = out.len();
        match &self.pair {
            Pair::Ec(curve, pair) => {
                out.extend_from_slice(pair.sign(&SystemRandom::new(), message).ok()?.as_ref());
                low_s::normalize(*curve, out.get_mut(start..)?);
            }
            Pair::Rsa(encoding, pair) => {
                out.resize(start.checked_add(pair.public_modulus_len())?, 0);
                let signature = out.get_mut(start..)?;
                if pair.sign(*encoding, &SystemRandom::new(), message, signature).is_err() {
                    out.truncate(start);
                    return None;
                }
            }
            Pair::Ed25519(pair) => out.extend_from_slice(pair.try_sign(message).ok()?.as_ref()),
            Pair::MlDsa(pair) => {
                out.resize(start.checked_add(self.algorithm.signature_len()?)?, 0);
                if pair.sign(message, out.get_mut(start..)?).is_err() {
                    out.truncate(start);
                    return None;
                }
            }
            Pair::Hmac(key, _) => key.append(message, out),
        }
        Some(())
    }

    fn rsa(algorithm: Algorithm, pair: RsaKeyPair) -> Option<Self> {
        Some(Self { algorithm, pair: Pair::rsa(algorithm, pair)? })
    }

    fn ed25519(pair: Ed25519KeyPair) -> Self {
        Self { algorithm: Algorithm::EdDsa, pair: Pair::Ed25519(Box::new(pair)) }
    }
}

impl Pair {
    fn ec(curve: Curve, pair: EcdsaKeyPair) -> Self {
        Self::Ec(curve, Box::new(pair))
    }

    fn rsa(algorithm: Algorithm, pair: RsaKeyPair) -> Option<Self> {
        let encoding = match algorithm {
            Algorithm::Rs256 => &RSA_PKCS1_SHA256,
            Algorithm::Rs384 => &RSA_PKCS1_SHA384,
            Algorithm::Rs512 => &RSA_PKCS1_SHA512,
            Algorithm::Ps256 => &RSA_PSS_SHA256,
            Algorithm::Ps384 => &RSA_PSS_SHA384,
            Algorithm::Ps512 => &RSA_PSS_SHA512,
            _ => return None,
        };
        Some(Self::Rsa(encoding, Box::new(pair)))
    }
}

const fn ecdsa(curve: Curve) -> &'static EcdsaSigningAlgorithm {
    match curve {
        Curve::P256 => &ECDSA_P256_SHA256_FIXED_SIGNING,
        Curve::P384 => &ECDSA_P384_SHA384_FIXED_SIGNING,
        Curve::P521 => &ECDSA_P521_SHA512_FIXED_SIGNING,
    }
}

const fn ml_dsa(algorithm: Algorithm) -> Option<&'static PqdsaSigningAlgorithm> {
    Some(match algorithm {
        Algorithm::MlDsa44 => &ML_DSA_44_SIGNING,
        Algorithm::MlDsa65 => &ML_DSA_65_SIGNING,
        Algorithm::MlDsa87 => &ML_DSA_87_SIGNING,
        _ => return None,
    })
}
