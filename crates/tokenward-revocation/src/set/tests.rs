use std::collections::HashMap;

use proptest::prelude::*;

use super::*;
use crate::{NewRevocation, Scope, Seq};

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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// The plain model: a revocation counts as long as its minute is not over.
    #[test]
    fn the_set_says_what_the_list_of_live_revocations_says(
        list in proptest::collection::vec((0_u8..6, 0_u64..400), 0..40),
        clock in proptest::collection::vec(0_u64..500, 1..6),
    ) {
        let set = new_set();
        let mut ends: HashMap<String, u64> = HashMap::new();
        let mut clock = clock;
        clock.sort_unstable();
        let per_tick = list.len().div_ceil(clock.len());
        let mut list = list.into_iter();
        for now in clock {
            for (seq, (name, life)) in (0_u64..).zip(list.by_ref().take(per_tick)) {
                let (name, end) = (format!("t{name}"), now.saturating_add(life));
                set.insert(&revocation(seq, Scope::Jti(jti(&name)), at(end)));
                let known = ends.entry(name).or_default();
                *known = end.max(*known);
            }
            set.expire(at(now));
            ends.retain(|_, end| end.div_ceil(60).max(1).saturating_mul(60) > now);

            prop_assert_eq!(set.len(), ends.len());
            for name in (0..6).map(|name| format!("t{name}")) {
                let token = Token { id: jti(&name), ..Token::default() };
                let expected = ends.contains_key(&name).then_some(RevokedBy::Jti);
                prop_assert_eq!(set.check_facts(&token.facts()), expected);
            }
        }
    }
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
