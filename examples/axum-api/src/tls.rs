//! A listener that speaks TLS, for `axum::serve`.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use rustls::ServerConfig;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// A peer that has not shaken hands by then is dropped.
const HANDSHAKE: Duration = Duration::from_secs(5);
/// So many may shake hands at once; more wait in the kernel's queue.
const SHAKING: usize = 256;

/// The certificate or the key cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsError {
    /// The file is missing, unreadable, or no PEM.
    #[error("{}: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: rustls_pki_types::pem::Error,
    },
    /// The two do not belong together, or are of a kind that TLS has no use for.
    #[error("the certificate and the key cannot be used together")]
    Unfit(#[from] rustls::Error),
}

/// The TLS side of the server, from a certificate chain and its key in PEM files.
pub(crate) fn server_config(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let at = |path: &Path| {
        let path = path.to_owned();
        move |reason| TlsError::File { path, reason }
    };
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect)
        .map_err(at(certificate))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(at(key))?;
    let mut config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// Accepts connections and hands them on once TLS stands; a slow peer holds up nobody else.
pub(crate) struct TlsListener {
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    address: io::Result<SocketAddr>,
    _accepting: JoinSet<()>,
}

impl TlsListener {
    pub(crate) fn new(listener: TcpListener, config: Arc<ServerConfig>) -> Self {
        let address = listener.local_addr();
        let (send, ready) = mpsc::channel(SHAKING);
        let mut accepting = JoinSet::new();
        accepting.spawn(accept(listener, TlsAcceptor::from(config), send));
        Self { ready, address, _accepting: accepting }
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(connection) => connection,
            // The task ends with `self` alone.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.address.as_ref().copied().map_err(|error| error.kind().into())
    }
}

async fn accept(
    listener: TcpListener,
    acceptor: TlsAcceptor,
    ready: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
) {
    let mut shaking = JoinSet::new();
    loop {
        while shaking.len() >= SHAKING {
            shaking.join_next().await;
        }
        let Ok((stream, peer)) = listener.accept().await else {
            // Out of descriptors, most likely: some will be free again in a moment.
            sleep(Duration::from_millis(100)).await;
            continue;
        };
        while shaking.try_join_next().is_some() {}
        let (acceptor, ready) = (acceptor.clone(), ready.clone());
        shaking.spawn(async move {
            if let Ok(Ok(stream)) = timeout(HANDSHAKE, acceptor.accept(stream)).await {
                // If nobody takes it any more, the server is stopping.
                drop(ready.send((stream, peer)).await);
            }
        });
    }
}
