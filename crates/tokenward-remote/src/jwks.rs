//! Verifying the tokens of an issuer of which nothing is known but its key set.
//!
//! **Invariant:** a verification takes no lock, awaits nothing and fetches nothing. It loads one
//! pointer; keys, policy and the time until which they may serve are swapped together behind it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use tokenward::profile::{Profile, SelfContained};
use tokenward::{AccessToken, Clock, KeySet, Reason, Rejected, UnixTime, Verified, Verifier};
use tokenward_revocation::Stale;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::keys::{FetchedKeys, KeySetEvents, KeySetHandle, KeySetSource, KeySetStatus};
use crate::verifier::Refusal;

/// A verifier whose keys come from a URL, kept up to date in the background.
///
/// For issuers that are no tokenward authority, or where no revocation is to be known. Its task ends
/// when it is dropped.
///
/// # Security
///
/// It knows no revocation: a token counts until its `exp`, whatever has happened since. A key that is
/// gone from the set counts no more from the next fetch on; while the set cannot be fetched, until
/// the set may serve no longer ([`KeySetOptions::outage`](crate::KeySetOptions::outage)).
///
/// The [crate's documentation](crate) shows it whole. Whoever is to be woken by an outage listens:
///
/// ```
/// # use tokenward_remote::{JwksVerifier, KeySetEvent};
/// # async fn f(verifier: JwksVerifier) {
/// let mut events = verifier.events();
/// while let Some(event) = events.next().await {
///     match event {
///         KeySetEvent::Failed { error, serves_until, .. } => eprintln!("{error}: {serves_until:?}"),
///         KeySetEvent::Stale { .. } => eprintln!("no token can be verified"),
///         _ => {}
///     }
/// }
/// # }
/// ```
pub struct JwksVerifier<P: Profile = AccessToken> {
    serving: Arc<ArcSwapOption<Serving<P>>>,
    keys: KeySetHandle,
    clock: Arc<dyn Clock>,
    _task: JoinSet<()>,
}

struct Serving<P: Profile> {
    verifier: Verifier<P>,
    until: UnixTime,
}

impl<P: Profile> JwksVerifier<P> {
    /// Starts to fetch, and answers at once: until the first set is there, it says that it is
    /// unavailable. `policy` makes the verifier of that first set; later sets go into its place.
    ///
    /// Must be called inside a Tokio runtime.
    #[must_use]
    pub fn start<F>(source: KeySetSource, policy: F) -> Self
    where
        F: FnOnce(KeySet) -> Verifier<P> + Send + 'static,
    {
        let serving = Arc::new(ArcSwapOption::empty());
        let (keys, clock) = (source.handle(), source.clock());
        let mut swap = Swap { place: Arc::clone(&serving), policy: Some(policy) };
        let mut task = JoinSet::new();
        task.spawn(source.run(move |fetched| swap.take(fetched)));
        Self { serving, keys, clock, _task: task }
    }

    /// Starts to fetch, and answers once tokens can be verified, or after `wait`. For a program that
    /// is to fail early.
    pub async fn connect<F>(
        source: KeySetSource,
        wait: Duration,
        policy: F,
    ) -> Result<Self, NotReady>
    where
        F: FnOnce(KeySet) -> Verifier<P> + Send + 'static,
    {
        let verifier = Self::start(source, policy);
        if timeout(wait, verifier.ready()).await.is_ok() {
            return Ok(verifier);
        }
        let cause = verifier.status().last_error.unwrap_or_else(|| "no answer yet".to_owned());
        Err(NotReady { wait, cause })
    }

    /// Waits until tokens can be verified.
    pub async fn ready(&self) {
        let mut events = self.events();
        while self.fresh(self.clock.now()).is_err() {
            if events.next().await.is_none() {
                // Cannot be: the handle that sends them is ours.
                return;
            }
        }
    }

    /// The verifier that serves at `now`, for a kind of token that needs to be told more than the token.
    ///
    /// Do not keep it: it does not see later key sets.
    pub fn current(&self, now: UnixTime) -> Result<Verifier<P>, Stale> {
        let serving = self.serving.load();
        let serving = serving.as_deref().filter(|serving| now <= serving.until);
        Ok(serving.ok_or(Stale::KeySetTooOld)?.verifier.clone())
    }

    /// Whether tokens can be judged at `now`: there are keys, and they are young enough.
    pub fn fresh(&self, now: UnixTime) -> Result<(), Stale> {
        match &*self.serving.load() {
            Some(serving) if now <= serving.until => Ok(()),
            _ => Err(Stale::KeySetTooOld),
        }
    }

    /// The keys that it trusts at present; `None` before the first fetch.
    #[must_use]
    pub fn keys(&self) -> Option<KeySet> {
        self.serving.load().as_ref().map(|serving| serving.verifier.keys().clone())
    }

    /// How its key set stands.
    #[must_use]
    pub fn status(&self) -> KeySetStatus {
        self.keys.status()
    }

    /// What happens to its key set from now on.
    #[must_use]
    pub fn events(&self) -> KeySetEvents {
        self.keys.events()
    }

    fn hint(&self, rejected: Rejected) {
        if matches!(rejected.reason(), Reason::UnknownKey) {
            self.keys.unknown_key();
        }
    }
}

impl<P: SelfContained> JwksVerifier<P> {
    /// Verifies `token` as of `now`: signature and claims, but no revocation.
    pub fn verify(&self, token: &str, now: UnixTime) -> Result<Verified<P::Claims>, Refusal> {
        let serving = self.serving.load();
        let serving = serving.as_deref().filter(|serving| now <= serving.until);
        let Serving { verifier, .. } = serving.ok_or(Stale::KeySetTooOld)?;
        Ok(verifier.verify(token, now).inspect_err(|rejected| self.hint(*rejected))?)
    }
}

impl<P: Profile> fmt::Debug for JwksVerifier<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwksVerifier").field("keys", &self.keys()).finish_non_exhaustive()
    }
}

/// Puts what was fetched into the place from which tokens are verified.
struct Swap<P: Profile, F> {
    place: Arc<ArcSwapOption<Serving<P>>>,
    policy: Option<F>,
}

impl<P: Profile, F: FnOnce(KeySet) -> Verifier<P>> Swap<P, F> {
    fn take(&mut self, fetched: &FetchedKeys) {
        let keys = || fetched.keys.clone();
        let before = self.place.load_full();
        let verifier = match (before.as_deref(), self.policy.take()) {
            (Some(before), _) if !fetched.changed => before.verifier.clone(),
            (Some(before), _) => before.verifier.with_keys(keys()),
            (None, Some(policy)) => policy(keys()),
            // Cannot be: what the policy made is in its place.
            (None, None) => return,
        };
        self.place.store(Some(Arc::new(Serving { verifier, until: fetched.serves_until })));
    }
}

/// No key set was there in time.
#[derive(Clone, Debug, thiserror::Error)]
#[error("no key set within {:.1} s: {cause}", wait.as_secs_f64())]
#[non_exhaustive]
pub struct NotReady {
    /// How long was waited.
    pub wait: Duration,
    /// What was in the way the last time.
    pub cause: String,
}
