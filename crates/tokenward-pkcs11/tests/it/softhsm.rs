//! A `SoftHSM` per test: its own folder, its own process.
//!
//! The library reads its configuration once per process, from the environment, and a test must not change
//! the environment of others. So each test runs itself once more, as a child with the right environment.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use tokenward_pkcs11::{Pkcs11, Pkcs11Error};
use zeroize::Zeroizing;

pub(crate) const LABEL: &str = "tokenward";
pub(crate) const PIN: &str = "1234";
/// That of the keys that tests ask for.
const ENVIRONMENT: &str = "test";
const SO_PIN: &str = "5678";

/// Runs `body` in a process of its own with an initialized token; `name` is the path of the calling test.
pub(crate) fn in_softhsm<F: Future<Output = ()>>(name: &str, body: impl FnOnce() -> F) {
    if std::env::var_os(INSIDE).is_some() {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        return runtime.block_on(body());
    }
    let folder = TempDir::new().unwrap();
    let config = configure(folder.path());
    init_token(&config, LABEL);
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .env("SOFTHSM2_CONF", &config)
        .env(INSIDE, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "{said}");
    assert!(said.contains("1 passed"), "the test {name} was not found: {said}");
    #[expect(clippy::print_stdout, reason = "what the child said, for who asks to see it")]
    {
        println!("{said}");
    }
}

/// The custody of the token in this process.
pub(crate) async fn custody() -> Pkcs11 {
    open(LABEL, PIN).await.unwrap()
}

pub(crate) async fn open(label: &str, pin: &str) -> Result<Pkcs11, Pkcs11Error> {
    open_for(ENVIRONMENT, label, pin).await
}

pub(crate) async fn open_for(
    environment: &str,
    label: &str,
    pin: &str,
) -> Result<Pkcs11, Pkcs11Error> {
    Pkcs11::open(module(), label.to_owned(), Zeroizing::new(pin.to_owned()), environment).await
}

/// Initializes another token in this process's folder.
pub(crate) fn add_token(label: &str) {
    let config = std::env::var_os("SOFTHSM2_CONF").unwrap();
    init_token(Path::new(&config), label);
}

/// Where Debian has the library; `TOKENWARD_TEST_SOFTHSM` says so elsewhere.
pub(crate) fn module() -> PathBuf {
    let debian = || PathBuf::from("/usr/lib/softhsm/libsofthsm2.so");
    let path = std::env::var_os("TOKENWARD_TEST_SOFTHSM").map_or_else(debian, PathBuf::from);
    let here = path.display();
    assert!(path.exists(), "{here} is missing: run `cargo xtask test`, which installs it");
    path
}

fn configure(folder: &Path) -> PathBuf {
    let tokens = folder.join("tokens");
    fs::create_dir(&tokens).unwrap();
    let config = folder.join("softhsm2.conf");
    let text = format!(
        "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n",
        tokens.display()
    );
    fs::write(&config, text).unwrap();
    config
}

fn init_token(config: &Path, label: &str) {
    module();
    let output = Command::new("softhsm2-util")
        .args(["--init-token", "--free", "--label", label, "--so-pin", SO_PIN, "--pin", PIN])
        .env("SOFTHSM2_CONF", config)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

/// Set in the child alone.
const INSIDE: &str = "TOKENWARD_TEST_INSIDE_SOFTHSM";
