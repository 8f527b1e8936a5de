//! The page on status lists: its reader, in Python, of a token before and after it is revoked.

use std::fs;
use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::remote::Site;
use crate::client::Call;
use crate::harness::Session;
use crate::markdown::tested;
use crate::process::run;
use crate::shell::{Shell, python_program};

#[tokio::test]
async fn python_reads_the_status_of_a_token_with_the_code_of_its_page() {
    let shell = Shell::new();
    let etc = shell.path("etc").display().to_string();
    let shell = shell.replacing("/etc/tokenward", &etc);
    fs::create_dir(shell.path("etc")).unwrap();
    shell.write("status.py", &tested("status-list-python"));
    let site = Site::new(shell, "redis-start", &tested("status-list-config"));
    let config = fs::read_to_string(site.shell.path("etc/tokenward.toml")).unwrap();
    let config = config.replace("audiences = [\"api\"]", "audiences = [\"billing-api\"]");
    site.shell.write("etc/tokenward.toml", &config);
    let _authority = site.serve().await;
    let secret = site.service_secret().await;
    let [stays, ends] =
        [session(&site, &secret, "alice").await, session(&site, &secret, "bob").await];
    assert_eq!(read(&site, &stays).await, json!({ "sub": "alice", "revoked": false }));
    assert_eq!(read(&site, &ends).await, json!({ "sub": "bob", "revoked": false }));

    let url = format!("{}/v1/sessions/{}", site.url, ends.id);
    let end = Call::new(Method::DELETE, &url).basic("login", &secret);
    site.client.ask(end).await.expect(204);
    // A list is made anew once a second.
    let patience = Instant::now() + Duration::from_secs(20);
    while read(&site, &ends).await["revoked"] != json!(true) {
        assert!(Instant::now() < patience);
        sleep(Duration::from_millis(50)).await;
    }

    assert_eq!(read(&site, &stays).await, json!({ "sub": "alice", "revoked": false }));
}

async fn session(site: &Site, secret: &str, subject: &str) -> Session {
    let body = json!({ "subject": subject, "audience": "billing-api" });
    let call = Call::new(Method::POST, &format!("{}/v1/sessions", site.url));
    Session::of(&site.client.ask(call.basic("login", secret).json(&body)).await.expect(201))
}

async fn read(site: &Site, session: &Session) -> Value {
    let mut program = site.shell.command(python_program());
    program
        .args(["status.py", &session.access])
        .env("ISSUER", format!("{}/audiences/billing-api", site.url))
        .env("AUDIENCE", "billing-api")
        .env("SSL_CERT_FILE", site.shell.path("etc/fullchain.pem"));
    let output = run(&mut program).await;
    let said = [output.stdout, output.stderr].concat();
    serde_json::from_slice(&said).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&said)))
}
