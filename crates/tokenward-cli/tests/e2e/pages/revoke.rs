//! The page on revoking: each order as printed, and what it ends.

use serde_json::Value;

use crate::harness::Authority;
use crate::markdown::tested;
use crate::shell::Shell;

#[tokio::test]
async fn what_the_page_revokes_is_gone() {
    let authority = Authority::dev().await;
    let mut sessions = Vec::new();
    for subject in ["dave", "alice", "bob", "carol", "erin"] {
        sessions.push(authority.create(subject).await);
    }
    let shell = Shell::beside(&authority).env("SID", &sessions[0].id);

    let said = shell.run(&tested("revoke")).await;
    assert_eq!(said, "1 revoked\n1 revoked\nno sessions\n");
    assert_eq!(live(&shell).await, ["bob", "carol", "erin"]);
    let said = shell.run(&tested("revoke-file")).await;
    assert_eq!(said, "3 revoked\n");
    assert_eq!(live(&shell).await, ["erin"]);
    let said = shell.run(&tested("revoke-everything")).await;
    assert_eq!(said, "every token up to now is revoked; 1 sessions ended\n");
    assert_eq!(live(&shell).await, [""; 0]);
}

/// Who has a session, in the order of names.
async fn live(shell: &Shell) -> Vec<String> {
    let listed = shell.run("tokenward sessions list --format json").await;
    let listed: Vec<Value> = serde_json::from_str(&listed).unwrap();
    let mut names: Vec<_> =
        listed.iter().map(|session| session["subject"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}
