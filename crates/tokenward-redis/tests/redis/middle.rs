//! Somebody between a client and a server, who waits for a word.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokenward_testing::redis::RedisServer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Passes everything on to a server on this machine.
pub(crate) struct Middle {
    port: u16,
    _task: JoinSet<()>,
}

struct Watch {
    /// The word as an argument of a command.
    word: Vec<u8>,
    at: usize,
    seen: AtomicUsize,
    does: Mutex<Option<Deed>>,
}

type Deed = Box<dyn FnOnce() -> After + Send>;

/// What becomes of the connection.
pub(crate) enum After {
    GoesOn,
    Breaks,
}

impl Middle {
    /// Before the command goes on that has the argument `word`, when one does for the time `at`, `does` is
    /// done.
    pub(crate) async fn before(
        server: &RedisServer,
        (word, at): (&str, usize),
        does: impl FnOnce() -> After + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let word = format!("${}\r\n{word}\r\n", word.len()).into_bytes();
        let does: Deed = Box::new(does);
        let does = Mutex::new(Some(does));
        let watch = Arc::new(Watch { word, at, seen: AtomicUsize::new(0), does });
        let (mut tasks, to) = (JoinSet::new(), server.port());
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (client, _) = listener.accept().await.unwrap();
                connections.spawn(pass(client, to, Arc::clone(&watch)));
            }
        });
        Self { port, _task: tasks }
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }
}

async fn pass(client: TcpStream, to: u16, watch: Arc<Watch>) {
    let (mut from_client, mut to_client) = client.into_split();
    let server = TcpStream::connect(("127.0.0.1", to)).await.unwrap();
    let (mut from_server, mut to_server) = server.into_split();
    let mut back = JoinSet::new();
    back.spawn(async move { copy(&mut from_server, &mut to_client).await });
    let (mut chunk, mut tail) = (vec![0; 1 << 16], Vec::new());
    while let Ok(length @ 1..) = from_client.read(&mut chunk).await {
        let known = tail.len();
        tail.extend_from_slice(&chunk[..length]);
        if let After::Breaks = watch.look(&tail) {
            return;
        }
        let sent = to_server.write_all(&tail[known..]).await;
        // A word may be cut in two, and is not to be seen twice.
        tail.drain(..tail.len().saturating_sub(watch.word.len().saturating_sub(1)));
        if sent.is_err() {
            return;
        }
    }
}

impl Watch {
    fn look(&self, bytes: &[u8]) -> After {
        let count = bytes.windows(self.word.len()).filter(|some| *some == self.word).count();
        let before = self.seen.fetch_add(count, Ordering::SeqCst);
        let is_time = before < self.at && self.at <= before.saturating_add(count);
        let deed = if is_time { self.does.lock().unwrap().take() } else { None };
        deed.map_or(After::GoesOn, |does| does())
    }
}
