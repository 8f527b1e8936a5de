//! Keys: one algorithm each, fixed when the key is parsed, with its use.
//!
//! **Invariant:** a [`VerifyingKey`] or [`SigningKey`] that exists is fit for its one algorithm: on the
//! curve, long enough, meant for signatures, its halves belonging together. There is no key to check
//! later, and none that another algorithm could be talked into.

mod der;
mod jwk;
mod pem;
mod secret;
mod signing;
mod verifying;

pub(crate) use jwk::exposure;
pub use signing::{SignFailed, SigningKey};
pub use verifying::VerifyingKey;

use crate::alg::Algorithm;
use crate::crypto::P256_LEN;
use crate::json::JsonError;

/// A text or document is no key that may be used. Never holds any of the key's bytes.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The JWK is not JSON as we read it.
    #[error("the JWK is unreadable")]
    Json(#[from] JsonError),
    /// The text holds no whole PEM block, or one whose body is not base64.
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
    /// A member that keys of this type need is not there.
    #[error("the JWK has no `{0}`")]
    MissingMember(&'static str),
    /// A member has the wrong JSON type, encoding or length.
    #[error("the JWK's `{0}` is invalid")]
    InvalidMember(&'static str),
    /// The key's type, curve or algorithm is none that this crate has.
    #[error("the key's type or algorithm is not supported")]
    Unsupported,
    /// The key is for another algorithm than was asked for, or than it says itself.
    #[error("the key is not for {0}")]
    WrongAlgorithm(Algorithm),
    /// `use` or `key_ops` does not allow signatures.
    #[error("the key is not meant for this use")]
    WrongUse,
    /// A public key holds private members. Whoever published it must replace the key.
    #[error("the public key holds private members: treat it as leaked")]
    PrivateMembers,
    /// A public key was given where a private one is needed.
    #[error("the key has no private half")]
    NotPrivate,
    /// The numbers are no key: off the curve, too short, of another exponent than 65537, or the halves
    /// do not belong together.
    #[error("the key is malformed, too weak, or its halves do not match")]
    Malformed,
    /// The secret is under 32 bytes, or all of one byte.
    #[error("the secret is too weak; it takes at least 32 random bytes")]
    WeakSecret,
    /// The secret is the text or document of a key.
    #[error("the secret is itself a key's text; it takes random bytes")]
    SecretIsKey,
}

/// The coordinates of an uncompressed point (SEC 1 § 2.3.3).
fn uncompressed_point(bytes: &[u8]) -> Option<([u8; P256_LEN], [u8; P256_LEN])> {
    let (x, y) = bytes.strip_prefix(&[0x04])?.split_at_checked(P256_LEN)?;
    Some((x.try_into().ok()?, y.try_into().ok()?))
}
