//! How long a custody elsewhere is left alone before it is asked again: one formula for all.

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
    most: Duration,
}

impl From<Duration> for Backoff {
    fn from(first: Duration) -> Self {
        Self { next: first, most: Duration::MAX }
    }
}

impl Backoff {
    /// The same waits, none of them longer than `most`.
    #[must_use]
    pub const fn up_to(self, most: Duration) -> Self {
        Self { most, ..self }
    }

    /// The wait after one more failure.
    pub fn failed(&mut self) -> Duration {
        let wait = cut(self.next.min(self.most));
        self.next = self.next.saturating_mul(2).min(self.most);
        wait
    }
}

/// How long the renewal of a credential that failed is put off, while the one at hand is good for `left`: a quarter
/// of that, [`LONGEST_PUT_OFF`] at most, [cut at random](cut).
#[must_use]
pub fn put_off(left: Duration) -> Duration {
    cut(left.checked_div(4).unwrap_or_default().min(LONGEST_PUT_OFF))
}

/// The longest that a renewal is put off.
pub const LONGEST_PUT_OFF: Duration = Duration::from_secs(10);

/// A time between the half of `whole` and `whole`: many replicas that lost the same custody do not come back
/// in one instant.
#[must_use]
pub fn cut(whole: Duration) -> Duration {
    let half = whole.checked_div(2).unwrap_or_default();
    let fraction = f64::from(u32::from_le_bytes(random())) / f64::from(u32::MAX);
    half.saturating_add(half.mul_f64(fraction))
}
