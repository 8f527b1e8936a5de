use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use axum::routing::get;
use axum::{Extension, Router};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tokio::sync::oneshot;

use super::support::{Running, read_all};
use crate::http::{Listener, Peer, Server, ServerLimits};

#[tokio::test]
async fn a_port_in_use_is_one_line_that_names_the_setting_and_the_mend() {
    let any = "127.0.0.1:0".parse().unwrap();
    let holder = Listener::bind_tcp("listen.public", any).await.unwrap();
    let taken = holder.local_addr().unwrap();

    let error = Listener::bind_tcp("listen.public", taken).await.unwrap_err();

    let line = format!(
        "listen.public: {taken} is in use: stop the process that holds it, or choose another port"
    );
    assert_eq!(error.to_string(), line);
}

#[tokio::test]
async fn an_address_of_another_machine_is_one_line_too() {
    let foreign = "192.0.2.1:8443".parse().unwrap();

    let error = Listener::bind_tcp("listen.admin", foreign).await.unwrap_err();

    let line = "listen.admin: 192.0.2.1:8443 is no address of this machine: choose one of its own, \
                or 0.0.0.0";
    assert_eq!(error.to_string(), line);
}

#[tokio::test]
async fn a_unix_socket_is_narrow_replaces_a_stale_one_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("admin.sock");
    let stale = std::os::unix::net::UnixListener::bind(&path).unwrap();
    drop(stale);

    let listener = Listener::bind_unix("listen.admin", &path, 0o600).unwrap();

    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    drop(listener);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_unix_socket_in_use_or_a_file_in_its_place_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (socket, file) = (folder.path().join("a.sock"), folder.path().join("b.sock"));
    let _held = Listener::bind_unix("listen.public", &socket, 0o600).unwrap();
    fs::write(&file, "precious").unwrap();

    let in_use = Listener::bind_unix("listen.public", &socket, 0o600).unwrap_err();
    let no_socket = Listener::bind_unix("listen.public", &file, 0o600).unwrap_err();
    let nowhere = Listener::bind_unix("listen.public", folder.path().join("no/x"), 0o600);

    assert!(in_use.to_string().contains("a.sock is in use: stop"), "{in_use}");
    assert!(no_socket.to_string().contains("b.sock is not a socket: move it away"), "{no_socket}");
    assert!(nowhere.unwrap_err().to_string().contains("create the folder first"));
    assert_eq!(fs::read_to_string(&file).unwrap(), "precious");
}

#[tokio::test]
async fn a_route_learns_who_is_at_the_other_end_of_a_unix_socket() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.sock");
    let listener = Listener::bind_unix("listen.admin", &path, 0o600).unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let mut server = Server::new();
    server.add(listener, None, who());
    let running = tokio::spawn(server.run(async {
        stopped.await.unwrap();
    }));

    let mut stream = UnixStream::connect(&path).await.unwrap();
    stream.write_all(b"GET / HTTP/1.0\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();

    let uid = rustix::process::geteuid().as_raw();
    assert!(answer.ends_with(&format!("uid {uid}")), "{answer}");
    stop.send(()).unwrap();
    running.await.unwrap();
}

#[tokio::test]
async fn a_route_learns_the_connected_address_whatever_the_headers_say() {
    let server = Running::start(who(), ServerLimits::default()).await;
    let mut stream = server.connect().await;

    stream
        .write_all(b"GET / HTTP/1.0\r\nX-Forwarded-For: 8.8.8.8\r\nForwarded: for=8.8.8.8\r\n\r\n")
        .await
        .unwrap();

    assert!(read_all(&mut stream).await.ends_with("127.0.0.1"));
}

fn who() -> Router {
    Router::new()
        .route("/", get(|Extension(peer): Extension<Peer>| async move { peer.to_string() }))
}
