//! Hosts of addresses that stand in code: this machine, one network, or all of them.

use std::net::IpAddr;

/// How names of hosts end that no public network has (RFC 2606, RFC 6761, RFC 8375), or that a cluster or an office
/// gives.
const INSIDE: [&str; 14] = [
    "localhost",
    "localdomain",
    "local",
    "internal",
    "intranet",
    "svc",
    "test",
    "example",
    "invalid",
    "lan",
    "home",
    "corp",
    "private",
    "arpa",
];

/// The host of `http://user@host:80/path`, or of `host:80`, without its last dot and in lower case.
pub(super) fn host_of(address: &str) -> String {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((six, _)) => six,
        None => host.split(':').next().unwrap_or_default(),
    };
    host.trim_end_matches('.').to_ascii_lowercase()
}

/// Whether a host is this very machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Whether a host may be reached over networks of others: `login.example.com`, and not a name or a number that one
/// network alone knows.
pub(super) fn is_public(host: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    match host.parse() {
        Ok(IpAddr::V4(ip)) => {
            !(ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified())
        }
        Ok(IpAddr::V6(_)) => false,
        Err(_) => {
            let top = host.rsplit('.').next().unwrap_or_default();
            host.contains('.') && host.chars().all(is_name) && !INSIDE.contains(&top)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{host_of, is_loopback, is_public};

    #[test]
    fn the_host_of_an_address_is_what_is_asked_and_nothing_beside_it() {
        for (address, host) in [
            ("http://login.shop.com/jwks?from=localhost", "login.shop.com"),
            ("HTTP://user:pw@Login.Shop.com.:8080/", "login.shop.com"),
            ("http://localhost@login.shop.com", "login.shop.com"),
            ("127.0.0.1:9093", "127.0.0.1"),
            ("http://[::1]:80/x", "::1"),
            ("", ""),
            ("http://", ""),
        ] {
            assert_eq!(host_of(address), host, "{address}");
        }
    }

    #[test]
    fn a_host_is_public_unless_one_machine_or_network_alone_knows_it() {
        for host in ["login.shop.com", "localhost.shop.com", "34.120.7.8"] {
            assert!(is_public(host) && !is_loopback(host), "{host}");
        }
        for host in [
            "keycloak",
            "login.shop.svc",
            "sso.corp",
            "10.0.0.8",
            "192.168.1.4",
            "169.254.1.1",
            "api.localdomain",
            "0.0.0.0",
            "fd00::1",
            "{host}.shop.com",
            "",
        ] {
            assert!(!is_public(host), "{host}");
        }
        assert!(is_loopback("127.0.0.8") && is_loopback("::1") && is_loopback("localhost"));
    }
}
