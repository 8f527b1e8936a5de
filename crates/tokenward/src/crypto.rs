//! Every call into aws-lc-rs, and what gains from work done once for each key (`precomputed`, `mac`).
//! To verify and to issue, nothing here need be called.
//!
//! **Invariant:** no other module of the workspace names `aws_lc_rs`. One crypto library to audit, and
//! one place where it could be replaced.
//!
//! What is public here serves the crates above. The JOSE side (private) knows
//! numbers and bytes alone; JWK, PEM and the rules about them live in `key`.
//!
//! # Comparisons of secrets
//!
//! Whoever can measure how long a comparison takes must not learn how much of a guess was right. All
//! comparisons of what an attacker guesses at are the library's, in constant time, and all are here:
//!
//! | what | where |
//! | --- | --- |
//! | the MAC of a token (HS256, HS384, HS512) | `verify` in `mac`; nothing else compares a MAC |
//! | the tag of AES-GCM, of a JWE and of what [`Secret256`] seals | inside `open_in_place` in `content` and `primitives` |
//! | the check value of a wrapped key (RFC 3394) | inside `unwrap` in `key_wrap` |
//! | the padding of RSA-OAEP | inside `decrypt` in `oaep` |
//! | the hash of a secret that crates above keep | [`constant_time_eq`], by its caller |
//! | the signature of a token that was verified before | [`constant_time_eq`], in `cache` |
//!
//! A MAC is made elsewhere only to name or to find something; `xtask/tests/architecture.rs` has the list.
//! Whether a new secret is fit to be one takes as long as it takes: its owner asks, once.

mod agreement;
mod content;
mod curve;
mod ecdsa_der;
mod key_wrap;
mod low_s;
mod mac;
mod oaep;
mod precomputed;
mod primitives;
mod private;
mod public;

pub use ecdsa_der::ecdsa_from_der;
pub use low_s::low_s;
pub use primitives::{Secret256, constant_time_eq, hmac_sha256, random, sha256};

pub(crate) use agreement::{AgreementPrivate, AgreementPublic, DerivationInfo, P256_LEN};
pub(crate) use content::{IV_LEN, TAG_LEN, open as open_content, seal as seal_content};
pub(crate) use curve::Curve;
pub(crate) use key_wrap::{unwrap as unwrap_key, wrap as wrap_key};
pub(crate) use oaep::{OaepPrivate, OaepPublic};
pub(crate) use primitives::sha2_of;
pub(crate) use private::{PrivateKey, RsaParts};
pub(crate) use public::{Numbers, PublicKey, RSA_EXPONENT};
