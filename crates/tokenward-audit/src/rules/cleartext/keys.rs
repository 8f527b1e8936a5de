//! Key sets that are fetched from `http://…`: whoever is on the way signs what he likes afterwards.

use std::net::IpAddr;

use crate::model::{Id, Kind, Model};
use crate::rules::names::plain;
use crate::rules::settings;

/// What the address of a key set is called.
const NAMES: [&str; 5] = ["jwksuri", "jwksurl", "jwkseturi", "jwkseturl", "jwksendpoint"];
/// Calls whose first argument it is.
const CALLS: [&str; 3] = ["PyJWKClient", "withJwkSetUri", "createRemoteJWKSet"];
/// How names of hosts end that no public network has (RFC 6761, RFC 8375), or that a cluster gives.
const INSIDE: [&str; 7] = ["localhost", "local", "internal", "svc", "test", "lan", "invalid"];

/// The addresses in a file that are so.
pub(super) fn by_http(m: &Model) -> Vec<Id> {
    let named = settings::all(m)
        .filter(|(name, _)| NAMES.iter().any(|known| plain(name).ends_with(known)))
        .map(|(_, value)| value);
    let given = m
        .calls()
        .filter(|call| m.callee_name(*call).is_some_and(|name| CALLS.contains(&name)))
        .filter_map(|call| m.positional(call, 0).found());
    named.chain(given).map(|at| address(m, at)).filter(|at| is_by_http(m, *at)).collect()
}

/// Through `new URL("…")`.
fn address(m: &Model, at: Id) -> Id {
    let value = m.value(at);
    match m.kind(value) {
        Kind::Call { .. } if matches!(m.callee_name(value), Some("URL" | "URI" | "create")) => {
            m.positional(value, 0).found().map_or(value, |inner| m.value(inner))
        }
        _ => value,
    }
}

fn is_by_http(m: &Model, at: Id) -> bool {
    let rest = m.text(at).and_then(|text| text.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
        is_public(&host.to_ascii_lowercase())
    })
}

/// `auth.example.com`: neither an address of a machine at hand, nor a name that one network alone knows.
fn is_public(host: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    let top = host.rsplit('.').next().unwrap_or_default();
    host.contains('.')
        && host.chars().all(is_name)
        && host.parse::<IpAddr>().is_err()
        && !INSIDE.contains(&top)
        && !host.ends_with(".home.arpa")
}
