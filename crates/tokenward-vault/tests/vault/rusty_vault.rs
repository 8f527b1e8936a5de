//! The client against a server of the same API that others wrote: `RustyVault`, which `cargo xtask test`
//! installs. It has no transit engine; logging in, being sealed and being missed are what it can show.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokenward::Algorithm;
use tokenward_keys::Custody as _;
use tokenward_testing::TestClock;
use tokenward_testing::sample::spec;
use tokenward_vault::{Login, Mount, Vault, VaultAddress, VaultError, VaultOptions, VaultSecret};

use crate::stand_in::{chain, custody, no_roots, root};

#[tokio::test]
async fn an_app_role_logs_in_at_a_vault_of_others() {
    let vault = RustyVault::start();
    vault.unseal();
    let login = vault.app_role();

    vault.client(login).check().await.unwrap();
}

#[tokio::test]
async fn a_wrong_secret_id_is_told_from_a_vault_that_fails() {
    let vault = RustyVault::start();
    vault.unseal();
    let Login::AppRole { mount, role_id, .. } = vault.app_role() else { panic!("no role") };
    let secret_id = VaultSecret::new("5f3c1f1c-0000-0000-0000-000000000000").unwrap();

    let error =
        vault.client(Login::AppRole { mount, role_id, secret_id }).check().await.unwrap_err();
    assert!(matches!(error, VaultError::BadAppRole { .. }), "{}", chain(&error));
}

#[tokio::test]
async fn a_key_that_a_vault_of_others_cannot_make_is_an_error_that_names_the_path() {
    let vault = RustyVault::start();
    vault.unseal();
    let custody = custody(vault.client(vault.app_role()));

    let said = chain(&custody.generate(&spec(Algorithm::Es256)).await.err().unwrap());
    assert!(said.contains("`transit/keys/test-api-"), "{said}");
}

#[tokio::test]
async fn a_vault_of_others_that_is_sealed_is_named() {
    let vault = RustyVault::start();
    vault.unseal();
    let client = vault.client(vault.app_role());
    client.check().await.unwrap();
    vault.request("PUT", "sys/seal", &json!({}));

    let said = chain(&client.check().await.unwrap_err());
    assert_eq!(said, "Vault is sealed: unseal it");
}

/// A running server. Dropping it kills it, also while a test panics.
struct RustyVault {
    child: Child,
    port: u16,
    token: String,
    key: String,
    _home: TempDir,
}

impl RustyVault {
    /// Starts one that is initialized, and sealed.
    fn start() -> Self {
        let home = TempDir::new().unwrap();
        let port = tokenward_testing::free_port();
        let dir = home.path().display();
        let config = home.path().join("config.hcl");
        let settings = format!(
            "storage \"file\" {{\n  path = \"{dir}/data\"\n}}\n\
             listener \"tcp\" {{\n  address = \"127.0.0.1:{port}\"\n  tls_disable = \"true\"\n}}\n\
             api_addr = \"http://127.0.0.1:{port}\"\nlog_level = \"warn\"\n\
             log_format = \"{{req.path}}\"\npid_file = \"{dir}/pid\"\nwork_dir = \"{dir}\"\n"
        );
        fs::create_dir(home.path().join("data")).unwrap();
        fs::write(&config, settings).unwrap();
        let child = Command::new(binary())
            .arg("server")
            .arg(format!("--config={}", config.display()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut this = Self { child, port, token: String::new(), key: String::new(), _home: home };
        this.wait_until_it_listens();
        let shares = json!({ "secret_shares": 1, "secret_threshold": 1 });
        let made = this.request("PUT", "sys/init", &shares);
        this.token = text(&made["root_token"]);
        this.key = text(&made["keys"][0]);
        this
    }

    fn wait_until_it_listens(&mut self) {
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(self.child.try_wait().unwrap().is_none(), "RustyVault ended at its start");
            std::thread::yield_now();
        }
    }

    fn unseal(&self) {
        self.request("PUT", "sys/unseal", &json!({ "key": self.key }));
    }

    /// A role of the method `approle`, with a fresh secret id.
    fn app_role(&self) -> Login {
        self.request("POST", "sys/auth/approle", &json!({ "type": "approle" }));
        let role = "auth/approle/role/tokenward";
        self.request("POST", role, &json!({ "token_policies": "default" }));
        let id = self.request("GET", &format!("{role}/role-id"), &Value::Null);
        let secret = self.request("POST", &format!("{role}/secret-id"), &json!({}));
        Login::AppRole {
            mount: Mount::new("approle").unwrap(),
            role_id: VaultSecret::new(&text(&id["data"]["role_id"])).unwrap(),
            secret_id: VaultSecret::new(&text(&secret["data"]["secret_id"])).unwrap(),
        }
    }

    fn client(&self, login: Login) -> Vault {
        let address = VaultAddress::new(&format!("http://127.0.0.1:{}", self.port)).unwrap();
        let mut options = VaultOptions::new(address, no_roots());
        // Cores that many tests share are no slow vault.
        options.answer_timeout = Duration::from_secs(30);
        Vault::new(options, move || Ok(login.clone()), Arc::new(TestClock::default()))
    }

    fn request(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(
            stream,
            "{method} /v1/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Vault-Token: {}\r\n\
             Content-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            self.token,
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

impl Drop for RustyVault {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn binary() -> PathBuf {
    let beside = || root().join("target/xtask/rusty_vault/bin/rvault");
    let path = std::env::var_os("TOKENWARD_TEST_RUSTY_VAULT").map_or_else(beside, PathBuf::from);
    let here = path.display();
    assert!(path.exists(), "{here} is missing: run `cargo xtask test`, which installs it");
    path
}
