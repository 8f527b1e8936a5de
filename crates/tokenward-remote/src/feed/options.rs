//! How long a feed waits, and how much it takes.

use std::time::Duration;

use tokenward_revocation::feed::SNAPSHOT_BYTES;

/// Bounds of a [`FeedClient`](super::FeedClient).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FeedOptions {
    /// A stream without a message for so long is dead: five heartbeats.
    pub silence: Duration,
    /// The longest snapshot, in bytes: that of a set that is full but for one, some 1.2 GB.
    pub snapshot_bytes: usize,
    /// How long a snapshot may take.
    pub snapshot_timeout: Duration,
    /// The longest message of the stream, in bytes.
    pub event_bytes: usize,
    /// The first and the longest wait between two attempts.
    pub retry: (Duration, Duration),
    /// How often what is known is written to disk, where it is kept there.
    pub keep_every: Duration,
    /// How long the authority is followed instead of a [`Source`](tokenward_revocation::Source) that has failed.
    pub detour: Duration,
    /// How long at least lies between two snapshots that are fetched only because what is kept on disk has
    /// grown long: as long as the authority's own stream lasts.
    pub renew_every: Duration,
}

impl Default for FeedOptions {
    fn default() -> Self {
        Self {
            silence: Duration::from_secs(5),
            snapshot_bytes: SNAPSHOT_BYTES,
            snapshot_timeout: Duration::from_secs(60),
            event_bytes: 16 << 20,
            retry: (Duration::from_millis(200), Duration::from_secs(2)),
            keep_every: Duration::from_secs(5),
            detour: Duration::from_secs(30),
            renew_every: Duration::from_secs(900),
        }
    }
}
