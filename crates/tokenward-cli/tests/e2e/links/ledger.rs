//! What the authority was told to revoke, and when it answered that it has.

use std::sync::{Arc, Mutex, OnceLock};

use tokenward::{Clock as _, UnixTime};
use tokenward_remote::SystemClock;

/// Everything that a test revokes.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    tokens: Mutex<Vec<Arc<Watched>>>,
    ids: Mutex<Vec<String>>,
}

/// A token that verifiers are asked about.
#[derive(Debug)]
pub(super) struct Watched {
    pub(super) token: String,
    revoked: OnceLock<UnixTime>,
}

impl Ledger {
    pub(super) fn shared() -> Arc<Self> {
        Arc::default()
    }

    /// Notes a good token.
    pub(super) fn minted(&self, token: String) -> Arc<Watched> {
        let watched = Arc::new(Watched { token, revoked: OnceLock::new() });
        self.tokens.lock().unwrap().push(Arc::clone(&watched));
        watched
    }

    /// The tokens behind the first `known`.
    pub(super) fn tokens_after(&self, known: usize) -> Vec<Arc<Watched>> {
        self.tokens.lock().unwrap().get(known..).unwrap_or_default().to_vec()
    }

    /// Notes an id without a token, of which the authority has said that it is revoked.
    pub(super) fn revoked(&self, id: String) {
        self.ids.lock().unwrap().push(id);
    }

    /// The ids without a token.
    pub(super) fn ids(&self) -> Vec<String> {
        self.ids.lock().unwrap().clone()
    }
}

impl Watched {
    /// The authority has just said that it is revoked.
    pub(super) fn is_revoked_from_now_on(&self) {
        self.revoked.set(now()).unwrap();
    }

    /// When the authority said so; `None` as long as it has not.
    pub(super) fn revoked_at(&self) -> Option<UnixTime> {
        self.revoked.get().copied()
    }
}

/// The time by which all of them live: one machine, one clock.
pub(super) fn now() -> UnixTime {
    SystemClock::new().now()
}
