//! A server of ours that a verifier must never ask: it serves the strangers' keys, and notes who comes.
//!
//! **Invariant:** only a visit to a path that nobody can guess counts, and only tokens of ours name one: whoever
//! else finds the port is told nothing and proves nothing.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::crypto::random;
use crate::token::BASE64;

/// A request line is shorter, whoever asks.
const MAX_REQUEST: usize = 4 << 10;
const PATIENCE: Duration = Duration::from_secs(2);
/// After so many visits nothing more is learned.
const MAX_VISITS: usize = 100;

/// Running until it is dropped.
pub(super) struct Listener {
    pub(super) address: SocketAddr,
    /// The part of a path that only our tokens name.
    pub(super) name: String,
    visits: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Listener {
    /// Listens at `address` and serves `keys` (a JWK set), or `certificates` where an `x5u` is asked for.
    pub(super) async fn start(
        address: SocketAddr,
        keys: String,
        certificates: String,
    ) -> std::io::Result<Self> {
        let socket = TcpListener::bind(address).await?;
        let address = socket.local_addr()?;
        let name = unguessable()?;
        let secret = name.clone();
        let visits = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&visits);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = socket.accept().await {
                let served = Served { secret: &secret, keys: &keys, certificates: &certificates };
                let asked = timeout(PATIENCE, served.answer(stream)).await;
                if let Ok(Ok(Some(path))) = asked {
                    let mut visits = noted.lock().unwrap_or_else(PoisonError::into_inner);
                    if visits.len() < MAX_VISITS {
                        visits.push(path);
                    }
                }
            }
        });
        Ok(Self { address, name, visits, task })
    }

    /// The paths of ours that were asked for.
    pub(super) fn visits(&self) -> Vec<String> {
        self.visits.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What is there for whoever knows the path.
struct Served<'a> {
    secret: &'a str,
    keys: &'a str,
    certificates: &'a str,
}

impl Served<'_> {
    /// Answers one request; its path, where that is one of ours.
    async fn answer(&self, mut stream: TcpStream) -> std::io::Result<Option<String>> {
        let path = asked(&mut stream).await?;
        if !path.split('/').any(|part| part == self.secret) {
            stream.write_all(NOTHING).await?;
            return Ok(None);
        }
        let (kind, body) = if path.contains("x5u.pem") {
            ("application/x-pem-file", self.certificates)
        } else {
            ("application/json", self.keys)
        };
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(body.as_bytes()).await?;
        Ok(Some(path))
    }
}

const NOTHING: &[u8] = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// The path of a request.
async fn asked(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut request = Vec::new();
    let mut buffer = [0; 1024];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") && request.len() < MAX_REQUEST {
        let count = stream.read(&mut buffer).await?;
        if count == 0 {
            break;
        }
        request.extend_from_slice(buffer.get(..count).unwrap_or_default());
    }
    let text = String::from_utf8_lossy(&request);
    Ok(text.split(' ').nth(1).unwrap_or_default().to_owned())
}

fn unguessable() -> std::io::Result<String> {
    let bytes: [u8; 16] = random().ok_or_else(|| std::io::Error::other("no random numbers"))?;
    Ok(BASE64.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_happens_to_come_by_gets_nothing_and_counts_for_nothing() {
        let here = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener =
            Listener::start(here, "{\"keys\":[]}".to_owned(), "PEM".to_owned()).await.unwrap();
        let other = Listener::start(here, String::new(), String::new()).await.unwrap();
        assert_ne!(listener.name, other.name);

        for path in ["/", "/favicon.ico", "/jwks.json", "/x5u.pem", &format!("/{}", other.name)] {
            assert!(get(&listener, path).await.starts_with("HTTP/1.1 404"), "{path}");
        }
        assert_eq!(listener.visits(), [""; 0]);

        let ours = format!("/{}/1/jwks.json", listener.name);
        assert!(get(&listener, &ours).await.ends_with("{\"keys\":[]}"));
        let certificate = format!("/{}/2/x5u.pem", listener.name);
        assert!(get(&listener, &certificate).await.ends_with("PEM"));
        assert_eq!(listener.visits(), [ours, certificate]);
    }

    async fn get(listener: &Listener, path: &str) -> String {
        let mut stream = TcpStream::connect(listener.address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }
}
