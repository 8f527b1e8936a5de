//! A real `tokenward`, started and ended by a test.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use serde_json::Value;

/// Longer than any start takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A folder in which commands are run.
pub(crate) struct Work {
    dir: tempfile::TempDir,
}

impl Work {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A command in this folder, without anything of our own environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tokenward"));
        command.args(arguments).current_dir(self.dir.path()).env_clear().stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command that must succeed; its standard output.
    pub(crate) fn good(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }

    pub(crate) fn good_json(&self, arguments: &[&str]) -> Value {
        let mut all = arguments.to_vec();
        all.extend(["--format", "json"]);
        serde_json::from_str(&self.good(&all)).unwrap()
    }

    /// Runs a command that must end with `code`; its one line of standard error.
    pub(crate) fn refused(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{arguments:?}: {said}");
        said.trim_end().to_owned()
    }

    /// Starts `serve --dev` in this folder on a free port, the same at every start.
    pub(crate) fn dev(&self, name: &str) -> Dev {
        let serve = self.command(&["serve", "--dev", "--listen", "127.0.0.1:0"]);
        let process = Process::start(serve, name, "tokenward: ready on ");
        let text = fs::read_to_string(self.path(".tokenward/dev.json")).unwrap();
        Dev { process, file: serde_json::from_str(&text).unwrap() }
    }
}

/// A server process; ended when it is dropped.
pub(crate) struct Process {
    child: Child,
    /// What follows the greeting in the ready line.
    pub(crate) place: String,
    /// Kept open, so that the process never writes to a closed pipe.
    _lines: Receiver<String>,
}

impl Process {
    /// Starts `command` and waits for a line that begins with `greeting`; its log goes to a file.
    pub(crate) fn start(mut command: Command, test: &str, greeting: &str) -> Self {
        let logs = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("test-logs");
        fs::create_dir_all(&logs).unwrap();
        let log = logs.join(format!("cli-{test}.log"));
        let log = File::options().create(true).append(true).open(log).unwrap();
        command.env("TOKENWARD_LOG", "debug");
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let line = lines.recv_timeout(PATIENCE).unwrap_or_else(|_| {
            drop(child.kill());
            panic!("{test}: no ready line; see {}", logs.display())
        });
        let place = line.strip_prefix(greeting).unwrap_or_else(|| panic!("{line}")).to_owned();
        Self { child, place, _lines: lines }
    }

    /// Ends it as a service manager does; its exit code.
    pub(crate) fn stop(mut self) -> Option<i32> {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        self.child.wait().unwrap().code()
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, signal).unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A running `serve --dev`.
pub(crate) struct Dev {
    pub(crate) process: Process,
    pub(crate) file: Value,
}

impl Dev {
    pub(crate) fn text(&self, name: &str) -> &str {
        self.file[name].as_str().unwrap()
    }

    /// Makes a session of `subject`.
    pub(crate) fn session(&self, subject: &str) -> Value {
        let body = serde_json::json!({
            "subject": subject, "audience": "demo-api", "delivery": "token"
        });
        let answer = self.post("/v1/sessions", &body);
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        let url = format!("{}{path}", self.text("base_url"));
        let basic = self.basic();
        let headers = [("authorization", basic.as_str()), ("content-type", "application/json")];
        self.ask("POST", &url, &headers, &body.to_string())
    }

    pub(crate) fn basic(&self) -> String {
        use base64::Engine as _;
        let pair = format!("{}:{}", self.text("client_id"), self.text("client_secret"));
        format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
    }

    pub(crate) fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask("GET", &format!("{}{path}", self.text("base_url")), headers, "")
    }

    /// What the authority's own gate says about a request with `token`.
    pub(crate) fn gate(&self, token: &str) -> u16 {
        let bearer = format!("Bearer {token}");
        let headers = [
            ("authorization", bearer.as_str()),
            ("x-original-method", "GET"),
            ("x-original-uri", "/"),
        ];
        self.get("/auth/nginx/demo-api", &headers).status
    }

    pub(crate) fn ask(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let ca = fs::read(self.text("ca_file")).unwrap();
        ask(method, url, headers, body, Some(&ca))
    }
}

/// An answer, read whole.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// One request on a connection of its own.
pub(crate) fn ask(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: &str,
    ca: Option<&[u8]>,
) -> Answer {
    let uri: http::Uri = url.parse().unwrap();
    let host = uri.host().unwrap().to_owned();
    let port = uri.port_u16().unwrap();
    let mut request = http::Request::builder()
        .method(method)
        .uri(uri.path_and_query().unwrap().as_str())
        .header("host", format!("{host}:{port}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Full::new(Bytes::from(body.to_owned()))).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let tcp = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        match ca {
            None => exchange(tcp, request).await,
            Some(ca) => {
                let name = ServerName::try_from(host).unwrap();
                exchange(connector(ca).connect(name, tcp).await.unwrap(), request).await
            }
        }
    })
}

pub(crate) fn connector(ca: &[u8]) -> tokio_rustls::TlsConnector {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(ca).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    tokio_rustls::TlsConnector::from(Arc::new(config))
}

async fn exchange<S>(stream: S, request: http::Request<Full<Bytes>>) -> Answer
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + Unpin + 'static,
{
    let io = TokioIo::new(stream);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await.unwrap();
    let driver = tokio::spawn(connection);
    let answer = sender.send_request(request).await.unwrap();
    let (parts, body) = answer.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    driver.abort();
    Answer { status: parts.status.as_u16(), headers: parts.headers, body }
}

/// The permissions of a file.
pub(crate) fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o777
}

/// Asks again until `is_so`, for what other threads of the server bring about.
pub(crate) fn until(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..600 {
        if is_so() {
            return;
        }
        std::thread::park_timeout(Duration::from_millis(50));
    }
    panic!("never came about: {what}");
}
