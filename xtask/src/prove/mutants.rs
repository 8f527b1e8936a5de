//! Whether the tests would notice: each line on the way to a verdict, changed by cargo-mutants.
//!
//! A change that no test notices is a missing test, or it changes nothing that matters. The second kind
//! stands in `crates/tokenward/mutants.toml`, with its reason; the list may hold nothing else.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::run::{Failure, has, root, run};

/// What a token passes on its way to a verdict, below the core's `src`.
const PLACES: [&str; 7] = ["claims", "compact", "header", "json", "keyset", "profile", "verify"];

const EXPLAINED: &str = "crates/tokenward/mutants.toml";

pub(super) fn prove() -> Result<(), Failure> {
    if !has("cargo-mutants") {
        run(Command::new(env!("CARGO")).args(["install", "--quiet", "--locked", "cargo-mutants"]))?;
    }
    let out = root().join("target");
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(root()).args(["mutants", "--package", "tokenward", "--no-shuffle"]);
    for place in PLACES {
        for files in [format!("{place}.rs"), format!("{place}/**")] {
            command.arg("--file").arg(format!("crates/tokenward/src/{files}"));
        }
    }
    command.arg("--output").arg(&out).args(["--colors", "never", "--", "--lib", "--tests"]);
    // It reads the source as text, so it would notice a change without running it.
    command.args(["--", "--skip", "every_known_attack_is_answered"]);
    println!("cargo mutants, on {}", PLACES.join(", "));
    let status = command.status()?;
    // 2: some were missed, 3: some made the tests run without end. The rest is a failure to run.
    if !matches!(status.code(), Some(0 | 2 | 3)) {
        return Err(Failure::new(format!("cargo mutants: {status}")));
    }
    let out = out.join("mutants.out");
    let count = |name: &str| lines(&out.join(name)).map(|lines| lines.len());
    let missed = lines(&out.join("missed.txt"))?;
    println!(
        "{} caught, {} without end, {} missed, {} that do not compile",
        count("caught.txt")?,
        count("timeout.txt")?,
        missed.len(),
        count("unviable.txt")?
    );
    judge(&missed, &explained()?)
}

/// The explanations, by what they explain: a file and a change, without line and column.
fn explained() -> Result<BTreeMap<String, String>, Failure> {
    let text = fs::read_to_string(root().join(EXPLAINED))?;
    toml::from_str(&text).map_err(|error| Failure::new(format!("{EXPLAINED}: {error}")))
}

/// Fails on a missed mutant without an explanation, and on an explanation without one.
fn judge(missed: &[String], explained: &BTreeMap<String, String>) -> Result<(), Failure> {
    let names: Vec<String> = missed.iter().map(|line| name(line)).collect();
    let open = missed.iter().zip(&names).filter(|(_, name)| !explained.contains_key(*name));
    let unused = explained.keys().filter(|key| !names.contains(key));
    let complaints: Vec<String> = open
        .map(|(line, _)| format!("no test notices: {line}"))
        .chain(unused.map(|key| format!("{EXPLAINED} explains what is not missed: {key}")))
        .collect();
    match complaints.as_slice() {
        [] => Ok(()),
        complaints => Err(Failure::new(complaints.join("\n"))),
    }
}

/// `FILE:LINE:COLUMN: CHANGE` without line and column, which move with every change above them.
fn name(line: &str) -> String {
    let mut parts = line.splitn(4, ':');
    let file = parts.next().unwrap_or_default().trim_start_matches("crates/tokenward/src/");
    format!("{file}:{}", parts.nth(2).unwrap_or_default())
}

fn lines(path: &Path) -> Result<Vec<String>, Failure> {
    Ok(fs::read_to_string(path)?.lines().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "crates/tokenward/src/verify.rs:12:34: replace < with <= in Verifier::check";

    fn explaining(key: &str) -> BTreeMap<String, String> {
        BTreeMap::from([(key.to_owned(), "because".to_owned())])
    }

    #[test]
    fn a_missed_mutant_needs_an_explanation_wherever_its_line_is() {
        let key = "verify.rs: replace < with <= in Verifier::check";

        assert!(judge(&[LINE.to_owned()], &BTreeMap::new()).is_err());
        assert!(judge(&[LINE.to_owned()], &explaining(key)).is_ok());
        assert!(judge(&[LINE.replace(":12:34:", ":9:1:")], &explaining(key)).is_ok());
    }

    #[test]
    fn an_explanation_of_nothing_fails() {
        assert!(judge(&[], &explaining("verify.rs: gone")).is_err());
    }
}
