//! The store's handle: the way into the writer's queue and to the readers.

use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::Connection;
use tokenward::{BackendError, BackendErrorKind};
use tokio::sync::mpsc;

use crate::fault::Fault;
use crate::open::{self, OpenError};
use crate::readers::Readers;
use crate::value::{count, limit};
use crate::writer::{self, Call, Counters, Job, Tx, Writer, no_room};

/// Rows deleted by one command when pruning: a few milliseconds of the writer's time.
pub(crate) const SLICE: usize = 500;

/// How much of the machine a store may use.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Options {
    /// Connections that read.
    pub readers: usize,
    /// Commands that may wait for the writer; more are refused after `patience`.
    pub queue: usize,
    /// How long a command waits for its place in the queue.
    pub patience: Duration,
}

impl Default for Options {
    /// Two readers per core are plenty, because the file is in memory; a queue of 4096 is the work of a
    /// second.
    fn default() -> Self {
        Self { readers: 4, queue: 4_096, patience: Duration::from_secs(5) }
    }
}

/// How much has been written since the start.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Stats {
    /// Transactions made durable: fsyncs of the log.
    pub commits: u64,
    /// Commands that were in them.
    pub commands: u64,
}

/// Every store, in one SQLite file. Cloning it is cheap; the last clone closes the file.
#[derive(Clone)]
pub struct SqliteStore(Arc<Inner>);

struct Inner {
    /// `None` only while it is being dropped.
    queue: Option<mpsc::Sender<Box<dyn Job>>>,
    readers: Readers,
    counters: Arc<Counters>,
    patience: Duration,
    path: PathBuf,
    threads: Vec<JoinHandle<()>>,
    /// Given back last of all.
    _lock: File,
}

impl SqliteStore {
    /// Copies the store at `from` into the new file `to`, as of one moment, also while another process uses it:
    /// whoever only looks, looks at that.
    pub fn copy(from: impl AsRef<Path>, to: impl AsRef<Path>) -> Result<(), OpenError> {
        open::copy(from.as_ref(), to.as_ref())
    }

    /// Opens the file at `path`, or makes it. Blocks for as long as a start takes.
    pub fn open(path: impl AsRef<Path>, options: Options) -> Result<Self, OpenError> {
        let path = path.as_ref();
        let opened = open::open(path, options.readers.max(1))?;
        let (queue, commands) = mpsc::channel(options.queue.max(1));
        let (signal, signals) = sync_channel(1);
        let counters = Arc::new(Counters::default());
        let writer = Writer::new(opened.writer, commands, Arc::clone(&counters), signal);
        let checkpoint = {
            let counters = Arc::clone(&counters);
            move || keep_log_short(&opened.checkpointer, &signals, &counters)
        };
        let io = |source| OpenError::Io { path: path.to_owned(), source };
        let threads = vec![
            spawn("tokenward-writer", move || writer.run()).map_err(io)?,
            spawn("tokenward-log", checkpoint).map_err(io)?,
        ];
        Ok(Self(Arc::new(Inner {
            queue: Some(queue),
            readers: Readers::new(opened.readers),
            counters,
            patience: options.patience,
            path: path.to_owned(),
            threads,
            _lock: opened.lock,
        })))
    }

    /// How much has been written since the start.
    #[must_use]
    pub fn stats(&self) -> Stats {
        Stats {
            commits: self.0.counters.commits.load(Ordering::Relaxed),
            commands: self.0.counters.commands.load(Ordering::Relaxed),
        }
    }

    /// What keeps the store from being written to, with the mend: a disk that is full. While it is, each call has
    /// the writer try again, so that it is noticed when room is made.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        if !self.0.counters.is_full.load(Ordering::Relaxed) {
            return None;
        }
        let (job, _nobody_waits) = Call::queued(|tx| {
            let version: i32 = tx.query_row("PRAGMA user_version", [], |row| row.get(0))?;
            Ok(tx.pragma_update(None, "user_version", version)?)
        });
        // A queue that has no room has writes in it, which do as well.
        let _queued_or_full = self.0.queue.as_ref().map(|queue| queue.try_send(job));
        Some(no_room(&self.0.path))
    }

    /// Runs `work` in the writer's next transaction; answers once it is durable.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T, BackendError>
    where
        F: FnOnce(&Tx<'_>) -> Result<T, Fault> + Send + 'static,
        T: Send + 'static,
    {
        let unavailable = |why: &'static str| BackendError::new(BackendErrorKind::Unavailable, why);
        let (job, answer) = Call::queued(work);
        let Some(queue) = &self.0.queue else { return Err(unavailable("the store is closing")) };
        if queue.send_timeout(job, self.0.patience).await.is_err() {
            return Err(unavailable("the writer of the store is too busy"));
        }
        answer.await.unwrap_or_else(|_| Err(unavailable("the writer of the store has ended")))
    }

    /// Runs a statement that deletes up to `?2` rows older than `?1`, until it finds none; how many.
    ///
    /// Each slice is a command of its own, so that others get their turn between two.
    pub(crate) async fn delete_in_slices(
        &self,
        sql: &'static str,
        before: i64,
    ) -> Result<u64, BackendError> {
        let mut deleted = 0_u64;
        loop {
            let slice = self
                .write(move |tx| Ok(tx.prepare_cached(sql)?.execute((before, limit(SLICE)))?))
                .await?;
            deleted = deleted.saturating_add(count(slice));
            if slice < SLICE {
                return Ok(deleted);
            }
        }
    }

    /// Runs `work` in a read transaction.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T, BackendError>
    where
        F: FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
        T: Send + 'static,
    {
        // Both move into the work: it goes on even if whoever asked goes away.
        let permit = self.0.readers.permit(self.0.patience).await?;
        let inner = Arc::clone(&self.0);
        let work = move || {
            let result = inner.readers.run(work);
            drop(permit);
            result
        };
        match tokio::task::spawn_blocking(work).await {
            Ok(result) => Ok(result?),
            Err(_) => Err(Fault::Bug("a read of the store panicked").into()),
        }
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").field("stats", &self.stats()).finish_non_exhaustive()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // Closing the queue ends the writer, which ends the other thread.
        self.queue = None;
        for thread in self.threads.drain(..) {
            drop(thread.join());
        }
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> std::io::Result<JoinHandle<()>> {
    thread::Builder::new().name(name.to_owned()).spawn(work)
}

fn keep_log_short(conn: &Connection, signals: &Receiver<()>, counters: &Counters) {
    while signals.recv().is_ok() {
        match writer::checkpoint(conn) {
            Ok(pages) => counters.log_pages.store(pages, Ordering::Relaxed),
            Err(error) => tracing::warn!(%error, "the store cannot copy its log back"),
        }
    }
}
