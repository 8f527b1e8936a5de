//! The bound on the live sessions of a subject in a store.

use std::time::Duration;

use futures_util::future::join_all;
use tokenward_revocation::{Revocation, RevocationStore, Scope, Seq};
use tokenward_sessions::{
    EndReason, Ended, MOST_LIVE_SESSIONS, NewSession, RefreshInvalid, RefreshOutcome, RefreshToken,
    SessionStore,
};

use super::{idempotency, refresh, session};
use crate::contract::{at, audience, sid, subject};

pub(super) async fn keep<S: SessionStore + RevocationStore>(make: &impl AsyncFn() -> S) {
    crate::contract::keep!(make:
        one_session_too_many_ends_the_one_used_longest_ago,
        others_retries_and_failures_end_nobodys_session,
    );
}

async fn one_session_too_many_ends_the_one_used_longest_ago(
    store: impl SessionStore + RevocationStore,
) {
    let first = fill(&store).await;
    // The first one made is used since, so the second was used longest ago.
    assert!(matches!(refresh(&store, &first, at(1)).await, RefreshOutcome::Renewed { .. }));
    let (last, last_token) = late("last");

    let created = store.create(last).await.unwrap();

    assert_eq!(created.ended, [sid("s1")]);
    assert_eq!(live(&store).await, MOST_LIVE_SESSIONS);
    let ended = store.session(&sid("s1")).await.unwrap().unwrap().ended;
    assert_eq!(ended, Some(Ended { at: at(2), why: EndReason::TooMany }));
    assert_eq!(store.private(&sid("s1")).await.unwrap(), None);
    let revoked = revocations(&store).await;
    assert_eq!(revoked.len(), 1);
    assert_eq!((&revoked[0].scope, revoked[0].ends_at), (&Scope::Session(sid("s1")), at(302)));
    assert_eq!(revoked[0].audience, Some(audience("api")));
    let outcome = refresh(&store, &last_token, at(3)).await;
    assert!(matches!(outcome, RefreshOutcome::Renewed { .. }), "{outcome:?}");
    let (again, token) = late("again");
    assert_eq!(store.create(again).await.unwrap().ended, [sid("s2")]);
    assert!(store.end(&sid("again"), None, EndReason::LoggedOut, at(3), at(303)).await.unwrap());
    let outcome = refresh(&store, &token, at(4)).await;
    let why = RefreshInvalid::Ended(EndReason::LoggedOut);
    assert!(matches!(outcome, RefreshOutcome::Invalid(found) if found == why), "{outcome:?}");
    assert_eq!(store.create(late("room").0).await.unwrap().ended, [], "an ended one makes room");
}

async fn others_retries_and_failures_end_nobodys_session(
    store: impl SessionStore + RevocationStore,
) {
    fill(&store).await;
    let bob = NewSession { subject: subject("bob"), ..late("bob").0 };
    let web = NewSession { audience: audience("web"), ..late("web").0 };
    for new in [bob, web] {
        assert_eq!(store.create(new).await.unwrap().ended, []);
    }
    store.create(late("s1").0).await.unwrap_err();
    assert_eq!(live(&store).await, MOST_LIVE_SESSIONS + 1, "of both audiences");
    assert_eq!(revocations(&store).await, []);

    let keyed = |id| NewSession { idempotency: Some(idempotency(1, b"first")), ..late(id).0 };
    assert_eq!(store.create(keyed("k1")).await.unwrap().ended, [sid("s0")]);
    let retried = store.create(keyed("k2")).await.unwrap();
    assert_eq!((retried.replay.is_some(), retried.ended), (true, vec![]));
    assert_eq!(revocations(&store).await.len(), 1);

    // Once they are over by themselves, nothing has to be ended.
    let over = at(10 * super::DAY);
    let later = NewSession {
        created_at: over,
        ends_at: at(11 * super::DAY),
        refresh_ends_at: at(11 * super::DAY),
        ..session("later").0
    };
    assert_eq!(store.create(later).await.unwrap().ended, []);
}

/// As many sessions of Alice's as may live, a millisecond apart, `s0` first; the refresh token of that.
async fn fill(store: &impl SessionStore) -> RefreshToken {
    let (sessions, mut tokens): (Vec<_>, Vec<_>) = (0..MOST_LIVE_SESSIONS)
        .map(|number| {
            let (new, token) = session(&format!("s{number}"));
            let created_at =
                at(0).saturating_add(Duration::from_millis(number.try_into().unwrap()));
            (NewSession { created_at, ..new }, token)
        })
        .unzip();
    // At once: a store that gathers what is asked at the same time is filled in a moment.
    for created in join_all(sessions.into_iter().map(|new| store.create(new))).await {
        assert_eq!(created.unwrap().ended, []);
    }
    tokens.swap_remove(0)
}

/// A session made two seconds after the others.
fn late(id: &str) -> (NewSession, RefreshToken) {
    let (new, token) = session(id);
    (NewSession { created_at: at(2), keep_until: at(302), ..new }, token)
}

async fn live(store: &impl SessionStore) -> usize {
    store.sessions_of(&subject("alice"), None, at(3), 2 * MOST_LIVE_SESSIONS).await.unwrap().len()
}

async fn revocations(store: &impl RevocationStore) -> Vec<Revocation> {
    store.since(Seq::ZERO, 100).await.unwrap()
}
