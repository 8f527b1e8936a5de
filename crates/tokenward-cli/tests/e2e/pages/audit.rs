//! The page on the auditor: its settings, its step of CI and its hook.

use std::path::Path;

use crate::harness::Authority;
use crate::markdown::{root, tested};
use crate::process::TOKENWARD;
use crate::shell::Shell;

/// A finding that is critical.
const BAD: &str = "const jwt = require('jsonwebtoken');\n\nexports.who = (token) => jwt.verify(token, '', { algorithms: ['none'] });\n";
const GOOD: &str = "const jwt = require('jsonwebtoken');\n\nexports.who = (token, key) =>\n  jwt.verify(token, key, { algorithms: ['ES256'], audience: 'api', issuer: 'https://auth.example.com' });\n";

const ENV: &str = "JWT_SECRET=orchard-winter-42\n";
const COMPOSE: &str = "services:\n  api:\n    environment:\n      JWT_SECRET: orchard-winter-42\n";

#[tokio::test]
async fn the_program_that_the_page_installs_audits_a_project_as_printed() {
    // What it installs takes minutes to build: whether that is this program is asked of the manifest.
    const CARGO: &str = r#"
cargo() {
    [ "$1 $2 $3" = "install --locked --path" ] && grep -A2 '^\[\[bin\]\]' "$ROOT/$4/Cargo.toml"
    mkdir bin && ln -s "$PROGRAM" bin/tokenward && PATH="$PWD/bin:$PATH"
}
"#;
    let shell = Shell::new()
        .replacing("../your-project", "your-project")
        .env("ROOT", root().display().to_string())
        .env("PROGRAM", TOKENWARD);
    std::fs::create_dir(shell.path("your-project")).unwrap();
    shell.write("your-project/who.js", GOOD);
    let install = tested("audit-install");

    let said = shell.run(&format!("{CARGO}{install}")).await;

    assert!(said.contains("name = \"tokenward\"\n"), "{said}");
    assert!(said.contains("none of the 10 mistakes found"), "{said}");
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    assert!(readme.contains(&format!("`{}`", install.lines().next().unwrap())));
}

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

    // Neither is one let pass whose secrets stand in its settings.
    for (file, text) in [(".env", ENV), ("compose.yaml", COMPOSE)] {
        shell.write(file, text);
        let refused =
            shell.try_run(&format!("git add {file}\ngit commit --quiet --message bad")).await;
        assert!(!refused.status.success(), "{file}");
        // Git sends what a hook prints to its own standard error.
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(said.contains("secret-in-config"), "{said}");
        shell.run(&format!("git rm --quiet --force {file}")).await;
    }
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
