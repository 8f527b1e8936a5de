use tokenward::{Audience, IssuerId, KeyId, SessionId, Subject, TokenVersion, UnixTime};
use tokenward_revocation::{Revocation, Scope, Seq};

use super::Layout;

#[test]
fn what_concerns_all_audiences_stands_under_the_plain_key() {
    let session = Scope::Session(SessionId::new("s-1").unwrap());
    let version = Scope::Version { subject: ada(), below: TokenVersion::new(3) };

    assert_eq!(shown(&[row(None, session)]), ["{tw:prod}:sid:s-1 = *"]);
    assert_eq!(shown(&[row(None, version)]), ["{tw:prod}:ver:ada = 3"]);
}

#[test]
fn what_concerns_one_audience_names_it() {
    let session = Scope::Session(SessionId::new("s-1").unwrap());
    let version = Scope::Version { subject: ada(), below: TokenVersion::new(3) };

    assert_eq!(shown(&[row(Some("a"), session)]), ["{tw:prod}:sid:s-1 = a"]);
    assert_eq!(shown(&[row(Some("a"), version)]), ["{tw:prod}:ver@a:ada = 3"]);
}

#[test]
fn what_is_said_for_every_audience_one_by_one_is_said_for_all() {
    let version = || Scope::Version { subject: ada(), below: TokenVersion::new(3) };
    let rows = [row(Some("a"), version()), row(Some("b"), version())];

    assert_eq!(shown(&rows), ["{tw:prod}:ver:ada = 3"; 2]);
}

#[test]
fn a_subject_with_a_version_is_a_floor_and_a_time_for_tokens_without_one() {
    let subject = |version| Scope::Subject {
        subject: ada(),
        version,
        issued_up_to: UnixTime::from_secs(100),
    };

    let floors = shown(&[row(None, subject(Some(TokenVersion::new(7))))]);
    assert_eq!(floors, ["{tw:prod}:sub:ada = 100 0", "{tw:prod}:ver:ada = 7"]);
    assert_eq!(shown(&[row(None, subject(None))]), ["{tw:prod}:sub:ada = 100 100"]);
}

#[test]
fn issuer_and_audience_stand_under_the_names_that_tokens_bear() {
    let issued_up_to = UnixTime::from_secs(100);
    let issuer = |of| shown(&[row(of, Scope::Issuer { issued_up_to })]);

    assert_eq!(
        issuer(None),
        ["{tw:prod}:iss:https://x/a = 100", "{tw:prod}:iss:https://x/b = 100"]
    );
    assert_eq!(issuer(Some("b")), ["{tw:prod}:iss:https://x/b = 100"]);
    let audience = Scope::Audience { issued_up_to };
    assert_eq!(shown(&[row(Some("b"), audience)]), ["{tw:prod}:aud:b = 100"]);
}

#[test]
fn what_has_ended_is_not_written() {
    let key = Scope::Key(KeyId::new("k").unwrap());
    let ended = Revocation { ends_at: UnixTime::from_secs(1), ..row(None, key) };

    assert!(shown(&[ended]).is_empty());
}

fn shown(rows: &[Revocation]) -> Vec<String> {
    let audience = |name: &str| {
        (Audience::new(name).unwrap(), IssuerId::new(format!("https://x/{name}")).unwrap())
    };
    let layout = Layout::new("prod", vec![audience("a"), audience("b")]);
    let entries = layout.entries(rows, UnixTime::from_secs(50));
    entries.into_iter().map(|entry| format!("{} = {}", entry.key, entry.value)).collect()
}

fn row(audience: Option<&str>, scope: Scope) -> Revocation {
    Revocation {
        seq: Seq::new(1),
        audience: audience.map(|name| Audience::new(name).unwrap()),
        scope,
        ends_at: UnixTime::from_secs(1_000),
        at: UnixTime::from_secs(50),
        reason: None,
        by: "admin".to_owned(),
    }
}

fn ada() -> Subject {
    Subject::new("ada").unwrap()
}
