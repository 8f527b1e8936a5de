//! TLS for a listener, with a certificate that can be replaced while it runs.
//!
//! A listener may ask its clients for certificates; whoever shows one that the authorities vouch for is a
//! [`PeerIdentity`](super::PeerIdentity) to the routes.
//!
//! **Invariant:** TLS 1.2 at least, and a certificate always stands with the key that belongs to it:
//! the pair is replaced as one.

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{ClientHello, NoClientAuth, ResolvesServerCert, WebPkiClientVerifier};
use rustls::sign::CertifiedKey;
use rustls::{RootCertStore, ServerConfig, crypto::CryptoProvider};
use tokio_rustls::TlsAcceptor;

/// A certificate chain and its private key, checked against each other.
#[derive(Clone)]
pub struct TlsIdentity(Arc<CertifiedKey>);

impl TlsIdentity {
    /// Reads a chain (the server's own certificate first) and its key, both PEM.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, TlsError> {
        let (chain, key) = Self::read(chain, key)?;
        let pair = CertifiedKey::from_der(chain, key, &provider()).map_err(TlsError::Pair)?;
        Ok(Self(Arc::new(pair)))
    }

    /// As [`Self::from_pem`], of the certificate that answers an ACME challenge
    /// ([`Tls::answer_challenges`]). That the two belong together is not checked: the certificate has a
    /// critical extension (RFC 8737 § 3), by which no TLS library takes it for one of a server.
    pub fn challenge_from_pem(chain: &[u8], key: &[u8]) -> Result<Self, TlsError> {
        let (chain, key) = Self::read(chain, key)?;
        let key = provider().key_provider.load_private_key(key).map_err(TlsError::Pair)?;
        Ok(Self(Arc::new(CertifiedKey::new(chain, key))))
    }

    fn read(
        chain: &[u8],
        key: &[u8],
    ) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), TlsError> {
        let chain = CertificateDer::pem_slice_iter(chain)
            .collect::<Result<Vec<_>, _>>()
            .map_err(TlsError::Certificate)?;
        if chain.is_empty() {
            return Err(TlsError::Certificate(pem::Error::NoItemsFound));
        }
        Ok((chain, PrivateKeyDer::from_pem_slice(key).map_err(TlsError::Key)?))
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
        let current = Arc::new(Current {
            certificate: ArcSwap::new(identity.0),
            challenges: ArcSwap::default(),
        });
        Self::with(current, Arc::new(NoClientAuth))
    }

    /// The same certificate, now and whenever it is replaced, for a listener whose clients must show one of
    /// their own, for which `authorities` vouch. No other gets as far as HTTP.
    pub fn requiring_clients(&self, authorities: &ClientAuthorities) -> Result<Self, TlsError> {
        Self::with(Arc::clone(&self.current), authorities.verifier(true)?)
    }

    /// As [`Self::requiring_clients`], where clients may also show none.
    pub fn asking_clients(&self, authorities: &ClientAuthorities) -> Result<Self, TlsError> {
        Self::with(Arc::clone(&self.current), authorities.verifier(false)?)
    }

    fn with(current: Arc<Current>, clients: Arc<dyn ClientCertVerifier>) -> Result<Self, TlsError> {
        let resolver: Arc<dyn ResolvesServerCert> = Arc::<Current>::clone(&current);
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Provider)?
            .with_client_cert_verifier(clients)
            .with_cert_resolver(resolver);
        // The strongest that both know, whatever the client prefers.
        config.ignore_client_order = true;
        config.alpn_protocols = vec![H2.to_vec(), HTTP_1_1.to_vec(), ACME.to_vec()];
        Ok(Self { config: Arc::new(config), current })
    }

    /// Uses `identity` from the next handshake on; connections that stand are left alone.
    pub fn replace(&self, identity: TlsIdentity) {
        self.current.certificate.store(identity.0);
    }

    /// Answers with these whoever asks for proof that a name is ours (`acme-tls/1`, RFC 8737), until the next
    /// call. Nobody else sees them.
    pub fn answer_challenges(&self, challenges: Vec<(String, TlsIdentity)>) {
        self.current.challenges.store(Arc::new(challenges));
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
    /// The authorities that are to vouch for clients cannot be used.
    #[error("holds no certificate of an authority that can vouch for clients")]
    Clients(#[source] rustls::Error),
    /// The crypto library offers no safe protocol version.
    #[error("no TLS version can be offered")]
    Provider(#[source] rustls::Error),
}

pub(super) const H2: &[u8] = b"h2";
const HTTP_1_1: &[u8] = b"http/1.1";
/// A certificate authority looks whether a name is ours (RFC 8737 § 3). Nothing is said after the handshake.
pub(super) const ACME: &[u8] = b"acme-tls/1";

#[derive(Debug)]
struct Current {
    certificate: ArcSwap<CertifiedKey>,
    /// What an authority that looks for a name is to see.
    challenges: ArcSwap<Vec<(String, TlsIdentity)>>,
}

impl ResolvesServerCert for Current {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        if !hello.alpn().is_some_and(|mut protocols| protocols.any(|protocol| protocol == ACME)) {
            return Some(self.certificate.load_full());
        }
        let asked = hello.server_name()?;
        let challenges = self.challenges.load();
        let found = challenges.iter().find(|(name, _)| name.eq_ignore_ascii_case(asked));
        found.map(|(_, identity)| Arc::clone(&identity.0))
    }
}

/// The authorities that vouch for clients.
#[derive(Clone, Debug)]
pub struct ClientAuthorities(Arc<RootCertStore>);

impl ClientAuthorities {
    /// Reads their certificates, PEM.
    pub fn from_pem(text: &[u8]) -> Result<Self, TlsError> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(text) {
            roots.add(certificate.map_err(TlsError::Certificate)?).map_err(TlsError::Clients)?;
        }
        if roots.is_empty() {
            return Err(TlsError::Certificate(pem::Error::NoItemsFound));
        }
        Ok(Self(Arc::new(roots)))
    }

    fn verifier(&self, required: bool) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
        let roots = Arc::clone(&self.0);
        let builder = WebPkiClientVerifier::builder_with_provider(roots, provider());
        let builder = if required { builder } else { builder.allow_unauthenticated() };
        let built = builder.build();
        built.map_err(|error| TlsError::Clients(rustls::Error::General(error.to_string())))
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}
