//! Key sets that a pinned root must vouch for.
//!
//! **Invariant:** with a pin, no key is taken but out of a statement that the root vouches for; the plain
//! key set is not even fetched.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tokenward::limits::LIMITS;
use tokenward::root::{Distrust, PinnedRoot, TrustState, TrustedKeys};
use tokenward::{IssuerId, Reason, UnixTime};
use tokio::task::spawn_blocking;

use super::KeySetFetchError;
use crate::http::{Answer, Endpoint, HttpClient};

/// A root that must vouch for the key set of an issuer, and what was seen on its word.
///
/// With it, the location of a [`KeySetSource`](super::KeySetSource) is that of the signed key set.
#[derive(Clone)]
pub struct RootPin {
    root: Arc<PinnedRoot>,
    issuer: IssuerId,
    chain: Endpoint,
    memory: TrustMemory,
}

/// What a verifier with a pinned root remembers, and where it keeps it.
///
/// Without a place to keep it, a restart forgets: then whoever owns the way to the key set can bring back a
/// set that has not expired yet.
#[derive(Clone, Default)]
pub struct TrustMemory {
    seen: Arc<Mutex<TrustState>>,
    keep: Option<Keep>,
}

/// Keeps what is to be known after a restart.
type Keep = Arc<dyn Fn(&TrustState) + Send + Sync>;

impl TrustMemory {
    /// What was `seen` before; `keep` is called with what is to be kept next, where it may block.
    #[must_use]
    pub fn new(seen: TrustState, keep: impl Fn(&TrustState) + Send + Sync + 'static) -> Self {
        Self { seen: Arc::new(Mutex::new(seen)), keep: Some(Arc::new(keep)) }
    }

    fn seen(&self) -> TrustState {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Verifies after what was seen, and remembers it. Meanwhile nobody else who shares the memory does, or
    /// the slower of two would put what it has seen over something later.
    fn verify(
        &self,
        verify: impl FnOnce(&TrustState) -> Result<TrustedKeys, Distrust>,
    ) -> Result<TrustedKeys, Distrust> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let trusted = verify(&seen)?;
        if *seen != *trusted.state() {
            seen.clone_from(trusted.state());
            if let Some(keep) = &self.keep {
                keep(trusted.state());
            }
        }
        Ok(trusted)
    }
}

impl fmt::Debug for TrustMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrustMemory").field("seen", &self.seen()).finish_non_exhaustive()
    }
}

impl RootPin {
    /// The `root` must vouch for the keys of `issuer`, by the chain that is published at `chain`.
    #[must_use]
    pub fn new(root: PinnedRoot, issuer: IssuerId, chain: Endpoint, memory: TrustMemory) -> Self {
        Self { root: Arc::new(root), issuer, chain, memory }
    }

    /// Fetches the statement at `place` and the chain, and verifies both as of `now`.
    pub(super) async fn fetch(
        &self,
        http: &HttpClient,
        place: &Endpoint,
        now: UnixTime,
    ) -> Result<(TrustedKeys, Answer), KeySetFetchError> {
        // The chain first: a statement by a new signer is published no earlier than its delegation.
        let chain = http.get(&self.chain, None, LIMITS.root_chain_bytes).await?;
        let answer = http.get(place, None, LIMITS.key_set_statement_bytes).await?;
        let (pin, statement) = (self.clone(), answer.body.clone());
        let verified = spawn_blocking(move || {
            let statement = std::str::from_utf8(&statement)
                .map_err(|_| Distrust::Statement(Reason::Malformed))?;
            pin.memory.verify(|seen| {
                pin.root.verify(&chain.body, statement.trim_end(), &pin.issuer, seen, now)
            })
        });
        Ok((verified.await.map_err(|_| KeySetFetchError::Stopped)??, answer))
    }
}

impl fmt::Debug for RootPin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RootPin")
            .field("issuer", &self.issuer)
            .field("chain", &self.chain)
            .field("memory", &self.memory)
            .finish_non_exhaustive()
    }
}
