//! Where a vault is, and where in it.

use std::fmt;
use std::net::IpAddr;

use http::Uri;

#[cfg(test)]
mod tests;

/// The URL of a vault: `https`, or `http` on this very machine.
///
/// ```
/// use tokenward_vault::{BadAddress, VaultAddress};
///
/// let address = VaultAddress::new("https://vault.example.com:8200/")?;
/// assert_eq!(address.to_string(), "https://vault.example.com:8200");
/// assert!(VaultAddress::new("http://127.0.0.1:8200").is_ok());
/// assert_eq!(VaultAddress::new("http://vault.example.com"), Err(BadAddress::NotHttps));
/// # Ok::<(), BadAddress>(())
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct VaultAddress(String);

impl VaultAddress {
    /// Parses `text`. A path is kept, for a vault behind a proxy; `/v1` is not part of it.
    pub fn new(text: &str) -> Result<Self, BadAddress> {
        let uri: Uri = text.parse().map_err(|_| BadAddress::NotAUrl)?;
        let host = uri.host().filter(|host| !host.is_empty()).ok_or(BadAddress::NotAUrl)?;
        if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err(BadAddress::HoldsCredentials);
        }
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if is_loopback(host) => {}
            Some(_) => return Err(BadAddress::NotHttps),
            None => return Err(BadAddress::NotAUrl),
        }
        let base = text.trim_end_matches('/');
        if uri.query().is_some() || text.contains('#') || base.ends_with("/v1") {
            return Err(BadAddress::TooLong);
        }
        Ok(Self(base.to_owned()))
    }

    /// The URL of the API's `path`.
    pub(crate) fn at(&self, path: &str) -> Result<Uri, http::uri::InvalidUri> {
        format!("{}/v1/{path}", self.0).parse()
    }
}

impl fmt::Display for VaultAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for VaultAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VaultAddress({self})")
    }
}

/// An address at which no vault is asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BadAddress {
    /// It has no scheme and host.
    #[error("it must be a whole URL, such as https://vault.example.com:8200")]
    NotAUrl,
    /// The token of a vault must not cross a network in the clear.
    #[error("it must be an https URL (http is for a loopback address alone)")]
    NotHttps,
    /// A URL ends up in logs. Give the credential by itself.
    #[error("it must not hold a user name or password")]
    HoldsCredentials,
    /// The version of the API, a query or a fragment follows.
    #[error("it must end before `/v1`, without query or fragment")]
    TooLong,
}

/// The path at which an engine is mounted, without slashes around it; also the path of a namespace.
///
/// ```
/// use tokenward_vault::Mount;
///
/// assert_eq!(Mount::new("teams/login/transit")?.as_str(), "teams/login/transit");
/// assert!(Mount::new("transit/").is_err());
/// assert!(Mount::new("transit/../sys").is_err());
/// # Ok::<(), tokenward_vault::BadMount>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Mount(String);

impl Mount {
    /// The longest path, in bytes.
    pub const MAX_LEN: usize = 128;

    /// Parses `text`: names of letters, digits, `-`, `_` and `.`, with a `/` between them.
    pub fn new(text: &str) -> Result<Self, BadMount> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let part = |part: &str| {
            part.chars().all(plain) && part.chars().any(|c| c != '.') && !part.is_empty()
        };
        if text.len() > Self::MAX_LEN || !text.split('/').all(part) {
            return Err(BadMount);
        }
        Ok(Self(text.to_owned()))
    }

    /// Where the vault's own paths are.
    pub(crate) fn system() -> Self {
        Self("sys".to_owned())
    }

    /// Whether `path`, of a call, is within.
    pub(crate) fn holds(&self, path: &str) -> bool {
        path.strip_prefix(self.as_str()).is_some_and(|rest| rest.starts_with('/'))
    }

    /// The path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Mount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that is no path of a mount or a namespace.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "it must be names of letters, digits, `-`, `_` and `.` with a `/` between them, such as \"transit\""
)]
#[non_exhaustive]
pub struct BadMount;

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}
