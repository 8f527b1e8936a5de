//! URLs that may be fetched.

use std::fmt;
use std::net::IpAddr;

use http::Uri;

use super::public::is_public;

/// A URL that may be fetched: `https`, or `http` to this very machine where that was allowed.
#[derive(Clone, Eq, PartialEq)]
pub struct Endpoint {
    uri: Uri,
    public_only: bool,
}

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
            Some("https") => Ok(Self { uri, public_only: false }),
            Some("http") if plain_on_loopback && is_loopback(host) => {
                Ok(Self { uri, public_only: false })
            }
            _ => Err(BadEndpoint::NotHttps),
        }
    }

    /// Parses `text`, a URL in a document that was fetched from `self`.
    ///
    /// The document's own host may be named again. Any other must have a public address, or whoever
    /// writes the document could have us ask machines that only we can reach (RFC 8725bis § 3.10).
    pub(crate) fn named_there(&self, text: &str) -> Result<Self, BadEndpoint> {
        let mut named = Self::parse(text, self.uri.scheme_str() == Some("http"))?;
        named.public_only = named.host() != self.host();
        if named.public_only && named.address().is_some_and(|address| !is_public(address)) {
            return Err(BadEndpoint::NotPublic);
        }
        Ok(named)
    }

    pub(crate) const fn uri(&self) -> &Uri {
        &self.uri
    }

    /// Whether its host must have a public address.
    pub(crate) const fn public_only(&self) -> bool {
        self.public_only
    }

    fn host(&self) -> Option<String> {
        self.uri.host().map(str::to_ascii_lowercase)
    }

    /// The address that stands in the place of a host name.
    fn address(&self) -> Option<IpAddr> {
        self.uri.host().and_then(address)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uri.fmt(f)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Endpoint({})", self.uri)
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
    /// A document names an address of a private network, of this machine or of none. If that is where
    /// the keys are, say so yourself: give their URL in the place of the document's.
    #[error("it leads to an address that is not public: if that is right, configure it yourself")]
    NotPublic,
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || address(host).is_some_and(|address| address.is_loopback())
}

fn address(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}
