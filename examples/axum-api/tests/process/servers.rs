//! Starts the two servers on free ports, and ends them with the test.

use std::env;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// The authority, the example that follows it, and the jar of the one browser that uses them.
pub(crate) struct Servers {
    pub(crate) example: Server,
    pub(crate) dev: Value,
    authority: Server,
    folder: TempDir,
}

/// A process that said where it is ready.
pub(crate) struct Server {
    pub(crate) url: String,
    child: Child,
}

impl Servers {
    pub(crate) fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let data = folder.path().join("data");
        let mut command = Command::new(tokenward());
        command.args(["serve", "--dev", "--listen", "127.0.0.1:0", "--data"]).arg(&data);
        let authority = Server::start("authority", &mut command);

        let dev_json = data.join("dev.json");
        let dev = serde_json::from_slice(&fs::read(&dev_json).unwrap()).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_axum-api"));
        command.args(["--listen", "127.0.0.1:0", "--dev-json"]).arg(&dev_json);
        let example = Server::start("example", &mut command);
        Self { example, dev, authority, folder }
    }

    /// The browser logs in: its jar gets the cookies of a session of `alice`.
    pub(crate) fn log_in(&self) {
        let credential =
            ["client_id", "client_secret"].map(|name| self.dev[name].as_str().unwrap());
        let body =
            r#"{"subject":"alice","audience":"demo-api","scope":"notes:read","delivery":"cookie"}"#;
        let url = format!("{}/v1/sessions", self.authority.url);
        let (status, _) = self.curl(&["-u", &credential.join(":"), "--json", body, &url]);
        assert_eq!(status, 201);
    }

    /// A request to the example, by cookie.
    pub(crate) fn browse(&self, arguments: &[&str], path: &str) -> (u16, Value) {
        let url = format!("{}{path}", self.example.url);
        self.curl(&[arguments, &[&url]].concat())
    }

    fn curl(&self, arguments: &[&str]) -> (u16, Value) {
        let jar = self.folder.path().join("jar");
        let output = Command::new("curl")
            .args(["--silent", "--show-error", "--max-time", "20", "--write-out", "\n%{http_code}"])
            .arg("--cacert")
            .arg(self.dev["ca_file"].as_str().unwrap())
            .arg("--cookie")
            .arg(&jar)
            .arg("--cookie-jar")
            .arg(&jar)
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let answer = String::from_utf8(output.stdout).unwrap();
        let (body, status) = answer.rsplit_once('\n').unwrap();
        (status.parse().unwrap(), serde_json::from_str(body).unwrap_or_default())
    }
}

impl Server {
    /// Starts `command` and waits until it prints `… ready on URL`.
    fn start(name: &str, command: &mut Command) -> Self {
        let logs = logs();
        fs::create_dir_all(&logs).unwrap();
        let log = logs.join(format!("axum-api-{name}-{}.log", std::process::id()));
        command.env("TOKENWARD_LOG", "debug").env("LOG", "debug");
        let log = File::options().create(true).append(true).open(log).unwrap();
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let ready = out
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.split_once(" ready on ").map(|(_, url)| url.to_owned()));
        let mut server = Self { url: String::new(), child };
        match ready {
            Some(url) => server.url = url,
            None => panic!("{name} ended with {}", server.child.wait().unwrap()),
        }
        server
    }

    /// Asks it to end, as an init system does, and waits until it has.
    pub(crate) fn terminate(&mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The authority's binary, made by the same cargo in the same profile.
fn tokenward() -> PathBuf {
    let target = target_dir();
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--locked", "-p", "tokenward-cli", "--bin", "tokenward"]);
    if target.ends_with("release") {
        build.arg("--release");
    }
    let status = build.arg("--target-dir").arg(target.parent().unwrap()).status();
    assert!(status.unwrap().success(), "the authority does not build");
    target.join("tokenward")
}

/// The folder of this profile's binaries.
fn target_dir() -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_axum-api")).parent().unwrap().to_owned()
}

fn logs() -> PathBuf {
    let beside = || target_dir().parent().unwrap().join("test-logs");
    env::var_os("TOKENWARD_TEST_LOGS").map_or_else(beside, PathBuf::from)
}
