//! One request, one answer: bounded in time, size and number.
//!
//! **Invariant:** no redirect is followed, and nothing is unpacked: a body is bytes, as they came.
//! **Invariant:** a token goes out over TLS, or in the clear to this machine alone, unless that was asked for.

use std::sync::Arc;
use std::time::Duration;

use http::header::{ACCEPT, ACCEPT_ENCODING, HOST, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until, timeout};

use crate::rules::hosts::is_loopback;

/// More of an answer decides nothing.
const MAX_BODY: usize = 256 << 10;

/// An address that can be asked.
#[derive(Clone)]
pub struct Address {
    uri: Uri,
    host: String,
    port: u16,
    is_tls: bool,
}

/// Why an address cannot be asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// It is no URL with a host.
    #[error("no URL; write for example https://api.example.com/me")]
    NoUrl,
    /// It is something else than HTTP.
    #[error("neither https nor http")]
    Scheme,
    /// It has a name and a password before its host.
    #[error("a URL with credentials in it, which would end up in reports")]
    Credentials,
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Address").field(&self.shown()).finish()
    }
}

impl Address {
    /// The address that `url` names.
    pub fn parse(url: &str) -> Result<Self, AddressError> {
        let uri: Uri = url.parse().map_err(|_| AddressError::NoUrl)?;
        let authority = uri.authority().ok_or(AddressError::NoUrl)?;
        if authority.as_str().contains('@') {
            return Err(AddressError::Credentials);
        }
        let is_tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(AddressError::Scheme),
        };
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        let port = authority.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        Ok(Self { uri, host, port, is_tls })
    }

    /// Whether TLS carries it.
    #[must_use]
    pub const fn is_tls(&self) -> bool {
        self.is_tls
    }

    /// Whether it is on this machine.
    #[must_use]
    pub fn is_local(&self) -> bool {
        is_loopback(&self.host)
    }

    /// Scheme, host and path, for people; the query is left out, since it may hold secrets.
    #[must_use]
    pub fn shown(&self) -> String {
        let scheme = if self.is_tls { "https" } else { "http" };
        format!("{scheme}://{}{}", self.authority(), self.uri.path())
    }

    pub(super) fn host(&self) -> &str {
        &self.host
    }

    fn authority(&self) -> &str {
        self.uri.authority().map_or("", http::uri::Authority::as_str)
    }

    fn path(&self) -> &str {
        self.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str)
    }

    /// Another path of the same server.
    pub(super) fn beside(&self, path: &str) -> Option<Self> {
        let scheme = if self.is_tls { "https" } else { "http" };
        Self::parse(&format!("{scheme}://{}{path}", self.authority())).ok()
    }

    /// The same with one more parameter.
    pub(super) fn with_parameter(&self, name: &str, value: &str) -> Option<Self> {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair(name, value);
        let sign = if self.uri.query().is_some() { '&' } else { '?' };
        self.beside(&format!("{}{sign}{}", self.path(), query.finish()))
    }
}

/// What is asked.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) method: Method,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) body: Bytes,
}

impl Ask {
    pub(super) const fn new(method: Method) -> Self {
        Self { method, headers: Vec::new(), body: Bytes::new() }
    }

    pub(super) fn with(mut self, name: HeaderName, value: &str) -> Self {
        // What is no header value cannot be sent, and is not.
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    /// At most [`MAX_BODY`] of it.
    pub(super) body: Bytes,
}

impl Answer {
    pub(super) fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoAnswer {
    #[error("no answer within {} s", .0.as_secs())]
    TimedOut(Duration),
    #[error("the limit of {0} requests is reached")]
    Spent(usize),
    #[error("the limit of {} s is reached", .0.as_secs())]
    Late(Duration),
    #[error(
        "the service lets us wait too long: rests that it asks for, and answers that do not come, of more than {} s",
        .0.as_secs()
    )]
    Idle(Duration),
    #[error("cannot be reached: {0}")]
    Unreachable(String),
    #[error("no HTTP answer: {0}")]
    Broken(String),
}

impl NoAnswer {
    /// Whether nothing more is sent, whatever it is.
    pub(super) const fn is_final(&self) -> bool {
        matches!(self, Self::Spent(_) | Self::Late(_) | Self::Idle(_))
    }
}

/// How much is sent, and how long it may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// For one answer.
    pub(super) timeout: Duration,
    /// Between the starts of two requests.
    pub(super) pause: Duration,
    pub(super) max_requests: usize,
    /// For everything.
    pub(super) max_time: Duration,
    /// For rests and silences, all together.
    pub(super) max_wait: Duration,
}

/// How the server is asked, and how much.
#[derive(Debug)]
pub(super) struct Wire {
    tls: Arc<ClientConfig>,
    pace: Pace,
    next: Instant,
    start: Instant,
    /// How long the server let us wait without an answer.
    waited: Duration,
    pub(super) sent: usize,
}

/// Certificates that are to be trusted cannot be.
#[derive(Debug, thiserror::Error)]
#[error("certificates that are to be trusted: {0}")]
#[non_exhaustive]
pub struct TrustError(String);

impl Wire {
    pub(super) fn new(extra_ca: Option<&[u8]>, pace: Pace) -> Result<Self, TrustError> {
        let tls = Arc::new(trusting(extra_ca)?);
        let start = Instant::now();
        Ok(Self { tls, pace, next: start, start, waited: Duration::ZERO, sent: 0 })
    }

    /// Waits for its turn, asks, and reads what comes.
    pub(super) async fn send(&mut self, to: &Address, ask: Ask) -> Result<Answer, NoAnswer> {
        let pace = self.pace;
        if self.sent >= pace.max_requests {
            return Err(NoAnswer::Spent(pace.max_requests));
        }
        if self.waited > pace.max_wait {
            return Err(NoAnswer::Idle(pace.max_wait));
        }
        // Nobody waits for a turn that comes too late.
        let begin = self.next.max(Instant::now());
        let left = pace.max_time.saturating_sub(begin.saturating_duration_since(self.start));
        if left.is_zero() {
            return Err(NoAnswer::Late(pace.max_time));
        }
        self.sent = self.sent.saturating_add(1);
        sleep_until(begin).await;
        let now = Instant::now();
        self.next = now.checked_add(pace.pause).unwrap_or(now);
        let patience = pace.timeout.min(left);
        match timeout(patience, exchange(&self.tls, to, ask)).await {
            Ok(answer) => answer,
            Err(_) if patience < pace.timeout => Err(NoAnswer::Late(pace.max_time)),
            Err(_) => {
                self.waited = self.waited.saturating_add(patience);
                Err(NoAnswer::TimedOut(patience))
            }
        }
    }

    /// Lets the server rest.
    pub(super) fn rest(&mut self, pause: Duration) {
        let now = Instant::now();
        self.next = now.checked_add(pause).unwrap_or(now);
        self.waited = self.waited.saturating_add(pause);
    }
}

async fn exchange(tls: &Arc<ClientConfig>, to: &Address, ask: Ask) -> Result<Answer, NoAnswer> {
    let unreachable = |error: &dyn std::fmt::Display| NoAnswer::Unreachable(error.to_string());
    let tcp = TcpStream::connect((to.host.as_str(), to.port))
        .await
        .map_err(|error| unreachable(&error))?;
    let mut request = Request::builder()
        .method(ask.method)
        .uri(to.path())
        .header(HOST, to.authority())
        .header(USER_AGENT, concat!("tokenward-audit/", env!("CARGO_PKG_VERSION")))
        .header(ACCEPT_ENCODING, "identity");
    if !ask.headers.iter().any(|(name, _)| name == ACCEPT) {
        request = request.header(ACCEPT, "application/json, */*;q=0.5");
    }
    for (name, value) in ask.headers {
        request = request.header(name, value);
    }
    let request = request.body(Full::new(ask.body)).map_err(|error| broken(&error))?;
    if !to.is_tls {
        return over(tcp, request).await;
    }
    let name = ServerName::try_from(to.host.clone()).map_err(|error| unreachable(&error))?;
    let connector = tokio_rustls::TlsConnector::from(Arc::clone(tls));
    over(connector.connect(name, tcp).await.map_err(|error| unreachable(&error))?, request).await
}

async fn over<S>(stream: S, request: Request<Full<Bytes>>) -> Result<Answer, NoAnswer>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| broken(&error))?;
    // Ended with the answer: nothing else is asked on this connection.
    let driver = Driver(tokio::spawn(async move { drop(connection.await) }));
    let answer = sender.send_request(request).await.map_err(|error| broken(&error))?;
    let (head, body) = answer.into_parts();
    let body = read(body).await;
    drop(driver);
    Ok(Answer { status: head.status.as_u16(), headers: head.headers, body })
}

/// A connection, which ends with whoever waits for its answer.
struct Driver(tokio::task::JoinHandle<()>);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// As much of a body as counts; one that breaks off is what came of it.
async fn read(mut body: Incoming) -> Bytes {
    let mut all = Vec::new();
    while let Some(Ok(frame)) = body.frame().await {
        if let Some(data) = frame.data_ref() {
            let room = MAX_BODY.saturating_sub(all.len());
            all.extend(data.iter().take(room));
        }
        if all.len() >= MAX_BODY {
            break;
        }
    }
    all.into()
}

fn broken(error: &dyn std::error::Error) -> NoAnswer {
    let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
    NoAnswer::Broken(format!("{error}{cause}"))
}

/// Trusts the system's authorities, and those in `extra` (PEM).
fn trusting(extra: Option<&[u8]>) -> Result<ClientConfig, TrustError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    for certificate in extra.into_iter().flat_map(CertificateDer::pem_slice_iter) {
        let certificate = certificate.map_err(|error| TrustError(error.to_string()))?;
        roots.add(certificate).map_err(|error| TrustError(error.to_string()))?;
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| TrustError(error.to_string()))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
