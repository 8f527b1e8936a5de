use tokenward::{Jti, SessionId, Subject, TokenVersion};

use super::*;
use crate::{DenseId, NewRevocation, Scope, Seq};

mod body;
mod model;
mod race;

#[test]
fn each_scope_refuses_what_it_names_and_nothing_else() {
    let cases = [
        (Scope::Jti(jti("t1")), RevokedBy::Jti),
        (Scope::Session(session("s1")), RevokedBy::Session),
        (Scope::Version { subject: subject("u1"), below: version(4) }, RevokedBy::Version),
        (Scope::Key(key("k1")), RevokedBy::Key),
        (Scope::Audience { issued_up_to: at(1_000) }, RevokedBy::Audience),
        (Scope::Issuer { issued_up_to: at(1_000) }, RevokedBy::Issuer),
    ];
    for (scope, by) in cases {
        let set = set_of([scope.clone()]);

        assert_eq!(set.check_facts(&Token::default().facts()), Some(by), "{scope:?}");
        assert_eq!(set.check_facts(&Token::other().facts()), None, "{scope:?}");
    }
}

#[test]
fn a_subjects_revocation_counts_versions_where_there_are_any_and_times_where_not() {
    let scope =
        |version| Scope::Subject { subject: subject("u1"), version, issued_up_to: at(1_000) };
    let check = |set: &Set, version, issued_at| {
        set.check_facts(&Token { version, issued_at, ..Token::default() }.facts())
    };

    let versioned = set_of([scope(Some(version(4)))]);
    assert_eq!(check(&versioned, Some(version(3)), at(2_000)), Some(RevokedBy::Version));
    assert_eq!(check(&versioned, Some(version(4)), at(900)), None);
    assert_eq!(check(&versioned, None, at(1_000)), Some(RevokedBy::Subject));
    assert_eq!(check(&versioned, None, at(1_001)), None);

    let timed = set_of([scope(None)]);
    assert_eq!(check(&timed, Some(version(9)), at(1_000)), Some(RevokedBy::Subject));
    assert_eq!(check(&timed, Some(version(9)), at(1_001)), None);
}

#[test]
fn a_version_floor_does_not_end_tokens_that_carry_no_version() {
    let set = set_of([Scope::Version { subject: subject("u1"), below: version(4) }]);

    assert_eq!(set.check_facts(&Token { version: None, ..Token::default() }.facts()), None);
}

#[test]
fn floors_only_rise() {
    let scope = |below| Scope::Version { subject: subject("u1"), below: version(below) };
    let set = set_of([scope(9), scope(4)]);

    let token = Token { version: Some(version(8)), ..Token::default() };
    assert_eq!(set.check_facts(&token.facts()), Some(RevokedBy::Version));
}

#[test]
fn times_are_compared_in_the_whole_seconds_that_a_token_carries() {
    let set = set_of([Scope::Audience { issued_up_to: UnixTime::from_millis(1_000_900) }]);

    let token = |iat| Token { issued_at: at(iat), ..Token::default() };
    assert_eq!(set.check_facts(&token(1_000).facts()), Some(RevokedBy::Audience));
    assert_eq!(set.check_facts(&token(1_001).facts()), None);
}

#[test]
fn a_revocation_stays_until_its_minute_is_over() {
    let set = new_set();
    set.insert(&revocation(1, Scope::Jti(jti("t1")), at(61)));
    let token = Token::default();

    assert_eq!(set.expire(UnixTime::from_millis(119_999)), 0);
    assert_eq!(set.check_facts(&token.facts()), Some(RevokedBy::Jti));
    assert_eq!(set.expire(at(120)), 1);
    assert!(set.check_facts(&token.facts()).is_none() && set.is_empty());
}

#[test]
fn a_revocation_said_twice_lives_as_long_as_the_longer() {
    let set = new_set();
    for (seq, end) in [(1, 600), (2, 60), (3, 300)] {
        set.insert(&revocation(seq, Scope::Session(session("s1")), at(end)));
    }

    assert_eq!(set.expire(at(599)), 0);
    assert_eq!(set.check_facts(&Token::default().facts()), Some(RevokedBy::Session));
    assert_eq!(set.expire(at(600)), 1);
}

#[test]
fn what_concerns_another_audience_is_not_taken() {
    let set = new_set();
    let scope = Scope::Subject { subject: subject("u1"), version: None, issued_up_to: at(5_000) };
    let other = Audience::new("other").unwrap();
    set.insert(&Revocation { audience: Some(other), ..revocation(1, scope.clone(), at(600)) });
    assert!(set.is_empty());

    set.insert(&Revocation { audience: None, ..revocation(2, scope, at(600)) });
    assert_eq!(set.check_facts(&Token::default().facts()), Some(RevokedBy::Subject));
}

#[test]
fn a_crowded_minute_is_dropped_whole() {
    let set = new_set();
    for number in 0..10_000 {
        set.insert(&revocation(number, Scope::Jti(jti(&format!("t{number}"))), at(60)));
    }

    assert_eq!(set.expire(at(60)), 10_000);
    assert!(set.is_empty());
}

#[test]
fn debug_tells_how_many_and_not_who() {
    let set = set_of([Scope::Jti(jti("planted"))]);

    assert_eq!(format!("{set:?}"), "Set { audience: Audience(\"api\"), len: 1 }");
}

#[test]
fn a_dense_id_is_refused_at_its_place_alone() {
    let set = new_set();
    let place = DenseId { minute: 10, shard: 3, index: 70_000 };
    set.insert(&revocation(1, Scope::Jti(place.name()), at(900)));

    let check = |place: DenseId| check_id(&set, &place.name());
    assert_eq!(check(place), Some(RevokedBy::Jti));
    for other in [
        DenseId { minute: 11, ..place },
        DenseId { shard: 4, ..place },
        DenseId { index: 70_001, ..place },
        DenseId { index: 70_000 - 65_536, ..place },
    ] {
        assert_eq!(check(other), None, "{other:?}");
    }
}

#[test]
fn a_foreign_id_of_the_dense_form_is_revoked_like_any_other() {
    // Minutes that are no expiry of a token whose revocation ends in the fifteenth: before, behind, none.
    for minute in [1_000_u32, 16, 0, u32::MAX] {
        let set = new_set();
        let id = DenseId { minute, shard: 1, index: 2 }.name();
        set.insert(&revocation(1, Scope::Jti(id.clone()), at(900)));

        assert_eq!(check_id(&set, &id), Some(RevokedBy::Jti), "{minute}");
        assert_eq!(check_id(&set, &DenseId { minute, shard: 1, index: 2 }.name()), None);
        assert_eq!(set.expire(at(900)), 1);
        assert_eq!(check_id(&set, &id), None, "{minute}");
    }
}

#[test]
fn a_page_that_is_used_again_is_empty() {
    let set = new_set();
    let place = |minute| DenseId { minute, shard: 0, index: 5 };
    set.insert(&revocation(1, Scope::Jti(place(10).name()), at(600)));
    assert_eq!(set.expire(at(600)), 1);
    let before = set.memory();
    set.insert(&revocation(2, Scope::Jti(DenseId { index: 6, ..place(11) }.name()), at(660)));

    assert_eq!(check_id(&set, &place(11).name()), None);
    assert_eq!(check_id(&set, &place(10).name()), None);
    assert!(set.memory() <= before.saturating_add(4_096), "the page was not used again");
}

#[test]
fn a_set_grows_past_every_size_of_table() {
    let set = new_set();
    for number in 0..3_000 {
        set.insert(&revocation(number, Scope::Session(session(&format!("s{number}"))), at(60)));
    }

    for number in 0..3_000 {
        let token = Token { session: Some(session(&format!("s{number}"))), ..Token::default() };
        assert_eq!(set.check_facts(&token.facts()), Some(RevokedBy::Session), "{number}");
    }
    let token = Token { session: Some(session("s3000")), ..Token::default() };
    assert_eq!(set.check_facts(&token.facts()), None);
}

#[test]
fn what_takes_the_place_of_everything_is_all_there_is() {
    let set = set_of([Scope::Jti(jti("t1")), Scope::Audience { issued_up_to: at(1_000) }]);
    let fingerprints = Fingerprints::random();
    let rows = [
        revocation(3, Scope::Session(session("s2")), at(5_000)),
        revocation(4, Scope::Session(session("s1")), at(60)),
    ];
    let items: Vec<Item> = rows.iter().map(|row| Item::of(row, &fingerprints)).collect();
    set.replace(fingerprints, &items, at(120));

    assert_eq!(set.check_facts(&Token::default().facts()), None);
    assert_eq!(set.check_facts(&Token::other().facts()), Some(RevokedBy::Session));
    assert_eq!(set.len(), 1);
    // Under the secret that came with it.
    set.insert(&revocation(5, Scope::Session(session("s1")), at(5_000)));
    assert_eq!(set.check_facts(&Token::default().facts()), Some(RevokedBy::Session));
}

struct Token {
    id: Jti,
    session: Option<SessionId>,
    subject: Subject,
    version: Option<TokenVersion>,
    issued_at: UnixTime,
    key: Option<KeyId>,
}

impl Default for Token {
    fn default() -> Self {
        Self {
            id: jti("t1"),
            session: Some(session("s1")),
            subject: subject("u1"),
            version: Some(version(3)),
            issued_at: at(1_000),
            key: Some(key("k1")),
        }
    }
}

impl Token {
    fn other() -> Self {
        Self {
            id: jti("t2"),
            session: Some(session("s2")),
            subject: subject("u2"),
            version: Some(version(3)),
            issued_at: at(1_001),
            key: Some(key("k2")),
        }
    }

    fn facts(&self) -> Facts<'_> {
        Facts {
            token_id: &self.id,
            session_id: self.session.as_ref(),
            subject: &self.subject,
            token_version: self.version,
            issued_at: self.issued_at,
            key_id: self.key.as_ref(),
        }
    }
}

fn set_of(scopes: impl IntoIterator<Item = Scope>) -> Set {
    let set = new_set();
    for (seq, scope) in (1..).zip(scopes) {
        set.insert(&revocation(seq, scope, at(5_000)));
    }
    set
}

fn check_id(set: &Set, id: &Jti) -> Option<RevokedBy> {
    set.check_facts(&Token { id: id.clone(), ..Token::default() }.facts())
}

fn new_set() -> Set {
    Set::new(Audience::new("api").unwrap(), Fingerprints::random())
}

fn revocation(seq: u64, scope: Scope, ends_at: UnixTime) -> Revocation {
    let new = NewRevocation {
        audience: Some(Audience::new("api").unwrap()),
        scope,
        ends_at,
        at: at(0),
        reason: None,
        by: "test".to_owned(),
    };
    Revocation::committed(Seq::new(seq), new)
}

fn at(seconds: u64) -> UnixTime {
    UnixTime::from_secs(seconds)
}

fn version(number: u64) -> TokenVersion {
    TokenVersion::new(number)
}

fn jti(text: &str) -> Jti {
    Jti::new(text).unwrap()
}

fn session(text: &str) -> SessionId {
    SessionId::new(text).unwrap()
}

fn subject(text: &str) -> Subject {
    Subject::new(text).unwrap()
}

fn key(text: &str) -> KeyId {
    KeyId::new(text).unwrap()
}
