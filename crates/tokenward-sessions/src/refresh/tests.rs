//! One family, played through `decide` as a store would, with the promises checked at every step.

use std::collections::{HashMap, HashSet};

use proptest::prelude::*;
use serde_json::Map;
use tokenward::Scope;

use super::*;
use crate::{CredentialId, Ended, REFRESH_WINDOW, RefreshMode, UsedChallenge};

#[test]
fn a_current_token_yields_a_successor() {
    let mut family = Family::new();
    let first = family.first.clone();

    let second = family.refresh(&first).unwrap();

    assert_ne!(second.hash(), first.hash());
    assert!(family.refresh(&second).is_ok());
}

#[test]
fn a_lost_answer_is_given_again_inside_the_window() {
    let mut family = Family::new();
    let first = family.first.clone();
    let second = family.refresh(&first).unwrap();

    family.pass(REFRESH_WINDOW);

    assert_eq!(family.refresh(&first).unwrap().hash(), second.hash());
}

#[test]
fn reuse_after_the_window_ends_the_family() {
    let mut family = Family::new();
    let first = family.first.clone();
    let second = family.refresh(&first).unwrap();

    family.pass(REFRESH_WINDOW + Duration::from_millis(1));

    assert_eq!(family.refresh(&first).unwrap_err(), REUSED);
    let ended = RefreshInvalid::Ended(EndReason::RefreshReused);
    assert_eq!(family.refresh(&second).unwrap_err(), Refused::Invalid(ended));
}

#[test]
fn reuse_inside_the_window_ends_the_family_once_the_successor_was_used() {
    let mut family = Family::new();
    let first = family.first.clone();
    let second = family.refresh(&first).unwrap();
    family.refresh(&second).unwrap();

    assert_eq!(family.refresh(&first).unwrap_err(), REUSED);
}

#[test]
fn a_clock_that_was_set_back_closes_the_window() {
    let mut family = Family::new();
    let first = family.first.clone();
    family.refresh(&first).unwrap();

    family.now = family.now.saturating_sub(REFRESH_WINDOW + Duration::from_secs(1));

    assert_eq!(family.refresh(&first).unwrap_err(), REUSED);
}

#[test]
fn a_token_that_lay_unused_expires() {
    let mut family = Family::new();
    let first = family.first.clone();

    family.pass(LIFETIME);

    let expired = Refused::Invalid(RefreshInvalid::Expired);
    assert_eq!(family.refresh(&first).unwrap_err(), expired);
}

#[test]
fn nobody_else_can_use_a_token_or_end_its_family_with_it() {
    let mut family = Family::new();
    let first = family.first.clone();
    let second = family.refresh(&first).unwrap();
    family.pass(REFRESH_WINDOW * 2);

    for (change, why) in OTHERS {
        let mut attempt = family.attempt(&first);
        change(&mut attempt);
        assert_eq!(family.play(&attempt).unwrap_err(), Refused::Invalid(why));
    }

    assert!(family.refresh(&second).is_ok());
}

#[test]
fn a_bound_family_goes_on_by_its_own_key_alone_and_nobody_else_ends_it() {
    let mut family = Family::new();
    let first = family.first.clone();
    let by = |family: &mut Family, token: &RefreshToken, key: Option<&str>| {
        let proven = key.map(|key| Thumbprint::new(key.repeat(43)).unwrap());
        family.play(&RefreshAttempt { proven, ..family.attempt(token) })
    };
    let second = by(&mut family, &first, Some("A")).unwrap();
    // Inside the window too, the same key.
    assert!(by(&mut family, &first, Some("A")).is_ok());
    let third = by(&mut family, &second, Some("A")).unwrap();
    for age in [Duration::ZERO, REFRESH_WINDOW * 2] {
        family.pass(age);
        for token in [&second, &third] {
            let without = Refused::Invalid(RefreshInvalid::ProofRequired);
            assert_eq!(by(&mut family, token, None).unwrap_err(), without);
            let other = Refused::Invalid(RefreshInvalid::WrongKey);
            assert_eq!(by(&mut family, token, Some("E")).unwrap_err(), other);
        }
    }

    assert!(by(&mut family, &third, Some("A")).is_ok());
    assert_eq!(by(&mut family, &second, Some("A")).unwrap_err(), REUSED);
}

#[test]
fn a_thief_who_binds_a_family_to_his_key_is_noticed_by_its_owner() {
    for (age, owners) in [(Duration::ZERO, None), (REFRESH_WINDOW * 2, Some("A"))] {
        let mut family = Family::new();
        let first = family.first.clone();
        let by = |family: &mut Family, key: Option<&str>| {
            let proven = key.map(|key| Thumbprint::new(key.repeat(43)).unwrap());
            family.play(&RefreshAttempt { proven, ..family.attempt(&first) })
        };
        by(&mut family, Some("E")).unwrap();
        family.pass(age);

        assert_eq!(by(&mut family, owners).unwrap_err(), REUSED);
    }
}

#[test]
fn a_session_that_asks_for_a_passkey_is_not_refreshed_without_one() {
    let mut family = Family::new();
    family.session.refresh_mode = RefreshMode::Passkey;
    let first = family.first.clone();

    let needed = Refused::Invalid(RefreshInvalid::PasskeyRequired);
    assert_eq!(family.refresh(&first).unwrap_err(), needed);

    // To whoever lacks the passkey a spent token is nothing either: no thief ends the family with it.
    family.signed(1).unwrap();
    family.pass(REFRESH_WINDOW * 2);
    assert_eq!(family.refresh(&first).unwrap_err(), needed);
}

#[test]
fn the_window_asks_for_the_passkey_again_and_gives_the_same_successor() {
    let mut family = Family::new();
    family.session.refresh_mode = RefreshMode::Passkey;
    let first = family.first.clone();
    let second = family.signed(1).unwrap();

    assert!(family.refresh(&first).is_err());
    assert_eq!(family.signed(2).unwrap().hash(), second.hash());
    family.pass(REFRESH_WINDOW * 2);
    assert_eq!(family.signed(3).unwrap_err(), REUSED);
}

#[test]
fn a_passkey_that_counts_less_than_before_ends_the_family() {
    for count in [0, 4, 5] {
        let mut family = Family::new();
        family.passkey = Some(known(5));
        let copied = Refused::Ended(EndReason::PasskeyCopied);
        assert_eq!(family.signed(count).unwrap_err(), copied, "{count}");
    }
    let mut family = Family::new();
    family.passkey = Some(known(0));
    family.signed(0).unwrap();
}

#[test]
fn an_assertion_that_a_later_one_has_overtaken_ends_nothing() {
    let mut family = Family::new();
    let used_since = family.now.saturating_add(Duration::from_millis(1));
    family.passkey = Some(KnownPasskey { last_used_at: used_since, ..known(5) });

    let overtaken = RefreshInvalid::PasskeyMisused(PasskeyMisused::Overtaken);
    assert_eq!(family.signed(4).unwrap_err(), Refused::Invalid(overtaken));
    family.signed(6).unwrap();
}

#[test]
fn an_assertion_that_does_not_count_is_not_passed_over() {
    let mut family = Family::new();
    let refused = |family: &mut Family| match family.signed(1) {
        Err(Refused::Invalid(RefreshInvalid::PasskeyMisused(why))) => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(family.session.refresh_mode, RefreshMode::Plain);

    family.passkey = None;
    assert_eq!(refused(&mut family), PasskeyMisused::Unknown);
    family.passkey = Some(KnownPasskey { challenge_used: true, ..known(0) });
    assert_eq!(refused(&mut family), PasskeyMisused::Replayed);
}

fn known(sign_count: u32) -> KnownPasskey {
    let last_used_at = UnixTime::from_secs(900_000);
    KnownPasskey { sign_count, last_used_at, challenge_used: false }
}

#[test]
fn debug_shows_neither_tokens_nor_what_is_made_of_them() {
    let mut family = Family::new();
    let first = family.first.clone();
    let attempt = family.attempt(&first);
    let known = family.tokens[&first.hash()].clone();
    let decision = decide(&attempt, &family.session, &known, None);
    let Decision::Rotate(rotation) = &decision else { panic!("{decision:?}") };
    let secrets = [rotation.sealed.clone(), rotation.hash.to_vec(), first.hash().to_vec()];
    family.refresh(&first).unwrap();
    let spent = &family.tokens[&first.hash()];

    let shown = format!("{attempt:?} {decision:?} {:?} {spent:?}", family.session);

    for secret in secrets {
        let list = format!("{secret:?}");
        assert!(!shown.contains(list.trim_matches(['[', ']'])), "{shown}");
    }
    assert!(!shown.contains(first.expose().as_str()), "{shown}");
    assert!(shown.contains("sealed: true") && shown.contains("RefreshToken(..)"), "{shown}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Several holders of tokens of one family, some of them thieves, act in any order; answers get lost
    /// and time passes.
    #[test]
    fn no_refresh_token_ever_yields_two_different_successors(
        steps in prop::collection::vec((0_usize..8, 0_u64..8_000), 1..60),
    ) {
        let mut family = Family::new();
        let mut held = vec![family.first.clone()];
        let mut successors = HashMap::new();
        let mut over = false;

        for (pick, millis) in steps {
            family.pass(Duration::from_millis(millis));
            let token = held[held.len().saturating_sub(1).saturating_sub(pick)].clone();
            let age = family.spent_for(&token);

            match family.refresh(&token) {
                Ok(next) => {
                    prop_assert!(!over, "an ended family goes on");
                    let known = successors.entry(token.hash()).or_insert_with(|| next.hash());
                    prop_assert_eq!(*known, next.hash(), "two successors");
                    prop_assert!(age.is_none_or(|age| age <= REFRESH_WINDOW), "reused too late");
                    if !held.iter().any(|token| token.hash() == next.hash()) {
                        held.push(next);
                    }
                }
                Err(REUSED) => {
                    prop_assert!(age.is_some(), "a token that was never used is no reuse");
                    over = true;
                }
                Err(Refused::Invalid(RefreshInvalid::Ended(_))) => prop_assert!(over),
                Err(Refused::Invalid(RefreshInvalid::Expired)) => {}
                Err(other) => prop_assert!(false, "{other:?}"),
            }
            prop_assert!(family.current() <= 1, "two current tokens");
            prop_assert!(family.ends().all(|end| end <= family.session.ends_at), "outlives");
        }
    }
}

const LIFETIME: Duration = Duration::from_secs(120);

type Change = fn(&mut RefreshAttempt);

const OTHERS: [(Change, RefreshInvalid); 3] = [
    (
        |attempt| attempt.client = ClientCheck::Is(ClientId::new("other").unwrap()),
        RefreshInvalid::WrongClient,
    ),
    (|attempt| attempt.delivery = Delivery::Cookie, RefreshInvalid::WrongDelivery),
    (|attempt| attempt.audiences = Some(vec![]), RefreshInvalid::WrongAudience),
];

const REUSED: Refused = Refused::Ended(EndReason::RefreshReused);

#[derive(Debug, Eq, PartialEq)]
enum Refused {
    Ended(EndReason),
    Invalid(RefreshInvalid),
}

/// The smallest store: what a real one keeps in its tables.
struct Family {
    session: Session,
    tokens: HashMap<[u8; 32], KnownToken>,
    bound: HashSet<[u8; 32]>,
    first: RefreshToken,
    passkey: Option<KnownPasskey>,
    now: UnixTime,
}

impl Family {
    fn new() -> Self {
        let now = UnixTime::from_secs(1_000_000);
        let first = RefreshToken::random();
        let session = Session {
            id: SessionId::new("s1").unwrap(),
            subject: Subject::new("alice").unwrap(),
            audience: Audience::new("api").unwrap(),
            client_id: ClientId::new("web").unwrap(),
            scope: Scope::default(),
            claims: Map::new(),
            device: None,
            delivery: Delivery::Token,
            refresh_mode: RefreshMode::Plain,
            bound_to: None,
            created_at: now,
            auth_time: now,
            ends_at: now.saturating_add(Duration::from_secs(200)),
            last_used_at: now,
            ended: None,
            passkey: None,
            version: TokenVersion::FIRST,
        };
        let current = KnownToken::Current { ends_at: now.saturating_add(LIFETIME) };
        let tokens = HashMap::from([(first.hash(), current)]);
        Self { session, tokens, bound: HashSet::new(), first, passkey: Some(known(0)), now }
    }

    fn pass(&mut self, time: Duration) {
        self.now = self.now.saturating_add(time);
    }

    fn attempt(&self, presented: &RefreshToken) -> RefreshAttempt {
        RefreshAttempt {
            presented: presented.clone(),
            client: ClientCheck::Is(self.session.client_id.clone()),
            delivery: self.session.delivery,
            proven: None,
            asserted: None,
            audiences: None,
            now: self.now,
            refresh_lifetime: RefreshLifetime::new(LIFETIME).unwrap(),
            window: REFRESH_WINDOW,
            keep_until: self.now,
        }
    }

    fn refresh(&mut self, presented: &RefreshToken) -> Result<RefreshToken, Refused> {
        self.play(&self.attempt(presented))
    }

    /// A refresh with the first token, and an assertion that counts `sign_count`.
    fn signed(&mut self, sign_count: u32) -> Result<RefreshToken, Refused> {
        let challenge = UsedChallenge { hash: [7; 32], made_at: self.now, forget_at: self.now };
        let credential = CredentialId::new(b"phone").unwrap();
        let asserted = Asserted { credential, sign_count, challenge, at: self.now };
        let attempt =
            RefreshAttempt { asserted: Some(asserted), ..self.attempt(&self.first.clone()) };
        self.play(&attempt)
    }

    fn play(&mut self, attempt: &RefreshAttempt) -> Result<RefreshToken, Refused> {
        let hash = attempt.presented.hash();
        match decide(attempt, &self.session, &self.tokens[&hash], self.passkey.as_ref()) {
            Decision::Rotate(new) => {
                for token in self.tokens.values_mut() {
                    if let KnownToken::Spent { was_bound, .. } = *token {
                        *token = KnownToken::LongSpent { was_bound };
                    }
                }
                let spent = KnownToken::Spent {
                    at: self.now,
                    sealed: Some(new.sealed),
                    successor_ends_at: new.ends_at,
                    was_bound: self.bound.contains(&hash),
                };
                if new.bound_to.is_some() {
                    self.bound.insert(new.hash);
                }
                self.tokens.insert(hash, spent);
                self.tokens.insert(new.hash, KnownToken::Current { ends_at: new.ends_at });
                self.session.bound_to = new.bound_to;
                Ok(new.token)
            }
            Decision::Replay { token, .. } => Ok(token),
            Decision::EndFamily(why) => {
                self.session.ended = Some(Ended { at: self.now, why });
                Err(Refused::Ended(why))
            }
            Decision::Refuse(why) => Err(Refused::Invalid(why)),
        }
    }

    fn spent_for(&self, token: &RefreshToken) -> Option<Duration> {
        match &self.tokens[&token.hash()] {
            KnownToken::Spent { at, .. } => Some(self.now.since(*at)),
            KnownToken::LongSpent { .. } => Some(Duration::MAX),
            KnownToken::Current { .. } => None,
        }
    }

    fn current(&self) -> usize {
        self.tokens.values().filter(|token| matches!(token, KnownToken::Current { .. })).count()
    }

    fn ends(&self) -> impl Iterator<Item = UnixTime> + '_ {
        self.tokens.values().filter_map(|token| match token {
            KnownToken::Current { ends_at } => Some(*ends_at),
            KnownToken::Spent { successor_ends_at, .. } => Some(*successor_ends_at),
            KnownToken::LongSpent { .. } => None,
        })
    }
}
