//! The custodies in which keys are made, and what they hold.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokenward::crypto::Secret256;
use tokenward_aws::{
    Aws, AwsCredentials, AwsKms, AwsOptions, CredentialSource, Endpoint, Kms, Region,
    SecretsManager,
};
use tokenward_keys::custody::Pulled;
use tokenward_keys::{Custody, Sealed, StoreKey};
use tokenward_pkcs11::Pkcs11;
use tokenward_testing::{TestClock, python};
use tokenward_vault::{
    Login, Mount, Vault, VaultAddress, VaultKv, VaultOptions, VaultSecret, VaultTransit,
};
use zeroize::Zeroizing;

use crate::proxy;
use crate::steps::StepwiseCustody;

/// Where keys are kept.
pub(crate) enum Place {
    Sealed,
    /// Each process has an environment of its own there.
    Vault(&'static str, Server),
    /// Each process has a region of its own there.
    Aws(&'static str, Server),
    /// Each process has a token of its own, on a disk that forgets nothing.
    Pkcs11(TempDir),
}

const ENVIRONMENT: &str = "TOKENWARD_TEST_ENVIRONMENT";
const CUSTODY: &str = "TOKENWARD_TEST_CUSTODY";
const ADDRESS: &str = "TOKENWARD_TEST_ADDRESS";
const MODULE: &str = "TOKENWARD_TEST_MODULE";
const VAULT_TRANSIT: &str = "vault-transit";
const VAULT_KV: &str = "vault-kv";
const AWS_KMS: &str = "aws-kms";
const AWS_SECRETS: &str = "aws-secrets-manager";
const PIN: &str = "1234";

impl Place {
    pub(crate) const fn sealed() -> Self {
        Self::Sealed
    }

    pub(crate) fn vault_transit() -> Self {
        Self::Vault(VAULT_TRANSIT, Server::start("vault"))
    }

    pub(crate) fn vault_kv() -> Self {
        Self::Vault(VAULT_KV, Server::start("vault"))
    }

    pub(crate) fn aws_kms() -> Self {
        Self::Aws(AWS_KMS, Server::start("aws"))
    }

    pub(crate) fn aws_secrets() -> Self {
        Self::Aws(AWS_SECRETS, Server::start("aws"))
    }

    pub(crate) fn pkcs11() -> Self {
        let module = module();
        let here = module.display();
        assert!(module.exists(), "{here} is missing: run `cargo xtask test`, which installs it");
        Self::Pkcs11(TempDir::new().unwrap())
    }

    /// Tells the process of `command` where its keys are.
    pub(crate) fn prepare(&self, command: &mut Command, step: u64) {
        command.env(ENVIRONMENT, environment(step));
        match self {
            Self::Sealed => {}
            Self::Vault(name, server) | Self::Aws(name, server) => {
                command.env(CUSTODY, name).env(ADDRESS, server.address.to_string());
            }
            Self::Pkcs11(parent) => {
                let folder = parent.path().join(environment(step));
                let config = folder.join("softhsm2.conf");
                if !config.exists() {
                    init_token(&folder, &config);
                }
                command.env(MODULE, module()).env("SOFTHSM2_CONF", config);
            }
        }
    }

    /// How many keys there are in the custody of the process, if that is not the store.
    pub(crate) fn held(&self, step: u64) -> Option<usize> {
        match self {
            Self::Sealed => None,
            Self::Vault(_, server) => {
                let prefix = format!("{}-", environment(step));
                let names = server.ask("GET /_stand-in/keys", "", "");
                let names = names.as_array().unwrap().iter();
                Some(names.filter(|name| name.as_str().unwrap().starts_with(&prefix)).count())
            }
            Self::Aws(AWS_KMS, server) => {
                let ask = |operation: &str, body: &Value| {
                    server.aws("kms", &format!("TrentService.{operation}"), step, body)
                };
                let is_held = |key: &&Value| {
                    let about = ask("DescribeKey", &json!({ "KeyId": key["KeyId"] }));
                    about["KeyMetadata"]["KeyState"] != "PendingDeletion"
                };
                let keys = ask("ListKeys", &json!({}));
                Some(keys["Keys"].as_array().unwrap().iter().filter(is_held).count())
            }
            Self::Aws(_, server) => {
                let target = "secretsmanager.ListSecrets";
                let secrets = server.aws("secretsmanager", target, step, &json!({}));
                Some(secrets["SecretList"].as_array().unwrap().len())
            }
            Self::Pkcs11(parent) => {
                Some(objects(&parent.path().join(environment(step)).join("tokens")) / 2)
            }
        }
    }
}

/// The custody of this process, which [`Place::prepare`] told where it is.
pub(crate) async fn open() -> Arc<dyn Custody> {
    if let Ok(name) = std::env::var(CUSTODY) {
        let server = std::env::var(ADDRESS).unwrap().parse().unwrap();
        // It has the steps.
        let address = format!("http://{}", proxy::between(server).await);
        return match name.as_str() {
            VAULT_TRANSIT => {
                let mount = Mount::new("transit").unwrap();
                Arc::new(VaultTransit::new(vault(&address), mount, of_process()))
            }
            VAULT_KV => {
                let documents = VaultKv::new(vault(&address), Mount::new("secret").unwrap());
                Arc::new(Pulled::new(documents, of_process()))
            }
            AWS_KMS => Arc::new(AwsKms::new(Kms::new(aws(&address)), of_process())),
            AWS_SECRETS => Arc::new(Pulled::new(SecretsManager::new(aws(&address)), of_process())),
            other => panic!("custody {other}"),
        };
    }
    if let Some(module) = std::env::var_os(MODULE) {
        let pin = Zeroizing::new(PIN.to_owned());
        let module = PathBuf::from(module);
        let token = Pkcs11::open(module, "tokenward".to_owned(), pin, of_process()).await.unwrap();
        return Arc::new(StepwiseCustody(Arc::new(token)));
    }
    let store_key = StoreKey::new(Secret256::from_bytes([7; 32]));
    Arc::new(StepwiseCustody(Arc::new(Sealed::new(store_key))))
}

/// The environment of this process.
pub(crate) fn of_process() -> String {
    std::env::var(ENVIRONMENT).unwrap()
}

fn environment(step: u64) -> String {
    format!("step{step}")
}

/// That of the environment, so that whoever looks through all keys of a region sees those of one process.
fn region(environment: &str) -> String {
    format!("eu-{environment}")
}

fn vault(address: &str) -> Vault {
    let tls = tokenward_remote::client_tls(None).unwrap();
    let mut options = VaultOptions::new(VaultAddress::new(address).unwrap(), tls);
    options.answer_timeout = PATIENCE;
    let login = || Ok(Login::Token(VaultSecret::new("root").unwrap()));
    Vault::new(options, login, Arc::new(TestClock::default()))
}

fn aws(address: &str) -> Aws {
    let tls = tokenward_remote::client_tls(None).unwrap();
    let mut options = AwsOptions::new(Region::new(&region(&of_process())).unwrap(), tls);
    options.endpoint = Some(Endpoint::new(address).unwrap());
    options.answer_timeout = PATIENCE;
    // That of the emulator's administrator, whose requests are taken at any time.
    let source = CredentialSource::named(|| Ok(AwsCredentials::new("test", "test", None).unwrap()));
    Aws::new(options, source, Arc::new(tokenward_remote::SystemClock::new()))
}

/// Cores that many tests share are no slow custody.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running stand-in for Vault, or an emulator of AWS.
pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    /// The one in this folder of `interop`.
    fn start(folder: &str) -> Self {
        let interop = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../interop");
        let mut child = Command::new(python())
            .arg(interop.join(folder).join("server.py"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("ready on http://").unwrap().parse().unwrap();
        Self { child, address }
    }

    /// As the administrator of the account, in the region of a step.
    fn aws(&self, service: &str, target: &str, step: u64, body: &Value) -> Value {
        let region = region(&environment(step));
        let headers = format!(
            "X-Amz-Target: {target}\r\nAuthorization: AWS4-HMAC-SHA256 \
             Credential=test/20261125/{region}/{service}/aws4_request, SignedHeaders=host, Signature=0\r\n"
        );
        self.ask("POST /", &headers, &body.to_string())
    }

    fn ask(&self, what: &str, headers: &str, body: &str) -> Value {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let length = body.len();
        write!(
            stream,
            "{what} HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: {length}\r\n\
             Connection: close\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(body).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn module() -> PathBuf {
    let debian = || PathBuf::from("/usr/lib/softhsm/libsofthsm2.so");
    std::env::var_os("TOKENWARD_TEST_SOFTHSM").map_or_else(debian, PathBuf::from)
}

fn init_token(folder: &Path, config: &Path) {
    let tokens = folder.join("tokens");
    fs::create_dir_all(&tokens).unwrap();
    let text = format!(
        "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n",
        tokens.display()
    );
    fs::write(config, text).unwrap();
    let output = Command::new("softhsm2-util")
        .args(["--init-token", "--free", "--label", "tokenward", "--so-pin", "5678", "--pin", PIN])
        .env("SOFTHSM2_CONF", config)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

/// `SoftHSM` keeps each half of a key in a file, and the token itself in another.
fn objects(folder: &Path) -> usize {
    let count = |entry: fs::DirEntry| {
        let path = entry.path();
        if path.is_dir() {
            return objects(&path);
        }
        let is_key = path.extension().is_some_and(|end| end == "object")
            && path.file_name().is_some_and(|name| name != "token.object");
        usize::from(is_key)
    };
    fs::read_dir(folder).unwrap().map(|entry| count(entry.unwrap())).sum()
}
