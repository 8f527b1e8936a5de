//! Every call into aws-lc-rs, and what gains from tables made once for each key (`precomputed`).
//!
//! **Invariant:** no other module of the workspace names `aws_lc_rs`. One crypto library to audit, and
//! one place where it could be replaced.
//!
//! What is public here serves the crates above. The JOSE side (private) knows
//! numbers and bytes alone; JWK, PEM and the rules about them live in `key`.

mod agreement;
mod content;
mod curve;
mod key_wrap;
mod low_s;
mod oaep;
mod precomputed;
mod primitives;
mod private;
mod public;

pub use primitives::{Secret256, constant_time_eq, hmac_sha256, random, sha256};

pub(crate) use agreement::{AgreementPrivate, AgreementPublic, DerivationInfo, P256_LEN};
pub(crate) use content::{IV_LEN, TAG_LEN, open as open_content, seal as seal_content};
pub(crate) use curve::Curve;
pub(crate) use key_wrap::{unwrap as unwrap_key, wrap as wrap_key};
pub(crate) use oaep::{OaepPrivate, OaepPublic};
pub(crate) use primitives::sha2_of;
pub(crate) use private::{PrivateKey, RsaParts};
pub(crate) use public::{Numbers, PublicKey, RSA_EXPONENT};
