//! HMAC (RFC 2104) under a key whose first block is hashed ahead.
//!
//! Where the processor hashes SHA-256 itself, what is around the hash costs as much as the hash. There
//! the state after the key is kept, and each MAC goes on from a copy of it on the stack: two thirds of
//! the library's time for a token. Not in FIPS mode, and not for SHA-384 and SHA-512, which few
//! processors know: those are aws-lc's.

use aws_lc_rs::{constant_time, hmac as library};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::precomputed;
use crate::alg::Algorithm;

/// A key for one HMAC algorithm.
pub(crate) enum MacKey {
    Library(Box<library::Key>),
    /// HS256 alone.
    State(Box<Hmac<Sha256>>),
}

impl MacKey {
    /// The key with these bytes; `None` if `algorithm` is no HMAC.
    pub(crate) fn new(algorithm: Algorithm, secret: &[u8]) -> Option<Self> {
        if algorithm == Algorithm::Hs256 && hashes_sha256() && precomputed::are_allowed() {
            return Some(Self::State(Box::new(Hmac::new_from_slice(secret).ok()?)));
        }
        Some(Self::library(hash_of(algorithm)?, secret))
    }

    fn library(hash: library::Algorithm, secret: &[u8]) -> Self {
        Self::Library(Box::new(library::Key::new(hash, secret)))
    }

    /// Whether `tag` is the whole MAC of `message`, in time that does not depend on how much of it is.
    pub(crate) fn verify(&self, message: &[u8], tag: &[u8]) -> bool {
        match self {
            Self::Library(key) => library::verify(key, message, tag).is_ok(),
            Self::State(state) => {
                let mac = mac(state, message);
                constant_time::verify_slices_are_equal(&mac, tag).is_ok()
            }
        }
    }

    /// Appends the MAC of `message` to `out`.
    pub(crate) fn append(&self, message: &[u8], out: &mut Vec<u8>) {
        match self {
            Self::Library(key) => out.extend_from_slice(library::sign(key, message).as_ref()),
            Self::State(state) => out.extend_from_slice(&mac(state, message)),
        }
    }
}

fn mac(state: &Hmac<Sha256>, message: &[u8]) -> [u8; 32] {
    let mut mac = state.clone();
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// Whether this processor has instructions for SHA-256.
fn hashes_sha256() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::arch::is_x86_feature_detected!("sha");
    #[cfg(target_arch = "aarch64")]
    return std::arch::is_aarch64_feature_detected!("sha2");
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    return false;
}

const fn hash_of(algorithm: Algorithm) -> Option<library::Algorithm> {
    Some(match algorithm {
        Algorithm::Hs256 => library::HMAC_SHA256,
        Algorithm::Hs384 => library::HMAC_SHA384,
        Algorithm::Hs512 => library::HMAC_SHA512,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
