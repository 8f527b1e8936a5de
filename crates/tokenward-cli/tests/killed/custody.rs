//! The custodies in which keys are made, and what they hold.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tokenward::crypto::Secret256;
use tokenward_keys::{Custody, Sealed, StoreKey};
use tokenward_pkcs11::Pkcs11;
use tokenward_testing::{TestClock, python};
use tokenward_vault::{Login, Mount, Vault, VaultAddress, VaultOptions, VaultSecret, VaultTransit};
use zeroize::Zeroizing;

use crate::proxy;
use crate::steps::StepwiseCustody;

/// Where keys are kept.
pub(crate) enum Place {
    Sealed,
    /// Each process has an environment of its own there.
    Vault(StandIn),
    /// Each process has a token of its own, on a disk that forgets nothing.
    Pkcs11(TempDir),
}

const ENVIRONMENT: &str = "TOKENWARD_TEST_ENVIRONMENT";
const VAULT: &str = "TOKENWARD_TEST_VAULT";
const MODULE: &str = "TOKENWARD_TEST_MODULE";
const PIN: &str = "1234";

impl Place {
    pub(crate) const fn sealed() -> Self {
        Self::Sealed
    }

    pub(crate) fn vault() -> Self {
        Self::Vault(StandIn::start())
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
            Self::Vault(stand_in) => {
                command.env(VAULT, stand_in.address.to_string());
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
            Self::Vault(stand_in) => {
                let prefix = format!("{}-", environment(step));
                Some(stand_in.keys().iter().filter(|name| name.starts_with(&prefix)).count())
            }
            Self::Pkcs11(parent) => {
                Some(objects(&parent.path().join(environment(step)).join("tokens")) / 2)
            }
        }
    }
}

/// The custody of this process, which [`Place::prepare`] told where it is.
pub(crate) async fn open() -> Arc<dyn Custody> {
    if let Ok(address) = std::env::var(VAULT) {
        // The proxy has its steps.
        return Arc::new(vault(address.parse().unwrap()).await);
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

async fn vault(address: SocketAddr) -> VaultTransit {
    let address = proxy::between(address).await;
    let tls = tokenward_remote::client_tls(None).unwrap();
    let mut options =
        VaultOptions::new(VaultAddress::new(&format!("http://{address}")).unwrap(), tls);
    // Cores that many tests share are no slow vault.
    options.answer_timeout = Duration::from_secs(30);
    let login = || Ok(Login::Token(VaultSecret::new("root").unwrap()));
    let client = Vault::new(options, login, Arc::new(TestClock::default()));
    VaultTransit::new(client, Mount::new("transit").unwrap(), of_process())
}

/// A running stand-in for Vault.
pub(crate) struct StandIn {
    child: Child,
    address: SocketAddr,
}

impl StandIn {
    fn start() -> Self {
        let server = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../interop/vault/server.py");
        let mut child = Command::new(python())
            .arg(server)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("ready on http://").unwrap().parse().unwrap();
        Self { child, address }
    }

    /// The names of all transit keys.
    fn keys(&self) -> Vec<String> {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let ask = "GET /_stand-in/keys HTTP/1.1\r\nHost: vault\r\nConnection: close\r\n\r\n";
        stream.write_all(ask.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        let names: Vec<Value> = serde_json::from_str(body).unwrap();
        names.iter().map(|name| name.as_str().unwrap().to_owned()).collect()
    }
}

impl Drop for StandIn {
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
