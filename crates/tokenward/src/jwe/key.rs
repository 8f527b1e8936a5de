//! Keys that encrypt and keys that decrypt, with one algorithm each.

mod decryption;
mod encryption;

pub use decryption::DecryptionKey;
pub(super) use decryption::Holder;
pub use encryption::EncryptionKey;
pub(super) use encryption::Recipient;

use super::algorithm::{ContentEncryption, Curve};
use crate::crypto::AgreementPrivate;
use crate::key::KeyError;

/// A fresh key on `curve`; `None` if there is no randomness or no memory.
pub(super) fn generate_agreement(curve: Curve) -> Option<AgreementPrivate> {
    match curve {
        Curve::P256 => AgreementPrivate::generate_p256(),
        Curve::X25519 => AgreementPrivate::generate_x25519(),
    }
}

/// Checks that `secret` may be a shared key: 16 or 32 bytes, not all one, and no text.
fn check_secret(secret: &[u8]) -> Result<(), KeyError> {
    let lengths = [ContentEncryption::A128Gcm.key_len(), ContentEncryption::A256Gcm.key_len()];
    if !lengths.contains(&secret.len()) {
        return Err(KeyError::Malformed);
    }
    let uniform = secret.iter().all(|byte| Some(byte) == secret.first());
    // Fewer than one in 10¹³ keys of 32 random bytes look like a text, and than one in 10⁶ of 16. A
    // passphrase, or a key still in hexadecimal, always does.
    let text = secret.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ');
    if uniform || text { Err(KeyError::LowEntropySecret) } else { Ok(()) }
}
