//! Why a feed is not being followed.

use std::time::Duration;

use tokenward::BackendError;
use tokenward_revocation::NeedSnapshot;

use crate::http::FetchError;
use crate::sse::TooLong;

/// Why a feed is not being followed just now.
#[derive(Debug, thiserror::Error)]
pub(super) enum FeedError {
    #[error("the snapshot of revocations could not be fetched")]
    Snapshot(#[source] FetchError),
    #[error("the stream of revocations could not be opened or broke")]
    Stream(#[source] FetchError),
    #[error(transparent)]
    Lost(NeedSnapshot),
    #[error("no message for {:.1} s", wait.as_secs_f64())]
    Silent { wait: Duration },
    #[error("the source of the feed fails; the authority is followed meanwhile")]
    Source(#[source] BackendError),
    #[error(
        "the source of the feed has had no message for {:.1} s; the authority is followed meanwhile",
        wait.as_secs_f64()
    )]
    SourceSilent { wait: Duration },
    #[error("the authority ended the stream")]
    Closed,
    #[error(transparent)]
    TooLong(TooLong),
    #[error("the snapshot was not applied because the program is ending")]
    Stopped,
}

impl FeedError {
    pub(super) const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Snapshot(error) | Self::Stream(error) => error.retry_after(),
            _ => None,
        }
    }

    pub(super) const fn is_of_source(&self) -> bool {
        matches!(self, Self::Source(_) | Self::SourceSilent { .. })
    }

    pub(super) const fn label(&self) -> &'static str {
        match self {
            Self::Snapshot(_) => "snapshot",
            Self::Stream(_) => "stream",
            Self::Lost(NeedSnapshot { why, .. }) => why.as_str(),
            Self::Silent { .. } => "silent",
            Self::Source(_) => "source",
            Self::SourceSilent { .. } => "source_silent",
            Self::Closed => "closed",
            Self::TooLong(_) => "too_long",
            Self::Stopped => "stopped",
        }
    }
}
