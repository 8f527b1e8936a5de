//! One request, one answer, both bounded.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, RETRY_AFTER, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::ClientConfig;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::address::{Mount, VaultAddress};
use crate::error::VaultError;

#[cfg(test)]
mod tests;

/// What is asked of the API.
pub(crate) struct Call {
    pub(crate) method: Method,
    /// The path behind `/v1/`.
    pub(crate) path: String,
    /// JSON.
    pub(crate) body: Option<Zeroizing<Vec<u8>>>,
    /// How many times as long as others this may take.
    pub(crate) effort: u32,
}

impl Call {
    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self { method: Method::GET, path: path.into(), body: None, effort: 1 }
    }

    pub(crate) fn delete(path: impl Into<String>) -> Self {
        Self { method: Method::DELETE, path: path.into(), body: None, effort: 1 }
    }

    pub(crate) fn post(path: impl Into<String>, body: &serde_json::Value) -> Self {
        Self::post_text(path, body.to_string())
    }

    /// As [`Self::post`], with a body that is JSON already and is overwritten after use.
    pub(crate) fn post_text(path: impl Into<String>, body: String) -> Self {
        Self::post_bytes(path, Zeroizing::new(body.into_bytes()))
    }

    /// As [`Self::post_text`].
    pub(crate) fn post_bytes(path: impl Into<String>, body: Zeroizing<Vec<u8>>) -> Self {
        Self { method: Method::POST, path: path.into(), body: Some(body), effort: 1 }
    }

    /// The capability that the policy must grant for this (a key that is made is `create` or `update`).
    pub(crate) fn capability(&self) -> &'static str {
        match self.method {
            Method::GET => "read",
            Method::DELETE => "delete",
            _ => "update",
        }
    }
}

/// Sends calls to one vault. It logs nobody in, and tries nothing twice.
pub(crate) struct Transport {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    address: VaultAddress,
    namespace: Option<Mount>,
    answer_timeout: Duration,
}

impl Transport {
    pub(crate) fn new(
        tls: ClientConfig,
        address: VaultAddress,
        namespace: Option<Mount>,
        timeouts: [Duration; 2],
    ) -> Self {
        let [connect_timeout, answer_timeout] = timeouts;
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(connect_timeout));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            // The type of the address has decided already whether plain HTTP is allowed.
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_secs(60))
            .pool_max_idle_per_host(8)
            .build(connector);
        Self { client, address, namespace, answer_timeout }
    }

    pub(crate) const fn answer_timeout(&self) -> Duration {
        self.answer_timeout
    }

    /// The whole answer, whatever its status.
    pub(crate) async fn send(
        &self,
        call: &Call,
        token: Option<&HeaderValue>,
    ) -> Result<Answer, VaultError> {
        let wait = self.answer_timeout.saturating_mul(call.effort);
        let whole = self.send_within(call, token);
        timeout(wait, whole).await.unwrap_or(Err(VaultError::TooSlow { wait }))
    }

    async fn send_within(
        &self,
        call: &Call,
        token: Option<&HeaderValue>,
    ) -> Result<Answer, VaultError> {
        let body = call.body.clone().map(Bytes::from_owner).unwrap_or_default();
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = call.method.clone();
        *request.uri_mut() = self
            .address
            .at(&call.path)
            .map_err(|_| VaultError::NoPath { path: call.path.clone() })?;
        let to = request.headers_mut();
        to.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        // What browsers cannot be made to send: some vaults demand it, all take it.
        to.insert(REQUEST_MARK, HeaderValue::from_static("true"));
        if call.body.is_some() {
            to.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        if let Some(namespace) = &self.namespace {
            let value = HeaderValue::from_str(namespace.as_str());
            to.extend(value.ok().map(|value| (NAMESPACE, value)));
        }
        to.extend(token.map(|token| (TOKEN, token.clone())));
        let answer = self.client.request(request).await.map_err(|error| {
            VaultError::Unreachable { address: self.address.to_string(), source: error.into() }
        })?;
        let (parts, body) = answer.into_parts();
        let retry_after = retry_after(&parts.headers);
        Ok(Answer { status: parts.status, retry_after, body: read(body).await? })
    }
}

impl std::fmt::Debug for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transport").field("address", &self.address).finish_non_exhaustive()
    }
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    retry_after: Option<Duration>,
    body: Zeroizing<Vec<u8>>,
}

impl Answer {
    /// The body of a good answer.
    pub(crate) fn json<T: DeserializeOwned>(&self, path: &str) -> Result<T, VaultError> {
        serde_json::from_slice(&self.body)
            .map_err(|_| VaultError::Garbage { path: path.to_owned() })
    }

    /// A good answer, or what the vault means by another. `403` is for the caller to look into.
    pub(crate) fn good(self, call: &Call, mount: &Mount) -> Result<Self, VaultError> {
        let path = || call.path.split('?').next().unwrap_or_default().to_owned();
        let said = || self.said();
        Err(match self.status.as_u16() {
            200..=299 => return Ok(self),
            300..=399 => VaultError::Redirected { status: self.status },
            403 => VaultError::Denied { path: path(), capability: call.capability() },
            404 => match said() {
                said if said.contains("no handler for route") => {
                    let is_kv = call.path.contains("/data/") || call.path.contains("/metadata/");
                    let engine = if is_kv { "kv-v2" } else { "transit" };
                    VaultError::NoMount { mount: mount.clone(), engine, path: path() }
                }
                said if said.contains("unsupported path") => VaultError::NoPath { path: path() },
                _ if mount.holds(&call.path) && self.says_there_is_none() => {
                    VaultError::Missing { path: path() }
                }
                _ => VaultError::NotOfVault { path: path() },
            },
            405 => VaultError::NoPath { path: path() },
            429 => VaultError::Throttled { retry_after: self.retry_after },
            472 | 473 => VaultError::Standby { status: self.status },
            501 => VaultError::NotInitialized,
            503 if said().to_ascii_lowercase().contains("sealed") => VaultError::Sealed,
            412 | 500..=599 => VaultError::Failing { status: self.status, said: said() },
            _ => VaultError::Refused { path: path(), said: said() },
        })
    }

    /// Whether a vault itself says that there is nothing of that name, and not whatever stands before it: `errors`
    /// that name none, or the metadata of a version without its data, which is deleted.
    fn says_there_is_none(&self) -> bool {
        serde_json::from_slice::<NoErrors>(&self.body).is_ok_and(|said| said.errors.is_empty())
            || serde_json::from_slice::<Deleted>(&self.body).is_ok()
    }

    /// The vault's own words about what went wrong, cut and on one line.
    fn said(&self) -> String {
        let errors: Errors = serde_json::from_slice(&self.body).unwrap_or_default();
        let words = errors.errors.into_iter().chain(errors.error).collect::<Vec<_>>().join("; ");
        let plain = words.chars().map(|c| if c.is_control() { ' ' } else { c });
        let plain: String = plain.take(MOST_SAID).collect();
        let plain: Vec<&str> = plain.split_whitespace().collect();
        if plain.is_empty() { "nothing more".to_owned() } else { plain.join(" ") }
    }
}

/// The body of a bad answer; `error` is how some servers of the same API put it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Errors {
    errors: Vec<String>,
    error: Option<String>,
}

/// The body of an answer about what was never there.
#[derive(Deserialize)]
struct NoErrors {
    errors: Vec<String>,
}

/// The body of an answer about a version of a document that is deleted.
#[derive(Deserialize)]
struct Deleted {
    #[serde(rename = "data")]
    _outer: DeletedVersion,
}

#[derive(Deserialize)]
struct DeletedVersion {
    /// `null`, and there.
    #[serde(rename = "data")]
    _inner: (),
    #[serde(rename = "metadata")]
    _metadata: Metadata,
}

#[derive(Deserialize)]
struct Metadata {
    #[serde(rename = "version")]
    _version: u64,
}

async fn read(mut body: Incoming) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    // The room is taken at once, so that no copy of a token stays behind where a smaller one was.
    let mut whole = Zeroizing::new(Vec::with_capacity(LIMIT));
    while let Some(frame) = body.frame().await {
        let Ok(chunk) = frame.map_err(VaultError::BrokeOff)?.into_data() else { continue };
        if whole.len().saturating_add(chunk.len()) > LIMIT {
            return Err(VaultError::TooLong { limit: LIMIT });
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(whole)
}

/// In seconds (RFC 9110 § 10.2.3), which is what vaults send.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

const AGENT: &str = concat!("tokenward/", env!("CARGO_PKG_VERSION"));
const TOKEN: HeaderName = HeaderName::from_static("x-vault-token");
const NAMESPACE: HeaderName = HeaderName::from_static("x-vault-namespace");
const REQUEST_MARK: HeaderName = HeaderName::from_static("x-vault-request");
/// A key of many versions with RSA keys takes some 600 bytes for each.
const LIMIT: usize = 64 * 1024;
const MOST_SAID: usize = 300;
