//! The page on tokens that are bound to client certificates: its settings, and its client.

use std::fs;
use std::path::PathBuf;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use serde_json::Value;
use tokenward_testing::free_port;

use super::tls::Clients;
use crate::harness::{Dev, write_private};
use crate::markdown::tested;
use crate::process::{Process, TOKENWARD, run, tokenward};
use crate::shell::Shell;

#[tokio::test]
async fn the_client_of_the_page_gets_a_token_that_is_bound_to_its_certificate() {
    let site = Site::new().await;
    let token = site.token().await;
    let claims = tokenward::danger::decode_unverified(&token).unwrap().claims;
    let thumbprint = tokenward::CertificateThumbprint::of(&site.der("invoices"));
    assert_eq!(claims["cnf"]["x5t#S256"], thumbprint.as_str());
}

#[tokio::test]
async fn a_gate_reads_the_settings_of_the_page() {
    let shell = Shell::new();
    let bound = tested("mtls-gate");
    let (audience, proxy) = bound.split_once("\n[[proxy]]").unwrap();
    let gate = tested("gate").replacen("127.0.0.1:9090", "unix:/run/tokenward-gate.sock", 1);
    let (before, after) = gate.split_once("[[proxy]]").unwrap();
    let rules = after.split_once("[[rule]]").unwrap().1;
    let pages = format!("{before}{audience}\n[[proxy]]{proxy}\n[[rule]]{rules}");
    // What is wrong is told, all of it, before anything is opened.
    shell.write("gate.toml", &format!("nobody_knows = 1\n{pages}"));
    let output = run(tokenward(&["gate", "--config"]).arg(shell.path("gate.toml"))).await;
    let said = String::from_utf8(output.stderr).unwrap();

    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("nobody_knows: unknown setting"), "{said}");
}

/// An authority by the settings of the page, and who has certificates: `invoices`, the service, and `other`.
pub(crate) struct Site {
    pub(crate) shell: Shell,
    pub(crate) dev: Dev,
    _authority: Process,
}

impl Site {
    pub(crate) async fn new() -> Self {
        let shell = Shell::new();
        let [public, mtls] = [free_port(), free_port()];
        let url = format!("https://localhost:{public}");
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        fs::create_dir_all(shell.path("data/tls")).unwrap();
        for name in ["data/tls/cert.pem", "data/tls/ca.pem", "fullchain.pem", "ca.pem"] {
            fs::write(shell.path(name), cert.pem()).unwrap();
        }
        for name in ["data/tls/key.pem", "privkey.pem"] {
            write_private(&shell.path(name), &signing_key.serialize_pem());
        }
        write_private(&shell.path("kek.key"), "32 bytes that are not in any way");
        let clients = Clients::new();
        fs::write(shell.path("clients.pem"), &clients.pem).unwrap();
        clients.certify(&shell, "invoices", "invoices.example.com");
        clients.certify(&shell, "other", "other.example.com");
        let shell = shell
            .replacing("0.0.0.0:8443", &format!("127.0.0.1:{public}"))
            .replacing("0.0.0.0:8444", &format!("127.0.0.1:{mtls}"))
            .replacing("mtls.auth.example.com:8444", &format!("localhost:{mtls}"));
        let head = format!("environment = \"test\"\nissuer = \"{url}\"\n");
        shell.write("tokenward.toml", &format!("{head}{}{MORE}", tested("mtls-authority")));
        let mut authority = Process::spawn("mtls", shell.command(TOKENWARD).arg("serve"));
        authority.ready().await;
        let made = shell.run("tokenward services rotate-secret gate --data .").await;
        let secret = made.split_whitespace().find(|word| word.starts_with("tws_")).unwrap();
        let dev = Dev {
            issuer: url.clone(),
            base_url: url,
            admin_url: String::new(),
            ca_file: shell.path("ca.pem"),
            audience: "billing-api".to_owned(),
            client_id: "gate".to_owned(),
            client_secret: secret.to_owned(),
            admin_token: String::new(),
        };
        Self { shell, dev, _authority: authority }
    }

    /// What the client of the page gets.
    pub(crate) async fn token(&self) -> String {
        let said = self.shell.run(&tested("mtls-client")).await;
        let answer: Value = serde_json::from_str(&said).unwrap_or_else(|_| panic!("{said}"));
        assert_eq!(answer["token_type"], "Bearer", "{answer}");
        answer["access_token"].as_str().unwrap().to_owned()
    }

    /// The certificate of `name`.
    pub(crate) fn der(&self, name: &str) -> Vec<u8> {
        use rustls_pki_types::CertificateDer;
        use rustls_pki_types::pem::PemObject as _;
        let path = self.shell.path(&format!("{name}.pem"));
        CertificateDer::from_pem_file(path).unwrap().to_vec()
    }

    /// The folder with the authority's own certificate.
    pub(crate) fn data(&self) -> PathBuf {
        self.shell.path("data")
    }
}

/// Who follows the feed, and what interoperability takes.
const MORE: &str = r#"
[[service]]
name      = "gate"
audiences = ["billing-api"]
may       = ["revocations:read", "introspect", "sessions:write"]

[[service]]
name        = "interop"
audiences   = ["billing-api"]
may         = ["exchange", "introspect", "sessions:read", "sessions:write", "revocations:write"]
scopes      = ["invoices:read"]
certificate = "other.example.com"
"#;
