//! A client that signs what it asks, and asks again after what passes by itself.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request};
use http_body_util::Full;
use rustls::ClientConfig;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokenward::{Clock, ErrorChain, UnixTime};
use tokenward_keys::custody::backoff::{self, Backoff};
use tokio::sync::Mutex;
use tokio::time::{sleep, timeout};
use zeroize::Zeroizing;

use crate::address::{Endpoint, Region};
use crate::credentials::{AwsCredentials, CredentialSource};
use crate::error::{AwsError, Refusal};
use crate::http::{Answer, Transport};
use crate::sigv4::Signing;

#[cfg(test)]
mod tests;

/// Which region, where its services are, and how long is waited for them.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AwsOptions {
    /// The region.
    pub region: Region,
    /// Where the service is, if not where AWS itself has it: a VPC endpoint, or an emulator.
    pub endpoint: Option<Endpoint>,
    /// Whose certificates are trusted.
    pub tls: ClientConfig,
    /// How long a connection may take, before TLS begins.
    pub connect_timeout: Duration,
    /// How long each answer may take. What fails in passing is tried three times at most; what takes too
    /// long, once.
    pub answer_timeout: Duration,
}

impl AwsOptions {
    /// The services of `region`, whose certificates `tls` trusts; a second for the connection, three for
    /// each answer.
    #[must_use]
    pub const fn new(region: Region, tls: ClientConfig) -> Self {
        Self {
            region,
            endpoint: None,
            tls,
            connect_timeout: Duration::from_secs(1),
            answer_timeout: Duration::from_secs(3),
        }
    }
}

/// A client of AWS in one region. Clones share the credentials and the connections.
#[derive(Clone)]
pub struct Aws {
    inner: Arc<Inner>,
}

struct Inner {
    transport: Transport,
    region: Region,
    endpoint: Option<Endpoint>,
    source: CredentialSource,
    clock: Arc<dyn Clock>,
    held: RwLock<Option<Arc<AwsCredentials>>>,
    /// Whoever holds it asks for credentials; the others wait, or go on with what there is.
    turn: Mutex<()>,
    /// Until then a renewal that failed is not tried again, while what is held is good.
    put_off_until: AtomicU64,
}

/// A service whose protocol is JSON 1.1.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Service {
    Kms,
    SecretsManager,
}

impl Service {
    /// Its name in host names and in signatures, and what its operations are called by.
    const fn names(self) -> [&'static str; 2] {
        match self {
            Self::Kms => ["kms", "TrentService"],
            Self::SecretsManager => ["secretsmanager", "secretsmanager"],
        }
    }
}

/// What is asked.
pub(crate) struct Call {
    service: Service,
    /// The operation as a policy grants it, such as `kms:Sign`.
    action: &'static str,
    body: Bytes,
    /// Whether asking twice does no more than asking once.
    repeatable: bool,
}

impl Call {
    pub(crate) fn new(service: Service, action: &'static str, body: &Value) -> Self {
        Self::with(service, action, Zeroizing::new(body.to_string().into_bytes()))
    }

    /// A call whose body holds a secret, and is JSON already.
    pub(crate) fn with(service: Service, action: &'static str, body: Zeroizing<Vec<u8>>) -> Self {
        Self { service, action, body: Bytes::from_owner(body), repeatable: true }
    }

    /// A call that must not be repeated while it may have been heard.
    pub(crate) const fn once(mut self) -> Self {
        self.repeatable = false;
        self
    }
}

impl Aws {
    /// A client with `options` that is whoever `source` says. Nothing is sent yet. Times are counted on
    /// `clock`.
    pub fn new(options: AwsOptions, source: CredentialSource, clock: Arc<dyn Clock>) -> Self {
        let timeouts = [options.connect_timeout, options.answer_timeout];
        let inner = Inner {
            transport: Transport::new(options.tls, timeouts),
            region: options.region,
            endpoint: options.endpoint,
            source,
            clock,
            held: RwLock::new(None),
            turn: Mutex::new(()),
            put_off_until: AtomicU64::new(0),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The region.
    #[must_use]
    pub fn region(&self) -> &Region {
        &self.inner.region
    }

    /// The good answer to `call`, tried again after what passes by itself.
    pub(crate) async fn call<T: DeserializeOwned>(&self, call: &Call) -> Result<T, AwsError> {
        let mut backoff = Backoff::from(FIRST_WAIT);
        let mut left = ATTEMPTS;
        let mut renewed = false;
        loop {
            let credentials = self.inner.credentials().await?;
            let error = match self.inner.once(call, &credentials).await {
                Ok(answer) => {
                    let garbage = |_| AwsError::Garbage { action: call.action };
                    return serde_json::from_slice(&answer.body).map_err(garbage);
                }
                Err(error) => error,
            };
            let dead = matches!(
                error,
                AwsError::Expired { .. }
                    | AwsError::UnknownKey { .. }
                    | AwsError::WrongSecret { .. }
            );
            if dead && !renewed {
                // They may have been replaced where they came from.
                renewed = true;
                self.inner.forget(&credentials);
                continue;
            }
            left = left.saturating_sub(1);
            let again = error.is_passing() && (call.repeatable || error.is_undone());
            if left == 0 || !again {
                return Err(error);
            }
            sleep(backoff.failed()).await;
        }
    }
}

impl fmt::Debug for Aws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Aws").field("region", &self.inner.region).finish_non_exhaustive()
    }
}

impl Inner {
    /// One attempt.
    async fn once(&self, call: &Call, who: &AwsCredentials) -> Result<Answer, AwsError> {
        let answer = self.transport.send(self.signed(call, who)?).await?;
        if answer.status.is_success() {
            return Ok(answer);
        }
        let said: Said = serde_json::from_slice(&answer.body).unwrap_or_default();
        let code = said.code.rsplit('#').next().and_then(|code| code.split(':').next());
        let refusal = Refusal {
            action: call.action,
            status: answer.status.as_u16(),
            code: code.unwrap_or_default(),
            said: &said.message,
            found_in: self.source.place(),
            region: &self.region,
            ahead: answer.date.and_then(|theirs| ahead(self.clock.now(), theirs)),
        };
        Err(refusal.judge())
    }

    /// The request for `call`, signed.
    fn signed(&self, call: &Call, who: &AwsCredentials) -> Result<Request<Full<Bytes>>, AwsError> {
        let garbage = || AwsError::Garbage { action: call.action };
        let [service, target] = call.service.names();
        let endpoint = self.endpoint.clone().unwrap_or_else(|| self.region.endpoint(service));
        let uri = endpoint.root().map_err(|_| garbage())?;
        let operation = call.action.rsplit(':').next().unwrap_or_default();
        let target = format!("{target}.{operation}");
        let signing = Signing {
            who,
            region: &self.region,
            service,
            host: uri.authority().map_or("", |authority| authority.as_str()),
            target: &target,
            body: &call.body,
        };
        let headers = signing.headers(self.clock.now()).ok_or_else(garbage)?;
        let mut request = Request::new(Full::new(call.body.clone()));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri;
        request.headers_mut().extend(headers);
        Ok(request)
    }

    /// Credentials to sign with now. While some hold, nobody waits for their renewal but who makes it.
    async fn credentials(&self) -> Result<Arc<AwsCredentials>, AwsError> {
        let good = |margin| self.held().filter(|held| held.outlive(self.clock.now(), margin));
        if let Some(held) = good(AHEAD) {
            return Ok(held);
        }
        if let Some(held) = good(Duration::ZERO) {
            if self.is_put_off() {
                return Ok(held);
            }
            let Ok(_turn) = self.turn.try_lock() else { return Ok(held) };
            return Ok(self.renew().await.unwrap_or_else(|error| {
                self.put_off(&held);
                let error = ErrorChain::new(&error).to_string();
                tracing::warn!(
                    error,
                    "the credentials for AWS were not renewed; they hold for a while"
                );
                held
            }));
        }
        let wait = TURN;
        let turn = timeout(wait, self.turn.lock()).await;
        let _turn = turn.map_err(|_| AwsError::TooSlow { wait })?;
        // Whoever had the turn before may have done it.
        match good(AHEAD) {
            Some(held) => Ok(held),
            None => self.renew().await,
        }
    }

    async fn renew(&self) -> Result<Arc<AwsCredentials>, AwsError> {
        let fresh = Arc::new(self.source.fetch(&self.transport).await?);
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&fresh));
        Ok(fresh)
    }

    /// Lets signatures go on without an attempt to renew each time.
    fn put_off(&self, held: &AwsCredentials) {
        let now = self.clock.now();
        let until = now.saturating_add(backoff::put_off(held.left(now)));
        self.put_off_until.store(until.as_millis(), Ordering::Relaxed);
    }

    fn is_put_off(&self) -> bool {
        let until = UnixTime::from_millis(self.put_off_until.load(Ordering::Relaxed));
        let left = until.since(self.clock.now());
        // A clock that was set back must not prolong it.
        !left.is_zero() && left <= backoff::LONGEST_PUT_OFF
    }

    fn held(&self) -> Option<Arc<AwsCredentials>> {
        self.held.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn forget(&self, dead: &Arc<AwsCredentials>) {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        if held.as_ref().is_some_and(|held| Arc::ptr_eq(held, dead)) {
            *held = None;
        }
    }
}

/// The body of a bad answer.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Said {
    #[serde(rename = "__type")]
    code: String,
    #[serde(alias = "Message")]
    message: String,
}

/// How many seconds `ours` is ahead of `theirs`, if that is more than rounding and the way here.
fn ahead(ours: UnixTime, theirs: UnixTime) -> Option<i64> {
    let [ahead, behind] = [ours.since(theirs), theirs.since(ours)].map(|by| by.as_secs());
    let ahead = i64::try_from(ahead).ok()?.checked_sub(i64::try_from(behind).ok()?)?;
    (ahead.unsigned_abs() > 5).then_some(ahead)
}

/// Calls in all, where the first fails in passing.
const ATTEMPTS: u32 = 3;
/// What a broken connection or a second's quota that is nearly over takes at least.
const FIRST_WAIT: Duration = Duration::from_millis(200);
/// Temporary credentials are renewed so long before their end; AWS has new ones five minutes ahead.
const AHEAD: Duration = Duration::from_secs(240);
/// How long is waited for somebody else who asks for credentials.
const TURN: Duration = Duration::from_secs(10);
