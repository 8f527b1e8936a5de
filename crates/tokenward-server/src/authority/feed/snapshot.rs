//! Snapshots of a feed, each made once for all who ask meanwhile.
//!
//! While a set is written out, nothing can be added to it: every revocation waits, and with it its caller.
//!
//! **Invariant:** however many ask, and hang up, one snapshot of an audience is made at a time, and none
//! follows at once on one that took long.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokenward::{Audience, BackendError, BackendErrorKind, UnixTime};
use tokenward_revocation::Seq;
use tokio::sync::Mutex;

use super::{Feed, Hub, bug};
use crate::authority::shared::Made;
use crate::authority::unbroken;

#[cfg(test)]
mod tests;

/// The last snapshot of a feed. Whoever makes one holds the lock.
#[derive(Default)]
pub(super) struct Snapshots(Arc<Mutex<Option<Snapshot>>>);

struct Snapshot {
    bytes: Bytes,
    made: Made,
}

impl Snapshots {
    /// Gives the memory of one back that serves nobody any more.
    pub(super) fn tidy(&self, now: UnixTime) {
        if let Ok(mut kept) = self.0.try_lock() {
            // With a head that moves no more, none serves for longer.
            kept.take_if(|snapshot| !snapshot.serves(now, snapshot.made.head));
        }
    }
}

impl Snapshot {
    fn new(bytes: Vec<u8>, began: UnixTime, ended: UnixTime, head: Seq) -> Self {
        // A set is written out for a fifth of the time at most.
        let rest = ended.since(began).saturating_mul(4).min(LONGEST);
        let made = Made { began, head, rests_until: ended.saturating_add(rest) };
        Self { bytes: Bytes::from(bytes), made }
    }

    /// Whether it may be sent at `now`, when the views know everything up to `head`. What has happened since is
    /// on the feed after it.
    fn serves(&self, now: UnixTime, head: Seq) -> bool {
        self.made.serves(now, head, YOUNG)
    }
}

impl Hub {
    /// Everything that is live for `audience`, signed; `None` if there is no such audience.
    pub(in crate::authority) async fn snapshot(
        self: &Arc<Self>,
        audience: &Audience,
    ) -> Result<Option<Bytes>, BackendError> {
        let Some(feed) = self.feeds.get(audience) else { return Ok(None) };
        let mut kept = Arc::clone(&feed.snapshots.0).lock_owned().await;
        let (now, head) = (self.clock.now(), self.head().await);
        if let Some(snapshot) = kept.as_ref().filter(|snapshot| snapshot.serves(now, head)) {
            return Ok(Some(snapshot.bytes.clone()));
        }
        let (hub, feed) = (Arc::clone(self), Arc::clone(feed));
        // A task of its own: whoever hangs up must not have all of it done again for the next.
        let work = async move {
            // Two of them would take twice the memory.
            *kept = None;
            let snapshot = hub.write_out(feed).await?;
            let bytes = snapshot.bytes.clone();
            *kept = Some(snapshot);
            Ok(Some(bytes))
        };
        unbroken(work).await
    }

    async fn write_out(&self, feed: Arc<Feed>) -> Result<Snapshot, BackendError> {
        let time = self.clock.now();
        self.catch_up().await?;
        if let Some(stale) = feed.view.staleness(time) {
            // Whoever took it would not know that something is missing.
            return Err(BackendError::new(BackendErrorKind::Unavailable, stale));
        }
        let known = self.head().await;
        let mut chain = feed.chain.lock().await;
        self.extend(&feed, &mut chain).await?;
        let (head, hash) = chain.head();
        drop(chain);
        // The view may learn more meanwhile, which is no harm: a snapshot only has to hold what it says.
        let work = move || feed.signer.snapshot(head, hash, time, &feed.view);
        let bytes = tokio::task::spawn_blocking(work).await.map_err(bug)?.map_err(bug)?;
        Ok(Snapshot::new(bytes, time, self.clock.now(), known))
    }
}

/// How long one serves while nothing new is known.
const YOUNG: Duration = Duration::from_secs(1);
/// How long one serves at most after it took long: far less than frames are kept.
const LONGEST: Duration = Duration::from_secs(10);
