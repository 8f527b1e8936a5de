//! Why a feed cannot be followed just now.

use std::fmt;

use crate::BadBody;
use crate::feed::BadMessage;

/// The feed cannot be followed any further: fetch a snapshot.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the revocation feed cannot be followed without a snapshot: {why}")]
#[non_exhaustive]
pub struct NeedSnapshot {
    /// Why not.
    pub why: Why,
}

/// Why a follower needs a snapshot.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Why {
    /// It has just started.
    Start,
    /// Numbers are missing.
    Gap,
    /// The store's head is lower than what was received from it: it was set back.
    HeadWentBack,
    /// Two frames have one number, or one does not name the frame before: the store was set back, and
    /// has gone on since.
    Forked,
    /// The feed's time went back by more than the clocks may differ.
    TimeWentBack,
    /// A message could not be understood.
    Unreadable,
    /// A message is not signed by a key that is trusted, or was changed on its way, or is another kind
    /// of message.
    Forged,
    /// A message is of the feed of another issuer or audience.
    Foreign,
    /// The body of a snapshot is not the one that was signed.
    CutShort,
    /// The body of a snapshot is the one that was signed, and cannot be taken.
    Body(BadBody),
    /// The snapshot is older than what is known already.
    OldSnapshot,
    /// The frames from here on were forgotten by whoever sends.
    Forgotten,
}

impl Why {
    pub(super) const fn of(error: &BadMessage) -> Self {
        match error {
            BadMessage::NotSigned
            | BadMessage::OtherKind { .. }
            | BadMessage::UnknownKey
            | BadMessage::Forged => Self::Forged,
            BadMessage::Foreign { .. } => Self::Foreign,
            BadMessage::Unreadable { .. } | BadMessage::OutOfRange => Self::Unreadable,
            BadMessage::CutShort => Self::CutShort,
        }
    }

    /// A label for metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Gap => "gap",
            Self::HeadWentBack => "head_went_back",
            Self::Forked => "forked",
            Self::TimeWentBack => "time_went_back",
            Self::Body(BadBody::TooLarge) => "too_large",
            Self::Unreadable | Self::Body(_) => "unreadable",
            Self::Forged => "forged",
            Self::Foreign => "foreign",
            Self::CutShort => "cut_short",
            Self::OldSnapshot => "old_snapshot",
            Self::Forgotten => "forgotten",
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Body(error) => return error.fmt(f),
            Self::Start => "nothing is known yet",
            Self::Gap => "messages are missing",
            Self::HeadWentBack => "the store was set back",
            Self::Forked => "the store was set back and has gone on since",
            Self::TimeWentBack => "the feed's time went back",
            Self::Unreadable => "a message could not be understood",
            Self::Forged => {
                "a message is not signed by a feed key that is trusted; if the feed key was changed, pin \
                 the new one"
            }
            Self::Foreign => "it is the feed of another issuer or audience",
            Self::CutShort => "the snapshot is cut short or was changed",
            Self::OldSnapshot => "the snapshot is older than what is known",
            Self::Forgotten => "the authority has forgotten the frames that would follow",
        })
    }
}
