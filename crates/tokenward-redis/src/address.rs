//! Where Redis is.

use std::fmt;
use std::net::IpAddr;

use zeroize::Zeroizing;

#[cfg(test)]
mod tests;

/// The URL of a Redis: one server, the Sentinels that know it, or nodes of a cluster.
///
/// | URL | stands for |
/// | --- | --- |
/// | `rediss://host:6379` | one server |
/// | `rediss+sentinel://a:26379,b,c/SERVICE` | whichever server the Sentinels call the master of `SERVICE` |
/// | `rediss+cluster://a:6379,b,c` | a cluster, which is found through any of these nodes |
///
/// `redis` in the place of `rediss` is without TLS. A user name may stand before the host, a password
/// may not.
///
/// ```
/// use tokenward_redis::{BadAddress, RedisAddress};
///
/// let address = RedisAddress::new("rediss://tokenward@redis.example.com")?;
/// assert_eq!(address.to_string(), "rediss://tokenward@redis.example.com:6379");
/// assert!(address.is_private());
/// assert!(RedisAddress::new("redis+sentinel://127.0.0.1:26379/main")?.is_private());
/// assert!(!RedisAddress::new("redis://redis.example.com")?.is_private());
/// assert_eq!(RedisAddress::new("rediss://u:secret@h"), Err(BadAddress::HoldsPassword));
/// # Ok::<(), BadAddress>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RedisAddress {
    pub(crate) tls: bool,
    pub(crate) user: Option<String>,
    pub(crate) hosts: Vec<(String, u16)>,
    pub(crate) kind: Kind,
}

/// What the hosts of an address are.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    Single,
    Sentinel { service: String },
    Cluster,
}

impl RedisAddress {
    /// Parses `text`.
    pub fn new(text: &str) -> Result<Self, BadAddress> {
        let (scheme, rest) = text.split_once("://").ok_or(BadAddress::NotAUrl)?;
        let (tls, topology) = match scheme.split_once('+').unwrap_or((scheme, "")) {
            ("rediss", topology) => (true, topology),
            ("redis", topology) => (false, topology),
            _ => return Err(BadAddress::NotAUrl),
        };
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        if rest.contains(['?', '#']) || path.contains('/') {
            return Err(BadAddress::TooLong);
        }
        let (user, hosts) = match authority.rsplit_once('@') {
            Some((user, _)) if user.contains(':') => return Err(BadAddress::HoldsPassword),
            Some((user, hosts)) => (Some(user.to_owned()), hosts),
            None => (None, authority),
        };
        let (kind, port) = match (topology, path) {
            ("", "") => (Kind::Single, 6379),
            ("cluster", "") => (Kind::Cluster, 6379),
            ("sentinel", "") => return Err(BadAddress::NoService),
            ("sentinel", service) => (Kind::Sentinel { service: service.to_owned() }, 26379),
            ("" | "cluster", _) => return Err(BadAddress::Database),
            _ => return Err(BadAddress::NotAUrl),
        };
        let hosts = hosts.split(',').map(|text| host(text, port)).collect::<Result<Vec<_>, _>>()?;
        if matches!(kind, Kind::Single) && hosts.len() != 1 {
            return Err(BadAddress::SeveralHosts);
        }
        if user.as_ref().is_some_and(String::is_empty) {
            return Err(BadAddress::NotAUrl);
        }
        Ok(Self { tls, user, hosts, kind })
    }

    /// Whether nobody on the way can read along: it goes by TLS, or stays on this machine.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.tls || self.hosts.iter().all(|(host, _)| is_loopback(host))
    }
}

impl fmt::Display for RedisAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "rediss" } else { "redis" };
        let (topology, path) = match &self.kind {
            Kind::Single => ("", String::new()),
            Kind::Sentinel { service } => ("+sentinel", format!("/{service}")),
            Kind::Cluster => ("+cluster", String::new()),
        };
        let user = self.user.as_ref().map(|user| format!("{user}@")).unwrap_or_default();
        let show = |(host, port): &(String, u16)| {
            if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
        };
        let hosts: Vec<_> = self.hosts.iter().map(show).collect();
        write!(f, "{scheme}{topology}://{user}{}{path}", hosts.join(","))
    }
}

/// A URL at which no Redis is asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BadAddress {
    /// It has none of the schemes that are known, or no host.
    #[error("it must be a URL such as rediss://redis.example.com:6379")]
    NotAUrl,
    /// A URL ends up in logs. Give the password by itself.
    #[error("it must not hold a password")]
    HoldsPassword,
    /// One server has one host.
    #[error(
        "several hosts are Sentinels (rediss+sentinel://a,b/SERVICE) or a cluster (rediss+cluster://a,b)"
    )]
    SeveralHosts,
    /// Sentinels watch over several masters, each by its name.
    #[error("the name of the master is missing: rediss+sentinel://a,b/SERVICE")]
    NoService,
    /// A cluster has no numbered databases, and one of them is no fence: the prefix of the keys is.
    #[error("it must end after the host: numbered databases are not used")]
    Database,
    /// A query, a fragment or a longer path follows.
    #[error("it must end after the host, or after the name of the master")]
    TooLong,
}

/// How a client says who it is, beside the user name of the address.
#[derive(Clone, Default)]
#[expect(clippy::exhaustive_structs, reason = "a client has these credentials and no others")]
pub struct RedisSecrets {
    /// The password of the user (or of the `default` user), if one is wanted.
    pub password: Option<Zeroizing<String>>,
    /// The certificates to trust in the place of the system's, as PEM.
    pub ca: Option<Vec<u8>>,
}

impl fmt::Debug for RedisSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisSecrets").finish_non_exhaustive()
    }
}

fn host(text: &str, default: u16) -> Result<(String, u16), BadAddress> {
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, "")) => (host, None),
        Some((host, rest)) => (host, Some(rest.strip_prefix(':').ok_or(BadAddress::NotAUrl)?)),
        None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
    };
    let port = port.map_or(Ok(default), |port| port.parse().map_err(|_| BadAddress::NotAUrl))?;
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    if host.is_empty() || port == 0 || !host.chars().all(fits) {
        return Err(BadAddress::NotAUrl);
    }
    Ok((host.to_owned(), port))
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
