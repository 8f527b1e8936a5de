//! A store that another replica adds to, one revocation ahead of us.

use async_trait::async_trait;
use tokenward::{Audience, BackendError, Jti, UnixTime};
use tokenward_revocation::{EventSource, EventStore, OutgoingEvent, Seq};
use tokenward_sqlite::SqliteStore;

pub(super) struct Raced(pub(super) SqliteStore);

#[async_trait]
impl EventStore for Raced {
    async fn events_head(&self, source: EventSource) -> Result<Option<Seq>, BackendError> {
        self.0.events_head(source).await
    }

    async fn add_events(
        &self,
        source: EventSource,
        from: Option<Seq>,
        to: Seq,
        events: Vec<OutgoingEvent>,
    ) -> Result<(), BackendError> {
        // It had read when there was one revocation less.
        let next = from.map(|head| Seq::new(head.get().saturating_add(1)));
        if let Some(next) = next.filter(|next| *next < to) {
            self.0.add_events(source, from, next, Vec::new()).await?;
        }
        self.0.add_events(source, from, to, events).await
    }

    async fn events_for(
        &self,
        receiver: &str,
        audiences: &[Audience],
        limit: usize,
    ) -> Result<Vec<OutgoingEvent>, BackendError> {
        self.0.events_for(receiver, audiences, limit).await
    }

    async fn settle_events(&self, receiver: &str, events: Vec<Jti>) -> Result<u64, BackendError> {
        self.0.settle_events(receiver, events).await
    }

    async fn retain_events(&self, wanted: &[(String, Audience)]) -> Result<u64, BackendError> {
        self.0.retain_events(wanted).await
    }

    async fn count_events(&self, receiver: &str) -> Result<u64, BackendError> {
        self.0.count_events(receiver).await
    }

    async fn drop_events(
        &self,
        receiver: &str,
        before: UnixTime,
        most: usize,
    ) -> Result<u64, BackendError> {
        self.0.drop_events(receiver, before, most).await
    }
}
