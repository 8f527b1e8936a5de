//! Who is at the other end of a connection.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// The other end of a connection, as the system knows it. In the extensions of every request.
///
/// # Security
///
/// This is the *connected* peer, perhaps a proxy. No header changes it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Peer {
    /// A TCP connection.
    Tcp(SocketAddr),
    /// A Unix socket, with the credentials the kernel vouches for.
    Unix {
        /// The effective user id of the peer when it connected.
        uid: u32,
        /// Its process id, where the system tells.
        pid: Option<i32>,
    },
}

impl Peer {
    /// Whether the peer is on this machine.
    #[must_use]
    pub const fn is_local(&self) -> bool {
        match self {
            Self::Tcp(address) => address.ip().to_canonical().is_loopback(),
            Self::Unix { .. } => true,
        }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => write!(f, "{}", address.ip().to_canonical()),
            Self::Unix { uid, .. } => write!(f, "uid {uid}"),
        }
    }
}

/// Who the other end of a TLS connection is, by the certificate that it showed. In the extensions of every
/// request on a listener that asks for one ([`Tls::requiring_clients`](super::Tls::requiring_clients)), if one
/// was shown.
///
/// # Security
///
/// The authorities of the listener vouch for it, and the handshake has proved the key. No header changes it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PeerIdentity(Arc<[String]>);

impl PeerIdentity {
    /// The names in the certificate (its subject alternative names, RFC 5280 § 4.2.1.6): DNS names, URIs,
    /// mail addresses, IP addresses. A common name is none (RFC 9525 § 2).
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.0
    }

    /// Whether `name` is one of them; DNS names are the same in capitals.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.0.iter().any(|own| own == name || own.eq_ignore_ascii_case(name) && !own.contains(':'))
    }

    /// The identity in a certificate (DER) that was verified already; `None` if it cannot be read.
    ///
    /// # Security
    ///
    /// It verifies nothing: for a server that has had the handshake, and for tests.
    #[must_use]
    pub fn of(certificate: &[u8]) -> Option<Self> {
        let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
        let names = match certificate.subject_alternative_name().ok()? {
            Some(names) => names.value.general_names.iter().filter_map(name).collect(),
            None => Vec::new(),
        };
        Some(Self(names.into()))
    }
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) | GeneralName::URI(name) | GeneralName::RFC822Name(name) => {
            Some((*name).to_owned())
        }
        GeneralName::IPAddress(bytes) => match bytes.len() {
            4 => <[u8; 4]>::try_from(*bytes).ok().map(|ip| IpAddr::from(ip).to_string()),
            _ => <[u8; 16]>::try_from(*bytes).ok().map(|ip| IpAddr::from(ip).to_string()),
        },
        _ => None,
    }
}
