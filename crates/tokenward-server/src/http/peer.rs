//! Who is at the other end of a connection.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use tokenward::CertificateThumbprint;
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
pub struct PeerIdentity {
    names: Arc<[(Kind, String)]>,
    thumbprint: CertificateThumbprint,
}

/// What a name is of. A text of one kind may read like another: whoever may have a URI or a mail address
/// certified need not own the host of that name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Dns,
    Uri,
    Mail,
    Ip,
}

impl Kind {
    /// The kind that a name is of as it stands in a configuration.
    fn of(name: &str) -> Self {
        if name.parse::<IpAddr>().is_ok() {
            Self::Ip
        } else if name.contains(':') {
            Self::Uri
        } else if name.contains('@') {
            Self::Mail
        } else {
            Self::Dns
        }
    }
}

impl PeerIdentity {
    /// The names in the certificate (its subject alternative names, RFC 5280 § 4.2.1.6): DNS names, URIs,
    /// mail addresses, IP addresses. A common name is none (RFC 9525 § 2).
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|(_, name)| name.as_str())
    }

    /// Whether `name` is one of them, as what it reads like: an IP address, a URI (it has a colon), a mail
    /// address (an `@`), or else a DNS name, which is the same in capitals.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        let kind = Kind::of(name);
        let ip = name.parse::<IpAddr>();
        self.names.iter().filter(|(own, _)| *own == kind).any(|(_, own)| match kind {
            Kind::Dns => own.eq_ignore_ascii_case(name),
            Kind::Ip => own.parse::<IpAddr>() == ip,
            Kind::Uri | Kind::Mail => own == name,
        })
    }

    /// The thumbprint of the certificate, which tokens are bound by (RFC 8705 § 3.1).
    #[must_use]
    pub const fn thumbprint(&self) -> &CertificateThumbprint {
        &self.thumbprint
    }

    /// The identity in a certificate (DER) that was verified already; `None` if it cannot be read.
    ///
    /// # Security
    ///
    /// It verifies nothing: for a server that has had the handshake, and for tests.
    #[must_use]
    pub fn of(certificate: &[u8]) -> Option<Self> {
        let thumbprint = CertificateThumbprint::of(certificate);
        let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
        let names = match certificate.subject_alternative_name().ok()? {
            Some(names) => names.value.general_names.iter().filter_map(name).collect(),
            None => Vec::new(),
        };
        Some(Self { names: names.into(), thumbprint })
    }
}

fn name(name: &GeneralName<'_>) -> Option<(Kind, String)> {
    match name {
        GeneralName::DNSName(name) => Some((Kind::Dns, (*name).to_owned())),
        GeneralName::URI(name) => Some((Kind::Uri, (*name).to_owned())),
        GeneralName::RFC822Name(name) => Some((Kind::Mail, (*name).to_owned())),
        GeneralName::IPAddress(bytes) => {
            let ip = match bytes.len() {
                4 => <[u8; 4]>::try_from(*bytes).ok().map(IpAddr::from),
                _ => <[u8; 16]>::try_from(*bytes).ok().map(IpAddr::from),
            };
            ip.map(|ip| (Kind::Ip, ip.to_string()))
        }
        _ => None,
    }
}
