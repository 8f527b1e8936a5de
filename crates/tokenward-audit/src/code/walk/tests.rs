use std::fs;

use super::*;
use crate::{Settings, audit_paths, audit_project};

const BAD: &str = "import jwt\njwt.decode(token, KEY, algorithms=['none'])\n";

#[test]
fn arguments_that_overlap_are_looked_at_once() {
    let dir = project(&["app/bad.py", "lib/bad.py"]);
    let at = |path: &str| dir.path().join(path);
    let paths = [at(""), at("./app"), at("lib/../app/bad.py")];

    let audit = audit_paths(&paths, &Options::default());

    assert_eq!((audit.files, audit.findings.len()), (2, 2), "{:?}", audit.findings);
}

#[test]
fn what_the_settings_exclude_is_left_out_wherever_the_arguments_point() {
    let dir = project(&["app/bad.py", "generated/bad.py", "app/generated.py"]);
    fs::write(dir.path().join("generated/x.env"), "JWT_SECRET=orchard-winter-42\n").unwrap();
    let settings = Settings::parse("exclude = [\"/generated/\", \"app/gen*.py\"]\n").unwrap();
    let options = settings.into_options(dir.path()).unwrap();

    for paths in [vec![dir.path().to_owned()], vec![dir.path().join("app"), dir.path().join(".")]] {
        let audit = audit_project(&paths, &options);
        let files: Vec<_> = audit.findings.iter().map(|one| one.file.as_str()).collect();
        assert!(files.len() == 1 && files[0].ends_with("app/bad.py"), "{files:?}");
    }
    let settings = Settings::parse("exclude = [\"a{b\"]\n").unwrap();
    assert!(settings.into_options(dir.path()).unwrap_err().to_string().contains("a{b"));
}

#[test]
fn what_is_not_there_is_told_with_its_path_once() {
    let audit = audit_paths(&["/nowhere/at/all".into()], &Options::default());

    let note = audit.notes.first().unwrap();
    assert_eq!(
        (note.file.as_str(), note.why.as_str()),
        ("/nowhere/at/all", "there is no such file")
    );
}

#[test]
fn as_many_are_counted_in_tests_as_the_option_brings_back() {
    let dir = project(&["tests/one.py", "tests/two.py"]);
    // What is told once a project is told of the program alone, or of the first test.
    let signs = "import jwt\njwt.encode({'sub': user.id, 'exp': soon()}, KEY, algorithm='ES256')\n";
    for file in ["app.py", "tests/three.py", "tests/four.py"] {
        fs::write(dir.path().join(file), signs).unwrap();
    }
    let count = |include_tests| {
        let options = Options { include_tests, ..Options::default() };
        let audit = audit_paths(&[dir.path().to_owned()], &options);
        (audit.findings.len(), audit.left_out_in_all().in_tests)
    };

    let (without, in_tests) = count(false);
    let (with, none) = count(true);
    assert_eq!((with - without, none), (in_tests, 0));
    assert_eq!(in_tests, 2, "{without} {with}");
}

#[test]
fn an_allow_that_allows_nothing_is_noted_in_code_and_in_settings() {
    let dir = project(&["app/bad.py"]);
    let comments =
        "# tokenward: allow(secret-in-config)\n# tokenward: allow(unverified_decode) x\n";
    fs::write(dir.path().join("x.env"), format!("{comments}A=b\n")).unwrap();
    fs::write(dir.path().join("x.py"), format!("{comments}{BAD}")).unwrap();

    let notes = audit_project(&[dir.path().to_owned()], &Options::default()).notes;

    for file in ["x.env", "x.py"] {
        let whys: Vec<_> =
            notes.iter().filter(|note| note.file.ends_with(file)).map(|note| &note.why).collect();
        assert_eq!(whys.len(), 2, "{file}: {notes:?}");
        assert!(whys[0].contains("needs a reason"), "{whys:?}");
        assert!(whys[1].contains("`unverified-decode` is one"), "{whys:?}");
    }
}

#[test]
fn a_gitignore_that_is_no_file_of_a_fit_size_hides_nothing_and_is_noted() {
    let fill = |dir: &Path, at: &str, what: &str| {
        let path = dir.join(at);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        match what {
            "link" => std::os::unix::fs::symlink("/dev/zero", &path).unwrap(),
            "folder" => fs::create_dir(&path).unwrap(),
            "huge" => fs::File::create(&path).unwrap().set_len(20 << 30).unwrap(),
            "rules" => fs::write(&path, "*b*/**/x?[a-z]\n".repeat(3_000)).unwrap(),
            _ => pipe(&path),
        }
    };
    for what in ["link", "folder", "huge", "rules", "pipe"] {
        for at in [".gitignore", "app/.gitignore", ".git/info/exclude"] {
            let dir = project(&["app/bad.py", "bad.py"]);
            fill(dir.path(), at, what);
            let audit = audit_paths(&[dir.path().to_owned()], &Options::default());
            assert_eq!(audit.findings.len(), 2, "{what} {at}");
            assert_eq!(audit.notes.len(), 1, "{what} {at}: {:?}", audit.notes);
            let note = &audit.notes[0];
            assert!(
                note.file.ends_with(at) && note.why.ends_with("leaves nothing out"),
                "{note:?}"
            );
        }
        // Above the argument, in its repository.
        let dir = project(&["app/bad.py"]);
        fs::create_dir(dir.path().join(".git")).unwrap();
        fill(dir.path(), ".gitignore", what);
        let audit = audit_paths(&[dir.path().join("app")], &Options::default());
        assert_eq!((audit.findings.len(), audit.notes.len()), (1, 1), "{what}: {:?}", audit.notes);
    }
}

#[test]
fn what_a_file_called_git_leads_to_is_not_read() {
    for name in ["commondir", "info/exclude"] {
        let dir = project(&["app/bad.py"]);
        let git = dir.path().join("g");
        fs::create_dir_all(git.join("info")).unwrap();
        fs::write(dir.path().join(".git"), format!("gitdir: {}\n", git.display())).unwrap();
        fs::write(git.join("commondir"), ".").unwrap();
        drop(fs::remove_file(git.join(name)));
        pipe(&git.join(name));

        assert_eq!(audit_paths(&[dir.path().to_owned()], &Options::default()).findings.len(), 1);
    }
}

#[test]
fn rules_hold_below_their_folder_and_the_nearest_wins() {
    let dir =
        project(&["a/bad.py", "a/b/bad.py", "a/c/bad.py", "d/bad.py", "e/bad.py", "e/f/bad.py"]);
    let write = |path: &str, text: &str| fs::write(dir.path().join(path), text).unwrap();
    write(".gitignore", "# all\n\n/d\n*/b/\nbad.py\n!a/bad.py\n");
    write("a/c/.gitignore", "!bad.py\n");
    // A repository of its own.
    fs::create_dir(dir.path().join("e/.git")).unwrap();
    fs::create_dir(dir.path().join("e/.git/info")).unwrap();
    write("e/.git/info/exclude", "f\n");
    let found = |path: &str| -> Vec<String> {
        let audit = audit_paths(&[dir.path().join(path)], &Options::default());
        assert_eq!(audit.notes, []);
        let root = format!("{}/", dir.path().display());
        audit.findings.iter().map(|one| one.file.replace(&root, "")).collect()
    };

    assert_eq!(found(""), ["a/bad.py", "a/c/bad.py", "e/bad.py"]);
    // What is above counts in a repository, and nobody's does otherwise.
    assert_eq!(found("a"), ["a/b/bad.py", "a/bad.py", "a/c/bad.py"]);
    fs::create_dir(dir.path().join(".git")).unwrap();
    assert_eq!(found("a"), ["a/bad.py", "a/c/bad.py"]);
    assert_eq!(found("d/bad.py"), ["d/bad.py"]);
}

#[test]
fn what_others_wrote_is_left_out_also_where_git_has_it_though_it_is_ignored() {
    let dir = project(&["node_modules/x/bad.py", "app/bad.py"]);
    fs::write(dir.path().join(".gitignore"), "node_modules\napp\n").unwrap();
    let tracked = ["node_modules/x/bad.py", "app/bad.py"].map(|file| dir.path().join(file)).into();
    let options = Options { tracked, ..Options::default() };

    let found = audit_paths(&[dir.path().to_owned()], &options).findings;

    assert!(found.len() == 1 && found[0].file.ends_with("app/bad.py"), "{found:?}");
}

#[test]
fn a_manifest_that_makes_a_project_a_test_is_noted() {
    let dir = project(&["bad.py"]);
    fs::write(dir.path().join("package.json"), r#"{"description": "A token emulator"}"#).unwrap();
    let audit = |include_tests| {
        let options = Options { include_tests, ..Options::default() };
        audit_project(&[dir.path().to_owned()], &options)
    };

    let without = audit(false);
    assert_eq!(
        (without.findings.len(), without.left_out_in_all().in_tests, without.notes.len()),
        (0, 1, 1)
    );
    assert!(without.notes[0].why.contains("for development alone"));
    let with = audit(true);
    assert_eq!((with.findings.len(), with.notes.len()), (1, 0));
}

fn pipe(path: &Path) {
    assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// A folder with a finding in each of these files.
fn project(files: &[&str]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for file in files {
        let path = dir.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, BAD).unwrap();
    }
    dir
}
