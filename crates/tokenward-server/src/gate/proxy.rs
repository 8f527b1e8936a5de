//! Whether the caller is a proxy that may ask.
//!
//! Everything that the gate is told about the original request can be made up by whoever reaches it, so
//! the caller is known before any of it is read.

use http::HeaderMap;
use http::header::HeaderName;
use tokenward::crypto;

use crate::http::{Peer, PeerIdentity};
use crate::settings::{Profile, ProxyAuth, ProxySettings};

#[cfg(test)]
mod tests;

/// Carries the shared secret of a proxy.
pub const X_PROXY_SECRET: HeaderName = HeaderName::from_static("x-proxy-secret");

/// A proxy that is known.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Known<'p> {
    pub(super) name: &'p str,
    /// Whether its word about clients' certificates counts.
    pub(super) client_certificates: bool,
}

/// The proxy that asks, if it is one of `proxies` with this profile.
pub(super) fn authenticate<'p>(
    proxies: &'p [ProxySettings],
    any_local: bool,
    profile: Profile,
    peer: Option<&Peer>,
    identity: Option<&PeerIdentity>,
    headers: &HeaderMap,
) -> Option<Known<'p>> {
    let secret = secret_hash(headers);
    let proven = |proxy: &&ProxySettings| match &proxy.auth {
        ProxyAuth::SecretHash(hash) => {
            secret.is_some_and(|secret| crypto::constant_time_eq(hash, &secret))
        }
        ProxyAuth::Unix => matches!(peer, Some(Peer::Unix { .. })),
        ProxyAuth::Mtls(name) => identity.is_some_and(|identity| identity.is(name)),
    };
    let known = proxies.iter().filter(|proxy| proxy.profile == profile).find(proven);
    let local = any_local && peer.is_some_and(Peer::is_local);
    let name = |proxy: &'p ProxySettings| Known {
        name: &proxy.name,
        client_certificates: proxy.client_certificates,
    };
    let anybody = Known { name: "a local caller", client_certificates: true };
    known.map(name).or_else(|| local.then_some(anybody))
}

/// The hash of the presented secret: what is compared has the same length, whatever was sent.
fn secret_hash(headers: &HeaderMap) -> Option<[u8; 32]> {
    let mut values = headers.get_all(X_PROXY_SECRET).iter();
    let secret = values.next()?;
    values.next().is_none().then(|| crypto::sha256(secret.as_bytes()))
}
