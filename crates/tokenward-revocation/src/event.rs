//! What others' systems are to be told of sessions that ended, until they have it.

use async_trait::async_trait;
use tokenward::{Audience, BackendError, Jti, UnixTime};

use crate::Seq;

/// An event for one receiver, that it has not acknowledged yet.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a store fills in every field from its row")]
pub struct OutgoingEvent {
    /// Whom it is for: the name of a receiver in the configuration.
    pub receiver: String,
    /// Whose session it is about, and who says so: the issuer of this audience.
    pub audience: Audience,
    /// The name of the event, the same each time it is sent.
    pub token_id: Jti,
    /// The revocation that it tells of.
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
    /// The number up to which revocations have become events; `None` before the first.
    async fn events_head(&self) -> Result<Option<Seq>, BackendError>;

    /// Adds `events`, which tell of everything from `from` up to `to`, durably. If the head is not `from`,
    /// nothing changes, and the answer is [`Conflict`](tokenward::BackendErrorKind::Conflict): another
    /// replica was faster.
    async fn add_events(
        &self,
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
