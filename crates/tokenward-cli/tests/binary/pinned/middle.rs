//! Somebody between a gate and its authority.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use http::{Request, Response};
use http_body_util::{Either, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};

use crate::support::{connector, until};

/// What is served in the place of what the authority says.
#[derive(Clone, Default)]
pub(super) struct Served {
    pub(super) statement: Option<String>,
    pub(super) chain: Option<String>,
}

/// A server between the gate and the authority, with a certificate that the gate trusts.
pub(super) struct Middle {
    pub(super) port: u16,
    pub(super) certificate: String,
    /// What is served, and how often a key set was asked for since.
    served: Arc<Mutex<(Served, u32)>>,
    _runtime: tokio::runtime::Runtime,
}

type Body = Either<Full<Bytes>, Incoming>;

impl Middle {
    pub(super) fn start(authority: u16, ca: Vec<u8>) -> Self {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        let certificate = params.self_signed(&key).unwrap().pem();
        let tls = acceptor(&certificate, &key.serialize_pem());
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let served = Arc::<Mutex<(Served, u32)>>::default();
        let way = Arc::new(Way { ca, port: authority, served: Arc::clone(&served) });
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        runtime.spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                let (tls, way) = (tls.clone(), Arc::clone(&way));
                tokio::spawn(async move {
                    let Ok(stream) = tls.accept(tcp).await else { return };
                    let service = service_fn(move |request| {
                        let way = Arc::clone(&way);
                        async move { Ok::<_, Infallible>(way.answer(request).await) }
                    });
                    let connection = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service);
                    drop(connection.await);
                });
            }
        });
        Self { port, certificate, served, _runtime: runtime }
    }

    pub(super) fn serve(&self, served: &Served) {
        *self.served.lock().unwrap() = (served.clone(), 0);
    }

    /// Serves it, and waits until the gate has come for it twice: what it got first it has judged by then.
    pub(super) fn serve_until_judged(&self, served: &Served) {
        self.serve(served);
        until("the gate asks twice", || self.served.lock().unwrap().1 >= 2);
    }

    /// Serves a lie until it was judged, and then the truth, which ends the gate's waits between attempts.
    pub(super) fn lie(&self, served: &Served) {
        self.serve_until_judged(served);
        self.serve_until_judged(&Served::default());
    }
}

struct Way {
    ca: Vec<u8>,
    port: u16,
    served: Arc<Mutex<(Served, u32)>>,
}

impl Way {
    async fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        let path = request.uri().path();
        let served = {
            let mut served = self.served.lock().unwrap();
            if path.ends_with("/jwks.jwt") {
                served.1 = served.1.saturating_add(1);
            }
            served.0.clone()
        };
        let instead = if path.ends_with("/jwks.jwt") {
            served.statement
        } else if path.ends_with("/root-chain.json") {
            served.chain
        } else {
            None
        };
        match instead {
            Some(body) => Response::new(Either::Left(Full::new(body.into()))),
            None => self.forward(request).await.map(Either::Right),
        }
    }

    /// What the authority says, as it says it.
    async fn forward(&self, request: Request<Incoming>) -> Response<Incoming> {
        let tcp = tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let stream = connector(&self.ca).connect(name, tcp).await.unwrap();
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        sender.send_request(request).await.unwrap()
    }
}

fn acceptor(certificate: &str, key: &str) -> tokio_rustls::TlsAcceptor {
    let certificate = CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap();
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    tokio_rustls::TlsAcceptor::from(Arc::new(config))
}
