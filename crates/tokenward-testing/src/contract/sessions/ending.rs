//! Ends of sessions and bumps of versions in a store.

use tokenward::{Audience, TokenVersion};
use tokenward_revocation::{Revocation, RevocationStore, Scope, Seq};
use tokenward_sessions::{
    BumpVersion, EndReason, Ended, NewSession, RefreshInvalid, RefreshOutcome, RefreshToken,
    SessionStore,
};

use super::{DAY, idempotency, refresh, session};
use crate::contract::{at, audience, sid, subject};

pub(super) async fn keep<S: SessionStore + RevocationStore>(make: &impl AsyncFn() -> S) {
    crate::contract::keep!(make:
        an_ended_session_is_revoked_and_refreshes_no_more,
        nobody_ends_a_session_outside_their_audiences,
        a_session_that_is_over_cannot_be_ended,
        all_sessions_of_a_subject_end_but_the_one_excepted,
        every_session_of_an_audience_ends_without_a_revocation_for_each,
        a_bumped_version_ends_every_family_in_the_same_transaction,
        a_bump_works_within_its_audiences_alone,
        a_retried_bump_bumps_once,
        the_end_of_a_session_reaches_wherever_its_tokens_went,
        a_session_that_is_over_reaches_nowhere,
        a_session_that_was_ended_elsewhere_goes_there_no_more,
        a_version_is_forgotten_once_nobody_can_hold_an_older_one,
    );
}

async fn an_ended_session_is_revoked_and_refreshes_no_more(
    store: impl SessionStore + RevocationStore,
) {
    let token = create(&store, session("s1")).await;

    assert!(end(&store, "s1").await);
    assert!(!end(&store, "s1").await, "it ends once");

    assert_ended(&store, &token, EndReason::LoggedOut).await;
    assert_eq!(store.private(&sid("s1")).await.unwrap(), None);
    let ended = store.session(&sid("s1")).await.unwrap().unwrap().ended;
    assert_eq!(ended, Some(Ended { at: at(5), why: EndReason::LoggedOut }));
    let revoked = revocations(&store).await;
    assert_eq!(revoked.len(), 1);
    assert_eq!(revoked[0].scope, Scope::Session(sid("s1")));
    assert_eq!((revoked[0].at, revoked[0].ends_at), (at(5), at(305)));
}

async fn nobody_ends_a_session_outside_their_audiences(store: impl SessionStore + RevocationStore) {
    let token = create(&store, session("s1")).await;
    let fence = [audience("web")];

    let ended =
        store.end(&sid("s1"), Some(&fence), EndReason::Service, at(5), at(305)).await.unwrap();
    let all = store
        .end_all(&subject("alice"), Some(&fence), None, EndReason::Service, at(5), at(305))
        .await
        .unwrap();

    assert_eq!((ended, all), (false, 0));
    assert_lives(&store, &token).await;
    assert_eq!(revocations(&store).await, []);
}

async fn the_end_of_a_session_reaches_wherever_its_tokens_went(
    store: impl SessionStore + RevocationStore,
) {
    let (home, elsewhere, past) = (session("s1").0.audience, audience("other"), audience("past"));
    for id in ["s1", "s2", "s3", "s4"] {
        create(&store, session(id)).await;
        for (audience, until) in [(&elsewhere, 305), (&elsewhere, 200), (&past, 5), (&home, 305)] {
            assert!(store.reach(&sid(id), audience, at(1), at(until)).await.unwrap());
        }
    }
    let fence = [home.clone()];

    assert!(end(&store, "s1").await);
    store
        .end_all(
            &subject("alice"),
            Some(&fence),
            Some(&sid("s3")),
            EndReason::Service,
            at(5),
            at(305),
        )
        .await
        .unwrap();
    create(&store, session("s5")).await;
    assert!(store.reach(&sid("s5"), &elsewhere, at(1), at(305)).await.unwrap());
    let bump = BumpVersion {
        subject: subject("alice"),
        audiences: Some(fence.to_vec()),
        except_session: Some(sid("s5")),
        now: at(5),
        keep_until: at(305),
        by: "test".to_owned(),
        idempotency: None,
    };
    store.bump_version(bump).await.unwrap();
    store.end_everywhere(Some(&fence), EndReason::Administrator, at(5)).await.unwrap();

    let mut reached: Vec<_> = revocations(&store)
        .await
        .into_iter()
        .filter(|row| row.audience.as_ref() == Some(&elsewhere))
        .map(|row| (row.scope, row.ends_at))
        .collect();
    reached.sort_by_key(|(scope, _)| format!("{scope:?}"));
    let all = ["s1", "s2", "s3", "s4", "s5"].map(|id| (Scope::Session(sid(id)), at(305)));
    assert_eq!(reached, all);
    let all = revocations(&store).await;
    assert!(all.iter().all(|row| row.audience.as_ref() != Some(&past)), "{all:?}");
    let own = all.iter().filter(|row| row.audience.as_ref() == Some(&home));
    let own = own.filter(|row| matches!(row.scope, Scope::Session(_))).count();
    assert_eq!(own, 3, "no session twice: s1, and those that ended with s2 and s4");
}

async fn a_session_that_is_over_reaches_nowhere(store: impl SessionStore + RevocationStore) {
    create(&store, session("s1")).await;
    assert!(end(&store, "s1").await);

    assert!(!store.reach(&sid("s1"), &audience("other"), at(6), at(305)).await.unwrap());
    assert!(!store.reach(&sid("s2"), &audience("other"), at(6), at(305)).await.unwrap());
}

async fn a_session_that_was_ended_elsewhere_goes_there_no_more(
    store: impl SessionStore + RevocationStore,
) {
    let (elsewhere, third) = (audience("other"), audience("third"));
    create(&store, session("s1")).await;
    assert!(store.reach(&sid("s1"), &elsewhere, at(1), at(305)).await.unwrap());
    let fence = [elsewhere.clone()];
    let ended = store.end(&sid("s1"), Some(&fence), EndReason::Service, at(2), at(305)).await;
    assert!(!ended.unwrap(), "it lives on where it is at home");

    // Also when the revocation that went along is long forgotten.
    SessionStore::prune(&store, at(400)).await.unwrap();
    assert!(!store.reach(&sid("s1"), &elsewhere, at(400), at(705)).await.unwrap());
    assert!(store.reach(&sid("s1"), &third, at(400), at(705)).await.unwrap());
    // What ends it at home has nothing to add there.
    assert!(store.end(&sid("s1"), None, EndReason::Service, at(401), at(706)).await.unwrap());
    let all = revocations(&store).await;
    assert!(all.iter().all(|row| row.audience.as_ref() != Some(&elsewhere)), "{all:?}");
}

async fn a_session_that_is_over_cannot_be_ended(store: impl SessionStore + RevocationStore) {
    let (new, token) = session("s1");
    create(&store, (NewSession { ends_at: at(5), ..new }, token)).await;

    assert!(!end(&store, "s1").await);
    assert_eq!(revocations(&store).await, []);
}

async fn all_sessions_of_a_subject_end_but_the_one_excepted(
    store: impl SessionStore + RevocationStore,
) {
    let (bob, bobs) = session("bob");
    let bobs = create(&store, (NewSession { subject: subject("bob"), ..bob }, bobs)).await;
    let mut tokens = Vec::new();
    for id in ["s1", "s2", "s3"] {
        tokens.push(create(&store, session(id)).await);
    }

    let ended = store
        .end_all(
            &subject("alice"),
            None,
            Some(&sid("s2")),
            EndReason::Administrator,
            at(5),
            at(305),
        )
        .await
        .unwrap();

    assert_eq!(ended, 2);
    assert_ended(&store, &tokens[0], EndReason::Administrator).await;
    assert_lives(&store, &tokens[1]).await;
    assert_ended(&store, &tokens[2], EndReason::Administrator).await;
    assert_lives(&store, &bobs).await;
    let scopes: Vec<_> = revocations(&store).await.into_iter().map(|one| one.scope).collect();
    assert_eq!(scopes, [Scope::Session(sid("s1")), Scope::Session(sid("s3"))]);
}

async fn every_session_of_an_audience_ends_without_a_revocation_for_each(
    store: impl SessionStore + RevocationStore,
) {
    let (web, webs) = session("web");
    let webs = create(&store, (NewSession { audience: audience("web"), ..web }, webs)).await;
    let mut tokens = Vec::new();
    for id in ["s1", "s2", "s3"] {
        tokens.push(create(&store, session(id)).await);
    }
    assert!(end(&store, "s3").await);
    let fence = [session("s1").0.audience];

    let end_all = async |fence: Option<&[Audience]>| {
        store.end_everywhere(fence, EndReason::Administrator, at(5)).await.unwrap()
    };
    assert_eq!(end_all(Some(&fence)).await, 2);
    assert_eq!(end_all(Some(&fence)).await, 0, "they end once");

    assert_ended(&store, &tokens[0], EndReason::Administrator).await;
    assert_ended(&store, &tokens[1], EndReason::Administrator).await;
    assert_ended(&store, &tokens[2], EndReason::LoggedOut).await;
    assert_lives(&store, &webs).await;
    assert_eq!(revocations(&store).await.len(), 1, "that of the one that was ended by itself");
    assert_eq!(end_all(None).await, 1);
    assert_ended(&store, &webs, EndReason::Administrator).await;
}

async fn a_bumped_version_ends_every_family_in_the_same_transaction(
    store: impl SessionStore + RevocationStore,
) {
    let first = create(&store, session("s1")).await;
    let second = create(&store, session("s2")).await;
    assert_eq!(store.version(&subject("alice")).await.unwrap(), TokenVersion::FIRST);

    let bump = BumpVersion { except_session: Some(sid("s2")), ..bump() };
    assert_eq!(store.bump_version(bump).await.unwrap(), TokenVersion::new(2));

    assert_eq!(store.version(&subject("alice")).await.unwrap(), TokenVersion::new(2));
    assert_ended(&store, &first, EndReason::VersionBumped).await;
    let RefreshOutcome::Renewed { version, .. } = refresh(&store, &second, at(6)).await else {
        panic!("the excepted session goes on");
    };
    assert_eq!(version, TokenVersion::new(2), "with tokens of the new version");
    let revoked = revocations(&store).await;
    assert_eq!(revoked.len(), 1, "one floor: {revoked:?}");
    let below = TokenVersion::new(2);
    assert_eq!(revoked[0].scope, Scope::Version { subject: subject("alice"), below });
    assert_eq!((revoked[0].audience.clone(), revoked[0].ends_at), (None, at(305)));
    assert_eq!(revoked[0].by, "contract");
    let created = store.create(session("s3").0).await.unwrap();
    assert_eq!(created.version, TokenVersion::new(2));
}

async fn a_bump_works_within_its_audiences_alone(store: impl SessionStore + RevocationStore) {
    let (web, web_token) = session("web");
    let web = (NewSession { audience: audience("web"), ..web }, web_token);
    let (web, api) = (create(&store, web).await, create(&store, session("api")).await);

    let bump = BumpVersion { audiences: Some(vec![audience("web")]), ..bump() };
    store.bump_version(bump).await.unwrap();

    assert_ended(&store, &web, EndReason::VersionBumped).await;
    assert_lives(&store, &api).await;
    let revoked = revocations(&store).await;
    assert_eq!(revoked.len(), 1);
    assert_eq!(revoked[0].audience, Some(audience("web")));
}

async fn a_retried_bump_bumps_once(store: impl SessionStore + RevocationStore) {
    let retried = || BumpVersion { idempotency: Some(idempotency(1, b"")), ..bump() };

    assert_eq!(store.bump_version(retried()).await.unwrap(), TokenVersion::new(2));
    assert_eq!(store.bump_version(retried()).await.unwrap(), TokenVersion::new(2));
    assert_eq!(store.bump_version(bump()).await.unwrap(), TokenVersion::new(3));

    assert_eq!(revocations(&store).await.len(), 2);
}

async fn a_version_is_forgotten_once_nobody_can_hold_an_older_one(
    store: impl SessionStore + RevocationStore,
) {
    let version = async || store.version(&subject("alice")).await.unwrap().get();
    let long = NewSession { ends_at: at(10 * DAY), ..session("long").0 };
    store.create(long).await.unwrap();
    let except = Some(sid("long"));
    store.bump_version(BumpVersion { except_session: except, ..bump() }).await.unwrap();

    SessionStore::prune(&store, at(9 * DAY)).await.unwrap();
    assert_eq!(version().await, 2, "a session goes on");
    SessionStore::prune(&store, at(12 * DAY)).await.unwrap();
    assert_eq!(version().await, 1);

    let recent = BumpVersion { now: at(12 * DAY), keep_until: at(12 * DAY + 300), ..bump() };
    store.bump_version(recent).await.unwrap();
    SessionStore::prune(&store, at(12 * DAY + 600)).await.unwrap();
    assert_eq!(version().await, 2, "a verifier may still refuse what is older");
}

fn bump() -> BumpVersion {
    BumpVersion {
        subject: subject("alice"),
        audiences: None,
        except_session: None,
        now: at(5),
        keep_until: at(305),
        by: "contract".to_owned(),
        idempotency: None,
    }
}

async fn create(
    store: &impl SessionStore,
    (new, token): (NewSession, RefreshToken),
) -> RefreshToken {
    store.create(new).await.unwrap();
    token
}

async fn end(store: &impl SessionStore, id: &str) -> bool {
    store.end(&sid(id), None, EndReason::LoggedOut, at(5), at(305)).await.unwrap()
}

async fn revocations(store: &impl RevocationStore) -> Vec<Revocation> {
    store.since(Seq::ZERO, 100).await.unwrap()
}

async fn assert_lives(store: &impl SessionStore, token: &RefreshToken) {
    let outcome = refresh(store, token, at(6)).await;
    assert!(matches!(outcome, RefreshOutcome::Renewed { .. }), "{outcome:?}");
}

async fn assert_ended(store: &impl SessionStore, token: &RefreshToken, reason: EndReason) {
    let outcome = refresh(store, token, at(6)).await;
    let ended = RefreshInvalid::Ended(reason);
    assert!(matches!(outcome, RefreshOutcome::Invalid(why) if why == ended), "{outcome:?}");
}
