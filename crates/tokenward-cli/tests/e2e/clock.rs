//! A clock that is wrong: whoever runs the server is told, and no verifier believes what follows from it.

use std::path::PathBuf;
use std::process::Command;

use crate::harness::{AT_LAST, Authority, Gate, eventually};

#[tokio::test]
async fn an_authority_whose_clock_went_back_says_so_and_its_gates_do_not_guess() {
    let mut authority = Authority::dev().await;
    let session = authority.create("alice").await;
    authority.kill();
    let shim = shim(&authority);
    authority.setup.wrong_clock = Some((shim, -3_600));
    authority.start_again().await;

    let gate = Gate::perhaps_deaf(&authority, "").await;
    let question = gate.question().bearer(&session.access);
    // The token is good by the gate's clock, but what the authority says of revocations is an hour old.
    let answer = authority.client.ask(question.clone()).await;
    assert_eq!(answer.status, 503, "{answer:?}");
    let log = authority.process().log_text();
    assert!(log.lines().any(|line| line.contains("WARN") && line.contains("clock")), "{log}");

    authority.kill();
    authority.setup.wrong_clock = None;
    authority.start_again().await;
    eventually(&authority.client, &question, AT_LAST, |answer| answer.status == 200).await;
    authority.refresh(&session.refresh).await.unwrap().expect(200);
}

/// The library that makes a clock wrong.
pub(crate) fn shim(authority: &Authority) -> PathBuf {
    let source = authority.private_file("clock.c", include_str!("clock.c"));
    let library = source.with_extension("so");
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&source).arg("-ldl");
    assert!(cc.status().unwrap().success(), "{cc:?}");
    library
}
