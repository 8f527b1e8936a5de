//! When to ask a custody again that could not make a key.
//!
//! Signing does not wait for it, and an operator's own order does not either: only the making of the next
//! key, which is early by design, is put off.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokenward::UnixTime;

use crate::custody::CustodyError;
use crate::custody::backoff::cut;

/// How the making of keys fares.
#[derive(Debug, Default)]
pub(crate) struct Backoff(Mutex<Option<Failing>>);

#[derive(Debug)]
struct Failing {
    attempts: u32,
    retry_at: UnixTime,
    error: Arc<CustodyError>,
}

impl Backoff {
    /// Takes note of a failure. Each doubles the wait, up to a minute; jitter keeps replicas from asking
    /// all at once.
    pub(crate) fn failed(&self, error: &Arc<CustodyError>, now: UnixTime) {
        let mut failing = self.lock();
        let attempts = failing.as_ref().map_or(0, |failing| failing.attempts).saturating_add(1);
        let most =
            FIRST.saturating_mul(1_u32.checked_shl(attempts.min(16)).unwrap_or(u32::MAX)).min(MOST);
        let retry_at = now.saturating_add(cut(most));
        *failing = Some(Failing { attempts, retry_at, error: Arc::clone(error) });
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

/// Half of the longest wait after the first failure.
const FIRST: Duration = Duration::from_millis(500);
/// A key is made a period, or at least C + D, before it is needed: a minute more is nothing.
const MOST: Duration = Duration::from_secs(60);
