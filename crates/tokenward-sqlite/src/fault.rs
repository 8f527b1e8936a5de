//! What can go wrong with the file, in the words of [`BackendError`].

use rusqlite::ErrorCode;
use tokenward::{BackendError, BackendErrorKind};

/// `SQLITE_IOERR_SHMSIZE`: the index of the log could not grow, which only a full disk does.
const IOERR_SHMSIZE: i32 = 4_874;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// SQLite says so.
    #[error("{0}")]
    Sql(#[from] rusqlite::Error),
    /// Somebody was faster, or used the same name for something else.
    #[error("{0}")]
    Conflict(&'static str),
    /// A row cannot be what was written.
    #[error("a row of `{table}` does not read back: {why}")]
    Row {
        /// Where it stands.
        table: &'static str,
        /// What is wrong with it; holds no secret, because those are blobs.
        why: String,
    },
    /// Cannot happen.
    #[error("{0}")]
    Bug(&'static str),
}

impl Fault {
    pub(crate) fn row(table: &'static str, why: &(impl ToString + ?Sized)) -> Self {
        Self::Row { table, why: why.to_string() }
    }

    fn kind(&self) -> BackendErrorKind {
        match self {
            Self::Sql(error) => kind(error),
            Self::Conflict(_) => BackendErrorKind::Conflict,
            Self::Row { .. } => BackendErrorKind::Corrupt,
            Self::Bug(_) => BackendErrorKind::Bug,
        }
    }
}

impl From<Fault> for BackendError {
    fn from(fault: Fault) -> Self {
        Self::new(fault.kind(), fault.to_string())
    }
}

/// The kind of an error of SQLite.
pub(crate) fn kind(error: &rusqlite::Error) -> BackendErrorKind {
    use rusqlite::Error;

    match error {
        Error::SqliteFailure(failure, _) => match failure.code {
            ErrorCode::DiskFull => BackendErrorKind::Full,
            ErrorCode::SystemIoFailure if failure.extended_code == IOERR_SHMSIZE => {
                BackendErrorKind::Full
            }
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => BackendErrorKind::Corrupt,
            ErrorCode::ConstraintViolation => BackendErrorKind::Conflict,
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => BackendErrorKind::Locked,
            ErrorCode::SystemIoFailure
            | ErrorCode::CannotOpen
            | ErrorCode::OutOfMemory
            | ErrorCode::OperationInterrupted
            | ErrorCode::PermissionDenied
            | ErrorCode::ReadOnly => BackendErrorKind::Unavailable,
            _ => BackendErrorKind::Bug,
        },
        Error::FromSqlConversionFailure(..)
        | Error::InvalidColumnType(..)
        | Error::IntegralValueOutOfRange(..)
        | Error::Utf8Error(..) => BackendErrorKind::Corrupt,
        _ => BackendErrorKind::Bug,
    }
}
