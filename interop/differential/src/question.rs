//! What every verifier is asked: one token, one key, one policy.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;
use tokenward::{Algorithm, b64};

/// The issuer whose tokens are wanted; that of `vectors/`.
pub const ISSUER: &str = "https://auth.example.com/audiences/billing-api";
/// The audience that they must be for.
pub const AUDIENCE: &str = "billing-api";
/// How far clocks may differ, in seconds.
pub const LEEWAY: u64 = 5;

/// Which `typ` is wanted, where a peer has an option for it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Accept {
    /// `at+jwt`.
    AccessToken,
    /// `at+jwt`, `JWT` or none.
    AnyJwt,
}

/// When the question is asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Time {
    /// Now, in seconds since the epoch, as every peer's own clock says too.
    Live(u64),
    /// Another time. Peers that read the clock themselves are asked without their checks of time.
    Fixed(u64),
}

/// A token, and the policy under which it is to be judged.
#[derive(Debug)]
pub struct Question<'a> {
    /// The token.
    pub token: &'a str,
    /// The only algorithm allowed.
    pub algorithm: Algorithm,
    /// The only key, as a JWK.
    pub jwk: &'a Value,
    /// The `typ` wanted.
    pub accept: Accept,
    /// The time.
    pub time: Time,
}

impl Question<'_> {
    /// The secret, for whoever cannot read it from the JWK; empty if the key is none.
    pub(crate) fn secret(&self) -> Vec<u8> {
        let encoded = self.jwk["k"].as_str().unwrap_or_default();
        b64::decode(encoded).unwrap_or_default()
    }
}

/// The seconds since the epoch.
///
/// # Panics
///
/// If the clock is before 1970.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "peers read this clock, so the tokens must be of its time"
)]
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970").as_secs()
}
