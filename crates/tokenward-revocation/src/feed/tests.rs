use proptest::prelude::*;
use tokenward::crypto::Secret256;
use tokenward::{SessionId, Subject};

use super::*;
use crate::NewRevocation;

#[test]
fn a_frame_has_the_form_that_other_languages_read() {
    let frame = Frame::of(&audience(), Seq::new(6), Seq::new(9), at(5), &prints(), &rows());

    let expected = concat!(
        r#"{"seq_from":7,"seq_to":9,"time":5000,"items":["#,
        r#"{"seq":7,"ends_at":60000,"scope":{"jti":"t1"}},"#,
        r#"{"seq":9,"ends_at":60000,"scope":{"ver":{"id":"QnpmqLDQ9bhi0WpNEbwzmg","below":4}}}]}"#,
    );
    let expected =
        expected.replace("QnpmqLDQ9bhi0WpNEbwzmg", &prints().subject(&subject()).to_string());
    assert_eq!(frame.to_json(), expected);
    assert_eq!(Frame::parse(expected.as_bytes()).unwrap(), frame);
}

#[test]
fn a_heartbeat_has_the_form_that_other_languages_read() {
    let heartbeat = Heartbeat::new(Seq::new(9), at(5)).with_keys("abc");

    assert_eq!(heartbeat.to_json(), r#"{"head":9,"time":5000,"keys":"abc"}"#);
    assert_eq!(Heartbeat::parse(heartbeat.to_json().as_bytes()).unwrap(), heartbeat);
}

#[test]
fn a_snapshot_carries_the_key_of_its_fingerprints() {
    let snapshot = Snapshot::of(&audience(), Seq::new(9), at(5), &prints(), &rows());

    let read = Snapshot::parse(snapshot.to_json().as_bytes()).unwrap();

    assert_eq!(read.items, snapshot.items);
    let session = SessionId::new("s1").unwrap();
    assert_eq!(read.fingerprints.session(&session), prints().session(&session));
}

#[test]
fn nobody_can_read_a_subject_or_compare_it_with_another_feeds() {
    let fingerprint = prints().subject(&subject());
    let other = Fingerprints::new(Secret256::from_bytes([8; 32]));

    assert_ne!(other.subject(&subject()), fingerprint);
    assert_ne!(prints().session(&SessionId::new("u1").unwrap()), fingerprint);
    assert_eq!(fingerprint.to_string().parse(), Ok(fingerprint));
}

#[test]
fn what_a_debug_print_shows_holds_no_secret() {
    let snapshot = Snapshot::of(&audience(), Seq::new(9), at(5), &prints(), &[]);

    let shown = format!("{snapshot:?}");

    assert!(shown.contains("Secret256(..)") && !shown.contains("7, 7"), "{shown}");
}

#[test]
fn a_bad_fingerprint_key_is_not_repeated_in_the_error() {
    let json = r#"{"audience":"api","head":0,"time":0,"fingerprint_key":"planted","items":[]}"#;

    let error = Snapshot::parse(json.as_bytes()).unwrap_err();

    assert!(!format!("{error:?} {}", tokenward::ErrorChain::new(&error)).contains("planted"));
}

#[test]
fn a_fact_of_a_kind_that_is_not_known_makes_the_message_unreadable() {
    let json = r#"{"seq_from":1,"seq_to":1,"time":0,"items":[{"seq":1,"ends_at":9,"scope":{"moon":"x"}}]}"#;

    assert!(matches!(Frame::parse(json.as_bytes()), Err(BadMessage::Unreadable { .. })));
}

#[test]
fn a_member_that_is_not_known_is_no_harm() {
    assert!(Heartbeat::parse(br#"{"head":1,"time":2,"weather":"fine"}"#).is_ok());
}

#[test]
fn a_frame_whose_items_leave_its_range_or_order_is_refused() {
    let item =
        |seq| Item { seq: Seq::new(seq), ends_at: at(9), fact: Fact::Jti(Jti::new("t").unwrap()) };
    let frame = |from, to, items: &[u64]| Frame {
        seq_from: Seq::new(from),
        seq_to: Seq::new(to),
        time: at(0),
        items: items.iter().copied().map(item).collect(),
        prev: None,
        sig: None,
    };
    let parse = |frame: Frame| Frame::parse(frame.to_json().as_bytes());

    assert!(parse(frame(3, 5, &[3, 5])).is_ok());
    assert!(parse(frame(3, 5, &[])).is_ok());
    for bad in [
        frame(3, 5, &[2]),
        frame(3, 5, &[6]),
        frame(3, 5, &[4, 4]),
        frame(3, 5, &[5, 4]),
        frame(5, 4, &[]),
        frame(0, 4, &[]),
    ] {
        assert!(matches!(parse(bad), Err(BadMessage::OutOfRange)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn whatever_is_fed_to_the_readers_they_answer(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        drop(Frame::parse(&bytes));
        drop(Snapshot::parse(&bytes));
        drop(Heartbeat::parse(&bytes));
    }
}

fn rows() -> Vec<Revocation> {
    let other = Audience::new("other").unwrap();
    let version = Scope::Version { subject: subject(), below: TokenVersion::new(4) };
    let session = Scope::Session(SessionId::new("s1").unwrap());
    [
        (7, Some(audience()), Scope::Jti(Jti::new("t1").unwrap())),
        (8, Some(other), session),
        (9, None, version),
    ]
    .into_iter()
    .map(|(seq, audience, scope)| {
        let (reason, by) = (Some("lost phone".to_owned()), "test".to_owned());
        let new = NewRevocation { audience, scope, ends_at: at(60), at: at(0), reason, by };
        Revocation::committed(Seq::new(seq), new)
    })
    .collect()
}

fn prints() -> Fingerprints {
    Fingerprints::new(Secret256::from_bytes([7; 32]))
}

fn subject() -> Subject {
    Subject::new("u1").unwrap()
}

fn audience() -> Audience {
    Audience::new("api").unwrap()
}

fn at(seconds: u64) -> UnixTime {
    UnixTime::from_secs(seconds)
}
