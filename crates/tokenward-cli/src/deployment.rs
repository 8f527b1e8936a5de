//! From an operator's decisions to the parts of an authority.
//!
//! This is the one place that names back ends: a new one is a crate, and a line here.

mod custody;
pub(crate) mod feed;
mod kek;
mod receivers;
mod secrets;
mod signer;
mod trust;

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokenward::crypto::{self, Secret256};
use tokenward::{Algorithm, Audience, ClientId, IssuerId, KeyId, UnixTime};
use tokenward_keys::{Custody, FormerSecrets, KeyRing, KeyStore, Rewrapped, Timing, WrapContext};
use tokenward_revocation::{FrameStore, RevocationStore};
use tokenward_server::gate::Rules;
use tokenward_server::settings::{
    AudienceSettings, KeySettings, Limits, ProxyAuth, ProxySettings, RevocationSettings,
    TrustSettings, WhenStale,
};
use tokenward_server::{Parts, Settings};
use tokenward_sessions::{AdminTokenStore, AllowedScopes, May, Service, StoredSecret};
use tokenward_sqlite::{Options, SqliteStore};
use tokenward_tower::binding::BindingPolicy;
use tokenward_tower::dpop::DpopSettings;

use custody::CustodySource;
use feed::FeedSource;
use kek::KekSource;
pub(crate) use signer::SIGNER_KEYS;
use signer::{SignerSource, Signing};

use crate::args::DevCustody;
use crate::config::{self, AudienceConfig, Config, ServiceConfig, Store};
use crate::dev::{self, DevFolder, DevSecrets};
use crate::failure::Failure;
use crate::secret::Variables;
use crate::{clock, files};

/// What the store key seals beside private keys: session data, answers to be repeated, feed secrets.
const DATA_KEY: &[u8] = b"tokenward data key v1";
/// In characters: 64 bits even if all are hexadecimal digits. Nothing else keeps whoever reaches the
/// gate from making up the request that it is asked about.
const SHORTEST_PROXY_SECRET: usize = 16;

/// Everything that is needed to open an authority's stores.
pub(crate) struct Deployment {
    pub(crate) settings: Settings,
    store: PathBuf,
    kek: KekSource,
    custody: CustodySource,
    key_sets: Option<SignerSource>,
    feed: Option<FeedSource>,
}

impl fmt::Debug for Deployment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deployment").field("store", &self.store).finish_non_exhaustive()
    }
}

/// The stores and the custody of a deployment, open.
pub(crate) struct Opened {
    settings: Settings,
    store: SqliteStore,
    custody: Arc<dyn Custody>,
    key_sets: Option<Signing>,
    feed: Option<FeedSource>,
    data_key: Secret256,
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened").finish_non_exhaustive()
    }
}

impl Deployment {
    /// What `config` says, with its data in `data`.
    pub(crate) async fn of_config(
        config: &Config,
        data: &Path,
        variables: &Variables,
    ) -> Result<Self, Failure> {
        let variables = &secrets::fetched(config, variables).await?;
        let Store::Sqlite(store) = &config.store else {
            return Err(Failure::cannot("store.url: use \"sqlite:tokenward.db\""));
        };
        Ok(Self {
            settings: settings_of(config, variables)?,
            store: files::resolve(data, store),
            kek: KekSource::of_config(config, variables)?,
            custody: CustodySource::of_config(config, variables)?,
            key_sets: SignerSource::of_config(config, variables)?,
            feed: FeedSource::of_config(config, variables)?,
        })
    }

    /// The development deployment in `folder`, reached on `port`.
    pub(crate) fn dev(
        folder: &DevFolder,
        port: u16,
        secrets: &DevSecrets,
        custody: DevCustody,
        now: UnixTime,
    ) -> Result<Self, Failure> {
        Ok(Self {
            settings: dev_settings(port, secrets, now)?,
            store: folder.path("tokenward.db"),
            kek: KekSource::key_file("kek.key".to_owned(), &folder.kek()?)?,
            custody: match custody {
                DevCustody::Sealed => CustodySource::Sealed,
                DevCustody::Memory => CustodySource::Memory,
            },
            key_sets: None,
            feed: None,
        })
    }

    /// Opens the stores and the custody for real.
    pub(crate) async fn open(self) -> Result<Opened, Failure> {
        let store = open_store(self.store).await?;
        let context = WrapContext::new(self.settings.environment.as_str());
        let store_key = self.kek.open(&store, &context).await?;
        let data_key = store_key.derive(DATA_KEY);
        let algorithms = self.settings.audiences.iter().map(|audience| audience.algorithm);
        let custody = self.custody.open(store_key.clone(), algorithms).await?;
        let key_sets = match self.key_sets {
            Some(source) => Some(source.open(&custody, store_key).await?),
            None => None,
        };
        let Self { settings, feed, .. } = self;
        Ok(Opened { settings, store, custody, key_sets, feed, data_key })
    }

    /// Whether there is a store yet; the start makes one where there is none.
    pub(crate) fn has_store(&self) -> bool {
        self.store.metadata().is_ok_and(|meta| meta.len() > 0)
    }

    /// The same with a copy of the store in `folder`: whoever only looks changes nothing, and disturbs no
    /// process that uses it.
    pub(crate) async fn on_a_copy(mut self, folder: &Path) -> Result<Self, Failure> {
        let (store, copy) = (self.store.clone(), folder.join("copy.db"));
        if store.exists() {
            let because = |error: &(dyn std::error::Error + 'static)| {
                Failure::because(format!("store.url: {}", store.display()), error)
            };
            fs::OpenOptions::new().append(true).open(&store).map_err(|error| because(&error))?;
            let (from, to) = (store.clone(), copy.clone());
            blocking(move || SqliteStore::copy(from, to))
                .await?
                .map_err(|error| because(&error))?;
        }
        self.store = copy;
        Ok(self)
    }

    /// Has the key-encryption key of `new` open the store in the place of this one's.
    pub(crate) async fn rewrap(self, new: Self) -> Result<Rewrapped, Failure> {
        if new.settings.environment != self.settings.environment || new.store != self.store {
            return Err(Failure::cannot(format!(
                "--to-config: it is about another environment or store; leave both as they are, and \
                 change the key-encryption key of {} alone",
                self.store.display()
            )));
        }
        let store = open_store(self.store).await?;
        let context = WrapContext::new(self.settings.environment.as_str());
        self.kek.rewrap(new.kek, &store, &context).await
    }
}

async fn open_store(path: PathBuf) -> Result<SqliteStore, Failure> {
    blocking(move || SqliteStore::open(path, Options::default()))
        .await?
        .map_err(|error| Failure::because("store.url", &error))
}

impl Opened {
    /// The parts of the authority.
    pub(crate) async fn parts(&self) -> Result<Parts, Failure> {
        let key_sets = match &self.key_sets {
            Some(signing) => {
                let ready = signing.ready(&self.settings, &self.store).await?;
                signing.tidy(&self.store).await;
                Some(ready)
            }
            None => None,
        };
        let revocations = Arc::new(self.store.clone());
        let start = |feed: &FeedSource| {
            let store: Arc<dyn RevocationStore> = Arc::<SqliteStore>::clone(&revocations);
            let frames: Arc<dyn FrameStore> = Arc::<SqliteStore>::clone(&revocations);
            feed.start(&self.settings, store, frames, clock::system())
        };
        let carrier = self.feed.as_ref().map(start).transpose()?;
        Ok(Parts {
            settings: self.settings.clone(),
            clock: clock::system(),
            keys: Arc::new(self.store.clone()),
            custody: Arc::clone(&self.custody),
            sessions: Arc::new(self.store.clone()),
            services: Arc::new(self.store.clone()),
            revocations,
            frames: Arc::new(self.store.clone()),
            statuses: Arc::new(self.store.clone()),
            events: Arc::new(self.store.clone()),
            carrier,
            admin_tokens: Arc::new(self.store.clone()),
            key_sets,
            data_key: self.data_key.clone(),
        })
    }

    /// What is wrong with the store, asked at any time.
    pub(crate) fn trouble(&self) -> impl Fn() -> Option<String> + Send + Sync + 'static {
        let store = self.store.clone();
        move || store.trouble()
    }

    /// What would keep the feed from being carried to where the configuration says.
    pub(crate) async fn check_feed(&self) -> Result<(), Failure> {
        let Some(feed) = &self.feed else { return Ok(()) };
        feed.check(&self.settings).await
    }

    /// What would keep pinned verifiers from trusting the key sets, if they are signed at all. Answers the newer
    /// signer that waits for its delegation, if there is one.
    pub(crate) async fn check_signer(&self) -> Result<Option<KeyId>, Failure> {
        let Some(signing) = &self.key_sets else { return Ok(None) };
        let ready = signing.ready(&self.settings, &self.store).await?;
        // A start goes on without it; whoever checks is told. Without a dot this is no token.
        let signed = ready.signer.sign(b"tokenward").await;
        signed.map_err(|error| Failure::because("keys.key_set_signer", &error))?;
        signing.must_be_alive()?;
        Ok(ready.next)
    }

    /// The newer signer of key sets that waits for its delegation, if there is one.
    pub(crate) async fn signer_that_waits(&self) -> Option<KeyId> {
        self.key_sets.as_ref()?.waits(&self.store).await
    }

    /// The public key that signs key sets, made if there is none or a `fresh` one is wanted.
    pub(crate) async fn signer_key(
        &self,
        fresh: bool,
        algorithm: Algorithm,
    ) -> Result<serde_json::Value, Failure> {
        let signing = self.key_sets.as_ref().ok_or_else(|| {
            Failure::cannot(
                "keys.key_set_signer: is missing; write for example key_set_signer = \"sealed\"",
            )
        })?;
        signing.key(&self.settings, &self.store, fresh, algorithm).await
    }

    /// The secret that tokens of `audience` were signed with before.
    pub(crate) fn former(&self, audience: &Audience) -> FormerSecrets {
        let Settings { issuer, environment, .. } = &self.settings;
        let keys: Arc<dyn KeyStore> = Arc::new(self.store.clone());
        FormerSecrets::new(keys, &self.data_key, audience.clone(), issuer.clone(), environment)
    }

    /// Where administrators' tokens are kept.
    pub(crate) fn admin_tokens(&self) -> &impl AdminTokenStore {
        &self.store
    }

    /// The key ring of every audience, not yet read.
    pub(crate) fn rings(&self) -> Result<Vec<KeyRing>, Failure> {
        self.settings.audiences.iter().map(|audience| self.ring(audience)).collect()
    }

    fn ring(&self, audience: &AudienceSettings) -> Result<KeyRing, Failure> {
        let keys: Arc<dyn KeyStore> = Arc::new(self.store.clone());
        let custody = Arc::clone(&self.custody);
        let issuer =
            self.settings.issuer_of(&audience.name).map_err(|e| Failure::cannot(e.to_string()))?;
        let timing = Timing::new(self.settings.keys.timing(audience.access_lifetime))
            .map_err(|error| Failure::cannot(error.to_string()))?;
        let environment = self.settings.environment.clone();
        let name = audience.name.clone();
        let ring =
            KeyRing::new(name, issuer, keys, custody, timing, environment, audience.algorithm)
                .timed_by(clock::system());
        Ok(match &self.key_sets {
            Some(_) => ring.stated_in(Arc::new(self.store.clone())),
            None => ring,
        })
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Failure::because("a thread", &error))
}

fn settings_of(config: &Config, variables: &Variables) -> Result<Settings, Failure> {
    Ok(Settings {
        environment: config.environment.as_str().to_owned(),
        dev: false,
        issuer: config.issuer.clone(),
        mtls_url: config.listen.mtls_url.clone(),
        audiences: config.audiences.iter().map(audience_of).collect::<Result<_, _>>()?,
        services: config
            .services
            .iter()
            .map(|service| service_of(service, config))
            .collect::<Result<_, _>>()?,
        keys: config.keys.times,
        revocation: RevocationSettings {
            max_staleness: config.revocation.max_staleness,
            when_stale: if config.revocation.accept_when_stale {
                WhenStale::Accept
            } else {
                WhenStale::Refuse
            },
            feed_key: config.revocation.feed_key,
        },
        receivers: receivers::of(config, variables)?,
        proxies: proxies_of(config, variables)?,
        rules: match config.rules.as_slice() {
            [] => Rules::any_token(),
            rules => Rules::new(rules.to_vec()),
        },
        trust: trust::of(config)?,
        limits: config.limits,
    })
}

fn audience_of(audience: &AudienceConfig) -> Result<AudienceSettings, Failure> {
    Ok(AudienceSettings {
        name: audience.name.clone(),
        algorithm: audience
            .algorithm
            .parse()
            .map_err(|error| Failure::because("audience.algorithm", &error))?,
        access_lifetime: audience.access_lifetime,
        refresh_lifetime: audience.refresh_lifetime,
        session_lifetime: audience.session_lifetime,
        claims: audience.claims.clone(),
        guard_admits: audience.guard_admits.clone(),
        status_list: audience.status_list,
        dpop: audience.dpop.clone(),
        mtls: audience.mtls,
        origins: audience.origins.clone(),
        login: audience.login.clone(),
        same_site: audience.same_site.clone(),
    })
}

fn service_of(service: &ServiceConfig, config: &Config) -> Result<Service, Failure> {
    Ok(Service {
        name: service.name.clone(),
        may: service.may.iter().copied().collect(),
        audiences: service.audiences.iter().cloned().collect(),
        scopes: service.scopes.clone(),
        public: service.public,
        secrets: Vec::new(),
        proof: trust::proof(service, config)?,
        declared: true,
    })
}

fn proxies_of(config: &Config, variables: &Variables) -> Result<Vec<ProxySettings>, Failure> {
    config
        .proxies
        .iter()
        .map(|proxy| proxy_of(proxy, &config.environment, &config.base, variables))
        .collect()
}

/// A proxy with its secret found and hashed.
pub(crate) fn proxy_of(
    proxy: &config::ProxyConfig,
    environment: &crate::secret::Environment,
    base: &Path,
    variables: &Variables,
) -> Result<ProxySettings, Failure> {
    let auth = match &proxy.auth {
        config::ProxyAuth::Secret(secret) => {
            let setting = format!("proxy.{}.secret", proxy.name);
            let secret = secret.find(&setting, environment, base, variables)?;
            if secret.expose().len() < SHORTEST_PROXY_SECRET {
                return Err(Failure::cannot(format!(
                    "{setting}: the secret is under {SHORTEST_PROXY_SECRET} characters; make one with \
                     `openssl rand -base64 32`"
                )));
            }
            ProxyAuth::SecretHash(crypto::sha256(secret.expose().as_bytes()))
        }
        config::ProxyAuth::Unix => ProxyAuth::Unix,
        config::ProxyAuth::Mtls(name) => ProxyAuth::Mtls(name.clone()),
    };
    Ok(ProxySettings {
        name: proxy.name.clone(),
        profile: proxy.profile,
        auth,
        client_certificates: proxy.client_certificates,
    })
}

fn dev_settings(port: u16, secrets: &DevSecrets, now: UnixTime) -> Result<Settings, Failure> {
    let bug = |error: tokenward::InvalidId| Failure::because("development settings", &error);
    let audience = Audience::new(dev::AUDIENCE).map_err(bug)?;
    let service = Service {
        name: ClientId::new(dev::SERVICE).map_err(bug)?,
        may: BTreeSet::from(May::ALL),
        audiences: BTreeSet::from([audience.clone()]),
        scopes: AllowedScopes::any(),
        public: false,
        secrets: vec![StoredSecret {
            hash: secrets.service.hash(),
            created_at: now,
            ends_at: None,
            last_used_at: None,
        }],
        proof: None,
        declared: true,
    };
    let day = Duration::from_secs(24 * 60 * 60);
    Ok(Settings {
        environment: "dev".to_owned(),
        dev: true,
        issuer: IssuerId::new(format!("https://localhost:{port}")).map_err(bug)?,
        mtls_url: None,
        audiences: vec![AudienceSettings {
            name: audience,
            algorithm: Algorithm::Es256,
            access_lifetime: Duration::from_secs(5 * 60),
            refresh_lifetime: day,
            session_lifetime: day,
            claims: vec!["roles".to_owned(), "locale".to_owned()],
            guard_admits: Vec::new(),
            status_list: false,
            dpop: DpopSettings::default(),
            mtls: BindingPolicy::Off,
            origins: dev_origins(port),
            login: None,
            same_site: None,
        }],
        services: vec![service],
        keys: KeySettings {
            // A key ripens in a second: C = 1 s, D = 0.
            key_set_max_age: Duration::from_secs(1),
            propagation: Duration::ZERO,
            clock_error: Duration::from_secs(1),
            leeway: Duration::from_secs(5),
            signer_lease: Duration::from_secs(10),
            rotate_every: day.saturating_mul(30),
        },
        revocation: RevocationSettings {
            max_staleness: Duration::from_secs(10),
            when_stale: WhenStale::Refuse,
            feed_key: 1,
        },
        receivers: Vec::new(),
        proxies: Vec::new(),
        rules: Rules::any_token(),
        trust: TrustSettings::default(),
        limits: Limits::DEV,
    })
}

/// The authority itself, and the port on which the examples run.
fn dev_origins(port: u16) -> Vec<String> {
    let hosts = ["localhost", "127.0.0.1", "[::1]"];
    let on = |port: u16| hosts.map(|host| format!("https://{host}:{port}"));
    on(port).into_iter().chain(on(3000)).collect()
}
