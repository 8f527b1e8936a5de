//! How long to wait before trying again.

use std::time::Duration;

use tokenward::crypto;

/// Waits that double, each cut at random between its half and its whole, so that many replicas that are
/// throttled together do not come back together.
#[derive(Debug)]
pub(crate) struct Backoff {
    next: Duration,
}

impl Backoff {
    /// What a broken connection or a second's quota that is nearly over takes at least.
    const FIRST: Duration = Duration::from_millis(200);

    pub(crate) const fn new() -> Self {
        Self { next: Self::FIRST }
    }

    /// The wait after one more failure.
    pub(crate) fn failed(&mut self) -> Duration {
        let half = self.next.checked_div(2).unwrap_or_default();
        self.next = self.next.saturating_mul(2);
        let fraction = f64::from(u32::from_le_bytes(crypto::random())) / f64::from(u32::MAX);
        half.saturating_add(half.mul_f64(fraction))
    }
}
