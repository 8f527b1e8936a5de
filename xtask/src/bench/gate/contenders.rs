//! The servers that take part, each with its configuration out of `bench/gate/`.

use std::cell::Cell;
use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use super::stage::{AUTHORITY, ISSUER, SERVER, Stage};
use super::text;
use crate::bench::propagation::{Running, started};
use crate::bench::tools::ensure;
use crate::run::{Failure, has, root};
use crate::tools;

/// A server that runs.
pub(super) struct Contender {
    pub(super) name: String,
    pub(super) role: Role,
    /// `127.0.0.1:18461`, or `unix:/…`.
    pub(super) address: String,
    pub(super) path: &'static str,
    pub(super) headers: Vec<String>,
    /// How many distinct tokens it has been asked about.
    pub(super) asked: Cell<u64>,
    server: Running,
}

/// What a contender is there for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Role {
    /// nginx, which asks nothing.
    Floor,
    /// An HTTP server of the library that the gate stands on, which asks nothing.
    Bare,
    /// The gate, over TCP.
    Gate,
    EnvoyCached,
    Other,
}

impl Role {
    pub(super) const fn reads_tokens(self) -> bool {
        !matches!(self, Self::Floor | Self::Bare)
    }
}

impl Contender {
    pub(super) fn pid(&self) -> u32 {
        self.server.0.id()
    }

    fn new(name: &str, role: Role, server: Running, port: u16) -> Self {
        Self {
            name: name.to_owned(),
            role,
            address: format!("127.0.0.1:{port}"),
            path: "/",
            headers: Vec::new(),
            asked: Cell::new(0),
            server,
        }
    }
}

impl Drop for Contender {
    /// Lets a server of several processes end them all; what is killed leaves its children behind.
    fn drop(&mut self) {
        let asked = Command::new("kill").arg(self.pid().to_string()).status();
        let patience = if asked.is_ok() { 500 } else { 0 };
        for _ in 0..patience {
            if !matches!(self.server.0.try_wait(), Ok(None)) {
                return;
            }
            sleep(Duration::from_millis(10));
        }
    }
}

type Start = fn(&Stage) -> Result<Contender, Failure>;

/// Starts whoever is here, with a line for each that is not.
pub(super) fn start(stage: &Stage) -> Result<(Vec<Contender>, Vec<String>), Failure> {
    let peers: [(&str, Start); 7] = [
        ("nginx", nginx),
        ("bare HTTP server", bare),
        ("Envoy jwt_authn, with its cache", |stage| envoy(stage, true)),
        ("Envoy jwt_authn", |stage| envoy(stage, false)),
        ("HAProxy jwt_verify", haproxy),
        ("Apache mod_oauth2", apache),
        ("axum and jsonwebtoken", jsonwebtoken),
    ];
    let (mut contenders, mut missing) = (vec![gate(stage, false)?, gate(stage, true)?], Vec::new());
    for (name, start) in peers {
        match start(stage) {
            Ok(contender) => contenders.push(contender),
            Err(error) => missing.push(format!("{name}: not measured ({error})")),
        }
    }
    Ok((contenders, missing))
}

const EDGE_SECRET: &str = "a secret of the proxy that is long enough";

fn gate(stage: &Stage, unix: bool) -> Result<Contender, Failure> {
    let (name, port) = if unix { ("gate-unix", 0) } else { ("gate-tcp", 18_461) };
    let address =
        if unix { format!("unix:{}/gate.sock", text(&stage.folder)) } else { local(port) };
    let proof = if unix { "unix = true" } else { "secret = { env = \"EDGE_SECRET\" }" };
    let set = [("listen", address.as_str()), ("authority", AUTHORITY), ("proof", proof)];
    let file = configured(stage, "gate.toml", &format!("{name}.toml"), &set)?;
    let mut command = pinned(root().join("target/release/tokenward"));
    command.args(["gate", "--config", &file]).current_dir(&stage.folder);
    command.env("DEV_FEED_SECRET", &stage.secret).env("DEV_EDGE_SECRET", EDGE_SECRET);
    let log = stage.folder.join(format!("{name}.log"));
    let server = started(command, &log, "tokenward: gate ready on ")?;
    let (name, role) = if unix {
        ("tokenward gate, Unix socket", Role::Other)
    } else {
        ("tokenward gate", Role::Gate)
    };
    let mut headers = vec!["x-original-method: GET".to_owned(), "x-original-uri: /".to_owned()];
    headers.extend((!unix).then(|| format!("x-proxy-secret: {EDGE_SECRET}")));
    let mut contender = Contender::new(name, role, server, port);
    (contender.address, contender.path, contender.headers) = (address, "/auth/nginx/api", headers);
    Ok(contender)
}

fn nginx(stage: &Stage) -> Result<Contender, Failure> {
    debian("nginx", "nginx-light")?;
    let file = configured(stage, "nginx.conf", "nginx.conf", &[("port", "18462")])?;
    let mut command = pinned("nginx");
    command.args(["-c", &file]).env("PATH", wide_path());
    let version = version("nginx", "-v", "nginx/")?;
    up(&format!("{version}, `return 200`"), Role::Floor, command, stage, 18_462)
}

fn bare(stage: &Stage) -> Result<Contender, Failure> {
    let mut command = pinned(&stage.peers);
    command.args(["bare", &local(18_463)]);
    up("bare HTTP server (axum)", Role::Bare, command, stage, 18_463)
}

fn envoy(stage: &Stage, cached: bool) -> Result<Contender, Failure> {
    let program = tools::envoy()?;
    let (port, id, cache) = if cached {
        (18_464, "1", "jwt_cache_config: { jwt_cache_size: 16384 }")
    } else {
        (18_465, "2", "")
    };
    let set = [("port", &*port.to_string()), ("issuer", ISSUER), ("cache", cache)];
    let file = configured(stage, "envoy.yaml", &format!("envoy-{id}.yaml"), &set)?;
    let version = version(&text(&program), "--version", "/1.")?;
    let mut command = pinned(program);
    command.args(["-c", &file, "--concurrency", "1", "--base-id", id, "--log-level", "error"]);
    let (role, with) =
        if cached { (Role::EnvoyCached, ", with its cache") } else { (Role::Other, "") };
    up(&format!("Envoy {version} jwt_authn{with}"), role, command, stage, port)
}

fn haproxy(stage: &Stage) -> Result<Contender, Failure> {
    debian("haproxy", "haproxy")?;
    let set = [("port", "18466"), ("issuer", ISSUER)];
    let file = configured(stage, "haproxy.cfg", "haproxy.cfg", &set)?;
    let mut command = pinned("haproxy");
    command.args(["-db", "-f", &file]).env("PATH", wide_path());
    let version = version("haproxy", "-v", "version ")?;
    up(&format!("HAProxy {version} jwt_verify"), Role::Other, command, stage, 18_466)
}

fn apache(stage: &Stage) -> Result<Contender, Failure> {
    let modules = Path::new("/usr/lib/apache2/modules");
    if !ensure(|| modules.join("mod_oauth2.so").exists(), &["apache2", "libapache2-mod-oauth2"]) {
        return Err(Failure::new("no libapache2-mod-oauth2"));
    }
    let modules = text(modules);
    let set =
        [("port", "18467"), ("issuer", ISSUER), ("authority", AUTHORITY), ("modules", &modules)];
    let file = configured(stage, "apache.conf", "apache.conf", &set)?;
    let mut command = pinned("apache2");
    command.args(["-f", &file, "-D", "FOREGROUND"]).env("PATH", wide_path());
    let version = version("apache2", "-v", "Apache/")?;
    up(&format!("Apache {version} mod_oauth2"), Role::Other, command, stage, 18_467)
}

fn jsonwebtoken(stage: &Stage) -> Result<Contender, Failure> {
    let mut command = pinned(&stage.peers);
    command.args(["jsonwebtoken", &local(18_468)]).arg(stage.file.with_extension("jwks"));
    command.args([ISSUER, "api"]);
    up("axum and jsonwebtoken, aws-lc-rs", Role::Other, command, stage, 18_468)
}

/// A program of Debian's, installed if it can be.
fn debian(program: &str, package: &str) -> Result<(), Failure> {
    if ensure(|| has(program), &[package]) {
        Ok(())
    } else {
        Err(Failure::new(format!("no `{program}`")))
    }
}

fn local(port: u16) -> String {
    format!("127.0.0.1:{port}")
}

/// A command on the servers' core.
fn pinned(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", SERVER]).arg(program);
    command
}

/// Writes a configuration with its places filled, and says where it is.
fn configured(
    stage: &Stage,
    template: &str,
    name: &str,
    set: &[(&str, &str)],
) -> Result<String, Failure> {
    let mut filled = fs::read_to_string(root().join("bench/gate").join(template))?;
    for (place, value) in set.iter().chain(&[("folder", &*text(&stage.folder))]) {
        filled = filled.replace(&format!("{{{place}}}"), value);
    }
    let file = stage.folder.join(name);
    fs::write(&file, filled)?;
    Ok(text(&file))
}

/// Starts `command`, and waits until its port takes connections.
fn up(
    name: &str,
    role: Role,
    mut command: Command,
    stage: &Stage,
    port: u16,
) -> Result<Contender, Failure> {
    let log = stage.folder.join(format!("{port}.log"));
    let errors = fs::File::create(&log)?;
    let mut server = Running(command.stdout(Stdio::null()).stderr(errors).spawn()?);
    for _ in 0..1_000 {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Ok(Contender::new(name, role, server, port));
        }
        if server.0.try_wait()?.is_some() {
            break;
        }
        sleep(Duration::from_millis(10));
    }
    Err(Failure::new(format!("it does not start; see {}", log.display())))
}

/// What follows `before` where a program tells its version.
fn version(program: &str, flag: &str, before: &str) -> Result<String, Failure> {
    let output = Command::new(program).arg(flag).env("PATH", wide_path()).output()?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    let number = said.split_once(before).map(|(_, rest)| {
        rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect::<String>()
    });
    let major = if before == "/1." { "1." } else { "" };
    let name = if before == "nginx/" { "nginx " } else { "" };
    Ok(format!("{name}{major}{}", number.unwrap_or_else(|| "?".to_owned())))
}

/// Debian keeps servers where only root's path looks.
fn wide_path() -> String {
    format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap_or_default())
}
