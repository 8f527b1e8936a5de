//! `tokenward audit …`, as a newcomer meets it.

use std::fs;
use std::process::Output;

use crate::audit::git;
use crate::support::Work;

const BAD: &str = "import jwt\n\nclaims = jwt.decode(token, KEY, algorithms=['none'])\n";

#[test]
fn where_there_is_nothing_to_look_at_one_line_says_so() {
    let work = Work::new();
    fs::create_dir(work.path("empty")).unwrap();
    fs::write(work.path("x.txt"), "text\n").unwrap();
    fs::write(work.path("bad.py"), BAD).unwrap();
    for (arguments, wanted) in [
        (&["audit", "empty"][..], "no file of a known kind below empty"),
        (&["audit", "x.txt"], "no file of a known kind at x.txt"),
        (&["audit", "/dev/null"], "no file of a known kind at /dev/null"),
        (&["audit", "code", "empty"], "no code that is known below empty"),
        (&["audit", "code", "-"], "-: code is read from files and folders"),
        (&["audit", "code", "bad.py", "/nope"], "/nope: there is no such file or folder"),
        (&["audit", "codes"], "`tokenward audit code` is a command"),
        (&["audit", "token", "x.txt"], "is a file; tokenward audit token - < x.txt"),
        (&["audit", "token", "e30.e30.AA", "--wordlist", "/nope"], "/nope: "),
        (&["audit", "rules", "unverified_decode"], "`unverified-decode` is one"),
    ] {
        let said = work.refused(2, arguments);
        assert_eq!(said.trim_end().lines().count(), 1, "{arguments:?}: {said}");
        assert!(said.contains(wanted), "{arguments:?}: {said}");
        assert!(said.matches("/nope").count() <= 1, "{arguments:?}: {said}");
    }
}

#[test]
fn a_rule_is_explained_where_it_is_asked_for() {
    let work = Work::new();
    assert!(work.good(&["audit", "rules"]).contains("unverified-decode"));
    let page = work.good(&["audit", "rules", "unverified-decode"]);
    assert!(page.contains("What it does not report"), "{page}");
    let json = work.good(&["audit", "rules", "unverified-decode", "--format", "json"]);
    assert!(json.contains("\"mistake\": 2"), "{json}");
}

#[test]
fn settings_of_the_repository_count_in_its_folders_too() {
    let work = Work::new();
    fs::create_dir_all(work.path("app/generated")).unwrap();
    fs::write(work.path("app/bad.py"), BAD).unwrap();
    fs::write(work.path("app/generated/bad.py"), BAD).unwrap();
    let settings = "exclude = [\"generated/\"]\n[severities]\nalgorithm-none = \"low\"\n";
    fs::write(work.path("tokenward-audit.toml"), settings).unwrap();
    let audit = || said(&mut run(&work, "app", &["audit", "--format", "sarif"]));

    assert!(audit().contains("\"severity\": \"medium\""), "no repository: not ours");
    git(&work, &["init", "-q"]);
    let inside = audit();
    assert!(inside.contains("\"severity\": \"low\"") && !inside.contains("generated"), "{inside}");
    assert!(inside.contains("\"uri\": \"app/bad.py\""), "{inside}");
}

#[test]
fn a_whole_project_is_compared_too_and_git_is_asked_where_the_files_are() {
    let work = Work::new();
    fs::create_dir(work.path("repo")).unwrap();
    fs::write(work.path("repo/x.env"), "JWT_SECRET=orchard-winter-42\n").unwrap();
    let outside = run(&work, ".", &["audit", "repo", "--since", "HEAD"]);
    assert_eq!(outside.status.code(), Some(2));
    let why = String::from_utf8(outside.stderr).unwrap();
    assert!(why.contains("--since needs a git repository: repo is in none"), "{why}");

    git(&work, &["init", "-q", "repo"]);
    git(&work, &["-C", "repo", "add", "."]);
    git(&work, &["-C", "repo", "commit", "-qm", "first"]);
    let mut since = run(&work, ".", &["audit", "repo", "--since", "HEAD"]);
    assert!(said(&mut since).contains("nothing found"), "{since:?}");
    fs::write(work.path("repo/new.py"), BAD).unwrap();
    let mut since = run(&work, ".", &["audit", "repo", "--since", "HEAD"]);
    let text = said(&mut since);
    assert!(text.contains("new.py") && !text.contains("x.env"), "{text}");

    assert_eq!(run(&work, "repo", &["audit", "--write-baseline", "k.json"]).status.code(), Some(0));
    assert_eq!(run(&work, "repo", &["audit", "--baseline", "k.json"]).status.code(), Some(0));
}

#[test]
fn two_tokens_are_refused_and_one_is_shown_with_its_times() {
    let work = Work::new();
    let token = "eyJhbGciOiJub25lIn0.eyJleHAiOjE4MDAwMDAwMDAsInBhc3N3b3JkIjoib3JjaGFyZC00MiJ9.";
    let said = work.refused(2, &["audit", "token", &format!("{token}\n{token}")]);
    assert!(said.contains("one token at a time"), "{said}");

    let output = work.run(&["audit", "token", token]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.starts_with("header\n"), "{said}");
    assert!(said.contains("\nexp        2027-01-15 08:00:00Z"), "{said}");
    assert!(said.contains("orch…") && !said.contains("orchard"), "{said}");
}

/// Runs in a folder of the work, with git at hand.
fn run(work: &Work, folder: &str, arguments: &[&str]) -> Output {
    let mut command = work.command(arguments);
    let path = std::env::var_os("PATH").unwrap();
    command.current_dir(work.path(folder)).env("PATH", path).output().unwrap()
}

fn said(output: &mut Output) -> String {
    String::from_utf8(std::mem::take(&mut output.stdout)).unwrap()
}
