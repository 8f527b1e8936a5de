//! `[passkeys]`.

use super::{GOOD, problems};

#[test]
fn passkeys_are_for_one_site_and_for_pages_and_apps_that_are_named() {
    for (table, message) in [
        (
            "rp_id = \"example.com\"",
            "origins: must name who may use passkeys, for example \"https://example.com\"",
        ),
        (
            "origins = [\"https://app.example.com\"]",
            "rp_id: is missing; write for example rp_id = \"example.com\"",
        ),
        (
            "rp_id = \"https://example.com\"\norigins = [\"https://app.example.com\"]",
            "rp_id: must be a domain in small letters without scheme and port, for example \"example.com\"",
        ),
        (
            "rp_id = \"example.com\"\norigins = [\"https://example.org\"]",
            "origins: \"https://example.org\" must be on example.com, or below it",
        ),
        (
            "rp_id = \"example.com\"\norigins = [\"http://example.com\"]",
            "origins: \"http://example.com\" must begin with \"https://\" or \"android:apk-key-hash:\"",
        ),
    ] {
        let lines = problems(&GOOD.replacen("[keys]", &format!("[passkeys]\n{table}\n[keys]"), 1));
        let [line] = &lines[..] else { panic!("{lines:#?}") };
        assert!(line.ends_with(&format!("passkeys.{message}")), "{line}");
    }
}
