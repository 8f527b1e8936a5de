//! Following a feed: what to do with each message, without any I/O.
//!
//! ```text
//!            ┌── frame that continues, heartbeat that agrees ──┐
//!            ▼                                                 │
//! start ──snapshot──▶ following ───────────────────────────────┘
//!            ▲            │
//!            └─ snapshot ─┴── anything else ──▶ needs a snapshot
//! ```
//!
//! The carrier may lose, repeat, delay and reorder. Whatever does not continue exactly what is known
//! leads to a new snapshot, and until it is there, what is known only grows older.
//!
//! **Invariant:** revocations are taken from every message that can be read, in order or not: they
//! only ever refuse more. That everything is known as of a time is taken from snapshots, and from
//! heartbeats that agree with what is known; never from a frame, behind which there may be another.

use std::fmt;
use std::sync::Arc;

use tokenward::UnixTime;

use crate::feed::{Frame, Heartbeat, Snapshot};
use crate::{Seq, View};

#[cfg(test)]
mod tests;

/// Applies a feed's messages to a [`View`].
#[derive(Debug)]
pub struct Follower {
    view: Arc<View>,
    state: State,
}

impl Follower {
    /// A follower that keeps `view` up to date. It begins by needing a snapshot.
    #[must_use]
    pub const fn new(view: Arc<View>) -> Self {
        Self { view, state: State::Lost { why: Why::Start, last: None } }
    }

    /// The view that it keeps.
    #[must_use]
    pub const fn view(&self) -> &Arc<View> {
        &self.view
    }

    /// The number up to which everything is known: the `Last-Event-ID` from which a feed is to
    /// continue. `None` if only a snapshot helps.
    #[must_use]
    pub const fn position(&self) -> Option<Seq> {
        match self.state {
            State::Following(Position { last, .. }) => Some(last),
            State::Lost { .. } => None,
        }
    }

    /// Puts the snapshot in the place of everything known, at once.
    ///
    /// One that is older than what is known, by number and by time, is refused: it came from a cache
    /// or a replay, and would un-revoke.
    pub fn on_snapshot(&mut self, snapshot: Snapshot) -> Result<Progress, NeedSnapshot> {
        if snapshot.audience != *self.view.audience() {
            return self.lose(Why::WrongAudience);
        }
        let Snapshot { head, time, fingerprints, items, .. } = snapshot;
        if self.last().is_some_and(|known| head < known.last && time <= known.heard) {
            return self.lose(Why::OldSnapshot);
        }
        self.view.replace(fingerprints, &items, time);
        self.state = State::Following(Position { last: head, heard: time });
        Ok(Progress::Applied)
    }

    /// Takes the next frame.
    pub fn on_frame(&mut self, frame: &Frame) -> Result<Progress, NeedSnapshot> {
        let Position { last, heard } = self.following(|| apply(&self.view, frame))?;
        // What a frame repeats must be what is known. If it is not, the numbers have been given twice:
        // the store was set back to an older state.
        let repeats = frame
            .items
            .iter()
            .all(|item| item.seq > last || item.ends_at <= heard || self.view.knows(item));
        apply(&self.view, frame);
        if !repeats {
            return self.lose(Why::Forked);
        }
        if frame.seq_to <= last {
            return Ok(Progress::Nothing);
        }
        if frame.seq_from > last.next() {
            return self.lose(Why::Gap);
        }
        if self.went_back(heard, frame.time) {
            return self.lose(Why::TimeWentBack);
        }
        let heard = heard.max(frame.time);
        self.state = State::Following(Position { last: frame.seq_to, heard });
        Ok(Progress::Applied)
    }

    /// Takes a heartbeat: before its time, nothing was revoked beyond its head.
    pub fn on_heartbeat(&mut self, heartbeat: &Heartbeat) -> Result<Progress, NeedSnapshot> {
        let Position { last, heard } = self.following(|| ())?;
        let Heartbeat { head, time, .. } = *heartbeat;
        if self.went_back(heard, time) {
            return self.lose(Why::TimeWentBack);
        }
        if head > last {
            return self.lose(Why::Gap);
        }
        // A late one may name an older head; one that is newer than all we heard may not.
        if head < last && time > heard {
            return self.lose(Why::HeadWentBack);
        }
        self.state = State::Following(Position { last, heard: heard.max(time) });
        if !self.view.advance(time) {
            return Ok(Progress::Nothing);
        }
        // By the feed's clock, not by ours: if ours were ahead for a moment, we would forget what is
        // still needed.
        self.view.expire(time);
        Ok(Progress::Applied)
    }

    /// What could not be read may have been a revocation.
    pub fn on_unreadable(&mut self) -> NeedSnapshot {
        self.state = State::Lost { why: Why::Unreadable, last: self.last() };
        NeedSnapshot { why: Why::Unreadable }
    }

    fn following(&self, otherwise: impl FnOnce()) -> Result<Position, NeedSnapshot> {
        match self.state {
            State::Following(position) => Ok(position),
            State::Lost { why, .. } => {
                otherwise();
                Err(NeedSnapshot { why })
            }
        }
    }

    fn lose(&mut self, why: Why) -> Result<Progress, NeedSnapshot> {
        self.state = State::Lost { why, last: self.last() };
        Err(NeedSnapshot { why })
    }

    // Messages that were made at the same time may change places, and clocks are set by small steps:
    // within the clocks' error that is no reason to fetch everything anew.
    fn went_back(&self, known: UnixTime, new: UnixTime) -> bool {
        known.since(new) > self.view.clock_error()
    }

    const fn last(&self) -> Option<Position> {
        match self.state {
            State::Following(position) => Some(position),
            State::Lost { last, .. } => last,
        }
    }
}

/// What a message changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Progress {
    /// The view knows more, or is fresher.
    Applied,
    /// It was known already.
    Nothing,
}

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
    /// A number was given twice: the store was set back, and has gone on since.
    Forked,
    /// The feed's time went back by more than the clocks may differ.
    TimeWentBack,
    /// A message could not be understood.
    Unreadable,
    /// The snapshot is older than what is known already.
    OldSnapshot,
    /// The snapshot is another audience's.
    WrongAudience,
}

impl Why {
    /// A label for metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Gap => "gap",
            Self::HeadWentBack => "head_went_back",
            Self::Forked => "forked",
            Self::TimeWentBack => "time_went_back",
            Self::Unreadable => "unreadable",
            Self::OldSnapshot => "old_snapshot",
            Self::WrongAudience => "wrong_audience",
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Start => "nothing is known yet",
            Self::Gap => "messages are missing",
            Self::HeadWentBack => "the store was set back",
            Self::Forked => "the store was set back and has gone on since",
            Self::TimeWentBack => "the feed's time went back",
            Self::Unreadable => "a message could not be understood",
            Self::OldSnapshot => "the snapshot is older than what is known",
            Self::WrongAudience => "the snapshot is another audience's",
        })
    }
}

/// Everything up to the number `last` is known, and `heard` is the latest time of any message.
#[derive(Clone, Copy, Debug)]
struct Position {
    last: Seq,
    heard: UnixTime,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Following(Position),
    Lost { why: Why, last: Option<Position> },
}

fn apply(view: &View, frame: &Frame) {
    for item in &frame.items {
        view.insert_item(item);
    }
}
