//! The one place that reads the system's clock.

use std::time::SystemTime;

use tokenward::{Clock, UnixTime};

/// The system's clock. Whoever wires a program makes one, and everything else is handed it.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct SystemClock;

impl SystemClock {
    /// The system's clock.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that all others are handed")]
    fn now(&self) -> UnixTime {
        SystemTime::now().into()
    }
}
