//! The times of rotation, and the rules between them.
//!
//! With C the verifiers' cache life, D propagation, S clock error, W leeway, L the signers' lease, T the
//! longest token life and R the rotation period:
//!
//! - a key signs at the earliest C + D after it was published: no cached key set lacks it then;
//! - it leaves the key set later than D + L + T + W + 2S after its end was planned: the end may take D to
//!   be written, a signer may go on for L before it notices, its last token lives for T, verifiers grant W,
//!   and both clocks may err by S. The rule one meets elsewhere, T + S, refuses good tokens: the model in
//!   this crate's tests shows it, and that no rule here may be a second shorter.
//!
//! **Invariant:** a [`Timing`] keeps all rules: a configuration that breaks one does not load. The
//! `Cache-Control` of the key set comes from C, and is set nowhere else.

use std::fmt;
use std::time::Duration;

use tokenward::UnixTime;

#[cfg(test)]
mod tests;

/// Keys of one audience that may be public at once.
///
/// Far below what any verifier refuses (ours reads 64); more means that the period is too short for the
/// other times.
pub const MAX_PUBLISHED: u128 = 16;

/// The times as configured, not yet checked against each other.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "whoever sets the times must decide on every one")]
pub struct TimingSettings {
    /// C, `keys.key_set_max_age`: how long a verifier may use a key set before it fetches a new one.
    pub key_set_max_age: Duration,
    /// D, `keys.propagation`: how long a write to the key store may take and how old the answer of a cache
    /// or replica on the way may be, both together.
    pub propagation: Duration,
    /// S, `keys.clock_error`: how far any clock may be from the right time.
    pub clock_error: Duration,
    /// W, `keys.leeway`: how long after `exp` a verifier may still accept a token.
    pub leeway: Duration,
    /// L, `keys.signer_lease`: how long a signer may go on without having read the key store.
    pub signer_lease: Duration,
    /// R, `keys.rotate_every`: how long a key signs.
    pub rotate_every: Duration,
    /// T, `access_lifetime` of the audience: how long a token lives at most. Tokens that were issued
    /// before it was lowered live longer: let the old T pass before the next rotation.
    pub token_life: Duration,
}

/// Times that keep the rules.
#[derive(Clone, Copy, Debug)]
pub struct Timing(TimingSettings);

impl Timing {
    /// Checks `settings` against the rules; [`TimingError`] names the setting that breaks one.
    pub fn new(settings: TimingSettings) -> Result<Self, TimingError> {
        for (setting, value, least, most) in bounds(&settings) {
            if value < least || value > most {
                return Err(TimingError::OutOfRange { setting, value, least, most });
            }
        }
        let timing = Self(settings);
        let least = timing.ripening().saturating_add(settings.signer_lease);
        if settings.rotate_every < least {
            return Err(TimingError::PeriodTooShort { rotate_every: settings.rotate_every, least });
        }
        let published = timing.most_published();
        if published > MAX_PUBLISHED {
            return Err(TimingError::TooManyKeys {
                rotate_every: settings.rotate_every,
                published,
            });
        }
        Ok(timing)
    }

    /// C + D: how long a key is public before it signs.
    #[must_use]
    pub const fn ripening(&self) -> Duration {
        self.0.key_set_max_age.saturating_add(self.0.propagation)
    }

    /// D + L + T + W + 2S: how long after the time written down as its end one of a key's tokens may still
    /// be accepted. That time is when the step was planned, and the transaction may have taken D.
    #[must_use]
    pub const fn token_outlives(&self) -> Duration {
        let TimingSettings { propagation, signer_lease, token_life, leeway, clock_error, .. } =
            self.0;
        propagation
            .saturating_add(signer_lease)
            .saturating_add(token_life)
            .saturating_add(leeway)
            .saturating_add(clock_error)
            .saturating_add(clock_error)
    }

    /// R: how long a key signs.
    #[must_use]
    pub const fn rotate_every(&self) -> Duration {
        self.0.rotate_every
    }

    /// R and a week: how long a key may sign at most. The rotation is late then, for longer than any outage
    /// that somebody mends, and a key that signs without end is worse than none.
    #[must_use]
    pub const fn signs_at_most(&self) -> Duration {
        self.0.rotate_every.saturating_add(WEEK)
    }

    /// The latest `exp` of a token whose key verifies until `verify_until`: W and S earlier, so that no
    /// verifier accepts it longer.
    #[must_use]
    pub fn latest_exp(&self, verify_until: UnixTime) -> UnixTime {
        verify_until.saturating_sub(self.0.clock_error).saturating_sub(self.0.leeway)
    }

    /// L + 2S: how long a replica that does not hear of it may go on to sign with a key that has ended.
    #[must_use]
    pub const fn silent_within(&self) -> Duration {
        let TimingSettings { signer_lease, clock_error, .. } = self.0;
        signer_lease.saturating_add(clock_error).saturating_add(clock_error)
    }

    /// Whether this machine's clock and the store's, read at about the same time, differ by S at most.
    #[must_use]
    pub fn clock_holds(&self, local: UnixTime, store: UnixTime) -> bool {
        let error = self.0.clock_error;
        local <= store.saturating_add(error) && store <= local.saturating_add(error)
    }

    /// C + D: how long a verifier that is not on the revocation feed may go on to trust a key after it
    /// was declared compromised.
    #[must_use]
    pub const fn exposure(&self) -> Duration {
        self.ripening()
    }

    /// The `Cache-Control` of the published key set, in whole seconds, never more than C.
    #[must_use]
    pub fn cache_control_max_age(&self) -> String {
        format!("public, max-age={}", self.0.key_set_max_age.as_secs())
    }

    /// Whether a signer that began to read the key store at `read_at` may still sign at `now`, both by
    /// its own clock.
    ///
    /// The error of that clock at `now` enters the end of the lease and the `exp` of the token with
    /// opposite signs, so 2S in [`Self::token_outlives`] covers both. A clock within its error never goes
    /// back by more than 2S; one that did proves nothing, so the lease is lost.
    #[must_use]
    pub fn lease_holds(&self, read_at: UnixTime, now: UnixTime) -> bool {
        now <= read_at.saturating_add(self.0.signer_lease) && self.clocks_agree(read_at, now)
    }

    /// Whether `past`, read from one clock, and a later `now`, read from another, fit together: `now` is
    /// not so far behind that one of the clocks must be wrong.
    pub(crate) fn clocks_agree(&self, past: UnixTime, now: UnixTime) -> bool {
        let twice_the_error = self.0.clock_error.saturating_add(self.0.clock_error);
        now.saturating_add(twice_the_error) >= past
    }

    /// Keys public at once, at worst: the active one, its successor, the standby published before the
    /// successor takes over, and those whose tokens still live.
    fn most_published(&self) -> u128 {
        let period = self.0.rotate_every.as_millis().max(1);
        self.token_outlives().as_millis().div_ceil(period).saturating_add(3)
    }
}

/// The worst that follows from the times, as it is printed where a configuration is loaded.
impl fmt::Display for Timing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a new key signs after {}; one that has ended stays public for {}; one that has leaked is \
             trusted for {} where there is no feed, and by a replica that is cut off for {}; {} keys are \
             public at most",
            show(self.ripening()),
            show(self.token_outlives()),
            show(self.exposure()),
            show(self.silent_within()),
            self.most_published(),
        )
    }
}

/// Each setting with its name and range, in the order of the configuration file.
fn bounds(settings: &TimingSettings) -> [(&'static str, Duration, Duration, Duration); 7] {
    let TimingSettings { rotate_every, key_set_max_age, propagation, .. } = *settings;
    let TimingSettings { clock_error, leeway, signer_lease, token_life, .. } = *settings;
    [
        // A year is the shortest cryptoperiod that NIST SP 800-57 part 1 § 5.3.6 suggests as the longest
        // for a private signature key.
        ("keys.rotate_every", rotate_every, SECOND, DAY.saturating_mul(366)),
        // `max-age` counts whole seconds, so less than one would be no caching at all.
        ("keys.key_set_max_age", key_set_max_age, SECOND, DAY),
        ("keys.propagation", propagation, Duration::ZERO, DAY),
        // A clock that is worse than this is broken, and must not be allowed for.
        ("keys.clock_error", clock_error, Duration::ZERO, MINUTE.saturating_mul(5)),
        ("keys.leeway", leeway, Duration::ZERO, Duration::from_secs(30)),
        ("keys.signer_lease", signer_lease, SECOND, MINUTE.saturating_mul(5)),
        ("audience.access_lifetime", token_life, SECOND, MINUTE.saturating_mul(15)),
    ]
}

/// The times in `[keys]` break a rule.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TimingError {
    /// One setting alone is out of its range.
    #[error("{setting} is {}, but must be {} to {}: change it", show(*.value), show(*.least), show(*.most))]
    OutOfRange {
        /// The setting, as it stands in the file.
        setting: &'static str,
        /// What it is set to.
        value: Duration,
        /// The least allowed.
        least: Duration,
        /// The most allowed.
        most: Duration,
    },
    /// The next rotation would come due before the next key is ripe.
    #[error(
        "keys.rotate_every is {}, but must be at least keys.key_set_max_age + keys.propagation + \
         keys.signer_lease = {}: raise it, or lower one of these",
        show(*.rotate_every), show(*.least)
    )]
    PeriodTooShort {
        /// The period as configured.
        rotate_every: Duration,
        /// The shortest that the other settings allow.
        least: Duration,
    },
    /// Keys would be retired faster than their tokens expire.
    #[error(
        "keys.rotate_every is {}, which would keep {} keys public at once, {} at most: raise it, or lower \
         the audience's access_lifetime",
        show(*.rotate_every), .published, MAX_PUBLISHED
    )]
    TooManyKeys {
        /// The period as configured.
        rotate_every: Duration,
        /// How many keys would be public at once.
        published: u128,
    },
}

/// A duration as an operator writes it: `1d`, `6m10s`, `500ms`.
fn show(duration: Duration) -> String {
    const UNITS: [(&str, u128); 5] =
        [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

    let mut rest = duration.as_millis();
    let mut parts = Vec::new();
    for (unit, millis) in UNITS {
        let count = rest.checked_div(millis).unwrap_or_default();
        rest = rest.checked_rem(millis).unwrap_or_default();
        if count > 0 {
            parts.push(format!("{count}{unit}"));
        }
    }
    if parts.is_empty() { "0s".to_owned() } else { parts.concat() }
}

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);
const WEEK: Duration = Duration::from_secs(7 * 86_400);
