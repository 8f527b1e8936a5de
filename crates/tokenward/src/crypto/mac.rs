//! HMAC (RFC 2104) under a key whose first block is hashed ahead.
//!
//! Where the processor hashes SHA-256 itself, what is around the hash costs as much as the hash. There
//! the states after the key are kept, and each MAC goes on from copies of them, straight over the
//! message: half of the library's time for a token. Not in FIPS mode, and not for SHA-384 and SHA-512,
//! which few processors know: those are aws-lc's.

use aws_lc_rs::{constant_time, hmac as library};
use sha2::block_api::compress256;
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::{precomputed, sha256};
use crate::alg::Algorithm;

/// A key for one HMAC algorithm.
pub(crate) enum MacKey {
    Library(Box<library::Key>),
    /// HS256 alone.
    States(Box<States>),
}

impl MacKey {
    /// The key with these bytes; `None` if `algorithm` is no HMAC.
    pub(crate) fn new(algorithm: Algorithm, secret: &[u8]) -> Option<Self> {
        if algorithm == Algorithm::Hs256 && hashes_sha256() && precomputed::are_allowed() {
            return Some(Self::States(Box::new(States::new(secret))));
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
            Self::States(states) => {
                constant_time::verify_slices_are_equal(&states.mac(message), tag).is_ok()
            }
        }
    }

    /// Appends the MAC of `message` to `out`.
    pub(crate) fn append(&self, message: &[u8], out: &mut Vec<u8>) {
        match self {
            Self::Library(key) => out.extend_from_slice(library::sign(key, message).as_ref()),
            Self::States(states) => out.extend_from_slice(&states.mac(message)),
        }
    }
}

/// SHA-256 after the first block of each of the two hashes that an HMAC is (RFC 2104 § 4).
#[derive(ZeroizeOnDrop)]
pub(crate) struct States {
    inner: [u32; 8],
    outer: [u32; 8],
}

/// The length of a block of SHA-256, in bytes.
const BLOCK: usize = 64;

/// Where SHA-256 begins (FIPS 180-4 § 5.3.3).
const INITIAL: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

impl States {
    fn new(secret: &[u8]) -> Self {
        let mut key = Zeroizing::new([0; BLOCK]);
        let digest = Zeroizing::new(sha256(secret));
        let bytes = if secret.len() > BLOCK { digest.as_slice() } else { secret };
        for (place, byte) in key.iter_mut().zip(bytes) {
            *place = *byte;
        }
        let after = |pad: u8| {
            let mut state = INITIAL;
            let block = Zeroizing::new(key.map(|byte| byte ^ pad));
            compress256(&mut state, std::slice::from_ref(&*block));
            state
        };
        Self { inner: after(0x36), outer: after(0x5c) }
    }

    fn mac(&self, message: &[u8]) -> [u8; 32] {
        finish(self.outer, &finish(self.inner, message))
    }
}

/// The hash that goes on from `state`, which is that after one block, with `message` to its end.
fn finish(mut state: [u32; 8], message: &[u8]) -> [u8; 32] {
    let (blocks, rest) = message.as_chunks();
    compress256(&mut state, blocks);
    // A bit that is set, zeros, and the length of it all in bits at the end of a block (§ 5.1.1): of
    // the block with the rest if there is room for them, of one more if not.
    let mut last = [[0; BLOCK]; 2];
    let ends_in_one = rest.len() < BLOCK.saturating_sub(8);
    if let Some((head, tail)) = last.as_flattened_mut().split_at_mut_checked(rest.len()) {
        head.copy_from_slice(rest);
        if let Some(place) = tail.first_mut() {
            *place = 0x80;
        }
    }
    let last = if ends_in_one { last.split_at_mut(1).0 } else { &mut last };
    let bits =
        u64::try_from(message.len().saturating_add(BLOCK)).unwrap_or(u64::MAX).wrapping_mul(8);
    if let Some(place) = last.last_mut().and_then(|block| block.last_chunk_mut()) {
        *place = bits.to_be_bytes();
    }
    compress256(&mut state, last);
    let mut hash = [0; 32];
    for (place, word) in hash.as_chunks_mut().0.iter_mut().zip(state) {
        *place = word.to_be_bytes();
    }
    hash
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
