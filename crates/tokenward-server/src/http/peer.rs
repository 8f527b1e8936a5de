//! Who is at the other end of a connection.

use std::fmt;
use std::net::SocketAddr;

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
