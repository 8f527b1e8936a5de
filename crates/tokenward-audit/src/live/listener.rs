//! A server of ours that a verifier must never ask: it serves the strangers' keys, and notes who comes.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// A request line is shorter, whoever asks.
const MAX_REQUEST: usize = 4 << 10;
const PATIENCE: Duration = Duration::from_secs(2);
/// After so many visits nothing more is learned.
const MAX_VISITS: usize = 100;

/// Running until it is dropped.
pub(super) struct Listener {
    pub(super) address: SocketAddr,
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
        let visits = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&visits);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = socket.accept().await {
                let asked = timeout(PATIENCE, answer(stream, &keys, &certificates)).await;
                if let Ok(Ok(path)) = asked {
                    let mut visits = noted.lock().unwrap_or_else(PoisonError::into_inner);
                    if visits.len() < MAX_VISITS {
                        visits.push(path);
                    }
                }
            }
        });
        Ok(Self { address, visits, task })
    }

    /// The paths that were asked for.
    pub(super) fn visits(&self) -> Vec<String> {
        self.visits.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(mut stream: TcpStream, keys: &str, certificates: &str) -> std::io::Result<String> {
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
    let path = text.split(' ').nth(1).unwrap_or_default().to_owned();
    let (kind, body) = if path.contains("x5u") {
        ("application/x-pem-file", certificates)
    } else {
        ("application/json", keys)
    };
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    Ok(path)
}
