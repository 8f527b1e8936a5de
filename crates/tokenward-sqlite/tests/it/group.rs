//! Commands that come at the same time share a transaction, and do not share their faults.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tempfile::TempDir;
use tokenward::{Audience, BackendErrorKind, Jti, UnixTime};
use tokenward_keys::KeyStore;
use tokenward_revocation::{EventKind, EventSource, EventStore, OutgoingEvent, Seq};
use tokenward_sessions::{SessionFilter, SessionStore};
use tokenward_sqlite::{Options, SqliteStore};

use crate::load::create_at_once;

#[tokio::test]
async fn commands_that_come_at_once_share_an_fsync() {
    let folder = TempDir::new().unwrap();
    let store = SqliteStore::open(folder.path().join("s.db"), Options::default()).unwrap();
    let before = store.stats();

    create_at_once(&store, 0..400).await;

    let after = store.stats();
    assert_eq!(after.commands - before.commands, 400);
    let commits = after.commits - before.commits;
    assert!(commits <= 100, "{commits} transactions for 400 commands");
}

#[tokio::test]
async fn one_that_fails_takes_nobody_with_it() {
    let folder = TempDir::new().unwrap();
    let store = SqliteStore::open(folder.path().join("s.db"), Options::default()).unwrap();
    let api = Audience::new("api").unwrap();

    // The same ids twice at the same time: of each pair one fails, after it has begun to write.
    let (first, second) = tokio::join!(tries_at_once(&store, 100), tries_at_once(&store, 100));

    assert_eq!(first + second, 100);
    let filter = SessionFilter::default();
    assert_eq!(store.list(&filter, 1_000, None).await.unwrap().len(), 100);
    assert!(store.keys(&api).await.unwrap().is_empty());
}

#[tokio::test]
async fn events_are_dropped_a_slice_at_a_time_so_that_others_get_their_turn() {
    let folder = TempDir::new().unwrap();
    let store = SqliteStore::open(folder.path().join("s.db"), Options::default()).unwrap();
    let now = UnixTime::from_secs(1_800_000_000);
    let event = |number| OutgoingEvent {
        receiver: "crm".to_owned(),
        audience: Audience::new("api").unwrap(),
        kind: EventKind::SessionRevoked,
        token_id: Jti::random(),
        seq: Seq::new(number),
        happened_at: now,
        issued_at: now,
        subject_id: "{}".to_owned(),
        event: "{}".to_owned(),
    };
    store
        .add_events(
            EventSource::Revocations,
            None,
            Seq::new(1_200),
            (1..=1_200).map(event).collect(),
        )
        .await
        .unwrap();
    let before = store.stats().commands;

    assert_eq!(store.drop_events("crm", UnixTime::EPOCH, 0).await.unwrap(), 1_200);

    assert_eq!(store.stats().commands - before, 3);
}

#[tokio::test]
async fn a_full_queue_refuses_after_a_while_and_loses_nothing() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("s.db");
    let mut options = Options::default();
    (options.queue, options.patience) = (1, Duration::from_millis(50));
    let store = SqliteStore::open(&path, options).unwrap();
    // Somebody with a SQLite shell holds the file, so the writer stands still.
    let shell = rusqlite::Connection::open(&path).unwrap();
    shell.execute_batch("BEGIN IMMEDIATE").unwrap();

    let mut made = 0;
    let mut refused = 0;
    let mut waiting: FuturesUnordered<_> = (0..5).map(|number| try_once(&store, number)).collect();
    while refused < 3 {
        match waiting.next().await.unwrap() {
            Err(BackendErrorKind::Unavailable) => refused += 1,
            other => panic!("the writer stands still, and yet: {other:?}"),
        }
    }
    shell.execute_batch("ROLLBACK").unwrap();
    while let Some(result) = waiting.next().await {
        result.unwrap();
        made += 1;
    }

    // One in the writer's hands, one in the queue.
    assert_eq!(made, 2);
    let found = store.list(&SessionFilter::default(), 9, None).await.unwrap();
    assert_eq!(found.len(), 2);
}

#[tokio::test]
async fn the_log_stays_short_under_writes_that_never_pause() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("s.db");
    let store = SqliteStore::open(&path, Options::default()).unwrap();

    for round in 0..10 {
        create_at_once(&store, round * 400..(round + 1) * 400).await;
    }

    let log = std::fs::metadata(folder.path().join("s.db-wal")).unwrap().len();
    assert!(log < 64 * 1024 * 1024, "{log} bytes of log");
}

async fn try_once(store: &SqliteStore, number: u64) -> Result<(), BackendErrorKind> {
    let new = crate::load::session(&number.to_string()).0;
    store.create(new).await.map(drop).map_err(|error| error.kind())
}

async fn tries_at_once(store: &SqliteStore, count: u64) -> usize {
    let tries: Vec<_> = (0..count)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                match store.create(crate::load::session(&number.to_string()).0).await {
                    Ok(_) => true,
                    Err(error) if error.kind() == BackendErrorKind::Conflict => false,
                    Err(error) => panic!("{error}"),
                }
            })
        })
        .collect();
    let mut made = 0;
    for one in tries {
        made += usize::from(one.await.unwrap());
    }
    made
}
