//! A step before each request arrives at a vault that changes something there.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::steps::step;

/// Stands between this process and `vault`; answers where it listens.
pub(crate) async fn between(vault: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(pass_on(client, vault));
        }
    });
    address
}

/// A client sends nothing while it waits for an answer, so what it sends after one is a request.
async fn pass_on(mut client: TcpStream, vault: SocketAddr) {
    let mut vault = TcpStream::connect(vault).await.unwrap();
    let (mut asked, mut answered) = ([0; 16_384], [0; 16_384]);
    let mut is_asking = false;
    loop {
        let (count, to_vault) = tokio::select! {
            read = client.read(&mut asked) => (read.unwrap_or(0), true),
            read = vault.read(&mut answered) => (read.unwrap_or(0), false),
        };
        if count == 0 {
            return;
        }
        if is_asking != to_vault {
            is_asking = to_vault;
            if to_vault && !asked.starts_with(b"GET ") {
                step();
            }
        }
        let (to, bytes) = if to_vault { (&mut vault, &asked) } else { (&mut client, &answered) };
        if to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}
