use super::*;

#[test]
fn two_gates_that_share_a_folder_keep_the_later_of_what_they_have_seen() {
    let dir = tempfile::tempdir().unwrap();
    let (file, lock) = (dir.path().join("api.json"), dir.path().join(".api.lock"));
    let state = |version: u64| {
        let hash = "A".repeat(43);
        let text = format!(r#"{{"root":1,"delegated_at":5,"version":{version},"hash":"{hash}"}}"#);
        TrustState::parse(text.as_bytes()).unwrap()
    };
    keep(&file, &lock, &state(8)).unwrap();
    keep(&file, &lock, &state(7)).unwrap();
    assert_eq!(kept(&file).unwrap(), state(8));

    keep(&file, &lock, &state(9)).unwrap();
    assert_eq!(kept(&file).unwrap(), state(9));
}

#[test]
fn what_was_kept_and_does_not_read_back_is_not_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    let (file, lock) = (dir.path().join("api.json"), dir.path().join(".api.lock"));
    std::fs::write(&file, "{").unwrap();

    assert!(keep(&file, &lock, &TrustState::default()).is_err());
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "{");
}
