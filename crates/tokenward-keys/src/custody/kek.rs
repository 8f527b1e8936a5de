//! The key-encryption keys that this process holds itself, and the two ways to come by one.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, Version};
use async_trait::async_trait;
use tokenward::crypto::{self, Secret256};
use tokio::task::spawn_blocking;
use zeroize::Zeroizing;

use crate::store_key::{KeyWrap, WrapContext, WrapError};

#[cfg(test)]
mod tests;

/// A key-encryption key. It has no way to be shown.
#[derive(Clone, Debug)]
pub struct Kek {
    secret: Secret256,
}

impl Kek {
    /// The key-encryption key `secret`.
    #[must_use]
    pub const fn new(secret: Secret256) -> Self {
        Self { secret }
    }

    /// The content of a key file: exactly 32 random bytes.
    ///
    /// ```
    /// use tokenward_keys::{Kek, KekError};
    ///
    /// assert!(Kek::from_key_file(b"0123456789abcdefghijklmnopqrstuv").is_ok());
    /// assert_eq!(Kek::from_key_file(&[0; 32]).unwrap_err(), KekError::KeyFileConstant);
    /// ```
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
}

#[async_trait]
impl KeyWrap for Kek {
    fn name(&self) -> &'static str {
        "key-file"
    }

    async fn wrap(&self, key: &Secret256, context: &WrapContext) -> Result<Vec<u8>, WrapError> {
        Ok(self.secret.seal(&context.bytes(), key.expose()))
    }

    async fn unwrap(&self, wrapped: &[u8], context: &WrapContext) -> Result<Secret256, WrapError> {
        self.secret
            .open(&context.bytes(), wrapped)
            .and_then(|bytes| WrapError::key_of(&bytes).ok())
            .ok_or(WrapError::OtherKey)
    }
}

/// A passphrase, out of which Argon2id (RFC 9106) makes a key-encryption key. It has no way to be shown.
///
/// Each use takes about a second with [`PassphraseCost::DEFAULT`], on a thread that may block; it works
/// within a Tokio runtime.
#[derive(Clone)]
pub struct Passphrase {
    text: Arc<Zeroizing<String>>,
    cost: PassphraseCost,
}

impl Passphrase {
    /// The fewest characters, one more than NIST SP 800-63B-4 § 3.1.1.2 asks of a password that stands alone.
    pub const SHORTEST: usize = 16;

    /// The fewest characters that are not the same as one before: fewer are a pattern that somebody typed, and of
    /// 16 random digits nearly all have more.
    pub const FEWEST: usize = 6;

    /// The passphrase `text`, without the line end that an editor or `echo` left.
    ///
    /// ```
    /// use tokenward_keys::{KekError, Passphrase, PassphraseCost};
    ///
    /// assert!(Passphrase::new("correct horse battery\n", PassphraseCost::DEFAULT).is_ok());
    /// let error = Passphrase::new("fourteen chars", PassphraseCost::DEFAULT).unwrap_err();
    /// assert_eq!(error, KekError::ShortPassphrase);
    /// let error = Passphrase::new("aaaaaaaaaaaaaaaa", PassphraseCost::DEFAULT).unwrap_err();
    /// assert_eq!(error, KekError::PlainPassphrase);
    /// ```
    pub fn new(text: &str, cost: PassphraseCost) -> Result<Self, KekError> {
        let text = text.trim_end_matches(['\r', '\n']);
        if text.chars().count() < Self::SHORTEST {
            return Err(KekError::ShortPassphrase);
        }
        if text.chars().collect::<BTreeSet<_>>().len() < Self::FEWEST {
            return Err(KekError::PlainPassphrase);
        }
        cost.params()?;
        Ok(Self { text: Arc::new(Zeroizing::new(text.to_owned())), cost })
    }

    /// The key-encryption key that it makes with `salt`.
    async fn kek(&self, salt: [u8; SALT]) -> Result<Kek, WrapError> {
        let Self { text, cost } = self.clone();
        spawn_blocking(move || stretch(text.as_bytes(), salt, cost))
            .await
            .map_err(WrapError::failed)?
            .map_err(WrapError::failed)
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(..)")
    }
}

/// What it wraps begins with a salt of its own.
#[async_trait]
impl KeyWrap for Passphrase {
    fn name(&self) -> &'static str {
        "passphrase"
    }

    async fn wrap(&self, key: &Secret256, context: &WrapContext) -> Result<Vec<u8>, WrapError> {
        let salt: [u8; SALT] = crypto::random();
        let mut sealed = self.kek(salt).await?.wrap(key, context).await?;
        let mut wrapped = salt.to_vec();
        wrapped.append(&mut sealed);
        Ok(wrapped)
    }

    async fn unwrap(&self, wrapped: &[u8], context: &WrapContext) -> Result<Secret256, WrapError> {
        let (salt, sealed) = wrapped.split_first_chunk().ok_or(WrapError::OtherKey)?;
        self.kek(*salt).await?.unwrap(sealed, context).await
    }
}

fn stretch(text: &[u8], salt: [u8; SALT], cost: PassphraseCost) -> Result<Kek, KekError> {
    let mut bytes = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, cost.params()?)
        .hash_password_into(text, &salt, bytes.as_mut())
        .map_err(KekError::Argon2)?;
    Ok(Kek::new(Secret256::from_bytes(*bytes)))
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

    fn params(self) -> Result<Params, KekError> {
        Params::new(self.memory_kib, self.passes, self.lanes, Some(32)).map_err(KekError::Argon2)
    }
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
    #[error("a passphrase has at least {} characters: choose a longer one", Passphrase::SHORTEST)]
    ShortPassphrase,
    /// The passphrase repeats a few characters.
    #[error(
        "the passphrase has under {} different characters; take several random words",
        Passphrase::FEWEST
    )]
    PlainPassphrase,
    /// Argon2 refused its parameters, or found no memory.
    #[error("the passphrase could not be stretched")]
    Argon2(#[source] argon2::Error),
}

/// In bytes: what RFC 9106 § 3.1 recommends.
const SALT: usize = 16;
