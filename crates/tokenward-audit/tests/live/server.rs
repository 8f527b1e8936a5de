//! A server of others, started for a test, and audited.

use std::collections::BTreeSet;
use std::env;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tokenward_audit::{Address, Audit, LiveError, LiveOptions, audit_live};

/// A running server; ended when it is dropped.
pub(crate) struct Server {
    child: Child,
    told: Value,
}

impl Server {
    /// Python, with a program of `servers/`.
    pub(crate) fn python(program: &str, fault: &str) -> Self {
        let mut command = Command::new(tool("TOKENWARD_TEST_PYTHON", "venv/bin/python"));
        command.arg(servers().join(program)).arg(fault);
        Self::start(command)
    }

    /// Node, with a program of `servers/`.
    pub(crate) fn node(program: &str, fault: &str) -> Self {
        let mut command = Command::new("node");
        command
            .arg(servers().join(program))
            .arg(fault)
            .env("NODE_MODULES", tool("TOKENWARD_TEST_NODE_MODULES", "node/node_modules"));
        Self::start(command)
    }

    /// Go, with Debian's package of the library.
    pub(crate) fn go(fault: &str) -> Self {
        let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("live-golang-{fault}"));
        let built = Command::new("go")
            .args(["build", "-o"])
            .arg(&program)
            .arg(servers().join("golang_jwt.go"))
            .envs([("GO111MODULE", "off"), ("GOPATH", "/usr/share/gocode"), ("GOFLAGS", "")])
            .status()
            .unwrap();
        assert!(built.success(), "go build");
        let mut command = Command::new(program);
        command.arg(fault);
        Self::start(command)
    }

    /// A program that tells on its first line how it is reached.
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told = serde_json::from_str(&line);
        Self { told: told.unwrap_or_else(|_| panic!("{command:?}: {line}")), child }
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.told[name].as_str().unwrap().to_owned()
    }

    pub(crate) fn address(&self, path: &str) -> Address {
        Address::parse(&format!("{}{path}", self.text("origin"))).unwrap()
    }

    /// What an audit needs at least, without a pause between requests.
    pub(crate) fn options(&self) -> LiveOptions {
        let mut options = LiveOptions::new(self.address("/me"), self.text("token"));
        options.pause = Duration::ZERO;
        options
    }

    /// The same, with all that tells more.
    pub(crate) fn well_armed(&self) -> LiveOptions {
        let mut options = self.options();
        options.is_intrusive = true;
        options.expired = Some(self.text("expired"));
        options.other_audience = Some(self.text("other_audience"));
        options.signing_key = Some(self.text("signing_key").into_bytes());
        options
    }

    /// The rules that have findings.
    pub(crate) fn found(&self, options: &LiveOptions) -> BTreeSet<&'static str> {
        let audit = run(options).unwrap();
        let stopped = audit.notes.iter().find(|note| note.file == "the rest of the probes");
        assert_eq!(stopped, None);
        let told = format!("{:?} {:?}", audit.findings, audit.notes);
        for secret in ["token", "signing_key"] {
            let text = self.text(secret);
            assert!(!told.contains(text.rsplit('.').next().unwrap()), "a {secret} in: {told}");
        }
        audit.findings.iter().map(|finding| finding.rule).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Audits, as of now.
pub(crate) fn run(options: &LiveOptions) -> Result<Audit, LiveError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(audit_live(options, &now, &mut |_, _| {}))
}

#[expect(clippy::disallowed_methods, reason = "tokens of real servers are good today")]
fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.unwrap().as_secs()
}

pub(crate) fn servers() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/live/servers")
}

/// What `cargo xtask test` installs, which names it in the environment.
pub(crate) fn tool(variable: &str, place: &str) -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/xtask").join(place);
    env::var_os(variable).map_or_else(beside, PathBuf::from)
}
