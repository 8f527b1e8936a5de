//! The grades of a running authority.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::support::Work;

#[test]
fn serve_dev_avoids_all_ten_and_an_open_file_is_one_less() {
    let work = Work::new();
    let _dev = work.dev("doctor");

    let text = work.good(&["doctor"]);
    assert!(text.starts_with("10 of 10 mistakes are avoided by https://localhost:"), "{text}");
    let told = work.good_json(&["doctor"]);
    assert_eq!(told["mistakes"].as_array().unwrap().len(), 10);
    assert!(told["mistakes"][1]["lines"][0]["says"].as_str().unwrap().contains("were refused"));

    let store = work.path(".tokenward/tokenward.db");
    fs::set_permissions(work.path(".tokenward"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(&store, fs::Permissions::from_mode(0o644)).unwrap();
    let output = work.run(&["doctor"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.starts_with("9 of 10"), "{said}");
    assert!(said.contains("bad: .tokenward/tokenward.db is open to others (mode 0644)"), "{said}");
    assert!(said.contains("→ chmod o= .tokenward/tokenward.db"), "{said}");
    work.good(&["doctor", "--at-least", "9"]);
}

#[test]
fn where_the_public_listener_is_not_reached_nothing_is_taken_for_good() {
    let work = Work::new();
    let _dev = work.dev("doctor-unreached");

    let output = work.run(&["doctor", "--url", "https://127.0.0.1:1"]);

    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("unseen: the public listener cannot be asked: 127.0.0.1:1: "), "{said}");
}

#[test]
fn without_an_authority_it_says_how_to_start_one() {
    let said = Work::new().refused(2, &["doctor"]);

    assert!(said.contains("no authority runs on .tokenward; start it with"), "{said}");
}

#[test]
fn a_config_file_that_is_not_there_is_no_reason_to_leave_it_out() {
    let said = Work::new().refused(2, &["doctor", "--config", "nowhere.toml"]);

    assert!(said.contains("nowhere.toml: "), "{said}");
}
