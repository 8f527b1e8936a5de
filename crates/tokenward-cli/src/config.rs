//! `tokenward.toml` and `gate.toml`: what an operator decided, typed.
//!
//! **Invariants:** a configuration that loads is within every range; what it names but this version
//! does not bring is listed by [`later`]; no secret stands in it, only where to find one.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokenward::{Audience, ClientId, IssuerId, Sensitive};
use tokenward_aws::KeyArn;
use tokenward_redis::RedisAddress;
use tokenward_server::gate::{Login, Rule};
use tokenward_server::settings::{KeySettings, Limits, Profile, RelaxedSameSite};
use tokenward_sessions::{AllowedScopes, May, RelyingParty};
use tokenward_tower::binding::BindingPolicy;
use tokenward_tower::dpop::DpopSettings;

use crate::failure::Failure;
use crate::files;
use crate::secret::{Environment, SecretRef};

pub(crate) use custody::{
    AwsConfig, AwsKey, AwsLogin, Custody, KeySetSigner, VaultConfig, VaultLogin,
};
pub(crate) use reader::Problem;
pub(crate) use receiver::{Delivery, ReceiverConfig};
pub(crate) use trust::{KeysConfig, ProofConfig, TrustConfig};

mod authority;
mod custody;
pub(crate) mod gate;
mod kek;
mod later;
mod limits;
mod proxy;
mod reader;
mod receiver;
pub(crate) mod redis;
mod rules;
#[cfg(test)]
mod tests;
mod trust;
mod values;

/// `tokenward.toml`.
#[derive(Debug)]
pub(crate) struct Config {
    /// The folder that relative paths of the file start from.
    pub(crate) base: PathBuf,
    pub(crate) environment: Environment,
    pub(crate) issuer: IssuerId,
    pub(crate) listen: Listen,
    /// `None`: the public listener is a Unix socket behind a proxy that terminates TLS.
    pub(crate) tls: Option<Tls>,
    /// Who vouches for the clients of `listen.admin` and `listen.mtls`.
    pub(crate) client_ca: Option<PathBuf>,
    pub(crate) store: Store,
    pub(crate) revocation: Revocation,
    pub(crate) keys: Keys,
    pub(crate) audiences: Vec<AudienceConfig>,
    pub(crate) services: Vec<ServiceConfig>,
    pub(crate) receivers: Vec<ReceiverConfig>,
    pub(crate) proxies: Vec<ProxyConfig>,
    /// What a good token is good for at the forward-auth endpoint; without any, for every request.
    pub(crate) rules: Vec<Rule>,
    pub(crate) trust: TrustConfig,
    pub(crate) limits: Limits,
    /// The site that passkeys are for.
    pub(crate) passkeys: Option<RelyingParty>,
}

/// `[listen]`.
#[derive(Debug)]
pub(crate) struct Listen {
    pub(crate) public: Address,
    pub(crate) mtls: Option<SocketAddr>,
    /// Where clients find `mtls`.
    pub(crate) mtls_url: Option<IssuerId>,
    pub(crate) redirect: Option<SocketAddr>,
    pub(crate) admin: Option<SocketAddr>,
    pub(crate) health: Option<SocketAddr>,
}

/// Where a listener listens.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Address {
    Tcp(SocketAddr),
    Unix(PathBuf),
}

/// `[tls]`.
#[derive(Debug)]
pub(crate) enum Tls {
    Files { certificate: PathBuf, key: PathBuf },
    SelfSigned,
    Acme(Box<AcmeConfig>),
}

/// `tls.acme`.
#[derive(Debug)]
pub(crate) struct AcmeConfig {
    pub(crate) domains: Vec<String>,
    pub(crate) contact: Option<String>,
    pub(crate) directory: String,
    pub(crate) ca_file: Option<PathBuf>,
}

/// `[store]`.
#[derive(Debug)]
pub(crate) enum Store {
    Sqlite(PathBuf),
    Postgres,
}

/// `[revocation]`.
#[derive(Debug)]
pub(crate) struct Revocation {
    pub(crate) feed: Feed,
    pub(crate) max_staleness: Duration,
    pub(crate) accept_when_stale: bool,
    /// Which of its feed keys each audience signs with.
    pub(crate) feed_key: u32,
}

/// Who carries the revocation feed.
#[derive(Debug)]
pub(crate) enum Feed {
    /// The authority alone.
    Local,
    /// Redis too.
    Redis(Box<RedisConfig>),
}

/// Where a Redis is, and who we are to it.
#[derive(Debug)]
pub(crate) struct RedisConfig {
    pub(crate) address: RedisAddress,
    pub(crate) password: Option<SecretRef>,
    /// The certificates that are trusted in the place of the system's.
    pub(crate) ca: Option<PathBuf>,
}

/// `[keys]`.
#[derive(Debug)]
pub(crate) struct Keys {
    pub(crate) custody: Custody,
    /// Who signs key sets for verifiers that pin an offline root.
    pub(crate) key_set_signer: Option<KeySetSigner>,
    /// The file by which the root says so.
    pub(crate) delegation: Option<PathBuf>,
    /// How long a signed key set counts.
    pub(crate) key_set_lifetime: Duration,
    pub(crate) kek: Kek,
    /// The vault that secrets come from.
    pub(crate) secrets: Option<VaultConfig>,
    pub(crate) times: KeySettings,
}

/// What opens the store key, and so whatever is sealed in the store.
#[derive(Debug)]
pub(crate) enum Kek {
    KeyFile(PathBuf),
    /// A key file among systemd's credentials.
    Credential(String),
    Passphrase(SecretRef),
    /// A key in the transit engine of a vault.
    Vault {
        key: String,
        vault: Box<VaultConfig>,
    },
    /// A symmetric key in AWS KMS.
    Aws {
        key: KeyArn,
        aws: Box<AwsConfig>,
    },
}

/// `[[audience]]`.
#[derive(Debug)]
pub(crate) struct AudienceConfig {
    pub(crate) name: Audience,
    pub(crate) algorithm: String,
    pub(crate) access_lifetime: Duration,
    pub(crate) refresh_lifetime: Duration,
    pub(crate) session_lifetime: Duration,
    pub(crate) claims: Vec<String>,
    /// What the guard of claims lets pass: in which claim, and what.
    pub(crate) guard_admits: Vec<(String, Sensitive)>,
    pub(crate) status_list: bool,
    pub(crate) dpop: DpopSettings,
    pub(crate) mtls: BindingPolicy,
    pub(crate) origins: Vec<String>,
    /// Where a browser without a good token is sent.
    pub(crate) login: Option<Login>,
    /// `SameSite` other than `Strict`, and why.
    pub(crate) same_site: Option<RelaxedSameSite>,
}

/// `[[service]]`.
#[derive(Debug)]
pub(crate) struct ServiceConfig {
    pub(crate) name: ClientId,
    pub(crate) may: Vec<May>,
    pub(crate) audiences: Vec<Audience>,
    pub(crate) scopes: AllowedScopes,
    pub(crate) public: bool,
    pub(crate) proof: Option<ProofConfig>,
}

/// `[[proxy]]`.
#[derive(Debug)]
pub(crate) struct ProxyConfig {
    pub(crate) name: String,
    pub(crate) profile: Profile,
    pub(crate) auth: ProxyAuth,
    /// Whether it tells of its clients' certificates.
    pub(crate) client_certificates: bool,
}

/// How a proxy shows who it is.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum ProxyAuth {
    Secret(SecretRef),
    Unix,
    /// A certificate with this name.
    Mtls(String),
}

impl Config {
    /// Reads `path`; every problem it has, with its line.
    pub(crate) fn load(path: &Path) -> Result<Self, Vec<Problem>> {
        let (_, text) = text_of(path, "`tokenward init` writes one")?;
        Self::of_text(path, &text)
    }

    /// As [`Self::load`], of the text that is to stand at `path`.
    pub(crate) fn of_text(path: &Path, text: &str) -> Result<Self, Vec<Problem>> {
        let file = path.display().to_string();
        let config = authority::read(&file, text, base_of(path))?;
        let later = later::problems(&file, &config);
        if later.is_empty() { Ok(config) } else { Err(later) }
    }

    /// Every secret that may come from a vault, with its setting.
    pub(crate) fn secrets(&self) -> Vec<(String, &SecretRef)> {
        let kek = match &self.keys.kek {
            Kek::Passphrase(secret) => Some(("keys.passphrase".to_owned(), secret)),
            Kek::KeyFile(_) | Kek::Credential(_) | Kek::Vault { .. } | Kek::Aws { .. } => None,
        };
        let pin = match &self.keys.custody {
            Custody::Pkcs11(pkcs11) => Some(("keys.pkcs11.pin".to_owned(), &pkcs11.pin)),
            _ => None,
        };
        let feed = match &self.revocation.feed {
            Feed::Redis(redis) => redis.password.as_ref(),
            Feed::Local => None,
        };
        let feed = feed.map(|secret| (redis::PASSWORD_SETTING.to_owned(), secret));
        let proxies = self.proxies.iter().filter_map(|proxy| match &proxy.auth {
            ProxyAuth::Secret(secret) => Some((format!("proxy.{}.secret", proxy.name), secret)),
            ProxyAuth::Unix | ProxyAuth::Mtls(_) => None,
        });
        let receivers = self.receivers.iter().filter_map(|receiver| {
            let secret = receiver.delivery.authorization()?;
            Some((format!("receiver.{}.authorization", receiver.name), secret))
        });
        kek.into_iter().chain(pin).chain(feed).chain(receivers).chain(proxies).collect()
    }

    /// A path of the file, from where it counts.
    pub(crate) fn path(&self, path: &Path) -> PathBuf {
        files::resolve(&self.base, path)
    }
}

/// The first problem as the one line that stops a start; the others are counted.
pub(crate) fn refusal(problems: &[Problem]) -> Failure {
    let Some(first) = problems.first() else {
        return Failure::cannot(
            "the configuration has a problem that has no name; please report it",
        );
    };
    match problems.len().saturating_sub(1) {
        0 => Failure::cannot(first.to_string()),
        more => Failure::cannot(format!("{first} (and {more} more)")),
    }
}

fn text_of(path: &Path, mend: &str) -> Result<(String, String), Vec<Problem>> {
    let file = path.display().to_string();
    match files::read_text(path) {
        Ok(text) => Ok((file, text)),
        Err(failure) => {
            let message = failure.to_string();
            let reason = message.strip_prefix(&format!("{file}: ")).unwrap_or(&message);
            Err(vec![Problem::new(&file, "", format!("{reason}; {mend}"))])
        }
    }
}

fn base_of(path: &Path) -> PathBuf {
    path.parent().map(Path::to_owned).unwrap_or_default()
}
