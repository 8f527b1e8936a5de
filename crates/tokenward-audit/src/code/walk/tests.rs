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
        (audit.findings.len(), audit.in_tests)
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
