//! What a store of events for receivers promises.

use tokenward::{BackendErrorKind, Jti};
use tokenward_revocation::{EventStore, OutgoingEvent, Seq};

use super::{at, audience, keep};

/// Runs every promise of an [`EventStore`] on fresh stores made by `make`.
///
/// # Panics
///
/// At the first broken promise.
pub async fn event_contract<S: EventStore>(make: impl AsyncFn() -> S) {
    keep!(make:
        events_read_back_as_they_were_written_in_their_order,
        of_two_that_tell_of_the_same_revocations_one_wins,
        what_a_receiver_has_is_forgotten_for_it_alone,
        what_is_too_old_or_too_many_is_dropped_from_the_oldest_on,
    );
}

async fn events_read_back_as_they_were_written_in_their_order(store: impl EventStore) {
    assert_eq!(store.events_head().await.unwrap(), None);
    assert_eq!(store.events_for("crm", 10).await.unwrap(), []);

    store.add_events(None, Seq::new(4), Vec::new()).await.unwrap();
    assert_eq!(store.events_head().await.unwrap(), Some(Seq::new(4)));
    let first = vec![event("crm", "b"), event("erp", "b"), event("crm", "a")];
    store.add_events(Some(Seq::new(4)), Seq::new(9), first).await.unwrap();
    store.add_events(Some(Seq::new(9)), Seq::new(10), vec![event("crm", "c")]).await.unwrap();

    let all = store.events_for("crm", 10).await.unwrap();
    assert_eq!(all, [event("crm", "b"), event("crm", "a"), event("crm", "c")]);
    assert_eq!(store.events_for("crm", 1).await.unwrap(), [event("crm", "b")]);
    assert_eq!(store.events_for("erp", 10).await.unwrap(), [event("erp", "b")]);
    assert_eq!(store.count_events("crm").await.unwrap(), 3);
    assert_eq!(store.events_head().await.unwrap(), Some(Seq::new(10)));
}

async fn of_two_that_tell_of_the_same_revocations_one_wins(store: impl EventStore) {
    store.add_events(None, Seq::new(1), Vec::new()).await.unwrap();
    let one = Some(Seq::new(1));
    let [first, second] = tokio::join!(
        store.add_events(one, Seq::new(2), vec![event("crm", "a")]),
        store.add_events(one, Seq::new(3), vec![event("crm", "b")]),
    )
    .into();

    assert!(first.is_ok() != second.is_ok());
    let winner = if first.is_ok() { "a" } else { "b" };
    let lost = first.err().or_else(|| second.err()).unwrap();
    assert_eq!(lost.kind(), BackendErrorKind::Conflict);
    assert_eq!(store.events_for("crm", 10).await.unwrap(), [event("crm", winner)]);
    let again = store.add_events(None, Seq::new(9), Vec::new()).await.unwrap_err();
    assert_eq!(again.kind(), BackendErrorKind::Conflict);
}

async fn what_a_receiver_has_is_forgotten_for_it_alone(store: impl EventStore) {
    let all = ["a", "b", "c"].into_iter().flat_map(|id| [event("crm", id), event("erp", id)]);
    store.add_events(None, Seq::new(3), all.collect()).await.unwrap();

    let has = vec![jti("a"), jti("c"), jti("unknown")];
    assert_eq!(store.settle_events("crm", has.clone()).await.unwrap(), 2);
    assert_eq!(store.settle_events("crm", has).await.unwrap(), 0);

    assert_eq!(store.events_for("crm", 10).await.unwrap(), [event("crm", "b")]);
    assert_eq!(store.count_events("erp").await.unwrap(), 3);
}

async fn what_is_too_old_or_too_many_is_dropped_from_the_oldest_on(store: impl EventStore) {
    let dated = |id: &str, after| OutgoingEvent { issued_at: at(after), ..event("crm", id) };
    let all = vec![dated("a", 0), dated("b", 5), dated("c", 6), dated("d", 7), event("erp", "a")];
    store.add_events(None, Seq::new(3), all).await.unwrap();

    assert_eq!(store.drop_events("crm", at(0), 4).await.unwrap(), 0);
    assert_eq!(store.drop_events("crm", at(5), 4).await.unwrap(), 1);
    assert_eq!(store.drop_events("crm", at(5), 1).await.unwrap(), 2);
    assert_eq!(store.events_for("crm", 10).await.unwrap(), [dated("d", 7)]);
    assert_eq!(store.drop_events("crm", at(0), 0).await.unwrap(), 1);
    assert_eq!(store.count_events("erp").await.unwrap(), 1);
}

fn event(receiver: &str, id: &str) -> OutgoingEvent {
    OutgoingEvent {
        receiver: receiver.to_owned(),
        audience: audience("api"),
        token_id: jti(id),
        seq: Seq::new(7),
        happened_at: at(0),
        issued_at: at(1),
        subject_id: r#"{"format":"opaque","id":"s-1"}"#.to_owned(),
        event: r#"{"event_timestamp":1}"#.to_owned(),
    }
}

fn jti(id: &str) -> Jti {
    Jti::new(id).unwrap()
}
