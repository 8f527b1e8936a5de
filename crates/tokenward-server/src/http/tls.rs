//! TLS for a listener, with a certificate that can be replaced while it runs.
//!
//! **Invariant:** TLS 1.2 at least, and a certificate always stands with the key that belongs to it:
//! the pair is replaced as one.

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, crypto::CryptoProvider};
use tokio_rustls::TlsAcceptor;

/// A certificate chain and its private key, checked against each other.
#[derive(Clone)]
pub struct TlsIdentity(Arc<CertifiedKey>);

impl TlsIdentity {
    /// Reads a chain (the server's own certificate first) and its key, both PEM.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, TlsError> {
        let chain = CertificateDer::pem_slice_iter(chain)
            .collect::<Result<Vec<_>, _>>()
            .map_err(TlsError::Certificate)?;
        if chain.is_empty() {
            return Err(TlsError::Certificate(pem::Error::NoItemsFound));
        }
        let key = PrivateKeyDer::from_pem_slice(key).map_err(TlsError::Key)?;
        let pair = CertifiedKey::from_der(chain, key, &provider()).map_err(TlsError::Pair)?;
        Ok(Self(Arc::new(pair)))
    }
}

impl fmt::Debug for TlsIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsIdentity").field("certificates", &self.0.cert.len()).finish()
    }
}

/// TLS for listeners. A clone shares the certificate, so one [`Tls::replace`] serves them all.
#[derive(Clone)]
pub struct Tls {
    config: Arc<ServerConfig>,
    current: Arc<Current>,
}

impl Tls {
    /// TLS 1.2 and 1.3 with `identity`, offering HTTP/2 and HTTP/1.1.
    pub fn new(identity: TlsIdentity) -> Result<Self, TlsError> {
        let current = Arc::new(Current(ArcSwap::new(identity.0)));
        let resolver: Arc<dyn ResolvesServerCert> = current.clone();
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Provider)?
            .with_no_client_auth()
            .with_cert_resolver(resolver);
        config.alpn_protocols = vec![H2.to_vec(), HTTP_1_1.to_vec()];
        Ok(Self { config: Arc::new(config), current })
    }

    /// Uses `identity` from the next handshake on; connections that stand are left alone.
    pub fn replace(&self, identity: TlsIdentity) {
        self.current.0.store(identity.0);
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.config))
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}

/// What is wrong with a certificate or its key. The caller knows the file, and names it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The chain is no PEM, or holds no certificate.
    #[error("holds no readable PEM certificate")]
    Certificate(#[source] pem::Error),
    /// The key file is no PEM, or holds no private key.
    #[error("holds no readable PEM private key")]
    Key(#[source] pem::Error),
    /// The key does not belong to the chain's first certificate, or is of no usable kind.
    #[error("certificate and key do not belong together, or are of a kind TLS cannot use")]
    Pair(#[source] rustls::Error),
    /// The crypto library offers no safe protocol version.
    #[error("no TLS version can be offered")]
    Provider(#[source] rustls::Error),
}

pub(super) const H2: &[u8] = b"h2";
const HTTP_1_1: &[u8] = b"http/1.1";

#[derive(Debug)]
struct Current(ArcSwap<CertifiedKey>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}
