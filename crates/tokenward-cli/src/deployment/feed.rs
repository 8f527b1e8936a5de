//! Who carries the revocation feed, beside the authority itself.

use std::path::Path;
use std::sync::Arc;

use tokenward::Clock;
use tokenward_redis::{RedisAddress, RedisFeed, RedisFeedConfig, RedisSecrets};
use tokenward_revocation::{Carrier, FrameStore, RevocationStore};
use tokenward_server::Settings;
use zeroize::Zeroizing;

use crate::config::{self, Config, Feed, RedisConfig};
use crate::failure::Failure;
use crate::files;
use crate::secret::{Environment, Variables};

/// A Redis, with every secret found.
#[derive(Debug)]
pub(crate) struct FeedSource {
    address: RedisAddress,
    secrets: RedisSecrets,
}

impl FeedSource {
    /// What `config` says; `None` if the authority alone tells of revocations.
    pub(super) fn of_config(
        config: &Config,
        variables: &Variables,
    ) -> Result<Option<Self>, Failure> {
        let Feed::Redis(redis) = &config.revocation.feed else { return Ok(None) };
        let (environment, base) = (&config.environment, &config.base);
        let names = [config::redis::PASSWORD_SETTING, "revocation.feed_ca"];
        let secrets = secrets_of(redis, names, environment, base, variables)?;
        Ok(Some(Self { address: redis.address.clone(), secrets }))
    }

    /// Sets it going, for what `settings` say.
    pub(super) fn start(
        &self,
        settings: &Settings,
        store: Arc<dyn RevocationStore>,
        frames: Arc<dyn FrameStore>,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<dyn Carrier>, Failure> {
        let feed = RedisFeed::start(self.config(settings)?, store, frames, clock);
        Ok(Arc::new(feed.map_err(|error| Failure::because("revocation.feed", &error))?))
    }

    /// Connects, and tries whether all that is needed is allowed and can be written.
    pub(super) async fn check(&self, settings: &Settings) -> Result<(), Failure> {
        let checked = RedisFeed::check(&self.config(settings)?).await;
        checked.map_err(|error| Failure::because("revocation.feed", &error))
    }

    fn config(&self, settings: &Settings) -> Result<RedisFeedConfig, Failure> {
        let mut audiences = Vec::new();
        for audience in &settings.audiences {
            let issuer = settings.issuer_of(&audience.name);
            let issuer = issuer.map_err(|error| Failure::cannot(error.to_string()))?;
            audiences.push((audience.name.clone(), issuer));
        }
        Ok(RedisFeedConfig {
            address: self.address.clone(),
            secrets: self.secrets.clone(),
            environment: settings.environment.clone(),
            audiences,
        })
    }
}

/// The password and the certificates of `redis`, whose settings have these names.
pub(crate) fn secrets_of(
    redis: &RedisConfig,
    [password_setting, ca_setting]: [&str; 2],
    environment: &Environment,
    base: &Path,
    variables: &Variables,
) -> Result<RedisSecrets, Failure> {
    let mut secrets = RedisSecrets::default();
    if let Some(password) = &redis.password {
        let found = password.find(password_setting, environment, base, variables)?;
        secrets.password = Some(Zeroizing::new(found.expose().to_owned()));
    }
    if let Some(path) = &redis.ca {
        let ca = files::read(&files::resolve(base, path));
        let ca = ca.map_err(|failure| Failure::cannot(format!("{ca_setting}: {failure}")))?;
        secrets.ca = Some(ca);
    }
    Ok(secrets)
}
