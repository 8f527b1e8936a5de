//! As much of DER (X.690) as telling one kind of key document from another needs.
//!
//! **Invariant:** only definite, minimal lengths up to 65535 are read, and whoever calls checks that
//! nothing is left over.

use zeroize::Zeroizing;

use crate::alg::Algorithm;

/// A reader of DER elements.
#[derive(Clone, Copy)]
pub(super) struct Der<'a>(&'a [u8]);

pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const SEQUENCE: u8 = 0x30;
const OBJECT_IDENTIFIER: u8 = 0x06;
/// `[0] IMPLICIT OCTET STRING`.
const SEED: u8 = 0x80;
/// `[0] EXPLICIT`, around the parameters of an `ECPrivateKey`.
const EC_PARAMETERS: u8 = 0xa0;

/// The contents of an `AlgorithmIdentifier` (RFC 5280 § 4.1.1.2).
const ID_P256: &[u8] = &[
    0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, // id-ecPublicKey
    0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, // prime256v1
];
const ID_P384: &[u8] = &[
    0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, // id-ecPublicKey
    0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22, // secp384r1
];
const ID_P521: &[u8] = &[
    0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, // id-ecPublicKey
    0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23, // secp521r1
];
const ID_RSA: &[u8] =
    &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
const ID_ED25519: &[u8] = &[0x06, 0x03, 0x2b, 0x65, 0x70];
// RFC 9881 § 2.
const ID_ML_DSA_44: &[u8] = &[0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x11];
const ID_ML_DSA_65: &[u8] = &[0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x12];
const ID_ML_DSA_87: &[u8] = &[0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x13];

/// The algorithm of a key with this identifier; an RSA key may serve for any of its family, and is
/// RS256's unless the caller says otherwise.
pub(super) fn algorithm(id: &[u8]) -> Option<Algorithm> {
    Some(match id {
        ID_P256 => Algorithm::Es256,
        ID_P384 => Algorithm::Es384,
        ID_P521 => Algorithm::Es512,
        ID_RSA => Algorithm::Rs256,
        ID_ED25519 => Algorithm::EdDsa,
        ID_ML_DSA_44 => Algorithm::MlDsa44,
        ID_ML_DSA_65 => Algorithm::MlDsa65,
        ID_ML_DSA_87 => Algorithm::MlDsa87,
        _ => return None,
    })
}

/// The identifier of the keys of `algorithm`; a secret has none.
pub(super) const fn identifier(algorithm: Algorithm) -> Option<&'static [u8]> {
    Some(match algorithm {
        Algorithm::Es256 => ID_P256,
        Algorithm::Es384 => ID_P384,
        Algorithm::Es512 => ID_P521,
        Algorithm::EdDsa => ID_ED25519,
        Algorithm::MlDsa44 => ID_ML_DSA_44,
        Algorithm::MlDsa65 => ID_ML_DSA_65,
        Algorithm::MlDsa87 => ID_ML_DSA_87,
        Algorithm::Hs256 | Algorithm::Hs384 | Algorithm::Hs512 => return None,
        _ => ID_RSA,
    })
}

impl<'a> Der<'a> {
    /// The contents of the next element, which must have `tag`.
    pub(super) fn next(&mut self, tag: u8) -> Option<&'a [u8]> {
        let rest = self.0.strip_prefix(&[tag])?;
        let (len, rest) = match rest {
            [0x82, high, low, rest @ ..] if *high > 0 => {
                (usize::from(u16::from_be_bytes([*high, *low])), rest)
            }
            [0x81, len, rest @ ..] if *len > 0x7f => (usize::from(*len), rest),
            [len, rest @ ..] if *len <= 0x7f => (usize::from(*len), rest),
            _ => return None,
        };
        let (contents, rest) = rest.split_at_checked(len)?;
        self.0 = rest;
        Some(contents)
    }

    /// The contents of a `SEQUENCE` that is all there is.
    pub(super) fn only_sequence(bytes: &'a [u8]) -> Option<Self> {
        let mut der = Self(bytes);
        let contents = der.next(SEQUENCE)?;
        der.is_empty().then_some(Self(contents))
    }

    pub(super) const fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// A positive integer, without the zero byte that keeps it positive.
    pub(super) fn positive(&mut self) -> Option<&'a [u8]> {
        match self.next(INTEGER)? {
            [0x00, rest @ ..] if rest.first().is_some_and(|byte| *byte >= 0x80) => Some(rest),
            all @ [0x01..=0x7f, ..] => Some(all),
            _ => None,
        }
    }

    /// The bytes of a `BIT STRING` of whole bytes.
    pub(super) fn bits(&mut self) -> Option<&'a [u8]> {
        self.next(BIT_STRING)?.strip_prefix(&[0])
    }
}

/// The modulus and the exponent of an `RSAPublicKey` (RFC 8017 § A.1.1).
pub(crate) fn rsa_public_key(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut key = Der::only_sequence(bytes)?;
    let modulus = key.positive()?;
    let exponent = key.positive()?;
    key.is_empty().then_some((modulus, exponent))
}

/// The algorithm and the key of a `SubjectPublicKeyInfo` (RFC 5280 § 4.1).
pub(super) fn subject_public_key_info(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut info = Der::only_sequence(bytes)?;
    let algorithm = info.next(SEQUENCE)?;
    let key = info.bits()?;
    info.is_empty().then_some((algorithm, key))
}

/// The algorithm and the key of a PKCS#8 `OneAsymmetricKey` (RFC 5958 § 2).
pub(super) fn pkcs8(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut info = Der::only_sequence(bytes)?;
    info.next(INTEGER)?;
    let algorithm = info.next(SEQUENCE)?;
    let key = info.next(OCTET_STRING)?;
    Some((algorithm, key))
}

/// Whether an `ECPrivateKey` names a curve that no algorithm here signs on (RFC 5915 § 3).
pub(super) fn is_on_another_curve(bytes: &[u8]) -> bool {
    let named = || {
        let mut key = Der::only_sequence(bytes)?;
        key.next(INTEGER)?;
        key.next(OCTET_STRING)?;
        let name = key.next(EC_PARAMETERS)?;
        name.starts_with(&[OBJECT_IDENTIFIER]).then_some(name)
    };
    named().is_some_and(|name| ![ID_P256, ID_P384, ID_P521].iter().any(|id| id.ends_with(name)))
}

/// The numbers of an `RSAPrivateKey` from the modulus on: n, e, d, p, q, dp, dq, qi (RFC 8017 § A.1.2).
pub(super) fn rsa_private_key(bytes: &[u8]) -> Option<[&[u8]; 8]> {
    let mut key = Der::only_sequence(bytes)?;
    key.next(INTEGER)?;
    let mut numbers = [[].as_slice(); 8];
    for number in &mut numbers {
        *number = key.positive()?;
    }
    key.is_empty().then_some(numbers)
}

/// The seed in an `ML-DSA-PrivateKey` that is a seed alone (RFC 9881 § 6).
pub(super) fn ml_dsa_seed(bytes: &[u8]) -> Option<&[u8]> {
    let mut key = Der(bytes);
    let seed = key.next(SEED)?;
    (key.is_empty() && seed.len() == 32).then_some(seed)
}

/// A `SubjectPublicKeyInfo` with this algorithm and key.
pub(super) fn write_public_key_info(algorithm: &[u8], key: &[u8]) -> Vec<u8> {
    let algorithm = element(SEQUENCE, &[algorithm]);
    element(SEQUENCE, &[&algorithm, &element(BIT_STRING, &[&[0], key])]).to_vec()
}

/// An `RSAPublicKey`.
pub(super) fn write_rsa_public_key(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let positive = |number: &[u8]| {
        let sign: &[u8] =
            if number.first().is_some_and(|first| *first >= 0x80) { &[0] } else { &[] };
        element(INTEGER, &[sign, number])
    };
    element(SEQUENCE, &[&positive(modulus), &positive(exponent)]).to_vec()
}

/// An element of at most 65535 bytes, which is more than any key of ours has.
fn element(tag: u8, parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let len = parts.iter().fold(0_usize, |len, part| len.saturating_add(part.len()));
    let [.., high, low] = len.to_be_bytes();
    let head: &[u8] = match (high, low) {
        (0, 0..=0x7f) => &[tag, low],
        (0, _) => &[tag, 0x81, low],
        _ => &[tag, 0x82, high, low],
    };
    Zeroizing::new([head, &parts.concat()].concat())
}

/// Whether this is one whole key or certificate of any of the common kinds.
pub(super) fn is_key_document(bytes: &[u8]) -> bool {
    let Some(document) = Der::only_sequence(bytes) else { return false };
    let starts = |tags: &[u8]| {
        let mut document = document;
        tags.iter().all(|tag| document.next(*tag).is_some())
    };
    // SubjectPublicKeyInfo; RSAPublicKey and RSAPrivateKey; PKCS#8; ECPrivateKey; certificate.
    starts(&[SEQUENCE, BIT_STRING])
        || starts(&[INTEGER, INTEGER])
        || starts(&[INTEGER, SEQUENCE, OCTET_STRING])
        || starts(&[INTEGER, OCTET_STRING])
        || starts(&[SEQUENCE, SEQUENCE, BIT_STRING])
}
