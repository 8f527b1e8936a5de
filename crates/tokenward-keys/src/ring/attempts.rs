//! When to ask a custody again that could not make a key.
//!
//! Signing does not wait for it, and an operator's own order does not either: only the making of the next
//! key, which is early by design, is put off.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokenward::UnixTime;

use crate::custody::CustodyError;
use crate::custody::backoff::Backoff;

/// How the making of keys fares.
#[derive(Debug, Default)]
pub(crate) struct Attempts(Mutex<Option<Failing>>);

#[derive(Debug)]
struct Failing {
    attempts: u32,
    waits: Backoff,
    retry_at: UnixTime,
    error: Arc<CustodyError>,
}

impl Attempts {
    /// Takes note of a failure. Each doubles the wait, up to a minute; jitter keeps replicas from asking
    /// all at once.
    pub(crate) fn failed(&self, error: &Arc<CustodyError>, now: UnixTime) {
        let mut failing = self.lock();
        let (attempts, mut waits) = match failing.take() {
            Some(Failing { attempts, waits, .. }) => (attempts, waits),
            None => (0, Backoff::from(FIRST).up_to(MOST)),
        };
        let retry_at = now.saturating_add(waits.failed());
        let (attempts, error) = (attempts.saturating_add(1), Arc::clone(error));
        *failing = Some(Failing { attempts, waits, retry_at, error });
    }

    pub(crate) fn succeeded(&self) {
        *self.lock() = None;
    }

    /// The failure after which it is too early to try again.
    pub(crate) fn waits(&self, now: UnixTime) -> Option<Arc<CustodyError>> {
        // A clock that was set back must not prolong the wait.
        let waits = |failing: &&Failing| {
            now < failing.retry_at && failing.retry_at <= now.saturating_add(MOST)
        };
        self.lock().as_ref().filter(waits).map(|failing| Arc::clone(&failing.error))
    }

    /// How often in a row it failed.
    pub(crate) fn attempts(&self) -> u32 {
        self.lock().as_ref().map_or(0, |failing| failing.attempts)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Failing>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The longest wait after the first failure.
const FIRST: Duration = Duration::from_secs(1);
/// A key is made a period, or at least C + D, before it is needed: a minute more is nothing.
const MOST: Duration = Duration::from_secs(60);
