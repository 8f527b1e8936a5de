//! What a store of sessions promises. What it writes to the revocations is checked through them.

mod ending;
mod refreshing;

use serde_json::json;
use tokenward::{BackendErrorKind, ClientId, Scope, TokenVersion, UnixTime};
use tokenward_revocation::RevocationStore;
use tokenward_sessions::{
    ClientCheck, DEVICE_MEMORY, DEVICES, Delivery, DeviceMark, EndReason, Idempotency, NewSession,
    REFRESH_WINDOW, RefreshAttempt, RefreshLifetime, RefreshMode, RefreshOutcome, RefreshToken,
    SessionFilter, SessionStore,
};

use super::{ACCESS, at, audience, keep, sid, subject};

/// Runs every promise of a [`SessionStore`] on fresh stores made by `make`.
///
/// # Panics
///
/// At the first broken promise.
pub async fn session_contract<S: SessionStore + RevocationStore>(make: impl AsyncFn() -> S) {
    keep!(make:
        a_session_reads_back_as_written,
        an_id_is_used_once,
        a_retried_creation_is_answered_the_same,
        an_idempotency_key_is_forgotten_at_its_end,
        a_subject_sees_its_live_sessions_newest_first,
        the_sessions_of_a_subject_are_paged_from_the_newest_on,
        sessions_are_told_in_the_order_in_which_they_began,
        a_device_is_new_once_until_it_is_forgotten,
        a_device_that_nothing_tells_from_others_is_new_each_time,
        the_devices_of_a_subject_are_no_more_than_are_remembered,
        a_list_is_paged_by_id,
        pruning_forgets_what_is_over_and_nothing_else,
        a_proof_is_used_once,
    );
    refreshing::keep(&make).await;
    ending::keep(&make).await;
}

async fn a_session_reads_back_as_written(store: impl SessionStore) {
    let (new, token) = session("s1");
    let created = store.create(new.clone()).await.unwrap();
    assert_eq!((created.version, created.replay), (TokenVersion::FIRST, None));

    let found = store.session(&new.id).await.unwrap().unwrap();

    assert_eq!(found.subject, new.subject);
    assert_eq!(found.audience, new.audience);
    assert_eq!(found.client_id, new.client_id);
    assert_eq!(found.scope, new.scope);
    assert_eq!(found.claims, new.claims);
    assert_eq!(found.device, new.device);
    assert_eq!((found.delivery, found.refresh_mode), (new.delivery, new.refresh_mode));
    assert_eq!((found.created_at, found.auth_time), (new.created_at, new.auth_time));
    assert_eq!((found.ends_at, found.last_used_at), (new.ends_at, new.created_at));
    assert_eq!((found.ended, found.version), (None, TokenVersion::FIRST));
    assert_eq!(store.session_by_refresh(&token.hash()).await.unwrap(), Some(found));
    assert_eq!(store.private(&new.id).await.unwrap(), new.private);
    assert_eq!(store.session(&sid("s2")).await.unwrap(), None);
    assert_eq!(store.session_by_refresh(&[0; 32]).await.unwrap(), None);
}

async fn an_id_is_used_once(store: impl SessionStore) {
    let (first, token) = session("s1");
    store.create(first.clone()).await.unwrap();
    let again = NewSession { refresh_hash: [1; 32], ..first.clone() };
    let same_token = NewSession { refresh_hash: token.hash(), id: sid("s2"), ..first };

    for new in [again, same_token] {
        let error = store.create(new).await.unwrap_err();
        assert_eq!(error.kind(), BackendErrorKind::Conflict);
    }
    // Nothing of the second attempt is left behind.
    assert_eq!(store.session(&sid("s2")).await.unwrap(), None);
}

async fn a_retried_creation_is_answered_the_same(store: impl SessionStore) {
    let with_key = |id, request, answer: &[u8]| NewSession {
        idempotency: Some(idempotency(request, answer)),
        ..session(id).0
    };
    store.create(with_key("s1", 1, b"first")).await.unwrap();

    let retried = store.create(with_key("s2", 1, b"second")).await.unwrap();
    assert_eq!(retried.replay.as_deref(), Some(&b"first"[..]));
    assert_eq!(store.session(&sid("s2")).await.unwrap(), None);

    let other = store.create(with_key("s3", 2, b"third")).await.unwrap_err();
    assert_eq!(other.kind(), BackendErrorKind::Conflict);
}

async fn an_idempotency_key_is_forgotten_at_its_end(store: impl SessionStore) {
    let idempotency = Some(idempotency(1, b"first"));
    let ends_at = idempotency.as_ref().unwrap().ends_at;
    store.create(NewSession { idempotency, ..session("s1").0 }).await.unwrap();

    let idempotency = Some(self::idempotency(2, b"second"));
    let later = NewSession { idempotency, created_at: ends_at, ..session("s2").0 };

    assert_eq!(store.create(later).await.unwrap().replay, None);
    assert!(store.session(&sid("s2")).await.unwrap().is_some());
}

async fn a_subject_sees_its_live_sessions_newest_first(store: impl SessionStore) {
    let bob = NewSession { subject: subject("bob"), ..session("other").0 };
    let short = NewSession { ends_at: at(10), ..session("short").0 };
    let web = NewSession { audience: audience("web"), ..session("web").0 };
    for new in [session("s1").0, bob, short, web, session("s2").0] {
        store.create(new).await.unwrap();
    }
    let ids = async |audiences: Option<&[_]>, limit| {
        let subject = subject("alice");
        let found = store.sessions_of(&subject, audiences, at(10), None, limit).await.unwrap();
        found.into_iter().map(|session| session.id.to_string()).collect::<Vec<_>>()
    };

    assert_eq!(ids(None, 10).await, ["s2", "web", "s1"]);
    assert_eq!(ids(None, 1).await, ["s2"]);
    assert_eq!(ids(Some(&[audience("web")]), 10).await, ["web"]);
    assert_eq!(ids(Some(&[]), 10).await, Vec::<String>::new());
}

async fn the_sessions_of_a_subject_are_paged_from_the_newest_on(store: impl SessionStore) {
    let bob = NewSession { subject: subject("bob"), ..session("b").0 };
    for new in [session("z").0, session("a").0, bob, session("m").0] {
        store.create(new).await.unwrap();
    }
    let page = async |before: &str| {
        let (alice, before) = (subject("alice"), sid(before));
        let found = store.sessions_of(&alice, None, at(10), Some(&before), 2).await.unwrap();
        found.into_iter().map(|session| session.id.to_string()).collect::<Vec<_>>()
    };

    assert_eq!(page("m").await, ["a", "z"]);
    assert_eq!(page("a").await, ["z"]);
    assert_eq!(page("z").await, Vec::<String>::new());
    // The place of a session that has ended is still a place; that of another subject's is none.
    store.end(&sid("a"), None, EndReason::LoggedOut, at(5), at(9)).await.unwrap();
    assert_eq!(page("a").await, ["z"]);
    assert_eq!(page("b").await, ["m", "z"]);
}

async fn sessions_are_told_in_the_order_in_which_they_began(store: impl SessionStore) {
    assert_eq!(store.begun_head().await.unwrap(), 0);
    for name in ["z", "a", "m"] {
        store.create(session(name).0).await.unwrap();
    }
    store.end(&sid("a"), None, EndReason::LoggedOut, at(5), at(9)).await.unwrap();

    let all = store.begun_since(0, 10).await.unwrap();
    let names: Vec<_> = all.iter().map(|begun| begun.session.id.as_str()).collect();
    assert_eq!(names, ["z", "a", "m"]);
    assert_eq!(all[1].session, store.session(&sid("a")).await.unwrap().unwrap());
    assert_eq!(store.begun_head().await.unwrap(), all[2].number);
    assert_eq!(store.begun_since(0, 1).await.unwrap(), all[..1]);
    assert_eq!(store.begun_since(all[1].number, 10).await.unwrap(), all[2..]);
    // The number of one that is forgotten is never given again.
    SessionStore::prune(&store, at(3 * DAY)).await.unwrap();
    store.create(session("n").0).await.unwrap();
    let next = store.begun_since(all[2].number, 10).await.unwrap();
    assert_eq!((next.len(), next[0].number > all[2].number), (1, true));
}

async fn a_device_is_new_once_until_it_is_forgotten(store: impl SessionStore) {
    let began = async |name: &str, owner, device, now| {
        let mark = DeviceMark { owner: [owner; 32], device: Some([device; 32]) };
        let (created_at, ends_at) = (at(now), at(now + 10));
        let new = NewSession { device_mark: mark, created_at, ends_at, ..session(name).0 };
        store.create(new).await.unwrap();
        store.begun_since(0, 100).await.unwrap().pop().unwrap().new_device_beside
    };
    assert_eq!(began("s1", 1, 1, 0).await, Some(0));
    assert_eq!(began("s2", 1, 1, 0).await, None);
    assert_eq!(began("s3", 1, 2, 0).await, Some(1));
    assert_eq!(began("s4", 2, 1, 0).await, Some(0), "another's");
    assert_eq!(began("s5", 1, 1, 50).await, None, "after its sessions have ended");

    let forgotten = 60 + DEVICE_MEMORY.as_secs();
    assert_eq!(began("s6", 1, 1, forgotten - 1).await, None);
    assert_eq!(began("s7", 1, 2, forgotten - 1).await, Some(1));
    SessionStore::prune(&store, at(2 * forgotten + DAY)).await.unwrap();
    assert_eq!(began("s8", 1, 1, 2 * forgotten + DAY).await, Some(0));
}

async fn a_device_that_nothing_tells_from_others_is_new_each_time(store: impl SessionStore) {
    for name in ["s1", "s2"] {
        let device_mark = DeviceMark { owner: [1; 32], device: None };
        store.create(NewSession { device_mark, ..session(name).0 }).await.unwrap();
    }
    let all = store.begun_since(0, 10).await.unwrap();
    assert!(all.iter().all(|begun| begun.new_device_beside == Some(0)), "{all:?}");
}

async fn the_devices_of_a_subject_are_no_more_than_are_remembered(store: impl SessionStore) {
    let create = async |number: usize| {
        let mut device = [0; 32];
        device[0] = u8::try_from(number).unwrap();
        let device_mark = DeviceMark { owner: [1; 32], device: Some(device) };
        let ends_at = at(u64::try_from(number).unwrap() + DAY);
        let id = sid(&format!("s{number}"));
        store.create(NewSession { device_mark, ends_at, id, ..session("x").0 }).await.unwrap();
    };
    for number in 0..DEVICES + 5 {
        create(number).await;
    }
    let all = store.begun_since(0, 1_000).await.unwrap();
    assert_eq!(all.last().unwrap().new_device_beside, u32::try_from(DEVICES).ok());
}

async fn a_proof_is_used_once(store: impl SessionStore) {
    let (one, other) = ([1; 32], [2; 32]);
    assert!(store.use_proof(&one, at(60), at(0)).await.unwrap());
    assert!(store.use_proof(&other, at(90), at(0)).await.unwrap());
    assert!(!store.use_proof(&one, at(60), at(59)).await.unwrap());

    store.prune(at(60)).await.unwrap();
    assert!(!store.use_proof(&other, at(90), at(60)).await.unwrap());
    assert!(store.use_proof(&one, at(120), at(60)).await.unwrap());
}

async fn a_list_is_paged_by_id(store: impl SessionStore) {
    let bob = NewSession { subject: subject("bob"), ..session("b").0 };
    let short = NewSession { ends_at: at(10), ..session("c").0 };
    for new in [session("a").0, bob, short, session("d").0] {
        store.create(new).await.unwrap();
    }
    let ids = async |filter: SessionFilter, limit, after: Option<&str>| {
        let found = store.list(&filter, limit, after.map(sid).as_ref()).await.unwrap();
        found.into_iter().map(|session| session.id.to_string()).collect::<Vec<_>>()
    };
    let alice = SessionFilter { subject: Some(subject("alice")), ..Default::default() };
    let live = SessionFilter { live_at: Some(at(10)), ..Default::default() };
    let web = SessionFilter { audiences: Some(vec![audience("web")]), ..Default::default() };

    assert_eq!(ids(SessionFilter::default(), 3, None).await, ["a", "b", "c"]);
    assert_eq!(ids(SessionFilter::default(), 3, Some("c")).await, ["d"]);
    assert_eq!(ids(alice, 9, None).await, ["a", "c", "d"]);
    assert_eq!(ids(live, 9, None).await, ["a", "b", "d"]);
    assert_eq!(ids(web, 9, None).await, Vec::<String>::new());
}

async fn pruning_forgets_what_is_over_and_nothing_else(store: impl SessionStore) {
    let (long, token) = session("long");
    let long = NewSession { ends_at: at(10 * DAY), ..long };
    store.create(NewSession { ends_at: at(100), ..session("short").0 }).await.unwrap();
    store.create(long.clone()).await.unwrap();

    SessionStore::prune(&store, at(100)).await.unwrap();
    // The row stays for a day, for the log's sake; what is confidential does not.
    assert!(store.session(&sid("short")).await.unwrap().is_some());
    assert_eq!(store.private(&sid("short")).await.unwrap(), None);
    assert_eq!(store.private(&long.id).await.unwrap(), long.private);
    assert!(matches!(refresh(&store, &token, at(101)).await, RefreshOutcome::Renewed { .. }));

    SessionStore::prune(&store, at(100 + 2 * DAY)).await.unwrap();
    assert_eq!(store.session(&sid("short")).await.unwrap(), None);
    assert!(store.session(&long.id).await.unwrap().is_some());
}

const DAY: u64 = 24 * 60 * 60;

/// A session of Alice's for `api`, and its first refresh token.
fn session(id: &str) -> (NewSession, RefreshToken) {
    let token = RefreshToken::random();
    let new = NewSession {
        id: sid(id),
        subject: subject("alice"),
        audience: audience("api"),
        client_id: ClientId::new("app").unwrap(),
        scope: Scope::parse("read write").unwrap(),
        claims: json!({ "roles": ["admin"], "locale": "sv" }).as_object().unwrap().clone(),
        private: Some(vec![0, 1, 2, 255]),
        device: Some("a phone ✓".to_owned()),
        device_mark: DeviceMark { owner: [7; 32], device: Some([8; 32]) },
        delivery: Delivery::Token,
        refresh_mode: RefreshMode::Plain,
        bound_to: None,
        created_at: at(0),
        auth_time: at(0),
        ends_at: at(DAY),
        refresh_hash: token.hash(),
        refresh_ends_at: at(DAY),
        idempotency: None,
    };
    (new, token)
}

fn idempotency(request: u8, answer: &[u8]) -> Idempotency {
    Idempotency {
        key_hash: [9; 32],
        request_hash: [request; 32],
        sealed_answer: answer.to_vec(),
        ends_at: at(600),
    }
}

fn attempt(token: &RefreshToken, now: UnixTime) -> RefreshAttempt {
    RefreshAttempt {
        presented: token.clone(),
        client: ClientCheck::Is(ClientId::new("app").unwrap()),
        delivery: Delivery::Token,
        proven: None,
        audiences: None,
        now,
        refresh_lifetime: RefreshLifetime::new(RefreshLifetime::MAX).unwrap(),
        window: REFRESH_WINDOW,
        keep_until: now.saturating_add(ACCESS),
    }
}

async fn refresh(store: &impl SessionStore, token: &RefreshToken, now: UnixTime) -> RefreshOutcome {
    store.refresh(attempt(token, now)).await.unwrap()
}
