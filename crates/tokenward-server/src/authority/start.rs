//! From parts to a running authority, and its end.

use std::collections::BTreeSet;
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokenward::crypto::Secret256;
use tokenward::{BackendError, ClientId, ErrorChain};
use tokenward_keys::{KeyStore, TimingError};
use tokenward_revocation::{Fingerprints, RevocationStore};
use tokenward_sessions::{Service, ServiceStore};
use tokio::sync::watch;

use super::feed::Hub;
use super::rate::Buckets;
use super::{Authority, Parts};
use crate::settings::{Settings, SettingsError};

/// Why an authority did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// A setting is unsafe or cannot work; the message names it and the mend.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The times of the keys break a rule; the message names the setting.
    #[error(transparent)]
    Timing(#[from] TimingError),
    /// A store could not be read or written.
    #[error("{what}")]
    Store {
        /// What was being done.
        what: &'static str,
        /// What the store said.
        #[source]
        source: BackendError,
    },
    /// What the store holds was sealed under another data key.
    #[error(
        "{what} was sealed under another key: start with the key file or passphrase that this store \
         was made with"
    )]
    OtherDataKey {
        /// What could not be opened.
        what: String,
    },
}

impl Authority {
    /// Checks the settings, opens what the stores hold, and sets the clockwork going.
    ///
    /// Must be called within a Tokio runtime.
    pub async fn start(parts: Parts) -> Result<Arc<Self>, StartError> {
        let Parts { settings, clock, keys, sessions, services, revocations, .. } = parts;
        settings.check()?;
        declare(&settings, &*services).await?;
        let mut feeds = Vec::new();
        for audience in &settings.audiences {
            let name = format!("feed:{}", audience.name);
            let secret = sealed_secret(&*keys, &parts.data_key, &name).await?;
            feeds.push((audience.name.clone(), Fingerprints::new(secret)));
        }
        let seats = settings.limits.feed_followers;
        let store: Arc<dyn RevocationStore> = Arc::clone(&revocations);
        let hub = Hub::open(store, Arc::clone(&clock), feeds, seats).await;
        let hub = hub.map_err(|source| StartError::Store { what: "revocations", source })?;
        let authority = Arc::new(Self {
            token_outlives: token_outlives(&settings),
            by_client: Buckets::new(settings.limits.client),
            by_address: Buckets::new(settings.limits.address),
            settings,
            clock,
            sessions,
            services,
            revocations,
            admin_tokens: parts.admin_tokens,
            hub: Arc::new(hub),
            stop: watch::Sender::new(false),
        });
        authority.set_going();
        Ok(authority)
    }

    /// Ends the clockwork and every feed; requests that were begun are left to finish.
    pub async fn shutdown(&self) {
        self.stop.send_replace(true);
    }

    /// One beat: spreads what was committed, and tells followers that we live.
    ///
    /// The clockwork does this each second.
    pub async fn beat(&self) {
        if let Err(error) = self.hub.beat(|_| None).await {
            tracing::error!(error = %ErrorChain::new(&error), "the revocations could not be read");
        }
    }

    /// Forgets what no longer matters.
    ///
    /// The clockwork does this each minute.
    pub async fn tidy(&self) {
        let now = self.clock.now();
        let pruned = match self.sessions.prune(now).await {
            Ok(_) => self.revocations.prune(now).await,
            Err(error) => Err(error),
        };
        if let Err(error) = pruned {
            tracing::warn!(error = %ErrorChain::new(&error), "old rows could not be pruned");
        }
    }

    fn set_going(self: &Arc<Self>) {
        self.every(SPREAD, |authority| async move {
            if let Err(error) = authority.hub.catch_up().await {
                tracing::error!(error = %ErrorChain::new(&error), "the revocations could not be read");
            }
        });
        self.every(BEAT, |authority| async move { authority.beat().await });
        self.every(TIDY, |authority| async move { authority.tidy().await });
    }

    /// Runs `work` every `period` until the authority is shut down or dropped.
    fn every<F>(self: &Arc<Self>, period: Duration, work: impl Fn(Arc<Self>) -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send,
    {
        let weak: Weak<Self> = Arc::downgrade(self);
        let mut stop = self.stop.subscribe();
        tokio::spawn(async move {
            let mut clock = tokio::time::interval(period);
            clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                tokio::select! {
                    _ = clock.tick() => {}
                    // An error says that the authority is gone.
                    _ = stop.wait_for(|stop| *stop) => return,
                }
                let Some(authority) = weak.upgrade() else { return };
                work(authority).await;
            }
        });
    }
}

/// Revocations of other replicas are read this often; our own are spread at once.
const SPREAD: Duration = Duration::from_millis(250);
/// A follower must hear from us at least once a second.
const BEAT: Duration = Duration::from_secs(1);
/// What has ended is harmless; it only takes room.
const TIDY: Duration = Duration::from_secs(60);

/// T + L + W + 2S over all audiences, and a second for the rounding of `iat` and `exp`.
fn token_outlives(settings: &Settings) -> Duration {
    let longest = settings.audiences.iter().map(|a| a.access_lifetime).max().unwrap_or_default();
    let keys = &settings.keys;
    [keys.signer_lease, keys.leeway, keys.clock_error, keys.clock_error, Duration::from_secs(1)]
        .into_iter()
        .fold(longest, Duration::saturating_add)
}

/// Brings the stored services in line with those that the configuration declares. Secrets stay.
async fn declare(settings: &Settings, store: &dyn ServiceStore) -> Result<(), StartError> {
    let failed = |source| StartError::Store { what: "services", source };
    let declared: BTreeSet<&ClientId> = settings.services.iter().map(|s| &s.name).collect();
    for stored in store.list_services().await.map_err(failed)? {
        if stored.declared && !declared.contains(&stored.name) {
            store.remove_service(&stored.name).await.map_err(failed)?;
        }
    }
    for service in &settings.services {
        let stored = store.service(&service.name).await.map_err(failed)?;
        let wanted = merged(service, stored.as_ref());
        if stored.as_ref() != Some(&wanted) {
            store.put_service(wanted).await.map_err(failed)?;
        }
    }
    Ok(())
}

fn merged(declared: &Service, stored: Option<&Service>) -> Service {
    let mut wanted = Service { declared: true, ..declared.clone() };
    let known = stored.map(|stored| stored.secrets.clone()).unwrap_or_default();
    let new = wanted.secrets.into_iter().filter(|s| known.iter().all(|k| k.hash != s.hash));
    wanted.secrets = known.iter().cloned().chain(new).collect();
    wanted
}

/// The secret called `name`, made at the first start and sealed under the data key ever since.
async fn sealed_secret(
    store: &dyn KeyStore,
    data_key: &Secret256,
    name: &str,
) -> Result<Secret256, StartError> {
    let key = data_key.derive(b"tokenward sealed secret v1");
    let fresh = key.seal(name.as_bytes(), Secret256::random().expose());
    let sealed = store
        .sealed_secret(name, fresh)
        .await
        .map_err(|source| StartError::Store { what: "sealed secrets", source })?;
    let opened = key.open(name.as_bytes(), &sealed);
    opened
        .and_then(|bytes| <[u8; 32]>::try_from(bytes.as_slice()).ok())
        .map(Secret256::from_bytes)
        .ok_or_else(|| StartError::OtherDataKey { what: format!("`{name}`") })
}
