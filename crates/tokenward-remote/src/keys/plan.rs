//! When a key set is fetched next, and because of what.

use std::time::Duration;

use tokio::time::Instant;

use super::FetchCause;
use crate::backoff::{self, Backoff};

#[cfg(test)]
mod tests;

/// When to fetch next.
#[derive(Debug)]
pub(super) struct Plan {
    cooldown: Duration,
    backoff: Backoff,
    behind: Backoff,
    due: Instant,
    cause: FetchCause,
    /// When it is due for its age or after a failure, whatever anybody asks for.
    regular: Instant,
    last_attempt: Option<Instant>,
    /// The server asked to be left alone until then.
    not_before: Instant,
}

impl Plan {
    /// The least time between two fetches, whoever asks.
    const BREATH: Duration = Duration::from_millis(200);
    /// The share of its age after which a set is fetched anew: early enough for a slow answer and
    /// several retries before the age ends, and by chance, so that verifiers that began together do
    /// not come back together.
    const AHEAD: (f64, f64) = (0.60, 0.75);

    pub(super) fn new(now: Instant, cooldown: Duration) -> Self {
        Self {
            cooldown,
            backoff: Backoff::new(Duration::from_millis(500), Duration::from_secs(30)),
            behind: Backoff::new(Duration::from_secs(1), cooldown),
            due: now,
            cause: FetchCause::Due,
            regular: now,
            last_attempt: None,
            not_before: now,
        }
    }

    /// When to fetch, and why then.
    pub(super) const fn next(&self) -> (Instant, FetchCause) {
        (self.due, self.cause)
    }

    /// Somebody wants a fetch before it is due. `cause` decides how soon that may be.
    pub(super) fn ask(&mut self, cause: FetchCause) {
        let pause = match cause {
            FetchCause::UnknownKey => self.cooldown,
            FetchCause::Announced | FetchCause::Due => Self::BREATH,
        };
        let soonest = self.last_attempt.map_or(self.not_before, |at| after(at, pause));
        let at = soonest.max(self.not_before);
        if at < self.due {
            (self.due, self.cause) = (at, cause);
        }
    }

    /// A set was fetched that may be kept for `max_age`. `current`: it is the one that the feed has
    /// announced, or the feed has announced none.
    pub(super) fn fetched(&mut self, now: Instant, max_age: Duration, current: bool) {
        self.backoff.worked();
        self.last_attempt = Some(now);
        let (earliest, latest) = Self::AHEAD;
        let refresh = max_age.mul_f64((latest - earliest).mul_add(backoff::fraction(), earliest));
        let wait = if current {
            self.behind.worked();
            refresh
        } else {
            // A replica or a cache is behind: ask again, at an ever easier pace.
            refresh.min(self.behind.failed(None))
        };
        self.regularly(after(now, wait));
    }

    /// The fetch that was due has failed.
    pub(super) fn failed(&mut self, now: Instant, retry_after: Option<Duration>) {
        self.last_attempt = Some(now);
        if let Some(asked) = retry_after {
            self.not_before = after(now, asked.min(Backoff::MOST_ASKED));
        }
        if matches!(self.cause, FetchCause::UnknownKey) && self.regular > now {
            // What a stranger wrote into a token must not set off retries: it may be tried again when
            // the next stranger's could.
            self.regularly(self.regular.max(self.not_before));
            self.ask(FetchCause::UnknownKey);
        } else {
            let wait = self.backoff.failed(retry_after);
            self.regularly(after(now, wait));
        }
    }

    const fn regularly(&mut self, at: Instant) {
        (self.due, self.cause, self.regular) = (at, FetchCause::Due, at);
    }
}

fn after(now: Instant, wait: Duration) -> Instant {
    // Every wait here has a bound far below what an instant can hold.
    now.checked_add(wait).unwrap_or(now)
}
