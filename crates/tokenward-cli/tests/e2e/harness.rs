//! An authority, a gate and the example API, each a process of its own on free ports of this machine.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokenward_testing::forgetful::Forgetful;
use tokenward_testing::free_port;
use tokio::time::{Instant, sleep};

use crate::client::{Answer, Call, Client};
use crate::process::{Process, run, target_dir, tokenward};

/// All that can be logged, so that the search for secrets means something.
const LOG: &str = "trace";

/// What `serve --dev` tells developers.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Dev {
    pub(crate) issuer: String,
    pub(crate) base_url: String,
    pub(crate) admin_url: String,
    pub(crate) ca_file: PathBuf,
    pub(crate) audience: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) admin_token: String,
}

/// `tokenward serve --dev` in a folder of its own.
#[derive(Debug)]
pub(crate) struct Authority {
    process: Process,
    pub(crate) dev: Dev,
    pub(crate) client: Client,
    pub(crate) setup: Setup,
    folder: TempDir,
}

/// How it is started, and started again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Setup {
    pub(crate) port: u16,
    pub(crate) log: Option<&'static str>,
    pub(crate) disk: Option<Arc<Forgetful>>,
    /// Where private keys live, if not where they do by default.
    pub(crate) custody: Option<&'static str>,
    /// A library, and by how many seconds it shifts the wall clock.
    pub(crate) wrong_clock: Option<(PathBuf, i64)>,
}

/// A session as its holder knows it.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) access: String,
    pub(crate) refresh: String,
}

impl Authority {
    /// A fresh one, ready.
    pub(crate) async fn dev() -> Self {
        Self::start(TempDir::new().unwrap(), Setup::default()).await
    }

    /// One whose private keys are in its memory alone.
    pub(crate) async fn with_keys_in_memory() -> Self {
        let setup = Setup { custody: Some("memory"), ..Setup::default() };
        Self::start(TempDir::new().unwrap(), setup).await
    }

    /// One on a disk that forgets what was never synced.
    pub(crate) async fn on_forgetful_disk(log: &'static str) -> (Self, Arc<Forgetful>) {
        let (folder, disk) = forgetful_folder();
        let setup = Setup { log: Some(log), disk: Some(Arc::clone(&disk)), ..Setup::default() };
        (Self::start(folder, setup).await, disk)
    }

    async fn start(folder: TempDir, mut setup: Setup) -> Self {
        setup.port = free_port();
        let data = folder.path().join("data");
        let mut process = Process::spawn("authority", &mut serve(&data, &setup));
        process.ready().await;
        let dev = dev_json(&data);
        let client = Client::trusting(&dev.ca_file);
        Self { process, dev, client, setup, folder }
    }

    /// Starts again after an end of any kind; the same ports, the same files.
    pub(crate) async fn start_again(&mut self) {
        self.process = Process::spawn("authority", &mut serve(&self.data(), &self.setup));
        self.process.ready().await;
        self.dev = dev_json(&self.data());
        // Connections of the old process are gone, and must not look like failures of the new one.
        self.client = Client::trusting(&self.dev.ca_file);
    }

    /// Ends the process at once.
    pub(crate) fn kill(&mut self) {
        self.process.kill();
    }

    /// Asks it to end, as an init system does.
    pub(crate) fn terminate(&self) {
        self.process.terminate();
    }

    /// The process itself.
    pub(crate) fn process(&mut self) -> &mut Process {
        &mut self.process
    }

    /// Its folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A file that lives as long as the authority, for its owner alone.
    pub(crate) fn private_file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        write_private(&path, content);
        path
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.dev.base_url)
    }

    /// A request with the service's credentials.
    pub(crate) fn service(&self, method: Method, path: &str) -> Call {
        Call::new(method, &self.url(path)).basic(&self.dev.client_id, &self.dev.client_secret)
    }

    /// Asks for a session of `subject`; `more` adds to the request's body.
    pub(crate) async fn try_create(&self, subject: &str, more: Value) -> Result<Answer, String> {
        let mut body = json!({
            "subject": subject, "audience": self.dev.audience, "scope": "notes:read notes:write",
        });
        let more = more.as_object().cloned().unwrap_or_default();
        body.as_object_mut().unwrap().extend(more);
        self.client.send(self.service(Method::POST, "/v1/sessions").json(&body)).await
    }

    /// A session of `subject`.
    pub(crate) async fn create(&self, subject: &str) -> Session {
        Session::of(&self.try_create(subject, Value::Null).await.unwrap().expect(201))
    }

    /// A session whose tokens are in cookies.
    pub(crate) async fn create_cookie(&self, subject: &str) -> Session {
        let answer = self.try_create(subject, json!({"delivery": "cookie"})).await.unwrap();
        let answer = answer.expect(201);
        let [access, refresh] =
            ["__Host-access", "__Host-refresh"].map(|name| answer.cookie(name).unwrap());
        Session { id: answer.text("session_id"), access, refresh }
    }

    /// Presents a refresh token.
    pub(crate) async fn refresh(&self, token: &str) -> Result<Answer, String> {
        let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.client.send(self.service(Method::POST, "/oauth2/token").form(&form)).await
    }

    /// Forward-auth for nginx in the authority itself.
    pub(crate) fn forward_auth(&self) -> Call {
        Call::get(&self.url(&format!("/auth/nginx/{}", self.dev.audience)))
            .header("x-original-method", "GET")
            .header("x-original-uri", "/")
    }

    /// Runs `tokenward COMMAND… --data DIR`, which must end well.
    pub(crate) async fn command(&self, arguments: &[&str]) -> String {
        let output = self.try_command(arguments).await;
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {errors}\n{}", self.process.log_text());
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs `tokenward COMMAND… --data DIR`.
    pub(crate) async fn try_command(&self, arguments: &[&str]) -> Output {
        run(tokenward(arguments).arg("--data").arg(self.data())).await
    }
}

impl Session {
    /// The session of a successful answer.
    pub(crate) fn of(answer: &Answer) -> Self {
        Self {
            id: answer.text("session_id"),
            access: answer.text("access_token"),
            refresh: answer.text("refresh_token"),
        }
    }

    /// The claims of its access token, unverified.
    pub(crate) fn claims(&self) -> Value {
        claims(&self.access)
    }

    /// The id of the key that signed its access token.
    pub(crate) fn key_id(&self) -> String {
        let header = self.access.split('.').next().unwrap();
        let header: Value =
            serde_json::from_slice(&tokenward::b64::decode(header).unwrap()).unwrap();
        header["kid"].as_str().unwrap().to_owned()
    }
}

/// The claims of a token, unverified.
pub(crate) fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&tokenward::b64::decode(payload).unwrap()).unwrap()
}

/// `tokenward gate` that follows an authority, and serves profile nginx to whoever knows its secret.
#[derive(Debug)]
pub(crate) struct Gate {
    pub(crate) process: Process,
    url: String,
    _folder: TempDir,
}

impl Gate {
    const SECRET: &str = "planted-secret-of-the-proxy";

    /// One that is ready, with a rule that lets every good token through.
    pub(crate) async fn of(authority: &Authority) -> Self {
        Self::with(authority, "").await
    }

    /// One that knows enough to judge, with more `settings`, lines of `gate.toml`.
    pub(crate) async fn with(authority: &Authority, settings: &str) -> Self {
        let gate = Self::perhaps_deaf(authority, settings).await;
        let judged = |answer: &Answer| answer.status == 401;
        let bad = gate.question().bearer("bad");
        eventually(&authority.client, &bad, AT_LAST, judged).await;
        gate
    }

    /// One that answers; it may never learn what it needs.
    pub(crate) async fn perhaps_deaf(authority: &Authority, settings: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let port = free_port();
        let dev = &authority.dev;
        let mut toml = format!(
            "environment = \"dev\"\nlisten = \"127.0.0.1:{port}\"\nissuer = \"{}\"\n\
             audiences = [\"{}\"]\nca_file = \"{}\"\n{settings}\n",
            dev.issuer,
            dev.audience,
            dev.ca_file.display()
        );
        write!(
            toml,
            "[feed]\nclient_id = \"{}\"\nclient_secret = {{ file = \"feed\" }}\n\n\
             [[proxy]]\nname = \"edge\"\nprofile = \"nginx\"\nsecret = {{ file = \"proxy\" }}\n\n\
             [[rule]]\n",
            dev.client_id
        )
        .unwrap();
        write_private(&folder.path().join("feed"), &dev.client_secret);
        write_private(&folder.path().join("proxy"), Self::SECRET);
        let config = folder.path().join("gate.toml");
        write_private(&config, &toml);
        let mut command = tokenward(&["gate", "--config"]);
        command.arg(config).env("TOKENWARD_LOG", LOG);
        let mut process = Process::spawn("gate", &mut command);
        process.ready().await;
        let url = format!("http://127.0.0.1:{port}/auth/nginx/{}", dev.audience);
        Self { process, url, _folder: folder }
    }

    /// A question of the proxy about `GET /`.
    pub(crate) fn question(&self) -> Call {
        Call::get(&self.url)
            .header("x-proxy-secret", Self::SECRET)
            .header("x-original-method", "GET")
            .header("x-original-uri", "/")
    }
}

/// The example API, which uses the tower layers.
#[derive(Debug)]
pub(crate) struct Example {
    pub(crate) process: Process,
    url: String,
}

impl Example {
    /// One that is ready.
    pub(crate) async fn of(authority: &Authority) -> Self {
        let port = free_port();
        let mut command = Command::new(tokio::task::spawn_blocking(example).await.unwrap());
        command
            .arg("--dev-json")
            .arg(authority.data().join("dev.json"))
            .args(["--listen", &format!("127.0.0.1:{port}")])
            .env("LOG", LOG);
        let mut process = Process::spawn("example", &mut command);
        process.ready().await;
        Self { process, url: format!("https://localhost:{port}") }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// Asks who the caller is.
    pub(crate) fn whoami(&self) -> Call {
        Call::get(&self.url("/whoami"))
    }
}

/// A folder whose `data` is on a disk that forgets what was never synced.
pub(crate) fn forgetful_folder() -> (TempDir, Arc<Forgetful>) {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    let disk = Arc::new(Forgetful::new(&data));
    (folder, disk)
}

/// Longer than anything takes on a busy machine.
pub(crate) const AT_LAST: Duration = Duration::from_secs(30);

/// Asks again and again until `want` holds of the answer; fails if that takes longer than `within`.
pub(crate) async fn eventually(
    client: &Client,
    call: &Call,
    within: Duration,
    want: impl Fn(&Answer) -> bool,
) -> Answer {
    let end = Instant::now() + within;
    loop {
        let answer = client.ask(call.clone()).await;
        if want(&answer) {
            return answer;
        }
        assert!(Instant::now() < end, "not within {within:?}: {answer:?}");
        sleep(Duration::from_millis(20)).await;
    }
}

/// Writes a file for its owner alone.
pub(crate) fn write_private(path: &Path, content: &str) {
    use std::io::Write as _;
    let mut file =
        fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path);
    file.as_mut().unwrap().write_all(content.as_bytes()).unwrap();
}

fn serve(data: &Path, setup: &Setup) -> Command {
    let mut command = tokenward(&["serve", "--dev", "--listen"]);
    command
        .arg(format!("127.0.0.1:{}", setup.port))
        .arg("--data")
        .arg(data)
        .env("TOKENWARD_LOG", setup.log.unwrap_or(LOG));
    if let Some((library, shift)) = &setup.wrong_clock {
        command.env("LD_PRELOAD", library).env("WRONG_CLOCK", shift.to_string());
    }
    if let Some(custody) = setup.custody {
        command.args(["--custody", custody]);
    }
    if let Some(disk) = &setup.disk {
        disk.attach(&mut command);
    }
    command
}

fn dev_json(data: &Path) -> Dev {
    serde_json::from_slice(&fs::read(data.join("dev.json")).unwrap()).unwrap()
}

/// The example's program. Cargo builds no program of another package for a test, so the first test that
/// needs it does.
fn example() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let built = BUILT.get_or_init(|| {
        let folder = Path::new(crate::process::TOKENWARD).parent().unwrap();
        let profile = match folder.file_name().unwrap().to_str().unwrap() {
            "debug" => "dev",
            other => other,
        };
        let output = Command::new(env!("CARGO"))
            .args(["build", "--locked", "-p", "axum-api", "--profile", profile, "--target-dir"])
            .arg(target_dir())
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        folder.join("axum-api")
    });
    built.clone()
}
