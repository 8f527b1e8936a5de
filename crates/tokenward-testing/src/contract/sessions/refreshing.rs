//! Refresh families in a store.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokenward::{Thumbprint, UnixTime};
use tokenward_revocation::{RevocationStore, Scope, Seq};
use tokenward_sessions::{
    Delivery, EndReason, NewSession, REFRESH_WINDOW, RefreshAttempt, RefreshInvalid,
    RefreshOutcome, RefreshToken, SessionStore,
};

use super::{attempt, refresh, session};
use crate::contract::{ACCESS, at, audience, sid, subject};

pub(super) async fn keep<S: SessionStore + RevocationStore>(make: &impl AsyncFn() -> S) {
    crate::contract::keep!(make:
        a_refresh_yields_the_next_token,
        a_lost_answer_is_given_again,
        a_token_is_known_as_current_or_spent,
        the_sealed_successor_is_gone_once_it_was_used,
        a_late_reuse_ends_the_family_and_revokes_the_session,
        concurrent_refreshes_of_one_token_yield_one_successor,
        a_refresh_that_is_refused_changes_nothing,
        a_refresh_token_never_outlives_its_session,
        a_session_stays_bound_to_the_key_of_its_first_proof,
        a_pruned_window_is_closed,
        a_family_keeps_its_promises_in_any_order_of_events,
    );
}

async fn a_refresh_yields_the_next_token(store: impl SessionStore) {
    let (new, first) = session("s1");
    store.create(new).await.unwrap();

    let second = renewed(refresh(&store, &first, at(60)).await);
    let third = renewed(refresh(&store, &second, at(120)).await);

    assert_ne!(second.hash(), third.hash());
    let found = store.session(&sid("s1")).await.unwrap().unwrap();
    assert_eq!(found.last_used_at, at(120));
    for token in [first, second, third] {
        let by_token = store.session_by_refresh(&token.hash()).await.unwrap();
        assert_eq!(by_token.as_ref(), Some(&found));
    }
}

async fn a_lost_answer_is_given_again(store: impl SessionStore) {
    let (new, first) = session("s1");
    store.create(new).await.unwrap();
    let RefreshOutcome::Renewed { token, refresh_ends_at, replayed: false, .. } =
        refresh(&store, &first, at(60)).await
    else {
        panic!("the first refresh renews");
    };

    let RefreshOutcome::Renewed { token: again, refresh_ends_at: same_end, replayed: true, .. } =
        refresh(&store, &first, at(70)).await
    else {
        panic!("the second refresh replays");
    };

    assert_eq!((again.hash(), same_end), (token.hash(), refresh_ends_at));
}

async fn a_token_is_known_as_current_or_spent(store: impl SessionStore) {
    let (new, first) = session("s1");
    store.create(new).await.unwrap();
    let known = async |token: &RefreshToken, now: u64| {
        let (session, known) = store.refresh_token(&token.hash()).await.unwrap().unwrap();
        assert_eq!(session.id, sid("s1"));
        known.goes_on(at(now), REFRESH_WINDOW)
    };
    assert!(known(&first, 60).await);
    let second = renewed(refresh(&store, &first, at(60)).await);

    assert!(known(&second, 60).await && known(&first, 60).await);
    assert!(known(&second, 71).await && !known(&first, 71).await);
    let third = renewed(refresh(&store, &second, at(61)).await);
    assert!(known(&third, 61).await && known(&second, 61).await);
    assert!(!known(&first, 61).await, "its successor was used");
    assert!(store.refresh_token(&[0; 32]).await.unwrap().is_none());
}

async fn the_sealed_successor_is_gone_once_it_was_used(store: impl SessionStore) {
    let (new, first) = session("s1");
    store.create(new).await.unwrap();
    let second = renewed(refresh(&store, &first, at(60)).await);
    renewed(refresh(&store, &second, at(61)).await);

    let outcome = refresh(&store, &first, at(62)).await;

    assert!(matches!(outcome, RefreshOutcome::Ended { .. }), "{outcome:?}");
}

async fn a_late_reuse_ends_the_family_and_revokes_the_session(
    store: impl SessionStore + RevocationStore,
) {
    let (new, first) = session("s1");
    store.create(new).await.unwrap();
    let second = renewed(refresh(&store, &first, at(60)).await);

    let RefreshOutcome::Ended { why, session_id, subject: of, audience: at_audience } =
        refresh(&store, &first, at(71)).await
    else {
        panic!("a late reuse is one");
    };

    assert_eq!(why, EndReason::RefreshReused);
    assert_eq!((session_id, of, at_audience), (sid("s1"), subject("alice"), audience("api")));
    for token in [&first, &second] {
        let outcome = refresh(&store, token, at(72)).await;
        let ended = RefreshInvalid::Ended(EndReason::RefreshReused);
        assert!(matches!(outcome, RefreshOutcome::Invalid(why) if why == ended), "{outcome:?}");
    }
    let revoked = store.since(Seq::ZERO, 10).await.unwrap();
    assert_eq!(revoked.len(), 1, "once: {revoked:?}");
    assert_eq!(revoked[0].scope, Scope::Session(sid("s1")));
    assert_eq!(revoked[0].audience, Some(audience("api")));
    assert_eq!(revoked[0].ends_at, at(71).saturating_add(ACCESS));
}

async fn concurrent_refreshes_of_one_token_yield_one_successor(store: impl SessionStore) {
    let (new, first) = session("s1");
    store.create(new).await.unwrap();
    let store = Arc::new(store);
    let tabs: Vec<_> = (0..16)
        .map(|n| {
            let (store, first) = (Arc::clone(&store), first.clone());
            // Their clocks differ a little, and in no order.
            let now = at(60).saturating_add(Duration::from_millis(n * 7 % 16));
            tokio::spawn(async move { renewed(refresh(&*store, &first, now).await).hash() })
        })
        .collect();
    let mut successors = HashSet::new();
    for tab in tabs {
        successors.insert(tab.await.unwrap());
    }

    assert_eq!(successors.len(), 1);
}

async fn a_refresh_that_is_refused_changes_nothing(store: impl SessionStore + RevocationStore) {
    let (new, first) = session("s1");
    store.create(new).await.unwrap();
    let refused = [
        RefreshAttempt { delivery: Delivery::Cookie, ..attempt(&first, at(60)) },
        RefreshAttempt { audiences: Some(vec![]), ..attempt(&first, at(60)) },
        attempt(&RefreshToken::random(), at(60)),
    ];
    for attempt in refused {
        let outcome = store.refresh(attempt).await.unwrap();
        assert!(matches!(outcome, RefreshOutcome::Invalid(_)), "{outcome:?}");
    }

    renewed(refresh(&store, &first, at(60)).await);
    assert_eq!(store.head().await.unwrap(), Seq::ZERO);
}

async fn a_session_stays_bound_to_the_key_of_its_first_proof(store: impl SessionStore) {
    let key = |letter: &str| Some(Thumbprint::new(letter.repeat(43)).unwrap());
    let (new, bound) = session("s1");
    store.create(NewSession { bound_to: key("A"), ..new }).await.unwrap();
    let (new, free) = session("s2");
    store.create(new).await.unwrap();
    let by = async |token: &RefreshToken, proven, now| {
        store.refresh(RefreshAttempt { proven, ..attempt(token, now) }).await.unwrap()
    };
    for (token, id) in [(bound, "s1"), (free, "s2")] {
        assert_eq!(store.session_by_refresh(&token.hash()).await.unwrap().unwrap().id, sid(id));
        let next = renewed(by(&token, key("A"), at(60)).await);
        for (proven, why) in
            [(None, RefreshInvalid::ProofRequired), (key("E"), RefreshInvalid::WrongKey)]
        {
            let RefreshOutcome::Invalid(found) = by(&next, proven, at(120)).await else { panic!() };
            assert_eq!(found, why);
        }
        assert_eq!(store.session(&sid(id)).await.unwrap().unwrap().bound_to, key("A"));
        renewed(by(&next, key("A"), at(120)).await);
    }
}

async fn a_refresh_token_never_outlives_its_session(store: impl SessionStore) {
    let (new, first) = session("s1");
    let new = NewSession { ends_at: at(100), refresh_ends_at: at(9_000), ..new };
    store.create(new).await.unwrap();

    let RefreshOutcome::Renewed { token, refresh_ends_at, .. } =
        refresh(&store, &first, at(60)).await
    else {
        panic!("a live session is renewed");
    };

    assert_eq!(refresh_ends_at, at(100));
    let outcome = refresh(&store, &token, at(100)).await;
    assert!(matches!(outcome, RefreshOutcome::Invalid(RefreshInvalid::Expired)), "{outcome:?}");
}

async fn a_pruned_window_is_closed(store: impl SessionStore) {
    let (new, first) = session("s1");
    store.create(new).await.unwrap();
    let second = renewed(refresh(&store, &first, at(60)).await);

    // Inside the window pruning takes nothing away, after it the sealed successor.
    SessionStore::prune(&store, at(65)).await.unwrap();
    assert_eq!(renewed(refresh(&store, &first, at(66)).await).hash(), second.hash());
    SessionStore::prune(&store, at(71)).await.unwrap();

    // A clock set back does not open it again.
    let outcome = refresh(&store, &first, at(66)).await;
    assert!(matches!(outcome, RefreshOutcome::Ended { .. }), "{outcome:?}");
}

/// Holders of tokens of one family, some of them thieves, act in any order; answers get lost and time passes.
async fn a_family_keeps_its_promises_in_any_order_of_events(
    store: impl SessionStore + RevocationStore,
) {
    for seed in 0..64 {
        let mut dice = Dice(seed);
        let (new, first) = session(&format!("s{seed}"));
        store.create(new).await.unwrap();
        let mut family = Family { held: vec![first], successors: HashMap::new(), over: false };
        let mut now = at(0);
        let mut events = Vec::new();
        for _ in 0..40 {
            now = now.saturating_add(Duration::from_millis(dice.below(8_000)));
            // The latest tokens most of all, as in real life.
            let back = dice.below(5).min(dice.below(5));
            let pick = family.held.len().saturating_sub(1 + usize::try_from(back).unwrap());
            let outcome = refresh(&store, &family.held[pick].clone(), now).await;
            events.push(format!("at {now}: token {pick}: {outcome:?}"));
            let broken = family.check(pick, outcome, now);
            assert_eq!(broken, None, "seed {seed}, {events:#?}");
        }
        let revoked = store.since(Seq::ZERO, 1_000).await.unwrap();
        let sid = sid(&format!("s{seed}"));
        let revoked = revoked.iter().any(|one| one.scope == Scope::Session(sid.clone()));
        assert_eq!(revoked, family.over, "seed {seed}, {events:#?}");
    }
}

/// What the holders know of a family.
struct Family {
    held: Vec<RefreshToken>,
    /// By the number of the token: its successor's number, and when it was first given out.
    successors: HashMap<usize, (usize, UnixTime)>,
    over: bool,
}

impl Family {
    /// Which promise the outcome breaks.
    fn check(
        &mut self,
        pick: usize,
        outcome: RefreshOutcome,
        now: UnixTime,
    ) -> Option<&'static str> {
        let earlier = self.successors.get(&pick).copied();
        match outcome {
            RefreshOutcome::Renewed { .. } if self.over => Some("an ended family goes on"),
            RefreshOutcome::Renewed { token, replayed: false, .. } => {
                self.held.push(token);
                self.successors.insert(pick, (self.held.len() - 1, now));
                earlier.map(|_| "a token yields two successors")
            }
            RefreshOutcome::Renewed { token, .. } => match earlier {
                Some((number, _)) if self.held[number].hash() != token.hash() => {
                    Some("a token yields two successors")
                }
                Some((number, _)) if self.successors.contains_key(&number) => {
                    Some("a successor that was used is given again")
                }
                Some((_, since)) if now.since(since) > REFRESH_WINDOW => Some("after the window"),
                Some(_) => None,
                None => Some("a token that was never used is replayed"),
            },
            RefreshOutcome::Ended { .. } => {
                let again = std::mem::replace(&mut self.over, true);
                let first_use = earlier.is_none();
                (again || first_use).then_some("what is no reuse, or no longer, is taken for one")
            }
            RefreshOutcome::Invalid(RefreshInvalid::Ended(_)) if self.over => None,
            _ => Some("a token of a live family is refused"),
        }
    }
}

struct Dice(u64);

impl Dice {
    /// A number below `limit`, by Knuth's MMIX generator.
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = self.0.wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

fn renewed(outcome: RefreshOutcome) -> RefreshToken {
    match outcome {
        RefreshOutcome::Renewed { token, .. } => token,
        other => panic!("not renewed: {other:?}"),
    }
}
