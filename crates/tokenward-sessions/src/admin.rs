//! Credentials of administrators over TCP: hashed at rest, expiring, scoped.

use std::collections::BTreeSet;
use std::fmt;

use async_trait::async_trait;
use tokenward::{BackendError, UnixTime};

/// What an administrator's token may do.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum AdminScope {
    /// List and show everything that is not secret.
    Read,
    /// Rotate, compromise and import keys.
    Keys,
    /// End sessions.
    Sessions,
    /// Revoke.
    Revocations,
    /// Add, change and remove services.
    Services,
}

impl AdminScope {
    /// Every scope.
    pub const ALL: [Self; 5] =
        [Self::Read, Self::Keys, Self::Sessions, Self::Revocations, Self::Services];
}

crate::session::names!(
    AdminScope, "admin scope",
    Read => "read",
    Keys => "keys",
    Sessions => "sessions",
    Revocations => "revocations",
    Services => "services",
);

use crate::session::UnknownName;
use std::str::FromStr;

/// An administrator's token, as it is stored.
#[derive(Clone, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "whoever makes a token decides on every field")]
pub struct AdminTokenRecord {
    /// `AdminToken::hash`.
    pub hash: [u8; 32],
    /// What its owner calls it; one token per label.
    pub label: String,
    /// What it may do.
    pub scopes: BTreeSet<AdminScope>,
    /// When it was made.
    pub created_at: UnixTime,
    /// When it stops being accepted.
    pub ends_at: UnixTime,
}

impl fmt::Debug for AdminTokenRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AdminTokenRecord")
            .field("label", &self.label)
            .field("scopes", &self.scopes)
            .field("ends_at", &self.ends_at)
            .finish_non_exhaustive()
    }
}

/// Where administrators' tokens are kept.
#[async_trait]
pub trait AdminTokenStore: Send + Sync + 'static {
    /// Stores a token, in place of an earlier one with the same label.
    async fn add_admin_token(&self, token: AdminTokenRecord) -> Result<(), BackendError>;

    /// The token with this hash, if it has not ended at `now`.
    ///
    /// The look-up is by hash: 256 random bits leave nothing to learn from its time.
    async fn admin_token(
        &self,
        hash: &[u8; 32],
        now: UnixTime,
    ) -> Result<Option<AdminTokenRecord>, BackendError>;

    /// Every token, ended ones too until they are pruned, by label.
    async fn list_admin_tokens(&self) -> Result<Vec<AdminTokenRecord>, BackendError>;

    /// Removes the token with this label; `false` if there was none.
    async fn remove_admin_token(&self, label: &str) -> Result<bool, BackendError>;
}
