//! Start-up, memory and throughput of a running authority and a gate beside it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use crate::run::{Failure, root, run};

/// How long each load takes.
const SECONDS: &str = "10";

/// What the load shows the gate in place of a proxy.
const PROXY_SECRET: &str = "the-load-is-the-proxy-of-this-gate";

pub(super) fn prove() -> Result<(), Failure> {
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
    let data = root().join("target/prove-data");
    if data.exists() {
        fs::remove_dir_all(&data)?;
    }
    // The first start makes keys and certificates; the second is what a restart costs.
    drop(Server::authority(&data)?);
    let authority = Server::authority(&data)?;
    println!("start-up to ready: {:.0} ms", authority.ready_after_ms);
    println!("authority idle: {} KiB resident", authority.resident_kib()?);
    let gate = Server::gate(&data)?;
    println!(
        "gate start-up: {:.0} ms; idle: {} KiB resident",
        gate.ready_after_ms,
        gate.resident_kib()?
    );

    run(Command::new(binary("tokenward-bench"))
        .arg(data.join("dev.json"))
        .args(["--gate", &gate.address, "--gate-secret", PROXY_SECRET, "--seconds", SECONDS])
        .args(["--authority-pid", &authority.child.id().to_string()])
        .args(["--gate-pid", &gate.child.id().to_string()]))?;
    Ok(())
}

/// A server of ours, killed when dropped.
pub(super) struct Server {
    child: Child,
    ready_after_ms: f64,
    pub(super) address: String,
}

impl Server {
    fn authority(data: &Path) -> Result<Self, Failure> {
        let mut command = Command::new(binary("tokenward"));
        command.args(["serve", "--dev", "--listen", "127.0.0.1:18443", "--data"]).arg(data);
        Self::start(command, "tokenward: ready on ")
    }

    fn gate(data: &Path) -> Result<Self, Failure> {
        let config = data.join("gate.toml");
        fs::write(&config, gate_config(data, "listen = \"127.0.0.1:18490\"")?)?;
        let mut command = Command::new(binary("tokenward"));
        command.args(["gate", "--config"]).arg(config).current_dir(data);
        Self::start(command, "tokenward: gate ready on ")
    }

    /// Runs `command`, which says `ready` and where once it is.
    pub(super) fn start(mut command: Command, ready: &str) -> Result<Self, Failure> {
        let start = now();
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let output = child.stdout.take().ok_or_else(|| Failure::new("no output to read"))?;
        let line = BufReader::new(output)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix(ready).map(str::to_owned))
            .ok_or_else(|| Failure::new("the server ended before it was ready"))?;
        let address = line.trim_start_matches("http://").trim_start_matches("https://").to_owned();
        Ok(Self { child, ready_after_ms: start.elapsed().as_secs_f64() * 1_000.0, address })
    }

    fn resident_kib(&self) -> Result<u64, Failure> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        line.and_then(|line| line.split_whitespace().nth(1))
            .and_then(|kib| kib.parse().ok())
            .ok_or_else(|| Failure::new("no VmRSS"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already gone is as good as killed.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A gate beside the authority of `data`, with these lines about its listener.
pub(super) fn gate_config(data: &Path, listener: &str) -> Result<String, Failure> {
    let dev: String = fs::read_to_string(data.join("dev.json"))?;
    let field = |name: &str| {
        let quoted = format!("\"{name}\"");
        let after = dev.split(&quoted).nth(1).and_then(|rest| rest.split('"').nth(1));
        after.map(str::to_owned).ok_or_else(|| Failure::new(format!("dev.json has no {name}")))
    };
    secret_file(&data.join("feed-secret"), &field("client_secret")?)?;
    secret_file(&data.join("proxy-secret"), PROXY_SECRET)?;
    Ok(format!(
        "environment = \"dev\"\n\
         {listener}\n\
         issuer = \"{issuer}\"\n\
         audiences = [\"{audience}\"]\n\
         ca_file = \"{ca}\"\n\
         [feed]\n\
         client_id = \"{client}\"\n\
         client_secret = {{ file = \"feed-secret\" }}\n\
         [[proxy]]\n\
         name = \"bench\"\n\
         profile = \"nginx\"\n\
         secret = {{ file = \"proxy-secret\" }}\n\
         [[rule]]\n\
         paths = [\"/**\"]\n",
        issuer = field("issuer")?,
        audience = field("audience")?,
        ca = field("ca_file")?,
        client = field("client_id")?,
    ))
}

fn secret_file(path: &Path, secret: &str) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt;
    fs::write(path, secret)?;
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(0o600))?)
}

#[expect(clippy::disallowed_methods, reason = "the one stopwatch of the figures")]
pub(super) fn now() -> Instant {
    Instant::now()
}

fn binary(name: &str) -> PathBuf {
    root().join("target/release").join(name)
}
