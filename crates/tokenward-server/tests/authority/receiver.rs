//! A receiver of events: `PyJWT` behind Python's own server.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver as Lines};
use std::time::Duration;

use http::HeaderValue;
use serde_json::Value;
use tempfile::TempDir;
use tokenward::Audience;
use tokenward_remote::Endpoint;
use tokenward_server::settings::{
    EventDelivery, EventKind, PushSettings, ReceiverSettings, Settings,
};
use tokenward_testing::python;

use crate::harness::{BILLING, Bench};

/// A receiver in Python.
pub(crate) struct Receiver {
    process: Child,
    lines: Lines<Value>,
    port: u16,
    folder: TempDir,
}

impl Receiver {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../interop/python/receiver.py");
        let mut process = Command::new(python())
            .arg(script.canonicalize().unwrap())
            .arg("keys.json")
            .arg(format!("https://auth.example.com/audiences/{BILLING}"))
            .arg(recipient().as_str())
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(process.stdout.take().unwrap()).lines();
        let port = said.next().unwrap().unwrap().parse().unwrap();
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in said.map_while(Result::ok) {
                if sender.send(serde_json::from_str(&line).unwrap()).is_err() {
                    return;
                }
            }
        });
        Self { process, lines, port, folder }
    }

    pub(crate) fn configure(&self, settings: &mut Settings) {
        let to = format!("http://127.0.0.1:{}/events", self.port);
        settings.receivers = vec![ReceiverSettings {
            name: "crm".to_owned(),
            recipient: recipient(),
            audiences: vec![Audience::new(BILLING).unwrap()],
            events: vec![EventKind::SessionRevoked],
            delivery: EventDelivery::Push(PushSettings {
                to: Endpoint::https_or_loopback(&to).unwrap(),
                authorization: Some(HeaderValue::from_static("Bearer of-the-receiver")),
                ca: None,
            }),
        }];
    }

    /// Events from before are no news, so tests begin once that is settled.
    pub(crate) async fn knows_the_keys_of(&self, bench: &Bench) {
        bench.authority.collect_events().await.unwrap();
        let keys = bench.get(&format!("/audiences/{BILLING}/jwks.json")).await;
        std::fs::write(self.folder.path().join("keys.json"), &keys.body).unwrap();
    }

    pub(crate) fn mode(&self, mode: &str) {
        let [new, old] = ["new", "mode"].map(|name| self.folder.path().join(name));
        std::fs::write(&new, mode).unwrap();
        std::fs::rename(new, old).unwrap();
    }

    /// The next delivery.
    pub(crate) async fn next(&self) -> Value {
        let delivered = async {
            loop {
                match self.lines.try_recv() {
                    Ok(line) => return line,
                    Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(60), delivered).await.unwrap()
    }

    /// The next delivery that it met in this mode.
    pub(crate) async fn next_in(&self, mode: &str) -> Value {
        loop {
            let next = self.next().await;
            assert_ne!(next["mode"], "followed a redirect");
            if next["mode"] == mode {
                return next;
            }
        }
    }

    pub(crate) async fn next_about(&self, subject: &str) -> Value {
        loop {
            let next = self.next().await;
            if next["claims"]["sub_id"]["user"]["sub"] == subject {
                return next;
            }
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

pub(crate) fn recipient() -> Audience {
    Audience::foreign("https://crm.example.com/events").unwrap()
}
