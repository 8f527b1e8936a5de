//! How long to wait before trying again.

use std::time::Duration;

use tokenward::crypto;

/// Waits that double from [`Self::FIRST`], each cut at random between its half and its whole.
///
/// The chance keeps many replicas that lost the same vault from coming back in one instant.
#[derive(Debug)]
pub(crate) struct Backoff {
    next: Duration,
}

impl Backoff {
    /// The first wait: what a leader's change or a broken connection takes at least.
    const FIRST: Duration = Duration::from_millis(100);

    pub(crate) const fn new() -> Self {
        Self { next: Self::FIRST }
    }

    /// The wait after one more failure, never below what the vault `asked` for.
    pub(crate) fn failed(&mut self, asked: Option<Duration>) -> Duration {
        let wait = cut(self.next);
        self.next = self.next.saturating_mul(2);
        wait.max(asked.unwrap_or_default())
    }
}

/// A time between the half of `whole` and `whole`.
pub(crate) fn cut(whole: Duration) -> Duration {
    let half = whole.checked_div(2).unwrap_or_default();
    let fraction = f64::from(u32::from_le_bytes(crypto::random())) / f64::from(u32::MAX);
    half.saturating_add(half.mul_f64(fraction))
}
