//! Encrypted tokens (JWE, RFC 7516), in the compact serialization, with few algorithms.
//!
//! | | `alg` | `enc` |
//! | --- | --- | --- |
//! | made and read | `dir`, `ECDH-ES` and `ECDH-ES+A256KW` (P-256, X25519), `RSA-OAEP-256` | `A256GCM` |
//! | read alone, if allowed | | `A128GCM` |
//!
//! What is not in the table has no representation: no RSA 1.5, no passwords (PBES2), no CBC, no
//! compression, no JSON serialization, no critical parameters.
//!
//! Encryption says who may read, not who wrote: with a recipient's public key, anybody makes a JWE. A
//! [`Decrypted`] is therefore never a [`Verified`](crate::Verified). A token that must be both secret and
//! genuine is a JWS inside a JWE, and a [`NestedVerifier`] has a policy for each layer:
//!
//! ```
//! # use tokenward::{UnixTime, Verifier};
//! # fn f(access_token: &str, verifier: Verifier, now: UnixTime) -> Result<(), Box<dyn std::error::Error>> {
//! use tokenward::crypto::Secret256;
//! use tokenward::{DecryptionKey, EncryptionKey, Encrypter, NestedType, NestedVerifier};
//!
//! // A key that two sides share, and that each session has for itself.
//! let secret = Secret256::random();
//!
//! let encrypter = Encrypter::new(EncryptionKey::from_secret(secret.expose())?);
//! let sealed = encrypter.nest(access_token, NestedType::AccessToken)?;
//!
//! let key = DecryptionKey::from_secret(secret.expose())?;
//! let verifier = NestedVerifier::new(key.into(), NestedType::AccessToken, verifier);
//! let claims = verifier.verify(&sealed, now)?; // the signature inside is always verified
//! # Ok(())
//! # }
//! ```
//!
//! **Invariant:** a key encrypts or decrypts with one algorithm, fixed when it is parsed; a header can
//! only agree. No key of this module signs, and none that signs gets in here.
//!
//! **Invariant:** five parts or nothing: a JWS is no JWE, and a [`Verifier`](crate::Verifier) takes no
//! JWE. What is nested is one JWS, never another JWE.
//!
//! **Invariant:** whatever is wrong with an encrypted key, its content or its tag, the answer is one
//! and the same ([`Reason::BadDecryption`](crate::Reason::BadDecryption), RFC 7516 § 11.5): there is
//! nothing to ask questions of.

mod algorithm;
mod compact;
mod content_type;
mod decrypt;
mod encrypt;
mod header;
mod jwk;
mod key;
mod keys;
mod nested;
mod seal;

pub use algorithm::{Curve, KeyAlgorithm};
pub use content_type::{ContentType, InvalidContentType};
pub use decrypt::{Decrypted, Decrypter, DecrypterBuilder};
pub use encrypt::{EncryptError, Encrypter};
pub use key::{DecryptionKey, EncryptionKey};
pub use keys::{DecryptionKeys, DecryptionKeysError};
pub use nested::{NestedType, NestedVerifier};
pub use seal::SealKey;
