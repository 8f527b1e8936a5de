//! A server that is asked to end finishes what it began.

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::harness::{Authority, Gate};

#[tokio::test]
async fn a_request_that_had_begun_is_finished_and_its_session_is_there() {
    let mut authority = Authority::dev().await;
    // It follows the feed, which has no end of its own.
    let gate = Gate::of(&authority).await;
    let session = authority.create("alice").await;
    let mut begun = Vec::new();
    for number in 0..8 {
        begun.push(Begun::request(&authority, &format!("late-{number}")).await);
    }

    authority.terminate();
    let mut refresh_tokens = Vec::new();
    for request in begun {
        let answer = request.finish().await;
        assert_eq!(answer["token_type"], json!("Bearer"), "{answer}");
        refresh_tokens.push(answer["refresh_token"].as_str().unwrap().to_owned());
    }
    let status = authority.process().ended().await;

    assert_eq!(status.code(), Some(0), "{status}");
    let log = authority.process().log_text();
    assert!(log.contains("all requests were finished"), "{log}");
    // The gate knows enough to go on for a while.
    authority.client.ask(gate.question().bearer(&session.access)).await.expect(200);
    authority.start_again().await;
    for token in refresh_tokens {
        authority.refresh(&token).await.unwrap().expect(200);
    }
}

#[tokio::test]
async fn nothing_new_is_begun_after_it_was_asked_to_end() {
    let mut authority = Authority::dev().await;
    authority.terminate();
    authority.process().ended().await;

    let late = authority.try_create("late", Value::Null).await;

    assert!(late.is_err(), "{late:?}");
    assert!(!authority.data().join("admin.sock").exists(), "the socket is cleared away");
}

/// A request whose head the server has read, and whose body is still to come.
struct Begun {
    stream: TlsStream<TcpStream>,
    body: String,
}

impl Begun {
    async fn request(authority: &Authority, subject: &str) -> Self {
        let dev = &authority.dev;
        let port = dev.base_url.rsplit_once(':').unwrap().1;
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_file_iter(&dev.ca_file).unwrap() {
            roots.add(certificate.unwrap()).unwrap();
        }
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        let tls = ClientConfig::builder_with_provider(provider.into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let tcp = TcpStream::connect(format!("127.0.0.1:{port}")).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let mut stream = TlsConnector::from(Arc::new(tls)).connect(name, tcp).await.unwrap();
        let body = json!({"subject": subject, "audience": dev.audience}).to_string();
        let basic = BASE64_STANDARD.encode(format!("{}:{}", dev.client_id, dev.client_secret));
        let head = format!(
            "POST /v1/sessions HTTP/1.1\r\nHost: localhost:{port}\r\nAuthorization: Basic {basic}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        // The server says this once it waits for the body.
        let mut said = [0; 25];
        stream.read_exact(&mut said).await.unwrap();
        assert_eq!(said, *b"HTTP/1.1 100 Continue\r\n\r\n");
        Self { stream, body }
    }

    /// Sends the body; the body of the answer.
    async fn finish(mut self) -> Value {
        self.stream.write_all(self.body.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // A server that ends closes the connection after its answer.
        self.stream.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 201 "), "{head}");
        serde_json::from_str(body).unwrap()
    }
}
