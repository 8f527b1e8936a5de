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

/// The name of the proxy that asks, if it is one of `proxies` with this profile.
pub(super) fn authenticate<'p>(
    proxies: &'p [ProxySettings],
    any_local: bool,
    profile: Profile,
    peer: Option<&Peer>,
    identity: Option<&PeerIdentity>,
    headers: &HeaderMap,
) -> Option<&'p str> {
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
    known.map(|proxy| proxy.name.as_str()).or_else(|| local.then_some("a local caller"))
}

/// The hash of the presented secret: what is compared has the same length, whatever was sent.
fn secret_hash(headers: &HeaderMap) -> Option<[u8; 32]> {
    let mut values = headers.get_all(X_PROXY_SECRET).iter();
    let secret = values.next()?;
    values.next().is_none().then(|| crypto::sha256(secret.as_bytes()))
}
