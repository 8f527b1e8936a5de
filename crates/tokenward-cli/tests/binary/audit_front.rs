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
        (&["audit", "code", "/nope"], "/nope: there is no such file or folder"),
        (&["audit", "/nope", "none"], "folder; none: there is no such file or folder"),
        (&["audit", "rules", "--format", "sarif"], "--format is text or json"),
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
fn what_is_not_there_is_one_line_and_the_rest_goes_on() {
    let work = Work::new();
    fs::create_dir(work.path("good")).unwrap();
    fs::write(work.path("good/good.py"), "import jwt\n").unwrap();
    fs::write(work.path("bad.py"), BAD).unwrap();
    for command in [&["audit"][..], &["audit", "code"]] {
        let audit = |paths: &[&str]| work.run(&[command, paths].concat());
        let good = audit(&["good", "nosuch"]);
        assert_eq!(good.status.code(), Some(0), "{good:?}");
        let said = String::from_utf8(good.stdout).unwrap();
        let line = "skipped: nosuch: there is no such file or folder\n";
        assert!(said.contains(line) && said.contains("nothing found in 1 file"), "{said}");
        assert_eq!(audit(&["nosuch", "bad.py", "-"]).status.code(), Some(1));
    }
    let json = work.run(&["audit", "good", "nosuch", "--format", "json"]).stdout;
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!((&json["skipped"], &json["notes"][0]["file"]), (&1.into(), &"nosuch".into()));
    let written = work.run(&["audit", "good", "nosuch", "--write-baseline", "k.json"]);
    assert!(String::from_utf8(written.stderr).unwrap().contains("skipped: nosuch: "));
}

#[test]
fn the_first_page_names_the_command_that_mends_and_that_command_mends() {
    let work = Work::new();
    let folder = "an app";
    fs::create_dir(work.path(folder)).unwrap();
    let file = work.path("an app/app.py");
    fs::write(&file, "response.set_cookie('jwt', token, secure=True)\n").unwrap();
    fs::write(work.path("an app/production.env"), "JWT_SECRET=orchard-winter-42\n").unwrap();
    git(&work, &["init", "-q"]);
    git(&work, &["add", "."]);
    git(&work, &["commit", "-qm", "first"]);
    let told = |arguments: &[&str]| said(&mut run(&work, ".", arguments));
    let names = |text: &str, command: &str| {
        let line = format!("1 can be mended without a decision: {command}\n");
        assert!(text.contains(&line), "{command}: {text}");
    };
    names(&told(&["audit"]), "tokenward audit --fix");
    names(&told(&["audit", "code", "."]), "tokenward audit code . --fix");
    names(
        &told(&["audit", folder, "--include-tests"]),
        "tokenward audit 'an app' --include-tests --fix",
    );

    let patch = run(&work, folder, &["audit", "--fix", "--dry-run"]);
    assert_eq!(patch.status.code(), Some(1));
    assert!(String::from_utf8(patch.stdout).unwrap().starts_with("--- a/app.py\n"));
    let mended = run(&work, folder, &["audit", "--fix"]);
    assert_eq!(mended.status.code(), Some(1), "the secret is left: {mended:?}");
    let left = String::from_utf8(mended.stdout).unwrap();
    assert!(left.starts_with("1 of the 10") && !left.contains("can be mended"), "{left}");
    let now = fs::read_to_string(file).unwrap();
    assert_eq!(now, "response.set_cookie('jwt', token, secure=True, httponly=True)\n");
}

#[test]
fn what_a_baseline_knows_is_not_called_none() {
    let work = Work::new();
    fs::write(work.path("bad.py"), BAD).unwrap();
    work.good(&["audit", "--write-baseline", "k.json"]);
    let page = work.good(&["audit", "--baseline", "k.json"]);
    assert!(page.starts_with("nothing new; 1 known to the baseline\n"), "{page}");
    assert!(page.contains("\n   3  1 known  the token"), "{page}");
    let comment = work.good(&["audit", "--baseline", "k.json", "--format", "markdown"]);
    assert!(comment.contains("1 known to the baseline"), "{comment}");
}

#[test]
fn a_rule_is_explained_where_it_is_asked_for() {
    let work = Work::new();
    assert!(work.good(&["audit", "rules"]).contains("unverified-decode"));
    let page = work.good(&["audit", "rules", "unverified-decode"]);
    assert!(page.contains("What it does not report"), "{page}");
    for (rule, part) in [
        ("token-known-secret", "Found by: tokenward audit token"),
        ("jwks-roca", "CVE-2017-15361"),
        ("live-algorithm-none", "mistake 3 of 10"),
    ] {
        let page = work.good(&["audit", "rules", rule]);
        assert!(page.contains(part) && page.contains("Why it matters"), "{page}");
    }
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
    assert!(
        inside.contains("\"severity\": \"low\"") && !inside.contains("generated/bad"),
        "{inside}"
    );
    assert!(inside.contains("\"uri\": \"app/bad.py\""), "{inside}");

    let page = said(&mut run(&work, "app", &["audit"]));
    let top = fs::canonicalize(work.path("tokenward-audit.toml")).unwrap();
    let line = format!("note: {}: leaves out `generated/`; sets the severity of ", top.display());
    assert!(page.contains(&line), "{page}");
    let page = said(&mut run(&work, ".", &["audit"]));
    assert!(page.contains("\nnote: tokenward-audit.toml: leaves out `generated/`"), "{page}");
    fs::write(work.path("tokenward-audit.toml"), "[severities]\nno-key-id = \"of\"\n").unwrap();
    let wrong = work.refused(2, &["audit"]);
    assert!(wrong.contains("tokenward-audit.toml: line 2: unknown variant `of`"), "{wrong}");
    assert!(!wrong.contains('|'), "{wrong}");
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
    assert!(said(&mut since).contains("nothing new in 1 file; 1 on lines that are not new"));
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
