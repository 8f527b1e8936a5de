//! Key sets that are fetched from `http://…`: whoever is on the way signs what he likes afterwards.

use crate::finding::Confidence;
use crate::model::{Id, Kind, Model};
use crate::rules::names::plain;
use crate::rules::{hosts, settings};

/// What the address of a key set is called.
const NAMES: [&str; 5] = ["jwksuri", "jwksurl", "jwkseturi", "jwkseturl", "jwksendpoint"];
/// Calls whose first argument it is.
const CALLS: [&str; 3] = ["PyJWKClient", "withJwkSetUri", "createRemoteJWKSet"];
/// What stands beside it where a provider says what it has (RFC 8414 § 2): then others fetch it.
const METADATA: [&str; 3] =
    ["response_types_supported", "subject_types_supported", "grant_types_supported"];

/// The addresses in a file that are so, with how sure that is.
pub(super) fn by_http(m: &Model) -> Vec<(Id, Confidence)> {
    let named = settings::all(m)
        .filter(|(name, _)| NAMES.iter().any(|known| plain(name).ends_with(known)))
        .map(|(_, value)| value)
        .filter(|value| !is_metadata(m, *value));
    let given = m
        .calls()
        .filter(|call| m.callee_name(*call).is_some_and(|name| CALLS.contains(&name)))
        .filter_map(|call| m.positional(call, 0).found());
    let all = named.chain(given).map(|at| address(m, at));
    all.filter_map(|at| Some((at, sureness(written(m, at)?)?))).collect()
}

fn is_metadata(m: &Model, value: Id) -> bool {
    let map = m.node(value).parent.filter(|map| matches!(m.kind(*map), Kind::Map(_)));
    map.is_some_and(|map| METADATA.iter().any(|name| m.entry(map, name).found().is_some()))
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

/// As much of an address as is written: all, or up to the first part that is put in behind the host.
fn written(m: &Model, at: Id) -> Option<&str> {
    if let Some(text) = m.text(at) {
        return Some(text);
    }
    let first = match m.kind(at) {
        Kind::Template(parts) => m.text(*parts.first()?)?,
        Kind::Binary(operator, left, _) if operator == "+" => m.text(*left)?,
        _ => return None,
    };
    let (_, rest) = first.split_once("://")?;
    rest.contains('/').then_some(first)
}

/// How sure it is that others are on the way; `None` where nobody is, or TLS is used.
fn sureness(address: &str) -> Option<Confidence> {
    let (scheme, rest) = address.split_once("://")?;
    let host = hosts::host_of(rest);
    if !scheme.eq_ignore_ascii_case("http") || !hosts::is_public(&host) {
        return None;
    }
    // `http://keycloak.auth:8080`: a service and its namespace, as likely as a host of the world.
    let authority = rest.split('/').next().unwrap_or_default();
    let is_open = authority.contains(':') && host.matches('.').count() == 1;
    Some(if is_open { Confidence::Low } else { Confidence::High })
}
