//! A client that is logged in, and stays so.

mod session;

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::Duration;

use http::StatusCode;
use rustls::ClientConfig;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokenward::{Clock, UnixTime};
use tokenward_keys::custody::backoff::{self, Backoff};
use tokio::sync::Mutex;
use tokio::time::sleep;

use crate::address::{Mount, VaultAddress};
use crate::error::VaultError;
use crate::http::{Answer, Call, Transport};
use crate::lease::Lease;
use crate::login::{Login, LoginError};

/// Where a vault is, whom it must be, and how long is waited for it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct VaultOptions {
    /// Its address.
    pub address: VaultAddress,
    /// The namespace that every path is in.
    pub namespace: Option<Mount>,
    /// Whose certificates are trusted.
    pub tls: ClientConfig,
    /// How long a connection may take, before TLS begins.
    pub connect_timeout: Duration,
    /// How long each answer may take, ten times as long where the vault makes a key. What fails in passing
    /// is tried three times at most; what takes too long, once.
    pub answer_timeout: Duration,
}

impl VaultOptions {
    /// The vault at `address`, whose certificate `tls` trusts; a second for the connection, three for each
    /// answer.
    #[must_use]
    pub const fn new(address: VaultAddress, tls: ClientConfig) -> Self {
        Self {
            address,
            namespace: None,
            tls,
            connect_timeout: Duration::from_secs(1),
            answer_timeout: Duration::from_secs(3),
        }
    }
}

/// A client of one vault. Clones share the login and the connections.
#[derive(Clone, Debug)]
pub struct Vault {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    transport: Transport,
    login: Box<dyn Fn() -> Result<Login, LoginError> + Send + Sync>,
    clock: Arc<dyn Clock>,
    lease: RwLock<Option<Arc<Lease>>>,
    /// Whoever holds it logs in or renews; the others wait, or go on with what there is.
    turn: Mutex<()>,
    /// Until then the vault asked to be left alone.
    quiet_until: AtomicU64,
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inner").field("transport", &self.transport).finish_non_exhaustive()
    }
}

impl Vault {
    /// A client with `options`. Nothing is sent yet.
    ///
    /// `login` is asked at every login, so that a token or secret id that was replaced on disk is found;
    /// it may read a file, and must not wait for longer. Times of tokens are counted on `clock`.
    pub fn new(
        options: VaultOptions,
        login: impl Fn() -> Result<Login, LoginError> + Send + Sync + 'static,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let timeouts = [options.connect_timeout, options.answer_timeout];
        let transport = Transport::new(options.tls, options.address, options.namespace, timeouts);
        let inner = Inner {
            transport,
            login: Box::new(login),
            clock,
            lease: RwLock::new(None),
            turn: Mutex::new(()),
            quiet_until: AtomicU64::new(0),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Renews the token in the background for as long as a clone of this client is there.
    ///
    /// Without it a token is renewed by the calls that need it, and may end while there are none.
    pub fn keep_logged_in(&self) {
        let inner = Arc::downgrade(&self.inner);
        drop(tokio::spawn(keep(inner)));
    }

    /// Whether the vault is reached, unsealed and active, and lets us in: one call, without a retry.
    pub async fn check(&self) -> Result<(), VaultError> {
        let call = Call::get("sys/health");
        let answer = self.inner.transport.send(&call, None).await?;
        match answer.status.as_u16() {
            // A standby (429) passes on what it is sent, as does a performance standby (473).
            200 | 429 | 473 => {}
            // Some servers of the same API have no such path.
            404 => self.must_be_unsealed().await?,
            503 => return Err(VaultError::Sealed),
            _ => drop(answer.good(&call, &system())?),
        }
        self.inner.token().await.map(drop)
    }

    async fn must_be_unsealed(&self) -> Result<(), VaultError> {
        let call = Call::get("sys/seal-status");
        let answer = self.inner.transport.send(&call, None).await?;
        let status: SealStatus = answer.good(&call, &system())?.json(&call.path)?;
        if status.sealed { Err(VaultError::Sealed) } else { Ok(()) }
    }

    /// Whether `mount` is an engine of the kind `wanted`, as far as we may see it.
    pub(crate) async fn must_be(
        &self,
        mount: &Mount,
        wanted: &'static str,
    ) -> Result<(), VaultError> {
        match self.inner.engine(mount).await? {
            Some(found) if found != wanted => {
                Err(VaultError::WrongEngine { mount: mount.clone(), kind: found, wanted })
            }
            // What is not seen here says by itself, at the first call, what it lacks.
            _ => Ok(()),
        }
    }

    /// The good answer to `call` into `mount`, tried again after what passes by itself.
    pub(crate) async fn call(&self, mount: &Mount, call: &Call) -> Result<Answer, VaultError> {
        let mut backoff = Backoff::from(FIRST_WAIT);
        let mut left = ATTEMPTS;
        loop {
            left = left.saturating_sub(1);
            let error = match self.inner.once(mount, call).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let wait = backoff.failed().max(error.retry_after().unwrap_or_default());
            if left == 0 || !error.is_passing() || wait > LONGEST_WAIT {
                return Err(error);
            }
            sleep(wait).await;
        }
    }

    /// The `data` of the answer to `call`.
    pub(crate) async fn data<T: DeserializeOwned>(
        &self,
        mount: &Mount,
        call: &Call,
    ) -> Result<T, VaultError> {
        let answer: Data<T> = self.call(mount, call).await?.json(&call.path)?;
        Ok(answer.data)
    }
}

impl Inner {
    /// One attempt. A token that the vault no longer knows is replaced once.
    async fn once(&self, mount: &Mount, call: &Call) -> Result<Answer, VaultError> {
        let lease = self.token().await?;
        let answer = self.send(call, Some(&*lease)).await?;
        if answer.status != StatusCode::FORBIDDEN {
            return self.judge(answer, call, mount);
        }
        if self.knows(&lease).await? {
            return Err(self.denied(mount, call).await);
        }
        let lease = self.replace(&lease).await?;
        let answer = self.send(call, Some(&*lease)).await?;
        if answer.status == StatusCode::FORBIDDEN {
            return Err(self.denied(mount, call).await);
        }
        self.judge(answer, call, mount)
    }

    /// Sends, unless the vault asked to be left alone.
    async fn send(&self, call: &Call, lease: Option<&Lease>) -> Result<Answer, VaultError> {
        let until = UnixTime::from_millis(self.quiet_until.load(Ordering::Relaxed));
        let left = until.since(self.clock.now());
        // A clock that was set back must not make it a silence of hours.
        if !left.is_zero() && left <= MOST_ASKED {
            return Err(VaultError::Throttled { retry_after: Some(left) });
        }
        self.transport.send(call, lease.map(|lease| &lease.header)).await
    }

    fn judge(&self, answer: Answer, call: &Call, mount: &Mount) -> Result<Answer, VaultError> {
        let judged = answer.good(call, mount);
        if let Err(VaultError::Throttled { retry_after: Some(asked) }) = &judged {
            let until = self.clock.now().saturating_add((*asked).min(MOST_ASKED));
            self.quiet_until.store(until.as_millis(), Ordering::Relaxed);
        }
        judged
    }

    /// Whether the vault still knows the token.
    async fn knows(&self, lease: &Lease) -> Result<bool, VaultError> {
        let call = Call::get(LOOK_AT_SELF);
        let answer = self.send(&call, Some(lease)).await?;
        if answer.status == StatusCode::FORBIDDEN {
            return Ok(false);
        }
        self.judge(answer, &call, &system()).map(|_| true)
    }

    /// Why a token that is good was denied `call`.
    async fn denied(&self, mount: &Mount, call: &Call) -> VaultError {
        let (path, capability) = (call.path.clone(), call.capability());
        match self.engine(mount).await {
            Ok(None) => VaultError::Unseen { mount: mount.clone(), path, capability },
            Ok(Some(_)) | Err(_) => VaultError::Denied { path, capability },
        }
    }

    /// What engine is at `mount`; `None` if there is none, or none that we may see.
    async fn engine(&self, mount: &Mount) -> Result<Option<String>, VaultError> {
        let lease = self.token().await?;
        let call = Call::get(format!("sys/internal/ui/mounts/{mount}"));
        let answer = self.send(&call, Some(&*lease)).await?;
        // A server of the same API may have no such path.
        if matches!(answer.status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND) {
            return Ok(None);
        }
        let engine: Data<Engine> = self.judge(answer, &call, mount)?.json(&call.path)?;
        let Engine { kind, options } = engine.data;
        // As the vault's own program calls them.
        let kind = match options.unwrap_or_default().version {
            Some(version) => format!("{kind}-v{version}"),
            None if kind == "kv" => "kv-v1".to_owned(),
            None => kind,
        };
        Ok(Some(kind.chars().filter(char::is_ascii_graphic).take(64).collect()))
    }

    fn lease(&self) -> Option<Arc<Lease>> {
        self.lease.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, lease: Lease) -> Arc<Lease> {
        let lease = Arc::new(lease);
        *self.lease.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&lease));
        lease
    }
}

/// Renews what is due, until the client is gone.
async fn keep(inner: Weak<Inner>) {
    loop {
        let wait = {
            let Some(inner) = inner.upgrade() else { return };
            if let Err(error) = inner.token().await {
                let error = tokenward::ErrorChain::new(&error).to_string();
                tracing::warn!(error, "not logged in to Vault");
            }
            inner.lease().and_then(|lease| lease.life)
        };
        let eighth = wait.unwrap_or(KEEP_AT_MOST).checked_div(8).unwrap_or_default();
        sleep(backoff::cut(eighth.clamp(KEEP_AT_LEAST, KEEP_AT_MOST))).await;
    }
}

/// Where our own paths are, which no setting names.
fn system() -> Mount {
    Mount::system()
}

#[derive(Deserialize)]
struct Data<T> {
    data: T,
}

#[derive(Deserialize)]
struct SealStatus {
    sealed: bool,
}

#[derive(Deserialize)]
struct Engine {
    #[serde(rename = "type")]
    kind: String,
    options: Option<EngineOptions>,
}

#[derive(Default, Deserialize)]
struct EngineOptions {
    version: Option<String>,
}

const LOOK_AT_SELF: &str = "auth/token/lookup-self";
const ATTEMPTS: u8 = 3;
/// What a leader's change or a broken connection takes at least.
const FIRST_WAIT: Duration = Duration::from_millis(100);
/// A login waits on the signature: longer waits are for whoever asks again.
const LONGEST_WAIT: Duration = Duration::from_secs(1);
/// One wrong header must not silence us for a day.
const MOST_ASKED: Duration = Duration::from_secs(60);
const KEEP_AT_LEAST: Duration = Duration::from_secs(1);
const KEEP_AT_MOST: Duration = Duration::from_secs(60);
