//! The pages on bound tokens and on step-up: their settings, at the authority and at the gate.

use std::fs;

use http::Method;
use serde_json::{Value, json};

use super::remote::Site;
use crate::client::Call;
use crate::markdown::tested;
use crate::process::{run, tokenward};
use crate::shell::Shell;

#[tokio::test]
async fn an_audience_of_the_page_makes_bound_sessions_and_no_others() {
    let shell = Shell::new();
    let etc = shell.path("etc").display().to_string();
    let shell = shell.replacing("/etc/tokenward", &etc);
    fs::create_dir(shell.path("etc")).unwrap();
    let site = Site::new(shell, "redis-start", &tested("dpop-audience"));
    let config = fs::read_to_string(site.shell.path("etc/tokenward.toml")).unwrap();
    let config = config.replace("audiences = [\"api\"]", "audiences = [\"billing-api\"]");
    site.shell.write("etc/tokenward.toml", &config);
    let _authority = site.serve().await;
    let secret = site.service_secret().await;
    let ask = async |body: Value| {
        let call = Call::new(Method::POST, &format!("{}/v1/sessions", site.url));
        site.client.ask(call.basic("login", &secret).json(&body)).await
    };
    let unbound = json!({ "subject": "alice", "audience": "billing-api" });
    ask(unbound.clone()).await.expect(400);

    let mut bound = unbound;
    bound["dpop_jkt"] = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k".into();
    assert_eq!(ask(bound).await.expect(201).text("token_type"), "DPoP");
}

#[tokio::test]
async fn a_gate_reads_the_settings_of_the_pages() {
    let shell = Shell::new();
    let pages = ["gate", "dpop-gate", "step-up-rule"].map(tested).join("\n");
    // What is wrong is told, all of it, before anything is opened.
    shell.write("gate.toml", &format!("nobody_knows = 1\n{pages}"));
    let output = run(tokenward(&["gate", "--config"]).arg(shell.path("gate.toml"))).await;
    let said = String::from_utf8(output.stderr).unwrap();

    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("nobody_knows: unknown setting"), "{said}");
}

#[tokio::test]
async fn a_check_takes_the_audience_of_the_page_on_step_up() {
    let shell = Shell::new();
    let etc = shell.path("etc").display().to_string();
    let shell = shell.replacing("/etc/tokenward", &etc);
    fs::create_dir(shell.path("etc")).unwrap();
    let site = Site::new(shell, "redis-start", &tested("step-up-audience"));
    let config = fs::read_to_string(site.shell.path("etc/tokenward.toml")).unwrap();
    let config = config.replace("audiences = [\"api\"]", "audiences = [\"billing-api\"]");
    site.shell.write("etc/tokenward.toml", &config);
    let _authority = site.serve().await;
    let secret = site.service_secret().await;
    let page = fs::read_to_string(crate::markdown::root().join("docs/step-up.md")).unwrap();
    let body = page.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let mut body: Value = serde_json::from_str(body).unwrap();
    // The page's is a date of its own.
    body["auth_time"] = 1_700_000_000.into();
    let call = Call::new(Method::POST, &format!("{}/v1/sessions", site.url));
    site.client.ask(call.basic("login", &secret).json(&body)).await.expect(201);
}
