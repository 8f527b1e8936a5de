//! The one script that writes, and what it answers.

use redis::{Cmd, FromRedisValue, ParsingError, Value};
use tokenward::UnixTime;
use tokenward_revocation::{SealedFrame, SealedHeartbeat, Seq};

use crate::layout::{Entry, Layout};

const PUBLISH: &str = include_str!("publish.lua");

/// How long the stream keeps a frame: whoever was away for longer fetches a snapshot.
const KEEP_MS: u64 = 300_000;

/// What a call relies on.
#[derive(Clone, Debug)]
pub(crate) enum Mode {
    /// Everything up to this number is there.
    Next(Seq),
    /// The head is this very text; empty if there is none.
    Set(String),
    /// Nothing: only rows are written.
    Rows,
}

/// What is written.
#[derive(Debug)]
pub(crate) struct Writing<'a> {
    pub(crate) mode: Mode,
    pub(crate) head: Seq,
    /// The time of the heartbeats, if there are any.
    pub(crate) time: Option<UnixTime>,
    pub(crate) entries: &'a [Entry],
    pub(crate) frames: &'a [SealedFrame],
    pub(crate) heartbeats: &'a [SealedHeartbeat],
}

/// What came of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Written {
    /// All is there.
    Done,
    /// Nothing was written: Redis lacks what this follows. Its head, empty if there is none.
    Behind(String),
    /// Nothing was written: Redis has more already.
    Ahead(String),
    /// Nothing was written: the head is another than was seen.
    Moved(String),
}

impl Writing<'_> {
    /// The call, with times to live counted from `now`.
    ///
    /// The script is sent each time: a server that has just become master does not know it by its
    /// digest, and a user who may run one script need not be allowed to load others.
    pub(crate) fn command(&self, layout: &Layout, now: UnixTime) -> Cmd {
        let mut command = redis::cmd("EVAL");
        command.arg(PUBLISH).arg(self.entries.len().saturating_add(2));
        command.arg(layout.head()).arg(layout.feed());
        for entry in self.entries {
            command.arg(&entry.key);
        }
        match &self.mode {
            Mode::Next(after) => command.arg("next").arg(after.get()),
            Mode::Set(seen) => command.arg("set").arg(seen),
            Mode::Rows => command.arg("rows").arg(""),
        };
        let time = self.time.map(|time| time.as_millis().to_string()).unwrap_or_default();
        command.arg(self.head.get()).arg(time).arg(KEEP_MS);
        command.arg(self.frames.len()).arg(self.heartbeats.len());
        for entry in self.entries {
            // A duration rather than a moment, so that a server whose clock is ahead forgets nothing
            // too early.
            let left = entry.ends_at.since(now).as_millis().max(1).to_string();
            command.arg(entry.merge.as_str()).arg(&entry.value).arg(left);
        }
        for frame in self.frames {
            command.arg(frame.audience.as_str()).arg(frame.seq_to.get()).arg(&*frame.message);
        }
        for beat in self.heartbeats {
            command.arg(beat.audience.as_str()).arg(&*beat.message);
        }
        command
    }
}

impl FromRedisValue for Written {
    fn from_redis_value(value: Value) -> Result<Self, ParsingError> {
        let (what, head): (String, String) = redis::from_redis_value(value)?;
        match what.as_str() {
            "done" => Ok(Self::Done),
            "behind" => Ok(Self::Behind(head)),
            "ahead" => Ok(Self::Ahead(head)),
            "moved" => Ok(Self::Moved(head)),
            _ => Err(ParsingError::from(format!("the script answers `{what}`"))),
        }
    }
}
