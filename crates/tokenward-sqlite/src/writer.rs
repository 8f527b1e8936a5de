//! The one writer: a thread that groups commands into transactions.
//!
//! ```text
//! commands ──bounded queue──▶ BEGIN, (SAVEPOINT, command, RELEASE)*, COMMIT = one fsync ──▶ all answers
//! ```
//!
//! While one group is being made durable the next one gathers, so under load many requests share an fsync,
//! and without load nobody waits for company.
//!
//! **Invariant:** an answer leaves only after the commit that holds its writes has returned. A command that
//! fails takes back its own writes and nobody else's.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::SyncSender;

use rusqlite::Connection;
use tokenward::{BackendError, BackendErrorKind};
use tokio::sync::{mpsc, oneshot};

use crate::fault::Fault;

/// The most commands in one transaction: bounds how long the first of them waits for the last.
const MAX_GROUP: usize = 512;

/// Rows changed until the log is copied back into the file.
const CHANGES_PER_CHECKPOINT: u64 = 1_000;

/// Pages of the log at which the writer itself stops to copy it back: 64 MiB. The checkpoint thread keeps
/// it far below, unless writes never pause.
const MAX_LOG_PAGES: u64 = 16_384;

/// What a command sees of the transaction.
pub(crate) struct Tx<'a> {
    conn: &'a Connection,
    destroyed: &'a std::cell::Cell<bool>,
}

impl Tx<'_> {
    /// Says that a key's private half was deleted: the log, which still holds it, is emptied before anybody
    /// is answered.
    pub(crate) fn destroys(&self) {
        self.destroyed.set(true);
    }
}

impl std::ops::Deref for Tx<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.conn
    }
}

/// A command in the queue.
pub(crate) trait Job: Send {
    /// Runs it; `false` takes its writes back.
    fn run(&mut self, tx: &Tx<'_>) -> bool;
    /// Answers, now that its writes are durable, or lost.
    fn answer(self: Box<Self>, committed: Result<(), &Lost>);
}

/// Why a whole transaction came to nothing.
#[derive(Debug)]
pub(crate) struct Lost {
    kind: BackendErrorKind,
    why: String,
}

impl Lost {
    fn new(conn: &Connection, error: &rusqlite::Error) -> Self {
        let kind = crate::fault::kind(error);
        let why = match kind {
            BackendErrorKind::Full => no_room(Path::new(conn.path().unwrap_or_default())),
            _ => error.to_string(),
        };
        Self { kind, why }
    }

    fn error(&self) -> BackendError {
        BackendError::new(self.kind, self.why.clone())
    }
}

/// A command made of a closure.
pub(crate) struct Call<F, T> {
    work: Option<F>,
    result: Option<Result<T, Fault>>,
    reply: oneshot::Sender<Result<T, BackendError>>,
}

impl<F, T> Call<F, T>
where
    F: FnOnce(&Tx<'_>) -> Result<T, Fault> + Send + 'static,
    T: Send + 'static,
{
    /// The command and where its answer will be.
    pub(crate) fn queued(work: F) -> (Box<dyn Job>, oneshot::Receiver<Result<T, BackendError>>) {
        let (reply, answer) = oneshot::channel();
        (Box::new(Self { work: Some(work), result: None, reply }), answer)
    }
}

impl<F, T> Job for Call<F, T>
where
    F: FnOnce(&Tx<'_>) -> Result<T, Fault> + Send + 'static,
    T: Send + 'static,
{
    fn run(&mut self, tx: &Tx<'_>) -> bool {
        let Some(work) = self.work.take() else { return false };
        // A panic in one command must not take the writer, and with it everybody, down.
        let result = catch_unwind(AssertUnwindSafe(|| work(tx)))
            .unwrap_or(Err(Fault::Bug("a command of the store panicked")));
        let keep = result.is_ok();
        self.result = Some(result);
        keep
    }

    fn answer(self: Box<Self>, committed: Result<(), &Lost>) {
        let answer = match (self.result, committed) {
            // Its own fault tells more than that of the group.
            (Some(Err(fault)), _) => Err(fault.into()),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (_, Err(lost)) => Err(lost.error()),
            (None, Ok(())) => Err(Fault::Bug("a command of the store did not run").into()),
        };
        // Whoever asked may have gone away; what was done stays done.
        drop(self.reply.send(answer));
    }
}

/// How much was written.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) commits: AtomicU64,
    pub(crate) commands: AtomicU64,
    /// Pages in the log when the checkpoint thread last looked.
    pub(crate) log_pages: AtomicU64,
    /// Whether the last transaction found no room.
    pub(crate) is_full: AtomicBool,
}

/// The writer's side of the queue.
pub(crate) struct Writer {
    conn: Connection,
    queue: mpsc::Receiver<Box<dyn Job>>,
    counters: Arc<Counters>,
    checkpoint: SyncSender<()>,
    changes_at_checkpoint: u64,
    truncate_pending: bool,
}

impl Writer {
    pub(crate) fn new(
        conn: Connection,
        queue: mpsc::Receiver<Box<dyn Job>>,
        counters: Arc<Counters>,
        checkpoint: SyncSender<()>,
    ) -> Self {
        Self {
            conn,
            queue,
            counters,
            checkpoint,
            changes_at_checkpoint: 0,
            truncate_pending: false,
        }
    }

    /// Works until the store is dropped.
    pub(crate) fn run(mut self) {
        while let Some(first) = self.queue.blocking_recv() {
            self.group(first);
            self.after_group();
        }
        // A clean end leaves one file. If it fails, the next start does the same.
        if let Err(error) = truncate(&self.conn) {
            tracing::debug!(%error, "the log stays until the next start");
        }
    }

    fn group(&mut self, first: Box<dyn Job>) {
        let destroyed = std::cell::Cell::new(false);
        let mut done: Vec<Box<dyn Job>> = Vec::new();
        let mut next = Some(first);
        let mut broken = None;
        while let Some(mut job) = next.take() {
            let tx = Tx { conn: &self.conn, destroyed: &destroyed };
            broken = run_one(&tx, job.as_mut()).err();
            done.push(job);
            // After some errors (a full disk, say) SQLite has undone the transaction: all in it is lost.
            if broken.is_some() {
                break;
            }
            if done.len() < MAX_GROUP {
                next = self.queue.try_recv().ok();
            }
        }
        let committed = match broken {
            None => {
                self.conn.execute_batch("COMMIT").map_err(|error| Lost::new(&self.conn, &error))
            }
            Some(lost) => Err(lost),
        };
        let is_full = committed.as_ref().is_err_and(|lost| lost.kind == BackendErrorKind::Full);
        self.counters.is_full.store(is_full, Ordering::Relaxed);
        if committed.is_err()
            && !self.conn.is_autocommit()
            && let Err(error) = self.conn.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "the store cannot take a transaction back");
        }
        if committed.is_ok() {
            self.counters.commits.fetch_add(1, Ordering::Relaxed);
            let commands = u64::try_from(done.len()).unwrap_or(u64::MAX);
            self.counters.commands.fetch_add(commands, Ordering::Relaxed);
            self.truncate_pending |= destroyed.get();
            self.truncate_if_pending();
        }
        for job in done {
            job.answer(committed.as_ref().map(|&()| ()));
        }
    }

    fn truncate_if_pending(&mut self) {
        if !self.truncate_pending {
            return;
        }
        match truncate(&self.conn) {
            Ok(()) => self.truncate_pending = false,
            // A reader held it. It is tried again after the next group, and at the next start.
            Err(error) => {
                tracing::warn!(%error, "a destroyed key is still in the log of the store");
            }
        }
    }

    fn after_group(&mut self) {
        let changes = self.conn.total_changes();
        if changes.saturating_sub(self.changes_at_checkpoint) < CHANGES_PER_CHECKPOINT {
            return;
        }
        self.changes_at_checkpoint = changes;
        if self.counters.log_pages.load(Ordering::Relaxed) > MAX_LOG_PAGES {
            // Nobody appends while the writer does this, so it reaches the end, and the log starts over.
            match checkpoint(&self.conn) {
                Ok(_) => self.counters.log_pages.store(0, Ordering::Relaxed),
                Err(error) => tracing::warn!(%error, "the store cannot copy its log back"),
            }
            return;
        }
        // Full means that one is under way already.
        let _full_or_sent = self.checkpoint.try_send(());
    }
}

/// Runs one command in a savepoint of its own, and opens the transaction if it is the first.
fn run_one(tx: &Tx<'_>, job: &mut dyn Job) -> Result<(), Lost> {
    if tx.is_autocommit() {
        tx.execute_batch("BEGIN IMMEDIATE").map_err(|error| Lost::new(tx, &error))?;
    }
    run_sql(tx, "SAVEPOINT command")?;
    let keep = job.run(tx);
    if tx.is_autocommit() {
        let why = "the store took the transaction back".to_owned();
        return Err(Lost { kind: BackendErrorKind::Unavailable, why });
    }
    if !keep {
        run_sql(tx, "ROLLBACK TO command")?;
    }
    run_sql(tx, "RELEASE command")
}

fn run_sql(conn: &Connection, sql: &str) -> Result<(), Lost> {
    let run = || conn.prepare_cached(sql)?.execute([]);
    run().map(drop).map_err(|error| Lost::new(conn, &error))
}

/// What an operator is told when there is no room for what is to be written to the store at `path`.
pub(crate) fn no_room(path: &Path) -> String {
    format!("no room on the disk for the store `{}`; free some", path.display())
}

/// Copies what it can of the log into the file, without waiting for anybody; the length of the log in pages.
///
/// The log starts over, at the next write, only if all of it was copied: while writes never pause, a
/// checkpoint beside the writer never gets there.
pub(crate) fn checkpoint(conn: &Connection) -> rusqlite::Result<u64> {
    conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
        Ok(u64::try_from(row.get::<_, i64>(1)?).unwrap_or_default())
    })
}

/// Copies the whole log into the file and empties it.
pub(crate) fn truncate(conn: &Connection) -> rusqlite::Result<()> {
    let busy: i64 = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if busy == 0 {
        return Ok(());
    }
    let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY);
    Err(rusqlite::Error::SqliteFailure(code, Some("a reader holds the log".to_owned())))
}
