//! Whole minutes, at whose ends revocations are dropped.

use tokenward::UnixTime;

/// The minute at whose end a revocation is dropped, counted from the epoch.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Minute(u32);

impl Minute {
    const MILLIS: u64 = 60_000;

    pub(super) const LAST: Self = Self(u32::MAX);

    pub(super) const fn new(minute: u32) -> Self {
        Self(minute)
    }

    pub(super) const fn get(self) -> u32 {
        self.0
    }

    /// The minute that holds the whole life of what ends at `end`.
    pub(super) fn that_ends(end: UnixTime) -> Self {
        // Zero is where nothing is known yet.
        Self(u32::try_from(end.as_millis().div_ceil(Self::MILLIS)).unwrap_or(u32::MAX).max(1))
    }

    /// The last minute that is over at `now`.
    pub(super) fn passed_at(now: UnixTime) -> Self {
        Self(u32::try_from(now.as_millis() / Self::MILLIS).unwrap_or(u32::MAX))
    }
}
