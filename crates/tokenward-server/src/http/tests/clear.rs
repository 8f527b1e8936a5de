use axum::body::Bytes;
use http::{Request, Version};
use http_body_util::{BodyExt as _, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::AsyncWriteExt as _;

use super::support::{Running, hasty, hello, read_all};
use crate::http::ServerLimits;

/// How HTTP/2 begins (RFC 9113 § 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

#[tokio::test]
async fn a_client_that_knows_speaks_http_2_without_tls() {
    let server = Running::start(hello(), ServerLimits::default()).await;
    let stream = TokioIo::new(server.connect().await);
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), stream).await.unwrap();
    tokio::spawn(connection);

    for _ in 0..2 {
        let request = Request::get("http://a/").body(Empty::<Bytes>::new()).unwrap();
        let answer = sender.send_request(request).await.unwrap();

        assert_eq!(answer.version(), Version::HTTP_2);
        assert!(answer.headers().contains_key("x-request-id"));
        assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "hello");
    }
}

#[tokio::test]
async fn who_begins_with_half_a_preface_or_sends_nothing_after_it_is_cut_off() {
    let server = Running::start(hello(), hasty()).await;
    for begin in [&PREFACE[..3], &PREFACE[..20], PREFACE] {
        let mut stream = server.connect().await;
        stream.write_all(begin).await.unwrap();
        // Returns when the server has closed.
        let said = read_all(&mut stream).await;
        assert!(!said.contains("hello"), "{said}");
    }
}

#[tokio::test]
async fn a_method_that_begins_like_the_preface_is_http_1() {
    let server = Running::start(hello(), ServerLimits::default()).await;

    let answer = server.exchange(b"PRIX / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;

    assert!(answer.starts_with("HTTP/1.1 405 "), "{answer}");
}
