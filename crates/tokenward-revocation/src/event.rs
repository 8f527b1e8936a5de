//! What others' systems are to be told of sessions, until they have it.

use std::fmt;
use std::str::FromStr;

use async_trait::async_trait;
use tokenward::{Audience, BackendError, Jti, SESSION_ESTABLISHED, SESSION_REVOKED, UnixTime};

use crate::Seq;

/// What has happened.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum EventKind {
    /// A session ended, or all of a subject (OpenID CAEP 1.0 § 3.1).
    SessionRevoked,
    /// A session began (CAEP 1.0 § 3.6).
    SessionEstablished,
    /// A session began on a device that the subject was not known to have.
    NewDevice,
    /// A spent refresh token was used again, so its session was ended: two held it.
    RefreshReuse,
}

impl EventKind {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::SessionRevoked, Self::SessionEstablished, Self::NewDevice, Self::RefreshReuse];

    /// Its name, in the configuration and in stores.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SessionRevoked => "session-revoked",
            Self::SessionEstablished => "session-established",
            Self::NewDevice => "new-device",
            Self::RefreshReuse => "refresh-reuse",
        }
    }

    /// Its name in security event tokens: a standard's, where there is one.
    #[must_use]
    pub const fn uri(self) -> &'static str {
        match self {
            Self::SessionRevoked => SESSION_REVOKED,
            Self::SessionEstablished => SESSION_ESTABLISHED,
            Self::NewDevice => "urn:tokenward:event-type:new-device",
            Self::RefreshReuse => "urn:tokenward:event-type:refresh-reuse",
        }
    }

    /// What it is told out of.
    #[must_use]
    pub const fn source(self) -> EventSource {
        match self {
            Self::SessionRevoked | Self::RefreshReuse => EventSource::Revocations,
            Self::SessionEstablished | Self::NewDevice => EventSource::Sessions,
        }
    }
}

/// Names no kind of event.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "is no kind of event; there are session-revoked, session-established, new-device and refresh-reuse"
)]
#[non_exhaustive]
pub struct UnknownEventKind;

impl FromStr for EventKind {
    type Err = UnknownEventKind;

    fn from_str(name: &str) -> Result<Self, UnknownEventKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name).ok_or(UnknownEventKind)
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Numbered facts that become events, each source for itself.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum EventSource {
    /// Revocations.
    Revocations,
    /// Sessions, as they begin.
    Sessions,
}

impl EventSource {
    /// Its name, in stores.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Revocations => "revocations",
            Self::Sessions => "sessions",
        }
    }
}

/// An event for one receiver, that it has not acknowledged yet.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a store fills in every field from its row")]
pub struct OutgoingEvent {
    /// Whom it is for: the name of a receiver in the configuration.
    pub receiver: String,
    /// Whose session it is about, and who says so: the issuer of this audience.
    pub audience: Audience,
    /// What has happened.
    pub kind: EventKind,
    /// The name of the event, the same each time it is sent.
    pub token_id: Jti,
    /// The number, in its source, of what it tells of.
    pub seq: Seq,
    /// When that was decided.
    pub happened_at: UnixTime,
    /// When it became an event.
    pub issued_at: UnixTime,
    /// Whom it is about: the `sub_id` of the token, in JSON.
    pub subject_id: String,
    /// What it says: the member of `events`, in JSON.
    pub event: String,
}

/// Where events are kept until their receiver has them.
#[async_trait]
pub trait EventStore: Send + Sync + 'static {
    /// The number up to which what `source` has became events; `None` before the first.
    async fn events_head(&self, source: EventSource) -> Result<Option<Seq>, BackendError>;

    /// Adds `events`, which tell of everything in `source` from `from` up to `to`, durably. If the head is not
    /// `from`, nothing changes, and the answer is [`Conflict`](tokenward::BackendErrorKind::Conflict): another
    /// replica was faster.
    async fn add_events(
        &self,
        source: EventSource,
        from: Option<Seq>,
        to: Seq,
        events: Vec<OutgoingEvent>,
    ) -> Result<(), BackendError>;

    /// Up to `limit` events for `receiver` about `audiences`, the oldest first.
    async fn events_for(
        &self,
        receiver: &str,
        audiences: &[Audience],
        limit: usize,
    ) -> Result<Vec<OutgoingEvent>, BackendError>;

    /// Forgets those of `events` that are for `receiver`, durably: it has them. How many they were.
    async fn settle_events(&self, receiver: &str, events: Vec<Jti>) -> Result<u64, BackendError>;

    /// Forgets every event but those for a receiver of `wanted` about the audience beside it; how many they
    /// were.
    async fn retain_events(&self, wanted: &[(String, Audience)]) -> Result<u64, BackendError>;

    /// How many events wait for `receiver`.
    async fn count_events(&self, receiver: &str) -> Result<u64, BackendError>;

    /// Forgets the events for `receiver` that became one before `before`, and of each audience the oldest of
    /// those beyond the number `most`; how many they were.
    async fn drop_events(
        &self,
        receiver: &str,
        before: UnixTime,
        most: usize,
    ) -> Result<u64, BackendError>;
}
