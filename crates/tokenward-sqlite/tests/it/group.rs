//! Commands that come at the same time share a transaction, and do not share their faults.

use tempfile::TempDir;
use tokenward::{Audience, BackendErrorKind};
use tokenward_keys::KeyStore;
use tokenward_sessions::SessionStore;
use tokenward_sqlite::{Options, SqliteStore};

use crate::load::create_at_once;

#[tokio::test]
async fn commands_that_come_at_once_share_an_fsync() {
    let folder = TempDir::new().unwrap();
    let store = SqliteStore::open(folder.path().join("s.db"), Options::default()).unwrap();
    let before = store.stats();

    create_at_once(&store, 400).await;

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
    let filter = tokenward_sessions::SessionFilter::default();
    assert_eq!(store.list(&filter, 1_000, None).await.unwrap().len(), 100);
    assert!(store.keys(&api).await.unwrap().is_empty());
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
