//! The store key: everything that is sealed in a store is sealed under it, and it alone under the
//! key-encryption key.
//!
//! ```text
//! key-encryption key ──wraps──▶ store key ──▶ private keys, session data, secrets of the feed
//! ```
//!
//! So a new key-encryption key rewraps 32 bytes, in one write, and nothing else notices.
//!
//! **Invariant:** at every moment the store holds the store key exactly once, under exactly one
//! key-encryption key: the old one or the new.

use std::error::Error;
use std::fmt;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tokenward::crypto::Secret256;
use tokenward::{BackendError, BackendErrorKind, b64};

use crate::stored::KeyStore;

#[cfg(test)]
mod tests;

/// Whoever can wrap the store key, and nobody else can unwrap: a key in this process, or a service that
/// lets nobody see its own.
#[async_trait]
pub trait KeyWrap: Send + Sync + fmt::Debug + 'static {
    /// What it is, as it is stored beside what it wrapped: `key-file`, `passphrase`, `vault-transit`.
    fn name(&self) -> &'static str;

    /// Wraps `key`, bound to `context`.
    async fn wrap(&self, key: &Secret256, context: &WrapContext) -> Result<Vec<u8>, WrapError>;

    /// What [`Self::wrap`] wrapped with the same `context`.
    async fn unwrap(&self, wrapped: &[u8], context: &WrapContext) -> Result<Secret256, WrapError>;
}

/// What a wrapped store key is bound to: its use, and the environment it is used in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WrapContext {
    environment: String,
}

impl WrapContext {
    /// The context of a store in `environment`.
    #[must_use]
    pub fn new(environment: impl Into<String>) -> Self {
        Self { environment: environment.into() }
    }

    /// As associated data (RFC 5116 § 2.1).
    ///
    /// ```
    /// let context = tokenward_keys::WrapContext::new("prod");
    /// assert_eq!(context.bytes(), b"tokenward store key v1\nprod");
    /// ```
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        format!("{PURPOSE}\n{}", self.environment).into_bytes()
    }

    /// As names and values, for services that bind to these.
    ///
    /// ```
    /// let context = tokenward_keys::WrapContext::new("prod");
    /// assert_eq!(context.pairs(), [("purpose", "tokenward store key v1"), ("environment", "prod")]);
    /// ```
    #[must_use]
    pub fn pairs(&self) -> [(&'static str, &str); 2] {
        [("purpose", PURPOSE), ("environment", &self.environment)]
    }
}

/// A key was not wrapped, or not unwrapped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WrapError {
    /// It was wrapped by another key, for another context, or was altered.
    #[error("it was wrapped by another key-encryption key, or altered since")]
    OtherKey,
    /// Whoever wraps did not answer, or refused.
    #[error(transparent)]
    Failed(Box<dyn Error + Send + Sync>),
}

impl WrapError {
    /// `error`, of whoever wraps.
    pub fn failed(error: impl Error + Send + Sync + 'static) -> Self {
        Self::Failed(Box::new(error))
    }

    /// The key of these `bytes`, which are 32.
    ///
    /// ```
    /// # use tokenward_keys::WrapError;
    /// assert!(WrapError::key_of(&[7; 32]).is_ok());
    /// assert!(matches!(WrapError::key_of(&[7; 31]), Err(WrapError::OtherKey)));
    /// ```
    pub fn key_of(bytes: &[u8]) -> Result<Secret256, Self> {
        <[u8; 32]>::try_from(bytes).map(Secret256::from_bytes).map_err(|_| Self::OtherKey)
    }
}

/// The key that everything in one store is sealed under. It has no way to be shown.
#[derive(Clone, Debug)]
pub struct StoreKey {
    secret: Secret256,
    id: String,
}

impl StoreKey {
    /// The store key `secret`.
    #[must_use]
    pub fn new(secret: Secret256) -> Self {
        let fingerprint = secret.derive(b"tokenward store key id v1");
        let [a, b, c, d, ..] = *fingerprint.expose();
        let id = format!("{:08x}", u32::from_be_bytes([a, b, c, d]));
        Self { secret, id }
    }

    /// The key of `store`, which `kek` opens; makes one in a store that has none.
    pub async fn open(
        store: &dyn KeyStore,
        kek: &dyn KeyWrap,
        context: &WrapContext,
    ) -> Result<Self, StoreKeyError> {
        let stored = if let Some(stored) = stored(store).await? {
            stored
        } else {
            let fresh = wrapped(&Secret256::random(), kek, context).await?;
            // Of two that begin at once, the slower takes the key of the faster.
            store.sealed_secret(NAME, fresh).await.map_err(StoreKeyError::Store)?
        };
        unwrapped(&stored, kek, context).await.map(Self::new)
    }

    /// Wraps the key of `store` by `new` in the place of `old`, durably and at once. Safe to repeat.
    ///
    /// Nothing that is sealed under the key changes, so a process that has it open goes on.
    pub async fn rewrap(
        store: &dyn KeyStore,
        [old, new]: [&dyn KeyWrap; 2],
        context: &WrapContext,
    ) -> Result<Rewrapped, StoreKeyError> {
        let stored = stored(store).await?.ok_or(StoreKeyError::None)?;
        let key = match unwrapped(&stored, old, context).await {
            Ok(key) => key,
            Err(error) => {
                let done = unwrapped(&stored, new, context).await.is_ok();
                return if done { Ok(Rewrapped::Before) } else { Err(error) };
            }
        };
        let not_taken = |error| StoreKeyError::NotTaken(Box::new(error));
        let fresh = wrapped(&key, new, context).await.map_err(not_taken)?;
        // The old way in is given up only for one that has been seen to work.
        unwrapped(&fresh, new, context).await.map_err(not_taken)?;
        let is_same = unwrapped(&fresh, old, context).await.is_ok();
        store.replace_secret(NAME, &stored, fresh).await.map_err(|error| match error.kind() {
            BackendErrorKind::Conflict => StoreKeyError::Changed,
            _ => StoreKeyError::Store(error),
        })?;
        Ok(if is_same { Rewrapped::BySame } else { Rewrapped::ByAnother })
    }

    /// Names the key without telling anything of it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// A secret for `purpose`, for what is sealed beside signing keys.
    #[must_use]
    pub fn derive(&self, purpose: &[u8]) -> Secret256 {
        self.secret.derive(purpose)
    }

    pub(crate) const fn secret(&self) -> &Secret256 {
        &self.secret
    }
}

/// What came of [`StoreKey::rewrap`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "what an operator may destroy depends on it")]
pub enum Rewrapped {
    /// The new key-encryption key opens the store now, and the old one no more.
    ByAnother,
    /// Both are the same: whoever destroyed the old one would lose the store.
    BySame,
    /// Nothing was to be done: the new one opens the store already, and the old one no more.
    Before,
}

/// The store key could not be opened, or not be rewrapped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreKeyError {
    /// The store is sealed by a key-encryption key of another kind.
    #[error(
        "the store is sealed with `{sealed_by}`, and this is `{given}`; name the one that it was made with, or \
         change it with `tokenward keys rewrap`"
    )]
    OtherKind {
        /// What sealed it.
        sealed_by: String,
        /// What is at hand.
        given: &'static str,
    },
    /// The store belongs to another environment.
    #[error(
        "the store belongs to environment \"{made_for}\"; restore `environment`, or start with an empty store"
    )]
    OtherEnvironment {
        /// The environment it was made in.
        made_for: String,
    },
    /// The store is sealed by another key-encryption key.
    #[error("the store was sealed under another; use the one that it was made with")]
    OtherKek,
    /// Whoever wraps did not answer, or refused.
    #[error("the key of the store could not be opened")]
    Wrap(#[source] WrapError),
    /// What is stored is no store key.
    #[error("the key of the store is damaged; restore a backup")]
    Damaged,
    /// The store was sealed before there were store keys.
    #[error(
        "the store was sealed by a version from before the first release; start with an empty store"
    )]
    OldForm,
    /// The store has no key to rewrap.
    #[error("the store is empty; there is nothing to rewrap")]
    None,
    /// The new key-encryption key does not work. The old one stays.
    #[error("this key-encryption key was not taken, and the old one stays")]
    NotTaken(#[source] Box<Self>),
    /// Somebody else has rewrapped meanwhile.
    #[error("somebody else has rewrapped the key of the store meanwhile; look what they did")]
    Changed,
    /// The store did not answer.
    #[error("the store failed")]
    Store(#[source] BackendError),
}

/// How the key stands in the store, as JSON.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    /// The version of this form.
    v: u8,
    /// The environment. It only explains a failure; what was wrapped is bound to the true one.
    environment: String,
    /// Who wrapped it: [`KeyWrap::name`].
    kek: String,
    /// The wrapped key, base64url.
    wrapped: String,
    /// Derived from the key: whoever unwraps must not be able to slip in another.
    check: String,
}

async fn stored(store: &dyn KeyStore) -> Result<Option<Vec<u8>>, StoreKeyError> {
    let read = async |name| store.secret(name).await.map_err(StoreKeyError::Store);
    match read(NAME).await? {
        None if read(OLD_FORM).await?.is_some() => Err(StoreKeyError::OldForm),
        stored => Ok(stored),
    }
}

async fn wrapped(
    key: &Secret256,
    kek: &dyn KeyWrap,
    context: &WrapContext,
) -> Result<Vec<u8>, StoreKeyError> {
    let wrapped = kek.wrap(key, context).await.map_err(StoreKeyError::Wrap)?;
    let envelope = Envelope {
        v: VERSION,
        environment: context.environment.clone(),
        kek: kek.name().to_owned(),
        wrapped: b64::encode(&wrapped),
        check: check(key),
    };
    serde_json::to_vec(&envelope).map_err(|error| StoreKeyError::Wrap(WrapError::failed(error)))
}

async fn unwrapped(
    stored: &[u8],
    kek: &dyn KeyWrap,
    context: &WrapContext,
) -> Result<Secret256, StoreKeyError> {
    let envelope: Envelope = serde_json::from_slice(stored)
        .ok()
        .filter(|envelope: &Envelope| envelope.v == VERSION)
        .ok_or(StoreKeyError::Damaged)?;
    if envelope.environment != context.environment {
        return Err(StoreKeyError::OtherEnvironment { made_for: envelope.environment });
    }
    if envelope.kek != kek.name() {
        let (sealed_by, given) = (envelope.kek, kek.name());
        return Err(StoreKeyError::OtherKind { sealed_by, given });
    }
    let wrapped = b64::decode(&envelope.wrapped).map_err(|_| StoreKeyError::Damaged)?;
    let key = kek.unwrap(&wrapped, context).await.map_err(|error| match error {
        WrapError::OtherKey => StoreKeyError::OtherKek,
        error @ WrapError::Failed(_) => StoreKeyError::Wrap(error),
    })?;
    if check(&key) == envelope.check { Ok(key) } else { Err(StoreKeyError::Damaged) }
}

fn check(key: &Secret256) -> String {
    b64::encode(key.derive(b"tokenward store key check v1").expose())
}

/// Under this name the store keeps its key.
const NAME: &str = "store-key";
/// What was under this name tells a store that was sealed by the key-encryption key itself.
const OLD_FORM: &str = "kek-check";
const PURPOSE: &str = "tokenward store key v1";
const VERSION: u8 = 1;
