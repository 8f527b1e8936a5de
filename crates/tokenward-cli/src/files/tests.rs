use super::*;

use std::os::unix::fs::PermissionsExt;

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
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();

    let message = read_private(&path).unwrap_err().to_string();

    assert!(message.contains("others can read this file; run `chmod 600 "), "{message}");
}
