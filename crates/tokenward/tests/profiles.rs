//! Walks the files under `vectors/profiles/`: each kind of token is taken for what it is, and for nothing
//! else.
#![cfg(test)]

mod profile;

use profile::{Case, File, files, offer};

#[test]
fn every_case_has_its_verdict() {
    let files = files();
    assert!(files.len() >= 16, "only {} files", files.len());

    let mut wrong = Vec::new();
    for (path, file) in &files {
        assert!(!file.title.is_empty() && !file.license.is_empty(), "{path}");
        assert!(!file.records.is_empty() && file.cases.len() >= 3, "{path}");
        for case in &file.cases {
            let outcome = outcome(file, case);
            if outcome != case.verdict {
                wrong.push(format!("{path}: {}: {outcome}, not {}", case.name, case.verdict));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn no_kind_of_token_passes_for_another() {
    let files = files();
    let mut wrong = Vec::new();
    for (made, token) in &files {
        for (asked, verifier) in &files {
            let same = token.kind() == verifier.kind();
            // Presets are told apart by their issuers, which are all one here.
            if !same && token.profile == "foreign" && verifier.profile == "foreign" {
                continue;
            }
            let outcome = outcome_elsewhere(token, verifier);
            if same != (outcome == "accepted") {
                wrong.push(format!("{made} as {asked}: {outcome}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_vector_that_should_fail_does_fail() {
    let files = files();
    let (_, file) = files.iter().find(|(path, _)| path == "id-token").unwrap();
    let case: Case =
        serde_json::from_str(r#"{"name": "as it should be", "verdict": "expired"}"#).unwrap();

    assert_eq!(outcome(file, &case), "accepted");
}

fn outcome(file: &File, case: &Case) -> String {
    let ask = file.ask(case);
    offer(&file.profile, &ask, &case.token(file), case.now())
}

/// What becomes of the good token of `made` before a verifier for `asked`, of the same issuer, audience,
/// subject and keys, so that only the kind can tell.
fn outcome_elsewhere(made: &File, asked: &File) -> String {
    let case = Case::default();
    let outcome = offer(&asked.profile, &asked.ask_of(made), &case.token(made), case.now());
    for other in ["bad_signature", "unknown_key", "no_key_id", "wrong_issuer", "expired"] {
        assert_ne!(outcome, other, "{} as {}: not by its kind", made.title, asked.title);
    }
    outcome
}
