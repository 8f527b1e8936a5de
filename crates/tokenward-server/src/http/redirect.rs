//! Plain HTTP: answers 308 to the same place under https, and nothing else.
//!
//! **Invariant:** where a redirect leads is built from the configured host, never from the request's.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use http::header::{CACHE_CONTROL, CONNECTION, HOST, LOCATION};
use http::uri::{Authority, PathAndQuery, Uri};
use http::{HeaderValue, Request, Response, StatusCode};

/// The base URL cannot be redirected to.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("issuer: a redirect needs an https URL with a host, for example https://auth.example.com")]
#[non_exhaustive]
pub struct RedirectError;

/// A router that sends every request for `issuer`'s host to the same path under `issuer`'s scheme
/// and port; a request for any other host is answered 400 without a word.
pub fn redirect_router(issuer: &str) -> Result<Router, RedirectError> {
    let uri: Uri = issuer.parse().map_err(|_| RedirectError)?;
    match (uri.scheme_str(), uri.authority()) {
        (Some("https"), Some(authority)) if !authority.as_str().contains('@') => {
            Ok(Router::new().fallback(redirect).with_state(Arc::new(authority.clone())))
        }
        _ => Err(RedirectError),
    }
}

async fn redirect(State(target): State<Arc<Authority>>, request: Request<Body>) -> Response<Body> {
    match location(&target, &request) {
        Some(location) => answer(StatusCode::PERMANENT_REDIRECT, Some(location)),
        None => answer(StatusCode::BAD_REQUEST, None),
    }
}

fn location(target: &Authority, request: &Request<Body>) -> Option<HeaderValue> {
    let asked = request.headers().get(HOST)?.to_str().ok()?.parse::<Authority>().ok()?;
    // A `user@host` is no Host (RFC 9110 § 7.2), and what it would lead to reads like a trick.
    if asked.as_str().contains('@') || !asked.host().eq_ignore_ascii_case(target.host()) {
        return None;
    }
    let path = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
    if !path.starts_with('/') {
        return None;
    }
    HeaderValue::try_from(format!("https://{target}{path}")).ok()
}

/// Marks an answer that goes out in the clear by intent: RFC 6797 § 7.2 forbids HSTS there.
#[derive(Clone, Copy, Debug)]
pub(super) struct InTheClear;

fn answer(status: StatusCode, location: Option<HeaderValue>) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response.extensions_mut().insert(InTheClear);
    let headers = response.headers_mut();
    // What arrived in the clear must not be kept by anything on the way.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    if let Some(location) = location {
        headers.insert(LOCATION, location);
    }
    response
}
