//! What Envoy is to take off a request before it goes on. The other proxies are told so by their
//! configuration; Envoy takes it from the answer.
//!
//! **Invariant:** neither `Authorization` nor a cookie of ours reaches the service behind the proxy.

use http::HeaderValue;
use http::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName};
use tokenward_tower::cookies;

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
        let mut remove = vec![AUTHORIZATION];
        let cookie = others(headers);
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

/// Every cookie but ours, as one line; `None` if there is no other.
fn others(headers: &HeaderMap) -> Option<HeaderValue> {
    let pairs =
        headers.get_all(COOKIE).iter().flat_map(|line| line.as_bytes().split(|b| *b == b';'));
    let kept: Vec<_> = pairs.map(<[u8]>::trim_ascii).filter(|pair| !is_ours(pair)).collect();
    let line = kept.join(b"; ".as_slice());
    // A line that were no header is one that nobody sent; without cookies is the safe way to go on.
    (!line.is_empty()).then(|| HeaderValue::from_bytes(&line).ok()).flatten()
}

/// Whether a pair has one of our names, in whatever case: some frameworks do not tell them apart.
fn is_ours(pair: &[u8]) -> bool {
    let name = pair.split(|b| *b == b'=').next().unwrap_or_default().trim_ascii();
    pair.is_empty()
        || cookies::ALL.iter().any(|ours| name.eq_ignore_ascii_case(ours.as_str().as_bytes()))
}
