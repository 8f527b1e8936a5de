//! Servers that hang, redirect, answer at random or without end: one line each, and the rest goes on.

use std::time::Duration;

use crate::server::{Server, run};

#[test]
fn where_nothing_can_be_told_one_line_says_why() {
    for (way, why) in [
        ("hanging", "no answer within 1 s"),
        ("dripping", "no answer within 1 s"),
        ("elsewhere", "status 302, a redirect, whatever the token; name the address that answers"),
        ("nonsense", "no HTTP answer: "),
        ("open", "status 200 with and without the token; name an address that needs one"),
        ("closed", "status 401 with the valid token as with none"),
    ] {
        let server = Server::python("hostile.py", way);
        let mut options = server.options();
        options.timeout = Duration::from_secs(1);

        let said = run(&options).unwrap_err().to_string();

        assert!(said.contains(why), "{way}: {said}");
        assert_eq!(said.lines().count(), 1, "{way}: {said}");
    }
}

#[test]
fn a_server_that_is_not_there_is_said_to_be_out_of_reach() {
    let server = Server::python("hostile.py", "open");
    let options = server.options();
    drop(server);

    let said = run(&options).unwrap_err().to_string();

    assert!(said.contains("cannot be reached"), "{said}");
}

#[test]
fn answers_at_random_give_no_verdict_and_no_finding() {
    for _ in 0..3 {
        let server = Server::python("hostile.py", "random");

        // Whether it looks steady at first is chance, too.
        if let Ok(audit) = run(&server.options()) {
            assert_eq!(audit.findings.len(), 0, "{:?}", audit.findings);
            assert!(!audit.notes.is_empty());
        }
    }
}

#[test]
fn what_is_packed_stays_packed_and_what_never_ends_is_cut() {
    for way in ["bomb", "endless"] {
        let server = Server::python("hostile.py", way);

        let audit = run(&server.options()).unwrap();

        assert_eq!(audit.findings.len(), 0, "{way}: {:?}", audit.findings);
        let stopped = audit.notes.iter().find(|note| note.file == "the rest of the probes");
        assert_eq!(stopped, None, "{way}");
    }
}

#[test]
fn a_server_that_hangs_on_forged_tokens_is_given_up_after_three() {
    let server = Server::python("hostile.py", "hanging-on-bad");
    let mut options = server.options();
    options.timeout = Duration::from_secs(1);

    let audit = run(&options).unwrap();

    let note = audit.notes.iter().find(|note| note.file == "the rest of the probes").unwrap();
    assert_eq!(note.why, "no answer to 3 probes in a row: no answer within 1 s");
    assert_eq!(audit.findings.len(), 0, "{:?}", audit.findings);
}

#[test]
fn a_server_that_lets_us_wait_now_and_then_is_given_up_too() {
    for way in ["hanging-at-times", "resting"] {
        let server = Server::python("hostile.py", way);
        let mut options = server.options();
        options.timeout = Duration::from_millis(500);
        options.max_wait = Duration::from_secs(2);

        let audit = run(&options).unwrap();

        let note = audit.notes.iter().find(|note| note.file == "the rest of the probes").unwrap();
        assert!(note.why.ends_with("of more than 2 s"), "{way}: {}", note.why);
    }
}

#[test]
fn no_longer_is_asked_than_was_allowed() {
    let server = Server::python("vulnerable.py", "");
    let mut options = server.options();
    options.pause = Duration::from_millis(100);
    options.max_time = Duration::from_secs(2);

    let audit = run(&options).unwrap();

    let note = audit.notes.iter().find(|note| note.file == "the rest of the probes").unwrap();
    assert_eq!(note.why, "the limit of 2 s is reached");
    assert!((10..=21).contains(&audit.requests), "{}", audit.requests);
}

#[test]
fn no_more_is_sent_than_was_allowed() {
    let server = Server::python("vulnerable.py", "");
    let mut options = server.options();
    options.max_requests = 40;

    let audit = run(&options).unwrap();

    assert_eq!(audit.requests, 40);
    let note = audit.notes.iter().find(|note| note.file == "the rest of the probes").unwrap();
    assert_eq!(note.why, "the limit of 40 requests is reached");
}
