//! Lifetimes whose caps are in the type.

use std::time::Duration;

use tokenward::UnixTime;

#[cfg(test)]
mod tests;

/// How long a spent refresh token still yields the same successor: two tabs, or an answer that got lost.
///
/// Long enough for a retry on a bad line, short enough that a thief who comes second is noticed.
pub const REFRESH_WINDOW: Duration = Duration::from_secs(10);

/// A lifetime is outside its bounds.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{what} must be from {} s to {} s", .least.as_secs(), .most.as_secs())]
#[non_exhaustive]
pub struct InvalidLifetime {
    /// The setting, as it is called in the configuration.
    pub what: &'static str,
    /// The shortest allowed.
    pub least: Duration,
    /// The longest allowed.
    pub most: Duration,
}

/// How long a refresh token may lie unused: one minute to 24 hours.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct RefreshLifetime(Duration);

impl RefreshLifetime {
    /// The longest: a token that lay about for a day has been forgotten, or stolen.
    pub const MAX: Duration = Duration::from_secs(24 * 60 * 60);
    /// The shortest: less would log users out between two clicks.
    pub const MIN: Duration = Duration::from_secs(60);

    /// `lifetime`, if it is within the bounds.
    pub fn new(lifetime: Duration) -> Result<Self, InvalidLifetime> {
        within("refresh_lifetime", lifetime, Self::MIN, Self::MAX).map(Self)
    }

    /// The duration.
    #[must_use]
    pub const fn get(self) -> Duration {
        self.0
    }

    /// When a refresh token made at `now` ends: never after the session itself.
    #[must_use]
    pub fn ends_at(self, now: UnixTime, session_ends_at: UnixTime) -> UnixTime {
        now.saturating_add(self.0).min(session_ends_at)
    }
}

/// How long a session may last in all, however often it is refreshed: one minute to 400 days.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct SessionLifetime(Duration);

impl SessionLifetime {
    /// The longest: what browsers allow a cookie (RFC 6265bis § 5.5).
    pub const MAX: Duration = Duration::from_secs(400 * 24 * 60 * 60);
    /// The shortest.
    pub const MIN: Duration = Duration::from_secs(60);

    /// `lifetime`, if it is within the bounds.
    pub fn new(lifetime: Duration) -> Result<Self, InvalidLifetime> {
        within("session_lifetime", lifetime, Self::MIN, Self::MAX).map(Self)
    }

    /// The duration.
    #[must_use]
    pub const fn get(self) -> Duration {
        self.0
    }
}

fn within(
    what: &'static str,
    lifetime: Duration,
    least: Duration,
    most: Duration,
) -> Result<Duration, InvalidLifetime> {
    if lifetime < least || lifetime > most {
        return Err(InvalidLifetime { what, least, most });
    }
    Ok(lifetime)
}
