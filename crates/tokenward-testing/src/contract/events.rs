//! What a store of events for receivers promises.

use tokenward::{Audience, BackendError, BackendErrorKind, Jti};
use tokenward_revocation::{EventKind, EventSource, EventStore, OutgoingEvent, Seq};

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
        a_receiver_is_told_of_the_audiences_it_asks_for_alone,
        what_nobody_wants_any_more_is_forgotten,
        what_is_too_old_or_too_many_is_dropped_from_the_oldest_on,
        events_of_one_audience_push_out_none_of_another,
        sources_are_told_of_each_for_itself_and_kinds_are_kept,
    );
}

async fn events_read_back_as_they_were_written_in_their_order(store: impl EventStore) {
    assert_eq!(store.events_head(REVOCATIONS).await.unwrap(), None);
    assert_eq!(events_for(&store, "crm", 10).await.unwrap(), []);

    store.add_events(REVOCATIONS, None, Seq::new(4), Vec::new()).await.unwrap();
    assert_eq!(store.events_head(REVOCATIONS).await.unwrap(), Some(Seq::new(4)));
    let first = vec![event("crm", "b"), event("erp", "b"), event("crm", "a")];
    store.add_events(REVOCATIONS, Some(Seq::new(4)), Seq::new(9), first).await.unwrap();
    store
        .add_events(REVOCATIONS, Some(Seq::new(9)), Seq::new(10), vec![event("crm", "c")])
        .await
        .unwrap();

    let all = events_for(&store, "crm", 10).await.unwrap();
    assert_eq!(all, [event("crm", "b"), event("crm", "a"), event("crm", "c")]);
    assert_eq!(events_for(&store, "crm", 1).await.unwrap(), [event("crm", "b")]);
    assert_eq!(events_for(&store, "erp", 10).await.unwrap(), [event("erp", "b")]);
    assert_eq!(store.count_events("crm").await.unwrap(), 3);
    assert_eq!(store.events_head(REVOCATIONS).await.unwrap(), Some(Seq::new(10)));
}

async fn of_two_that_tell_of_the_same_revocations_one_wins(store: impl EventStore) {
    store.add_events(REVOCATIONS, None, Seq::new(1), Vec::new()).await.unwrap();
    let one = Some(Seq::new(1));
    let [first, second] = tokio::join!(
        store.add_events(REVOCATIONS, one, Seq::new(2), vec![event("crm", "a")]),
        store.add_events(REVOCATIONS, one, Seq::new(3), vec![event("crm", "b")]),
    )
    .into();

    assert!(first.is_ok() != second.is_ok());
    let winner = if first.is_ok() { "a" } else { "b" };
    let lost = first.err().or_else(|| second.err()).unwrap();
    assert_eq!(lost.kind(), BackendErrorKind::Conflict);
    assert_eq!(events_for(&store, "crm", 10).await.unwrap(), [event("crm", winner)]);
    let again = store.add_events(REVOCATIONS, None, Seq::new(9), Vec::new()).await.unwrap_err();
    assert_eq!(again.kind(), BackendErrorKind::Conflict);
}

async fn what_a_receiver_has_is_forgotten_for_it_alone(store: impl EventStore) {
    let all = ["a", "b", "c"].into_iter().flat_map(|id| [event("crm", id), event("erp", id)]);
    store.add_events(REVOCATIONS, None, Seq::new(3), all.collect()).await.unwrap();

    let has = vec![jti("a"), jti("c"), jti("unknown")];
    assert_eq!(store.settle_events("crm", has.clone()).await.unwrap(), 2);
    assert_eq!(store.settle_events("crm", has).await.unwrap(), 0);

    assert_eq!(events_for(&store, "crm", 10).await.unwrap(), [event("crm", "b")]);
    assert_eq!(store.count_events("erp").await.unwrap(), 3);
}

async fn a_receiver_is_told_of_the_audiences_it_asks_for_alone(store: impl EventStore) {
    let all = vec![about("api", "a"), about("api", "b"), about("web", "c"), about("old", "d")];
    store.add_events(REVOCATIONS, None, Seq::new(3), all).await.unwrap();
    let asked = async |audiences: &[&str], limit| {
        let audiences: Vec<_> = audiences.iter().map(|name| audience(name)).collect();
        store.events_for("crm", &audiences, limit).await.unwrap()
    };

    // What comes before in the order, and is not asked for, takes nobody's place.
    assert_eq!(asked(&["web"], 1).await, [about("web", "c")]);
    assert_eq!(asked(&["old", "api"], 2).await, [about("api", "a"), about("api", "b")]);
    assert_eq!(asked(&["old", "api"], 9).await.len(), 3);
    assert_eq!(asked(&[], 9).await, []);
}

async fn what_nobody_wants_any_more_is_forgotten(store: impl EventStore) {
    let foreign = OutgoingEvent { receiver: "erp".to_owned(), ..about("web", "d") };
    let gone = OutgoingEvent { receiver: "gone".to_owned(), ..about("api", "e") };
    let all = vec![about("api", "a"), about("web", "b"), event("erp", "c"), foreign.clone(), gone];
    store.add_events(REVOCATIONS, None, Seq::new(3), all).await.unwrap();
    let wanted = [("crm".to_owned(), audience("api")), ("erp".to_owned(), audience("web"))];

    assert_eq!(store.retain_events(&wanted).await.unwrap(), 3);
    assert_eq!(store.retain_events(&wanted).await.unwrap(), 0);
    assert_eq!(events_for(&store, "crm", 9).await.unwrap(), [about("api", "a")]);
    let erp = store.events_for("erp", &[audience("api"), audience("web")], 9).await.unwrap();
    assert_eq!(erp, [foreign]);
    assert_eq!(store.count_events("gone").await.unwrap(), 0);
    assert_eq!(store.retain_events(&[]).await.unwrap(), 2);
}

async fn what_is_too_old_or_too_many_is_dropped_from_the_oldest_on(store: impl EventStore) {
    let dated = |id: &str, after| OutgoingEvent { issued_at: at(after), ..event("crm", id) };
    let all = vec![dated("a", 0), dated("b", 5), dated("c", 6), dated("d", 7), event("erp", "a")];
    store.add_events(REVOCATIONS, None, Seq::new(3), all).await.unwrap();

    assert_eq!(store.drop_events("crm", at(0), 4).await.unwrap(), 0);
    assert_eq!(store.drop_events("crm", at(5), 4).await.unwrap(), 1);
    assert_eq!(store.drop_events("crm", at(5), 1).await.unwrap(), 2);
    assert_eq!(events_for(&store, "crm", 10).await.unwrap(), [dated("d", 7)]);
    assert_eq!(store.drop_events("crm", at(0), 0).await.unwrap(), 1);
    assert_eq!(store.count_events("erp").await.unwrap(), 1);
}

async fn events_of_one_audience_push_out_none_of_another(store: impl EventStore) {
    let mut all = vec![about("api", "a"), about("api", "b")];
    all.extend(["1", "2", "3", "4"].map(|id| about("web", id)));
    store.add_events(REVOCATIONS, None, Seq::new(3), all).await.unwrap();

    assert_eq!(store.drop_events("crm", at(0), 2).await.unwrap(), 2);
    let both = [audience("api"), audience("web")];
    let left = store.events_for("crm", &both, 9).await.unwrap();
    assert_eq!(left, [about("api", "a"), about("api", "b"), about("web", "3"), about("web", "4")]);
}

async fn sources_are_told_of_each_for_itself_and_kinds_are_kept(store: impl EventStore) {
    let kinds = EventKind::ALL.map(|kind| OutgoingEvent { kind, ..event("crm", kind.as_str()) });
    store.add_events(REVOCATIONS, None, Seq::new(7), kinds.to_vec()).await.unwrap();
    assert_eq!(store.events_head(EventSource::Sessions).await.unwrap(), None);
    store.add_events(EventSource::Sessions, None, Seq::new(3), Vec::new()).await.unwrap();

    assert_eq!(store.events_head(REVOCATIONS).await.unwrap(), Some(Seq::new(7)));
    assert_eq!(store.events_head(EventSource::Sessions).await.unwrap(), Some(Seq::new(3)));
    assert_eq!(events_for(&store, "crm", 10).await.unwrap(), kinds);
}

const REVOCATIONS: EventSource = EventSource::Revocations;

/// Those about the audience that [`event`] is about.
async fn events_for(
    store: &impl EventStore,
    receiver: &str,
    limit: usize,
) -> Result<Vec<OutgoingEvent>, BackendError> {
    let audiences: [Audience; 1] = [audience("api")];
    store.events_for(receiver, &audiences, limit).await
}

fn about(name: &str, id: &str) -> OutgoingEvent {
    OutgoingEvent { audience: audience(name), ..event("crm", id) }
}

fn event(receiver: &str, id: &str) -> OutgoingEvent {
    OutgoingEvent {
        receiver: receiver.to_owned(),
        audience: audience("api"),
        kind: EventKind::SessionRevoked,
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
