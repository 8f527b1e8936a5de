//! The file: whose it is, whether it is whole, and what is gone from it.

use std::fs;
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tokenward::{Algorithm, Audience, BackendErrorKind, KeyId};
use tokenward_keys::{KeyChange, KeyState, KeyStore, StoredKey};
use tokenward_revocation::{RevocationStore, ShardRequest};
use tokenward_sessions::{SessionFilter, SessionStore};
use tokenward_sqlite::{OpenError, Options, SqliteStore};

use crate::load::{NOW, create_at_once, session};

#[test]
fn the_file_is_its_owners_alone() {
    let place = Place::new();
    drop(place.open().unwrap());
    fs::set_permissions(&place.path, fs::Permissions::from_mode(0o644)).unwrap();

    let _store = place.open().unwrap();

    for name in ["s.db", "s.db-wal", "s.db-shm", "s.db.lock"] {
        let mode = fs::metadata(place.folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn a_second_one_is_told_who_has_the_file() {
    let place = Place::new();
    let _first = place.open().unwrap();

    let error = place.open().unwrap_err();

    assert_eq!(error.kind(), BackendErrorKind::Locked);
    let expected = format!(
        "the store `{}` is in use by process {}; stop it, or give [store] url another file",
        place.path.display(),
        std::process::id()
    );
    assert_eq!(error.to_string(), expected);
}

#[test]
fn the_file_is_free_once_the_store_is_dropped() {
    let place = Place::new();
    drop(place.open().unwrap());

    assert!(place.open().is_ok());
    assert!(!place.folder.path().join("s.db-wal").exists(), "a clean end leaves one file");
}

#[test]
fn a_missing_folder_is_told_in_one_line() {
    let error = SqliteStore::open("/nonexistent/s.db", Options::default()).unwrap_err();

    assert_eq!(
        error.to_string(),
        "cannot open the store `/nonexistent/s.db`: No such file or directory (os error 2); \
         [store] url must name a file in a directory that exists and is writable"
    );
}

#[test]
fn a_file_of_something_else_is_left_alone() {
    let place = Place::new();
    let other = rusqlite::Connection::open(&place.path).unwrap();
    other.execute_batch("CREATE TABLE theirs (x)").unwrap();
    drop(other);
    let before = fs::read(&place.path).unwrap();

    let error = place.open().unwrap_err();

    assert!(matches!(error, OpenError::Foreign { .. }), "{error}");
    let after = rusqlite::Connection::open(&place.path).unwrap();
    let tables: i64 =
        after.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
    assert_eq!((tables, before.len()), (1, fs::read(&place.path).unwrap().len()));
}

#[test]
fn a_newer_schema_is_refused() {
    let place = Place::new();
    drop(place.open().unwrap());
    let newer = rusqlite::Connection::open(&place.path).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    drop(newer);

    let error = place.open().unwrap_err();

    assert!(matches!(error, OpenError::Newer { found: 99, .. }), "{error}");
    assert!(error.to_string().contains("has schema 99, this version knows 11; run the newer"));
}

#[tokio::test]
async fn once_every_shard_is_leased_there_is_none_before_the_first_is_free() {
    let place = Place::new();
    drop(place.open().unwrap());
    let file = rusqlite::Connection::open(&place.path).unwrap();
    let all = "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 65535)
               INSERT INTO shards SELECT i, iif(i = 9, 150, 220) FROM n";
    file.execute(all, []).unwrap();
    drop(file);
    let store = place.open().unwrap();

    let lease = async |from| {
        let request = ShardRequest { from, until: 300, wish: 40_000 };
        store.lease_shard(request).await.unwrap().map(|lease| lease.shard)
    };
    assert_eq!(lease(149).await, None);
    assert_eq!(lease(150).await, Some(9));
    assert_eq!(lease(219).await, None);
    assert_eq!(lease(220).await, Some(40_000));
}

#[test]
fn garbage_is_damage() {
    let place = Place::new();
    fs::write(
        &place.path,
        "this is no database, but it is long enough to be taken for one".repeat(99),
    )
    .unwrap();

    assert_damaged(&place.open().unwrap_err());
}

#[tokio::test]
async fn damage_is_found_at_the_start() {
    let place = Place::new();
    let store = place.open().unwrap();
    create_at_once(&store, 0..200).await;
    drop(store);
    let size = fs::metadata(&place.path).unwrap().len();
    for page in 1..size / 4_096 {
        overwrite(&place.path, page * 4_096);
    }

    assert_damaged(&place.open().unwrap_err());
}

#[tokio::test]
async fn a_file_cut_short_is_damage() {
    let place = Place::new();
    let store = place.open().unwrap();
    create_at_once(&store, 0..200).await;
    drop(store);
    let file = fs::OpenOptions::new().write(true).open(&place.path).unwrap();
    file.set_len(fs::metadata(&place.path).unwrap().len() / 2).unwrap();

    assert_damaged(&place.open().unwrap_err());
}

#[tokio::test]
async fn damage_while_running_is_an_answer_not_a_panic() {
    let place = Place::new();
    drop({
        let store = place.open().unwrap();
        create_at_once(&store, 0..2_000).await;
        store
    });
    let store = place.open().unwrap();
    let size = fs::metadata(&place.path).unwrap().len();
    for page in 1..size / 4_096 {
        overwrite(&place.path, page * 4_096);
    }

    let error = store.list(&SessionFilter::default(), 9_999, None).await.unwrap_err();

    assert_eq!(error.kind(), BackendErrorKind::Corrupt);
}

#[tokio::test]
async fn what_was_written_is_there_after_a_restart() {
    let place = Place::new();
    let store = place.open().unwrap();
    create_at_once(&store, 0..10).await;
    drop(store);

    let store = place.open().unwrap();

    assert_eq!(store.list(&SessionFilter::default(), 99, None).await.unwrap().len(), 10);
    assert_eq!(store.create(session("0").0).await.unwrap_err().kind(), BackendErrorKind::Conflict);
}

#[tokio::test]
async fn the_head_never_goes_back_over_a_restart() {
    let place = Place::new();
    let store = place.open().unwrap();
    create_at_once(&store, 0..1).await;
    let subject = session("0").0.subject;
    let why = tokenward_sessions::EndReason::Service;
    store.end_all(&subject, None, None, why, NOW, NOW).await.unwrap();
    RevocationStore::prune(&store, NOW).await.unwrap();
    let head = store.head().await.unwrap();
    drop(store);

    let store = place.open().unwrap();

    assert_eq!((store.head().await.unwrap(), head.get()), (head, 1));
}

#[tokio::test]
async fn a_destroyed_key_is_gone_from_every_file() {
    let place = Place::new();
    let store = place.open().unwrap();
    let api = Audience::new("api").unwrap();
    // Many keys, some of them large, so that rows have moved between pages before one is destroyed.
    let keys: Vec<_> = (0..40).map(key).collect();
    for key in &keys {
        store.apply(&api, vec![KeyChange::Insert(key.clone())]).await.unwrap();
    }
    for key in &keys {
        assert!(place.holds(&handle(key)), "the handle is found before");
        let destroyed =
            StoredKey { handle: None, state: KeyState::Retiring, epoch: 2, ..key.clone() };
        let change = KeyChange::Replace { epoch: 1, key: destroyed };

        store.apply(&api, vec![change]).await.unwrap();

        assert!(!place.holds(&handle(key)), "{} is still on the disk", key.id);
    }
}

#[tokio::test]
async fn a_replaced_secret_is_gone_from_every_file() {
    let place = Place::new();
    let store = place.open().unwrap();
    // Made in no order and of many lengths, so that rows have moved between pages before one is replaced.
    let secret = |n: usize| {
        let random = tokenward::crypto::random::<32>();
        (format!("secret-{}", n * 37 % 60), random.repeat(4 + n * 7 % 40))
    };
    let secrets: Vec<_> = (0..60).map(secret).collect();
    for (name, secret) in &secrets {
        store.sealed_secret(name, secret.clone()).await.unwrap();
    }
    for (name, secret) in &secrets {
        let start = &secret[..64];
        assert!(place.holds(start), "the secret is found before");

        let fresh = tokenward::crypto::random::<300>().to_vec();
        store.replace_secret(name, secret, fresh).await.unwrap();

        assert!(!place.holds(start), "{name} is still on the disk");
    }
}

#[tokio::test]
async fn what_is_confidential_is_gone_from_the_file_when_the_session_ends() {
    let place = Place::new();
    let store = place.open().unwrap();
    let mut new = session("0").0;
    let secret = tokenward::crypto::random::<32>().to_vec();
    new.private = Some(secret.clone());
    let (id, why) = (new.id.clone(), tokenward_sessions::EndReason::LoggedOut);
    store.create(new).await.unwrap();
    assert!(place.holds(&secret));

    store.end(&id, None, why, NOW, NOW).await.unwrap();
    drop(store);

    assert!(!place.holds(&secret));
}

struct Place {
    folder: TempDir,
    path: PathBuf,
}

impl Place {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("s.db");
        Self { folder, path }
    }

    fn open(&self) -> Result<SqliteStore, OpenError> {
        SqliteStore::open(&self.path, Options::default())
    }

    /// Whether any file in the folder holds these bytes.
    fn holds(&self, bytes: &[u8]) -> bool {
        fs::read_dir(self.folder.path()).unwrap().any(|entry| {
            let file = fs::read(entry.unwrap().path()).unwrap();
            file.windows(bytes.len()).any(|window| window == bytes)
        })
    }
}

fn assert_damaged(error: &OpenError) {
    assert_eq!(error.kind(), BackendErrorKind::Corrupt, "{error}");
    let text = error.to_string();
    assert!(
        text.contains("is damaged (") && text.ends_with("; restore it from a backup"),
        "{text}"
    );
    assert!(!text.contains('\n'), "one line: {text}");
}

fn overwrite(path: &Path, offset: u64) {
    let file = fs::OpenOptions::new().write(true).open(path).unwrap();
    file.write_all_at(&[0xAA; 4_096], offset).unwrap();
}

fn key(number: u64) -> StoredKey {
    let secret = tokenward::crypto::random::<32>();
    let filler = usize::try_from(number % 7 * 700).unwrap();
    StoredKey {
        id: KeyId::new(format!("k{number}")).unwrap(),
        audience: Audience::new("api").unwrap(),
        algorithm: Algorithm::Es256,
        public: "{}".to_owned(),
        state: KeyState::Standby,
        custody: "sealed".to_owned(),
        handle: Some([&secret[..], &vec![0; filler]].concat()),
        created_at: NOW,
        published_at: NOW,
        activated_at: None,
        retired_at: None,
        withdrawn_at: None,
        compromised_at: None,
        imported: false,
        verify_until: None,
        epoch: 1,
    }
}

/// The part of the handle by which it is recognized.
fn handle(key: &StoredKey) -> Vec<u8> {
    key.handle.as_ref().unwrap()[..32].to_vec()
}
