//! `tokenward root …`, as it is typed, by one person and by several.

use std::fs;
use std::process::Command;

use serde_json::Value;
use tokenward::root::{PinnedRoot, TrustState};
use tokenward::{Algorithm, IssuerId, SigningKey};

use crate::support::{Work, mode};

const ISSUER: &str = "https://auth.example.com/audiences/billing-api";

#[test]
fn one_person_makes_a_root_and_delegates() {
    let work = Work::new();
    let made = work.good(&["root", "init", "--keys", "3", "--threshold", "2", "--out", "root"]);
    assert!(made.starts_with("root/root.json: the root is signed (3 of 2 signatures)"), "{made}");
    for name in ["root.json", "root-key-1.pem", "root-key-2.pem", "root-key-3.pem"] {
        assert_eq!(mode(&work.path("root").join(name)), 0o600, "{name}");
    }
    signer(&work, "signer.jwk");

    work.good(&delegate(&["--key", "root/root-key-1.pem", "--key", "root/root-key-3.pem"]));

    let shown = work.good(&["root", "show", "delegation.json"]);
    assert!(shown.contains("  who pins this file takes no delegation from before 2"), "{shown}");
    let file = fs::read(work.path("delegation.json")).unwrap();
    let pinned = PinnedRoot::parse(&fs::read(work.path("root/root.json")).unwrap()).unwrap();
    let chain = tokenward::root::RootChain::parse(&file).unwrap();
    let (issuer, seen) = (IssuerId::new(ISSUER).unwrap(), TrustState::default());
    let now = chain.delegation().unwrap().unwrap().not_before();
    assert!(pinned.delegate_of(&chain, &issuer, &seen, now).is_ok());
}

#[test]
fn a_holder_at_a_terminal_is_asked_before_anything_is_signed() {
    let work = Work::new();
    let public = work.good(&["root", "key", "--out", "alice.pem"]);
    fs::write(work.path("alice.jwk"), public).unwrap();
    work.good(&["root", "init", "--public", "alice.jwk", "--threshold", "1", "--out", "."]);
    let unsigned = fs::read(work.path("root.json")).unwrap();
    let sign = ["root", "sign", "--key", "alice.pem", "root.json"];

    for answer in ["n\n", "\n", "yesterday\n", "\u{4}"] {
        let (code, said) = at_a_terminal(&work, &sign, answer);
        assert!(said.contains("root 1: 1 of 1 keys") && said.contains("Sign it? [y/N] "), "{said}");
        assert_eq!((code, said.contains("nothing was signed")), (Some(1), true), "{said}");
        assert_eq!(fs::read(work.path("root.json")).unwrap(), unsigned, "{answer:?}");
    }
    assert_eq!(at_a_terminal(&work, &sign, "Y\n").0, Some(0));
    assert_ne!(fs::read(work.path("root.json")).unwrap(), unsigned);

    fs::write(work.path("root.json"), &unsigned).unwrap();
    let (code, said) = at_a_terminal(&work, &[&sign[..], &["--yes"]].concat(), "");
    assert_eq!((code, said.contains("[y/N]")), (Some(0), false), "{said}");
}

#[test]
fn several_holders_sign_in_turn_each_with_the_own_key_alone() {
    let work = Work::new();
    for name in ["alice", "bob", "carol"] {
        let public = work.good(&["root", "key", "--out", &format!("{name}.pem")]);
        assert!(!public.contains("\"d\""), "{public}");
        fs::write(work.path(&format!("{name}.jwk")), public).unwrap();
        assert_eq!(mode(&work.path(&format!("{name}.pem"))), 0o600);
    }
    let said = work.good(&[
        "root",
        "init",
        "--public",
        "alice.jwk",
        "--public",
        "bob.jwk",
        "--threshold",
        "2",
        "--out",
        ".",
    ]);
    assert!(said.contains("0 of 2 signatures; its holders run `tokenward root sign`"), "{said}");

    let said = work.good(&["root", "sign", "--key", "alice.pem", "root.json"]);
    assert!(said.starts_with("root 1: 2 of 2 keys, until "), "{said}");
    let line = work.refused(2, &rotate(&[]));
    assert_eq!(line, "tokenward: the next root: the root has 1 of the 2 signatures that it needs");
    assert_eq!(sign(&work, "bob.pem", "root.json")["signed"], true);

    // Alice goes, Carol comes.
    work.good(&rotate(&["--key", "bob.pem"]));
    let half = sign(&work, "carol.pem", "root-2.json");
    assert_eq!(half["signed"], false, "{half}");
    let whole = sign(&work, "alice.pem", "root-2.json");
    assert_eq!(whole["signed"], true, "{whole}");
    assert_eq!(whole["roots"][1]["version"], 2);
    let shown = work.good(&["root", "show", "root-2.json"]);
    assert!(shown.contains("root 2: 2 of 2 keys, until "), "{shown}");
}

#[test]
fn nothing_that_exists_is_overwritten() {
    let work = Work::new();
    fs::create_dir(work.path("root")).unwrap();
    fs::write(work.path("root/root-key-2.pem"), "kept").unwrap();

    let line =
        work.refused(2, &["root", "init", "--keys", "2", "--threshold", "1", "--out", "root"]);

    assert!(line.contains("root/root-key-2.pem: it exists, and is not overwritten"), "{line}");
    assert!(!work.path("root/root-key-1.pem").exists());
    let line = work.refused(2, &["root", "key", "--out", "root/root-key-2.pem"]);
    assert!(line.contains("is not overwritten"), "{line}");
}

#[test]
fn what_is_wrong_is_said_in_one_line() {
    let work = Work::new();
    let init = |keys, threshold| {
        ["root", "init", "--keys", keys, "--threshold", threshold, "--out", "root"]
    };
    let line = work.refused(2, &init("2", "3"));
    assert_eq!(line, "tokenward: --threshold: the threshold must be from 1 to the number of keys");
    assert!(work.refused(2, &init("99", "3")).ends_with("the root: it is too large"));
    assert!(!work.path("root").exists());
    work.good(&init("2", "2"));

    signer(&work, "signer.jwk");
    work.good(&["root", "key", "--out", "stranger.pem"]);
    let line = work.refused(2, &delegate(&["--key", "stranger.pem"]));
    assert_eq!(line, "tokenward: stranger.pem: this key is none of the root's");
    assert!(!work.path("delegation.json").exists());

    let line = work.refused(2, &delegate(&["--issuer", "https://auth.example.com/"]));
    assert_eq!(
        line,
        "tokenward: --issuer: https://auth.example.com/ is the issuer of no audience; write \
         https://auth.example.com/audiences/NAME"
    );
    let line = work.refused(2, &delegate(&["--for", "400d"]));
    assert!(line.starts_with("tokenward: --for: it must end after it begins"), "{line}");

    fs::write(work.path("signer.jwk"), r#"{"kty":"oct","k":"AAAA"}"#).unwrap();
    assert!(work.refused(2, &delegate(&[])).starts_with("tokenward: signer.jwk: "));
    fs::write(work.path("x.json"), "{}").unwrap();
    let line = work.refused(2, &["root", "show", "x.json"]);
    assert!(line.starts_with("tokenward: x.json: it is no file of a root"), "{line}");
}

#[test]
fn a_root_key_that_others_can_read_does_not_sign() {
    use std::os::unix::fs::PermissionsExt as _;
    let work = Work::new();
    work.good(&["root", "init", "--keys", "1", "--threshold", "1", "--out", "."]);
    let key = work.path("root-key-1.pem");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();

    let line = work.refused(2, &["root", "sign", "--key", "root-key-1.pem", "root.json"]);
    assert!(line.contains("others can read this file; run `chmod 600"), "{line}");
}

fn sign(work: &Work, key: &str, file: &str) -> Value {
    work.good_json(&["root", "sign", "--key", key, file])
}

fn rotate<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let command = [
        "root",
        "rotate",
        "--root",
        "root.json",
        "--public",
        "bob.jwk",
        "--public",
        "carol.jwk",
        "--threshold",
        "2",
        "--out",
        "root-2.json",
    ];
    [&command, more].concat()
}

fn delegate<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let command = [
        "root",
        "delegate",
        "--root",
        "root/root.json",
        "--signer",
        "signer.jwk",
        "--issuer",
        ISSUER,
        "--out",
        "delegation.json",
    ];
    [&command, more].concat()
}

fn signer(work: &Work, name: &str) {
    let key = SigningKey::generate(Algorithm::Es256);
    let jwk = Value::Object(key.verifying_key().to_jwk().unwrap());
    fs::write(work.path(name), jwk.to_string()).unwrap();
}

/// How `tokenward` ends on a terminal, and what it says, where somebody types `answer` when they are asked.
fn at_a_terminal(work: &Work, arguments: &[&str], answer: &str) -> (Option<i32>, String) {
    let script = r#"
import os, pty, sys
answer, command = sys.argv[1].encode(), sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    os.execv(command[0], command)
said = b""
try:
    while part := os.read(terminal, 4096):
        said += part
        if answer and said.endswith(b"[y/N] "):
            os.write(terminal, answer)
            answer = b""
except OSError:
    pass  # the child has closed its end
sys.stdout.buffer.write(said)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"#;
    let mut python = Command::new("python3");
    python.args(["-c", script, answer, env!("CARGO_BIN_EXE_tokenward")]).args(arguments);
    let output = python.current_dir(work.path(".")).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}
