//! Client certificates that tokens are bound to (RFC 8705 § 3): a stolen token is worth nothing without the
//! private key of the certificate, which its holder has shown in the handshake.
//!
//! ```text
//! client ══ TLS, certificate ══▶ this server ─────────────────────▶ ClientCertificate ─┐
//! client ══ TLS, certificate ══▶ proxy ── a header of its own ──▶ Forwarded::read ─────┴▶ cnf.x5t#S256?
//! ```
//!
//! **Invariants.** A certificate counts by the handshake of the connection, or by the word of a proxy that is
//! known: never by what a client wrote. Of each kind of proxy one header is read, once; what cannot be read is no
//! certificate and no request either, because then the client's own header may have come along.

mod forwarded;

use tokenward::CertificateThumbprint;

pub use forwarded::{BadCertificate, Forwarded};

#[cfg(test)]
mod tests;

/// The certificate that a client has shown in the handshake of its connection. Whoever accepts the connections
/// puts it into the extensions of their requests, for [`crate::VerifyLayer::certificates`].
///
/// # Security
///
/// Of the connected peer alone, and only after the handshake, which proves the private key. That somebody
/// vouches for the certificate is not needed for bound tokens (RFC 8705 § 6.2).
///
/// ```
/// use tokenward_tower::certificate::ClientCertificate;
///
/// fn connected(peer_certificates: Option<&[Vec<u8>]>, request: &mut http::Request<()>) {
///     // The client's own is the first of the chain.
///     if let Some(der) = peer_certificates.and_then(<[_]>::first) {
///         request.extensions_mut().insert(ClientCertificate::of(der));
///     }
/// }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ClientCertificate(CertificateThumbprint);

impl ClientCertificate {
    /// The certificate with these bytes (DER).
    #[must_use]
    pub fn of(der: &[u8]) -> Self {
        Self(CertificateThumbprint::of(der))
    }

    /// Its thumbprint.
    #[must_use]
    pub const fn thumbprint(&self) -> &CertificateThumbprint {
        &self.0
    }
}
