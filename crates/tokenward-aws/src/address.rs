//! Which region, and where its services are.

use std::fmt;
use std::net::IpAddr;

use http::Uri;

#[cfg(test)]
mod tests;

/// A region of AWS, such as `eu-central-1`.
///
/// ```
/// use tokenward_aws::Region;
///
/// assert_eq!(Region::new("eu-central-1")?.as_str(), "eu-central-1");
/// assert!(Region::new("Frankfurt").is_err());
/// assert!(Region::new("eu-central-1.example.com").is_err());
/// # Ok::<(), tokenward_aws::BadRegion>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Region(String);

impl Region {
    /// Parses `text`: lower-case letters, digits and `-`, with a letter first and a digit last.
    pub fn new(text: &str) -> Result<Self, BadRegion> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let shaped = text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.ends_with(|c: char| c.is_ascii_digit())
            && text.contains('-');
        // It becomes a part of a host name.
        if text.len() <= 32 && shaped && text.chars().all(plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadRegion)
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where AWS itself has `service`. (The partitions that are cut off from the world need an endpoint.)
    pub(crate) fn endpoint(&self, service: &str) -> Endpoint {
        let suffix = if self.0.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        Endpoint(format!("https://{service}.{}.{suffix}", self.0))
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that is no region.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("it must be the code of a region, such as \"eu-central-1\"")]
#[non_exhaustive]
pub struct BadRegion;

/// The URL of a service: `https`, or `http` on this very machine.
///
/// ```
/// use tokenward_aws::{BadEndpoint, Endpoint};
///
/// let vpc = "https://vpce-0a1b2c-3d4e.kms.eu-central-1.vpce.amazonaws.com";
/// assert_eq!(Endpoint::new(vpc)?.to_string(), vpc);
/// assert!(Endpoint::new("http://127.0.0.1:4566").is_ok());
/// assert_eq!(Endpoint::new("http://kms.example.com"), Err(BadEndpoint::NotHttps));
/// # Ok::<(), BadEndpoint>(())
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct Endpoint(String);

impl Endpoint {
    /// Parses `text`: scheme, host and perhaps a port.
    pub fn new(text: &str) -> Result<Self, BadEndpoint> {
        let uri: Uri = text.parse().map_err(|_| BadEndpoint::NotAUrl)?;
        let host = uri.host().filter(|host| !host.is_empty()).ok_or(BadEndpoint::NotAUrl)?;
        if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err(BadEndpoint::HoldsCredentials);
        }
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if is_loopback(host) => {}
            Some(_) => return Err(BadEndpoint::NotHttps),
            None => return Err(BadEndpoint::NotAUrl),
        }
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() || text.contains('#') {
            return Err(BadEndpoint::TooLong);
        }
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }

    /// The URL of the root of the service.
    pub(crate) fn root(&self) -> Result<Uri, http::uri::InvalidUri> {
        format!("{}/", self.0).parse()
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Endpoint({self})")
    }
}

/// An address at which no service is asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BadEndpoint {
    /// It has no scheme and host.
    #[error("it must be a whole URL, such as https://kms.eu-central-1.amazonaws.com")]
    NotAUrl,
    /// What is asked and answered must not cross a network in the clear.
    #[error("it must be an https URL (http is for a loopback address alone)")]
    NotHttps,
    /// A URL ends up in logs. Give the credential by itself.
    #[error("it must not hold a user name or password")]
    HoldsCredentials,
    /// A path, a query or a fragment follows.
    #[error("it must end after the host and port")]
    TooLong,
}

pub(crate) fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}
