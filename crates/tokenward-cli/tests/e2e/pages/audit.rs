//! The page on the auditor: its settings, its step of CI and its hook.

use std::path::Path;

use crate::harness::Authority;
use crate::markdown::tested;
use crate::process::TOKENWARD;
use crate::shell::Shell;

/// A finding that is critical.
const BAD: &str = "const jwt = require('jsonwebtoken');\n\nexports.who = (token) => jwt.verify(token, '', { algorithms: ['none'] });\n";
const GOOD: &str = "const jwt = require('jsonwebtoken');\n\nexports.who = (token, key) =>\n  jwt.verify(token, key, { algorithms: ['ES256'], audience: 'api', issuer: 'https://auth.example.com' });\n";

#[tokio::test]
async fn the_hook_of_the_page_stops_a_commit_that_brings_a_finding() {
    let shell = project();
    shell.write(".git/hooks/pre-commit", &tested("audit-hook"));
    shell.run("chmod +x .git/hooks/pre-commit").await;

    shell.write("who.js", BAD);
    let refused = shell.try_run("git add who.js\ngit commit --quiet --message bad").await;
    let said = String::from_utf8_lossy(&refused.stdout).into_owned();
    assert!(!refused.status.success(), "{said}");

    shell.write("who.js", GOOD);
    shell.run("git add who.js\ngit commit --quiet --message good").await;
}

#[tokio::test]
async fn with_the_settings_of_the_page_the_step_of_ci_writes_what_it_found() {
    let shell = project();
    shell.write("tokenward-audit.toml", &tested("audit-settings"));
    shell.write("who.js", BAD);
    let step = tested("audit-ci");
    let run = step.lines().find_map(|line| line.strip_prefix("- run: ")).unwrap();

    let output = shell.try_run(run).await;

    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let sarif = std::fs::read_to_string(shell.path("audit.sarif")).unwrap();
    assert!(sarif.contains("algorithm-none"), "{sarif}");
}

#[tokio::test]
async fn the_live_audit_of_the_page_finds_nothing_wrong_with_a_development_server() {
    let authority = Authority::dev().await;
    let shell = Shell::beside(&authority);

    let said = shell.run(&tested("audit-live-dev")).await;

    assert!(said.starts_with("none of the 10 mistakes found"), "{said}");
}

/// A repository with one commit, where `tokenward` is found.
fn project() -> Shell {
    let folder = Path::new(TOKENWARD).parent().unwrap().display().to_string();
    let path = std::env::var("PATH").unwrap();
    let shell = Shell::new().env("PATH", format!("{folder}:{path}"));
    let git = |words: &[&str]| {
        let status = shell.command("git").args(words).status();
        assert!(status.unwrap().success(), "git {words:?}");
    };
    git(&["init", "--quiet"]);
    git(&["config", "user.name", "test"]);
    git(&["config", "user.email", "test@localhost"]);
    git(&["commit", "--quiet", "--allow-empty", "--message", "first"]);
    shell
}
