use super::*;

#[test]
fn a_secret_file_is_for_its_owner_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("secret");

    create_private(&path, b"one").unwrap();
    replace_private(&path, b"two").unwrap();

    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    assert_eq!(read_private(&path).unwrap().as_slice(), b"two");
}

#[test]
fn a_new_file_never_replaces_an_old_one() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("secret");
    create_private(&path, b"one").unwrap();

    assert!(create_private(&path, b"two").is_err());
    assert_eq!(read(&path).unwrap(), b"one");
}

#[test]
fn a_secret_that_others_can_read_is_refused_with_the_mend() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("secret");
    create_private(&path, b"one").unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();

    let message = read_private(&path).unwrap_err().to_string();

    assert!(message.contains("others can read this file; run `chmod 600 "), "{message}");
}

#[test]
fn a_replacement_takes_its_place_or_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("app.py");
    let names = || {
        let names = fs::read_dir(dir.path()).unwrap().map(|one| one.unwrap().file_name());
        let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    };
    // Somebody's own, by the name that one of ours once had.
    fs::write(dir.path().join(".app.py.new"), "mine").unwrap();
    fs::write(&path, "one").unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o776)).unwrap();

    drop(Replacement::of(&path, b"two").unwrap());
    assert_eq!(read_text(&path).unwrap(), "one");
    assert_eq!(names(), [".app.py.new", "app.py"]);

    Replacement::of(&path, b"two").unwrap().take_place().unwrap();
    assert_eq!(read_text(&path).unwrap(), "two");
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o776);
    assert_eq!(names(), [".app.py.new", "app.py"]);
    assert_eq!(read_text(&dir.path().join(".app.py.new")).unwrap(), "mine");

    std::os::unix::fs::symlink(&path, dir.path().join("link")).unwrap();
    assert!(Replacement::of(&dir.path().join("link"), b"three").is_err());
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    let into = Replacement::write(&path, b"three", 0o600).unwrap();
    assert!(into.take_place().is_err());
    assert_eq!(names(), [".app.py.new", "app.py", "link"]);
}

#[test]
fn what_would_run_as_its_owner_runs_so_no_more_once_another_wrote_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tool.py");
    fs::write(&path, "one").unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o6755)).unwrap();

    Replacement::of(&path, b"two").unwrap().take_place().unwrap();

    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o755);
}

#[test]
fn a_pipe_that_nobody_writes_to_is_not_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());

    // Coming back is half of the test.
    for error in
        [read(&path).unwrap_err(), read_private(&path).unwrap_err(), open(&path).unwrap_err()]
    {
        assert!(error.to_string().ends_with("a pipe, and no file"), "{error}");
    }
}
