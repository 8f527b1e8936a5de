//! How long to wait before trying again.

use std::time::Duration;

use tokenward::crypto;

#[cfg(test)]
mod tests;

/// Waits that double from `first` to `longest`, each cut at random between its half and its whole.
///
/// The chance keeps a thousand verifiers that lost the same authority from coming back in one instant.
#[derive(Clone, Debug)]
pub(crate) struct Backoff {
    first: Duration,
    longest: Duration,
    next: Duration,
}

impl Backoff {
    pub(crate) const fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest, next: first }
    }

    /// The wait after one more failure, never below what the server `asked` for.
    ///
    /// A server may ask for at most [`Self::MOST_ASKED`]: one wrong header must not silence a verifier
    /// for a day.
    pub(crate) fn failed(&mut self, asked: Option<Duration>) -> Duration {
        let whole = self.next;
        self.next = whole.saturating_mul(2).min(self.longest);
        let half = whole.checked_div(2).unwrap_or_default();
        let wait = half.saturating_add(half.mul_f64(fraction()));
        wait.max(asked.unwrap_or_default().min(Self::MOST_ASKED))
    }

    /// It worked: the next wait is the first again.
    pub(crate) const fn worked(&mut self) {
        self.next = self.first;
    }

    pub(crate) const MOST_ASKED: Duration = Duration::from_secs(60);
}

/// A random number from 0 to 1.
pub(crate) fn fraction() -> f64 {
    f64::from(u32::from_le_bytes(crypto::random())) / f64::from(u32::MAX)
}
