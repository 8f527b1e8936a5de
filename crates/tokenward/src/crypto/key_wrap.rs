//! AES key wrap with a 256-bit key (RFC 3394, RFC 7518 § 4.4).

#[cfg(test)]
mod tests;

use aws_lc_rs::key_wrap::{AES_256, AesKek, KeyWrap};
use zeroize::Zeroizing;

/// What wrapping adds, in bytes: the integrity check.
const OVERHEAD: usize = 8;

/// Wraps `key`, whose length is a multiple of eight and at least 16; `None` for any other.
pub(crate) fn wrap(kek: &[u8; 32], key: &[u8]) -> Option<Vec<u8>> {
    let mut wrapped = vec![0; key.len().checked_add(OVERHEAD)?];
    let length = AesKek::new(&AES_256, kek).ok()?.wrap(key, &mut wrapped).ok()?.len();
    (length == wrapped.len()).then_some(wrapped)
}

/// The key that [`wrap`] wrapped under the same key; `None` if anything was changed.
pub(crate) fn unwrap(kek: &[u8; 32], wrapped: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut key = Zeroizing::new(vec![0; wrapped.len().checked_sub(OVERHEAD)?]);
    let length = AesKek::new(&AES_256, kek).ok()?.unwrap(wrapped, &mut key).ok()?.len();
    (length == key.len()).then_some(key)
}
