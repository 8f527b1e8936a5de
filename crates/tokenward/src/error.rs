//! Errors that more than one crate speaks of.

use std::error::Error;
use std::fmt;

/// A store or a custody could not do what was asked: nobody's token is at fault.
///
/// The server answers 503 with `Retry-After`; nothing was half done.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct BackendError {
    kind: BackendErrorKind,
    #[source]
    source: Box<dyn Error + Send + Sync>,
}

impl BackendError {
    /// An error of `kind`, caused by `source`.
    pub fn new(kind: BackendErrorKind, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind, source: source.into() }
    }

    /// What kind of outage it is.
    #[must_use]
    pub const fn kind(&self) -> BackendErrorKind {
        self.kind
    }
}

/// The kinds of [`BackendError`], by what mends them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum BackendErrorKind {
    /// It did not answer, or not in time. Try again.
    Unavailable,
    /// There is no room to write. Free some.
    Full,
    /// What it holds is not what was written. Restore a backup.
    Corrupt,
    /// Somebody else holds it. Stop the other process, or wait.
    Locked,
    /// What was to be changed has changed meanwhile. Read it again and decide anew.
    Conflict,
    /// Cannot happen; please report it.
    Bug,
}

impl fmt::Display for BackendErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unavailable => "the back end is unavailable",
            Self::Full => "the back end has no room left",
            Self::Corrupt => "the back end's data is corrupt",
            Self::Locked => "the back end is locked by another process",
            Self::Conflict => "the data has changed meanwhile",
            Self::Bug => "the back end misbehaved",
        })
    }
}

/// Prints an error and all its causes on one line: `a: b: c`.
///
/// A `Display` of ours says its own part alone; the chain is printed here, at the rim.
///
/// ```
/// use tokenward::{BackendError, BackendErrorKind, ErrorChain};
///
/// let error = BackendError::new(BackendErrorKind::Full, "no space left on device");
/// let line = ErrorChain::new(&error).to_string();
/// assert_eq!(line, "the back end has no room left: no space left on device");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ErrorChain<'a>(&'a (dyn Error + 'static));

impl<'a> ErrorChain<'a> {
    /// The chain that begins with `error`.
    #[must_use]
    pub fn new(error: &'a (dyn Error + 'static)) -> Self {
        Self(error)
    }
}

impl fmt::Display for ErrorChain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}
