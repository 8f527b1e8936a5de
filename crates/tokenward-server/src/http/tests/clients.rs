//! Listeners that ask clients for certificates, and what an ACME authority sees.

use std::sync::Arc;

use axum::Router;
use axum::extract::Extension;
use axum::routing::get;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedKey, IsCa, Issuer, KeyPair, SanType,
    generate_simple_self_signed,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::TlsConnector;

use super::support::{Running, hello};
use crate::http::{ClientAuthorities, PeerIdentity, ServerLimits, Tls, TlsIdentity};

#[tokio::test]
async fn a_client_is_who_its_certificate_says() {
    let world = World::new();
    let server = world.serve(world.tls.requiring_clients(&world.clients.authorities())).await;

    let edge = world.clients.certify(&["edge.example.com", "spiffe://example.com/edge"]);
    let said = world.ask(&server, Some(edge)).await.unwrap();
    assert!(said.ends_with("edge.example.com spiffe://example.com/edge"), "{said}");
}

#[tokio::test]
async fn a_client_without_a_good_certificate_gets_no_answer() {
    let world = World::new();
    let server = world.serve(world.tls.requiring_clients(&world.clients.authorities())).await;

    let stranger = Authority::new().certify(&["edge.example.com"]);
    assert!(world.ask(&server, None).await.is_err());
    assert!(world.ask(&server, Some(stranger)).await.is_err());
}

#[tokio::test]
async fn where_clients_are_only_asked_one_without_a_certificate_is_nobody() {
    let world = World::new();
    let server = world.serve(world.tls.asking_clients(&world.clients.authorities())).await;

    assert!(world.ask(&server, None).await.unwrap().ends_with("nobody"));
    let stranger = Authority::new().certify(&["edge.example.com"]);
    assert!(world.ask(&server, Some(stranger)).await.is_err());
}

#[tokio::test]
async fn a_listener_that_does_not_ask_believes_no_certificate() {
    let world = World::new();
    let server = world.serve(Ok(world.tls.clone())).await;

    let edge = world.clients.certify(&["edge.example.com"]);
    assert!(world.ask(&server, Some(edge)).await.unwrap().ends_with("nobody"));
}

#[tokio::test]
async fn a_new_certificate_is_used_where_clients_are_asked_too() {
    let world = World::new();
    let requiring = world.tls.requiring_clients(&world.clients.authorities());
    let server = world.serve(requiring).await;
    let other = own();
    world.tls.replace(identity(&other));

    assert!(world.ask(&server, Some(world.clients.certify(&["a"]))).await.is_err());
}

#[tokio::test]
async fn an_acme_authority_sees_the_answer_to_its_challenge_and_nothing_else() {
    let world = World::new();
    let server =
        Running::start_with(hello(), ServerLimits::default(), Some(world.tls.clone())).await;
    let challenge = own();
    let shown = async || {
        let stream = connector(None, &challenge.cert.der().clone(), &[b"acme-tls/1"])
            .connect(ServerName::try_from("localhost").unwrap(), server.connect().await);
        stream.await
    };
    assert!(shown().await.is_err());

    world.tls.answer_challenges(vec![("localhost".to_owned(), identity(&challenge))]);
    let mut stream = shown().await.unwrap();
    // It ends with the handshake (RFC 8737 § 3).
    drop(stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await);
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer).await);
    assert_eq!(answer, b"");
    assert!(world.ask(&server, None).await.is_ok());

    world.tls.answer_challenges(Vec::new());
    assert!(shown().await.is_err());
}

#[test]
fn what_holds_no_authority_vouches_for_nobody() {
    let key = ClientAuthorities::from_pem(own().signing_key.serialize_pem().as_bytes());
    assert_eq!(key.unwrap_err().to_string(), "holds no readable PEM certificate");
    assert!(ClientAuthorities::from_pem(b"").is_err());
}

#[test]
fn a_name_in_capitals_is_the_same_and_a_part_of_one_is_not() {
    let (certificate, _) = Authority::new().certify(&["edge.example.com", "spiffe://a/Edge"]);
    let identity = PeerIdentity::of(&certificate).unwrap();

    assert!(identity.is("EDGE.example.com") && identity.is("spiffe://a/Edge"));
    for other in ["", "example.com", "a.edge.example.com", "spiffe://a/edge", "client"] {
        assert!(!identity.is(other), "{other}");
    }
    assert_eq!(PeerIdentity::of(b"junk"), None);
}

type Certified = (CertificateDer<'static>, PrivateKeyDer<'static>);

struct World {
    own: CertifiedKey<KeyPair>,
    tls: Tls,
    clients: Authority,
}

impl World {
    fn new() -> Self {
        let own = own();
        let tls = Tls::new(identity(&own)).unwrap();
        Self { own, tls, clients: Authority::new() }
    }

    async fn serve(&self, tls: Result<Tls, crate::http::TlsError>) -> Running {
        let who = get(async |identity: Option<Extension<PeerIdentity>>| {
            let names =
                identity.map(|Extension(identity)| identity.names().collect::<Vec<_>>().join(" "));
            names.unwrap_or_else(|| "nobody".to_owned())
        });
        let router = Router::new().route("/", who);
        Running::start_with(router, ServerLimits::default(), Some(tls.unwrap())).await
    }

    /// What the server answers, over a connection of its own.
    async fn ask(&self, server: &Running, client: Option<Certified>) -> std::io::Result<String> {
        let name = ServerName::try_from("localhost").unwrap();
        let connector = connector(client, self.own.cert.der(), &[]);
        let mut stream = connector.connect(name, server.connect().await).await?;
        stream.write_all(b"GET / HTTP/1.0\r\n\r\n").await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok(answer)
    }
}

fn connector(
    client: Option<Certified>,
    trusted: &CertificateDer<'static>,
    protocols: &[&[u8]],
) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let mut config = match client {
        Some((certificate, key)) => config.with_client_auth_cert(vec![certificate], key).unwrap(),
        None => config.with_no_client_auth(),
    };
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    TlsConnector::from(Arc::new(config))
}

struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).unwrap().pem();
        Self { pem, issuer: Issuer::new(params, key) }
    }

    fn authorities(&self) -> ClientAuthorities {
        ClientAuthorities::from_pem(self.pem.as_bytes()).unwrap()
    }

    fn certify(&self, names: &[&str]) -> Certified {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.subject_alt_names = names
            .iter()
            .map(|name| {
                let is_uri = name.contains(':');
                let name = (*name).try_into().unwrap();
                if is_uri { SanType::URI(name) } else { SanType::DnsName(name) }
            })
            .collect();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        (certificate.der().clone(), key.into())
    }
}

fn own() -> CertifiedKey<KeyPair> {
    generate_simple_self_signed(["localhost".to_owned()]).unwrap()
}

fn identity(own: &CertifiedKey<KeyPair>) -> TlsIdentity {
    let key = own.signing_key.serialize_pem();
    TlsIdentity::from_pem(own.cert.pem().as_bytes(), key.as_bytes()).unwrap()
}
