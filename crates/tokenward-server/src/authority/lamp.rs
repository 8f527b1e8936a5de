//! Says once that something fails, and once that it works again.
//!
//! The clockwork tries several times a second; an outage of an hour should be two lines in the log.

use std::error::Error;
use std::sync::atomic::{AtomicBool, Ordering};

use tokenward::ErrorChain;

/// Lit while the work it stands for fails.
#[derive(Debug)]
pub(super) struct Lamp {
    says: &'static str,
    lit: AtomicBool,
}

impl Lamp {
    /// A lamp that is out; `says` is what is wrong while it is lit.
    pub(super) const fn new(says: &'static str) -> Self {
        Self { says, lit: AtomicBool::new(false) }
    }

    /// What is wrong, if the work failed the last time.
    pub(super) fn problem(&self) -> Option<&'static str> {
        self.lit.load(Ordering::Relaxed).then_some(self.says)
    }

    /// Takes note of how the work went.
    pub(super) fn show<T, E: Error + 'static>(&self, outcome: &Result<T, E>) {
        let was_lit = self.lit.swap(outcome.is_err(), Ordering::Relaxed);
        match outcome {
            Err(error) if !was_lit => {
                tracing::error!(error = %ErrorChain::new(error), "{}", self.says);
            }
            Ok(_) if was_lit => tracing::info!("no longer: {}", self.says),
            _ => {}
        }
    }
}
