//! A step before each request arrives at a vault, or at AWS, that changes something there.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::steps::step;

/// Stands between this process and `server`; answers where it listens.
pub(crate) async fn between(server: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(pass_on(client, server));
        }
    });
    address
}

/// A client sends nothing while it waits for an answer, so what it sends after one is a request.
async fn pass_on(mut client: TcpStream, server: SocketAddr) {
    let mut server = TcpStream::connect(server).await.unwrap();
    let (mut asked, mut answered) = ([0; 16_384], [0; 16_384]);
    let mut is_asking = false;
    loop {
        let (count, to_server) = tokio::select! {
            read = client.read(&mut asked) => (read.unwrap_or(0), true),
            read = server.read(&mut answered) => (read.unwrap_or(0), false),
        };
        if count == 0 {
            return;
        }
        if is_asking != to_server {
            is_asking = to_server;
            if to_server && changes_something(&asked[..count]) {
                step();
            }
        }
        let (to, bytes) = if to_server { (&mut server, &asked) } else { (&mut client, &answered) };
        if to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}

/// Whether a request that begins like this does. Of AWS everything is asked in a POST.
fn changes_something(request: &[u8]) -> bool {
    let request = String::from_utf8_lossy(request);
    let target = request.lines().find_map(|line| line.strip_prefix("x-amz-target: "));
    let reads = target.is_some_and(|target| {
        let (_, operation) = target.split_once('.').unwrap();
        ["Describe", "Get", "List", "Sign"].iter().any(|verb| operation.starts_with(verb))
    });
    !reads && !request.starts_with("GET ")
}
