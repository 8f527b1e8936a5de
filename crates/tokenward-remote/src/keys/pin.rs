//! Key sets that a pinned root must vouch for.
//!
//! **Invariant:** with a pin, no key is taken but out of a statement that the root vouches for; the plain
//! key set is not even fetched.

use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use tokenward::limits::LIMITS;
use tokenward::root::{Distrust, PinnedRoot, TrustState, TrustedKeys};
use tokenward::{ErrorChain, IssuerId, Reason, UnixTime};
use tokio::task::spawn_blocking;

use super::KeySetFetchError;
use crate::file;
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
    file: Option<PathBuf>,
}

/// A chain and a statement as they came, kept on disk.
#[derive(Deserialize, Serialize)]
struct Kept {
    fetched_at: u64,
    chain: String,
    statement: String,
}

/// Why what was kept is not gone by.
#[derive(Debug, thiserror::Error)]
enum Ignored {
    #[error("it cannot be read")]
    Io(#[from] io::Error),
    #[error("it is damaged")]
    Damaged,
    #[error("the pinned root does not vouch for it any more")]
    Distrusted(#[from] Distrust),
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
        Self { root: Arc::new(root), issuer, chain, memory, file: None }
    }

    /// The same, which keeps what was fetched last in `file`, for a start without the network.
    ///
    /// What is read there is verified as what comes over the network is, so that whoever can write there
    /// can at most withhold it.
    #[must_use]
    pub fn kept_in(self, file: impl Into<PathBuf>) -> Self {
        Self { file: Some(file.into()), ..self }
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
            let trusted = pin.verify(&chain.body, &statement, now)?;
            if let Some(file) = &pin.file
                && let Err(error) = keep(file, &chain.body, &statement, now)
            {
                let file = file.display();
                tracing::warn!(%file, %error, "the key set is not kept for the next start");
            }
            Ok::<_, Distrust>(trusted)
        });
        Ok((verified.await.map_err(|_| KeySetFetchError::Stopped)??, answer))
    }

    /// What was kept, verified as of `now`, and when it was fetched; `None` if there is nothing that counts.
    pub(super) async fn restore(&self, now: UnixTime) -> Option<(TrustedKeys, UnixTime)> {
        let pin = self.clone();
        spawn_blocking(move || {
            let path = pin.file.as_ref()?;
            let restored = pin.read(path, now).transpose()?;
            let said = |error: &Ignored| {
                let (file, error) = (path.display(), ErrorChain::new(error));
                tracing::warn!(%file, %error, "the kept key set is not gone by");
            };
            restored.inspect_err(said).ok()
        })
        .await
        .ok()?
    }

    fn read(&self, path: &Path, now: UnixTime) -> Result<Option<(TrustedKeys, UnixTime)>, Ignored> {
        let opened = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        let bytes = file::read(&opened, MOST_KEPT)?.ok_or(Ignored::Damaged)?;
        let kept: Kept = serde_json::from_slice(&bytes).map_err(|_| Ignored::Damaged)?;
        let trusted = self.verify(kept.chain.as_bytes(), kept.statement.as_bytes(), now)?;
        Ok(Some((trusted, UnixTime::from_secs(kept.fetched_at).min(now))))
    }

    fn verify(
        &self,
        chain: &[u8],
        statement: &[u8],
        now: UnixTime,
    ) -> Result<TrustedKeys, Distrust> {
        let statement = str::from_utf8(statement);
        let statement = statement.map_err(|_| Distrust::Statement(Reason::Malformed))?.trim_end();
        self.memory.verify(|seen| self.root.verify(chain, statement, &self.issuer, seen, now))
    }
}

fn keep(path: &Path, chain: &[u8], statement: &[u8], fetched_at: UnixTime) -> io::Result<()> {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    let (chain, statement) = (text(chain), text(statement));
    let kept = serde_json::to_vec(&Kept { fetched_at: fetched_at.as_secs(), chain, statement })?;
    file::replace(path, &[&kept]).map(drop)
}

/// More than a chain and a statement take, each of its characters escaped.
const MOST_KEPT: u64 = 4 << 20;

impl fmt::Debug for RootPin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RootPin")
            .field("issuer", &self.issuer)
            .field("chain", &self.chain)
            .field("memory", &self.memory)
            .finish_non_exhaustive()
    }
}
