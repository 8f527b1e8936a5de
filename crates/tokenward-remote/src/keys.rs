//! Fetching a key set, and fetching it again.
//!
//! **Invariant:** one fetch at a time; whatever strangers put into their tokens, an unknown key id
//! causes at most one fetch per cooldown, failed ones included; the last good set stays until a new
//! one is there, and whoever uses it is told until when.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokenward::{Clock, ErrorChain, KeySet, KeySetError, UnixTime};
use tokenward_revocation::feed::keys_digest;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use self::age::max_age;
use self::plan::{Plan, Why};
use crate::http::{Endpoint, FetchError, HttpClient};

mod age;
mod handle;
mod plan;

pub use handle::{KeySetHandle, KeySetStatus};

/// How often a key set is fetched, and how long an old one may serve.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct KeySetOptions {
    /// What it is called in metrics and logs: the audience.
    pub name: String,
    /// How long a set is kept where the server says nothing (`Cache-Control: max-age`).
    pub default_max_age: Duration,
    /// The shortest and the longest `max-age` that is believed.
    pub max_age_bounds: (Duration, Duration),
    /// The least time between two fetches because of unknown key ids.
    pub cooldown: Duration,
    /// How long the last good set may serve while the server is down.
    pub outage: Duration,
}

impl KeySetOptions {
    /// The longest key set that is read, in bytes. A set of 100 RSA keys has 50 KB.
    pub const MAX_BYTES: usize = 1 << 20;

    /// The usual times.
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
}

/// A URL whose key set is kept up to date.
pub struct KeySetSource {
    http: HttpClient,
    endpoint: Endpoint,
    options: KeySetOptions,
    clock: Arc<dyn Clock>,
    handle: KeySetHandle,
}

impl KeySetSource {
    /// The key set at `endpoint`.
    #[must_use]
    pub fn new(
        http: HttpClient,
        endpoint: Endpoint,
        options: KeySetOptions,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { http, endpoint, options, clock, handle: KeySetHandle::new() }
    }

    /// The handle by which others ask for a fetch and see how it stands.
    #[must_use]
    pub fn handle(&self) -> KeySetHandle {
        self.handle.clone()
    }

    /// Fetches the set once.
    pub async fn fetch(&self) -> Result<FetchedKeys, KeySetFetchError> {
        // Before the request: what the answer says may be as old as that.
        let fetched_at = self.clock.now();
        let answer = self.http.get(&self.endpoint, None, KeySetOptions::MAX_BYTES).await?;
        let keys = KeySet::parse(&answer.body)?;
        if keys.keys().iter().any(|key| key.algorithm().is_symmetric()) {
            return Err(KeySetFetchError::PublishedSecret);
        }
        for skipped in keys.skipped() {
            tracing::warn!(
                key_set = %self.endpoint, member = skipped.index, why = %skipped.why,
                "a key of the set cannot be used and is left out"
            );
        }
        let (shortest, longest) = self.options.max_age_bounds;
        let max_age = max_age(&answer.headers)
            .unwrap_or(self.options.default_max_age)
            .max(shortest)
            .min(longest);
        Ok(FetchedKeys { keys, digest: keys_digest(&answer.body), max_age, fetched_at })
    }

    /// Keeps the set up to date for ever, and hands each new one to `apply`, with the time until which
    /// it may serve.
    pub async fn run(self, apply: impl Fn(KeySet, UnixTime) + Send) {
        let mut plan = Plan::new(Instant::now(), self.options.cooldown);
        let mut announced = self.handle.announcements();
        loop {
            let why = self.wait(&mut plan, &mut announced).await;
            let result = self.fetch().await;
            self.count(why, result.is_ok());
            self.handle.tell(result.as_ref());
            let now = Instant::now();
            match result {
                Ok(fetched) => {
                    let current =
                        announced.borrow().as_ref().is_none_or(|told| *told == fetched.digest);
                    plan.fetched(now, &fetched, current);
                    apply(fetched.keys, fetched.fetched_at.saturating_add(self.options.outage));
                }
                Err(error) => {
                    tracing::warn!(
                        key_set = %self.endpoint, error = %ErrorChain::new(&error),
                        "the key set could not be fetched; the last good one stays"
                    );
                    plan.failed(now, error.retry_after());
                }
            }
        }
    }

    /// Waits for the next fetch, whose time may come nearer meanwhile.
    async fn wait(&self, plan: &mut Plan, announced: &mut watch::Receiver<Option<String>>) -> Why {
        let mut why = Why::Due;
        loop {
            let (sooner, because) = tokio::select! {
                biased;
                () = sleep_until(plan.due) => return why,
                () = self.handle.hint() => {
                    (plan.after_cooldown(), Why::UnknownKey)
                }
                _ = announced.changed() => {
                    let told = announced.borrow_and_update().clone();
                    if told.is_none() || told == self.handle.digest() {
                        continue;
                    }
                    (plan.soon(), Why::Announced)
                }
            };
            if sooner < plan.due {
                plan.due = sooner;
                why = because;
            }
        }
    }

    fn count(&self, why: Why, good: bool) {
        metrics::counter!(
            "tokenward_key_set_fetches_total",
            "audience" => self.options.name.clone(),
            "why" => why.as_str(),
            "outcome" => if good { "ok" } else { "failed" },
        )
        .increment(1);
    }
}

impl fmt::Debug for KeySetSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeySetSource").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

/// A key set, fresh from its URL.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FetchedKeys {
    /// The keys: public ones alone.
    pub keys: KeySet,
    /// The [`keys_digest`] of the body.
    pub digest: String,
    /// How long it may be kept.
    pub max_age: Duration,
    /// When it was asked for.
    pub fetched_at: UnixTime,
}

/// A key set was not fetched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeySetFetchError {
    /// Nothing usable came back.
    #[error("fetching the key set failed")]
    Fetch(#[from] FetchError),
    /// What came back is no key set that may be trusted.
    #[error("what was fetched cannot be trusted")]
    KeySet(#[from] KeySetError),
    /// It holds a symmetric key, which whoever can read the URL could sign with.
    #[error("the published key set holds a symmetric key: treat that key as leaked")]
    PublishedSecret,
}

impl KeySetFetchError {
    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Fetch(error) => error.retry_after(),
            _ => None,
        }
    }
}
