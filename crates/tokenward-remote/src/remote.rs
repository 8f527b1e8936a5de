//! Everything that a verifier in another process needs, kept up to date in the background.
//!
//! **Invariant:** a [`Remote`] that cannot reach its authority goes on with what it has exactly as
//! long as its revocations are young enough, then says that it is unavailable, and mends itself.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokenward::{Audience, Clock, KeySet, Verifier};
use tokenward_revocation::feed::BadFeedKey;
use tokenward_revocation::{Stale, View};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::feed::{FeedClient, FeedHandle};
use crate::http::{BadEndpoint, HttpClient, HttpSetupError};
use crate::keys::{KeySetEvents, KeySetHandle, KeySetSource};
use crate::verifier::LiveVerifier;

mod config;

#[cfg(test)]
mod tests;

pub use config::RemoteConfig;

/// A verifier for one audience of a remote authority.
///
/// Its tasks end when it is dropped.
pub struct Remote {
    verifier: Arc<LiveVerifier>,
    keys: KeySetHandle,
    feed: FeedHandle,
    clock: Arc<dyn Clock>,
    _tasks: JoinSet<()>,
}

impl Remote {
    /// Starts to fetch, and answers at once: until keys and revocations are there, its verifier says
    /// that it is unavailable. For a service that should come up though the authority is down.
    ///
    /// Must be called inside a Tokio runtime.
    pub fn start(config: &RemoteConfig, clock: Arc<dyn Clock>) -> Result<Self, RemoteError> {
        let endpoints = config.endpoints()?;
        config.check_times()?;
        let http = HttpClient::new(config.http_options(), Arc::clone(&clock))?;
        let source = KeySetSource::new(
            http.clone(),
            endpoints.keys,
            config.key_set_options(),
            Arc::clone(&clock),
        );
        let source = match endpoints.pin {
            Some(pin) => source.pinned(pin),
            None => source,
        };
        let keys = source.handle();
        let view = Arc::new(View::following(config.audience().clone(), config.freshness()));
        let verifier = Arc::new(LiveVerifier::waiting(
            verifier_without_keys(config),
            Arc::clone(&view),
            keys.clone(),
        ));
        let feed_client = FeedClient::new(
            http,
            endpoints.snapshot,
            endpoints.feed,
            config.credential().clone(),
            view,
            config.feed_trust()?,
            config.feed_options().clone(),
        )
        .announcing_to(keys.clone())
        .carried_by(config.source().cloned());
        let feed_client = match config.feed_file() {
            Some(file) => feed_client.kept_in(file),
            None => feed_client,
        };
        let feed = feed_client.handle();

        let mut tasks = JoinSet::new();
        let target = Arc::clone(&verifier);
        tasks.spawn(source.run(move |fetched| target.take(fetched)));
        tasks.spawn(feed_client.run());
        tasks.spawn(watch(Arc::clone(&verifier), Arc::clone(&clock)));
        Ok(Self { verifier, keys, feed, clock, _tasks: tasks })
    }

    /// Starts to fetch, and answers once tokens can be verified. For a program that is to fail early;
    /// it waits as long as [`RemoteConfig::connect_timeout`] says.
    pub async fn connect(
        config: &RemoteConfig,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, RemoteError> {
        let remote = Self::start(config, clock)?;
        let wait = config.connect_wait();
        if timeout(wait, remote.ready()).await.is_ok() {
            return Ok(remote);
        }
        let Status { keys_error, feed_error, .. } = remote.status();
        let cause = keys_error.or(feed_error).unwrap_or_else(|| "no answer yet".to_owned());
        Err(RemoteError::NotReady { wait, cause })
    }

    /// Waits until tokens can be verified.
    pub async fn ready(&self) {
        let mut tick = interval(Duration::from_millis(20));
        while self.verifier.fresh(self.clock.now()).is_err() {
            tick.tick().await;
        }
    }

    /// The verifier. It stays the same while its keys and revocations change.
    #[must_use]
    pub fn verifier(&self) -> Arc<LiveVerifier> {
        Arc::clone(&self.verifier)
    }

    /// What happens to its key set from now on.
    #[must_use]
    pub fn key_set_events(&self) -> KeySetEvents {
        self.keys.events()
    }

    /// How it stands now.
    #[must_use]
    pub fn status(&self) -> Status {
        let now = self.clock.now();
        let keys = self.keys.status();
        Status {
            unavailable: self.verifier.fresh(now).err(),
            keys_age: keys.fetched_at.map(|at| now.since(at)),
            feed_age: self.verifier.view().age(now),
            revocations: self.verifier.view().len(),
            following: self.feed.is_up(),
            keys_error: keys.last_error,
            feed_error: self.feed.last_error(),
        }
    }
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remote").field("verifier", &self.verifier).finish_non_exhaustive()
    }
}

/// How a [`Remote`] stands.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Status {
    /// Why no token can be verified just now; `None` if all is well.
    pub unavailable: Option<Stale>,
    /// How old the key set is.
    pub keys_age: Option<Duration>,
    /// How old what is known of revocations is, clock error included.
    pub feed_age: Option<Duration>,
    /// How many revocations are known.
    pub revocations: usize,
    /// Whether the feed is being followed.
    pub following: bool,
    /// Why the last fetch of the key set failed, if it did.
    pub keys_error: Option<String>,
    /// Why the feed was lost, while it is.
    pub feed_error: Option<String>,
}

/// A [`Remote`] cannot be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RemoteError {
    /// A URL is not one that may be fetched.
    #[error("`{setting}`")]
    Endpoint {
        /// The setting. What it says is left out: it may hold a password.
        setting: &'static str,
        /// What is wrong with it.
        #[source]
        source: BadEndpoint,
    },
    /// The issuer is not one of an audience.
    #[error("`issuer` must end in `/audiences/{audience}`, the issuer of that audience")]
    NotAnAudienceIssuer {
        /// The audience.
        audience: Audience,
    },
    /// The bounds leave no room between two heartbeats.
    #[error(
        "`max_staleness` must be at least {:.1} s: `clock_error`, and two seconds for heartbeats",
        least.as_secs_f64()
    )]
    TooTight {
        /// The least that works.
        least: Duration,
    },
    /// A pinned feed key is none.
    #[error("the feed key")]
    FeedKey(#[from] BadFeedKey),
    /// TLS cannot be set up.
    #[error("outgoing connections cannot be set up")]
    Http(#[from] HttpSetupError),
    /// The authority did not answer in time.
    #[error("the authority was not ready within {:.1} s: {cause}", wait.as_secs_f64())]
    NotReady {
        /// How long was waited.
        wait: Duration,
        /// What was in the way the last time.
        cause: String,
    },
}

#[expect(clippy::expect_used, reason = "an empty set has no two keys that could disagree")]
fn verifier_without_keys(config: &RemoteConfig) -> Verifier {
    let none = KeySet::from_keys([]).expect("no keys are a set");
    config.verifier(none)
}

/// Tells metrics and log how old everything is.
async fn watch(verifier: Arc<LiveVerifier>, clock: Arc<dyn Clock>) {
    let audience = verifier.audience().to_string();
    let feed_age =
        metrics::gauge!("tokenward_revocation_age_seconds", "audience" => audience.clone());
    let known = metrics::gauge!("tokenward_revocations_known", "audience" => audience.clone());
    let mut health = Health::default();
    let mut tick = interval(Duration::from_secs(1));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let now = clock.now();
        let view = verifier.view();
        // Unknown is worse than any age.
        feed_age.set(view.age(now).map_or(f64::INFINITY, |age| age.as_secs_f64()));
        known.set(u32::try_from(view.len()).map_or(f64::INFINITY, f64::from));
        let refused = verifier.fresh(now).err();
        health.observe(&audience, refused.or_else(|| view.staleness(now)), refused.is_none());
    }
}

/// Logs changes of health, not its states.
#[derive(Debug, Default)]
struct Health {
    was_stale: Option<bool>,
}

impl Health {
    fn observe(&mut self, audience: &str, stale: Option<Stale>, serving: bool) {
        let first = self.was_stale.is_none() && !serving;
        let changed = self.was_stale.replace(stale.is_some()) != Some(stale.is_some());
        match stale {
            _ if !changed => {}
            None => tracing::info!(audience, "tokens can be verified: all is fresh"),
            // A start is no failure; what cannot be fetched says so itself.
            Some(why) if first => tracing::info!(audience, %why, "no token can be verified yet"),
            Some(why) if serving => tracing::error!(
                audience, %why,
                "revocations are stale, and tokens are accepted all the same (when_stale = \"accept\")"
            ),
            Some(why) => tracing::error!(audience, %why, "no token can be verified"),
        }
    }
}
