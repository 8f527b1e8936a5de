//! `tokenward gate`: forward-auth next to a proxy. It holds no private key.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokenward::root::{PinnedRoot, TrustState};
use tokenward::{Audience, ClientId, IssuerId, VerifyingKey};
use tokenward_redis::RedisSource;
use tokenward_remote::{Credential, Remote, RemoteConfig, TrustMemory};
use tokenward_server::gate::{GateAudience, GateState, Rules};
use tokenward_server::http::{Server, Tls};
use tokenward_server::settings::WhenStale;
use tokenward_server::telemetry::{self, Readiness, health_router, metrics_router};
use tokenward_tower::binding::BindingPolicy;
use tokenward_tower::csrf::Origins;
use tokenward_tower::dpop::DpopSettings;
use tokenward_tower::headers::SecurityHeaders;
use tokio::time::timeout;

use crate::args::GateArgs;
use crate::config::{self, ProxyAuth, ProxyConfig, RedisConfig, gate::GateConfig};
use crate::deployment;
use crate::failure::{Failure, GOOD, Outcome};
use crate::output::Output;
use crate::secret::Variables;
use crate::tls::{CertificateFiles, client_authorities};
use crate::{clock, files, serve};

pub(crate) use explain::explain;

mod explain;

#[cfg(test)]
mod tests;

/// Runs the gate until it is told to stop.
pub(crate) async fn run(args: GateArgs, output: Output) -> Outcome {
    serve::raise_open_files();
    let metrics = serve::metrics()?;
    let config = GateConfig::load(&args.config).map_err(|problems| config::refusal(&problems))?;
    let variables = Variables::of_process();
    let followed = remote_configs(&config, &variables)?;
    let proxies = config
        .proxies
        .iter()
        .map(|p| deployment::proxy_of(p, &config.environment, &config.base, &variables))
        .collect::<Result<_, _>>()?;
    let certificate = config.tls.as_ref().map(|[certificate, key]| CertificateFiles {
        certificate: files::resolve(&config.base, certificate),
        key: files::resolve(&config.base, key),
    });
    let tls = certificate.as_ref().map(serve::new_tls).transpose()?;
    let asking = tls.as_ref().map(|tls| asking(&config, tls)).transpose()?;
    let listener = serve::bind("listen", &config.listen, &config.base).await?;
    let place = listener.to_string();
    // Whatever stops the start stands above, so that the authority hears only from gates that run.
    let remotes = start(&followed)?;
    let gate = GateState {
        audiences: audiences(&config, &remotes)?,
        proxies,
        rules: Rules::new(config.rules.clone()),
        clock: clock::system(),
        any_local: false,
    };
    let server = Server::new().with_headers(SecurityHeaders::new().without_hsts());
    let mut server = server
        .on_all_cores()
        .map_err(|error| Failure::because("a thread for each core", &error))?;
    server.add_gate(listener, asking, gate);
    let remotes = Arc::new(remotes);
    if let Some(address) = config.health {
        let listener = serve::tcp("health", address).await?;
        let observed = Arc::clone(&remotes);
        let render = move || {
            for (_, remote) in observed.iter() {
                telemetry::observe_verifier(&remote.verifier(), clock::system().now());
            }
            metrics.render()
        };
        let router = metrics_router(render).merge(health_router(readiness(Arc::clone(&remotes))));
        server.add(listener, None, router);
    }
    if let Some((certificate, tls)) = certificate.zip(tls) {
        tokio::spawn(certificate.follow(tls));
    }
    let running = tokio::spawn(server.run(serve::stop_signal()?));
    wait_for(&remotes).await;
    output.line(format!("tokenward: gate ready on {place}"))?;
    running.await.map_err(|error| Failure::because("the gate", &error))?;
    Ok(GOOD)
}

/// The same TLS, asking proxies for a certificate where one is to show it; requiring it where all are.
fn asking(config: &GateConfig, tls: &Tls) -> Result<Tls, Failure> {
    let Some(path) = &config.client_ca else { return Ok(tls.clone()) };
    let setting = "tls.client_ca";
    let authorities = client_authorities(setting, &files::resolve(&config.base, path))?;
    let by_certificate = |proxy: &ProxyConfig| matches!(proxy.auth, ProxyAuth::Mtls(_));
    let asking = if config.proxies.iter().all(by_certificate) {
        tls.requiring_clients(&authorities)
    } else {
        tls.asking_clients(&authorities)
    };
    asking.map_err(|error| Failure::because(setting, &error))
}

/// How long the authority is waited for before the gate says that it is ready, if only to refuse.
const PATIENCE: Duration = Duration::from_secs(5);

type Remotes = Vec<(Audience, Remote)>;

/// A gate must come up though its authority is down: it refuses with 503 until it knows enough.
async fn wait_for(remotes: &Remotes) {
    let all = async {
        for (_, remote) in remotes {
            remote.ready().await;
        }
    };
    if timeout(PATIENCE, all).await.is_ok() {
        return;
    }
    for (audience, remote) in remotes {
        let status = remote.status();
        let feed = status.feed_error.map(|error| advised(&error, audience));
        let cause = status.keys_error.or(feed).unwrap_or_default();
        tracing::error!(%audience, %cause, "nothing can be verified yet; requests get 503");
    }
}

/// What the feed says, and the mend where a setting of ours is wrong.
fn advised(error: &str, audience: &Audience) -> String {
    let mend = if error.contains("401 Unauthorized") {
        "; feed.client_id, feed.client_secret: the authority does not know them; make another secret with \
         `tokenward services rotate-secret`"
            .to_owned()
    } else if error.contains("403 Forbidden") {
        format!(
            "; the service of feed.client_id needs `--may revocations:read --audience {audience}`"
        )
    } else {
        String::new()
    };
    format!("{error}{mend}")
}

/// What each audience's remote is told, with every secret found.
fn remote_configs(
    config: &GateConfig,
    variables: &Variables,
) -> Result<Vec<(Audience, RemoteConfig)>, Failure> {
    let feed = &config.feed;
    let secret = feed.client_secret.find(
        "feed.client_secret",
        &config.environment,
        &config.base,
        variables,
    )?;
    let client_id = ClientId::new(feed.client_id.as_str())
        .map_err(|e| Failure::because("feed.client_id", &e))?;
    let ca = config
        .ca_file
        .as_ref()
        .map(|path| files::read(&files::resolve(&config.base, path)))
        .transpose()
        .map_err(|failure| Failure::cannot(format!("ca_file: {failure}")))?;
    let source = feed.redis.as_ref().map(|redis| source(config, redis, variables)).transpose()?;
    let pinned = config.root.as_ref().map(|path| pinned(config, path)).transpose()?;
    if pinned.is_some() && config.root_state.is_none() {
        tracing::warn!(
            "`root` without `root_state`: what was seen on its word is forgotten at a restart, and older \
             key sets are taken again"
        );
    }
    let mut configs = Vec::new();
    for audience in &config.audiences {
        let issuer = IssuerId::new(format!("{}/audiences/{audience}", config.issuer))
            .map_err(|error| Failure::because("issuer", &error))?;
        let credential = Credential::new(client_id.clone(), secret.expose());
        let own = config.overrides.iter().find(|one| one.name == *audience);
        let accepts = own.and_then(|own| own.accept_when_stale);
        let max_staleness = own.and_then(|own| own.max_staleness);
        let mut remote = RemoteConfig::new(issuer, audience.clone(), credential)
            .max_staleness(max_staleness.unwrap_or(config.max_staleness))
            .clock_error(config.clock_error)
            .leeway(config.leeway)
            .when_stale(if accepts.unwrap_or(config.accept_when_stale) {
                WhenStale::Accept
            } else {
                WhenStale::Refuse
            });
        let own_key = own.and_then(|own| own.feed_key.as_ref());
        let key = match own_key {
            Some(key) => Some(("audience.feed_key", key)),
            None => feed.key.as_ref().map(|key| ("feed.key", key)),
        };
        if let Some((setting, key)) = key {
            remote = remote.feed_keys(feed_keys(config, setting, key)?);
        }
        if let Some(folder) = &feed.state {
            let folder = files::resolve(&config.base, folder);
            files::create_dir(&folder)
                .map_err(|failure| Failure::cannot(format!("feed.state: {failure}")))?;
            remote = remote.state(folder);
        }
        if let Some(source) = &source {
            remote = remote.feed_source(Arc::<RedisSource>::clone(source));
        }
        if let Some(ca) = &ca {
            remote = remote.extra_ca(ca.clone());
        }
        if let Some(pinned) = &pinned {
            remote = remote.root(pinned.clone(), memory(config, audience)?);
        }
        if let Some(url) = &config.authority {
            remote = remote.authority(url.as_str());
        }
        configs.push((audience.clone(), remote));
    }
    Ok(configs)
}

/// The feed keys in `text`, or in the file that it names: a JWK, or a set of them.
fn feed_keys(config: &GateConfig, setting: &str, text: &str) -> Result<Vec<VerifyingKey>, Failure> {
    let wrong = |what: &str| Failure::cannot(format!("{setting}: {what}"));
    let bytes = if text.trim_start().starts_with('{') {
        text.as_bytes().to_vec()
    } else {
        files::read(&files::resolve(&config.base, Path::new(text)))
            .map_err(|failure| wrong(&failure.to_string()))?
    };
    let parsed: Value =
        serde_json::from_slice(&bytes).map_err(|_| wrong("is no JWK and no set of them"))?;
    let jwks = match parsed.get("keys").and_then(Value::as_array) {
        Some(keys) => keys.clone(),
        None => vec![parsed],
    };
    let key = |jwk: &Value| VerifyingKey::from_jwk(jwk.to_string().as_bytes());
    let keys: Result<Vec<_>, _> = jwks.iter().map(key).collect();
    keys.map_err(|error| Failure::because(setting, &error))
}

/// The Redis that carries the feed.
fn source(
    config: &GateConfig,
    redis: &RedisConfig,
    variables: &Variables,
) -> Result<Arc<RedisSource>, Failure> {
    let (environment, base) = (&config.environment, &config.base);
    let names = ["feed.redis_password", "feed.redis_ca"];
    let secrets = deployment::feed::secrets_of(redis, names, environment, base, variables)?;
    Ok(Arc::new(RedisSource::new(redis.address.clone(), secrets, environment.as_str())))
}

fn pinned(config: &GateConfig, path: &Path) -> Result<PinnedRoot, Failure> {
    let bytes = files::read(&files::resolve(&config.base, path))
        .map_err(|failure| Failure::cannot(format!("root: {failure}")))?;
    let pinned = PinnedRoot::parse(&bytes);
    pinned.map_err(|error| Failure::because(format!("root: {}", path.display()), &error))
}

/// What was seen of `audience` on the root's word, and where to keep what is seen next.
fn memory(config: &GateConfig, audience: &Audience) -> Result<TrustMemory, Failure> {
    let Some(folder) = &config.root_state else { return Ok(TrustMemory::default()) };
    let folder = files::resolve(&config.base, folder);
    files::create_dir(&folder)
        .map_err(|failure| Failure::cannot(format!("root_state: {failure}")))?;
    let file = folder.join(format!("{audience}.json"));
    let seen = kept(&file)?;
    let lock = folder.join(format!(".{audience}.lock"));
    let keep = move |state: &TrustState| {
        if let Err(failure) = keep(&file, &lock, state) {
            tracing::error!(%failure, "what was seen on the root's word is not kept");
        }
    };
    Ok(TrustMemory::new(seen, keep))
}

fn kept(file: &Path) -> Result<TrustState, Failure> {
    if !file.exists() {
        return Ok(TrustState::default());
    }
    TrustState::parse(&files::read(file)?).ok_or_else(|| {
        // To begin anew is for the operator to decide: it is what an attacker would want.
        let file = file.display();
        Failure::cannot(format!("root_state: {file} is damaged; delete it to begin anew"))
    })
}

/// Keeps `state`, and whatever another gate with the same folder has kept that is higher.
fn keep(file: &Path, lock: &Path, state: &TrustState) -> Result<(), Failure> {
    let _one_at_a_time = files::lock(lock)?;
    files::replace_private(file, kept(file)?.join(state).to_json().as_bytes())
}

fn start(configs: &[(Audience, RemoteConfig)]) -> Result<Remotes, Failure> {
    let start = |(audience, config): &(Audience, RemoteConfig)| {
        let remote = Remote::start(config, clock::system());
        Ok((audience.clone(), remote.map_err(|error| Failure::because_of(&error))?))
    };
    configs.iter().map(start).collect()
}

fn audiences(
    config: &GateConfig,
    remotes: &Remotes,
) -> Result<BTreeMap<Audience, GateAudience>, Failure> {
    let mut audiences = BTreeMap::new();
    for (audience, remote) in remotes {
        let own = config.cookies.iter().filter(|one| one.audience == *audience);
        let login = own.clone().find_map(|one| one.login.clone());
        let origins = Origins::new(own.flat_map(|one| &one.origins))
            .map_err(|error| Failure::because("cookies.origins", &error))?;
        let settings = config.overrides.iter().find(|one| one.name == *audience);
        let dpop = settings.and_then(|one| one.dpop.as_ref()).map(DpopSettings::dpop).transpose();
        let dpop = dpop.map_err(|error| Failure::because("audience.dpop_sites", &error))?.flatten();
        let certificates = settings.map_or(BindingPolicy::Off, |one| one.mtls);
        let verifier = remote.verifier();
        let gate = GateAudience { verifier, origins, dpop, certificates, login };
        audiences.insert(audience.clone(), gate);
    }
    Ok(audiences)
}

fn readiness(remotes: Arc<Remotes>) -> Readiness {
    let observed = Arc::clone(&remotes);
    Readiness::new(move || {
        let down = |(audience, remote): &(Audience, Remote)| {
            remote.status().unavailable.map(|stale| format!("{audience}: {stale}"))
        };
        remotes.iter().filter_map(down).collect()
    })
    .telling_ages(move || {
        let age =
            |(audience, remote): &(Audience, Remote)| (audience.clone(), remote.status().feed_age);
        observed.iter().map(age).collect()
    })
}
