//! Whether a request that carries its token in a cookie was meant by the user.
//!
//! A browser attaches cookies whoever asked for the request; a bearer token is attached by the caller
//! alone and needs none of this. What is checked are headers that no script can set: `Sec-Fetch-Site`
//! first, `Origin` where a browser or a plain-HTTP origin does not send it.
//!
//! **Invariant:** a change with neither header is refused. There is no token to forget in a form.

use std::fmt;
use std::sync::Arc;

use http::header::{HeaderMap, HeaderName, ORIGIN, UPGRADE};
use http::{HeaderValue, Method};

#[cfg(test)]
mod tests;

/// What an answer that depends on [`check`] says in `Vary`.
pub const VARY: HeaderValue = HeaderValue::from_static("Sec-Fetch-Site, Origin");

/// Who asked for the request: `same-origin`, `same-site`, `cross-site` or `none`
/// (Fetch Metadata Request Headers § 2.4).
pub const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The origins that a cookie audience accepts changes from, besides its own.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Origins(Arc<[Box<str>]>);

impl Origins {
    /// No origin but the audience's own, as `Sec-Fetch-Site` tells it.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Parses origins as browsers write them, for example `https://app.example.com`.
    pub fn new<I>(origins: I) -> Result<Self, InvalidOrigin>
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        let parse = |origin: I::Item| {
            let origin = origin.as_ref();
            if is_origin(origin) {
                Ok(Box::from(origin))
            } else {
                Err(InvalidOrigin(origin.chars().take(200).collect()))
            }
        };
        origins.into_iter().map(parse).collect::<Result<_, _>>().map(Self)
    }

    /// Whether `origin` is listed, byte for byte. `null` never is.
    #[must_use]
    pub fn contains(&self, origin: &str) -> bool {
        self.0.iter().any(|listed| **listed == *origin)
    }

    /// The listed origins.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(AsRef::as_ref)
    }

    /// Whether none is listed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A text that no browser would ever send as `Origin`, so that it could only be a mistake.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "`{0}` is no origin: write `https://HOST` or `https://HOST:PORT`, in lower case, without a path and \
     without `:443` (`http://` only for localhost)"
)]
pub struct InvalidOrigin(String);

/// A change by cookie that does not show where it comes from, or comes from elsewhere.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CsrfRefused {
    /// Neither `Sec-Fetch-Site` nor `Origin`: not a browser of this decade, or a proxy dropped them.
    #[error("neither Sec-Fetch-Site nor Origin")]
    NoProof,
    /// Another site asked, and its origin is not listed.
    #[error("asked for by another site")]
    OtherSite,
    /// `Origin` is not listed, and `Sec-Fetch-Site` is absent.
    #[error("the origin is not listed")]
    OtherOrigin,
    /// One of the headers stands twice.
    #[error("Sec-Fetch-Site or Origin stands more than once")]
    Ambiguous,
}

impl CsrfRefused {
    /// The reason as a metric label.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoProof => "csrf_no_proof",
            Self::OtherSite => "csrf_other_site",
            Self::OtherOrigin => "csrf_other_origin",
            Self::Ambiguous => "csrf_ambiguous",
        }
    }
}

/// Checks a request that carries its token in a cookie.
///
/// `method` is the method of the request that the user makes: behind a proxy, the original one.
pub fn check(method: &Method, headers: &HeaderMap, origins: &Origins) -> Result<(), CsrfRefused> {
    if !is_change(method, headers) {
        return Ok(());
    }
    let site = single(headers, &SEC_FETCH_SITE)?;
    let origin = single(headers, &ORIGIN)?;
    let listed = origin.and_then(|o| o.to_str().ok()).is_some_and(|o| origins.contains(o));

    match site.map(HeaderValue::as_bytes) {
        Some(b"same-origin" | b"none") => Ok(()),
        _ if listed => Ok(()),
        Some(_) => Err(CsrfRefused::OtherSite),
        None if origin.is_some() => Err(CsrfRefused::OtherOrigin),
        None => Err(CsrfRefused::NoProof),
    }
}

/// Whether the request may change something: every method but `GET`, `HEAD` and `OPTIONS`, and every
/// `Upgrade`, because a WebSocket begins as a `GET` and no same-origin policy guards it.
#[must_use]
pub fn is_change(method: &Method, headers: &HeaderMap) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
        || headers.contains_key(UPGRADE)
}

fn single<'h>(
    headers: &'h HeaderMap,
    name: &HeaderName,
) -> Result<Option<&'h HeaderValue>, CsrfRefused> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() { Err(CsrfRefused::Ambiguous) } else { Ok(first) }
}

/// The serialization of a tuple origin (RFC 6454 § 6.2), in the form that browsers send.
fn is_origin(text: &str) -> bool {
    let (rest, default_port, plain) =
        match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
            (Some(rest), _) => (rest, "443", false),
            (_, Some(rest)) => (rest, "80", true),
            _ => return false,
        };
    let (host, port) = split_port(rest);
    let port_ok = port.is_none_or(|port| {
        !port.starts_with('0')
            && port != default_port
            && port.parse::<u16>().is_ok()
            && port.bytes().all(|b| b.is_ascii_digit())
    });
    let loopback = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    port_ok && is_host(host) && text.len() <= 300 && (loopback || !plain)
}

/// `host` and `port` of `host[:port]`; the colons of an IPv6 address stand in brackets.
fn split_port(text: &str) -> (&str, Option<&str>) {
    match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (text, None),
    }
}

fn is_host(host: &str) -> bool {
    if let Some(v6) = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
        return v6.parse::<std::net::Ipv6Addr>().is_ok_and(|ip| ip.to_string() == v6);
    }
    let label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
    };
    host.split('.').all(label)
}

impl fmt::Display for Origins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut origins = self.iter();
        if let Some(first) = origins.next() {
            f.write_str(first)?;
        }
        origins.try_for_each(|origin| write!(f, " {origin}"))
    }
}
