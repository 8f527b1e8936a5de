//! Keys that verify, parsed once: parsing at each call would cost up to 15 % of an RSA verification.

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RsaPublicKeyComponents,
};

/// The length of a P-256 coordinate or scalar, and of an Ed25519 key, in bytes.
pub(crate) const P256_LEN: usize = 32;

/// 65537, the only public exponent accepted: every real issuer uses it (FIPS 186-5 § A.1.1 allows
/// larger ones, which only slow us down; smaller ones have a history of forgeries).
pub(crate) const RSA_EXPONENT: [u8; 3] = [0x01, 0x00, 0x01];

/// The smallest and the largest RSA modulus, in bits (RFC 7518 § 3.3; what aws-lc can take).
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// A key that verifies with one algorithm.
pub(crate) enum PublicKey {
    /// ECDSA on P-256 with SHA-256.
    Es256 { key: ParsedPublicKey, x: [u8; P256_LEN], y: [u8; P256_LEN] },
    /// RSASSA-PKCS1-v1_5 with SHA-256, exponent 65537.
    Rs256 { key: ParsedPublicKey, modulus: Box<[u8]> },
    /// Ed25519.
    Ed25519 { key: ParsedPublicKey, x: [u8; P256_LEN] },
    /// HMAC with SHA-256.
    Hs256 { key: Box<hmac::Key> },
}

impl PublicKey {
    /// The P-256 point with these coordinates; `None` if it is not on the curve.
    pub(crate) fn es256(x: [u8; P256_LEN], y: [u8; P256_LEN]) -> Option<Self> {
        let point = [&[0x04], x.as_slice(), y.as_slice()].concat();
        let key = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).ok()?;
        Some(Self::Es256 { key, x, y })
    }

    /// The RSA key with this modulus, big-endian without leading zeros; `None` outside 2048 to 8192
    /// bits, or if it is even.
    pub(crate) fn rs256(modulus: &[u8]) -> Option<Self> {
        let first = *modulus.first()?;
        let zeros = usize::try_from(first.leading_zeros()).ok()?;
        let bits = modulus.len().checked_mul(8)?.checked_sub(zeros)?;
        let odd = modulus.last().is_some_and(|last| last % 2 == 1);
        if first == 0 || !odd || !RSA_BITS.contains(&bits) {
            return None;
        }
        let key = RsaPublicKeyComponents { n: modulus, e: RSA_EXPONENT.as_slice() }
            .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
            .ok()?;
        Some(Self::Rs256 { key, modulus: modulus.into() })
    }

    /// The Ed25519 key with this encoding; `None` if it is a point of small order. One that is no
    /// point at all is taken here, and verifies nothing.
    pub(crate) fn ed25519(x: [u8; P256_LEN]) -> Option<Self> {
        if is_small_order(&x) {
            return None;
        }
        let key = ParsedPublicKey::new(&ED25519, x).ok()?;
        Some(Self::Ed25519 { key, x })
    }

    /// The HMAC key with these bytes. Whether they are fit to be a secret is the caller's question.
    pub(crate) fn hs256(secret: &[u8]) -> Self {
        Self::Hs256 { key: Box::new(hmac::Key::new(hmac::HMAC_SHA256, secret)) }
    }

    /// Whether `signature`, in JOSE form, was made over `message` by this key's private half.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Es256 { key, .. } | Self::Rs256 { key, .. } | Self::Ed25519 { key, .. } => {
                key.verify_sig(message, signature).is_ok()
            }
            // Compares in constant time, and only the whole tag.
            Self::Hs256 { key } => hmac::verify(key, message, signature).is_ok(),
        }
    }

    /// The length of every signature by this key, in bytes.
    pub(crate) fn signature_len(&self) -> usize {
        match self {
            Self::Es256 { .. } | Self::Ed25519 { .. } => 64,
            Self::Rs256 { modulus, .. } => modulus.len(),
            Self::Hs256 { .. } => 32,
        }
    }

    /// The HMAC of `message`, for a symmetric key.
    pub(crate) fn mac(&self, message: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Hs256 { key } => Some(hmac::sign(key, message).as_ref().to_vec()),
            Self::Es256 { .. } | Self::Rs256 { .. } | Self::Ed25519 { .. } => None,
        }
    }
}

/// Whether this Ed25519 key lies in the subgroup of order eight, in which one signature fits many
/// messages. The sign bit is no part of the comparison.
fn is_small_order(x: &[u8; P256_LEN]) -> bool {
    let mut y = *x;
    if let Some(last) = y.last_mut() {
        *last &= 0x7f;
    }
    SMALL_ORDER.contains(&y)
}

/// The y coordinates of all points of order 1, 2, 4 and 8, little-endian, with the non-canonical
/// encodings (p and p + 1) that decoders are known to take.
const SMALL_ORDER: [[u8; P256_LEN]; 7] = [
    low(0),
    low(1),
    // p - 1, p, p + 1 with p = 2^255 - 19
    high(0xec),
    high(0xed),
    high(0xee),
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ],
];

const fn low(first: u8) -> [u8; P256_LEN] {
    let mut y = [0; P256_LEN];
    y[0] = first;
    y
}

const fn high(first: u8) -> [u8; P256_LEN] {
    let mut y = [0xff; P256_LEN];
    y[0] = first;
    y[P256_LEN - 1] = 0x7f;
    y
}
