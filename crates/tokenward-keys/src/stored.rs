//! The stored form of a key, and the store that keeps it.
//!
//! **Invariant:** a store decides nothing. It writes what the plan says, or, if anything it was to change
//! has changed meanwhile, it writes nothing at all.

use std::fmt;

use async_trait::async_trait;
use tokenward::{Algorithm, Audience, BackendError, KeyId, UnixTime, VerifyingKey};

use crate::custody::CustodyError;
use crate::order::{KeyLabel, KeyOrder, Unfinished};

/// The state of a signing key, by name.
///
/// The typed states of [`crate::lifecycle`] are what the code works with; this is what is written down.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum KeyState {
    /// Public, signs nothing yet.
    Standby,
    /// Signs.
    Active,
    /// Signs nothing any more; its tokens still verify. Its private half is destroyed.
    Retiring,
    /// In the key history alone.
    Retired,
    /// Neither signs nor verifies, for ever.
    Compromised,
}

impl KeyState {
    /// The lower-case name, as stored and as printed by `keys list`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standby => "standby",
            Self::Active => "active",
            Self::Retiring => "retiring",
            Self::Retired => "retired",
            Self::Compromised => "compromised",
        }
    }

    /// Whether a key in this state stands in the published key set.
    #[must_use]
    pub const fn is_published(self) -> bool {
        matches!(self, Self::Standby | Self::Active | Self::Retiring)
    }

    /// Whether a key in this state has a private half here: it signs, or is to.
    #[must_use]
    pub const fn signs(self) -> bool {
        matches!(self, Self::Standby | Self::Active)
    }
}

impl fmt::Display for KeyState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no [`KeyState`].
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a key state is one of `standby`, `active`, `retiring`, `retired`, `compromised`")]
#[non_exhaustive]
pub struct UnknownState;

impl std::str::FromStr for KeyState {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<Self, UnknownState> {
        [Self::Standby, Self::Active, Self::Retiring, Self::Retired, Self::Compromised]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or(UnknownState)
    }
}

/// A signing key as a store keeps it.
///
/// Times are the store's: one clock for all of them. [`crate::lifecycle::AnyKey`] is the form that the
/// code may change.
#[derive(Clone, Eq, PartialEq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a store must keep every field, so a new one must not compile unnoticed"
)]
pub struct StoredKey {
    /// The `kid`, unique within the audience.
    pub id: KeyId,
    /// The audience whose tokens it signs.
    pub audience: Audience,
    /// The one algorithm of the key.
    pub algorithm: Algorithm,
    /// The public half: a JWK, as JSON, with no private member.
    pub public: String,
    /// Where it is in its life.
    pub state: KeyState,
    /// The custody that holds the private half, for example `sealed`; `none` for an imported key.
    pub custody: String,
    /// What the custody needs in order to sign: the sealed private half, or the name of a key elsewhere.
    /// `None` once the private half is destroyed.
    pub handle: Option<Vec<u8>>,
    /// When it was made, or imported.
    pub created_at: UnixTime,
    /// When it joined the published key set.
    pub published_at: UnixTime,
    /// When it began to sign.
    pub activated_at: Option<UnixTime>,
    /// When it ceased to sign.
    pub retired_at: Option<UnixTime>,
    /// When it left the published key set because no good token of it could remain.
    pub withdrawn_at: Option<UnixTime>,
    /// When an operator said that it may have leaked.
    pub compromised_at: Option<UnixTime>,
    /// Whether it was made elsewhere: such a key never signs here.
    pub imported: bool,
    /// The last instant at which a token of this key may be accepted, once that is known.
    pub verify_until: Option<UnixTime>,
    /// Grows by one with each change: the fencing token of the compare-and-swap.
    pub epoch: u64,
}

impl StoredKey {
    /// The public half, if it can be read and is of the row's algorithm.
    pub fn public_half(&self) -> Result<VerifyingKey, CustodyError> {
        VerifyingKey::from_jwk(self.public.as_bytes())
            .ok()
            .filter(|public| public.algorithm() == self.algorithm)
            .ok_or_else(|| CustodyError::Damaged { key: self.id.clone() })
    }
}

impl fmt::Debug for StoredKey {
    /// Shows whether there is a private half, never the handle to it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredKey")
            .field("id", &self.id)
            .field("audience", &self.audience)
            .field("algorithm", &self.algorithm)
            .field("state", &self.state)
            .field("custody", &self.custody)
            .field("has_handle", &self.handle.is_some())
            .field("epoch", &self.epoch)
            .finish_non_exhaustive()
    }
}

/// One change to the keys of an audience.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a store must carry out every change there is")]
pub enum KeyChange {
    /// Adds a key.
    Insert(StoredKey),
    /// Replaces the key with the same id, if its epoch is still this one.
    Replace {
        /// The epoch that the stored key must have.
        epoch: u64,
        /// What to store instead; its own epoch is greater.
        key: StoredKey,
    },
    /// Writes down that a custody is about to be asked for a key.
    Order(KeyOrder),
    /// Takes an order away, because its key is among the changes.
    Fulfill(KeyLabel),
    /// Keeps the key of an order from ever being stored.
    GiveUp {
        /// The order.
        label: KeyLabel,
        /// Since when.
        at: UnixTime,
    },
    /// Takes an order away that was given up: nothing is left of it. There may be none.
    Forget(KeyLabel),
    /// Writes down that the private half of a key is to be destroyed.
    Owe {
        /// The key.
        id: KeyId,
        /// The handle that it loses.
        handle: Vec<u8>,
    },
    /// The private half is destroyed. Nothing may be owed.
    Settle(KeyId),
}

/// Where keys are kept.
#[async_trait]
pub trait KeyStore: Send + Sync + 'static {
    /// Every key of `audience`, retired and compromised ones too, ordered by `created_at`, then by id.
    async fn keys(&self, audience: &Audience) -> Result<Vec<StoredKey>, BackendError>;

    /// Makes all `changes`, in this order, in one durable transaction, or none of them.
    ///
    /// The answer is [`Conflict`](tokenward::BackendErrorKind::Conflict), and nothing is changed, if a
    /// key to be replaced is missing or has another epoch, if an inserted id exists in the audience, or
    /// if the audience would end up with two [`KeyState::Active`] keys, or if an inserted key is active and
    /// the audience has, in whatever state, another that was not imported (of two authorities that start
    /// on an empty store, the slower must not begin to sign with a key that some verifier may lack), or if
    /// an order is written under a label that exists, or one is fulfilled or given up that is missing or was
    /// given up before. A handle that a change removes, and none owes, is gone from the file too when this
    /// returns.
    async fn apply(&self, audience: &Audience, changes: Vec<KeyChange>)
    -> Result<(), BackendError>;

    /// What is begun and not finished of `audience`.
    async fn unfinished(&self, audience: &Audience) -> Result<Unfinished, BackendError>;

    /// Whether no other process uses the store while this one does, so that whatever it finds begun at its
    /// start was begun by one that is dead.
    fn is_exclusive(&self) -> bool {
        false
    }

    /// The store's own clock, read now; `None` if it has none but this machine's, as an embedded one.
    ///
    /// A replica whose clock is off by more than S from this one signs nothing.
    async fn clock(&self) -> Result<Option<UnixTime>, BackendError> {
        Ok(None)
    }

    /// The secret called `name`; if there is none yet, `fresh` becomes it. The caller has sealed it, or
    /// it is no secret at all, such as a salt.
    async fn sealed_secret(&self, name: &str, fresh: Vec<u8>) -> Result<Vec<u8>, BackendError>;

    /// The secret called `name`, if there is one.
    async fn secret(&self, name: &str) -> Result<Option<Vec<u8>>, BackendError>;

    /// Puts `fresh` in the place of the secret called `name`, in one durable step.
    ///
    /// The answer is [`Conflict`](tokenward::BackendErrorKind::Conflict), and nothing is changed, if that
    /// secret is not `known`. What was replaced is gone from the file too when this returns.
    async fn replace_secret(
        &self,
        name: &str,
        known: &[u8],
        fresh: Vec<u8>,
    ) -> Result<(), BackendError>;
}
