//! What a store of the tokens on status lists promises.

use tokenward::{BackendErrorKind, Jti, KeyId, TokenVersion};
use tokenward_revocation::{DenseId, StatusEntry, StatusListId, StatusStore};

use super::{NOW, audience, keep, sid, subject};

/// Runs every promise of a [`StatusStore`] on fresh stores made by `make`.
///
/// # Panics
///
/// At the first broken promise.
pub async fn status_contract<S: StatusStore>(make: impl AsyncFn() -> S) {
    keep!(make:
        an_entry_reads_back_as_it_was_written,
        a_list_is_read_in_pages_in_the_order_of_indices,
        a_place_is_given_once,
        lists_do_not_meet,
        what_has_ended_is_forgotten_by_the_minute,
    );
}

async fn an_entry_reads_back_as_it_was_written(store: impl StatusStore) {
    let api = audience("api");
    let of_service = StatusEntry { session_id: None, token_version: None, ..entry(5, 7, 9) };
    assert_eq!(store.statuses(&api, list(5, 7), 0, 10).await.unwrap(), []);

    store.enter_status(&api, of_service.clone()).await.unwrap();
    store.enter_status(&api, entry(5, 7, 3)).await.unwrap();

    let all = store.statuses(&api, list(5, 7), 0, 10).await.unwrap();
    assert_eq!(all, [entry(5, 7, 3), of_service]);
}

async fn a_list_is_read_in_pages_in_the_order_of_indices(store: impl StatusStore) {
    let api = audience("api");
    for index in [40, 10, DenseId::INDICES - 1, 20, 0] {
        store.enter_status(&api, entry(5, 7, index)).await.unwrap();
    }

    let first = store.statuses(&api, list(5, 7), 0, 3).await.unwrap();
    assert_eq!(first.iter().map(|entry| entry.place.index).collect::<Vec<_>>(), [0, 10, 20]);
    let rest = store.statuses(&api, list(5, 7), 21, 3).await.unwrap();
    assert_eq!(rest, [entry(5, 7, 40), entry(5, 7, DenseId::INDICES - 1)]);
}

async fn a_place_is_given_once(store: impl StatusStore) {
    let api = audience("api");
    store.enter_status(&api, entry(5, 7, 1)).await.unwrap();

    let other = StatusEntry { subject: subject("mallory"), ..entry(5, 7, 1) };
    let refused = store.enter_status(&api, other).await.unwrap_err();

    assert_eq!(refused.kind(), BackendErrorKind::Conflict);
    assert_eq!(store.statuses(&api, list(5, 7), 0, 10).await.unwrap(), [entry(5, 7, 1)]);
}

async fn lists_do_not_meet(store: impl StatusStore) {
    let (api, other) = (audience("api"), audience("other"));
    for (audience, minute, shard) in [(&api, 5, 7), (&api, 5, 8), (&api, 6, 7), (&other, 5, 7)] {
        store.enter_status(audience, entry(minute, shard, 1)).await.unwrap();
    }

    assert_eq!(store.statuses(&api, list(5, 8), 0, 10).await.unwrap(), [entry(5, 8, 1)]);
    assert_eq!(store.statuses(&other, list(5, 8), 0, 10).await.unwrap(), []);
    let lists = store.status_lists(&api, 0).await.unwrap();
    assert_eq!(lists, [list(5, 7), list(5, 8), list(6, 7)]);
    assert_eq!(store.status_lists(&api, 6).await.unwrap(), [list(6, 7)]);
    assert_eq!(store.status_lists(&other, 0).await.unwrap(), [list(5, 7)]);
}

async fn what_has_ended_is_forgotten_by_the_minute(store: impl StatusStore) {
    let (api, other) = (audience("api"), audience("other"));
    for (audience, minute) in [(&api, 5), (&api, 6), (&other, 5)] {
        for index in 0..3 {
            store.enter_status(audience, entry(minute, 7, index)).await.unwrap();
        }
    }

    assert_eq!(store.prune_statuses(5).await.unwrap(), 0);
    assert_eq!(store.prune_statuses(6).await.unwrap(), 6);
    assert_eq!(store.prune_statuses(6).await.unwrap(), 0);
    assert_eq!(store.status_lists(&api, 0).await.unwrap(), [list(6, 7)]);
    assert_eq!(store.status_lists(&other, 0).await.unwrap(), []);
    assert_eq!(store.statuses(&api, list(6, 7), 0, 10).await.unwrap().len(), 3);
    // A list that was forgotten begins anew, with nothing on it.
    store.enter_status(&other, entry(5, 7, 9)).await.unwrap();
    assert_eq!(store.statuses(&other, list(5, 7), 0, 10).await.unwrap(), [entry(5, 7, 9)]);
}

const fn list(minute: u32, shard: u16) -> StatusListId {
    StatusListId { minute, shard }
}

fn entry(minute: u32, shard: u16, index: u32) -> StatusEntry {
    StatusEntry {
        place: DenseId { minute, shard, index },
        token_id: Jti::new(format!("t-{minute}-{shard}-{index}")).unwrap(),
        session_id: Some(sid("s-1")),
        subject: subject("ada"),
        token_version: Some(TokenVersion::new(3)),
        issued_at: NOW,
        key_id: KeyId::new("test-k1").unwrap(),
    }
}
