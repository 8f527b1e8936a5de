//! What one caller may use up.

use std::time::Duration;

use super::SettingsError;

/// How much one caller may use up, so that one cannot starve the others.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "whoever makes limits must decide on every one")]
pub struct Limits {
    /// Authenticated calls of one client.
    pub client: Rate,
    /// Calls of one network address that are not, or not well, authenticated.
    pub address: Rate,
    /// Refreshes of one session, each of which writes and signs.
    pub session: Rate,
    /// Logins and refreshes of one subject in one audience, all sessions together.
    pub subject: Rate,
    /// When whoever fails to authenticate has to wait.
    pub failures: Failures,
    /// The largest request body, in bytes.
    pub body_bytes: usize,
    /// The largest `private` data kept beside a session, in bytes of its JSON.
    pub private_bytes: usize,
    /// The largest access token we make, in bytes: it has to fit a cookie (RFC 6265 § 6.1: 4096 with
    /// its name and attributes).
    pub token_bytes: usize,
    /// The most verifiers that may follow the feed of one audience at a time. Services that want more than
    /// there are get equal shares.
    pub feed_followers: usize,
}

/// A rate, with what may be saved up of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a rate is these two numbers")]
pub struct Rate {
    /// Calls per second; at least 1.
    pub per_second: u32,
    /// Calls at once; at least 1.
    pub burst: u32,
}

/// Failures to authenticate, and the locks that follow: each is twice as long as the one before.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "whoever makes limits must decide on every one")]
pub struct Failures {
    /// So many are free, of one client name from one network address; 1 to 1,000. Ten times as many of one
    /// address, whatever the names; and once a name has failed a hundred times as often, from anywhere, only the
    /// first from an address is.
    pub free: u16,
    /// The first lock; 1 s to `longest`.
    pub first: Duration,
    /// The longest; at most 1 h.
    pub longest: Duration,
}

impl Failures {
    /// Failures are forgotten after so long without another. Longer than any lock.
    pub const FORGOTTEN: Duration = Duration::from_secs(2 * 3_600);

    /// What suits an authority on the open network.
    pub const DEFAULT: Self =
        Self { free: 10, first: Duration::from_secs(1), longest: Duration::from_secs(900) };

    /// What is wrong with it: the member, and how it should be.
    #[must_use]
    pub fn problem(&self) -> Option<(&'static str, &'static str)> {
        if !(1..=1_000).contains(&self.free) {
            return Some(("free", "must be from 1 to 1000"));
        }
        if self.longest > Duration::from_secs(3_600) {
            return Some(("longest", "is over 1h; choose 1h or less"));
        }
        if self.first < Duration::from_secs(1) || self.first > self.longest {
            return Some(("first", "must be from 1s up to `longest`"));
        }
        None
    }
}

impl Limits {
    /// What suits an authority on the open network.
    pub const DEFAULT: Self = Self {
        client: Rate { per_second: 2_000, burst: 4_000 },
        address: Rate { per_second: 50, burst: 100 },
        // Tabs and lost answers repeat a refresh; nobody needs one each second.
        session: Rate { per_second: 1, burst: 60 },
        // More than a session may do, so that one cannot use up what all have together.
        subject: Rate { per_second: 10, burst: 200 },
        failures: Failures::DEFAULT,
        body_bytes: 64 << 10,
        private_bytes: 16 << 10,
        token_bytes: 3_800,
        feed_followers: 1_024,
    };

    /// What suits development: load from one machine is no attack.
    pub const DEV: Self = Self {
        client: Rate { per_second: 10_000, burst: 20_000 },
        address: Rate { per_second: 10_000, burst: 20_000 },
        session: Rate { per_second: 10_000, burst: 20_000 },
        subject: Rate { per_second: 10_000, burst: 20_000 },
        failures: Failures { free: 1_000, ..Failures::DEFAULT },
        ..Self::DEFAULT
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Limits {
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        let rates = [
            ("limits.client", self.client),
            ("limits.address", self.address),
            ("limits.session", self.session),
            ("limits.subject", self.subject),
        ];
        if let Some((name, message)) = self.failures.problem() {
            return Err(SettingsError::new(format!("limits.failures.{name}"), message));
        }
        match rates.iter().find(|(_, rate)| rate.per_second == 0 || rate.burst == 0) {
            Some((name, _)) => Err(SettingsError::new(*name, "must be at least 1")),
            None => Ok(()),
        }
    }
}
