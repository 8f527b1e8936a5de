//! Points in time, as values.
//!
//! **Invariant:** nothing in this crate reads a clock. Whoever calls in passes `now`, so that a test,
//! a replay and a simulation are the same program.

use std::fmt;
use std::time::{Duration, SystemTime};

/// Milliseconds since the Unix epoch.
///
/// Tokens carry whole seconds ([`UnixTime::as_secs`]); revocation and key rotation need finer ones.
/// Arithmetic saturates: a wait that overflows is a wait for ever, never one in the past.
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// use tokenward::UnixTime;
///
/// let now = UnixTime::from(SystemTime::now());
/// assert!(now.saturating_add(Duration::from_secs(300)) > now);
/// assert_eq!(UnixTime::from_secs(1_800_000_000).to_string(), "1800000000");
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct UnixTime {
    millis: u64,
}

impl UnixTime {
    /// The epoch.
    pub const EPOCH: Self = Self { millis: 0 };
    /// The end of time: later than anything a token can carry.
    pub const NEVER: Self = Self { millis: u64::MAX };

    /// `secs` whole seconds after the epoch.
    #[must_use]
    pub const fn from_secs(secs: u64) -> Self {
        Self { millis: secs.saturating_mul(1_000) }
    }

    /// `millis` milliseconds after the epoch.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self { millis }
    }

    /// Whole seconds since the epoch, rounded down: the `NumericDate` of RFC 7519 § 2.
    #[must_use]
    pub const fn as_secs(self) -> u64 {
        self.millis / 1_000
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.millis
    }

    /// This time, rounded down to the second that a token can carry.
    #[must_use]
    pub const fn floor_secs(self) -> Self {
        Self::from_secs(self.as_secs())
    }

    /// `self + wait`; a fraction of a millisecond counts as a whole one.
    #[must_use]
    pub fn saturating_add(self, wait: Duration) -> Self {
        Self { millis: self.millis.saturating_add(millis_ceil(wait)) }
    }

    /// `self - wait`, the epoch at the earliest.
    #[must_use]
    pub fn saturating_sub(self, wait: Duration) -> Self {
        Self { millis: self.millis.saturating_sub(millis_ceil(wait)) }
    }

    /// How long after `earlier` this is; zero if it is not after it.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.millis.saturating_sub(earlier.millis))
    }
}

impl From<SystemTime> for UnixTime {
    /// A clock before 1970 reads as the epoch, at which every token is "not yet valid".
    fn from(time: SystemTime) -> Self {
        let since_epoch = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Self { millis: u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX) }
    }
}

impl fmt::Display for UnixTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.millis % 1_000 {
            0 => write!(f, "{}", self.as_secs()),
            millis => write!(f, "{}.{millis:03}", self.as_secs()),
        }
    }
}

/// A source of the current time.
///
/// Any `Fn() -> UnixTime` is one.
///
/// ```
/// use tokenward::{Clock, UnixTime};
///
/// let stopped = || UnixTime::from_secs(1_000_000); // for a test
/// assert_eq!(stopped.now().as_secs(), 1_000_000);
/// ```
pub trait Clock: Send + Sync {
    /// The current time.
    fn now(&self) -> UnixTime;
}

impl<F> Clock for F
where
    F: Fn() -> UnixTime + Send + Sync,
{
    fn now(&self) -> UnixTime {
        self()
    }
}

fn millis_ceil(wait: Duration) -> u64 {
    // In words of 64 bits: a division of 128 costs a cached token more than all else about its times.
    let below_second = u64::from(wait.subsec_nanos().div_ceil(1_000_000));
    wait.as_secs().saturating_mul(1_000).saturating_add(below_second)
}
