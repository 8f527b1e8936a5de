//! The route from this host's `/session/*` to the authority.
//!
//! The session's cookies are `__Host-` cookies: they come back to the host that set them and to no
//! other. So the application's own host passes `/session/refresh` and `/session/logout` on. In
//! production the proxy in front does this in two lines of its configuration.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::any;
use http::header::{
    CONNECTION, HOST, HeaderMap, HeaderName, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use http::uri::{Authority, PathAndQuery, Scheme, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use tokenward_tower::respond;
use tokio::time::timeout;

use crate::Failure;

const ANSWER: Duration = Duration::from_secs(10);

/// Passes `/session` and what is below it on to the authority.
pub(crate) struct SessionProxy {
    client: Client<HttpsConnector<HttpConnector>, Body>,
    authority: Authority,
}

impl SessionProxy {
    /// Passes on to `authority`, over TLS that the system trusts, or `ca` (PEM) alone if given.
    pub(crate) fn new(authority: &Uri, ca: Option<&[u8]>) -> Result<Self, Failure> {
        let builder = HttpsConnectorBuilder::new();
        let builder = match ca {
            Some(pem) => builder.with_tls_config(trusting(pem)?),
            None => builder.with_native_roots()?,
        };
        let connector = builder.https_only().enable_http1().build();
        let authority = authority.authority().cloned().ok_or("the issuer names no host")?;
        Ok(Self { client: Client::builder(TokioExecutor::new()).build(connector), authority })
    }

    /// The routes.
    pub(crate) fn router(self) -> Router {
        Router::new()
            .route("/session", any(pass_on))
            .route("/session/{*rest}", any(pass_on))
            .with_state(Arc::new(self))
    }
}

async fn pass_on(State(proxy): State<Arc<SessionProxy>>, mut request: Request) -> Response {
    let Some(uri) = proxy.target(request.uri()) else { return respond::server_error() };
    *request.uri_mut() = uri;
    // The client fills in what the connection needs. `Cookie`, `Origin` and `Sec-Fetch-Site` go along
    // as they came: the authority checks them.
    request.headers_mut().remove(HOST);
    *request.version_mut() = http::Version::HTTP_11;
    remove_hop_by_hop(request.headers_mut());
    match timeout(ANSWER, proxy.client.request(request)).await {
        Ok(Ok(response)) => {
            let (mut parts, body) = response.into_parts();
            remove_hop_by_hop(&mut parts.headers);
            Response::from_parts(parts, Body::new(body))
        }
        Ok(Err(error)) => {
            tracing::warn!(%error, "the authority cannot be reached");
            respond::unavailable(Duration::from_secs(1))
        }
        Err(_) => {
            tracing::warn!("the authority did not answer in time");
            respond::unavailable(Duration::from_secs(1))
        }
    }
}

impl SessionProxy {
    fn target(&self, uri: &Uri) -> Option<Uri> {
        let path = uri.path_and_query().cloned().unwrap_or(PathAndQuery::from_static("/"));
        Uri::builder()
            .scheme(Scheme::HTTPS)
            .authority(self.authority.clone())
            .path_and_query(path)
            .build()
            .ok()
    }
}

/// Headers that are about one connection (RFC 9110 § 7.6.1).
fn remove_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    let always = [CONNECTION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE, KEEP_ALIVE];
    for name in named.into_iter().chain(always) {
        headers.remove(name);
    }
}

const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");

fn trusting(pem: &[u8]) -> Result<ClientConfig, Failure> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        roots.add(certificate?)?;
    }
    Ok(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth())
}
