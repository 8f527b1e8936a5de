//! Key sets of others: of services that publish theirs, of trust domains, of upstream issuers.
//!
//! **Invariants:** a set is fetched from the URL that an operator registered, by the bounded client of
//! `tokenward-remote`, and kept up to date in the background; whoever asks waits once, for the first fetch,
//! and then for nothing. A set that is too old, or was never there, verifies nothing. There are at most
//! [`MOST`] at a time: one that is in use is given up for no other, and one that nobody asks for is fetched no
//! more after a day.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokenward::{
    Algorithm, ClientAssertion, Clock, ErrorChain, IssuerId, KeySet, SigningKey, Subject, UnixTime,
    Verifier,
};
use tokenward_remote::{
    Endpoint, HttpClient, HttpOptions, JwksVerifier, KeySetHandle, KeySetLocation, KeySetOptions,
    KeySetSource,
};
use tokio::time::Instant;

use crate::settings::{TrustSettings, TrustedKeys};

/// Sets that are kept up to date at a time: each is a fetch every few minutes.
const MOST: usize = 256;
/// A set that nobody has asked for in so long is fetched no more.
const IDLE: Duration = Duration::from_secs(24 * 60 * 60);
/// A set that somebody has asked for since is not given up for another's.
const IN_USE: Duration = Duration::from_secs(10 * 60);
/// How long the first fetch of a set is waited for.
const FIRST_WAIT: Duration = Duration::from_secs(3);

/// Keys that are young enough to verify with, and whom to tell of one that is not among them.
pub(super) struct Keys {
    pub(super) set: KeySet,
    pub(super) handle: Option<KeySetHandle>,
}

/// Those key sets.
pub(super) struct KeySets {
    http: Option<HttpClient>,
    clock: Arc<dyn Clock>,
    domains: Vec<(IssuerId, TrustedKeys)>,
    running: Mutex<BTreeMap<Name, Arc<Running>>>,
    decoy: Option<KeySet>,
}

/// What a set is found by. A URL that somebody has registered is never another's name that reads like it.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Name {
    /// Where the set is.
    Url(String),
    /// Whose metadata says where.
    Issuer(IssuerId),
}

impl Name {
    /// For the log and the metrics.
    fn as_str(&self) -> &str {
        match self {
            Self::Url(url) => url,
            Self::Issuer(issuer) => issuer.as_str(),
        }
    }
}

struct Running {
    /// It serves as a keeper of keys alone: what verifies is made for each service.
    keeper: JwksVerifier<ClientAssertion>,
    handle: KeySetHandle,
    since: Instant,
    /// In milliseconds since the epoch.
    asked_at: AtomicU64,
}

impl KeySets {
    pub(super) fn new(trust: &TrustSettings, clock: Arc<dyn Clock>) -> Self {
        let mut options = HttpOptions::default();
        options.extra_ca.clone_from(&trust.ca);
        let http = HttpClient::new(&options, Arc::clone(&clock));
        let http = http.inspect_err(|error| {
            let error = ErrorChain::new(error).to_string();
            tracing::warn!(error, "no key set of others can be fetched");
        });
        let domains = trust.domains.iter().map(|domain| (domain.name.clone(), domain.keys.clone()));
        let decoy = SigningKey::generate(Algorithm::Es256);
        Self {
            http: http.ok(),
            clock,
            domains: domains.collect(),
            running: Mutex::default(),
            // A set of one key without a name is asked about every assertion that names none.
            decoy: KeySet::from_keys([decoy.verifying_key().clone()]).ok(),
        }
    }

    /// Keys of nobody.
    pub(super) fn decoy(&self) -> Option<Keys> {
        Some(Keys { set: self.decoy.clone()?, handle: None })
    }

    /// The keys at `url`, if they can be had.
    pub(super) async fn at(&self, url: &str, now: UnixTime) -> Option<Keys> {
        let endpoint = Endpoint::https_or_loopback(url).ok()?;
        self.fetched(Name::Url(url.to_owned()), endpoint.into(), now).await
    }

    /// The keys of a trust domain that the configuration names, if they can be had.
    pub(super) async fn of_trust_domain(&self, name: &IssuerId, now: UnixTime) -> Option<Keys> {
        let (_, keys) = self.domains.iter().find(|(domain, _)| domain == name)?;
        self.trusted(name, keys, now).await
    }

    /// The keys of somebody whom the configuration calls `name`, if they can be had.
    pub(super) async fn trusted(
        &self,
        name: &IssuerId,
        keys: &TrustedKeys,
        now: UnixTime,
    ) -> Option<Keys> {
        match keys {
            TrustedKeys::Set(set) => Some(Keys { set: set.clone(), handle: None }),
            TrustedKeys::At(url) => {
                self.fetched(Name::Url(url.to_string()), url.clone().into(), now).await
            }
            TrustedKeys::Discovered(issuer) => {
                self.fetched(Name::Issuer(name.clone()), issuer.clone().into(), now).await
            }
        }
    }

    /// As [`Self::trusted`], fetched anew, because of a key that is not among them; `None` where that is not
    /// to be had soon.
    pub(super) async fn anew(
        &self,
        name: &IssuerId,
        keys: &TrustedKeys,
        now: UnixTime,
    ) -> Option<Keys> {
        let handle = self.trusted(name, keys, now).await?.handle?;
        let mut events = handle.events();
        handle.unknown_key();
        tokio::time::timeout(FIRST_WAIT, events.next()).await.ok()??;
        self.trusted(name, keys, now).await
    }

    async fn fetched(&self, name: Name, place: KeySetLocation, now: UnixTime) -> Option<Keys> {
        let running = self.running(name, place, now)?;
        running.asked_at.store(now.as_millis(), Ordering::Relaxed);
        let left = FIRST_WAIT.saturating_sub(running.since.elapsed());
        let _late = tokio::time::timeout(left, running.first_answer()).await;
        running.keeper.fresh(now).ok()?;
        Some(Keys { set: running.keeper.keys()?, handle: Some(running.handle.clone()) })
    }

    fn running(&self, name: Name, place: KeySetLocation, now: UnixTime) -> Option<Arc<Running>> {
        let mut all = self.lock();
        if let Some(running) = all.get(&name) {
            return Some(Arc::clone(running));
        }
        all.retain(|_, running| running.unasked_for(now) < IDLE);
        if all.len() >= MOST {
            let longest = all.iter().max_by_key(|(_, running)| running.unasked_for(now));
            let longest = longest.filter(|(_, running)| running.unasked_for(now) >= IN_USE);
            let Some(longest) = longest.map(|(name, _)| name.clone()) else {
                let name = name.as_str();
                tracing::error!(
                    name,
                    "{MOST} key sets of others are in use; this one is not fetched"
                );
                return None;
            };
            all.remove(&longest);
        }
        let running = Arc::new(self.start(&name, place, now)?);
        all.insert(name, Arc::clone(&running));
        Some(running)
    }

    fn start(&self, name: &Name, place: KeySetLocation, now: UnixTime) -> Option<Running> {
        let http = self.http.clone()?;
        let source = KeySetSource::new(
            http,
            place,
            KeySetOptions::new(name.as_str()),
            Arc::clone(&self.clock),
        );
        let handle = source.handle();
        let (issuer, subject) = (IssuerId::new("nobody").ok()?, Subject::new("nobody").ok()?);
        let keeper = JwksVerifier::start(source, |keys| {
            Verifier::client_assertion().issuer(issuer).subject(subject).keys(keys).build()
        });
        let asked_at = AtomicU64::new(now.as_millis());
        Some(Running { keeper, handle, since: Instant::now(), asked_at })
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Name, Arc<Running>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Running {
    /// For how long nobody has asked for it.
    fn unasked_for(&self, now: UnixTime) -> Duration {
        now.since(UnixTime::from_millis(self.asked_at.load(Ordering::Relaxed)))
    }

    /// Waits until a fetch has succeeded or failed, the first one.
    async fn first_answer(&self) {
        let mut events = self.keeper.events();
        while self.keeper.keys().is_none() && self.keeper.status().failures == 0 {
            if events.next().await.is_none() {
                return;
            }
        }
    }
}

impl fmt::Debug for KeySets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeySets").finish_non_exhaustive()
    }
}
