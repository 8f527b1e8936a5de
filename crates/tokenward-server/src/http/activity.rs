//! What a connection is doing, so that an idle or dawdling one can be told from a busy one.
//!
//! hyper's own header time-out also cuts connections that are merely kept alive between requests,
//! and does not run before the first byte; so the bookkeeping is ours.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::ServerLimits;

/// The requests under way in one connection, and since when there are none.
#[derive(Debug)]
pub(super) struct Activity {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Whether requests share the connection (HTTP/2), where bytes alone announce no request. In the
    /// clear that is known from the first request on.
    multiplexed: bool,
    under_way: usize,
    /// The peer has not read all that was answered.
    unread: bool,
    idle_since: Instant,
    /// When the head of the next request began to arrive, or was first awaited.
    head_since: Option<Instant>,
}

/// Until when a connection may stay as it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Patience {
    /// A request or its answer is under way, and has a time-out of its own.
    Busy,
    /// A request head must be whole by then.
    Head(Instant),
    /// The next request must begin by then.
    Idle(Instant),
}

impl Activity {
    pub(super) fn new(multiplexed: bool) -> Arc<Self> {
        let now = Instant::now();
        let state = State {
            multiplexed,
            under_way: 0,
            unread: false,
            idle_since: now,
            head_since: Some(now),
        };
        Arc::new(Self { state: Mutex::new(state) })
    }

    /// Bytes arrived: between two requests of HTTP/1.1 they begin the next head.
    pub(super) fn bytes_arrived(&self) {
        let mut state = self.state();
        if !state.multiplexed && state.under_way == 0 && state.head_since.is_none() {
            state.head_since = Some(Instant::now());
        }
    }

    /// Whether an answer waits for the peer to read it: its request is not over before.
    pub(super) fn answer_waits(&self, unread: bool) {
        let mut state = self.state();
        if state.unread && !unread {
            state.idle_since = Instant::now();
        }
        state.unread = unread;
    }

    /// A request is under way until the returned guard is dropped; `multiplexed` is whether others may be
    /// beside it.
    pub(super) fn begin(self: &Arc<Self>, multiplexed: bool) -> Busy {
        let mut state = self.state();
        state.multiplexed = multiplexed;
        state.under_way = state.under_way.saturating_add(1);
        state.head_since = None;
        drop(state);
        Busy(Arc::clone(self))
    }

    pub(super) fn patience(&self, limits: &ServerLimits) -> Patience {
        let state = self.state();
        match state.head_since {
            _ if state.under_way > 0 || state.unread => Patience::Busy,
            Some(since) => Patience::Head(after(since, limits.header_read)),
            None => Patience::Idle(after(state.idle_since, limits.idle)),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every change below is a plain assignment, so a panic elsewhere leaves nothing half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request under way.
#[derive(Debug)]
pub(super) struct Busy(Arc<Activity>);

impl Drop for Busy {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.under_way = state.under_way.saturating_sub(1);
        state.idle_since = Instant::now();
    }
}

fn after(start: Instant, wait: Duration) -> Instant {
    // A wait beyond the end of the clock is a setting nobody means; a day serves as well.
    start.checked_add(wait).or_else(|| start.checked_add(A_DAY)).unwrap_or(start)
}

const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);
