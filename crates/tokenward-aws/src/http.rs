//! One request, one answer, both bounded.

use std::time::Duration;

use bytes::Bytes;
use http::header::{DATE, HeaderValue, USER_AGENT};
use http::{HeaderMap, Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::ClientConfig;
use tokenward::UnixTime;
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::error::AwsError;

/// Sends requests. It signs none, and tries nothing twice.
#[derive(Clone)]
pub(crate) struct Transport {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    answer_timeout: Duration,
}

impl Transport {
    pub(crate) fn new(tls: ClientConfig, timeouts: [Duration; 2]) -> Self {
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
            .pool_idle_timeout(Duration::from_secs(15))
            .pool_max_idle_per_host(16)
            .build(connector);
        Self { client, answer_timeout }
    }

    /// The whole answer, whatever its status. No redirect is followed.
    pub(crate) async fn send(&self, mut request: Request<Full<Bytes>>) -> Result<Answer, AwsError> {
        request.headers_mut().insert(USER_AGENT, HeaderValue::from_static(AGENT));
        let wait = self.answer_timeout;
        let whole = self.send_within(request);
        timeout(wait, whole).await.unwrap_or(Err(AwsError::TooSlow { wait }))
    }

    async fn send_within(&self, request: Request<Full<Bytes>>) -> Result<Answer, AwsError> {
        let address = origin(request.uri());
        let answer = self.client.request(request).await.map_err(|source| {
            let connected = !source.is_connect();
            AwsError::Unreachable { address, connected, source: source.into() }
        })?;
        let (parts, body) = answer.into_parts();
        let date = date(&parts.headers);
        Ok(Answer { status: parts.status, date, body: read(body).await? })
    }
}

impl std::fmt::Debug for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transport").finish_non_exhaustive()
    }
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    /// The time of whoever answers.
    pub(crate) date: Option<UnixTime>,
    pub(crate) body: Zeroizing<Vec<u8>>,
}

/// Scheme, host and port: the rest of a URL may hold a secret.
fn origin(uri: &Uri) -> String {
    let scheme = uri.scheme_str().unwrap_or_default();
    format!("{scheme}://{}", uri.authority().map_or("", |authority| authority.as_str()))
}

async fn read(mut body: Incoming) -> Result<Zeroizing<Vec<u8>>, AwsError> {
    // The room is taken at once, so that no copy of a secret stays behind where a smaller one was.
    let mut whole = Zeroizing::new(Vec::with_capacity(LIMIT));
    while let Some(frame) = body.frame().await {
        let Ok(chunk) = frame.map_err(AwsError::BrokeOff)?.into_data() else { continue };
        if whole.len().saturating_add(chunk.len()) > LIMIT {
            return Err(AwsError::TooLong { limit: LIMIT });
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(whole)
}

fn date(headers: &HeaderMap) -> Option<UnixTime> {
    let time = httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()?;
    let since = time.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(UnixTime::from_secs(since.as_secs()))
}

const AGENT: &str = concat!("tokenward/", env!("CARGO_PKG_VERSION"));
/// A thousand keys are listed in some 150 KB; a secret's value has at most 64 KiB.
const LIMIT: usize = 256 * 1024;
