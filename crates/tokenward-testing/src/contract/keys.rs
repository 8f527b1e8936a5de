//! What a store of keys promises.

use std::sync::Arc;

use tokenward::{Algorithm, BackendErrorKind, KeyId};
use tokenward_keys::{KeyChange, KeyLabel, KeyOrder, KeyState, KeyStore, StoredKey, Unfinished};

use super::{at, audience, keep};

/// Runs every promise of a [`KeyStore`] on fresh stores made by `make`.
///
/// # Panics
///
/// At the first broken promise.
pub async fn key_contract<S: KeyStore>(make: impl AsyncFn() -> S) {
    keep!(make:
        a_key_reads_back_as_written,
        audiences_do_not_see_each_other,
        keys_come_in_the_order_of_their_making,
        a_key_that_has_changed_is_not_replaced,
        one_conflict_undoes_every_change,
        an_audience_never_has_two_active_keys,
        only_the_first_key_of_an_audience_begins_as_active,
        of_two_who_replace_the_same_key_one_wins,
        a_destroyed_handle_is_gone,
        an_order_reads_back_until_its_key_is_stored,
        the_key_of_an_order_that_was_given_up_is_never_stored,
        an_order_is_forgotten_once_it_was_given_up,
        what_is_owed_reads_back_with_its_handle_until_it_is_settled,
        the_first_secret_of_a_name_stays,
    );
}

async fn a_key_reads_back_as_written(store: impl KeyStore) {
    let full = StoredKey {
        state: KeyState::Compromised,
        activated_at: Some(at(1)),
        retired_at: Some(at(2)),
        withdrawn_at: Some(at(3)),
        compromised_at: Some(at(4)),
        verify_until: Some(at(5)),
        handle: None,
        imported: true,
        epoch: 9,
        ..key("k2", 1)
    };
    insert(&store, &key("k1", 0)).await;
    insert(&store, &full).await;

    assert_eq!(store.keys(&audience("api")).await.unwrap(), [key("k1", 0), full]);
}

async fn audiences_do_not_see_each_other(store: impl KeyStore) {
    let other = StoredKey { audience: audience("web"), ..key("k1", 0) };
    insert(&store, &key("k1", 0)).await;
    insert(&store, &other).await;

    assert_eq!(store.keys(&audience("web")).await.unwrap(), [other]);
    assert_eq!(store.keys(&audience("none")).await.unwrap(), []);
}

async fn keys_come_in_the_order_of_their_making(store: impl KeyStore) {
    for (id, made) in [("b", 2), ("c", 1), ("a", 2)] {
        insert(&store, &key(id, made)).await;
    }

    let keys = store.keys(&audience("api")).await.unwrap();
    let ids: Vec<_> = keys.iter().map(|key| key.id.as_str()).collect();
    assert_eq!(ids, ["c", "a", "b"]);
}

async fn a_key_that_has_changed_is_not_replaced(store: impl KeyStore) {
    let first = key("k1", 0);
    let second = StoredKey { state: KeyState::Retiring, epoch: 2, ..first.clone() };
    insert(&store, &first).await;
    apply(&store, vec![replace(1, &second)]).await.unwrap();

    assert_eq!(apply(&store, vec![replace(1, &first)]).await, Err(BackendErrorKind::Conflict));
    let missing = key("k2", 0);
    assert_eq!(apply(&store, vec![replace(1, &missing)]).await, Err(BackendErrorKind::Conflict));
    assert_eq!(store.keys(&audience("api")).await.unwrap(), [second]);
}

async fn one_conflict_undoes_every_change(store: impl KeyStore) {
    insert(&store, &key("k1", 0)).await;
    let changes = vec![KeyChange::Insert(key("k2", 1)), KeyChange::Insert(key("k1", 2))];

    assert_eq!(apply(&store, changes).await, Err(BackendErrorKind::Conflict));
    assert_eq!(store.keys(&audience("api")).await.unwrap(), [key("k1", 0)]);
}

async fn an_audience_never_has_two_active_keys(store: impl KeyStore) {
    let active = |id, epoch| StoredKey { state: KeyState::Active, epoch, ..key(id, 0) };
    insert(&store, &active("k1", 1)).await;

    insert(&store, &key("k2", 0)).await;
    let second = vec![replace(1, &active("k2", 2))];
    assert_eq!(apply(&store, second).await, Err(BackendErrorKind::Conflict));

    // The order within one change does not matter, what comes of it does.
    let retiring = StoredKey { state: KeyState::Retiring, epoch: 2, ..key("k1", 0) };
    let handover = vec![replace(1, &active("k2", 2)), replace(1, &retiring)];
    assert_eq!(apply(&store, handover).await, Ok(()));
}

async fn only_the_first_key_of_an_audience_begins_as_active(store: impl KeyStore) {
    let active = |id| StoredKey { state: KeyState::Active, ..key(id, 0) };
    // A key from elsewhere is none of the audience's own: nobody holds a set without the first of these.
    let imported = StoredKey { state: KeyState::Retiring, imported: true, ..key("k0", 0) };
    insert(&store, &imported).await;
    insert(&store, &active("k1")).await;
    let compromised =
        StoredKey { state: KeyState::Compromised, handle: None, epoch: 2, ..key("k1", 0) };
    apply(&store, vec![replace(1, &compromised)]).await.unwrap();

    let late = vec![KeyChange::Insert(active("k2"))];
    assert_eq!(apply(&store, late).await, Err(BackendErrorKind::Conflict));
}

async fn of_two_who_replace_the_same_key_one_wins(store: impl KeyStore) {
    let store = Arc::new(store);
    insert(&*store, &key("k1", 0)).await;
    let racers: Vec<_> = (0..8)
        .map(|n| {
            let store = Arc::clone(&store);
            let key = StoredKey { custody: format!("racer {n}"), epoch: 2, ..key("k1", 0) };
            tokio::spawn(async move { apply(&*store, vec![replace(1, &key)]).await })
        })
        .collect();
    let mut won = 0;
    for racer in racers {
        match racer.await.unwrap() {
            Ok(()) => won += 1,
            Err(kind) => assert_eq!(kind, BackendErrorKind::Conflict),
        }
    }

    assert_eq!(won, 1);
}

async fn a_destroyed_handle_is_gone(store: impl KeyStore) {
    let (first, other) = (key("k1", 0), key("k2", 1));
    insert(&store, &first).await;
    insert(&store, &other).await;
    let destroyed = StoredKey { handle: None, epoch: 2, ..first };

    apply(&store, vec![replace(1, &destroyed)]).await.unwrap();

    assert_eq!(store.keys(&audience("api")).await.unwrap(), [destroyed, other]);
}

async fn an_order_reads_back_until_its_key_is_stored(store: impl KeyStore) {
    let (first, second) = (order(1), order(2));
    for order in [&second, &first] {
        apply(&store, vec![KeyChange::Order(order.clone())]).await.unwrap();
    }
    assert_eq!(orders(&store).await, [first.clone(), second.clone()]);
    assert_eq!(store.unfinished(&audience("web")).await.unwrap(), Unfinished::default());
    let twice = vec![KeyChange::Order(first.clone())];
    assert_eq!(apply(&store, twice).await, Err(BackendErrorKind::Conflict));

    let made = vec![KeyChange::Insert(key("k1", 0)), KeyChange::Fulfill(first.label)];
    apply(&store, made).await.unwrap();
    assert_eq!(orders(&store).await, [second]);
    let again = vec![KeyChange::Fulfill(first.label)];
    assert_eq!(apply(&store, again).await, Err(BackendErrorKind::Conflict));
}

async fn the_key_of_an_order_that_was_given_up_is_never_stored(store: impl KeyStore) {
    let order = order(1);
    let give_up = |after| vec![KeyChange::GiveUp { label: order.label, at: at(after) }];
    assert_eq!(apply(&store, give_up(2)).await, Err(BackendErrorKind::Conflict));
    apply(&store, vec![KeyChange::Order(order.clone())]).await.unwrap();
    apply(&store, give_up(2)).await.unwrap();

    let made = vec![KeyChange::Insert(key("k1", 0)), KeyChange::Fulfill(order.label)];
    assert_eq!(apply(&store, made).await, Err(BackendErrorKind::Conflict));
    assert_eq!(apply(&store, give_up(3)).await, Err(BackendErrorKind::Conflict));
    assert_eq!(store.keys(&audience("api")).await.unwrap(), []);
    assert_eq!(orders(&store).await, [KeyOrder { given_up_at: Some(at(2)), ..order }]);
}

async fn an_order_is_forgotten_once_it_was_given_up(store: impl KeyStore) {
    let order = order(1);
    let forget = || vec![KeyChange::Forget(order.label)];
    apply(&store, vec![KeyChange::Order(order.clone())]).await.unwrap();
    apply(&store, forget()).await.unwrap();
    assert_eq!(orders(&store).await.len(), 1, "somebody may be at work on it");
    apply(&store, vec![KeyChange::GiveUp { label: order.label, at: at(2) }]).await.unwrap();

    apply(&store, forget()).await.unwrap();
    apply(&store, forget()).await.unwrap();
    assert_eq!(orders(&store).await, []);
}

async fn what_is_owed_reads_back_with_its_handle_until_it_is_settled(store: impl KeyStore) {
    let before = key("k1", 0);
    insert(&store, &before).await;
    let ended = StoredKey { state: KeyState::Retiring, handle: None, epoch: 2, ..before.clone() };
    let owe = KeyChange::Owe { id: before.id.clone(), handle: before.handle.clone().unwrap() };
    apply(&store, vec![replace(1, &ended), owe]).await.unwrap();

    assert_eq!(store.keys(&audience("api")).await.unwrap(), std::slice::from_ref(&ended));
    let owed = StoredKey { handle: before.handle, ..ended };
    assert_eq!(store.unfinished(&audience("api")).await.unwrap().owed, [owed]);

    for _ in 0..2 {
        apply(&store, vec![KeyChange::Settle(before.id.clone())]).await.unwrap();
    }
    assert_eq!(store.unfinished(&audience("api")).await.unwrap(), Unfinished::default());
}

async fn the_first_secret_of_a_name_stays(store: impl KeyStore) {
    assert_eq!(store.sealed_secret("salt", vec![1, 2]).await.unwrap(), [1, 2]);
    assert_eq!(store.sealed_secret("salt", vec![3]).await.unwrap(), [1, 2]);
    assert_eq!(store.sealed_secret("pepper", vec![3]).await.unwrap(), [3]);
}

async fn insert(store: &impl KeyStore, key: &StoredKey) {
    store.apply(&key.audience, vec![KeyChange::Insert(key.clone())]).await.unwrap();
}

async fn orders(store: &impl KeyStore) -> Vec<KeyOrder> {
    store.unfinished(&audience("api")).await.unwrap().orders
}

async fn apply(store: &impl KeyStore, changes: Vec<KeyChange>) -> Result<(), BackendErrorKind> {
    store.apply(&audience("api"), changes).await.map_err(|error| error.kind())
}

fn order(created_after: u64) -> KeyOrder {
    KeyOrder {
        label: KeyLabel::random(),
        audience: audience("api"),
        custody: "pkcs11".to_owned(),
        created_at: at(created_after),
        given_up_at: None,
    }
}

fn replace(epoch: u64, key: &StoredKey) -> KeyChange {
    KeyChange::Replace { epoch, key: key.clone() }
}

fn key(id: &str, created_after: u64) -> StoredKey {
    StoredKey {
        id: KeyId::new(id).unwrap(),
        audience: audience("api"),
        algorithm: Algorithm::Es256,
        public: r#"{"kty":"EC"}"#.to_owned(),
        state: KeyState::Standby,
        custody: "sealed".to_owned(),
        handle: Some(vec![7; 300]),
        created_at: at(created_after),
        published_at: at(created_after),
        activated_at: None,
        retired_at: None,
        withdrawn_at: None,
        compromised_at: None,
        imported: false,
        verify_until: None,
        epoch: 1,
    }
}
