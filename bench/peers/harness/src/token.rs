//! The token that everybody verifies and signs, about 350 bytes of it before an RSA signature.

use std::time::{Duration, SystemTime};

/// Its `iss`.
pub const ISSUER: &str = "https://auth.example.com";
/// Its `aud`.
pub const AUDIENCE: &str = "orders-api";
/// Its `sub`.
pub const SUBJECT: &str = "u-8f14e45fceea167a";
/// Its `client_id`.
pub const CLIENT_ID: &str = "web";
/// Its `jti`: 128 bits.
pub const TOKEN_ID: &str = "pXo4ZJ2kQ9mV1tB7cR5wEg";
/// Its `scope`.
pub const SCOPE: &str = "orders:read";
/// Its `kid`.
pub const KEY_ID: &str = "2026-11-a";
/// Its `typ`.
pub const TYPE: &str = "at+jwt";
/// Longer than any run: the peers read the clock themselves.
pub const LIFETIME: Duration = Duration::from_secs(12 * 60 * 60);

/// What the token is signed with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Algorithm {
    Hs256,
    Rs256,
    Ps256,
    Es256,
    EdDsa,
    MlDsa65,
}

impl Algorithm {
    /// All of them, in the order of the tables.
    pub const ALL: [Self; 6] =
        [Self::Hs256, Self::Rs256, Self::Ps256, Self::Es256, Self::EdDsa, Self::MlDsa65];

    /// The `alg` of the header.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
            Self::MlDsa65 => "ML-DSA-65",
        }
    }
}

/// The header of `algorithm`, with its members in the order in which tokenward writes them.
pub fn header(algorithm: Algorithm) -> String {
    format!(r#"{{"alg":"{}","kid":"{KEY_ID}","typ":"{TYPE}"}}"#, algorithm.name())
}

/// The claims of a token issued at `now`.
pub fn claims(now: u64) -> String {
    let expires = now + LIFETIME.as_secs();
    format!(
        r#"{{"iss":"{ISSUER}","aud":"{AUDIENCE}","sub":"{SUBJECT}","client_id":"{CLIENT_ID}","jti":"{TOKEN_ID}","iat":{now},"exp":{expires},"scope":"{SCOPE}"}}"#
    )
}

/// Seconds since the epoch.
pub fn now() -> u64 {
    since_epoch().as_secs()
}

/// The time since the epoch.
#[expect(clippy::disallowed_methods, reason = "everybody in a comparison reads the same clock")]
pub fn since_epoch() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a clock that runs")
}
