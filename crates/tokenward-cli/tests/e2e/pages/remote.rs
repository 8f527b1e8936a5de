//! An authority whose keys are elsewhere, set up and started as a page says.

use std::fs;
use std::process::Command;

use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value, json};
use tokenward_testing::free_port;

use crate::client::{Answer, Call, Client};
use crate::harness::write_private;
use crate::markdown::tested;
use crate::process::{Process, TOKENWARD};
use crate::shell::Shell;

/// The folder of the authority, and the way to it.
pub(crate) struct Site {
    pub(crate) shell: Shell,
    pub(crate) client: Client,
    pub(crate) url: String,
    /// The port of its health.
    pub(crate) health: u16,
    /// The block of the page whose first command looks, and whose second starts.
    start: &'static str,
}

impl Site {
    /// The files that every page takes for granted, in `etc` of `shell`; `keys` is the page's own part of the
    /// configuration.
    pub(crate) fn new(shell: Shell, start: &'static str, keys: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let names = CertificateParams::new(["localhost".to_owned()]).unwrap();
        shell.write("etc/fullchain.pem", &names.self_signed(&key).unwrap().pem());
        write_private(&shell.path("etc/privkey.pem"), &key.serialize_pem());
        write_private(&shell.path("etc/kek.key"), "32 bytes that are not in any way");
        let (port, health) = (free_port(), free_port());
        shell.write("etc/tokenward.toml", &format!("{}{keys}", settings(port, health)));
        let client = Client::trusting(&shell.path("etc/fullchain.pem"));
        Self { shell, client, url: format!("https://localhost:{port}"), health, start }
    }

    /// The command of the page that looks before the start.
    pub(crate) fn check(&self) -> String {
        tested(self.start).lines().next().unwrap().to_owned()
    }

    /// The command of the page that starts.
    pub(crate) fn command(&self) -> Command {
        let start = self.shell.adapt(tested(self.start).lines().nth(1).unwrap());
        let mut command = self.shell.command(TOKENWARD);
        command.args(start.split(' ').skip(1));
        command
    }

    pub(crate) async fn serve(&self) -> Process {
        let mut process = Process::spawn("authority", &mut self.command());
        process.ready().await;
        process
    }

    pub(crate) async fn service_secret(&self) -> String {
        let made =
            self.shell.run("tokenward services rotate-secret login --data /etc/tokenward").await;
        made.split_whitespace().find(|word| word.starts_with("tws_")).unwrap().to_owned()
    }

    pub(crate) async fn ask_for_a_session(&self, secret: &str) -> Answer {
        self.client.ask(self.session_call(secret)).await
    }

    pub(crate) fn session_call(&self, secret: &str) -> Call {
        let body: Value = json!({ "subject": "ada", "audience": "api" });
        let call = Call::new(http::Method::POST, &format!("{}/v1/sessions", self.url));
        call.basic("login", secret).json(&body)
    }

    /// `check` finds one thing wrong with `config`.
    pub(crate) async fn refuses(&self, config: &str, why: &str) {
        fs::write(self.shell.path("etc/tokenward.toml"), config).unwrap();
        let output = self.shell.try_run(&self.check()).await;
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(!output.status.success() && text.contains(why), "{why}: {text}");
        assert_eq!(text.lines().count(), 1, "{text}");
    }
}

fn settings(port: u16, health: u16) -> String {
    format!(
        "environment = \"prod\"\nissuer = \"https://localhost:{port}\"\n\
         [listen]\npublic = \"127.0.0.1:{port}\"\nhealth = \"127.0.0.1:{health}\"\n\
         [tls]\ncertificate = \"fullchain.pem\"\nkey = \"privkey.pem\"\n\
         [[audience]]\nname = \"api\"\n\
         [[service]]\nname = \"login\"\nmay = [\"sessions:write\", \"introspect\"]\naudiences = [\"api\"]\n"
    )
}
