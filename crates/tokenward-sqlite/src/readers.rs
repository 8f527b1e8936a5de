//! A few connections that only read, so that no reader waits for an fsync.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::Connection;
use tokenward::{BackendError, BackendErrorKind};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::fault::Fault;

/// The pool. A permit of the semaphore stands for one connection in the list.
pub(crate) struct Readers {
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    pub(crate) fn new(connections: Vec<Connection>) -> Self {
        let permits = Arc::new(Semaphore::new(connections.len()));
        Self { permits, idle: Mutex::new(connections) }
    }

    /// Waits for a connection, `patience` at most.
    pub(crate) async fn permit(
        &self,
        patience: Duration,
    ) -> Result<OwnedSemaphorePermit, BackendError> {
        let permit = Arc::clone(&self.permits).acquire_owned();
        match tokio::time::timeout(patience, permit).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) | Err(_) => Err(BackendError::new(
                BackendErrorKind::Unavailable,
                "every reader of the store is busy",
            )),
        }
    }

    /// Runs `work` in one read transaction, so that all it reads is of one instant. Blocks.
    pub(crate) fn run<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let conn = self.idle().pop().ok_or(Fault::Bug("a permit without a connection"))?;
        let lease = Lease { readers: self, conn: Some(conn) };
        let conn = lease.conn.as_ref().ok_or(Fault::Bug("an empty lease"))?;
        // Nothing is written, so dropping the transaction, which takes it back, ends it well.
        let _instant = conn.unchecked_transaction()?;
        work(conn)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that finds its way back whatever happens.
struct Lease<'a> {
    readers: &'a Readers,
    conn: Option<Connection>,
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take() {
            self.readers.idle().push(conn);
        }
    }
}
