//! `PyJWT`, an implementation that is not ours, as the judge of signatures.

use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tokenward::{Algorithm, VerifyingKey, b64};
use tokenward_keys::Signer;

/// Has `signer` sign a token and `PyJWT` verify it with `public`; answers what `PyJWT` has against it.
///
/// # Panics
///
/// If there is no Python with `PyJWT`: `cargo xtask test` installs it.
pub async fn pyjwt_objects_to(signer: &dyn Signer, public: &VerifyingKey) -> Option<String> {
    let algorithm = signer.algorithm();
    let header =
        json!({ "alg": algorithm.as_str(), "typ": "JWT", "kid": signer.key_id().as_str() });
    let claims = json!({
        "iss": "https://auth.example.com", "aud": "api", "sub": "ada", "jti": "1",
        "iat": 1_600_000_000_u64, "exp": 4_000_000_000_u64,
    });
    let [header, claims] = [header, claims].map(|part| b64::encode(part.to_string().as_bytes()));
    let input = format!("{header}.{claims}");
    let signature = b64::encode(&signer.sign(input.as_bytes()).await.unwrap());
    ask(algorithm, public, &format!("{input}.{signature}"))
}

fn ask(algorithm: Algorithm, public: &VerifyingKey, token: &str) -> Option<String> {
    let question = json!({
        "token": token, "jwk": public.to_jwk(), "algorithm": algorithm.as_str(),
        "issuer": "https://auth.example.com", "audience": "api", "leeway": 0, "now": null,
    });
    let mut child = Command::new(python())
        .arg(root().join("interop/python/differential.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    writeln!(child.stdin.take().unwrap(), "{question}").unwrap();
    let mut said = String::new();
    child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(child.wait().unwrap().success(), "PyJWT ended early: {said}");
    let answer: Value = serde_json::from_str(&said).unwrap();
    (answer["accepted"] != json!(true)).then(|| answer["reason"].to_string())
}

/// The Python, with `PyJWT`, that `cargo xtask test` installs.
///
/// # Panics
///
/// If it is not there.
#[must_use]
pub fn python() -> PathBuf {
    let beside = || root().join("target/xtask/venv/bin/python");
    let path = std::env::var_os("TOKENWARD_TEST_PYTHON").map_or_else(beside, PathBuf::from);
    let here = path.display();
    assert!(path.exists(), "{here} is missing: run `cargo xtask test`, which installs it");
    path
}

/// The root of the checkout.
fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}
