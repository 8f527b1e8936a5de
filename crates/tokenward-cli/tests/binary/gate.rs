//! `tokenward gate`, next to a development authority.

use std::fs;

use serde_json::json;

use crate::support::{Dev, Process, Work, ask, until};

#[test]
fn it_lets_good_tokens_through_by_its_rules_and_hears_of_revocations() {
    let work = Work::new();
    let dev = work.dev("gate-authority");
    let gate = Gate::start(&work, &dev, "gate");
    let session = dev.session("alice");
    let token = session["access_token"].as_str().unwrap();

    assert_eq!(gate.ask(token, "GET", "/public/x", EDGE_SECRET), 200);
    assert_eq!(gate.ask(token, "POST", "/public/x", EDGE_SECRET), 403);
    assert_eq!(gate.ask(token, "GET", "/admin", EDGE_SECRET), 403);
    assert_eq!(gate.ask("nonsense", "GET", "/public/x", EDGE_SECRET), 401);
    assert_eq!(gate.ask(token, "GET", "/public/x", "wrong"), 403);

    dev.post("/v1/revocations", &json!({ "sid": session["session_id"] }));
    until("the gate refuses", || gate.ask(token, "GET", "/public/x", EDGE_SECRET) == 401);
}

#[test]
fn it_is_unavailable_rather_than_wrong_while_the_authority_is_down() {
    let work = Work::new();
    let dev = work.dev("gate-down-authority");
    let token = dev.session("alice")["access_token"].as_str().unwrap().to_owned();
    let gate = Gate::start(&work, &dev, "gate-down");
    assert_eq!(gate.ask(&token, "GET", "/public/x", EDGE_SECRET), 200);

    assert_eq!(dev.process.stop(), Some(0));

    until("it is too stale to say", || gate.ask(&token, "GET", "/public/x", EDGE_SECRET) == 503);
}

#[test]
fn explain_names_the_rule_without_a_request() {
    let work = Work::new();
    let dev = work.dev("gate-explain");
    config(&work, &dev);

    let said = work.good(&["gate", "explain", "GET", "https://app.example.com/public/x?y"]);
    assert_eq!(said, "demo-api: rule 1: any good token is let through\n");

    let output = work.run(&["gate", "explain", "DELETE", "/public/x", "--config", "gate.toml"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said, "demo-api: no rule is about it: refused\n  rule 1 is about another method\n");
}

#[test]
fn explain_says_what_a_token_lacks() {
    let work = Work::new();
    let dev = work.dev("gate-explain-token");
    config(&work, &dev);
    let gate = fs::read_to_string(work.path("gate.toml")).unwrap();
    let rules = "[[rule]]\npaths = [\"/strong\"]\nacr = [\"urn:example:passkey\"]\n\
                 [[rule]]\npaths = [\"/young\"]\nmax_age = \"5m\"\n\
                 [[rule]]\nscopes = [\"admin\"]\n";
    fs::write(work.path("gate.toml"), format!("{gate}\n{rules}")).unwrap();
    fs::write(work.path("token"), dev.session("alice")["access_token"].as_str().unwrap()).unwrap();
    let explain = |target: &str, file: &str| {
        let output = work.run(&["gate", "explain", "GET", target, "--token-file", file]);
        let said = String::from_utf8(output.stdout).unwrap();
        (output.status.code(), said.lines().last().unwrap_or_default().to_owned())
    };

    let good = (Some(0), "  the token would do, if it is good".to_owned());
    assert_eq!(explain("/public/x", "token"), good);
    assert_eq!(explain("/other", "token"), (Some(1), "  the token lacks admin".to_owned()));
    // The login was just now, and nobody said how.
    assert_eq!(explain("/young", "token"), good);
    let weak = "  the token is of a login that is too old, or too weak: the rule asks for \
                acr_values=\"urn:example:passkey\"";
    assert_eq!(explain("/strong", "token"), (Some(1), weak.to_owned()));
    fs::write(work.path("none"), "garbage").unwrap();
    assert_eq!(explain("/public/x", "none"), (Some(2), String::new()));
}

#[test]
fn a_secret_of_another_environment_stops_the_start() {
    let work = Work::new();
    let dev = work.dev("gate-secret");
    config(&work, &dev);
    let output = work
        .command(&["gate", "--config", "gate.toml"])
        .env("PROD_GATE_SECRET", dev.text("client_secret"))
        .output()
        .unwrap();

    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        said,
        "tokenward: feed.client_secret: PROD_GATE_SECRET is set, but this environment is \"dev\"; \
         set DEV_GATE_SECRET to a secret of its own\n"
    );
}

#[test]
fn a_proxy_secret_that_could_be_guessed_stops_the_start() {
    let work = Work::new();
    let dev = work.dev("gate-short-secret");
    config(&work, &dev);
    let output = work
        .command(&["gate", "--config", "gate.toml"])
        .env("DEV_GATE_SECRET", dev.text("client_secret"))
        .env("DEV_EDGE_SECRET", "fifteen-letters")
        .output()
        .unwrap();

    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "tokenward: proxy.edge.secret: the secret is under 16 characters; make one with \
         `openssl rand -base64 32`\n"
    );
}

struct Gate {
    process: Process,
}

impl Gate {
    fn start(work: &Work, dev: &Dev, test: &str) -> Self {
        config(work, dev);
        let mut command = work.command(&["gate", "--config", "gate.toml"]);
        command
            .env("DEV_GATE_SECRET", dev.text("client_secret"))
            .env("DEV_EDGE_SECRET", EDGE_SECRET);
        Self { process: Process::start(command, test, "tokenward: gate ready on ") }
    }

    fn ask(&self, token: &str, method: &str, path: &str, secret: &str) -> u16 {
        let bearer = format!("Bearer {token}");
        let headers = [
            ("authorization", bearer.as_str()),
            ("x-original-method", method),
            ("x-original-uri", path),
            ("x-proxy-secret", secret),
        ];
        let url = format!("http://{}/auth/nginx/demo-api", self.process.place);
        ask("GET", &url, &headers, "", None).status
    }
}

fn config(work: &Work, dev: &Dev) {
    let text = format!(
        r#"
environment = "dev"
listen = "127.0.0.1:0"
issuer = "{}"
audiences = ["demo-api"]
ca_file = "{}"
max_staleness = "4s"
clock_error = "1s"

[feed]
client_id = "demo-backend"
client_secret = {{ env = "GATE_SECRET" }}

[[proxy]]
name = "edge"
profile = "nginx"
secret = {{ env = "EDGE_SECRET" }}

[[rule]]
methods = ["GET"]
paths = ["/public/**"]
"#,
        dev.text("issuer"),
        dev.text("ca_file")
    );
    fs::write(work.path("gate.toml"), text).unwrap();
}

const EDGE_SECRET: &str = "the secret of the edge";
