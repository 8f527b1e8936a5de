//! Keys: one algorithm each, fixed when the key is parsed, with its use.
//!
//! **Invariant:** a [`VerifyingKey`] or [`SigningKey`] that exists is fit for its one algorithm: on the
//! curve, long enough, meant for signatures, its halves belonging together. There is no key to check
//! later, and none that another algorithm could be talked into.

mod der;
mod disguise;
mod jwk;
mod members;
mod pem;
mod roca;
mod secret;
mod signing;
mod verifying;

pub(crate) use der::rsa_public_key;
pub(crate) use jwk::exposure;
pub(crate) use members::Members;
pub(crate) use roca::has_fingerprint as has_roca_fingerprint;
pub use signing::{SignFailed, SigningKey};
pub use verifying::VerifyingKey;

use std::fmt;

use crate::alg::Algorithm;
use crate::crypto::Curve;
use crate::json::JsonError;
use crate::jwe::KeyAlgorithm;

/// A text or document is no key that may be used. Never holds any of the key's bytes.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The JWK is not JSON as we read it.
    #[error("the JWK is unreadable")]
    Json(#[from] JsonError),
    /// The text holds no whole PEM block, or one whose body is not base64. A key set or a JWK is JSON,
    /// and has readers of its own.
    #[error("the text holds no readable PEM block")]
    NotPem,
    /// The text holds several keys. Give each its own file.
    #[error("the text holds more than one key")]
    MoreThanOneKey,
    /// The key is encrypted. Decrypt it first, for example with `openssl pkey`.
    #[error("the key is encrypted; decrypt it first")]
    Encrypted,
    /// The document is longer than any key.
    #[error("the key is too large")]
    TooLarge,
    /// The text is a certificate, whose chain nobody here checks. Take its key out of it.
    #[error("a certificate is no key; `openssl x509 -pubkey -noout` takes its key out")]
    Certificate,
    /// A member that keys of this type need is not there.
    #[error("the JWK has no `{0}`")]
    MissingMember(&'static str),
    /// A member has the wrong JSON type, encoding or length.
    #[error("the JWK's `{0}` is invalid")]
    InvalidMember(&'static str),
    /// The key's type, curve or algorithm is none that this crate has: see
    /// [`Algorithm::ALL`] and [`KeyAlgorithm`].
    #[error("the key's type, curve or algorithm is not supported")]
    Unsupported,
    /// The key is for another algorithm than was asked for, or than it says itself.
    #[error("the key is not for {wanted}, but for {}", OneOf(fits))]
    WrongAlgorithm {
        /// What was asked for, or what the key's `alg` says.
        wanted: Algorithm,
        /// What such a key can be for: several algorithms for an RSA key or a secret.
        fits: &'static [Algorithm],
    },
    /// The key is for another way of encrypting than was asked for.
    #[error("the key is not for {0}")]
    NotForEncryption(KeyAlgorithm),
    /// `use` or `key_ops` does not allow what was asked for: signatures, or encryption.
    #[error("the key's `use` or `key_ops` does not allow this use")]
    WrongUse,
    /// A private key stands where a public one belongs. If that is the wrong file, take the public half;
    /// if others could read it, the key is leaked, and must be replaced.
    #[error("a private key where a public one belongs; treat it as leaked if it was published")]
    PrivateMembers,
    /// A public key was given where a private one is needed.
    #[error("the key has no private half")]
    NotPrivate,
    /// The numbers are no key: off the curve, too short, of another exponent than 65537, or the halves
    /// do not belong together.
    #[error("the key is malformed, too weak, or its halves do not match")]
    Malformed,
    /// The RSA key was made by a faulty library and can be factored (CVE-2017-15361). Make a new one.
    #[error("the RSA key has the ROCA weakness (CVE-2017-15361); make a new one")]
    Roca,
    /// The secret is shorter than the algorithm's hash (RFC 7518 § 3.2). Longer text is no remedy:
    /// `openssl rand` makes bytes.
    #[error("the secret is too short; it takes at least {least} random bytes")]
    ShortSecret {
        /// The least length, in bytes.
        least: usize,
    },
    /// The secret is made of few different bytes, of digits alone, of a block that comes again, or is a
    /// sequence.
    #[error("the secret has too little entropy; it takes random bytes")]
    LowEntropySecret,
    /// The secret holds what stands in tutorials and templates.
    #[error("the secret holds a dictionary word; it takes random bytes")]
    DictionarySecret,
    /// The secret is the text or document of a key.
    #[error("the secret is itself a key's text; it takes random bytes")]
    SecretIsKey,
}

impl KeyError {
    /// A key like those for `found` is not for `wanted`.
    fn wrong_algorithm(wanted: Algorithm, found: Algorithm) -> Self {
        Self::WrongAlgorithm { wanted, fits: found.with_the_same_keys() }
    }
}

/// `A`, `A or B`, `A, B or C`.
struct OneOf<'a>(&'a [Algorithm]);

impl fmt::Display for OneOf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, algorithm) in self.0.iter().enumerate() {
            let before = match self.0.len().saturating_sub(index) {
                _ if index == 0 => "",
                1 => " or ",
                _ => ", ",
            };
            write!(f, "{before}{algorithm}")?;
        }
        Ok(())
    }
}

/// The curve and the coordinates of an uncompressed point (SEC 1 § 2.3.3).
fn uncompressed_point(bytes: &[u8]) -> Option<(Curve, &[u8], &[u8])> {
    let coordinates = bytes.strip_prefix(&[0x04])?;
    let curve = Curve::with_point_len(coordinates.len())?;
    let (x, y) = coordinates.split_at_checked(curve.coordinate_len())?;
    Some((curve, x, y))
}
