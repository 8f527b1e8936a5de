//! One table of requests through every proxy, in front of `tokenward gate`, and the same verdicts.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use http::Method;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};
use serde::Deserialize;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::gate::Gate;
use super::site::{Application, ENVOY_HTTP, Front, splice};
use crate::clock::shim;
use crate::harness::Authority;
use crate::markdown::{root, tested};
use crate::process::Process;

#[tokio::test]
async fn every_proxy_comes_to_the_same_verdicts() {
    let table = Table::read();
    let mut authority = Authority::dev().await;
    let tokens = Tokens::of(&mut authority).await;
    let application = Application::start();
    let gate = Gate::on_a_socket(&authority, &table.rules()).await;
    let connector = connector(&authority);

    let every = PROXIES.map(async |proxy| {
        let front = Front::new(&authority, &application);
        let _running = proxy.start(&front, &gate).await;
        let mut wrong = Vec::new();
        for (number, request) in table.requests.iter().enumerate() {
            let case = format!("{}-{number}", proxy.name());
            let said = ask(&connector, front.port, &request.text(&case, &tokens)).await;
            let problems = request.judge(proxy, &said, &application.saw(&format!(": {case}\r\n")));
            wrong.extend(
                problems
                    .into_iter()
                    .map(|problem| format!("{}: {}: {problem}", proxy.name(), request.name)),
            );
        }
        wrong
    });
    let wrong = join_all(every).await.concat();

    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(rename = "rule")]
    rules: Vec<toml::Table>,
    #[serde(rename = "request")]
    requests: Vec<Request>,
}

impl Table {
    fn read() -> Self {
        let text = fs::read_to_string(root().join("vectors/proxies/requests.toml")).unwrap();
        toml::from_str(&text).unwrap()
    }

    fn rules(&self) -> String {
        let rules: Vec<_> = self.rules.iter().map(|rule| format!("[[rule]]\n{rule}")).collect();
        rules.concat()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    name: String,
    line: String,
    #[serde(default)]
    headers: Vec<String>,
    expect: u16,
    /// What the proxy says by itself, if that is something else.
    #[serde(default)]
    by: BTreeMap<String, u16>,
    /// The proxies that take off what is wrong, and let the rest pass.
    #[serde(default)]
    harmless: Vec<String>,
    /// For whom the token speaks, if not for alice.
    subject: Option<String>,
    /// Lines that the client is told.
    #[serde(default)]
    says: Vec<String>,
    /// Lines that the application sees.
    #[serde(default)]
    sees: Vec<String>,
}

impl Request {
    fn text(&self, case: &str, tokens: &Tokens) -> String {
        let mut text = format!("{} HTTP/1.1\r\nHost: localhost\r\nX-Case: {case}\r\n", self.line);
        for header in &self.headers {
            write!(text, "{header}\r\n").unwrap();
        }
        if self.line.starts_with("POST ") {
            text.push_str("Content-Length: 0\r\n");
        }
        text.push_str("\r\n");
        tokens
            .0
            .iter()
            .fold(text, |text, (name, token)| text.replace(&format!("{{{name}}}"), token))
    }

    /// What is wrong with what the client was told and the application saw.
    fn judge(&self, proxy: Proxy, said: &str, seen: &[String]) -> Vec<String> {
        let by_itself = self.by.get(proxy.name());
        let harmless = self.harmless.iter().any(|name| name == proxy.name());
        let expected = if harmless { 200 } else { *by_itself.unwrap_or(&self.expect) };
        // What a proxy says by itself may be a page of its own.
        let passes = expected == 200 && by_itself.is_none();
        let mut wrong = Vec::new();
        if said.split(' ').nth(1) != Some(&expected.to_string()) {
            wrong.push(format!("not {expected}, but {said:?}"));
        }
        let told = said.to_lowercase();
        wrong.extend(
            self.says
                .iter()
                .filter(|line| !told.split("\r\n").any(|found| found == **line))
                .map(|line| format!("no {line} in {told}")),
        );
        match seen {
            [] if !passes => {}
            [head] if passes => {
                let subject = self.subject.as_deref().unwrap_or("alice");
                let subject = format!("x-auth-subject: {subject}");
                let has = |line: &str| head.split("\r\n").filter(|found| *found == line).count();
                let lines = self.sees.iter().map(String::as_str).chain([subject.as_str()]);
                wrong.extend(
                    lines.filter(|line| has(line) != 1).map(|line| format!("no {line} in {head}")),
                );
                let forbidden = ["\r\nauthorization:", "__host-", "root", "x-proxy-secret"];
                wrong.extend(
                    forbidden
                        .iter()
                        .filter(|text| head.contains(**text))
                        .map(|text| format!("{text:?} in {head}")),
                );
            }
            _ => wrong.push(format!("the application saw {seen:?}")),
        }
        wrong
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Proxy {
    Nginx,
    Caddy,
    Haproxy,
    EnvoyHttp,
    EnvoyGrpc,
}

pub(super) const PROXIES: [Proxy; 5] =
    [Proxy::Nginx, Proxy::Caddy, Proxy::Haproxy, Proxy::EnvoyHttp, Proxy::EnvoyGrpc];

impl Proxy {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Caddy => "caddy",
            Self::Haproxy => "haproxy",
            Self::EnvoyHttp => "envoy-http",
            Self::EnvoyGrpc => "envoy-grpc",
        }
    }

    /// Starts it with the configuration of its page, and what the page prints for a gate of this machine
    /// in the place of the development authority.
    async fn start(self, front: &Front, gate: &Gate) -> Process {
        self.start_with(front, gate, |config| config).await
    }

    /// As [`Self::start`], with what `change` makes of the configuration.
    pub(super) async fn start_with(
        self,
        front: &Front,
        gate: &Gate,
        change: impl Fn(String) -> String,
    ) -> Process {
        let printed = |name: &str| gate.adapt(&tested(name));
        match self {
            Self::Nginx => {
                let ours = printed("nginx-gate");
                let (upstream, question) = ours.split_once("}\n").unwrap();
                let begin = "    upstream tokenward {";
                let config = tested("nginx").replace(begin, &format!("{upstream}}}\n{begin}"));
                let was = "            proxy_pass https://tokenward/auth/nginx/demo-api;\n";
                assert!(config.contains(was));
                front.write("nginx.conf", &change(config.replace(was, question)));
                front.start("nginx", "nginx-start").await
            }
            Self::Caddy => {
                let from = "\t\t\tforward_auth https://127.0.0.1:8443 {\n";
                let to = "\n\t\t\t# What goes upstream";
                let config = splice(&tested("caddy"), from, to, &printed("caddy-gate"));
                front.write("Caddyfile", &change(config));
                front.start("caddy", "caddy-start").await
            }
            Self::Haproxy => {
                let [from, to] = ["listen gate\n", "\nbackend authority\n"];
                let config = splice(&tested("haproxy"), from, to, &printed("haproxy-gate"));
                front.write("haproxy.cfg", &change(config));
                front.write("tokenward.lua", &tested("haproxy-lua"));
                front.start("haproxy", "haproxy-start").await
            }
            Self::EnvoyHttp | Self::EnvoyGrpc => {
                let mut config = tested("envoy");
                if self == Self::EnvoyHttp {
                    config = splice(&config, ENVOY_HTTP[0], ENVOY_HTTP[1], &tested("envoy-http"));
                }
                let (before, _) = config.split_once("    - name: gate\n").unwrap();
                front.write("envoy.yaml", &change(format!("{before}{}", printed("envoy-gate"))));
                front.start("envoy", "envoy-start").await
            }
        }
    }
}

/// The tokens of the table, by name.
struct Tokens(BTreeMap<&'static str, String>);

impl Tokens {
    /// Of an authority that is ten minutes in the past for a while, so that one of them has expired.
    async fn of(authority: &mut Authority) -> Self {
        let elsewhere = Authority::dev().await.create("alice").await.access;
        authority.kill();
        authority.setup.wrong_clock = Some((shim(authority), -600));
        authority.start_again().await;
        let expired = authority.create("alice").await.access;
        authority.kill();
        authority.setup.wrong_clock = None;
        authority.start_again().await;
        let revoked = authority.create("alice").await;
        authority.command(&["revoke", "--sid", &revoked.id]).await;
        let reader = authority.try_create("alice", json!({"scope": "notes:read"})).await.unwrap();
        let form = [("grant_type", "client_credentials"), ("scope", "notes:read")];
        let service = authority.service(Method::POST, "/oauth2/token").form(&form);
        let service = authority.client.ask(service).await.expect(200);
        Self(BTreeMap::from([
            ("service", service.text("access_token")),
            ("good", authority.create("alice").await.access),
            ("reader", reader.expect(201).text("access_token")),
            ("expired", expired),
            ("revoked", revoked.access),
            ("garbage", "garbage".to_owned()),
            ("elsewhere", elsewhere),
            ("long", "x".repeat(20_000)),
            ("part", "x".repeat(6_000)),
        ]))
    }
}

fn connector(authority: &Authority) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(&authority.dev.ca_file).unwrap() {
        roots.add(certificate.unwrap()).unwrap();
    }
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let config = ClientConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

/// Sends a request as it stands, and reads until the answer's head is over, or there is no more.
async fn ask(connector: &TlsConnector, port: u16, request: &str) -> String {
    let exchange = async {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let mut stream = connector.connect(name, stream).await.unwrap();
        // A proxy may have said no, and be gone, before it has read all of a long head.
        drop(stream.write_all(request.as_bytes()).await);
        let mut head = Vec::new();
        let mut buffer = [0; 4096];
        while !head.windows(4).any(|end| end == b"\r\n\r\n") {
            match stream.read(&mut buffer).await {
                Ok(count @ 1..) => head.extend_from_slice(&buffer[..count]),
                _ => break,
            }
        }
        String::from_utf8_lossy(&head).into_owned()
    };
    timeout(Duration::from_secs(10), exchange).await.unwrap_or_else(|_| "no answer".to_owned())
}
