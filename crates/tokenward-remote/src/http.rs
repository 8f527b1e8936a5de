//! Outgoing HTTP: the only one on the way to a verdict.
//!
//! **Invariant:** https alone, but for loopback where that was asked for; no redirect is followed; no
//! body is read beyond a limit; nothing is waited for without an end; a URL that somebody else's
//! document names leads to public addresses alone.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{
    ACCEPT, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderName, LOCATION, RETRY_AFTER,
    USER_AGENT,
};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::ClientConfig;
use rustls::pki_types::pem;
use tokenward::{Clock, UnixTime};
use tokio::time::timeout;

mod credential;
mod endpoint;
mod public;
mod trust;

#[cfg(test)]
mod tests;

pub use credential::Credential;
pub use endpoint::{BadEndpoint, Endpoint};
pub use trust::client_tls;

use public::{NotPublic, Resolver};

/// What an [`HttpClient`] trusts and how long it waits.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HttpOptions {
    /// Certificates (PEM) of authorities that are trusted besides the system's.
    pub extra_ca: Option<Vec<u8>>,
    /// How long a connection may take, before TLS begins.
    pub connect_timeout: Duration,
    /// How long the whole answer may take, or for a stream the beginning of it.
    pub answer_timeout: Duration,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            extra_ca: None,
            connect_timeout: Duration::from_secs(3),
            answer_timeout: Duration::from_secs(10),
        }
    }
}

type Connections = Client<HttpsConnector<HttpConnector<Resolver>>, Full<Bytes>>;

/// Fetches key sets and feeds. A clone shares its connections.
#[derive(Clone)]
pub struct HttpClient {
    anywhere: Connections,
    public_only: Connections,
    answer_timeout: Duration,
    clock: Arc<dyn Clock>,
}

impl HttpClient {
    /// A client with `options`; `clock` turns the dates that servers send into waits.
    pub fn new(options: &HttpOptions, clock: Arc<dyn Clock>) -> Result<Self, HttpSetupError> {
        let tls = client_tls(options.extra_ca.as_deref())?;
        Ok(Self {
            anywhere: connections(tls.clone(), options, Resolver::new(false)),
            public_only: connections(tls, options, Resolver::new(true)),
            answer_timeout: options.answer_timeout,
            clock,
        })
    }

    /// The whole answer to a `GET`, if it is `200` and its body has at most `limit` bytes.
    pub async fn get(
        &self,
        endpoint: &Endpoint,
        credential: Option<&Credential>,
        limit: usize,
    ) -> Result<Answer, FetchError> {
        self.get_within(endpoint, credential, limit, self.answer_timeout).await
    }

    /// The time by its clock.
    pub(crate) fn now(&self) -> UnixTime {
        self.clock.now()
    }

    /// As [`Self::get`], with a time of its own.
    pub async fn get_within(
        &self,
        endpoint: &Endpoint,
        credential: Option<&Credential>,
        limit: usize,
        wait: Duration,
    ) -> Result<Answer, FetchError> {
        let whole = async {
            let answer = self.send(endpoint, credential, "application/json", &[]).await?;
            let (parts, body) = answer.into_parts();
            Ok(Answer { headers: parts.headers, body: read(body, limit).await? })
        };
        timeout(wait, whole).await.unwrap_or(Err(FetchError::TooSlow { wait }))
    }

    /// Posts `body` and answers the status, whatever it is, with a body of at most `limit` bytes; `headers`
    /// are added.
    ///
    /// For what nobody's verdict waits for. A redirect is an answer like any other, and not followed.
    pub async fn post(
        &self,
        endpoint: &Endpoint,
        headers: &[(HeaderName, HeaderValue)],
        body: Bytes,
        limit: usize,
    ) -> Result<(StatusCode, Answer), FetchError> {
        let wait = self.answer_timeout;
        let whole = async {
            let mut request = Request::new(Full::new(body));
            *request.method_mut() = Method::POST;
            request.headers_mut().extend(headers.iter().cloned());
            let (parts, body) = self.ask(endpoint, request).await?.into_parts();
            let answer = Answer { headers: parts.headers, body: read(body, limit).await? };
            Ok((parts.status, answer))
        };
        timeout(wait, whole).await.unwrap_or(Err(FetchError::TooSlow { wait }))
    }

    /// The beginning of a stream of server-sent events.
    pub(crate) async fn open(
        &self,
        endpoint: &Endpoint,
        credential: Option<&Credential>,
        headers: &[(HeaderName, HeaderValue)],
    ) -> Result<Incoming, FetchError> {
        let wait = self.answer_timeout;
        let beginning = self.send(endpoint, credential, EVENT_STREAM, headers);
        let answer = timeout(wait, beginning).await.unwrap_or(Err(FetchError::TooSlow { wait }))?;
        let kind = answer.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes);
        if !kind.is_some_and(|kind| kind.starts_with(EVENT_STREAM.as_bytes())) {
            return Err(FetchError::NotAStream);
        }
        Ok(answer.into_body())
    }

    async fn send(
        &self,
        endpoint: &Endpoint,
        credential: Option<&Credential>,
        accept: &'static str,
        headers: &[(HeaderName, HeaderValue)],
    ) -> Result<Response<Incoming>, FetchError> {
        let mut request = Request::new(Full::default());
        let to = request.headers_mut();
        to.insert(ACCEPT, HeaderValue::from_static(accept));
        // What is asked for is what holds now: a cache on the way would only add to its age.
        to.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        to.extend(credential.map(|credential| (AUTHORIZATION, credential.header().clone())));
        to.extend(headers.iter().cloned());
        let answer = self.ask(endpoint, request).await?;
        let status = answer.status();
        if status == StatusCode::OK {
            Ok(answer)
        } else if status.is_redirection() {
            let to = answer.headers().get(LOCATION).and_then(|to| to.to_str().ok());
            Err(FetchError::Redirected { status, location: to.map(str::to_owned) })
        } else {
            let retry_after = retry_after(answer.headers(), self.clock.now());
            Err(FetchError::Status { status, retry_after })
        }
    }

    /// The answer to `request`, whatever it says.
    async fn ask(
        &self,
        endpoint: &Endpoint,
        mut request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, FetchError> {
        request.uri_mut().clone_from(endpoint.uri());
        request.headers_mut().entry(USER_AGENT).or_insert(HeaderValue::from_static(AGENT));
        let client = if endpoint.public_only() { &self.public_only } else { &self.anywhere };
        client.request(request).await.map_err(unreachable)
    }
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClient").finish_non_exhaustive()
    }
}

/// An answer, read to its end.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Answer {
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

/// Nothing usable was fetched. Keep what you have, and try again after a while.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// No connection, or it broke before the answer: the name, the network, or a certificate that is
    /// not trusted (is the CA file set?).
    #[error("the server cannot be reached")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The connection broke in the midst of the answer.
    #[error("the answer broke off")]
    BrokeOff(#[source] hyper::Error),
    /// The server took too long.
    #[error("the answer took longer than {:.1} s", wait.as_secs_f64())]
    TooSlow {
        /// How long was waited.
        wait: Duration,
    },
    /// A name from somebody else's document leads to an address of a private network, of this machine
    /// or of none. If that is where the keys are, configure their URL yourself.
    #[error("`{host}` leads to an address that is not public: if that is right, configure its URL")]
    NotPublic {
        /// The name.
        host: String,
    },
    /// The server sends us elsewhere. Whoever can make it do so would choose our keys, so configure
    /// the URL at which they are.
    #[error("the server answered {status}, and no redirect is followed: give the URL it leads to")]
    Redirected {
        /// The status.
        status: StatusCode,
        /// Where to, as the server says it; for people, never to be followed.
        location: Option<String>,
    },
    /// The server answered something other than 200. With 401 or 403 the credential is wrong or may
    /// not do this.
    #[error("the server answered {status}")]
    Status {
        /// The status.
        status: StatusCode,
        /// How long the server asks to be left alone.
        retry_after: Option<Duration>,
    },
    /// The body is longer than such a body ever is.
    #[error("the answer is longer than {limit} bytes")]
    TooLong {
        /// The most that is read.
        limit: usize,
    },
    /// It is no stream of events: the URL leads to something else.
    #[error("the answer is not a stream of events")]
    NotAStream,
}

impl FetchError {
    /// How long the server asked to be left alone.
    pub(crate) const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

/// An [`HttpClient`] cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpSetupError {
    /// The extra CA file holds no readable certificate.
    #[error("the CA file holds no certificate that can be read (PEM)")]
    BadCa(#[source] Option<pem::Error>),
    /// A certificate in the extra CA file cannot be used as a root.
    #[error("a certificate in the CA file cannot be used")]
    UnusableCa(#[source] rustls::Error),
    /// Neither the system nor the options give any root certificate. Install the system's
    /// (`ca-certificates`) or name a CA file.
    #[error("there are no root certificates: install the system's or name a CA file")]
    NoRoots,
    /// The crypto library refuses the protocol versions.
    #[error("TLS cannot be set up")]
    Tls(#[source] rustls::Error),
}

const EVENT_STREAM: &str = "text/event-stream";
const AGENT: &str = concat!("tokenward/", env!("CARGO_PKG_VERSION"));

fn connections(tls: ClientConfig, options: &HttpOptions, resolver: Resolver) -> Connections {
    let mut tcp = HttpConnector::new_with_resolver(resolver);
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(options.connect_timeout));
    // A peer that vanished without a word is noticed even on a connection that only listens.
    tcp.set_keepalive(Some(Duration::from_secs(15)));
    let connector = HttpsConnectorBuilder::new()
        .with_tls_config(tls)
        // The endpoint's type has decided already whether plain HTTP is allowed.
        .https_or_http()
        .enable_http1()
        .wrap_connector(tcp);
    Client::builder(TokioExecutor::new())
        .timer(TokioTimer::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(Duration::from_secs(60))
        .pool_max_idle_per_host(2)
        .build(connector)
}

/// No connection, and if that was our own will, which.
fn unreachable(error: hyper_util::client::legacy::Error) -> FetchError {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(one) = cause {
        if let Some(NotPublic { host }) = one.downcast_ref() {
            return FetchError::NotPublic { host: host.clone() };
        }
        cause = one.source();
    }
    FetchError::Unreachable(error.into())
}

async fn read(mut body: Incoming, limit: usize) -> Result<Bytes, FetchError> {
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(chunk) = frame.map_err(FetchError::BrokeOff)?.into_data() else { continue };
        if whole.len().saturating_add(chunk.len()) > limit {
            return Err(FetchError::TooLong { limit });
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.freeze())
}

/// Seconds or a date (RFC 9110 § 10.2.3).
fn retry_after(headers: &HeaderMap, now: UnixTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    text.parse().map(Duration::from_secs).ok().or_else(|| {
        let date = httpdate::parse_http_date(text).ok()?;
        Some(UnixTime::from(date).since(now))
    })
}
