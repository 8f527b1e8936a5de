use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::support::{Running, hasty, hello};
use crate::http::{ServerLimits, Tls, TlsIdentity};

#[tokio::test]
async fn http_2_is_offered_and_spoken() {
    let own = Own::new();
    let tls = Tls::new(own.identity()).unwrap();
    let server = Running::start_with(hello(), ServerLimits::default(), Some(tls)).await;

    let stream = own.connect(&server, &[b"h2", b"http/1.1"]).await.unwrap();

    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let mut sender = http_2(stream).await;
    let response = sender.send_request(get("/")).await.unwrap();
    assert!(response.headers().contains_key("strict-transport-security"));
    assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "hello");
}

#[tokio::test]
async fn http_2_header_fields_over_the_limit_get_431_and_the_connection_goes_on() {
    let own = Own::new();
    let tls = Tls::new(own.identity()).unwrap();
    let server = Running::start_with(hello(), ServerLimits::default(), Some(tls)).await;
    let mut sender = http_2(own.connect(&server, &[b"h2"]).await.unwrap()).await;
    let mut long = get("/");
    long.headers_mut().insert("x", "a".repeat(20_000).parse().unwrap());

    let refused = sender.send_request(long).await.unwrap();

    assert_eq!(refused.status(), 431);
    assert_eq!(refused.headers()["x-content-type-options"], "nosniff");
    assert_eq!(sender.send_request(get("/")).await.unwrap().status(), 200);
}

#[tokio::test]
async fn an_http_2_connection_kept_for_nothing_is_told_to_go() {
    let own = Own::new();
    let tls = Tls::new(own.identity()).unwrap();
    let server = Running::start_with(hello(), hasty(), Some(tls)).await;
    let stream = own.connect(&server, &[b"h2"]).await.unwrap();
    let (mut sender, connection) = handshake(stream).await;
    let closed = tokio::spawn(connection);

    assert_eq!(sender.send_request(get("/")).await.unwrap().status(), 200);

    // Cleanly, by GOAWAY, though the client still holds its end.
    closed.await.unwrap().unwrap();
    drop(sender);
}

#[tokio::test]
async fn requests_that_are_reset_as_fast_as_they_are_sent_do_not_stop_the_server() {
    let own = Own::new();
    let tls = Tls::new(own.identity()).unwrap();
    let server = Running::start_with(hello(), ServerLimits::default(), Some(tls)).await;
    let mut sender = http_2(own.connect(&server, &[b"h2"]).await.unwrap()).await;

    for _ in 0..2_000 {
        if sender.ready().await.is_err() {
            break;
        }
        drop(sender.send_request(get("/")));
    }

    let mut other = http_2(own.connect(&server, &[b"h2"]).await.unwrap()).await;
    assert_eq!(other.send_request(get("/")).await.unwrap().status(), 200);
}

#[tokio::test]
async fn http_1_1_is_spoken_where_no_protocol_is_named() {
    let own = Own::new();
    let tls = Tls::new(own.identity()).unwrap();
    let server = Running::start_with(hello(), ServerLimits::default(), Some(tls)).await;
    let mut stream = own.connect(&server, &[]).await.unwrap();

    stream.write_all(b"GET / HTTP/1.0\r\n\r\n").await.unwrap();

    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.ends_with("hello"), "{answer}");
}

#[tokio::test]
async fn a_new_certificate_is_used_from_the_next_handshake_on() {
    let (old, new) = (Own::new(), Own::new());
    let tls = Tls::new(old.identity()).unwrap();
    let server = Running::start_with(hello(), ServerLimits::default(), Some(tls.clone())).await;
    assert!(old.connect(&server, &[]).await.is_ok());
    assert!(new.connect(&server, &[]).await.is_err());

    tls.replace(new.identity());

    assert!(old.connect(&server, &[]).await.is_err());
    assert!(new.connect(&server, &[]).await.is_ok());
}

#[tokio::test]
async fn who_does_not_finish_the_handshake_is_cut_off() {
    let tls = Tls::new(Own::new().identity()).unwrap();
    let server = Running::start_with(hello(), hasty(), Some(tls)).await;

    assert_eq!(server.exchange(b"").await, "");
}

#[tokio::test]
async fn plain_http_on_the_tls_port_gets_no_page() {
    let tls = Tls::new(Own::new().identity()).unwrap();
    let server = Running::start_with(hello(), ServerLimits::default(), Some(tls)).await;

    let answer = server.exchange(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;

    assert!(!answer.contains("HTTP/"), "{answer}");
}

#[test]
fn a_key_of_another_certificate_is_refused() {
    let (one, other) = (Own::new(), Own::new());

    let error = TlsIdentity::from_pem(one.chain.as_bytes(), other.key.as_bytes()).unwrap_err();

    assert!(error.to_string().starts_with("certificate and key do not belong together"), "{error}");
}

#[test]
fn files_without_certificate_or_key_are_refused() {
    let own = Own::new();
    let empty = TlsIdentity::from_pem(b"", own.key.as_bytes()).unwrap_err();
    let swapped = TlsIdentity::from_pem(own.chain.as_bytes(), own.chain.as_bytes()).unwrap_err();

    assert_eq!(empty.to_string(), "holds no readable PEM certificate");
    assert_eq!(swapped.to_string(), "holds no readable PEM private key");
    assert_eq!(format!("{:?}", own.identity()), "TlsIdentity { certificates: 1 }");
}

type Sender = hyper::client::conn::http2::SendRequest<Empty<Bytes>>;
type Connection = hyper::client::conn::http2::Connection<
    TokioIo<TlsStream<TcpStream>>,
    Empty<Bytes>,
    TokioExecutor,
>;

async fn handshake(stream: TlsStream<TcpStream>) -> (Sender, Connection) {
    hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap()
}

async fn http_2(stream: TlsStream<TcpStream>) -> Sender {
    let (sender, connection) = handshake(stream).await;
    tokio::spawn(connection);
    sender
}

fn get(path: &str) -> Request<Empty<Bytes>> {
    Request::get(format!("https://localhost{path}")).body(Empty::new()).unwrap()
}

/// A self-signed certificate for `localhost`, and clients that trust it alone.
struct Own {
    chain: String,
    key: String,
    der: CertificateDer<'static>,
}

impl Own {
    fn new() -> Self {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        Self { chain: cert.pem(), key: signing_key.serialize_pem(), der: cert.der().clone() }
    }

    fn identity(&self) -> TlsIdentity {
        TlsIdentity::from_pem(self.chain.as_bytes(), self.key.as_bytes()).unwrap()
    }

    async fn connect(
        &self,
        server: &Running,
        protocols: &[&[u8]],
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.der.clone()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        let name = ServerName::try_from("localhost").unwrap();
        let stream = server.connect().await;
        TlsConnector::from(Arc::new(config)).connect(name, stream).await
    }
}
