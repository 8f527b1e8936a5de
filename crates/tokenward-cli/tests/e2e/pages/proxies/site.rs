//! A proxy in a folder of its own, and an application that shows the requests it gets.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tempfile::TempDir;
use tokenward_testing::free_port;
use tokio::time::{sleep, timeout};

use crate::client::{Answer, Call};
use crate::harness::{Authority, Dev, eventually};
use crate::markdown::tested;
use crate::process::{Process, run};
use crate::shell::{installed, program};

/// Between these two lines of Envoy's configuration stands how it asks.
pub(super) const ENVOY_HTTP: [&str; 2] = [
    "                  - name: envoy.filters.http.ext_authz\n",
    "                  - name: envoy.filters.http.router\n",
];

/// `text` with `new` in the place of what stands from `from` on, up to `to`; each must be there.
pub(super) fn splice(text: &str, from: &str, to: &str, new: &str) -> String {
    let (before, rest) = text.split_once(from).unwrap_or_else(|| panic!("no {from:?} in {text}"));
    let (_, after) = rest.split_once(to).unwrap_or_else(|| panic!("no {to:?} in {rest}"));
    format!("{before}{new}{to}{after}")
}

/// A proxy, in front of an application.
pub(super) struct Front {
    folder: TempDir,
    pub(super) port: u16,
    pub(super) replaced: Vec<(String, String)>,
    pub(super) environment: Vec<(String, String)>,
}

impl Front {
    /// One beside `authority`.
    pub(super) fn new(authority: &Authority, application: &Application) -> Self {
        Self::beside(&authority.dev, &authority.data(), application)
    }

    /// One beside the authority of `dev`, whose certificate is in the folder `data`.
    pub(super) fn beside(dev: &Dev, data: &Path, application: &Application) -> Self {
        let port = free_port();
        let there = dev.base_url.rsplit_once(':').unwrap().1.to_owned();
        // By way of names, because a port of this test may look like a printed one.
        let mut replaced = vec![("8443", "{authority}"), ("8080", "{application}")];
        replaced.extend(["4443", "4444", "4445", "4446"].map(|printed| (printed, "{port}")));
        let mut replaced: Vec<_> =
            replaced.into_iter().map(|(old, new)| (old.to_owned(), new.to_owned())).collect();
        replaced.extend([
            ("{authority}".to_owned(), there),
            ("{application}".to_owned(), application.port.to_string()),
            ("{port}".to_owned(), port.to_string()),
            // Two proxies on one machine must not share the name.
            ("abns@tokenward-gate".to_owned(), format!("abns@tokenward-gate-{port}")),
            (".tokenward/".to_owned(), format!("{}/", data.display())),
        ]);
        let folder = TempDir::new().unwrap();
        let beside = format!("{}/", folder.path().display());
        replaced.push(("/etc/nginx/gate-".to_owned(), format!("{beside}gate-")));
        Self { folder, port, replaced, environment: Vec::new() }
    }

    /// Writes a printed configuration, with the ports and folders of this test.
    pub(super) fn write(&self, name: &str, printed: &str) {
        fs::write(self.folder.path().join(name), self.adapt(printed)).unwrap();
    }

    fn adapt(&self, printed: &str) -> String {
        self.replaced.iter().fold(printed.to_owned(), |text, (old, new)| text.replace(old, new))
    }

    /// Printed commands, of which the last takes the shell's place: ending that ends the server.
    pub(super) fn bash(&self, printed: &str) -> Command {
        let printed = self.adapt(printed);
        let (before, last) = printed.trim_end().rsplit_once('\n').unwrap_or(("", &printed));
        let mut command = Command::new("bash");
        command
            .args(["-euc", &format!("PATH=$PATH:/usr/sbin\n{before}\nexec env {last}")])
            .current_dir(self.folder.path())
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .env("XDG_DATA_HOME", self.folder.path())
            .env("XDG_CONFIG_HOME", self.folder.path());
        command
    }

    /// Runs printed commands to their end, which must be good.
    pub(super) async fn run(&self, printed: &str) {
        let output = run(&mut self.bash(&format!("{printed}\ntrue"))).await;
        assert!(output.status.success(), "{printed}: {output:?}");
    }

    /// Starts the proxy `name` by the `printed` command of its page, and waits until it listens.
    pub(super) async fn start(&self, name: &str, printed: &str) -> Process {
        let printed = tested(printed);
        let printed = match name {
            // One process, which the test can end; as root it would else give up the right to read the
            // site.
            "nginx" => printed.replace("daemon off;", "daemon off; master_process off; user root;"),
            // No package of Debian puts it on the search path.
            "envoy" => printed.replacen("envoy ", &format!("{} ", envoy().display()), 1),
            _ => printed,
        };
        assert!(
            name == "envoy" || program(name).is_some(),
            "{name} is missing: run `cargo xtask test`, which installs it"
        );
        let process = Process::spawn(name, &mut self.bash(&printed));
        let accepts = async {
            while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
                sleep(Duration::from_millis(20)).await;
            }
        };
        let waited = timeout(Duration::from_secs(30), accepts).await;
        assert!(waited.is_ok(), "{name} did not get ready:\n{}", process.log_text());
        process
    }
}

/// The Envoy that `cargo xtask test` installs.
fn envoy() -> PathBuf {
    installed("TOKENWARD_TEST_ENVOY", "xtask/envoy/bin/envoy")
}

/// A proxy, its application and a development authority.
pub(super) struct Site {
    pub(super) authority: Authority,
    pub(super) front: Front,
}

impl Site {
    pub(super) async fn new() -> Self {
        let authority = Authority::dev().await;
        let front = Front::new(&authority, &Application::start());
        Self { authority, front }
    }

    pub(super) fn get(&self, path: &str) -> Call {
        Call::get(&self.url(path))
    }

    fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.front.port)
    }

    pub(super) async fn ask(&self, call: Call) -> Answer {
        self.authority.client.ask(call).await
    }

    /// The requests of a page: one without a token, and one with a good one.
    pub(super) async fn answers_the_printed_requests(&self, printed: &str) {
        let token = self.authority.create("alice").await.access;
        let mut asks = self.front.bash(&tested(printed));
        let answered = run(asks.env("TOKEN", &token)).await;
        let text = String::from_utf8(answered.stdout).unwrap();
        let status = |line: &str| line.strip_prefix("HTTP/")?.split(' ').nth(1).map(str::to_owned);
        assert_eq!(text.lines().filter_map(status).collect::<Vec<_>>(), ["401", "200"], "{text}");
    }

    /// Who gets in and who does not, whatever stands behind `path`.
    pub(super) async fn guards_as_promised(&self, path: &str) {
        let token = self.authority.create("alice").await.access;
        let nobody = self.ask(self.get(path)).await.expect(401);
        assert_eq!(nobody.header("www-authenticate"), Some("Bearer"));
        let refused = self.ask(self.get(path).bearer("rubbish")).await.expect(401);
        assert_eq!(refused.header("www-authenticate"), Some(r#"Bearer error="invalid_token""#));
        assert_eq!(refused.text("error_description"), "Invalid token");
        self.ask(self.get(path).cookie("__Host-access", &token)).await.expect(200);

        let link = [("site", "cross-site"), ("mode", "navigate"), ("dest", "document")];
        let link = link.iter().fold(self.get(path), |call, (name, value)| {
            call.header(&format!("sec-fetch-{name}"), value)
        });
        let page = String::from_utf8(self.ask(link).await.body.to_vec()).unwrap();
        assert!(page.contains("http-equiv=\"refresh\""), "{page}");

        // The session's own routes are reached through the same host.
        let session = self.get("/session").cookie("__Host-access", &token);
        assert_eq!(self.ask(session).await.expect(200).text("subject"), "alice");
    }

    /// What the application at `path` gets, and who may change something there.
    pub(super) async fn tells_the_application_who_asks(&self, path: &str) {
        let token = self.authority.create("alice").await.access;
        let cookies = format!("a=1; __Host-access={token}; b=2; __Host-refresh=x; __Host-seal=y");
        let get = self
            .get(path)
            .header("cookie", &cookies)
            .header("x-auth-subject", "root")
            .header("x-auth-scope", "admin")
            .header("x-forwarded-method", "OPTIONS");
        let answer = self.ask(get).await.expect(200);
        let seen = String::from_utf8(answer.body.to_vec()).unwrap().to_lowercase();
        assert!(seen.contains("x-auth-subject: alice\r\n"), "{seen}");
        assert!(seen.contains("x-auth-scope: notes:read notes:write\r\n"), "{seen}");
        assert!(seen.contains("cookie: a=1; b=2\r\n"), "{seen}");
        assert!(
            !seen.contains("root") && !seen.contains("admin") && !seen.contains("__host"),
            "{seen}"
        );

        let bearer = self.ask(self.get(path).bearer(&token)).await.expect(200);
        assert!(!String::from_utf8_lossy(&bearer.body).to_lowercase().contains("authorization"));

        let post = || Call::post(&self.url(path)).cookie("__Host-access", &token);
        self.ask(post()).await.expect(403);
        self.ask(post().header("sec-fetch-site", "cross-site")).await.expect(403);
        self.ask(post().header("sec-fetch-site", "same-origin")).await.expect(200);
    }

    /// A logout counts within a second; a gate that is away logs nobody out.
    pub(super) async fn hears_of_a_logout_and_of_an_outage(&mut self, path: &str) {
        let session = self.authority.create_cookie("alice").await;
        let stays = self.authority.create_cookie("bob").await;
        let page = self.get(path).cookie("__Host-access", &session.access);
        self.ask(page.clone()).await.expect(200);
        let cookies =
            format!("__Host-access={}; __Host-refresh={}", session.access, session.refresh);
        let logout = Call::post(&self.url("/session/logout")).header("cookie", &cookies);
        self.ask(logout.clone()).await.expect(403);
        self.ask(logout.header("sec-fetch-site", "same-origin")).await.expect(204);
        let client = self.authority.client.clone();
        eventually(&client, &page, Duration::from_secs(1), |answer| answer.status == 401).await;

        self.authority.kill();
        let page = self.get(path).cookie("__Host-access", &stays.access);
        let answer = self.ask(page).await;
        // Caddy answers for a server that is away by itself, and says 502.
        assert!(matches!(answer.status, 502 | 503), "{answer:?}");
    }
}

/// An application that answers each request with the head that it got; ends with the test program.
pub(super) struct Application {
    port: u16,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Application {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::<Mutex<Vec<String>>>::default();
        let notes = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let notes = Arc::clone(&notes);
                std::thread::spawn(move || answer(&stream, &notes));
            }
        });
        Self { port, seen }
    }

    /// The heads of requests, in lower case, in which `text` stands.
    pub(super) fn saw(&self, text: &str) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        seen.iter().filter(|head| head.contains(text)).cloned().collect()
    }
}

fn answer(mut stream: &TcpStream, notes: &Mutex<Vec<String>>) {
    let lines = BufReader::new(stream).lines().map_while(Result::ok);
    let head: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
    let head = head.iter().flat_map(|line| [line.as_str(), "\r\n"]).collect::<String>();
    notes.lock().unwrap().push(head.to_lowercase());
    let length = head.len();
    let answer =
        format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{head}");
    // Whoever asked may be gone: a proxy that opens connections ahead, for example.
    drop(stream.write_all(answer.as_bytes()));
}
