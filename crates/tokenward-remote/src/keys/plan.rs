//! When a key set is fetched next, and because of what.

use std::time::Duration;

use tokio::time::Instant;

use super::FetchedKeys;
use crate::backoff::Backoff;

#[cfg(test)]
mod tests;

#[derive(Clone, Copy, Debug)]
pub(super) enum Why {
    Due,
    UnknownKey,
    Announced,
}

impl Why {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::UnknownKey => "unknown_key",
            Self::Announced => "announced",
        }
    }
}

/// When to fetch next.
#[derive(Debug)]
pub(super) struct Plan {
    cooldown: Duration,
    backoff: Backoff,
    behind: Backoff,
    pub(super) due: Instant,
    last_attempt: Option<Instant>,
    /// The server asked to be left alone until then.
    not_before: Instant,
}

impl Plan {
    /// The least time between two fetches, whoever asks.
    const BREATH: Duration = Duration::from_millis(200);

    pub(super) fn new(now: Instant, cooldown: Duration) -> Self {
        let backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(30));
        let behind = Backoff::new(Duration::from_secs(1), cooldown);
        Self { cooldown, backoff, behind, due: now, last_attempt: None, not_before: now }
    }

    /// `current`: it is the set that the feed has announced, or the feed has announced none.
    pub(super) fn fetched(&mut self, now: Instant, fetched: &FetchedKeys, current: bool) {
        self.backoff.worked();
        self.last_attempt = Some(now);
        // Ahead of its time, so that a slow fetch ends before the old set's age does.
        let refresh = fetched.max_age.mul_f64(0.75);
        let wait = if current {
            self.behind.worked();
            refresh
        } else {
            // A replica or a cache is behind: ask again, at an ever easier pace.
            refresh.min(self.behind.failed(None))
        };
        self.due = after(now, wait);
    }

    pub(super) fn failed(&mut self, now: Instant, retry_after: Option<Duration>) {
        self.last_attempt = Some(now);
        self.due = after(now, self.backoff.failed(retry_after));
        if let Some(asked) = retry_after {
            self.not_before = after(now, asked.min(Backoff::MOST_ASKED));
        }
    }

    pub(super) fn after_cooldown(&self) -> Instant {
        self.not_before
            .max(self.last_attempt.map_or(self.not_before, |at| after(at, self.cooldown)))
    }

    pub(super) fn soon(&self) -> Instant {
        self.not_before.max(self.last_attempt.map_or(self.not_before, |at| after(at, Self::BREATH)))
    }
}

fn after(now: Instant, wait: Duration) -> Instant {
    // Every wait here has a bound far below what an instant can hold.
    now.checked_add(wait).unwrap_or(now)
}
