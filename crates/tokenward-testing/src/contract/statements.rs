//! What a store of signed key sets must promise.

use tokenward::BackendErrorKind;
use tokenward_keys::StatementStore;

use super::{audience, keep};

/// Runs every promise of a [`StatementStore`] on fresh stores made by `make`.
///
/// # Panics
///
/// At the first broken promise.
pub async fn statement_contract<S: StatementStore>(make: impl AsyncFn() -> S) {
    keep!(make:
        what_was_put_is_there,
        nothing_is_put_over_what_was_not_seen,
        the_first_is_put_where_there_is_none,
        audiences_do_not_meet,
    );
}

async fn what_was_put_is_there(store: impl StatementStore) {
    let api = audience("api");
    assert_eq!(store.statement(&api).await.unwrap(), None);

    store.replace_statement(&api, None, b"one".to_vec()).await.unwrap();
    assert_eq!(store.statement(&api).await.unwrap(), Some(b"one".to_vec()));
    store.replace_statement(&api, Some(b"one".to_vec()), b"two".to_vec()).await.unwrap();
    assert_eq!(store.statement(&api).await.unwrap(), Some(b"two".to_vec()));
}

async fn nothing_is_put_over_what_was_not_seen(store: impl StatementStore) {
    let api = audience("api");
    store.replace_statement(&api, None, b"one".to_vec()).await.unwrap();
    let one = || Some(b"one".to_vec());
    let [first, second] = tokio::join!(
        store.replace_statement(&api, one(), b"two".to_vec()),
        store.replace_statement(&api, one(), b"three".to_vec()),
    )
    .into();

    let lost = first.as_ref().err().or_else(|| second.as_ref().err()).unwrap();
    assert_eq!(lost.kind(), BackendErrorKind::Conflict);
    assert!(first.is_ok() || second.is_ok());
    let kept = if first.is_ok() { b"two".to_vec() } else { b"three".to_vec() };
    assert_eq!(store.statement(&api).await.unwrap(), Some(kept));
}

async fn the_first_is_put_where_there_is_none(store: impl StatementStore) {
    let api = audience("api");
    let early = store.replace_statement(&api, Some(b"x".to_vec()), b"one".to_vec()).await;
    assert_eq!(early.unwrap_err().kind(), BackendErrorKind::Conflict);
    store.replace_statement(&api, None, b"one".to_vec()).await.unwrap();

    let again = store.replace_statement(&api, None, b"two".to_vec()).await;
    assert_eq!(again.unwrap_err().kind(), BackendErrorKind::Conflict);
}

async fn audiences_do_not_meet(store: impl StatementStore) {
    store.replace_statement(&audience("api"), None, b"one".to_vec()).await.unwrap();
    assert_eq!(store.statement(&audience("other")).await.unwrap(), None);
}
