//! How long a custody elsewhere is left alone before it is asked again.

use std::time::Duration;

use tokenward::crypto::random;

/// Waits that double from the first one, each [cut at random](cut).
///
/// ```
/// use std::time::Duration;
///
/// use tokenward_keys::custody::backoff::Backoff;
///
/// let mut backoff = Backoff::from(Duration::from_millis(100));
/// assert!(backoff.failed() <= Duration::from_millis(100));
/// assert!(backoff.failed() >= Duration::from_millis(100));
/// ```
#[derive(Debug)]
pub struct Backoff {
    next: Duration,
}

impl From<Duration> for Backoff {
    fn from(first: Duration) -> Self {
        Self { next: first }
    }
}

impl Backoff {
    /// The wait after one more failure.
    pub fn failed(&mut self) -> Duration {
        let wait = cut(self.next);
        self.next = self.next.saturating_mul(2);
        wait
    }
}

/// A time between the half of `whole` and `whole`: many replicas that lost the same custody do not come back
/// in one instant.
#[must_use]
pub fn cut(whole: Duration) -> Duration {
    let half = whole.checked_div(2).unwrap_or_default();
    let fraction = f64::from(u32::from_le_bytes(random())) / f64::from(u32::MAX);
    half.saturating_add(half.mul_f64(fraction))
}
