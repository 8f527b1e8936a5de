//! `tokenward token …`, as it is typed.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tokenward::{Algorithm, KeySet, SigningKey};

const ISSUER: &str = "https://auth.example.com/audiences/billing-api";

#[test]
fn a_token_that_was_issued_is_verified_and_its_claims_are_shown() {
    let work = Work::new();
    let token =
        work.issue(&["--claim", "roles=[\"admin\"]", "--claim", "locale=de", "--scope", "a b"]);

    let output = work.verify(&token, &[]);

    assert_eq!(output.status.code(), Some(0));
    let claims: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(claims["iss"], ISSUER);
    assert_eq!(claims["sub"], "alice");
    assert_eq!(claims["client_id"], "cli");
    assert_eq!(claims["roles"], json!(["admin"]));
    assert_eq!(claims["locale"], "de");
    assert_eq!(claims["scope"], "a b");
}

#[test]
fn a_bad_token_gets_two_words_and_nothing_else() {
    let work = Work::new();
    let token = work.issue(&[]);
    let broken = format!("{}AAAA", token.get(..token.len() - 4).unwrap());
    for bad in ["", "nonsense", &broken, "a.b.c", &"a".repeat(100_000)] {
        let output = work.verify(bad, &[]);
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(output.stdout, b"invalid token\n");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    }
}

#[test]
fn the_operator_may_learn_the_reason_which_never_repeats_the_token() {
    let work = Work::new();
    let token = work.issue(&[]);

    let output = work.run(
        &[
            "token",
            "verify",
            "--jwks",
            "jwks.json",
            "--issuer",
            ISSUER,
            "--audience",
            "other",
            "--explain",
            &token,
        ],
        None,
    );

    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(output.stdout, b"invalid token\n");
    assert!(said.starts_with("reason: "), "{said}");
    assert!(!said.contains(token.split('.').nth(1).unwrap()));
}

#[test]
fn a_token_without_the_type_is_taken_only_where_that_is_asked_for() {
    let work = Work::new();
    let token = work.without_type(&work.issue(&[]));

    assert_eq!(work.verify(&token, &[]).status.code(), Some(1));
    let output = work.verify(&token, &["--accept-type", "JWT"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_token_of_an_hour_is_taken_only_from_issuers_with_types_of_their_own() {
    let work = Work::new();
    let typed = work.signed_by_hand("at+jwt", 3_600);
    let foreign = work.signed_by_hand("JWT", 3_600);
    let endless = work.signed_by_hand("JWT", 90_000);

    assert_eq!(work.verify(&typed, &[]).status.code(), Some(1));
    assert_eq!(work.verify(&typed, &["--max-lifetime", "1h"]).status.code(), Some(0));
    assert_eq!(work.verify(&foreign, &["--accept-type", "JWT"]).status.code(), Some(0));
    assert_eq!(work.verify(&endless, &["--accept-type", "JWT"]).status.code(), Some(1));
}

#[test]
fn token_and_key_set_can_come_from_standard_input() {
    let work = Work::new();
    let token = work.issue(&[]);

    let from_stdin = work.run(
        &[
            "token",
            "verify",
            "--jwks",
            "jwks.json",
            "--issuer",
            ISSUER,
            "--audience",
            "billing-api",
            "-",
        ],
        Some(&format!("{token}\n")),
    );
    assert_eq!(from_stdin.status.code(), Some(0));

    let jwks = fs::read_to_string(work.path("jwks.json")).unwrap();
    let keys_from_stdin = work.run(
        &[
            "token",
            "verify",
            "--jwks",
            "-",
            "--issuer",
            ISSUER,
            "--audience",
            "billing-api",
            &token,
        ],
        Some(&jwks),
    );
    assert_eq!(keys_from_stdin.status.code(), Some(0));
}

#[test]
fn one_service_alone_may_use_a_secret_of_its_own() {
    let work = Work::new();
    let secret = tokenward::b64::encode(&tokenward::crypto::random::<32>());
    let jwk = format!(r#"{{"kty":"oct","k":"{secret}","alg":"HS256","kid":"one"}}"#);
    write(&work.path("secret.json"), &jwk);
    write(&work.path("secrets.json"), &format!(r#"{{"keys":[{jwk}]}}"#));
    let issue = [
        "token",
        "issue",
        "--key",
        "secret.json",
        "--issuer",
        ISSUER,
        "--audience",
        "https://api.example.com/v1",
        "--subject",
        "alice",
        "--client-id",
        "cli",
    ];
    let output = work.run(&issue, None);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let token = String::from_utf8(output.stdout).unwrap();

    let verify = |jwks: &str| {
        let audience = ["--audience", "https://api.example.com/v1"];
        let mut arguments = vec!["token", "verify", "--jwks", jwks, "--issuer", ISSUER];
        arguments.extend(audience);
        arguments.push(token.trim_end());
        work.run(&arguments, None).status.code()
    };
    assert_eq!(verify("secrets.json"), Some(0));
    assert_eq!(verify("jwks.json"), Some(1));
}

#[test]
fn inspect_decodes_and_says_first_that_it_did_not_verify() {
    let work = Work::new();
    let token = work.issue(&[]);

    let output = work.run(&["token", "inspect", &token], None);

    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(said.lines().next().unwrap().starts_with("NOT VERIFIED"), "{said}");
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(shown["header"]["typ"], "at+jwt");
    assert_eq!(shown["claims"]["sub"], "alice");
}

#[test]
fn what_cannot_be_carried_out_is_told_from_a_no() {
    let work = Work::new();
    let token = work.issue(&[]);
    for arguments in [
        &[
            "token",
            "verify",
            "--jwks",
            "missing.json",
            "--issuer",
            ISSUER,
            "--audience",
            "a",
            &token,
        ][..],
        &["token", "verify", "--jwks", "key.pem", "--issuer", ISSUER, "--audience", "a", &token],
        &[
            "token",
            "verify",
            "--jwks",
            "http://example.com/",
            "--issuer",
            ISSUER,
            "--audience",
            "a",
            &token,
        ],
        &[
            "token",
            "issue",
            "--key",
            "jwks.json",
            "--issuer",
            ISSUER,
            "--audience",
            "a",
            "--subject",
            "b",
            "--client-id",
            "c",
        ],
        &[
            "token",
            "issue",
            "--key",
            "key.pem",
            "--issuer",
            ISSUER,
            "--audience",
            "a",
            "--subject",
            "b",
            "--client-id",
            "c",
            "--lifetime",
            "1h",
        ],
        &["token", "nonsense"],
    ] {
        let output = work.run(arguments, None);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(!said.contains(&token));
    }
}

struct Work {
    dir: tempfile::TempDir,
}

impl Work {
    /// A folder with a key and the set of its public half.
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let key = SigningKey::generate(Algorithm::Es256).named_by_thumbprint();
        let der = key.to_pkcs8_der().unwrap();
        write(&dir.path().join("key.pem"), &pem(&der));
        let set = KeySet::from_keys([key.verifying_key().clone()]).unwrap();
        write(&dir.path().join("jwks.json"), &set.to_json());
        Self { dir }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.dir.path().join(name)
    }

    fn issue(&self, more: &[&str]) -> String {
        let mut arguments = vec![
            "token",
            "issue",
            "--key",
            "key.pem",
            "--issuer",
            ISSUER,
            "--audience",
            "billing-api",
            "--subject",
            "alice",
            "--client-id",
            "cli",
        ];
        arguments.extend(more);
        let output = self.run(&arguments, None);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// The same claims under a header without a type, as many issuers write it.
    fn without_type(&self, token: &str) -> String {
        self.sign(r#"{"alg":"ES256"}"#, token.split('.').nth(1).unwrap())
    }

    /// A token of the type `typ` that lives for `lifetime` seconds, longer than `issue` would make it.
    fn signed_by_hand(&self, typ: &str, lifetime: u64) -> String {
        let issued = self.issue(&[]);
        let payload = tokenward::b64::decode(issued.split('.').nth(1).unwrap()).unwrap();
        let mut claims: Value = serde_json::from_slice(&payload).unwrap();
        claims["exp"] = json!(claims["iat"].as_u64().unwrap().saturating_add(lifetime));
        let payload = tokenward::b64::encode(claims.to_string().as_bytes());
        self.sign(&format!(r#"{{"alg":"ES256","typ":"{typ}"}}"#), &payload)
    }

    fn sign(&self, header: &str, payload: &str) -> String {
        let pem = fs::read_to_string(self.path("key.pem")).unwrap();
        let key = SigningKey::from_pem(&pem, None).unwrap();
        let input = format!("{}.{payload}", tokenward::b64::encode(header.as_bytes()));
        let signature = key.sign(input.as_bytes()).unwrap();
        format!("{input}.{}", tokenward::b64::encode(&signature))
    }

    fn verify(&self, token: &str, more: &[&str]) -> Output {
        let mut arguments = vec![
            "token",
            "verify",
            "--jwks",
            "jwks.json",
            "--issuer",
            ISSUER,
            "--audience",
            "billing-api",
        ];
        arguments.extend(more);
        arguments.push(token);
        self.run(&arguments, None)
    }

    fn run(&self, arguments: &[&str], stdin: Option<&str>) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_tokenward"))
            .args(arguments)
            .current_dir(self.dir.path())
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut pipe = child.stdin.take().unwrap();
        // A command that does not read its input may be gone already.
        drop(pipe.write_all(stdin.unwrap_or_default().as_bytes()));
        drop(pipe);
        child.wait_with_output().unwrap()
    }
}

fn write(path: &Path, text: &str) {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = fs::OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(0o600).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

fn pem(der: &[u8]) -> String {
    use base64::Engine as _;
    let body = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<_> =
        body.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"))
}
