//! Which token has which place on the status lists that others read, and what is known of each.
//!
//! A Token Status List (draft-ietf-oauth-status-list) tells a token's status by a bit, and readers know
//! nothing of sessions or subjects. So each token that names its place is entered here with everything
//! that a revocation can be about; whether its bit is set is then asked of the [`View`](crate::View) that
//! every other verdict comes from, and no kind of revocation can be forgotten.

use std::fmt;
use std::str::FromStr;

use async_trait::async_trait;
use tokenward::{Audience, BackendError, Jti, KeyId, SessionId, Subject, TokenVersion, UnixTime};

use crate::{DenseId, Facts};

#[cfg(test)]
mod tests;

/// The name of a status list: the tokens of one audience that one shard has minted and that end within
/// one minute. The index of a token's [`DenseId`] is its index there.
///
/// ```
/// use tokenward_revocation::{DenseId, StatusListId};
///
/// let list = StatusListId::of(DenseId { minute: 29_000_000, shard: 7, index: 41 });
/// assert_eq!(list.to_string(), "29000000-7");
/// assert_eq!("29000000-7".parse(), Ok(list));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[expect(clippy::exhaustive_structs, reason = "the name of a list does not grow")]
pub struct StatusListId {
    /// The minute in which its tokens end, counted from the epoch: `exp` rounded up.
    pub minute: u32,
    /// Who minted them.
    pub shard: u16,
}

/// No status list is called so.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("no status list is called so; a name is a minute, a dash and a shard")]
#[non_exhaustive]
pub struct InvalidStatusListId;

impl StatusListId {
    /// The list that the token with this id is on.
    #[must_use]
    pub const fn of(id: DenseId) -> Self {
        Self { minute: id.minute, shard: id.shard }
    }
}

impl fmt::Display for StatusListId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.minute, self.shard)
    }
}

impl FromStr for StatusListId {
    type Err = InvalidStatusListId;

    fn from_str(text: &str) -> Result<Self, InvalidStatusListId> {
        let read = || {
            let (minute, shard) = text.split_once('-')?;
            Some(Self { minute: minute.parse().ok()?, shard: shard.parse().ok()? })
        };
        // One list has one name: no leading zeros, no plus sign.
        read().filter(|id| id.to_string() == text).ok_or(InvalidStatusListId)
    }
}

/// A token that names its place on a status list.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "whoever mints a token knows all of it")]
pub struct StatusEntry {
    /// Its place.
    pub place: DenseId,
    /// Its `jti`, which names that place.
    pub token_id: Jti,
    /// Its `sid`.
    pub session_id: Option<SessionId>,
    /// Its `sub`.
    pub subject: Subject,
    /// Its `ver`.
    pub token_version: Option<TokenVersion>,
    /// Its `iat`.
    pub issued_at: UnixTime,
    /// The `kid` of the key that signs it.
    pub key_id: KeyId,
}

impl StatusEntry {
    /// What a revocation can be about.
    #[must_use]
    pub const fn facts(&self) -> Facts<'_> {
        Facts {
            token_id: &self.token_id,
            session_id: self.session_id.as_ref(),
            subject: &self.subject,
            token_version: self.token_version,
            issued_at: self.issued_at,
            key_id: Some(&self.key_id),
        }
    }
}

/// Where the entries of the status lists are kept. What has ended is dropped by the minute, so there are as
/// many as there are live tokens with a place.
#[async_trait]
pub trait StatusStore: Send + Sync + 'static {
    /// Enters a token of `audience`, durably: whoever is answered may sign it. A place that is taken is a
    /// [`Conflict`](tokenward::BackendErrorKind::Conflict).
    async fn enter_status(
        &self,
        audience: &Audience,
        entry: StatusEntry,
    ) -> Result<(), BackendError>;

    /// Up to `limit` tokens of a list whose index is `from` or higher, in the order of their indices.
    async fn statuses(
        &self,
        audience: &Audience,
        list: StatusListId,
        from: u32,
        limit: usize,
    ) -> Result<Vec<StatusEntry>, BackendError>;

    /// The lists of `audience` that have an entry, from the minute `from` on, in ascending order.
    async fn status_lists(
        &self,
        audience: &Audience,
        from: u32,
    ) -> Result<Vec<StatusListId>, BackendError>;

    /// Forgets the lists of the minutes before `minute`, with all that is on them; how many entries.
    async fn prune_statuses(&self, minute: u32) -> Result<u64, BackendError>;
}
