//! The tokens of `vectors/attacks/`, as `crates/tokenward` makes them.

#[path = "../../../../crates/tokenward/tests/vector/mod.rs"]
#[expect(dead_code, reason = "here the cases that are tokens are wanted, and the rest is not")]
mod vector;

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use tokenward::{KeyId, UnixTime, VerifyingKey, danger};
use tokenward_differential::{Accept, Comparison, Question, Time, Violation};
use vector::{Case, File, Kind};

/// Compares the verdicts on every token of every file.
pub(crate) fn all(comparison: &mut Comparison) -> Vec<Violation> {
    let files = files();
    assert!(!files.is_empty(), "no vectors");
    let mut violations = Vec::new();
    for path in files {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read(&path).expect("a vector file");
        let file: File = serde_json::from_slice(&text).expect("a vector file");
        for case in file.cases.iter().filter(|case| matches!(case.kind, Kind::Token)) {
            violations.extend(compare(comparison, &stem, case).err());
        }
    }
    violations
}

fn compare(comparison: &mut Comparison, stem: &str, case: &Case) -> Result<bool, Violation> {
    let (token, verifier) = (case.token(), case.verifier());
    let Some(key) = key(&token, verifier.keys().keys()) else { return Ok(false) };
    let question = Question {
        token: &token,
        algorithm: key.algorithm(),
        jwk: &jwk(key),
        accept: Accept::AnyJwt,
        time: Time::Fixed(seconds(case.now())),
    };
    comparison.compare_given(
        "vectors of attacks",
        &format!("{stem}, {}", case.name),
        &verifier,
        &question,
    )
}

/// The key that the header names, or the first, or none where a set has none.
fn key<'a>(token: &str, keys: &'a [VerifyingKey]) -> Option<&'a VerifyingKey> {
    let header = danger::decode_unverified(token).map(|token| token.header);
    let named = header.ok().and_then(|header| header.get("kid")?.as_str().map(str::to_owned));
    let found = keys.iter().find(|key| key.key_id().map(KeyId::as_str) == named.as_deref());
    found.or(keys.first())
}

/// The key as a JWK; a secret, which nothing shows, from the file that has its name.
fn jwk(key: &VerifyingKey) -> Value {
    let from_file = || {
        let name = key.key_id().map_or("", KeyId::as_str);
        let text = std::fs::read(vectors().join(format!("keys/{name}.json"))).expect("a key file");
        serde_json::from_slice::<Map<String, Value>>(&text).expect("a JWK")
    };
    let mut jwk = key.to_jwk().unwrap_or_else(from_file);
    jwk.insert("alg".to_owned(), key.algorithm().as_str().into());
    Value::Object(jwk)
}

const fn seconds(time: UnixTime) -> u64 {
    time.as_secs()
}

fn files() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(vectors().join("attacks")).expect("the vectors");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors")
}
