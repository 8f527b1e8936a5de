//! Verification in other languages, with the libraries that people there use.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use serde_json::json;
use tempfile::TempDir;

use crate::harness::{Authority, claims};
use crate::markdown::tested;
use crate::process::run;
use crate::shell::{node_modules, python_program};

const OLD_SECRET: &str = "Zx4vN0qUuJ7mWb2RkC9tYp5LgHs8eDaF";

#[tokio::test]
async fn python_verifies_with_the_code_of_its_page() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("verify.py"), tested("verify-python")).unwrap();
    let authority = Authority::dev().await;
    verifies_as_printed(&authority, || python(&folder, "verify.py")).await;
}

#[tokio::test]
async fn node_verifies_with_the_code_of_its_page() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("verify.mjs"), tested("verify-node")).unwrap();
    let authority = Authority::dev().await;
    verifies_as_printed(&authority, || node(&folder, "verify.mjs")).await;
}

#[tokio::test]
async fn a_python_service_takes_old_and_new_tokens_while_it_moves() {
    let folder = TempDir::new().unwrap();
    let main = "import sys\nfrom either import Rejected, verify_either\n\
                try:\n    print(verify_either(sys.argv[1])['sub'])\n\
                except Rejected:\n    sys.exit('invalid token')\n";
    fs::write(folder.path().join("verify.py"), tested("verify-python")).unwrap();
    fs::write(folder.path().join("either.py"), tested("move-from-hs256-python")).unwrap();
    fs::write(folder.path().join("main.py"), main).unwrap();
    let authority = Authority::dev().await;
    moves_as_printed(&authority, || python(&folder, "main.py")).await;
}

#[tokio::test]
async fn a_node_service_takes_old_and_new_tokens_while_it_moves() {
    let folder = TempDir::new().unwrap();
    // The page's own command line would run with this one's arguments, so they are put aside.
    let main = "const token = process.argv.pop()\n\
                const { verifyEither } = await import('./either.mjs')\n\
                try { console.log((await verifyEither(token)).sub) }\n\
                catch { console.error('invalid token'); process.exit(1) }\n";
    fs::write(folder.path().join("verify.mjs"), tested("verify-node")).unwrap();
    fs::write(folder.path().join("either.mjs"), tested("move-from-hs256-node")).unwrap();
    fs::write(folder.path().join("main.mjs"), main).unwrap();
    let authority = Authority::dev().await;
    moves_as_printed(&authority, || node(&folder, "main.mjs")).await;
}

async fn verifies_as_printed(authority: &Authority, program: impl Fn() -> Command) {
    let session = authority.create("alice").await;
    let (input, signature) = session.access.rsplit_once('.').unwrap();
    let (header, _) = input.split_once('.').unwrap();
    let mut forged = claims(&session.access);
    forged["sub"] = json!("root");
    let forged = tokenward::b64::encode(forged.to_string().as_bytes());

    assert_eq!(says(authority, program(), &session.access).await, "alice");
    for bad in [
        format!("{header}.{forged}.{signature}"),
        format!("{input}."),
        hs256(now(&session.access), "alice", 300),
        "rubbish".to_owned(),
    ] {
        assert_eq!(says(authority, program(), &bad).await, "invalid token", "{bad}");
    }
}

async fn moves_as_printed(authority: &Authority, program: impl Fn() -> Command) {
    let new = authority.create("alice").await.access;
    let now = now(&new);
    let old = hs256(now, "bob", 3_600);

    let during = |token: String| {
        let mut command = program();
        command.env("OLD_TOKENS_END", "9999999999");
        says(authority, command, token)
    };
    assert_eq!(during(new.clone()).await, "alice");
    assert_eq!(during(old.clone()).await, "bob");
    assert_eq!(during(hs256(now, "bob", 100_000_000)).await, "invalid token");

    let after = |token: String| {
        let mut command = program();
        command.env("OLD_TOKENS_END", "1");
        says(authority, command, token)
    };
    assert_eq!(after(new).await, "alice");
    assert_eq!(after(old).await, "invalid token");
}

/// What `program` says about a token: one line, on either output.
async fn says(authority: &Authority, mut program: Command, token: impl AsRef<str>) -> String {
    let dev = &authority.dev;
    program
        .arg(token.as_ref())
        .env("TOKENWARD_ISSUER", format!("{}/audiences/{}", dev.issuer, dev.audience))
        .env("TOKENWARD_AUDIENCE", &dev.audience)
        .env("SSL_CERT_FILE", &dev.ca_file)
        .env("NODE_EXTRA_CA_CERTS", &dev.ca_file)
        .env("OLD_JWT_SECRET", OLD_SECRET);
    let output = run(&mut program).await;
    let said = [output.stdout, output.stderr].concat();
    String::from_utf8(said).unwrap().trim().to_owned()
}

/// The time at which a token was just made.
fn now(token: &str) -> u64 {
    claims(token)["iat"].as_u64().unwrap()
}

/// A token as the old world made them.
fn hs256(now: u64, subject: &str, lifetime: u64) -> String {
    let header = tokenward::b64::encode(br#"{"alg":"HS256","typ":"JWT"}"#);
    let claims = json!({ "sub": subject, "iat": now, "exp": now + lifetime }).to_string();
    let input = format!("{header}.{}", tokenward::b64::encode(claims.as_bytes()));
    let key =
        tokenward::SigningKey::from_secret(tokenward::Algorithm::Hs256, OLD_SECRET.as_bytes());
    let signature = key.unwrap().sign(input.as_bytes()).unwrap();
    format!("{input}.{}", tokenward::b64::encode(&signature))
}

fn python(folder: &TempDir, script: &str) -> Command {
    let python = python_program();
    let mut command = Command::new(python);
    command.arg(folder.path().join(script)).env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

fn node(folder: &TempDir, script: &str) -> Command {
    let modules = folder.path().join("node_modules");
    if !modules.exists() {
        symlink(node_modules(), &modules).unwrap();
    }
    let mut command = Command::new("node");
    command.arg(folder.path().join(script));
    command
}
