//! Walks the files under `vectors/`: every attack is refused for the right reason, every example holds.
#![cfg(test)]

mod vector;

use std::path::{Path, PathBuf};

use tokenward::{KeyError, KeySet, SigningKey, VerifyingKey, b64};
use vector::{Case, File, Kind};

#[test]
fn every_attack_has_its_verdict() {
    walk("attacks", 33);
}

#[test]
fn every_example_of_the_rfcs_holds() {
    walk("rfc", 23);
}

#[test]
fn a_vector_that_should_fail_does_fail() {
    // The walk itself is tested too: a good token is accepted, and says so.
    let case: Case = serde_json::from_str(r#"{"name": "good", "verdict": "expired"}"#).unwrap();

    assert_eq!(outcome(&case), "accepted");
}

/// Runs every case of every file in `folder`, which has at least `count` of them.
fn walk(folder: &str, count: usize) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors").join(folder);
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= count, "only {} files", files.len());

    let mut wrong = Vec::new();
    for path in &files {
        let file: File = serde_json::from_slice(&std::fs::read(path).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(!file.title.is_empty() && !file.license.is_empty(), "{}", path.display());
        assert!(!file.records.is_empty() && !file.cases.is_empty(), "{}", path.display());
        for case in &file.cases {
            let outcome = outcome(case);
            if outcome != case.verdict {
                let name = path.file_stem().unwrap().to_string_lossy();
                wrong.push(format!("{name}: {}: {outcome}, not {}", case.name, case.verdict));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn outcome(case: &Case) -> String {
    match case.kind {
        Kind::Token => token(case),
        Kind::Jwk => jwk(case),
        Kind::KeySet => key_set(case),
        Kind::Secret => secret(case),
        Kind::Jws => jws(case),
        Kind::Thumbprint => verifying(case).map_or_else(|error| error, |key| key.thumbprint()),
    }
}

fn token(case: &Case) -> String {
    match case.verifier().verify(&case.token(), case.now()) {
        Ok(_) => "accepted".to_owned(),
        Err(rejected) => {
            assert_eq!(rejected.to_string(), "invalid token");
            rejected.reason().as_str().to_owned()
        }
    }
}

fn jwk(case: &Case) -> String {
    let json = case.jwk_text();
    let key = if case.signing {
        SigningKey::from_jwk(json.as_bytes()).map(|key| key.verifying_key().clone())
    } else {
        VerifyingKey::from_jwk(json.as_bytes())
    };
    match key {
        Ok(key) => {
            let shown = key.to_jwk().map_or_else(String::new, |jwk| format!("{jwk:?}"));
            for member in ["d", "p", "q", "dp", "dq", "qi", "k", "priv"] {
                assert!(!shown.contains(&format!("\"{member}\"")), "a private member got out");
            }
            key.algorithm().to_string()
        }
        Err(error) => label(&error),
    }
}

/// The name of the error without what it holds.
fn label(error: &KeyError) -> String {
    format!("{error:?}").split(['(', ' ']).next().unwrap().to_owned()
}

fn key_set(case: &Case) -> String {
    match KeySet::parse(vector::text(case.key_set.as_ref().unwrap()).as_bytes()) {
        Ok(set) => {
            assert_eq!(Some(set.keys().len()), case.usable, "{}", case.name);
            assert_eq!(Some(set.skipped().len()), case.skipped, "{}", case.name);
            "accepted".to_owned()
        }
        Err(_) => "refused".to_owned(),
    }
}

fn secret(case: &Case) -> String {
    let (algorithm, bytes) = (case.algorithm(), case.secret());
    let (verifying, signing) = (
        VerifyingKey::from_secret(algorithm, &bytes).is_ok(),
        SigningKey::from_secret(algorithm, &bytes).is_ok(),
    );
    assert_eq!(verifying, signing);
    if verifying { "accepted".to_owned() } else { "refused".to_owned() }
}

/// Verifies the token's signature, and signs it again where the key has a private half.
fn jws(case: &Case) -> String {
    let json = case.jwk_text();
    let token = case.token();
    let (input, signature) = token.rsplit_once('.').unwrap();
    let signature = b64::decode(signature).unwrap();
    let key = match SigningKey::from_jwk(json.as_bytes()) {
        Ok(key) => {
            let again = key.sign(input.as_bytes()).unwrap();
            assert!(key.verifying_key().verify(input.as_bytes(), &again), "{}", case.name);
            assert!(!case.deterministic || again == signature, "{}", case.name);
            Ok(key.verifying_key().clone())
        }
        Err(KeyError::NotPrivate) => VerifyingKey::from_jwk(json.as_bytes()),
        Err(error) => Err(error),
    };
    match key {
        Ok(key) => {
            assert!(!key.verify(b"something else", &signature), "{}", case.name);
            let holds = key.verify(input.as_bytes(), &signature);
            if holds { "verifies".to_owned() } else { "fails".to_owned() }
        }
        Err(error) => label(&error),
    }
}

fn verifying(case: &Case) -> Result<VerifyingKey, String> {
    VerifyingKey::from_jwk(case.jwk_text().as_bytes()).map_err(|error| label(&error))
}
