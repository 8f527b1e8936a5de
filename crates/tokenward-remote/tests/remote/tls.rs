//! A server with a certificate that only those trust who name its CA.

use std::sync::Arc;

use http::Request;
use hyper::body::Incoming;
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::authority::{Reply, serve_connection};

pub(crate) struct TlsServer {
    pub(crate) port: u16,
    /// The certificate, which is its own CA, as PEM. It is for `localhost` alone.
    pub(crate) ca: Vec<u8>,
    _tasks: JoinSet<()>,
}

impl TlsServer {
    /// Answers each request by `answer`, which is told the server's own URL.
    pub(crate) async fn start<A>(answer: A) -> Self
    where
        A: Fn(&str, &Request<Incoming>) -> Reply + Clone + Send + Sync + 'static,
    {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let acceptor = TlsAcceptor::from(Arc::new(tls));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (acceptor, answer) = (acceptor.clone(), answer.clone());
                connections.spawn(async move {
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    let url = format!("https://localhost:{port}");
                    serve_connection(stream, |request| answer(&url, request)).await;
                });
            }
        });
        Self { port, ca: made.cert.pem().into_bytes(), _tasks: tasks }
    }
}
