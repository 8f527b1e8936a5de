//! The one script that writes, and what it answers.

use std::fmt;

use redis::{Cmd, FromRedisValue, ParsingError, Value};
use tokenward::{UnixTime, b64, crypto};
use tokenward_revocation::feed::FrameHash;
use tokenward_revocation::{SealedFrame, SealedHeartbeat, Seq};

use crate::layout::{Entry, Layout};

const PUBLISH: &str = include_str!("publish.lua");
const REHEARSE: &str = include_str!("rehearse.lua");

/// How long the stream keeps a frame: whoever was away for longer fetches a snapshot.
const KEEP_MS: u64 = 300_000;

/// What a call relies on.
#[derive(Clone, Debug)]
pub(crate) enum Mode {
    /// Everything up to this number is there.
    Next(Seq),
    /// The head is this very text, empty if there is none; what is written goes on from it.
    Set(String),
    /// The head is this very text, empty if there is none; what is written takes the place of whatever it
    /// says.
    Anew(String),
    /// Nothing: only rows are written.
    Rows,
}

/// What is written beside rows.
#[derive(Debug)]
pub(crate) struct Writing<'a> {
    pub(crate) mode: Mode,
    pub(crate) head: Seq,
    /// The time of the heartbeats, if there are any.
    pub(crate) time: Option<UnixTime>,
    /// A frame by which this store is known again.
    pub(crate) chain: Option<Chain>,
    pub(crate) frames: &'a [SealedFrame],
    pub(crate) heartbeats: &'a [SealedHeartbeat],
}

/// Which call of a writing that takes several: each finds that those before it are still there.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    /// Whose calls belong together.
    pub(crate) writing: String,
    pub(crate) before: usize,
}

/// A frame of the store's chain: whoever has it has this history.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Chain {
    pub(crate) last: Seq,
    pub(crate) hash: FrameHash,
}

/// What came of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Written {
    /// All is there.
    Done {
        /// With the heartbeats and their time, and not only later ones.
        told: bool,
    },
    /// Nothing was written: Redis lacks what this follows. Its head, empty if there is none.
    Behind(String),
    /// Nothing was written: Redis has more already.
    Ahead(String),
    /// Nothing was written: the head is another than was seen, or what was written before is not there.
    Moved(String),
}

impl Writing<'_> {
    /// Nothing beside rows.
    pub(crate) const fn of_rows() -> Self {
        Self {
            mode: Mode::Rows,
            head: Seq::ZERO,
            time: None,
            chain: None,
            frames: &[],
            heartbeats: &[],
        }
    }

    /// The call that also writes `rows`, with times to live counted from `now`.
    ///
    /// The script is sent each time: a server that has just become master does not know it by its
    /// digest, and a user who may run one script need not be allowed to load others.
    pub(crate) fn command(
        &self,
        layout: &Layout,
        rows: &[Entry],
        part: &Part,
        now: UnixTime,
    ) -> Cmd {
        let mut command = redis::cmd("EVAL");
        command.arg(PUBLISH).arg(rows.len().saturating_add(3));
        command.arg(layout.head()).arg(layout.feed()).arg(layout.mark(&part.writing));
        for row in rows {
            command.arg(&row.key);
        }
        match &self.mode {
            Mode::Next(after) => command.arg("next").arg(after.get()),
            Mode::Set(seen) => command.arg("set").arg(seen),
            Mode::Anew(seen) => command.arg("anew").arg(seen),
            Mode::Rows => command.arg("rows").arg(""),
        };
        let time = self.time.map(|time| time.as_millis().to_string()).unwrap_or_default();
        command.arg(self.head.get()).arg(time).arg(KEEP_MS);
        command.arg(self.frames.len()).arg(self.heartbeats.len()).arg(part.before);
        command.arg(self.chain.map(|chain| chain.to_string()).unwrap_or_default());
        for row in rows {
            // A duration rather than a moment, so that a server whose clock is ahead forgets nothing
            // too early.
            let left = row.ends_at.since(now).as_millis().max(1).to_string();
            command.arg(row.merge.as_str()).arg(&row.value).arg(left);
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

/// Everything that a writing needs to be allowed, done to keys of nobody's, of which nothing is left.
pub(crate) fn rehearsal(layout: &Layout) -> Cmd {
    let Part { writing, .. } = Part::first();
    let mut command = redis::cmd("EVAL");
    command
        .arg(REHEARSE)
        .arg(2)
        .arg(layout.mark(&writing))
        .arg(layout.mark(&format!("{writing}:other")));
    command
}

impl Part {
    /// The first call of a writing.
    pub(crate) fn first() -> Self {
        Self { writing: b64::encode(&crypto::random::<12>()), before: 0 }
    }
}

impl Chain {
    /// What stands in the head.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (last, hash) = text.split_once(' ')?;
        Some(Self { last: Seq::new(last.parse().ok()?), hash: hash.parse().ok()? })
    }
}

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.last, self.hash)
    }
}

impl FromRedisValue for Written {
    fn from_redis_value(value: Value) -> Result<Self, ParsingError> {
        let (what, head): (String, String) = redis::from_redis_value(value)?;
        match what.as_str() {
            "done" => Ok(Self::Done { told: false }),
            "told" => Ok(Self::Done { told: true }),
            "behind" => Ok(Self::Behind(head)),
            "ahead" => Ok(Self::Ahead(head)),
            "moved" => Ok(Self::Moved(head)),
            _ => Err(ParsingError::from(format!("the script answers `{what}`"))),
        }
    }
}
