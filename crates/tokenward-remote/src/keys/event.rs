//! What happens to a key set, told once: subscribers, metrics, log and status all follow from it.

use std::sync::Arc;
use std::time::Duration;

use tokenward::{ErrorChain, UnixTime};
use tokio::sync::broadcast;

use super::{FetchCause, KeySetFetchError};

#[cfg(test)]
mod tests;

/// Something has happened to a key set.
///
/// Everything is in force already when it is told: who hears of a new set can verify with it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum KeySetEvent {
    /// A set was fetched, and serves.
    #[non_exhaustive]
    Refreshed {
        /// Why it was fetched.
        cause: FetchCause,
        /// Whether it differs from the one before.
        changed: bool,
        /// How many keys it has that verify tokens.
        keys: usize,
        /// How many members of it cannot be used and were left out.
        skipped: usize,
        /// How old the set before was in the end; `None` if there was none.
        age: Option<Duration>,
        /// How long it may be kept. It will be fetched anew before that.
        max_age: Duration,
        /// Until when it may serve, if it cannot be fetched anew.
        serves_until: UnixTime,
    },
    /// What was kept of an earlier fetch serves, until the first one succeeds.
    #[non_exhaustive]
    Restored {
        /// How many keys it has that verify tokens.
        keys: usize,
        /// When it was asked for.
        fetched_at: UnixTime,
        /// Until when it may serve, if it cannot be fetched anew.
        serves_until: UnixTime,
    },
    /// A fetch has failed. The last good set, if there is one, goes on serving for a while.
    #[non_exhaustive]
    Failed {
        /// Why it was to be fetched.
        cause: FetchCause,
        /// What was in the way.
        error: Arc<KeySetFetchError>,
        /// How many have failed in a row.
        failures: u32,
        /// Until when the last good set may serve; `None` if there never was one.
        serves_until: Option<UnixTime>,
    },
    /// The last good set has become too old: no token can be verified until a fetch succeeds.
    #[non_exhaustive]
    Stale {
        /// Since when.
        since: UnixTime,
    },
    /// A fetch has succeeded after others had failed. [`Refreshed`](Self::Refreshed) comes next.
    #[non_exhaustive]
    Recovered {
        /// How many had failed.
        failures: u32,
        /// Whether tokens could not be verified meanwhile.
        was_stale: bool,
    },
}

/// What happens to a key set, as it happens.
#[derive(Debug)]
pub struct KeySetEvents(broadcast::Receiver<KeySetEvent>);

impl KeySetEvents {
    /// Of so many events that nobody has listened to, the latest are kept.
    pub const KEPT: usize = 64;

    /// The next event; `None` once there will be no more.
    pub async fn next(&mut self) -> Option<KeySetEvent> {
        loop {
            match self.0.recv().await {
                Ok(event) => return Some(event),
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }

    pub(super) const fn new(receiver: broadcast::Receiver<KeySetEvent>) -> Self {
        Self(receiver)
    }
}

impl KeySetEvent {
    /// Counts it for the audience `name`.
    pub(super) fn count(&self, name: &str) {
        let fetched = |cause: FetchCause, outcome| {
            metrics::counter!(
                "tokenward_key_set_fetches_total",
                "audience" => name.to_owned(), "why" => cause.as_str(), "outcome" => outcome,
            )
            .increment(1);
        };
        let keys = |number: usize| {
            // Far below what a float can hold, or the set would not have been read.
            metrics::gauge!("tokenward_key_set_keys", "audience" => name.to_owned())
                .set(u32::try_from(number).map_or(f64::INFINITY, f64::from));
        };
        match self {
            Self::Refreshed { cause, keys: number, .. } => {
                fetched(*cause, "ok");
                keys(*number);
            }
            Self::Restored { keys: number, .. } => keys(*number),
            Self::Failed { cause, .. } => fetched(*cause, "failed"),
            Self::Stale { .. } => keys(0),
            Self::Recovered { .. } => {}
        }
    }

    /// Logs it for the set at `place`. `repeated`: it failed before in the very same way.
    pub(super) fn log(&self, place: &str, repeated: bool) {
        match self {
            Self::Refreshed { changed: true, keys, .. } => {
                tracing::info!(key_set = place, keys, "a new key set is in force");
            }
            Self::Refreshed { .. } => tracing::debug!(key_set = place, "the key set is unchanged"),
            Self::Restored { keys, fetched_at, serves_until } => tracing::info!(
                key_set = place, keys, %fetched_at, %serves_until,
                "the key set that was kept serves until one can be fetched"
            ),
            // A long outage fails every half minute in the same way; that is one line, not hundreds.
            Self::Failed { error, .. } if repeated => tracing::debug!(
                key_set = place, error = %ErrorChain::new(error),
                "the key set could still not be fetched"
            ),
            Self::Failed { error, serves_until: Some(until), .. } => tracing::warn!(
                key_set = place, error = %ErrorChain::new(error), serves_until = %until,
                "the key set could not be fetched; the last good one stays"
            ),
            Self::Failed { error, .. } => tracing::warn!(
                key_set = place, error = %ErrorChain::new(error),
                "the key set could not be fetched, and there is none yet"
            ),
            Self::Stale { .. } => {
                tracing::error!(
                    key_set = place,
                    "the key set is too old: no token can be verified"
                );
            }
            Self::Recovered { failures, .. } => {
                tracing::info!(key_set = place, failures, "the key set can be fetched again");
            }
        }
    }
}
