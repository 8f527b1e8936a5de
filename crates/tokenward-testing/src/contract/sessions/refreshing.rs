//! Refresh families in a store.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokenward_revocation::{RevocationStore, Scope, Seq};
use tokenward_sessions::{
    Delivery, EndReason, NewSession, RefreshAttempt, RefreshInvalid, RefreshOutcome, RefreshToken,
    SessionStore,
};

use super::{attempt, refresh, session};
use crate::contract::{ACCESS, at, audience, sid, subject};

pub(super) async fn keep<S: SessionStore + RevocationStore>(make: &impl AsyncFn() -> S) {
    crate::contract::keep!(make:
        a_refresh_yields_the_next_token,
        a_lost_answer_is_given_again,
        the_sealed_successor_is_gone_once_it_was_used,
        a_late_reuse_ends_the_family_and_revokes_the_session,
        concurrent_refreshes_of_one_token_yield_one_successor,
        a_refresh_that_is_refused_changes_nothing,
        a_refresh_token_never_outlives_its_session,
        a_pruned_window_is_closed,
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

async fn the_sealed_successor_is_gone_once_it_was_used(store: impl SessionStore) {
    let (new, first) = session("s1");
    store.create(new).await.unwrap();
    let second = renewed(refresh(&store, &first, at(60)).await);
    renewed(refresh(&store, &second, at(61)).await);

    let outcome = refresh(&store, &first, at(62)).await;

    assert!(matches!(outcome, RefreshOutcome::Reused { .. }), "{outcome:?}");
}

async fn a_late_reuse_ends_the_family_and_revokes_the_session(
    store: impl SessionStore + RevocationStore,
) {
    let (new, first) = session("s1");
    store.create(new).await.unwrap();
    let second = renewed(refresh(&store, &first, at(60)).await);

    let RefreshOutcome::Reused { session_id, subject: of, audience: at_audience } =
        refresh(&store, &first, at(71)).await
    else {
        panic!("a late reuse is one");
    };

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
    assert!(matches!(outcome, RefreshOutcome::Reused { .. }), "{outcome:?}");
}

fn renewed(outcome: RefreshOutcome) -> RefreshToken {
    match outcome {
        RefreshOutcome::Renewed { token, .. } => token,
        other => panic!("not renewed: {other:?}"),
    }
}
