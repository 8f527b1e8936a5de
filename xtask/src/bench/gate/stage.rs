//! What all contenders need: programs, an authority, and its tokens and keys.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Signature;
use crate::bench::programs;
use crate::bench::propagation::{Running, private, secret, started};
use crate::run::{Failure, has, root, run};

/// The core of the servers, and that of who asks.
pub(super) const SERVER: &str = "0";
pub(super) const LOAD: &str = "1";

const PUBLIC: &str = "127.0.0.1:18460";
pub(super) const AUTHORITY: &str = "https://localhost:18460";
pub(super) const ISSUER: &str = "https://localhost:18460/audiences/api";

/// A running authority with its tokens.
pub(super) struct Stage {
    pub(super) folder: PathBuf,
    /// The tokens, a line each; the key set is beside it.
    pub(super) file: PathBuf,
    pub(super) tokens: usize,
    /// The program of `bench/peers/gate`.
    pub(super) peers: PathBuf,
    /// The secret of the service that follows the feed.
    pub(super) secret: String,
    _authority: Running,
}

impl Stage {
    pub(super) fn set(quick: bool) -> Result<Self, Failure> {
        if std::thread::available_parallelism()?.get() < 2 || !has("taskset") {
            return Err(Failure::new(
                "it takes two cores and `taskset`: one side would slow the other",
            ));
        }
        run(Command::new(env!("CARGO")).current_dir(root()).args([
            "build",
            "--quiet",
            "--release",
            "--locked",
            "--bin",
            "tokenward",
            "--bin",
            "tokenward-bench",
        ]))?;
        let peers = programs::gate()?;
        let folder = root().join("target/xtask/gate");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(folder.join("www"))?;
        fs::write(folder.join("www/index.html"), "ok\n")?;
        private(&folder.join("tokenward.toml"), &config())?;
        private(&folder.join("kek.key"), "32 bytes that are not in any way")?;
        let authority = authority(&folder)?;
        let secret = secret(&folder)?;
        let tokens = if quick { 20_000 } else { 100_000 };
        let file = folder.join("tokens");
        fetch(&folder, &secret, tokens, &file)?;
        let stage = Self { folder, file, tokens, peers, secret, _authority: authority };
        fs::write(stage.folder.join("key.pem"), stage.peer(&["pem"], &[])?)?;
        Ok(stage)
    }

    /// What a signature costs by itself, on the core of the servers.
    pub(super) fn signature(&self) -> Result<Signature, Failure> {
        let line = self.peer(&["signature"], &[ISSUER, "api"])?;
        let unreadable = || Failure::new(format!("an unreadable line: {line}"));
        let (primitive, whole) = line.trim_end().split_once('\t').ok_or_else(unreadable)?;
        let nanos = |text: &str| text.parse::<f64>().map_err(|_| unreadable());
        Ok(Signature { primitive: nanos(primitive)?, whole: nanos(whole)? })
    }

    /// What the program of the peers prints about the key set and the tokens.
    fn peer(&self, before: &[&str], after: &[&str]) -> Result<String, Failure> {
        let mut command = Command::new("taskset");
        command.args(["-c", SERVER]).arg(&self.peers).args(before);
        command.arg(self.file.with_extension("jwks")).arg(&self.file).args(after);
        let output = command.stderr(Stdio::inherit()).output()?;
        if !output.status.success() {
            return Err(Failure::new(format!("the program of the peers fails at {before:?}")));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

fn authority(folder: &Path) -> Result<Running, Failure> {
    let mut command = Command::new(root().join("target/release/tokenward"));
    command.args(["serve", "--config", "tokenward.toml"]).current_dir(folder);
    started(command, &folder.join("authority.log"), "tokenward: ready on ")
}

/// Has the tokens made.
fn fetch(folder: &Path, secret: &str, count: usize, file: &Path) -> Result<(), Failure> {
    let told = serde_json::json!({
        "base_url": AUTHORITY,
        "ca_file": folder.join("tls/ca.pem"),
        "audience": "api",
        "client_id": "bench",
        "client_secret": secret,
    });
    let json = folder.join("bench.json");
    private(&json, &told.to_string())?;
    let mut command = Command::new(root().join("target/release/tokenward-bench"));
    command.arg("tokens").arg(json).arg(count.to_string()).arg(file);
    run(&mut command)
}

fn config() -> String {
    format!(
        "environment = \"dev\"\nissuer = \"{AUTHORITY}\"\n\
         [listen]\npublic = \"{PUBLIC}\"\n\
         [tls]\nself_signed = true\n\
         [[audience]]\nname = \"api\"\naccess_lifetime = \"15m\"\n\
         [[service]]\nname = \"bench\"\nmay = [\"revocations:read\"]\naudiences = [\"api\"]\n\
         scopes = [\"demo:read\"]\n"
    )
}
