//! What one caller may use up.

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

impl Limits {
    /// What suits an authority on the open network.
    pub const DEFAULT: Self = Self {
        client: Rate { per_second: 2_000, burst: 4_000 },
        address: Rate { per_second: 50, burst: 100 },
        // Tabs and lost answers repeat a refresh; nobody needs one each second.
        session: Rate { per_second: 1, burst: 60 },
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
        ];
        match rates.iter().find(|(_, rate)| rate.per_second == 0 || rate.burst == 0) {
            Some((name, _)) => Err(SettingsError::new(*name, "must be at least 1")),
            None => Ok(()),
        }
    }
}
