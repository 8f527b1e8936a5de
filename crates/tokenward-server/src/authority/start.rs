//! From parts to a running authority, and its end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokenward::crypto::Secret256;
use tokenward::{
    AccessLifetime, Audience, BackendError, BackendErrorKind, ClientId, ErrorChain, Issuer,
    IssuerBuilder, IssuerId, Sensitive, SignFailed, UnixTime, Verifier,
};
use tokenward_keys::{FormerSecrets, KeyRing, KeyStore, RingError, Timing, TimingError};
use tokenward_remote::LiveVerifier;
use tokenward_revocation::feed::keys_digest;
use tokenward_revocation::{DenseIds, Fingerprints, View};
use tokenward_sessions::{ChallengeKey, RefreshLifetime, Service, ServiceStore, SessionLifetime};
use tokenward_tower::cookies::SameSite;
use tokenward_tower::csrf::Origins;
use tokenward_tower::dpop::{Dpop, Nonces};
use tokio::sync::watch;
use tokio::task::JoinSet;
use zeroize::Zeroizing;

use super::audience::AudienceState;
use super::events::{Events, PushSetupError};
use super::feed::Hub;
use super::former::Known;
use super::keysets::KeySets;
use super::lamp::Lamp;
use super::lockout::{Lockout, Locks};
use super::mint::AMR;
use super::rate::Buckets;
use super::status::StatusLists;
use super::{Authority, Parts, discovery, feed};
use crate::settings::{AudienceSettings, Settings, SettingsError};

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
    /// The keys of an audience could not be read, or not made.
    #[error("the keys of audience {audience}")]
    Keys {
        /// Whose keys.
        audience: Audience,
        /// Why.
        #[source]
        source: RingError,
    },
    /// No connection can be made to a receiver of events.
    #[error(transparent)]
    Push(#[from] PushSetupError),
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
        parts.settings.check()?;
        declare(&parts.settings, &*parts.services).await?;
        let hub = open_hub(&parts).await?;
        let mut audiences = BTreeMap::new();
        for audience in &parts.settings.audiences {
            let state = open_audience(&parts, audience, &hub).await?;
            // A secret that cannot be read verifies nothing, and keeps nobody from what the authority issues.
            state.former_lamp.show(&state.take_former(parts.clock.now()).await);
            audiences.insert(audience.name.clone(), Arc::new(state));
        }
        let events = Events::of(parts.events, &parts.settings, &parts.clock).await?;
        let Parts { settings, clock, sessions, passkeys, services, revocations, frames, .. } =
            parts;
        let origins = settings.audiences.iter().flat_map(|audience| &audience.origins);
        let all_origins = Origins::new(origins).map_err(|error| origins_error(&error))?;
        let authority = Arc::new(Self {
            token_outlives: token_outlives(&audiences),
            key_sets: KeySets::new(&settings.trust, Arc::clone(&clock)),
            by_client: Buckets::new(settings.limits.client),
            by_address: Buckets::new(settings.limits.address),
            by_session: Buckets::of_sessions(settings.limits.session),
            by_attempt: Buckets::of_sessions(settings.limits.session),
            by_subject: Buckets::of_sessions(settings.limits.subject),
            lockout: Lockout::new(settings.limits.failures),
            dead_tokens: Locks::new(settings.limits.failures),
            settings,
            clock,
            sessions,
            passkeys,
            services,
            revocations,
            frames,
            admin_tokens: parts.admin_tokens,
            carrier: parts.carrier,
            events,
            audiences,
            all_origins,
            nonces: Nonces::new(&parts.data_key),
            challenges: ChallengeKey::new(&parts.data_key),
            data_key: parts.data_key,
            hub: Arc::new(hub),
            stop: watch::Sender::new(false),
            tasks: Mutex::default(),
            store_lamp: Lamp::new("the revocations cannot be read"),
            frame_lamp: Lamp::new("the frames of the revocation feed cannot be kept"),
            tidy_lamp: Lamp::new("old rows cannot be pruned"),
            shard_lamp: Lamp::new("no shard of token ids can be leased; tokens get random ids"),
            ids: DenseIds::default(),
        });
        authority.lease_ids().await;
        // Before anybody can revoke: what is revoked from here on is an event, what was before was told or is
        // no news.
        let told = authority.collect_events().await;
        told.map_err(|source| StartError::Store { what: "the events cannot be kept", source })?;
        authority.set_going();
        Ok(authority)
    }

    /// Ends the clockwork, whose work is finished first, and every feed. Requests that were begun are
    /// left to finish.
    pub async fn shutdown(&self) {
        self.stop.send_replace(true);
        let mut tasks = std::mem::take(&mut *self.tasks());
        while tasks.join_next().await.is_some() {}
    }

    /// One beat: spreads what was committed, and tells followers that we live.
    ///
    /// The clockwork does this each second.
    pub async fn beat(&self) {
        let keys = |name: &Audience| {
            let audience = self.audiences.get(name)?;
            Some(keys_digest(audience.ring.jwks_json().as_bytes()))
        };
        self.store_lamp.show(&self.hub.beat(keys).await);
    }

    /// Forgets what no longer matters.
    ///
    /// The clockwork does this every few seconds.
    pub async fn tidy(&self) {
        let now = self.clock.now();
        let mut pruned = self.collect_events().await;
        // What is not told yet must not be forgotten, nor the session that it is about.
        if pruned.is_ok() {
            pruned = self.revocations.prune(now).await.map(drop);
            pruned = pruned.and(self.sessions.prune(now).await.map(drop));
        }
        pruned = pruned.and(self.frames.prune_frames(now).await.map(drop));
        let lists = self.audiences.values().filter_map(|audience| audience.status_lists.as_ref());
        for lists in lists {
            pruned = pruned.and(lists.tidy(now).await.map(drop));
        }
        if pruned.is_ok() {
            pruned = self.tidy_events().await;
        }
        self.tidy_lamp.show(&pruned);
    }

    /// Sees to it that the ids of the coming minutes are leased.
    ///
    /// The clockwork does this every few seconds. Without a lease tokens are minted all the same: their
    /// revocations only take more room.
    pub async fn lease_ids(&self) {
        while let Some(request) = self.ids.due(self.clock.now()) {
            let leased = self.revocations.lease_shard(request).await.and_then(|lease| {
                let used_up = "all 65,536 shards are leased";
                lease.ok_or_else(|| BackendError::new(BackendErrorKind::Full, used_up))
            });
            self.shard_lamp.show(&leased);
            let Ok(lease) = leased else { return };
            self.ids.lease(lease);
        }
    }

    fn set_going(self: &Arc<Self>) {
        self.every(SPREAD, |authority| async move {
            authority.store_lamp.show(&authority.hub.catch_up().await);
        });
        self.every(CUT, |authority| async move {
            authority.frame_lamp.show(&authority.hub.cut().await);
        });
        let pace = self.pace();
        for audience in self.audiences.values() {
            let audience = Arc::clone(audience);
            self.every(pace, move |authority| {
                let audience = Arc::clone(&audience);
                async move { audience.look_after_keys(&*authority.clock, pace).await }
            });
        }
        if self.audiences.values().any(|audience| audience.stated.is_some()) {
            self.every(ROTATE, |authority| async move { authority.state_key_sets().await });
        }
        self.every(BEAT, |authority| async move { authority.beat().await });
        if self.events.is_some() {
            self.every(SPREAD, |authority| async move {
                // The lamp says what fails.
                drop(authority.collect_events().await);
            });
            Events::set_going(self);
        }
        self.every(TIDY, |authority| async move { authority.tidy().await });
        self.every(TIDY, |authority| async move { authority.lease_ids().await });
    }

    pub(super) fn tasks(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `work` every `period` until the authority is shut down or dropped.
    fn every<F>(self: &Arc<Self>, period: Duration, work: impl Fn(Arc<Self>) -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send,
    {
        let weak: Weak<Self> = Arc::downgrade(self);
        let mut stop = self.stop.subscribe();
        self.tasks().spawn(async move {
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

/// A frame is cut at most this often, so that many revocations at once are few messages.
const CUT: Duration = Duration::from_millis(50);
/// Revocations of other replicas are read this often; our own at once.
const SPREAD: Duration = Duration::from_millis(250);
/// A follower must hear from us at least once a second.
const BEAT: Duration = Duration::from_secs(1);
/// The keys are looked after this often, or three times per lease if that is more often.
pub(super) const ROTATE: Duration = Duration::from_secs(1);
/// No clockwork runs faster than this.
pub(super) const BRIEF: Duration = Duration::from_millis(100);
/// What has ended only takes room, but a sealed refresh token is to be gone soon after its ten seconds.
const TIDY: Duration = Duration::from_secs(5);

async fn open_hub(parts: &Parts) -> Result<Hub, StartError> {
    let mut feeds = Vec::new();
    for audience in &parts.settings.audiences {
        let (keys, data_key, settings) = (&*parts.keys, &parts.data_key, &parts.settings);
        let name = format!("feed:{}", audience.name);
        let fresh = || Ok(Zeroizing::new(Secret256::random().expose().to_vec()));
        let secret = sealed_secret(keys, data_key, &name, fresh).await?;
        let secret = <[u8; 32]>::try_from(secret.as_slice())
            .map_err(|_| StartError::OtherDataKey { what: format!("`{name}`") })?;
        let (environment, number) = (&settings.environment, settings.revocation.feed_key);
        let whose = (&audience.name, settings.issuer_of(&audience.name)?);
        let signer = feed::key::signer(keys, data_key, environment, whose, number).await?;
        let fingerprints = Fingerprints::new(Secret256::from_bytes(secret));
        feeds.push((audience.name.clone(), fingerprints, signer));
    }
    let (rows, frames) = (Arc::clone(&parts.revocations), Arc::clone(&parts.frames));
    let seats = parts.settings.limits.feed_followers;
    let (clock, carrier) = (Arc::clone(&parts.clock), parts.carrier.clone());
    Hub::open(rows, frames, clock, feeds, carrier, seats)
        .await
        .map_err(|source| StartError::Store { what: "the revocations cannot be read", source })
}

async fn open_audience(
    parts: &Parts,
    wanted: &AudienceSettings,
    hub: &Hub,
) -> Result<AudienceState, StartError> {
    let Parts { settings, clock, keys, custody, .. } = parts;
    let name = wanted.name.clone();
    let issuer_id = settings.issuer_of(&name)?;
    let timing = Timing::new(settings.keys.timing(wanted.access_lifetime))?;
    tracing::info!(audience = %name, "the keys of {name}: {timing}");
    let ring = KeyRing::new(
        name.clone(),
        issuer_id.clone(),
        Arc::clone(keys),
        Arc::clone(custody),
        timing,
        settings.environment.clone(),
        wanted.algorithm,
    )
    .timed_by(Arc::clone(clock));
    let ring = Arc::new(match &parts.key_sets {
        Some(signing) => ring.stated_in(Arc::clone(&signing.store)),
        None => ring,
    });
    have_begun(&ring, clock.now()).await?;
    let lifetime = |setting: &str, error: &dyn std::fmt::Display| {
        SettingsError::new(format!("audience.{name}.{setting}"), error.to_string())
    };
    let issuer = issuer(wanted, &issuer_id, settings.passkeys.is_some())?;
    let verifier = verifier(settings, &ring, &issuer_id);
    let view = hub.view(&name).map_or_else(|| Arc::new(View::local(name.clone())), Arc::clone);
    Ok(AudienceState {
        refresh_lifetime: RefreshLifetime::new(wanted.refresh_lifetime)
            .map_err(|error| lifetime("refresh_lifetime", &error))?,
        session_lifetime: SessionLifetime::new(wanted.session_lifetime)
            .map_err(|error| lifetime("session_lifetime", &error))?,
        origins: Origins::new(&wanted.origins).map_err(|error| origins_error(&error))?,
        login: wanted.login.clone(),
        same_site: same_site(wanted),
        dpop: wanted.dpop.policy,
        certificates: wanted.mtls,
        gate_dpop: gate_dpop(settings, wanted)?,
        metadata: metadata(parts, wanted, &issuer_id),
        status_lists: wanted
            .status_list
            .then(|| StatusLists::new(issuer_id.clone(), Arc::clone(&parts.statuses), settings)),
        stated: parts.key_sets.as_ref().map(|signing| signing.of(&ring)),
        verifier: Arc::new(LiveVerifier::new(verifier, view)),
        former: FormerSecrets::new(
            Arc::clone(keys),
            &parts.data_key,
            name.clone(),
            settings.issuer.clone(),
            settings.environment.clone(),
        ),
        leeway: settings.keys.leeway,
        known_former: Known::default(),
        former_lamp: Lamp::new("the shared secret from before cannot be read"),
        known_keys: Mutex::new(ring.jwks_json()),
        lamp: Lamp::new("the keys cannot be looked after"),
        signing_lamp: Lamp::new("the custody does not sign"),
        name,
        issuer_id,
        issuer,
        ring,
    })
}

fn metadata(parts: &Parts, wanted: &AudienceSettings, issuer_id: &IssuerId) -> String {
    let offers = discovery::Offers {
        signed: parts.key_sets.is_some(),
        lists: wanted.status_list,
        dpop: wanted.dpop.policy,
        certificates: wanted.mtls,
        mtls: parts.settings.mtls_url.as_ref(),
    };
    discovery::metadata(&parts.settings.issuer, issuer_id, &offers)
}

/// What the access cookie comes along with; where that is more than nothing, the log says so.
fn same_site(wanted: &AudienceSettings) -> SameSite {
    let relaxed = wanted.same_site.as_ref();
    let relaxed = relaxed.inspect(|relaxed| super::log::same_site_relaxed(&wanted.name, relaxed));
    relaxed.map(|relaxed| relaxed.to).unwrap_or_default()
}

/// Who verifies the tokens of an audience.
fn verifier(settings: &Settings, ring: &KeyRing, id: &IssuerId) -> Verifier {
    Verifier::builder()
        .issuer(id.clone())
        .audience(ring.audience().clone())
        .keys(ring.key_set())
        .leeway(settings.keys.leeway)
        .build()
}

/// Who takes bound tokens at the gate.
fn gate_dpop(
    settings: &Settings,
    wanted: &AudienceSettings,
) -> Result<Option<Dpop>, SettingsError> {
    let dpop = wanted.dpop.dpop().map_err(|error| {
        let setting = format!("audience.{}.dpop_sites", wanted.name);
        SettingsError::new(setting, error.to_string())
    })?;
    Ok(dpop.map(|dpop| if settings.dev { dpop.any_site() } else { dpop }))
}

/// Who makes the tokens of an audience.
fn issuer(
    wanted: &AudienceSettings,
    id: &IssuerId,
    passkeys: bool,
) -> Result<Issuer, SettingsError> {
    let lifetime = AccessLifetime::new(wanted.access_lifetime).map_err(|error| {
        let setting = format!("audience.{}.access_lifetime", wanted.name);
        SettingsError::new(setting, error.to_string())
    })?;
    let issuer = Issuer::builder()
        .issuer(id.clone())
        .audience(wanted.name.clone())
        .lifetime(lifetime)
        .claims(wanted.claims.iter().cloned().chain(passkeys.then(|| AMR.to_owned())));
    let admit = |issuer: IssuerBuilder<_, _, _>, (claim, kind): &(String, Sensitive)| {
        issuer.admit(claim, *kind)
    };
    Ok(wanted.guard_admits.iter().fold(issuer, admit).build())
}

/// Has the keys of `ring` looked after for the first time.
async fn have_begun(ring: &KeyRing, now: UnixTime) -> Result<(), StartError> {
    if let Err(source) = ring.tick(now).await {
        // Key sets, the feed and every verdict need no custody. But before there is a key, no key set may be
        // served: the first one signs at once, because nobody can hold a set without it.
        if !(source.is_out_of_reach() && ring.has_begun()) {
            return Err(StartError::Keys { audience: ring.audience().clone(), source });
        }
        let error = ErrorChain::new(&source).to_string();
        tracing::warn!(audience = %ring.audience(), error, "nothing is signed until the custody is back");
    }
    Ok(())
}

fn origins_error(error: &dyn std::fmt::Display) -> SettingsError {
    SettingsError::new("origins", error.to_string())
}

/// How long a token may outlive its session or key in any audience, and a second for the rounding of
/// `iat` and `exp`.
fn token_outlives(audiences: &BTreeMap<Audience, Arc<AudienceState>>) -> Duration {
    let each = audiences.values().map(|audience| audience.ring.timing().token_outlives());
    each.max().unwrap_or_default().saturating_add(Duration::from_secs(1))
}

/// Brings the stored services in line with those that the configuration declares. Secrets stay.
async fn declare(settings: &Settings, store: &dyn ServiceStore) -> Result<(), StartError> {
    let failed =
        |source| StartError::Store { what: "the services cannot be read or written", source };
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
pub(super) async fn sealed_secret(
    store: &dyn KeyStore,
    data_key: &Secret256,
    name: &str,
    fresh: impl FnOnce() -> Result<Zeroizing<Vec<u8>>, SignFailed>,
) -> Result<Zeroizing<Vec<u8>>, StartError> {
    let failed =
        |source| StartError::Store { what: "the sealed secrets cannot be read or written", source };
    let key = data_key.derive(b"tokenward sealed secret v1");
    let sealed = if let Some(sealed) = store.secret(name).await.map_err(failed)? {
        sealed
    } else {
        let fresh = fresh().map_err(|e| failed(BackendError::new(BackendErrorKind::Bug, e)))?;
        let fresh = key.seal(name.as_bytes(), &fresh);
        store.sealed_secret(name, fresh).await.map_err(failed)?
    };
    key.open(name.as_bytes(), &sealed)
        .ok_or_else(|| StartError::OtherDataKey { what: format!("`{name}`") })
}
