//! A server on a free port, and a client that sends bytes.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::routing::{get, post};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::http::{Listener, Server, ServerLimits, Stopped, Tls};

pub(super) struct Running {
    pub(super) address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Stopped>,
}

impl Running {
    pub(super) async fn start(router: Router, limits: ServerLimits) -> Self {
        Self::start_with(router, limits, None).await
    }

    pub(super) async fn start_with(router: Router, limits: ServerLimits, tls: Option<Tls>) -> Self {
        let any = "127.0.0.1:0".parse().unwrap();
        let listener = Listener::bind_tcp("listen.public", any).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let mut server = Server::new();
        server.add_with_limits(listener, tls, router, limits);
        let task = tokio::spawn(server.run(async {
            stopped.await.unwrap();
        }));
        Self { address, stop, task }
    }

    pub(super) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends `bytes` and reads until the server closes.
    pub(super) async fn exchange(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect().await;
        stream.write_all(bytes).await.unwrap();
        read_all(&mut stream).await
    }

    /// Tells the server to end; [`Ending::wait`] says how it did.
    pub(super) fn stop(self) -> Ending {
        self.stop.send(()).unwrap();
        Ending(self.task)
    }
}

pub(super) struct Ending(JoinHandle<Stopped>);

impl Ending {
    pub(super) async fn wait(self) -> Stopped {
        self.0.await.unwrap()
    }
}

/// What arrives until the server closes, or cuts off.
pub(super) async fn read_all(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut buffer).await {
        bytes.extend_from_slice(&buffer[..count]);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads until `end` has arrived.
pub(super) async fn read_until(stream: &mut TcpStream, end: &str) -> String {
    let mut bytes = Vec::new();
    while !String::from_utf8_lossy(&bytes).contains(end) {
        let mut byte = [0];
        assert_eq!(stream.read(&mut byte).await.unwrap(), 1, "closed before {end:?}");
        bytes.push(byte[0]);
    }
    String::from_utf8(bytes).unwrap()
}

pub(super) fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("none")
}

/// Answers `/` with `hello`, `/echo` with the body, and panics at `/panic`.
pub(super) fn hello() -> Router {
    Router::new()
        .route("/", get(|| async { "hello" }))
        .route("/echo", post(|body: Bytes| async move { body }))
        .route("/panic", get(panics))
        .route("/stuck", post(|_body: Bytes| std::future::pending::<()>()))
}

async fn panics() -> &'static str {
    panic!("a secret that must not get out")
}

/// Limits that a test need not wait for.
pub(super) fn hasty() -> ServerLimits {
    ServerLimits {
        handshake: Duration::from_millis(200),
        header_read: Duration::from_millis(200),
        request: Duration::from_millis(200),
        idle: Duration::from_millis(200),
        write_stall: Duration::from_millis(200),
        drain: Duration::from_millis(200),
        ..ServerLimits::default()
    }
}
