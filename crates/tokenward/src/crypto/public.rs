//! Keys that verify, parsed once: parsing at each call would cost up to 15 % of an RSA verification.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use aws_lc_rs::digest;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, ED25519, ML_DSA_44,
    ML_DSA_65, ML_DSA_87, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384,
    RSA_PSS_2048_8192_SHA512, RsaParameters, RsaPublicKeyComponents, VerificationAlgorithm,
};

use super::curve::Curve;
use super::mac::MacKey;
use super::precomputed::{self, ed25519::Ed25519Table, p256::P256Table};
use crate::alg::Algorithm;

/// The length of an Ed25519 key, in bytes.
pub(crate) const ED25519_LEN: usize = 32;

/// 65537, the only public exponent accepted: every real issuer uses it (FIPS 186-5 § A.1.1 allows
/// larger ones, which only slow us down; smaller ones have a history of forgeries).
pub(crate) const RSA_EXPONENT: [u8; 3] = [0x01, 0x00, 0x01];

/// The smallest and the largest RSA modulus, in bits (RFC 7518 § 3.3; what aws-lc can take).
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// A key that verifies with one algorithm.
pub(crate) struct PublicKey {
    algorithm: Algorithm,
    numbers: Numbers,
    check: Check,
    /// What makes many checks faster, once there have been some.
    table: OnceLock<Option<Table>>,
    checks: AtomicU32,
}

/// After how many checks a key gets its table, which takes as long as some forty of them: a key that
/// serves once pays nothing, and no start waits.
const CHECKS_BEFORE_TABLE: u32 = 64;

/// What makes a public key what it is, as its JWK has it.
pub(crate) enum Numbers {
    /// A point of the algorithm's curve.
    Point { x: Box<[u8]>, y: Box<[u8]> },
    /// A modulus, big-endian without leading zeros; the exponent is 65537.
    Modulus(Box<[u8]>),
    /// The encoding of a point of edwards25519.
    Edwards([u8; ED25519_LEN]),
    /// An encoded ML-DSA key.
    Lattice(Box<[u8]>),
    /// A secret, which has no public form.
    Secret,
}

enum Check {
    Signature(ParsedPublicKey),
    /// The same of the message's digest: a call that hashes by itself sets up a context for it, which
    /// costs as much as hashing half a token.
    DigestSignature(ParsedPublicKey, &'static digest::Algorithm),
    Mac(MacKey),
}

enum Table {
    P256(P256Table),
    Ed25519(Ed25519Table),
}

impl PublicKey {
    /// The point with these coordinates; `None` if it is not on the algorithm's curve.
    pub(crate) fn ecdsa(curve: Curve, x: &[u8], y: &[u8]) -> Option<Self> {
        if x.len() != curve.coordinate_len() || y.len() != curve.coordinate_len() {
            return None;
        }
        let point = [&[0x04], x, y].concat();
        let algorithm: &'static dyn VerificationAlgorithm = match curve {
            Curve::P256 => &ECDSA_P256_SHA256_FIXED,
            Curve::P384 => &ECDSA_P384_SHA384_FIXED,
            Curve::P521 => &ECDSA_P521_SHA512_FIXED,
        };
        let numbers = Numbers::Point { x: x.into(), y: y.into() };
        Self::parsed(curve.algorithm(), numbers, ParsedPublicKey::new(algorithm, point).ok()?)
    }

    /// The RSA key with this modulus, big-endian without leading zeros; `None` outside 2048 to 8192
    /// bits, or if it is even.
    pub(crate) fn rsa(algorithm: Algorithm, modulus: &[u8]) -> Option<Self> {
        let first = *modulus.first()?;
        let zeros = usize::try_from(first.leading_zeros()).ok()?;
        let bits = modulus.len().checked_mul(8)?.checked_sub(zeros)?;
        let odd = modulus.last().is_some_and(|last| last % 2 == 1);
        if first == 0 || !odd || !RSA_BITS.contains(&bits) {
            return None;
        }
        let key = RsaPublicKeyComponents { n: modulus, e: RSA_EXPONENT.as_slice() }
            .to_parsed_public_key(rsa_parameters(algorithm)?)
            .ok()?;
        // In FIPS mode the module has to hash by itself.
        let check = if precomputed::are_allowed() {
            Check::DigestSignature(key, rsa_hash(algorithm)?)
        } else {
            Check::Signature(key)
        };
        Some(Self::checked_by(check, algorithm, Numbers::Modulus(modulus.into())))
    }

    /// The Ed25519 key with this encoding; `None` if it is no canonical encoding of a point of prime
    /// order.
    pub(crate) fn ed25519(x: [u8; ED25519_LEN]) -> Option<Self> {
        if !precomputed::ed25519::is_sound_key(&x) {
            return None;
        }
        let key = ParsedPublicKey::new(&ED25519, x).ok()?;
        Self::parsed(Algorithm::EdDsa, Numbers::Edwards(x), key)
    }

    /// The ML-DSA key with this encoding (FIPS 204 § 7.2); `None` if it has another length.
    pub(crate) fn ml_dsa(algorithm: Algorithm, bytes: &[u8]) -> Option<Self> {
        let parameters: &'static dyn VerificationAlgorithm = match algorithm {
            Algorithm::MlDsa44 => &ML_DSA_44,
            Algorithm::MlDsa65 => &ML_DSA_65,
            Algorithm::MlDsa87 => &ML_DSA_87,
            _ => return None,
        };
        if bytes.len() != ml_dsa_key_len(algorithm)? {
            return None;
        }
        let key = ParsedPublicKey::new(parameters, bytes).ok()?;
        Self::parsed(algorithm, Numbers::Lattice(bytes.into()), key)
    }

    /// The HMAC key with these bytes. Whether they are fit to be a secret is the caller's question.
    pub(crate) fn hmac(algorithm: Algorithm, secret: &[u8]) -> Option<Self> {
        let check = Check::Mac(MacKey::new(algorithm, secret)?);
        Some(Self::checked_by(check, algorithm, Numbers::Secret))
    }

    /// The one algorithm of this key.
    pub(crate) const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// What makes it what it is.
    pub(crate) const fn numbers(&self) -> &Numbers {
        &self.numbers
    }

    /// Whether `signature`, in JOSE form, was made over `message` by this key's private half.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        match self.table.get() {
            Some(Some(table)) => return table.verify(message, signature),
            Some(None) => {}
            None if self.checks.fetch_add(1, Ordering::Relaxed) < CHECKS_BEFORE_TABLE => {}
            None => {
                self.table.get_or_init(|| self.make_table());
            }
        }
        match &self.check {
            Check::Signature(key) => key.verify_sig(message, signature).is_ok(),
            Check::DigestSignature(key, hash) => {
                key.verify_digest_sig(&digest::digest(hash, message), signature).is_ok()
            }
            Check::Mac(key) => key.verify(message, signature),
        }
    }

    /// The table by which many checks are faster, where there is one for such a key: a millisecond or
    /// two.
    fn make_table(&self) -> Option<Table> {
        if !precomputed::are_allowed() {
            return None;
        }
        match &self.numbers {
            Numbers::Point { x, y } if self.algorithm == Algorithm::Es256 => {
                let (x, y) = (x.as_ref().try_into().ok()?, y.as_ref().try_into().ok()?);
                P256Table::new(x, y).map(Table::P256)
            }
            Numbers::Edwards(x) => Ed25519Table::new(x).map(Table::Ed25519),
            _ => None,
        }
    }

    /// The length of every signature by this key, in bytes.
    pub(crate) fn signature_len(&self) -> usize {
        match &self.numbers {
            Numbers::Modulus(modulus) => modulus.len(),
            _ => self.algorithm.signature_len().unwrap_or_default(),
        }
    }

    /// The HMAC of `message`, for a symmetric key.
    pub(crate) fn mac(&self, message: &[u8]) -> Option<Vec<u8>> {
        match &self.check {
            Check::Mac(key) => {
                let mut mac = Vec::new();
                key.append(message, &mut mac);
                Some(mac)
            }
            Check::Signature(_) | Check::DigestSignature(..) => None,
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "every caller answers an option")]
    const fn parsed(algorithm: Algorithm, numbers: Numbers, key: ParsedPublicKey) -> Option<Self> {
        Some(Self::checked_by(Check::Signature(key), algorithm, numbers))
    }

    const fn checked_by(check: Check, algorithm: Algorithm, numbers: Numbers) -> Self {
        Self { algorithm, numbers, check, table: OnceLock::new(), checks: AtomicU32::new(0) }
    }
}

impl Table {
    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::P256(table) => table.verify(message, signature),
            Self::Ed25519(table) => table.verify(message, signature),
        }
    }
}

/// The length of an encoded ML-DSA public key, in bytes (FIPS 204, table 2).
pub(crate) const fn ml_dsa_key_len(algorithm: Algorithm) -> Option<usize> {
    Some(match algorithm {
        Algorithm::MlDsa44 => 1312,
        Algorithm::MlDsa65 => 1952,
        Algorithm::MlDsa87 => 2592,
        _ => return None,
    })
}

const fn rsa_parameters(algorithm: Algorithm) -> Option<&'static RsaParameters> {
    Some(match algorithm {
        Algorithm::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
        Algorithm::Rs384 => &RSA_PKCS1_2048_8192_SHA384,
        Algorithm::Rs512 => &RSA_PKCS1_2048_8192_SHA512,
        Algorithm::Ps256 => &RSA_PSS_2048_8192_SHA256,
        Algorithm::Ps384 => &RSA_PSS_2048_8192_SHA384,
        Algorithm::Ps512 => &RSA_PSS_2048_8192_SHA512,
        _ => return None,
    })
}

/// What an RSA algorithm hashes with.
const fn rsa_hash(algorithm: Algorithm) -> Option<&'static digest::Algorithm> {
    Some(match algorithm {
        Algorithm::Rs256 | Algorithm::Ps256 => &digest::SHA256,
        Algorithm::Rs384 | Algorithm::Ps384 => &digest::SHA384,
        Algorithm::Rs512 | Algorithm::Ps512 => &digest::SHA512,
        _ => return None,
    })
}
