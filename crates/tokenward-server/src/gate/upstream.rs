//! What Envoy is to take off a request before it goes on. The other proxies are told so by their
//! configuration; Envoy takes it from the answer.
//!
//! **Invariant:** neither `Authorization`, a proof nor a cookie of ours reaches the service behind the proxy.

use http::HeaderValue;
use http::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName};
use tokenward_tower::cookies;
use tokenward_tower::dpop::DPOP;

/// Names the headers that Envoy removes, in an answer over HTTP.
pub(super) const X_ENVOY_AUTH_HEADERS_TO_REMOVE: HeaderName =
    HeaderName::from_static("x-envoy-auth-headers-to-remove");

/// What is to become of the credentials in a request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Upstream {
    /// The headers that go.
    pub(super) remove: Vec<HeaderName>,
    /// The cookies that stay.
    pub(super) cookie: Option<HeaderValue>,
}

impl Upstream {
    /// Of a request with `headers`.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut remove = vec![AUTHORIZATION, DPOP];
        let cookie = cookies::others(headers);
        if cookie.is_none() {
            remove.push(COOKIE);
        }
        Self { remove, cookie }
    }

    /// Says so in the headers of an answer over HTTP.
    pub(super) fn tell(self, headers: &mut HeaderMap) {
        let names: Vec<_> = self.remove.iter().map(HeaderName::as_str).collect();
        if let Ok(names) = HeaderValue::try_from(names.join(",")) {
            headers.insert(X_ENVOY_AUTH_HEADERS_TO_REMOVE, names);
        }
        if let Some(cookie) = self.cookie {
            headers.insert(COOKIE, cookie);
        }
    }
}
