//! One keep-alive HTTP/1.1 connection to the server under load.

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde::Deserialize;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::Error;

/// What `serve --dev` writes to `dev.json`, as far as a load needs it.
#[derive(Deserialize)]
pub(crate) struct Dev {
    pub(crate) base_url: String,
    pub(crate) ca_file: std::path::PathBuf,
    pub(crate) audience: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
}

impl Dev {
    pub(crate) fn read(path: &Path) -> Result<Self, Error> {
        let mut dev: Self = serde_json::from_slice(&std::fs::read(path)?)?;
        if dev.ca_file.is_relative() {
            let folder = path.parent().unwrap_or_else(|| Path::new("."));
            dev.ca_file = [folder.join(&dev.ca_file), dev.ca_file.clone()]
                .into_iter()
                .find(|file| file.exists())
                .ok_or("dev.json names a ca_file that is not there")?;
        }
        Ok(dev)
    }

    /// The value of the `Authorization` header of the service.
    pub(crate) fn basic(&self) -> String {
        use base64::Engine;
        let pair = format!("{}:{}", self.client_id, self.client_secret);
        format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
    }
}

/// Where a load goes.
#[derive(Clone)]
pub(crate) struct Target {
    address: SocketAddr,
    host: String,
    tls: Option<Arc<ClientConfig>>,
}

impl Target {
    pub(crate) fn tls(dev: &Dev) -> Result<Self, Error> {
        let host = dev.base_url.trim_start_matches("https://").trim_end_matches('/').to_owned();
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(&dev.ca_file)?)?;
        let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        Ok(Self { address: resolve(&host)?, host, tls: Some(Arc::new(config)) })
    }

    pub(crate) fn plain(address: &str) -> Result<Self, Error> {
        Ok(Self { address: resolve(address)?, host: address.to_owned(), tls: None })
    }

    pub(crate) async fn connect(&self) -> Result<Connection, Error> {
        let tcp = TcpStream::connect(self.address).await?;
        tcp.set_nodelay(true)?;
        let sender = match &self.tls {
            None => handshake(tcp).await?,
            Some(config) => {
                let name = self.host.split(':').next().unwrap_or_default().to_owned();
                let name = ServerName::try_from(name)?;
                handshake(TlsConnector::from(Arc::clone(config)).connect(name, tcp).await?).await?
            }
        };
        Ok(Connection { sender, host: self.host.clone() })
    }
}

/// An open connection.
pub(crate) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: String,
}

impl Connection {
    /// Sends a request and reads the whole answer.
    pub(crate) async fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Result<(StatusCode, Bytes), Error> {
        let mut request = Request::builder().method(method).uri(path).header("host", &self.host);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.sender.ready().await?;
        let answer = self.sender.send_request(request.body(Full::from(body))?).await?;
        let status = answer.status();
        Ok((status, answer.into_body().collect().await?.to_bytes()))
    }
}

async fn handshake<S>(stream: S) -> Result<SendRequest<Full<Bytes>>, Error>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + Unpin + 'static,
{
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // It ends with the connection; an error shows at the next request.
    tokio::spawn(async move { connection.await.ok() });
    Ok(sender)
}

fn resolve(host: &str) -> Result<SocketAddr, Error> {
    let mut addresses = host.to_socket_addrs()?.collect::<Vec<_>>();
    addresses.sort_by_key(SocketAddr::is_ipv6);
    addresses.into_iter().next().ok_or_else(|| format!("{host} has no address").into())
}
