//! A token, and how long it holds.

use std::fmt;
use std::time::Duration;

use http::HeaderValue;
use serde::Deserialize;
use tokenward::UnixTime;
use tokenward_keys::custody::backoff;

use crate::login::{BadSecret, VaultSecret};

#[cfg(test)]
mod tests;

/// A token in use.
#[derive(Clone)]
pub(crate) struct Lease {
    pub(crate) header: HeaderValue,
    /// How long it was given for; `None` is for ever.
    pub(crate) life: Option<Duration>,
    pub(crate) renewable: bool,
    /// From here on it is renewed.
    renew_at: UnixTime,
    /// From here on it is not used.
    ends_at: UnixTime,
}

impl Lease {
    /// The token of a `life` that began at `now` or later.
    pub(crate) fn new(
        token: &VaultSecret,
        life: Option<Duration>,
        renewable: bool,
        now: UnixTime,
    ) -> Result<Self, BadSecret> {
        let [renew_at, ends_at] = times(life, now);
        Ok(Self { header: token.header()?, life, renewable, renew_at, ends_at })
    }

    /// The same token, with another `life` from `now` on.
    pub(crate) fn renewed(&self, life: Option<Duration>, renewable: bool, now: UnixTime) -> Self {
        let [renew_at, ends_at] = times(life, now);
        Self { header: self.header.clone(), life, renewable, renew_at, ends_at }
    }

    /// The same token, whose renewal failed at `now`: it is tried again after a while.
    pub(crate) fn put_off(&self, now: UnixTime) -> Self {
        let wait = backoff::put_off(self.ends_at.since(now));
        Self { renew_at: now.saturating_add(wait), ..self.clone() }
    }

    pub(crate) fn is_due(&self, now: UnixTime) -> bool {
        now >= self.renew_at
    }

    pub(crate) fn is_over(&self, now: UnixTime) -> bool {
        now >= self.ends_at
    }

    /// Whether a renewal gave so little that the vault's longest life must be near.
    pub(crate) fn is_running_out(&self, renewed: &Self) -> bool {
        match (self.life, renewed.life) {
            (Some(before), Some(now)) => now < before.checked_div(2).unwrap_or_default(),
            _ => false,
        }
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease").field("ends_at", &self.ends_at).finish_non_exhaustive()
    }
}

/// When to renew, at random between a half and three quarters of `life`, and when it ends.
fn times(life: Option<Duration>, now: UnixTime) -> [UnixTime; 2] {
    life.map_or([UnixTime::NEVER; 2], |life| {
        let three_quarters = life.mul_f64(0.75);
        let at_random = backoff::cut(three_quarters).max(life.mul_f64(0.5));
        [now.saturating_add(at_random), now.saturating_add(life)]
    })
}

/// What a vault says of a token: the `auth` of a login or a renewal.
#[derive(Deserialize)]
pub(crate) struct Auth {
    /// The caller wraps it at once in what is overwritten.
    pub(crate) client_token: String,
    pub(crate) lease_duration: u64,
    #[serde(default)]
    pub(crate) renewable: bool,
}

/// What a vault says of the token with which it is asked.
#[derive(Deserialize)]
pub(crate) struct SelfLook {
    pub(crate) ttl: u64,
    #[serde(default)]
    pub(crate) renewable: bool,
}

/// Zero seconds mean a token without end. No sane one lives for over ten years.
pub(crate) fn life(seconds: u64) -> Option<Duration> {
    (seconds != 0).then(|| Duration::from_secs(seconds.min(TEN_YEARS)))
}

const TEN_YEARS: u64 = 10 * 366 * 24 * 60 * 60;
