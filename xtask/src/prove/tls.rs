//! What testssl.sh finds about the TLS of an authority and of a gate.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::server::{Server, gate_config};
use crate::run::{Failure, has, root, run};
use crate::tools;

#[cfg(test)]
mod tests;

/// What the certificate of the development authority is to blame for, and a deployment's own is not.
const OF_THE_LOCAL_CA: [&str; 2] = ["cert_chain_of_trust", "cert_revocation"];

/// What a finding may not be, in the words of testssl.sh.
const SERIOUS: [&str; 4] = ["MEDIUM", "HIGH", "CRITICAL", "FATAL"];

/// Something of each part of the report: without it, the run ended early.
const PARTS: [&str; 6] =
    ["TLS1_3", "cipher_order", "cert_notAfter", "HTTP_status_code", "heartbleed", "RC4"];

pub(super) fn prove() -> Result<(), Failure> {
    if !has("testssl") {
        tools::install(&["testssl.sh"])?;
    }
    let build = ["build", "--quiet", "--locked", "--bin", "tokenward"];
    run(Command::new(env!("CARGO")).current_dir(root()).args(build))?;
    let data = root().join("target/prove-tls");
    if data.exists() {
        fs::remove_dir_all(&data)?;
    }
    let mut command = Command::new(binary());
    command.args(["serve", "--dev", "--listen", "127.0.0.1:18443", "--data"]).arg(&data);
    let authority = Server::start(command, "tokenward: ready on ")?;
    let gate = gate(&data)?;

    let [of_authority, of_gate] = [("authority", &authority), ("gate", &gate)]
        .map(|(name, server)| Look::start(name, &server.address, &data));
    let found = [of_authority?.wrong()?, of_gate?.wrong()?].concat();
    if found.is_empty() {
        return Ok(());
    }
    Err(Failure::new(found.join("\n")))
}

/// A gate with TLS of its own, as where the proxy is on another machine.
fn gate(data: &Path) -> Result<Server, Failure> {
    let tls = data.join("tls");
    let listener = format!(
        "listen = \"127.0.0.1:18491\"\ntls = {{ certificate = \"{0}/cert.pem\", key = \"{0}/key.pem\" }}",
        tls.display()
    );
    let config = data.join("gate.toml");
    fs::write(&config, gate_config(data, &listener)?)?;
    let mut command = Command::new(binary());
    command.args(["gate", "--config"]).arg(config).current_dir(data);
    Server::start(command, "tokenward: gate ready on ")
}

/// A run of testssl.sh, some three minutes long.
struct Look {
    name: &'static str,
    report: PathBuf,
    child: Child,
}

impl Look {
    fn start(name: &'static str, address: &str, data: &Path) -> Result<Self, Failure> {
        let report = data.join(format!("{name}.json"));
        // The certificate names the machine, not its address.
        let port = address.rsplit_once(':').map_or("443", |(_, port)| port);
        let child = Command::new("testssl")
            .args(["--quiet", "--color", "0", "--warnings", "off", "--jsonfile"])
            .arg(&report)
            .arg(format!("https://localhost:{port}"))
            .stdin(Stdio::null())
            .stdout(fs::File::create(data.join(format!("{name}.txt")))?)
            .spawn()?;
        Ok(Self { name, report, child })
    }

    /// What is wrong, once it is done. Its status counts findings that nobody minds.
    fn wrong(mut self) -> Result<Vec<String>, Failure> {
        self.child.wait()?;
        let report = fs::read_to_string(&self.report)?;
        let judged = judge(&report)?;
        println!(
            "{}: {} findings looked at, {} wrong",
            self.name,
            judged.looked_at,
            judged.wrong.len()
        );
        Ok(judged.wrong.into_iter().map(|wrong| format!("{}: {wrong}", self.name)).collect())
    }
}

#[derive(Debug)]
struct Judged {
    looked_at: usize,
    wrong: Vec<String>,
}

fn judge(report: &str) -> Result<Judged, Failure> {
    let report: Vec<Value> = serde_json::from_str(report)
        .map_err(|error| Failure::new(format!("the report of testssl.sh: {error}")))?;
    let text = |finding: &Value, name: &str| finding[name].as_str().unwrap_or_default().to_owned();
    let ids: Vec<String> = report.iter().map(|finding| text(finding, "id")).collect();
    if let Some(missing) = PARTS.iter().find(|part| ids.iter().all(|id| id != *part)) {
        return Err(Failure::new(format!("testssl.sh ended before it told of {missing}")));
    }
    let serious = report.iter().filter(|finding| {
        SERIOUS.contains(&text(finding, "severity").as_str())
            && !OF_THE_LOCAL_CA.iter().any(|id| text(finding, "id").starts_with(id))
    });
    let wrong = serious
        .map(|finding| ["severity", "id", "finding"].map(|name| text(finding, name)).join(": "));
    Ok(Judged { looked_at: report.len(), wrong: wrong.collect() })
}

fn binary() -> PathBuf {
    root().join("target/debug/tokenward")
}
