//! The page on session events: its receiver, in Python, is told of what ends, also over a kill.

use std::fs;

use http::Method;
use serde_json::{Value, json};

use super::remote::Site;
use tokenward_testing::free_port;

use crate::client::Call;
use crate::harness::Session;
use crate::markdown::tested;
use crate::process::Process;
use crate::shell::{Shell, python_program};

#[tokio::test]
async fn python_is_told_which_sessions_end_with_the_code_of_its_page() {
    let shell = Shell::new();
    let (etc, port) = (shell.path("etc").display().to_string(), free_port());
    let url = format!("http://127.0.0.1:{port}/events");
    let shell = shell
        .replacing("/etc/tokenward", &etc)
        .replacing("https://crm.example.com/events", &url)
        .replacing("billing-api", "api")
        .env("PROD_CRM_EVENTS", "Bearer of-the-receiver");
    fs::create_dir(shell.path("etc")).unwrap();
    shell.write("receiver.py", &tested("events-python"));
    let site = Site::new(shell, "redis-start", &tested("events-config"));
    let mut authority = site.serve().await;
    let secret = site.service_secret().await;
    let [one, other] =
        [session(&site, &secret, "alice").await, session(&site, &secret, "bob").await];

    // Nobody is there yet who would hear of the first.
    end(&site, &secret, &one).await;
    authority.kill();
    let _authority = site.serve().await;
    let mut receiver = receiver(&site, port, &url);
    assert_eq!(heard(&mut receiver).await, json!({ "user": "alice", "session": one.id }));

    end(&site, &secret, &other).await;
    assert_eq!(heard(&mut receiver).await, json!({ "user": "bob", "session": other.id }));
}

fn receiver(site: &Site, port: u16, url: &str) -> Process {
    let mut program = site.shell.command(python_program());
    program
        .args(["-u", "receiver.py", &port.to_string()])
        .env("ISSUER", format!("{}/audiences/api", site.url))
        .env("RECIPIENT", url)
        .env("AUTHORIZATION", "Bearer of-the-receiver")
        .env("SSL_CERT_FILE", site.shell.path("etc/fullchain.pem"));
    Process::spawn("receiver", &mut program)
}

async fn heard(receiver: &mut Process) -> Value {
    serde_json::from_str(&receiver.line().await).unwrap()
}

async fn session(site: &Site, secret: &str, subject: &str) -> Session {
    let body = json!({ "subject": subject, "audience": "api" });
    let call = Call::new(Method::POST, &format!("{}/v1/sessions", site.url));
    Session::of(&site.client.ask(call.basic("login", secret).json(&body)).await.expect(201))
}

async fn end(site: &Site, secret: &str, session: &Session) {
    let url = format!("{}/v1/sessions/{}", site.url, session.id);
    let call = Call::new(Method::DELETE, &url).basic("login", secret);
    site.client.ask(call).await.expect(204);
}
