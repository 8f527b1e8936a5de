//! Every call into aws-lc-rs, and nothing else.
//!
//! **Invariant:** no other module of the workspace names `aws_lc_rs`. One crypto library to audit, and
//! one place where it could be replaced.
//!
//! What is public here serves the crates above. The JOSE side (private) knows
//! numbers and bytes alone; JWK, PEM and the rules about them live in `key`.

mod curve;
mod low_s;
mod primitives;
mod private;
mod public;

pub use primitives::{Secret256, constant_time_eq, hmac_sha256, random, sha256};

pub(crate) use curve::Curve;
pub(crate) use private::{PrivateKey, RsaParts};
pub(crate) use public::{Numbers, PublicKey, RSA_EXPONENT};
