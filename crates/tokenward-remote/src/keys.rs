//! Fetching a key set, and fetching it again.
//!
//! ```text
//! waiting ──due, hint or announcement──▶ fetching ──good──▶ read and applied, due before its age ends
//!                                           └───failed───▶ last good set serves, for a bounded time
//! ```
//!
//! **Invariant:** one fetch at a time; whatever strangers put into their tokens, an unknown key id
//! causes at most one fetch per cooldown, failed ones included; the last good set stays until a new
//! one is there, and whoever uses it is told until when.
//!
//! **Invariant:** a set is read, and its keys made ready, before anybody is handed it: no verification
//! waits for either.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use tokenward::limits::LIMITS;
use tokenward::root::{Distrust, TrustedKeys};
use tokenward::{Clock, ErrorChain, KeySet, KeySetError, UnixTime};
use tokenward_revocation::feed::keys_digest;
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep_until};

use self::age::max_age;
use self::location::Locator;
use self::plan::Plan;
use crate::discovery::DiscoveryError;
use crate::http::{Answer, Endpoint, FetchError, HttpClient};

mod age;
mod event;
mod handle;
mod location;
mod pin;
mod plan;

pub use event::{KeySetEvent, KeySetEvents};
pub use handle::{KeySetHandle, KeySetStatus};
pub use location::KeySetLocation;
pub use pin::{RootPin, TrustMemory};

/// How often a key set is fetched, and how long an old one may serve.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct KeySetOptions {
    /// What it is called in metrics: the audience, or a name for a foreign issuer.
    pub name: String,
    /// How long a set is kept where the server says nothing (`Cache-Control: max-age`), or that it
    /// should not be kept at all.
    pub default_max_age: Duration,
    /// The shortest and the longest `max-age` that is believed.
    pub max_age_bounds: (Duration, Duration),
    /// The least time between two fetches because of unknown key ids.
    pub cooldown: Duration,
    /// How long the last good set may serve after its age has ended, while it cannot be fetched anew
    /// (`stale-if-error` of RFC 5861 § 4). A server's own `stale-if-error` and `must-revalidate`
    /// change nothing: what an outage is worth is not the server's to say.
    ///
    /// # Security
    ///
    /// A key that was withdrawn during the outage counts for so long, plus `max-age`.
    pub outage: Duration,
}

impl KeySetOptions {
    /// The longest key set that is read, in bytes. A set of 100 RSA keys has 50 KB.
    pub const MAX_BYTES: usize = LIMITS.key_set_bytes;

    /// The usual times: five minutes where the server says nothing, an hour at most; a cooldown of 30
    /// seconds; an hour of outage.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            default_max_age: Duration::from_secs(300),
            max_age_bounds: (Duration::from_secs(1), Duration::from_secs(3_600)),
            cooldown: Duration::from_secs(30),
            outage: Duration::from_secs(3_600),
        }
    }

    fn max_age(&self, said: Option<Duration>) -> Duration {
        let (shortest, longest) = self.max_age_bounds;
        said.unwrap_or(self.default_max_age).min(longest).max(shortest)
    }
}

/// A key set that is kept up to date.
pub struct KeySetSource {
    http: HttpClient,
    locator: Locator,
    pin: Option<RootPin>,
    options: KeySetOptions,
    clock: Arc<dyn Clock>,
    handle: KeySetHandle,
}

impl KeySetSource {
    /// The key set at `location`: an [`Endpoint`](crate::Endpoint), or a
    /// [`Discovery`](crate::Discovery) of where it is.
    #[must_use]
    pub fn new(
        http: HttpClient,
        location: impl Into<KeySetLocation>,
        options: KeySetOptions,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let locator = Locator::new(location.into());
        Self { http, locator, pin: None, options, clock, handle: KeySetHandle::new() }
    }

    /// The same, but what is at the location is a signed key set, and the root in `pin` must vouch for it.
    #[must_use]
    pub fn pinned(self, pin: RootPin) -> Self {
        Self { pin: Some(pin), ..self }
    }

    /// The handle by which others ask for a fetch and see how it stands.
    #[must_use]
    pub fn handle(&self) -> KeySetHandle {
        self.handle.clone()
    }

    /// Fetches the set once.
    pub async fn fetch(&self) -> Result<FetchedKeys, KeySetFetchError> {
        let result = self.fetch_where_it_is().await;
        if result.is_err() {
            self.locator.forget();
        }
        result
    }

    /// Keeps the set up to date for ever, and hands what each fetch brings to `apply`, changed or not.
    pub async fn run(self, mut apply: impl FnMut(&FetchedKeys) + Send) {
        let mut plan = Plan::new(Instant::now(), self.options.cooldown);
        let mut announced = self.handle.announcements();
        let mut tick = interval(Duration::from_secs(1));
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut current: Option<KeySet> = None;
        if let Some(restored) = self.restore().await {
            apply(&restored);
            self.restored(&restored);
            current = Some(restored.keys);
        }
        loop {
            let cause = self.wait(&mut plan, &mut announced, &mut tick).await;
            self.handle.listen_for_hints();
            if matches!(cause, FetchCause::UnknownKey) {
                // The issuer may have moved its key set and left the old one where it was.
                self.locator.forget();
            }
            match self.fetch().await {
                Ok(mut fetched) => {
                    if let Some(current) = current.take().filter(|_| !fetched.changed) {
                        // The very same keys, so that whatever hangs on them stays warm.
                        fetched.keys = current;
                    }
                    let told = announced.borrow().clone();
                    let is_announced = told.is_none_or(|told| told == fetched.digest);
                    plan.fetched(Instant::now(), fetched.max_age, is_announced);
                    apply(&fetched);
                    self.refreshed(cause, &fetched);
                    current = Some(fetched.keys);
                }
                Err(error) => {
                    plan.failed(Instant::now(), error.retry_after());
                    self.failed(cause, error);
                }
            }
        }
    }

    /// The clock that it goes by.
    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }

    async fn fetch_where_it_is(&self) -> Result<FetchedKeys, KeySetFetchError> {
        let endpoint = self.locator.find(&self.http).await?;
        // Before the request: what the answer says may be as old as that.
        let fetched_at = self.clock.now();
        let Got { keys, digest, headers, until } = match &self.pin {
            Some(pin) => Got::vouched_for(pin.fetch(&self.http, &endpoint, fetched_at).await?),
            None => Got::plain(&self.http, &endpoint).await?,
        };
        if holds_a_secret(&keys) {
            return Err(KeySetFetchError::PublishedSecret);
        }
        let changed = self.handle.digest().as_ref() != Some(&digest);
        for skipped in keys.skipped().iter().filter(|_| changed) {
            tracing::warn!(
                key_set = %endpoint, member = skipped.index, why = %skipped.why,
                "a key of the set cannot be used and is left out"
            );
        }
        let max_age = self.options.max_age(max_age(&headers)).min(until.since(fetched_at));
        let serves_until = self.serves_until(fetched_at, max_age).min(until);
        Ok(FetchedKeys { keys, digest, changed, max_age, fetched_at, serves_until })
    }

    /// What was kept of an earlier fetch, if the pinned root still vouches for it and it may still serve.
    async fn restore(&self) -> Option<FetchedKeys> {
        let now = self.clock.now();
        let (trusted, fetched_at) = self.pin.as_ref()?.restore(now).await?;
        let keys = trusted.key_set().clone();
        let max_age = self.options.max_age(None);
        let serves_until = self.serves_until(fetched_at, max_age).min(trusted.expires_at());
        let may_serve = serves_until > now && !holds_a_secret(&keys);
        let digest = keys_digest(trusted.statement().key_set_json().as_bytes());
        let fetched =
            FetchedKeys { keys, digest, changed: true, max_age, fetched_at, serves_until };
        may_serve.then_some(fetched)
    }

    fn serves_until(&self, fetched_at: UnixTime, max_age: Duration) -> UnixTime {
        fetched_at.saturating_add(max_age).saturating_add(self.options.outage)
    }

    /// Waits for the next fetch, whose time may come nearer meanwhile.
    async fn wait(
        &self,
        plan: &mut Plan,
        announced: &mut watch::Receiver<Option<String>>,
        tick: &mut Interval,
    ) -> FetchCause {
        loop {
            let (due, cause) = plan.next();
            tokio::select! {
                biased;
                () = sleep_until(due) => return cause,
                () = self.handle.hint() => plan.ask(FetchCause::UnknownKey),
                _ = announced.changed() => {
                    let told = announced.borrow_and_update().clone();
                    if told.is_some() && told != self.handle.digest() {
                        plan.ask(FetchCause::Announced);
                    }
                }
                _ = tick.tick() => self.grow_older(),
            }
        }
    }

    fn restored(&self, kept: &FetchedKeys) {
        self.handle.update(|status| {
            status.fetched_at = Some(kept.fetched_at);
            status.serves_until = Some(kept.serves_until);
            status.digest = Some(kept.digest.clone());
        });
        let event = KeySetEvent::Restored {
            keys: kept.keys.keys().len(),
            fetched_at: kept.fetched_at,
            serves_until: kept.serves_until,
        };
        self.tell(event, false);
    }

    fn refreshed(&self, cause: FetchCause, fetched: &FetchedKeys) {
        let fetched_at = Some(fetched.fetched_at);
        let before = self.handle.update(|status| {
            std::mem::replace(
                status,
                KeySetStatus {
                    fetched_at,
                    serves_until: Some(fetched.serves_until),
                    digest: Some(fetched.digest.clone()),
                    ..KeySetStatus::default()
                },
            )
        });
        if before.failures > 0 {
            let KeySetStatus { failures, told_stale: was_stale, .. } = before;
            self.tell(KeySetEvent::Recovered { failures, was_stale }, false);
        }
        let event = KeySetEvent::Refreshed {
            cause,
            changed: fetched.changed,
            keys: fetched.keys.keys().len(),
            skipped: fetched.keys.skipped().len(),
            age: before.fetched_at.map(|at| self.clock.now().since(at)),
            max_age: fetched.max_age,
            serves_until: fetched.serves_until,
        };
        self.tell(event, false);
    }

    fn failed(&self, cause: FetchCause, error: KeySetFetchError) {
        let text = ErrorChain::new(&error).to_string();
        let (failures, serves_until, repeated) = self.handle.update(|status| {
            let repeated = status.last_error.as_ref() == Some(&text);
            status.failures = status.failures.saturating_add(1);
            status.last_error = Some(text);
            (status.failures, status.serves_until, repeated)
        });
        let error = Arc::new(error);
        self.tell(KeySetEvent::Failed { cause, error, failures, serves_until }, repeated);
        self.grow_older();
    }

    /// Tells how old the set is, and once, if that has become too old.
    fn grow_older(&self) {
        let now = self.clock.now();
        let (fetched_at, stale) = self.handle.update(|status| {
            let over = status.serves_until.filter(|until| now > *until && !status.told_stale);
            status.told_stale |= over.is_some();
            (status.fetched_at, over)
        });
        // Unknown is worse than any age.
        metrics::gauge!("tokenward_key_set_age_seconds", "audience" => self.options.name.clone())
            .set(fetched_at.map_or(f64::INFINITY, |at| now.since(at).as_secs_f64()));
        if let Some(since) = stale {
            self.tell(KeySetEvent::Stale { since }, false);
        }
    }

    fn tell(&self, event: KeySetEvent, repeated: bool) {
        event.count(&self.options.name);
        event.log(&self.locator.to_string(), repeated);
        self.handle.send(event);
    }
}

impl fmt::Debug for KeySetSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeySetSource").field("locator", &self.locator).finish_non_exhaustive()
    }
}

/// What came back, before it is judged by age.
struct Got {
    keys: KeySet,
    digest: String,
    headers: HeaderMap,
    /// The end of the word that it was taken on.
    until: UnixTime,
}

impl Got {
    async fn plain(http: &HttpClient, endpoint: &Endpoint) -> Result<Self, KeySetFetchError> {
        let Answer { headers, body } = http.get(endpoint, None, KeySetOptions::MAX_BYTES).await?;
        let digest = keys_digest(&body);
        // Where blocking is no harm: a set of many keys takes milliseconds to make ready.
        let keys = spawn_blocking(move || KeySet::parse(&body))
            .await
            .map_err(|_| KeySetFetchError::Stopped)??;
        Ok(Self { keys, digest, headers, until: UnixTime::NEVER })
    }

    fn vouched_for((trusted, answer): (TrustedKeys, Answer)) -> Self {
        Self {
            keys: trusted.key_set().clone(),
            // That of the plain set: it is what the feed announces.
            digest: keys_digest(trusted.statement().key_set_json().as_bytes()),
            headers: answer.headers,
            until: trusted.expires_at(),
        }
    }
}

fn holds_a_secret(keys: &KeySet) -> bool {
    keys.keys().iter().any(|key| key.algorithm().is_symmetric())
}

/// A key set, fresh from its URL.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FetchedKeys {
    /// The keys: public ones alone.
    pub keys: KeySet,
    /// The [`keys_digest`] of the body.
    pub digest: String,
    /// Whether it differs from the set that the source had before.
    pub changed: bool,
    /// How long it may be kept.
    pub max_age: Duration,
    /// When it was asked for.
    pub fetched_at: UnixTime,
    /// Until when it may serve, if it cannot be fetched anew.
    pub serves_until: UnixTime,
}

/// Why a key set is fetched.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum FetchCause {
    /// It is the first time, the set's age will end, or a fetch has failed.
    Due,
    /// A token named a key that the set does not have.
    UnknownKey,
    /// The feed has announced another set.
    Announced,
}

impl FetchCause {
    /// The label for metrics: snake case, one of a closed list.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::UnknownKey => "unknown_key",
            Self::Announced => "announced",
        }
    }
}

/// A key set was not fetched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeySetFetchError {
    /// The issuer does not tell where it is.
    #[error("finding the key set failed")]
    Discovery(#[from] DiscoveryError),
    /// Nothing usable came back.
    #[error("fetching the key set failed")]
    Fetch(#[from] FetchError),
    /// What came back is no key set that may be trusted.
    #[error("what was fetched cannot be trusted")]
    KeySet(#[from] KeySetError),
    /// It holds a symmetric key, which whoever can read the URL could sign with.
    #[error("the published key set holds a symmetric key: treat that key as leaked")]
    PublishedSecret,
    /// The pinned root does not vouch for it.
    #[error("the pinned root does not vouch for the key set")]
    Distrusted(#[from] Distrust),
    /// The program is ending.
    #[error("the key set was not read because the program is ending")]
    Stopped,
}

impl KeySetFetchError {
    const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Discovery(error) => error.retry_after(),
            Self::Fetch(error) => error.retry_after(),
            _ => None,
        }
    }
}
