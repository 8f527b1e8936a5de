use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};
use tokenward::crypto::Secret256;
use tokenward::{
    Algorithm, Audience, IssuerId, Jti, KeyId, SessionId, SigningKey, Subject, TokenVersion,
    UnixTime,
};

use super::*;
use crate::{Fingerprints, NewRevocation, Revocation, Scope, Seq, View};

#[test]
fn a_frame_has_the_form_that_other_languages_read() {
    let jws = signer().frame(&frame(7, 9, items())).unwrap();

    let [header, payload] = [0, 1].map(|part| decoded(&jws, part));
    let ver = prints().subject(&subject());
    let expected = format!(
        r#"{{"iss":"{ISSUER}","seq_from":7,"seq_to":9,"time":5000,"prev":"{}","items":[{}{}]}}"#,
        FrameHash::of("before"),
        r#"{"seq":7,"ends_at":60000,"scope":{"jti":"t1"}},"#,
        format_args!(r#"{{"seq":9,"ends_at":60000,"scope":{{"ver":{{"id":"{ver}","below":4}}}}}}"#),
    );
    assert_eq!(header, r#"{"alg":"EdDSA","kid":"dev-feed","typ":"revocation-frame+jwt"}"#);
    assert_eq!(payload, expected);
    assert_eq!(trust().frame(&jws).unwrap(), frame(7, 9, items()));
}

#[test]
fn a_heartbeat_has_the_form_that_other_languages_read() {
    let hash = Some(FrameHash::of("f"));
    let jws = signer().heartbeat(Seq::new(9), hash, at(5), Some("abc".to_owned())).unwrap();

    let expected = format!(
        r#"{{"iss":"{ISSUER}","head":9,"head_hash":"{}","time":5000,"keys":"abc"}}"#,
        FrameHash::of("f")
    );
    assert_eq!(decoded(&jws, 0), header("revocation-heartbeat+jwt"));
    assert_eq!(decoded(&jws, 1), expected);
}

#[test]
fn a_snapshot_is_a_signed_line_and_the_body_that_it_names() {
    let bytes = snapshot();

    let (read, body) =
        FeedTrust::told(issuer()).snapshot(&bytes).map(|(s, b)| (s, b.to_vec())).unwrap();

    assert_eq!(read.length, u64::try_from(body.len()).unwrap());
    assert_eq!(read.digest, b64::encode(&sha256(&body)));
    let session = SessionId::new("s1").unwrap();
    assert_eq!(read.fingerprints.session(&session), prints().session(&session));
    let view = View::local(audience());
    view.import(read.fingerprints.clone(), &body, at(0)).unwrap();
    assert_eq!(view.len(), 2);
    assert_eq!(view.export(), body);
}

#[test]
fn a_body_holds_every_kind_of_revocation() {
    let up_to = |secs| UnixTime::from_secs(secs);
    let (version, other) = (Some(TokenVersion::new(7)), Subject::new("u2").unwrap());
    let scopes = [
        Scope::Jti(Jti::new("t1").unwrap()),
        Scope::Session(SessionId::new("s1").unwrap()),
        Scope::Subject { subject: subject(), version, issued_up_to: up_to(3) },
        Scope::Subject { subject: subject(), version: None, issued_up_to: up_to(4) },
        Scope::Version { subject: other, below: TokenVersion::new(2) },
        Scope::Key(KeyId::new("k1").unwrap()),
        Scope::Audience { issued_up_to: up_to(5) },
        Scope::Issuer { issued_up_to: up_to(6) },
    ];
    let items: Vec<_> = scopes
        .iter()
        .map(|scope| Item { seq: Seq::ZERO, ends_at: at(60), fact: Fact::of(scope, &prints()) })
        .collect();
    let view = View::local_under(audience(), prints());
    for item in &items {
        view.insert_item(item);
    }

    let again = View::local(audience());
    again.import(prints(), &view.export(), at(0)).unwrap();

    assert!(items.iter().all(|item| again.knows(item)));
    assert_eq!(again.len(), view.len());
    assert_eq!(again.export(), view.export());
}

#[test]
fn one_kind_of_message_never_passes_for_another() {
    let [frame, heartbeat] = [
        signer().frame(&frame(7, 9, items())).unwrap(),
        signer().heartbeat(Seq::new(9), None, at(5), None).unwrap(),
    ];

    assert!(matches!(trust().frame(&heartbeat), Err(BadMessage::OtherKind { expected: "frame" })));
    assert!(matches!(trust().heartbeat(&frame), Err(BadMessage::OtherKind { .. })));
    let as_snapshot = format!("{frame}\n[]");
    assert!(matches!(trust().snapshot(as_snapshot.as_bytes()), Err(BadMessage::OtherKind { .. })));
    let told = FeedTrust::told(issuer()).snapshot(as_snapshot.as_bytes()).map(drop);
    assert!(told.is_err());
}

#[test]
fn a_feed_of_another_issuer_is_refused_by_name() {
    let other = IssuerId::new("https://auth.example/audiences/other").unwrap();
    let trust = FeedTrust::pinned(other, signer().public_keys().cloned().collect()).unwrap();
    let jws = signer().heartbeat(Seq::ZERO, None, at(5), None).unwrap();

    let error = trust.heartbeat(&jws).unwrap_err();

    let said = format!(
        "the revocation feed is that of {ISSUER}, and not of https://auth.example/audiences/other"
    );
    assert_eq!(error.to_string(), said);
    assert!(trust.snapshot(&snapshot()).is_err());
}

#[test]
fn a_pinned_key_is_not_replaced_by_what_a_snapshot_says() {
    let ours = SigningKey::generate(Algorithm::EdDsa);
    let mut trust = FeedTrust::pinned(issuer(), vec![ours.verifying_key().clone()]).unwrap();

    assert!(matches!(trust.snapshot(&snapshot()), Err(BadMessage::UnknownKey)));
    let foreign = FeedTrust::told(issuer()).snapshot(&snapshot()).map(|(s, _)| s).unwrap();
    trust.learn(&foreign);

    assert!(matches!(trust.snapshot(&snapshot()), Err(BadMessage::UnknownKey)));
}

#[test]
fn the_next_key_is_trusted_before_it_signs() {
    let next = SigningKey::generate(Algorithm::EdDsa);
    let signer = FeedSigner::new(issuer(), key(), Some(next.verifying_key().clone())).unwrap();
    let bytes = signer.snapshot(Seq::ZERO, None, at(5), &view()).unwrap();
    let mut trust = FeedTrust::told(issuer());
    let snapshot = trust.snapshot(&bytes).map(|(s, _)| s).unwrap();
    trust.learn(&snapshot);

    let successor = FeedSigner::new(issuer(), next, None).unwrap();

    assert!(trust.heartbeat(&successor.heartbeat(Seq::ZERO, None, at(6), None).unwrap()).is_ok());
}

#[test]
fn a_feed_key_is_an_ed25519_key_with_a_name_and_there_are_one_or_two() {
    let key = |algorithm| SigningKey::generate(algorithm).verifying_key().clone();
    let pinned = |keys| FeedTrust::pinned(issuer(), keys).map(drop);

    assert_eq!(pinned(vec![key(Algorithm::Es256)]), Err(BadFeedKey));
    assert_eq!(pinned(vec![]), Err(BadFeedKey));
    assert_eq!(pinned(vec![key(Algorithm::EdDsa); 2]), Ok(()));
    assert_eq!(pinned(vec![key(Algorithm::EdDsa); 3]), Err(BadFeedKey));
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
    let bytes = snapshot();
    let (read, _) = FeedTrust::told(issuer()).snapshot(&bytes).unwrap();

    let shown = format!("{read:?} {:?}", signer());

    assert!(shown.contains("Secret256(..)") && !shown.contains("7, 7"), "{shown}");
}

#[test]
fn a_bad_fingerprint_key_is_not_repeated_in_the_error() {
    let bytes = snapshot();
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap();
    let line = str::from_utf8(line).unwrap();
    let mut claims: Value = serde_json::from_str(&decoded(line, 1)).unwrap();
    claims["fingerprint_key"] = "planted".into();
    let jws = format!("{}\n", signed("revocation-snapshot+jwt", &claims.to_string()));

    let error = trust().snapshot(jws.as_bytes()).map(drop).unwrap_err();

    assert!(!format!("{error:?} {}", tokenward::ErrorChain::new(&error)).contains("planted"));
}

#[test]
fn a_fact_of_a_kind_that_is_not_known_makes_the_message_unreadable() {
    let claims = json!({"iss": ISSUER, "seq_from": 1, "seq_to": 1, "time": 0,
        "items": [{"seq": 1, "ends_at": 9, "scope": {"moon": "x"}}]});
    let jws = signed("revocation-frame+jwt", &claims.to_string());

    assert!(matches!(trust().frame(&jws), Err(BadMessage::Unreadable { .. })));
}

#[test]
fn a_member_that_is_not_known_is_no_harm_and_one_that_is_there_twice_is() {
    let read = |more: &str| {
        let claims = format!(r#"{{"iss":"{ISSUER}","head":1,"time":2{more}}}"#);
        trust().heartbeat(&signed("revocation-heartbeat+jwt", &claims))
    };

    assert!(read(r#","weather":"fine""#).is_ok());
    assert!(matches!(read(r#","head":2"#), Err(BadMessage::Unreadable { .. })));
}

#[test]
fn a_frame_whose_items_leave_its_range_or_order_is_refused() {
    let item =
        |seq| Item { seq: Seq::new(seq), ends_at: at(9), fact: Fact::Jti(Jti::new("t").unwrap()) };
    let read = |from, to, items: &[u64]| {
        let items = items.iter().copied().map(item).collect();
        trust().frame(&signer().frame(&frame(from, to, items)).unwrap())
    };

    assert!(read(3, 5, &[3, 5]).is_ok());
    assert!(read(3, 5, &[]).is_ok());
    for (from, to, items) in
        [(3, 5, &[2][..]), (3, 5, &[6]), (3, 5, &[4, 4]), (3, 5, &[5, 4]), (5, 4, &[]), (0, 4, &[])]
    {
        assert!(matches!(read(from, to, items), Err(BadMessage::OutOfRange)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn whatever_is_fed_to_the_readers_they_refuse(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let text = String::from_utf8_lossy(&bytes);
        for trust in [trust(), FeedTrust::told(issuer())] {
            prop_assert!(trust.frame(&text).is_err());
            prop_assert!(trust.heartbeat(&text).is_err());
            prop_assert!(trust.snapshot(&bytes).is_err());
        }
    }
}

const ISSUER: &str = "https://auth.example/audiences/api";

fn issuer() -> IssuerId {
    IssuerId::new(ISSUER).unwrap()
}

/// RFC 8037, appendix A.1: everybody knows it, so it signs nothing but this.
fn key() -> SigningKey {
    let jwk = br#"{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    SigningKey::from_jwk(jwk).unwrap().with_key_id(KeyId::new("dev-feed").unwrap())
}

fn signer() -> FeedSigner {
    FeedSigner::new(issuer(), key(), None).unwrap()
}

fn trust() -> FeedTrust {
    FeedTrust::pinned(issuer(), signer().public_keys().cloned().collect()).unwrap()
}

fn signed(typ: &str, claims: &str) -> String {
    let input =
        format!("{}.{}", b64::encode(header(typ).as_bytes()), b64::encode(claims.as_bytes()));
    let signature = b64::encode(&key().sign(input.as_bytes()).unwrap());
    format!("{input}.{signature}")
}

fn header(typ: &str) -> String {
    format!(r#"{{"alg":"EdDSA","kid":"dev-feed","typ":"{typ}"}}"#)
}

fn decoded(jws: &str, part: usize) -> String {
    let part = jws.split('.').nth(part).unwrap();
    String::from_utf8(b64::decode(part).unwrap()).unwrap()
}

fn frame(from: u64, to: u64, items: Vec<Item>) -> Frame {
    Frame {
        issuer: issuer(),
        seq_from: Seq::new(from),
        seq_to: Seq::new(to),
        time: at(5),
        prev: Some(FrameHash::of("before")),
        items,
    }
}

fn items() -> Vec<Item> {
    Frame::items_of(&audience(), &prints(), &rows())
}

fn snapshot() -> Vec<u8> {
    signer().snapshot(Seq::new(9), Some(FrameHash::of("f")), at(5), &view()).unwrap()
}

fn view() -> View {
    let view = View::local_under(audience(), prints());
    for row in rows() {
        view.insert(&row);
    }
    view
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
    UnixTime::default().saturating_add(Duration::from_secs(seconds))
}
