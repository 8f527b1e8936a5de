//! The key-encryption key of [`Sealed`](super::Sealed), and the two ways to come by it.

use argon2::{Algorithm, Argon2, Params, Version};
use tokenward::crypto::Secret256;
use zeroize::Zeroizing;

#[cfg(test)]
mod tests;

/// A key-encryption key. It has no way to be shown.
#[derive(Clone, Debug)]
pub struct Kek {
    secret: Secret256,
    id: String,
}

impl Kek {
    /// The shortest passphrase, in characters: what NIST SP 800-63B-4 § 3.1.1.2 asks of a password that
    /// stands alone.
    pub const MIN_PASSPHRASE: usize = 15;

    /// The key-encryption key `secret`.
    #[must_use]
    pub fn new(secret: Secret256) -> Self {
        let fingerprint = secret.derive(b"tokenward kek id v1");
        let [a, b, c, d, ..] = *fingerprint.expose();
        let id = format!("{:08x}", u32::from_be_bytes([a, b, c, d]));
        Self { secret, id }
    }

    /// The content of a key file: exactly 32 random bytes.
    pub fn from_key_file(content: &[u8]) -> Result<Self, KekError> {
        let bytes = Zeroizing::new(
            <[u8; 32]>::try_from(content)
                .map_err(|_| KekError::KeyFileLength { length: content.len() })?,
        );
        // A file that was pre-allocated and never filled, or padded out, is no secret.
        if bytes.iter().all(|byte| Some(byte) == bytes.first()) {
            return Err(KekError::KeyFileConstant);
        }
        Ok(Self::new(Secret256::from_bytes(*bytes)))
    }

    /// Argon2id (RFC 9106) of `passphrase` and the 16-byte `salt` that is kept in the store.
    ///
    /// This takes about a second with [`PassphraseCost::DEFAULT`]: do it once, off the async threads.
    pub fn from_passphrase(
        passphrase: &str,
        salt: [u8; 16],
        cost: PassphraseCost,
    ) -> Result<Self, KekError> {
        // A line feed that an editor or `echo` left is no part of the passphrase.
        let passphrase = passphrase.trim_end_matches(['\r', '\n']);
        if passphrase.chars().count() < Self::MIN_PASSPHRASE {
            return Err(KekError::ShortPassphrase);
        }
        let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32))
            .map_err(KekError::Argon2)?;
        let mut bytes = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.as_bytes(), &salt, bytes.as_mut())
            .map_err(KekError::Argon2)?;
        Ok(Self::new(Secret256::from_bytes(*bytes)))
    }

    /// Names the key-encryption key without telling anything of it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// A secret for `purpose` that stands and falls with this key, for what is sealed beside signing keys.
    #[must_use]
    pub fn derive(&self, purpose: &[u8]) -> Secret256 {
        self.secret.derive(purpose)
    }

    pub(super) const fn secret(&self) -> &Secret256 {
        &self.secret
    }
}

/// What guessing a passphrase costs (RFC 9106 § 3.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "the three parameters of Argon2, given by its RFC")]
pub struct PassphraseCost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes that can be computed at once.
    pub lanes: u32,
}

impl PassphraseCost {
    /// 256 MiB, three passes, one lane: over ten times OWASP's minimum for passwords, because this is
    /// computed once at each start, not at each login.
    pub const DEFAULT: Self = Self { memory_kib: 262_144, passes: 3, lanes: 1 };
}

impl Default for PassphraseCost {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// No key-encryption key could be made of what was given.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum KekError {
    /// The key file has another length than 32 bytes.
    #[error(
        "a key file holds exactly 32 random bytes, this one {length}: make one with `tokenward init`"
    )]
    KeyFileLength {
        /// The length found, in bytes.
        length: usize,
    },
    /// The key file repeats one byte.
    #[error("the key file is not random: make one with `tokenward init`")]
    KeyFileConstant,
    /// The passphrase is too short.
    #[error("a passphrase has at least {} characters: choose a longer one", Kek::MIN_PASSPHRASE)]
    ShortPassphrase,
    /// Argon2 refused its parameters, or found no memory.
    #[error("the passphrase could not be stretched")]
    Argon2(#[source] argon2::Error),
}
