//! The revocation feed, followed by the program of its page and by a gate that pins who signs it.

use http::Method;
use serde_json::Value;

use crate::harness::{AT_LAST, Authority, Gate, eventually};
use crate::markdown::tested;
use crate::process::run;
use crate::shell::{Shell, python_program};

#[tokio::test]
async fn python_follows_the_feed_with_the_code_of_its_page() {
    let authority = Authority::dev().await;
    let dev = &authority.dev;
    let shell = beside(&authority);
    shell.run(&tested("feed-keys")).await;
    shell.write("follow.py", &tested("feed-python"));
    let mut program = shell.command(python_program());
    program
        .args(["follow.py", "12"])
        .env("AUTHORITY", &dev.issuer)
        .env("AUDIENCE", &dev.audience)
        .env("CLIENT_ID", &dev.client_id)
        .env("CLIENT_SECRET", &dev.client_secret)
        .env("SSL_CERT_FILE", &dev.ca_file);

    let revoking = async {
        loop {
            let session = authority.create("alice").await;
            end(&authority, &session.id).await;
        }
    };
    let output = tokio::select! {
        output = run(&mut program) => output,
        never = revoking => never,
    };

    let said = [output.stdout, output.stderr].concat();
    let said: Value = serde_json::from_slice(&said)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&said)));
    assert!(said["frames"].as_u64().unwrap() > 0, "{said}");
    assert!(said["known"].as_u64() >= said["frames"].as_u64(), "{said}");
}

#[tokio::test]
async fn a_gate_that_pins_the_feed_keys_believes_nobody_else() {
    let authority = Authority::dev().await;
    let shell = beside(&authority);
    shell.run(&tested("feed-keys")).await;
    let pinned = |file: &str| {
        let (name, file) = (&authority.dev.audience, shell.path(file));
        format!("[[audience]]\nname = \"{name}\"\nfeed_key = \"{}\"", file.display())
    };
    let keys = std::fs::read_to_string(shell.path("feed.jwks")).unwrap();
    let keys: Value = serde_json::from_str(&keys).unwrap();
    // The next key alone: trusted, and not the one that signs.
    shell.write("next.jwk", &keys["keys"][1].to_string());
    let session = authority.create("alice").await;

    let gate = Gate::with(&authority, &pinned("feed.jwks")).await;
    authority.client.ask(gate.question().bearer(&session.access)).await.expect(200);
    end(&authority, &session.id).await;
    let question = gate.question().bearer(&session.access);
    eventually(&authority.client, &question, AT_LAST, |answer| answer.status == 401).await;

    let deaf = Gate::perhaps_deaf(&authority, &pinned("next.jwk")).await;
    authority.client.ask(deaf.question().bearer(&session.access)).await.expect(503);
}

async fn end(authority: &Authority, session: &str) {
    let end = authority.service(Method::DELETE, &format!("/v1/sessions/{session}"));
    authority.client.ask(end).await.expect(204);
}

fn beside(authority: &Authority) -> Shell {
    Shell::beside(authority).replacing("billing-api", &authority.dev.audience)
}
