//! An HTTPS client that trusts one local authority alone.

use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use serde_json::Value;
use tokio::time::timeout;

/// Longer than any time-out of the server that a test meets.
const PATIENCE: Duration = Duration::from_secs(30);

/// The client. A clone shares its connections.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    inner: legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl Client {
    /// Trusts the certificates of `ca`, a PEM file. Speaks plain HTTP where a URL says so.
    pub(crate) fn trusting(ca: &Path) -> Self {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_file_iter(ca).unwrap() {
            roots.add(certificate.unwrap()).unwrap();
        }
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        let tls = ClientConfig::builder_with_provider(provider.into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let connector =
            HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1();
        // A request that may have been seen must not be sent again behind the test's back.
        let inner = legacy::Client::builder(TokioExecutor::new())
            .retry_canceled_requests(false)
            .build(connector.build());
        Self { inner }
    }

    /// Sends a request; an error if there was no whole answer.
    pub(crate) async fn send(&self, call: Call) -> Result<Answer, String> {
        let exchange = async {
            let answer = self.inner.request(call.request()).await.map_err(|e| format!("{e:?}"))?;
            let (parts, body) = answer.into_parts();
            let body = body.collect().await.map_err(|e| format!("{e:?}"))?.to_bytes();
            Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, body })
        };
        timeout(PATIENCE, exchange).await.unwrap_or_else(|_| Err("no answer in time".to_owned()))
    }

    /// Sends a request, and answers as soon as the answer begins.
    pub(crate) async fn open(&self, call: Call) -> Result<Response<Incoming>, String> {
        self.inner.request(call.request()).await.map_err(|e| format!("{e:?}"))
    }

    /// Sends a request that must be answered.
    pub(crate) async fn ask(&self, call: Call) -> Answer {
        let what = format!("{} {}", call.method, call.uri);
        self.send(call).await.unwrap_or_else(|error| panic!("{what}: {error}"))
    }
}

/// A request to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
}

impl Call {
    pub(crate) fn new(method: Method, url: &str) -> Self {
        let uri = url.parse().unwrap_or_else(|error| panic!("{url}: {error}"));
        Self { method, uri, headers: HeaderMap::new(), body: Bytes::new() }
    }

    pub(crate) fn get(url: &str) -> Self {
        Self::new(Method::GET, url)
    }

    pub(crate) fn post(url: &str) -> Self {
        Self::new(Method::POST, url)
    }

    /// Adds a header; one that is there already stays.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        self.headers.append(name, HeaderValue::from_str(value).unwrap());
        self
    }

    pub(crate) fn basic(self, name: &str, secret: &str) -> Self {
        let pair = BASE64_STANDARD.encode(format!("{name}:{secret}"));
        self.header(AUTHORIZATION.as_str(), &format!("Basic {pair}"))
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header(AUTHORIZATION.as_str(), &format!("Bearer {token}"))
    }

    pub(crate) fn cookie(self, name: &str, value: &str) -> Self {
        self.header(COOKIE.as_str(), &format!("{name}={value}"))
    }

    /// Adds to the cookies that are there.
    pub(crate) fn cookie_too(mut self, name: &str, value: &str) -> Self {
        let before = self.headers.remove(COOKIE).unwrap();
        let all = format!("{}; {name}={value}", before.to_str().unwrap());
        self.header(COOKIE.as_str(), &all)
    }

    pub(crate) fn body(mut self, content_type: &str, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self.header(CONTENT_TYPE.as_str(), content_type)
    }

    pub(crate) fn json(self, value: &Value) -> Self {
        self.body("application/json", value.to_string())
    }

    pub(crate) fn form(self, pairs: &[(&str, &str)]) -> Self {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        self.body("application/x-www-form-urlencoded", body)
    }

    fn request(self) -> Request<Full<Bytes>> {
        let mut request = Request::new(Full::new(self.body));
        *request.method_mut() = self.method;
        *request.uri_mut() = self.uri;
        *request.headers_mut() = self.headers;
        request
    }
}

/// A whole answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The text of member `name` of a JSON answer.
    pub(crate) fn text(&self, name: &str) -> String {
        let json = self.json();
        json[name].as_str().unwrap_or_else(|| panic!("no {name} in {self:?}")).to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The value that the answer sets the cookie `name` to.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        let lines = self.headers.get_all(SET_COOKIE).iter().map(|line| line.to_str().unwrap());
        let mut values = lines.filter_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        values.next().map(|value| value.split(';').next().unwrap_or_default().to_owned())
    }

    /// Every byte of the answer but what must differ: the request id and the date.
    pub(crate) fn fingerprint(&self) -> String {
        let mut headers: Vec<_> = self
            .headers
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "x-request-id" | "date"))
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
            .collect();
        // Their order says nothing, but it must be the same, too.
        let body = String::from_utf8_lossy(&self.body);
        headers.insert(0, self.status.to_string());
        format!("{}\n\n{body}", headers.join("\n"))
    }

    /// Fails with the whole answer if its status is another.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }
}
