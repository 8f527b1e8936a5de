//! URLs that may be fetched.

use std::fmt;
use std::net::IpAddr;

use http::Uri;

/// A URL that may be fetched: `https`, or `http` to this very machine where that was allowed.
#[derive(Clone, Eq, PartialEq)]
pub struct Endpoint(Uri);

impl Endpoint {
    /// Parses `text`, an `https` URL.
    pub fn https(text: &str) -> Result<Self, BadEndpoint> {
        Self::parse(text, false)
    }

    /// Parses `text`, an `https` URL, or an `http` URL whose host is `localhost` or a loopback
    /// address: for development, and for a proxy on the same machine.
    pub fn https_or_loopback(text: &str) -> Result<Self, BadEndpoint> {
        Self::parse(text, true)
    }

    pub(crate) fn parse(text: &str, plain_on_loopback: bool) -> Result<Self, BadEndpoint> {
        let uri: Uri = text.parse().map_err(|_| BadEndpoint::NotAUrl)?;
        let host = uri.host().filter(|host| !host.is_empty()).ok_or(BadEndpoint::NotAUrl)?;
        if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err(BadEndpoint::HoldsCredentials);
        }
        match uri.scheme_str() {
            Some("https") => Ok(Self(uri)),
            Some("http") if plain_on_loopback && is_loopback(host) => Ok(Self(uri)),
            _ => Err(BadEndpoint::NotHttps),
        }
    }

    pub(crate) const fn uri(&self) -> &Uri {
        &self.0
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Endpoint({})", self.0)
    }
}

/// A URL that is never fetched.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BadEndpoint {
    /// It has no scheme and host.
    #[error("it must be a whole URL, such as https://auth.example.com")]
    NotAUrl,
    /// Keys and revocations that come in the clear can be replaced on the way.
    #[error("it must be an https URL")]
    NotHttps,
    /// A URL ends up in logs. Give the credential by itself.
    #[error("it must not hold a user name or password")]
    HoldsCredentials,
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
