//! Rates per caller, in bounded memory.
//!
//! A caller's bucket is one number: when its allowance will be whole again (the generic cell rate
//! algorithm). Taking from it is one atomic step.
//!
//! **Invariant:** memory does not grow with the number of callers. Addresses share a fixed table by a
//! hash that the process seeds at random, so that nobody outside can aim at somebody else's bucket;
//! at worst two callers share one.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use tokenward::UnixTime;

use super::error::ApiError;
use crate::settings::Rate;

#[cfg(test)]
mod tests;

/// The buckets of many callers.
pub(super) struct Buckets {
    /// Microseconds that one call costs.
    cost: u64,
    /// Microseconds of calls that may be saved up.
    allowance: u64,
    seed: RandomState,
    /// For each bucket, the microsecond at which its allowance is whole again.
    whole_at: Slots,
}

/// A fixed table that callers share by a hash.
pub(super) struct Slots(Box<[AtomicU64]>);

impl Slots {
    /// `number` is a power of two.
    pub(super) fn new(number: usize) -> Self {
        Self(std::iter::repeat_with(AtomicU64::default).take(number).collect())
    }

    /// The slot for `hash`; `None` in a table without any.
    pub(super) fn of(&self, hash: u64) -> Option<&AtomicU64> {
        let place = usize::try_from(hash).unwrap_or_default();
        self.0.get(place & self.0.len().saturating_sub(1))
    }
}

impl Buckets {
    /// 2¹⁴ buckets take 128 KiB; that any two of a hundred busy callers share one has a chance of 0.26.
    const SLOTS: usize = 1 << 14;

    /// 2¹⁷ take 1 MiB: a million sessions that all come back at once are eight to a bucket.
    const SESSION_SLOTS: usize = 1 << 17;

    pub(super) fn new(rate: Rate) -> Self {
        Self::with(rate, Self::SLOTS)
    }

    /// Those of sessions, of which there are many.
    pub(super) fn of_sessions(rate: Rate) -> Self {
        Self::with(rate, Self::SESSION_SLOTS)
    }

    fn with(rate: Rate, slots: usize) -> Self {
        let cost = 1_000_000_u64.checked_div(u64::from(rate.per_second)).unwrap_or(1).max(1);
        Self {
            cost,
            allowance: cost.saturating_mul(u64::from(rate.burst)),
            seed: RandomState::new(),
            whole_at: Slots::new(slots),
        }
    }

    /// Takes one call of `caller` from its bucket, or says how long to wait.
    pub(super) fn take(&self, caller: impl Hash, now: UnixTime) -> Result<(), ApiError> {
        let Some(bucket) = self.bucket(caller) else { return Ok(()) };
        let before = bucket
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |whole_at| {
                Some(self.after_one_more(whole_at, now).0)
            })
            .unwrap_or_default();
        self.verdict(before, now)
    }

    /// Whether [`Self::take`] would give one, and takes none: for what is done before it is known who calls.
    pub(super) fn look(&self, caller: impl Hash, now: UnixTime) -> Result<(), ApiError> {
        let Some(bucket) = self.bucket(caller) else { return Ok(()) };
        self.verdict(bucket.load(Ordering::Relaxed), now)
    }

    fn bucket(&self, caller: impl Hash) -> Option<&AtomicU64> {
        self.whole_at.of(self.seed.hash_one(caller))
    }

    fn verdict(&self, whole_at: u64, now: UnixTime) -> Result<(), ApiError> {
        if self.after_one_more(whole_at, now).1 {
            Ok(())
        } else {
            Err(ApiError::too_many_requests(self.cost.div_ceil(1_000_000).max(1)))
        }
    }

    /// When a bucket is whole after one more call at `now`, and whether it has that one.
    fn after_one_more(&self, whole_at: u64, now: UnixTime) -> (u64, bool) {
        let now = now.as_millis().saturating_mul(1_000);
        let latest = now.saturating_add(self.allowance);
        // A clock that was set back must not lock anybody out for longer than a full bucket takes.
        let whole_at = whole_at.clamp(now, latest);
        let next = whole_at.saturating_add(self.cost);
        if next <= latest { (next, true) } else { (whole_at, false) }
    }
}

impl std::fmt::Debug for Buckets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Buckets").field("cost", &self.cost).finish_non_exhaustive()
    }
}

/// The part of an address that one caller can be taken to own: for IPv6, its /64.
pub(super) fn owner(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(v4) => u128::from(v4.to_bits()),
        IpAddr::V6(v6) => v6.to_bits() >> 64 | 1 << 127,
    }
}
