//! One HTTP server, asked a request at a time.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use http::{Request, Response, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokenward_remote::client_tls;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::failure::Failure;
use crate::files;

/// A page of sessions is the largest answer, far below this.
const MAX_ANSWER: usize = 16 << 20;

/// Why there is no answer.
pub(crate) type NoAnswer = Box<dyn Error + Send + Sync>;

/// Where a server is, and how it is reached.
pub(crate) struct Site {
    host: String,
    port: u16,
    /// Host and port, as they were written.
    pub(crate) authority: String,
    tls: Option<Arc<rustls::ClientConfig>>,
}

/// An answer, and the certificate that came with it.
pub(crate) struct Heard {
    pub(crate) answer: Response<Bytes>,
    /// DER (RFC 5280).
    pub(crate) certificate: Option<Vec<u8>>,
}

impl Site {
    /// The server of `url`, whose path is left aside: by TLS, or in the clear where `in_the_clear` allows it
    /// for its host. A failure calls it `name`.
    pub(crate) fn parse(
        name: &str,
        url: &str,
        ca_file: Option<&Path>,
        in_the_clear: impl Fn(&str) -> bool,
    ) -> Result<Self, Failure> {
        let bad = |why: &str| Failure::cannot(format!("{name}: `{url}` {why}"));
        let uri: Uri =
            url.parse().map_err(|_| bad("is no URL; write for example https://127.0.0.1:9443"))?;
        let authority = uri.authority().ok_or_else(|| bad("names no host"))?;
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        let secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") if in_the_clear(&host) => false,
            _ => return Err(bad("is not https, which is needed beyond this machine")),
        };
        let tls = if secure { Some(Arc::new(trusting(ca_file)?)) } else { None };
        Ok(Self {
            host,
            port: authority.port_u16().unwrap_or(if secure { 443 } else { 80 }),
            authority: authority.to_string(),
            tls,
        })
    }

    /// Sends `request` on a connection of its own.
    pub(crate) async fn send(&self, request: Request<Full<Bytes>>) -> Result<Heard, NoAnswer> {
        let tcp = TcpStream::connect((self.host.as_str(), self.port)).await?;
        let Some(tls) = &self.tls else {
            return Ok(Heard { answer: exchange(tcp, request).await?, certificate: None });
        };
        let name = ServerName::try_from(self.host.clone())?;
        let connector = tokio_rustls::TlsConnector::from(Arc::clone(tls));
        let stream = connector.connect(name, tcp).await?;
        let chain = stream.get_ref().1.peer_certificates();
        let certificate = chain.and_then(|chain| Some(chain.first()?.to_vec()));
        Ok(Heard { answer: exchange(stream, request).await?, certificate })
    }
}

/// One request over `stream`, and its answer.
pub(super) async fn exchange<S>(
    stream: S,
    request: Request<Full<Bytes>>,
) -> Result<Response<Bytes>, NoAnswer>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    // Ends with the answer, since nothing else is asked on this connection.
    let driver = tokio::spawn(connection);
    let (head, body) = sender.send_request(request).await?.into_parts();
    let body = Limited::new(body, MAX_ANSWER).collect().await?.to_bytes();
    driver.abort();
    Ok(Response::from_parts(head, body))
}

fn trusting(ca_file: Option<&Path>) -> Result<rustls::ClientConfig, Failure> {
    let ca = ca_file.map(files::read).transpose()?;
    client_tls(ca.as_deref()).map_err(|error| Failure::because("--ca-file", &error))
}
