//! The one clock of the process.

use std::sync::Arc;

use tokenward::Clock;

/// The system's clock.
pub(crate) fn system() -> Arc<dyn Clock> {
    Arc::new(tokenward_remote::SystemClock::new())
}
