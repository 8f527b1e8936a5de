//! The proxies that Debian ships, with the configurations that the pages print.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;
use tokenward_testing::free_port;
use tokio::time::{sleep, timeout};

use crate::client::{Answer, Call};
use crate::harness::{Authority, eventually};
use crate::markdown::tested;
use crate::process::{Process, run};
use crate::shell::program;

#[tokio::test]
async fn nginx_protects_a_static_site_and_an_application() {
    let mut site = Site::new().await;
    site.write("nginx.conf", &tested("nginx"));
    // One process, which the test can end; as root it would else give up the right to read the site.
    let one = "daemon off; master_process off; user root;";
    let start = tested("nginx-start").replace("daemon off;", one);
    let _nginx = site.start("nginx", &start).await;

    let session = site.authority.create("alice").await;
    let page = site.get("/").bearer(&session.access);
    assert_eq!(&site.ask(page.clone()).await.expect(200).body[..], b"hello\n");
    let mut ask = site.bash(&tested("nginx-ask"));
    let asked = run(ask.env("TOKEN", &session.access)).await;
    assert!(asked.stdout.ends_with(b"hello\n"), "{asked:?}");
    site.guards_as_promised("/").await;
    site.tells_the_application_who_asks("/api/").await;
    site.hears_of_a_logout_and_of_an_outage("/").await;
}

#[tokio::test]
async fn caddy_protects_an_application() {
    let mut site = Site::new().await;
    site.write("Caddyfile", &tested("caddy"));
    let _caddy = site.start("caddy", &tested("caddy-start")).await;

    site.guards_as_promised("/").await;
    site.tells_the_application_who_asks("/").await;
    site.hears_of_a_logout_and_of_an_outage("/").await;
}

#[tokio::test]
async fn haproxy_protects_an_application() {
    let mut site = Site::new().await;
    site.write("haproxy.cfg", &tested("haproxy"));
    site.write("tokenward.lua", &tested("haproxy-lua"));
    let _haproxy = site.start("haproxy", &tested("haproxy-start")).await;

    site.guards_as_promised("/").await;
    site.tells_the_application_who_asks("/").await;
    site.hears_of_a_logout_and_of_an_outage("/").await;
}

/// A proxy in front of an application that shows the requests it gets.
struct Site {
    authority: Authority,
    folder: TempDir,
    port: u16,
    application: u16,
}

impl Site {
    async fn new() -> Self {
        let application = application();
        let folder = TempDir::new().unwrap();
        Self { authority: Authority::dev().await, folder, port: free_port(), application }
    }

    /// Writes a printed configuration, with the ports and folders of this test.
    fn write(&self, name: &str, printed: &str) {
        fs::write(self.folder.path().join(name), self.adapt(printed)).unwrap();
    }

    fn adapt(&self, printed: &str) -> String {
        let authority = self.authority.dev.base_url.rsplit_once(':').unwrap().1;
        let port = self.port.to_string();
        // By way of names, because a port of this test may look like a printed one.
        let named = ["4443", "4444", "4445"].iter().fold(
            printed.replace("8443", "{authority}").replace("8080", "{application}"),
            |text, port| text.replace(port, "{port}"),
        );
        named
            .replace("{authority}", authority)
            .replace("{application}", &self.application.to_string())
            .replace("{port}", &port)
            // Two proxies on one machine must not share the name.
            .replace("abns@tokenward-gate", &format!("abns@tokenward-gate-{port}"))
            .replace(".tokenward/", &format!("{}/", self.authority.data().display()))
    }

    /// Printed commands, of which the last takes the shell's place: ending that ends the server.
    fn bash(&self, printed: &str) -> Command {
        let printed = self.adapt(printed);
        let (before, last) = printed.trim_end().rsplit_once('\n').unwrap_or(("", &printed));
        let mut command = Command::new("bash");
        command
            .args(["-euc", &format!("PATH=$PATH:/usr/sbin\n{before}\nexec env {last}")])
            .current_dir(self.folder.path())
            .env("XDG_DATA_HOME", self.folder.path())
            .env("XDG_CONFIG_HOME", self.folder.path());
        command
    }

    async fn start(&self, name: &str, printed: &str) -> Process {
        assert!(
            program(name).is_some(),
            "{name} is missing: run `cargo xtask test`, which installs it"
        );
        let process = Process::spawn(name, &mut self.bash(printed));
        let accepts = async {
            while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
                sleep(Duration::from_millis(20)).await;
            }
        };
        let waited = timeout(Duration::from_secs(30), accepts).await;
        assert!(waited.is_ok(), "{name} did not get ready:\n{}", process.log_text());
        process
    }

    fn get(&self, path: &str) -> Call {
        Call::get(&self.url(path))
    }

    fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.port)
    }

    async fn ask(&self, call: Call) -> Answer {
        self.authority.client.ask(call).await
    }

    /// Who gets in and who does not, whatever stands behind `path`.
    async fn guards_as_promised(&self, path: &str) {
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
    async fn tells_the_application_who_asks(&self, path: &str) {
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
    async fn hears_of_a_logout_and_of_an_outage(&mut self, path: &str) {
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
fn application() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || answer(&stream));
        }
    });
    port
}

fn answer(mut stream: &TcpStream) {
    let lines = BufReader::new(stream).lines().map_while(Result::ok);
    let head: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
    let head = head.iter().flat_map(|line| [line.as_str(), "\r\n"]).collect::<String>();
    let length = head.len();
    let answer =
        format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{head}");
    // Whoever asked may be gone: a proxy that opens connections ahead, for example.
    drop(stream.write_all(answer.as_bytes()));
}
