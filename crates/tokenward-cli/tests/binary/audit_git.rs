//! Repositories of people who would like something to be run, or overlooked.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Output;

use crate::audit::git;
use crate::support::Work;

const BAD: &str = "import jwt\n\nclaims = jwt.decode(token, KEY, algorithms=['none'])\n";
const COOKIE: &str = "response.set_cookie('access_token', token)\n";

#[test]
fn a_repository_starts_no_filter() {
    for (attributes, member) in [
        (".gitattributes", "clean"),
        (".git/info/attributes", "clean"),
        (".gitattributes", "process"),
    ] {
        let work = committed();
        git(&work, &["config", &format!("filter.a=b.C.{member}"), &run_me(&work)]);
        git(&work, &["config", "filter.a=b.C.required", "true"]);
        fs::write(work.path(attributes), "*.py filter=a=b.C\n").unwrap();
        nothing_ran(&work);
    }
}

#[test]
fn a_repository_starts_no_hook_and_no_monitor() {
    let work = committed();
    fs::create_dir_all(work.path(".git/hooks")).unwrap();
    let hook = work.path(".git/hooks/post-index-change");
    fs::write(&hook, format!("#!/bin/sh\n{}\n", run_me(&work))).unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    git(&work, &["config", "core.fsmonitor", &run_me(&work)]);
    git(&work, &["config", "hook.x.event", "post-index-change"]);
    git(&work, &["config", "hook.x.command", &run_me(&work)]);
    // Our own git has run them.
    fs::remove_file(work.path("ran")).unwrap_or_default();
    nothing_ran(&work);
}

#[test]
fn where_git_does_not_tell_what_it_has_a_note_says_so() {
    let work = committed();
    fs::write(work.path(".git/HEAD"), "nothing\n").unwrap();

    let output = audit(&work, &[]);

    let said = String::from_utf8(output.stdout).unwrap();
    let note = "what git has although it ignores it is not looked at: git: fatal:";
    assert!(said.contains(note), "{said}");
    assert_eq!(output.status.code(), Some(1), "what is there is found: {said}");
}

#[test]
fn a_repository_that_lacks_its_objects_fetches_none() {
    let work = committed();
    let url = format!("ext::sh -c touch% {}", work.path("ran").display());
    for (key, value) in [
        ("core.repositoryFormatVersion", "1"),
        ("extensions.partialClone", "origin"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.url", &url),
        ("protocol.ext.allow", "always"),
    ] {
        git(&work, &["config", key, value]);
    }
    for folder in fs::read_dir(work.path(".git/objects")).unwrap() {
        let folder = folder.unwrap().path();
        if folder.file_name().is_some_and(|name| name.len() == 2) {
            fs::remove_dir_all(folder).unwrap();
        }
    }
    nothing_ran(&work);
}

#[test]
fn a_submodule_starts_no_filter() {
    let work = committed();
    fs::create_dir(work.path("sub")).unwrap();
    fs::write(work.path("sub/app.py"), BAD).unwrap();
    git(&work, &["-C", "sub", "init", "-q"]);
    git(&work, &["-C", "sub", "add", "."]);
    git(&work, &["-C", "sub", "commit", "-qm", "first"]);
    git(&work, &["add", "sub"]);
    git(&work, &["commit", "-qm", "second"]);
    git(&work, &["-C", "sub", "config", "filter.x.clean", &run_me(&work)]);
    fs::write(work.path("sub/.git/info/attributes"), "* filter=x\n").unwrap();
    fs::write(work.path("sub/app.py"), BAD.replace("claims", "claimz")).unwrap();
    nothing_ran(&work);
}

#[test]
fn no_name_and_no_attribute_hides_what_is_new() {
    let work = Work::new();
    let names = ["a\"b.py", "c\\d.py", "new\nline.py", "tab\t.py", "ä.py", "with space.py"];
    for name in names.iter().chain(&["binary.py", "other.py"]) {
        fs::write(work.path(name), "x = 1\n").unwrap();
    }
    fs::write(work.path(".gitattributes"), "binary.py -diff\n").unwrap();
    git(&work, &["init", "-q"]);
    git(&work, &["add", "."]);
    git(&work, &["commit", "-qm", "first"]);
    for name in names.iter().chain(&["binary.py"]) {
        fs::write(work.path(name), BAD).unwrap();
    }
    fs::write(work.path("other.py"), format!("++ b/elsewhere.py\n{BAD}")).unwrap();
    fs::write(work.path("un\"tracked\n.py"), BAD).unwrap();

    let output = audit(&work, &["--since", "HEAD", "--format", "json"]);

    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let found = told["findings"].as_array().unwrap();
    let has = |name: &str| {
        found.iter().any(|one| one["file"].as_str().unwrap().trim_start_matches("./") == name)
    };
    for name in names.iter().chain(&["binary.py", "other.py", "un\"tracked\n.py"]) {
        assert!(has(name), "{name:?}: {told}");
    }
}

#[test]
fn a_repository_cannot_say_that_its_files_are_elsewhere() {
    let work = committed();
    fs::create_dir(work.path("empty")).unwrap();
    git(&work, &["config", "core.worktree", work.path("empty").to_str().unwrap()]);

    let output = audit(&work, &["--since", "HEAD"]);

    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(String::from_utf8(output.stderr).unwrap().contains("elsewhere"));
}

#[test]
fn settings_that_the_user_gives_git_hold() {
    let work = committed();
    let mut command = work.command(&["audit", "code", ".", "--since", "HEAD"]);
    command.env("PATH", std::env::var_os("PATH").unwrap()).env("GIT_CONFIG_COUNT", "1");
    command.env("GIT_CONFIG_KEY_0", "core.ignoreCase");
    command.env("GIT_CONFIG_VALUE_0", "nonsense");

    let output = command.output().unwrap();

    assert_eq!(output.status.code(), Some(2), "theirs were read: {output:?}");
}

/// A repository with a file that has a finding and one that can be mended, both as git has them.
fn committed() -> Work {
    let work = Work::new();
    fs::write(work.path("app.py"), BAD).unwrap();
    fs::write(work.path("cookie.py"), COOKIE).unwrap();
    git(&work, &["init", "-q"]);
    git(&work, &["add", "."]);
    git(&work, &["commit", "-qm", "first"]);
    work
}

/// A command that leaves a file behind.
fn run_me(work: &Work) -> String {
    format!("touch '{}'", work.path("ran").display())
}

/// Asks git in all the ways there are, with files that it cannot take for unchanged by their time.
fn nothing_ran(work: &Work) {
    for file in ["app.py", "cookie.py"] {
        let text = fs::read(work.path(file)).unwrap();
        fs::remove_file(work.path(file)).unwrap();
        fs::write(work.path(file), text).unwrap();
    }
    for arguments in [&["--since", "HEAD"][..], &["--fix"], &[]] {
        let output = audit(work, arguments);
        assert!(!work.path("ran").exists(), "{arguments:?}: {output:?}");
    }
}

fn audit(work: &Work, arguments: &[&str]) -> Output {
    let mut command = work.command(&["audit", "code", "."]);
    command.args(arguments).env("PATH", std::env::var_os("PATH").unwrap()).output().unwrap()
}
