//! Addresses that a URL from somebody else's document may lead to.
//!
//! Where an operator's own URL leads is the operator's business: issuers in private networks are the
//! rule there, and a name that suddenly resolves to another machine meets one without the certificate.
//! A URL that a document names is another matter: whoever writes the document could have us ask
//! machines that only we can reach (RFC 8725bis § 3.10).
//!
//! **Invariant:** what is checked is the address that is connected to, not one that was resolved
//! before, so a name that changes its mind in between gains nothing.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::vec;

use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use tower_service::Service;

#[cfg(test)]
mod tests;

/// A name leads to an address that is not public.
#[derive(Debug, thiserror::Error)]
#[error("`{host}` leads to an address that is not public")]
pub(crate) struct NotPublic {
    pub(crate) host: String,
}

/// Resolves names as the system does; a guarded one refuses those that lead to a local address.
///
/// One local address among public ones is enough: which of them is connected to is not ours to say.
#[derive(Clone, Debug)]
pub(crate) struct Resolver {
    system: GaiResolver,
    public_only: bool,
}

impl Resolver {
    pub(crate) fn new(public_only: bool) -> Self {
        Self { system: GaiResolver::new(), public_only }
    }
}

impl Service<Name> for Resolver {
    type Response = vec::IntoIter<SocketAddr>;
    type Error = Box<dyn std::error::Error + Send + Sync>;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.system.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let host = name.to_string();
        let public_only = self.public_only;
        let lookup = self.system.call(name);
        Box::pin(async move {
            let found: Vec<_> = lookup.await?.collect();
            if public_only && !found.iter().all(|address| is_public(address.ip())) {
                return Err(NotPublic { host }.into());
            }
            Ok(found.into_iter())
        })
    }
}

/// Whether `address` is one of the public internet, by IANA's registries of special addresses
/// (RFC 6890).
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => {
            address.to_ipv4_mapped().map_or_else(|| is_public_v6(address), is_public_v4)
        }
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let special = match address.octets() {
        // This network, and class E with the broadcast address.
        [0 | 240.., ..]
        // Shared by the customers of a provider (RFC 6598).
        | [100, 64..=127, ..]
        // Of protocols (RFC 6890), and of the relays between IPv4 and IPv6 that were (RFC 7526).
        | [192, 0, 0, _] | [192, 88, 99, _]
        // Of benchmarks (RFC 2544).
        | [198, 18..=19, ..] => true,
        _ => false,
    };
    !(special
        || address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast())
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    // All that was ever given out lies in 2000::/3; the rest is local, or has another address inside.
    match address.segments() {
        // Of protocols, Teredo among them (RFC 2928); of documents (RFC 3849, RFC 9637); 6to4, which
        // has an IPv4 address inside (RFC 3056).
        [0x2001, 0x0000..=0x01ff | 0x0db8, ..] | [0x3fff, 0x0000..=0x0fff, ..] | [0x2002, ..] => {
            false
        }
        [first, ..] => first & 0xe000 == 0x2000,
    }
}
