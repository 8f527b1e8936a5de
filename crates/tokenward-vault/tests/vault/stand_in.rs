//! The stand-in, started on a port of its own, and what is in it for a test.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use tokenward::{Algorithm, ErrorChain};
use tokenward_keys::custody::Pulled;
use tokenward_keys::{Custody as _, Signer, StoredKey};
use tokenward_testing::sample::{issuer, new_key};
use tokenward_testing::{TestClock, python};
use tokenward_vault::{
    Login, Mount, Vault, VaultAddress, VaultKv, VaultOptions, VaultSecret, VaultTransit,
};

/// A running stand-in. Dropping it kills it, also while a test panics.
#[derive(Debug)]
pub(crate) struct StandIn {
    child: Child,
    address: String,
    pub(crate) clock: TestClock,
}

impl StandIn {
    /// Starts one, with the policy of the page `docs/custody-vault.md` and a role `tokenward` that has it.
    pub(crate) fn start() -> Self {
        let mut child = Command::new(python())
            .arg(root().join("interop/vault/server.py"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("ready on ").unwrap().to_owned();
        let this = Self { child, address, clock: TestClock::default() };
        this.post("sys/policies/acl/tokenward", &json!({ "policy": policy() }));
        this.role(&json!({ "token_policies": "tokenward" }));
        this
    }

    /// What `role` says of the role `tokenward`.
    pub(crate) fn role(&self, role: &Value) {
        self.post("auth/approle/role/tokenward", role);
    }

    /// Role id and a fresh secret id of the role `tokenward`.
    pub(crate) fn app_role(&self) -> Login {
        let secret = |path: &str, member: &str| {
            let answer = self.post(&format!("auth/approle/role/tokenward/{path}"), &json!({}));
            VaultSecret::new(answer["data"][member].as_str().unwrap()).unwrap()
        };
        Login::AppRole {
            mount: Mount::new("approle").unwrap(),
            role_id: secret("role-id", "role_id"),
            secret_id: secret("secret-id", "secret_id"),
        }
    }

    /// A token with the policy, of this `ttl` in seconds.
    pub(crate) fn token(&self, ttl: u64) -> Login {
        let body = json!({ "policies": ["tokenward"], "ttl": ttl });
        let answer = self.post("auth/token/create", &body);
        let token = answer["auth"]["client_token"].as_str().unwrap();
        Login::Token(VaultSecret::new(token).unwrap())
    }

    pub(crate) fn options(&self) -> VaultOptions {
        let mut options = VaultOptions::new(VaultAddress::new(&self.address).unwrap(), no_roots());
        // Cores that many tests share are no slow vault.
        options.answer_timeout = Duration::from_secs(30);
        options
    }

    pub(crate) fn client(&self, login: Login) -> Vault {
        Vault::new(self.options(), move || Ok(login.clone()), Arc::new(self.clock.clone()))
    }

    /// The custody, logged in by the role.
    pub(crate) fn custody(&self) -> VaultTransit {
        custody(self.client(self.app_role()))
    }

    /// The custody of documents, logged in by the role.
    pub(crate) fn kv(&self) -> Pulled<VaultKv> {
        let mount = Mount::new("secret").unwrap();
        Pulled::new(VaultKv::new(self.client(self.app_role()), mount), "test")
    }

    /// The next `count` calls below `path` go wrong in this `mode`.
    pub(crate) fn fault(&self, path: &str, mode: &str, count: u32) {
        self.fault_with(&json!({ "path": path, "mode": mode, "count": count }));
    }

    pub(crate) fn fault_with(&self, fault: &Value) {
        self.request("POST", "/_stand-in/fault", fault);
    }

    /// Moves both clocks.
    pub(crate) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
        self.request("POST", "/_stand-in/clock", &json!({ "advance": seconds }));
    }

    /// What `sys/health` answers.
    pub(crate) fn health(&self, status: u16) {
        self.request("POST", "/_stand-in/health", &json!({ "status": status }));
    }

    /// What was called since the last time: `METHOD path`.
    pub(crate) fn calls(&self) -> Vec<String> {
        let text = |call: &Value, member: &str| call[member].as_str().unwrap_or("-").to_owned();
        self.raw_calls()
            .iter()
            .map(|call| format!("{} {}", text(call, "method"), text(call, "path")))
            .collect()
    }

    pub(crate) fn raw_calls(&self) -> Vec<Value> {
        serde_json::from_value(self.request("GET", "/_stand-in/calls", &Value::Null)).unwrap()
    }

    /// A call of the API as its administrator.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Value {
        self.request("POST", &format!("/v1/{path}"), body)
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        self.request("GET", &format!("/v1/{path}"), &Value::Null)
    }

    pub(crate) fn delete(&self, path: &str) {
        self.request("DELETE", &format!("/v1/{path}"), &Value::Null);
    }

    fn request(&self, method: &str, path: &str, body: &Value) -> Value {
        let host = self.address.strip_prefix("http://").unwrap();
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let mut stream = TcpStream::connect(host).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nX-Vault-Token: root\r\n\
             Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 2"), "{method} {path}: {answer}");
        if body.is_empty() { Value::Null } else { serde_json::from_str(body).unwrap() }
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

pub(crate) fn custody(vault: Vault) -> VaultTransit {
    VaultTransit::new(vault, Mount::new("transit").unwrap(), "test")
}

/// A new key of `custody`, and who signs with it.
pub(crate) async fn new_signer(custody: &VaultTransit) -> Arc<dyn Signer> {
    let key = new_key(custody, Algorithm::Es256).await;
    custody.signer(&issuer(), &key).await.unwrap()
}

/// The name of the transit key of `row`.
pub(crate) fn name_of(row: &StoredKey) -> String {
    let handle: Value = serde_json::from_slice(row.handle.as_deref().unwrap()).unwrap();
    handle["name"].as_str().unwrap().to_owned()
}

/// An error as a log shows it.
pub(crate) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    ErrorChain::new(error).to_string()
}

/// The policies that the page prints, for the environment of the tests.
pub(crate) fn policy() -> String {
    [policy_of("vault-policy"), policy_of("vault-kv-policy")].concat()
}

/// The policy that the page prints under this mark.
pub(crate) fn policy_of(mark: &str) -> String {
    let page = std::fs::read_to_string(root().join("docs/custody-vault.md")).unwrap();
    let (_, rest) = page.split_once(&format!("<!-- test: {mark} -->\n```hcl\n")).unwrap();
    let policy = rest.split_once("```").unwrap().0.replace("prod-", "test-");
    format!("{policy}\n")
}

/// The stand-in speaks plain HTTP on loopback: nobody is trusted.
pub(crate) fn no_roots() -> ClientConfig {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth()
}

pub(crate) fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}
