//! `tokenward audit live`, as it is typed.

use std::fs;
use std::process::Output;

use serde_json::Value;

use crate::support::{Dev, Work};

#[test]
fn serve_dev_makes_none_of_the_ten_mistakes() {
    let work = Work::new();
    let dev = work.dev("audit-live");
    let session = dev.session("u1");
    fs::write(work.path("token.txt"), session["access_token"].as_str().unwrap()).unwrap();
    let id = session["session_id"].as_str().unwrap();
    let end = format!("{} revoke --sid {id}", env!("CARGO_BIN_EXE_tokenward"));

    let output = live(&work, &dev, &["--intrusive", "--end-with", &end]);

    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.starts_with("none of the 10 mistakes found"), "{said}");
    assert!(said.contains("\nnothing found in "), "{said}");
    assert!(said.contains("\n   4  unseen  tokens that live too long"), "{said}");
    assert!(said.contains("\n   5  -       tokens that cannot"), "{said}");
    assert!(said.contains("skipped: logout: needs --logout-url"), "{said}");
    assert!(!said.contains("the rest of the probes"), "{said}");
}

#[test]
fn what_was_sent_and_left_out_stands_in_the_answer_for_programs() {
    let work = Work::new();
    let dev = work.dev("audit-live-json");
    fs::write(work.path("token.txt"), dev.session("u1")["access_token"].as_str().unwrap()).unwrap();

    let output = live(&work, &dev, &["--max-requests", "60", "--format", "json"]);

    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["requests"], 60);
    let whys: Vec<_> =
        answer["notes"].as_array().unwrap().iter().map(|note| &note["why"]).collect();
    assert!(whys.contains(&&Value::from("the limit of 60 requests is reached")), "{whys:?}");
}

#[test]
fn without_consent_a_token_or_an_address_one_line_says_what_is_wanted() {
    let work = Work::new();
    fs::write(work.path("token.txt"), "e30.e30.e30\n").unwrap();
    fs::write(work.path("empty.txt"), "\n").unwrap();
    let url = "http://127.0.0.1:1/me";

    let output = work.run(&["audit", "live", url, "--token-file", "token.txt"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("--i-own-this"));

    for (arguments, wanted) in [
        (
            &[url][..],
            "a valid token is needed: --token-file FILE, --token-env NAME, or --login CMD",
        ),
        (&[url, "--token-env", "NOWHERE"], "--token-env: NOWHERE is not set"),
        (&[url, "--token-file", "empty.txt"], "empty.txt: no token in it"),
        (&[url, "--login", "exit 3"], "--login: the command ended with exit status: 3"),
        (&[url, "--login", "true"], "--login: the command prints nothing"),
        (&[url, "--login", "echo nonsense"], "no JWT of three parts"),
        (&["/me", "--token-file", "token.txt"], "URL: `/me`: no URL; write for example"),
        (&["ftp://a.example/", "--token-file", "token.txt"], "neither https nor http"),
        (&[url, "--token-file", "token.txt"], "cannot be reached"),
        (&["http://a.example/", "--token-file", "token.txt"], "plain HTTP beyond this machine"),
        (&[url, "--token-file", "token.txt", "--cookie", "a b"], "`a b` is no name of a cookie"),
    ] {
        let mut all = vec!["audit", "live", "--i-own-this"];
        all.extend(arguments);
        let mut command = work.command(&all);
        let output = command.env("PATH", "/usr/bin:/bin").output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{arguments:?}: {said}");
        assert!(said.contains(wanted), "{arguments:?}: {said}");
    }
}

/// Audits the session of the token in `token.txt`, without a pause to speak of.
fn live(work: &Work, dev: &Dev, more: &[&str]) -> Output {
    let url = format!("{}/session", dev.text("base_url"));
    let mut all = vec!["audit", "live", &url, "--i-own-this", "--token-file", "token.txt"];
    all.extend([
        "--ca-file",
        dev.text("ca_file"),
        "--jwks",
        dev.text("jwks_uri"),
        "--rate",
        "1000",
    ]);
    all.extend(more);
    work.command(&all).env("PATH", "/usr/bin:/bin").output().unwrap()
}
