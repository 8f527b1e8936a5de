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
//! The carrier may lose, repeat, delay, reorder, change and invent. Whatever does not continue exactly
//! what is known leads to a new snapshot, and until it is there, what is known only grows older.
//!
//! **Invariant:** nothing is taken from a message before its signature, its kind and its issuer are
//! right.
//!
//! **Invariant:** revocations are taken from every frame of the feed, in order or not: they only ever
//! refuse more. That everything is known as of a time is taken from snapshots, and from heartbeats that
//! agree with what is known; never from a frame, behind which there may be another.

use std::collections::VecDeque;
use std::sync::Arc;

use tokenward::UnixTime;

use crate::feed::{BadMessage, FeedTrust, Frame, FrameHash, Heartbeat};
use crate::{Seq, View};

mod why;

#[cfg(test)]
mod tests;

pub use why::{NeedSnapshot, Why};

/// Applies a feed's messages to a [`View`].
#[derive(Debug)]
pub struct Follower {
    view: Arc<View>,
    trust: FeedTrust,
    /// How far everything is known; `None` before the first snapshot.
    known: Option<Position>,
    /// Why nothing can be followed just now.
    lost: Option<Why>,
    /// The last frames, so that one that is repeated can be told from another of the same number.
    recent: VecDeque<(Seq, FrameHash)>,
    key_set: Option<String>,
}

/// Everything up to the frame that ends with `last` is known, and `heard` is the latest time of any
/// message.
#[derive(Clone, Copy, Debug)]
struct Position {
    last: Seq,
    hash: Option<FrameHash>,
    heard: UnixTime,
}

impl Follower {
    /// A follower that keeps `view` up to date with the feed that `trust` is about. It begins by needing
    /// a snapshot.
    #[must_use]
    pub const fn new(view: Arc<View>, trust: FeedTrust) -> Self {
        let lost = Some(Why::Start);
        Self { view, trust, known: None, lost, recent: VecDeque::new(), key_set: None }
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
        match (self.known, self.lost) {
            (Some(Position { last, .. }), None) => Some(last),
            _ => None,
        }
    }

    /// The digest of the published key set, as the last heartbeat told it.
    #[must_use]
    pub fn key_set_digest(&self) -> Option<&str> {
        self.key_set.as_deref()
    }

    /// Puts the snapshot in the place of everything known, at once.
    ///
    /// One that is older than what is known, by number and by time, is refused: it came from a cache
    /// or a replay, and would un-revoke.
    pub fn on_snapshot(&mut self, bytes: &[u8]) -> Result<Progress, NeedSnapshot> {
        let (snapshot, body) = match self.trust.snapshot(bytes) {
            Ok(read) => read,
            Err(error) => return Err(self.refuse(&error)),
        };
        let (last, hash, time) = (snapshot.head, snapshot.head_hash, snapshot.time);
        if self.known.is_some_and(|known| last < known.last && time <= known.heard) {
            return Err(self.lose(Why::OldSnapshot));
        }
        if let Err(error) = self.view.import(snapshot.fingerprints.clone(), body, time) {
            return Err(self.lose(Why::Body(error)));
        }
        self.trust.learn(&snapshot);
        self.known = Some(Position { last, hash, heard: time });
        self.lost = None;
        self.recent.clear();
        self.remember(last, hash);
        Ok(Progress::Applied)
    }

    /// Takes the next frame, a compact JWS.
    pub fn on_frame(&mut self, jws: &[u8]) -> Result<Progress, NeedSnapshot> {
        let text = str::from_utf8(jws).map_err(|_| self.refuse(&BadMessage::NotSigned))?;
        let frame = match self.trust.frame(text) {
            Ok(frame) => frame,
            Err(error) => return Err(self.refuse(&error)),
        };
        let hash = FrameHash::of(text);
        let known = self.following();
        // What a frame repeats must be what is known. If it is not, the numbers have been given twice:
        // the store was set back to an older state.
        let is_news = |last: Seq, heard| {
            let mut items = frame.items.iter();
            items.any(|item| item.seq <= last && item.ends_at > heard && !self.view.knows(item))
        };
        let forked = known.is_ok_and(|Position { last, heard, .. }| is_news(last, heard));
        for item in &frame.items {
            self.view.insert_item(item);
        }
        let position = known?;
        let follows = if forked { Err(Why::Forked) } else { self.follows(&position, &frame, hash) };
        match follows {
            Err(why) => Err(self.lose(why)),
            Ok(false) => Ok(Progress::Nothing),
            Ok(true) => {
                let (last, heard) = (frame.seq_to, position.heard.max(frame.time));
                self.known = Some(Position { last, hash: Some(hash), heard });
                self.remember(last, Some(hash));
                Ok(Progress::Applied)
            }
        }
    }

    /// Takes a heartbeat, a compact JWS: before its time, nothing was revoked beyond its head.
    pub fn on_heartbeat(&mut self, jws: &[u8]) -> Result<Progress, NeedSnapshot> {
        let text = str::from_utf8(jws).map_err(|_| self.refuse(&BadMessage::NotSigned))?;
        let heartbeat = match self.trust.heartbeat(text) {
            Ok(heartbeat) => heartbeat,
            Err(error) => return Err(self.refuse(&error)),
        };
        let Position { last, hash, heard } = self.following()?;
        let Heartbeat { head, head_hash, time, keys, .. } = heartbeat;
        if self.went_back(heard, time) {
            return Err(self.lose(Why::TimeWentBack));
        }
        if head > last {
            return Err(self.lose(Why::Gap));
        }
        if head == last && head_hash != hash {
            return Err(self.lose(Why::Forked));
        }
        // A late one may name an older head; one that is newer than all we heard may not.
        if head < last && time > heard {
            return Err(self.lose(Why::HeadWentBack));
        }
        if time >= heard {
            self.key_set = keys.or_else(|| self.key_set.take());
        }
        self.known = Some(Position { last, hash, heard: heard.max(time) });
        if !self.view.advance(time) {
            return Ok(Progress::Nothing);
        }
        // By the feed's clock, not by ours: if ours were ahead for a moment, we would forget what is
        // still needed.
        self.view.expire(time);
        Ok(Progress::Applied)
    }

    /// The feed does not go back as far as to where we are: its beginning was forgotten.
    pub fn on_forgotten(&mut self) -> NeedSnapshot {
        self.lose(Why::Forgotten)
    }

    /// Whether `frame` goes on from `known`; `false` if it is known already.
    fn follows(&self, known: &Position, frame: &Frame, hash: FrameHash) -> Result<bool, Why> {
        let Position { last, hash: before, heard } = *known;
        if frame.seq_to <= last {
            let same = self.recent.iter().find(|(seq, _)| *seq == frame.seq_to);
            return if same.is_none_or(|(_, own)| *own == hash) {
                Ok(false)
            } else {
                Err(Why::Forked)
            };
        }
        if frame.seq_from > last.next() {
            return Err(Why::Gap);
        }
        // A frame of our chain begins where another ends, and names it.
        if frame.seq_from <= last || frame.prev != before {
            return Err(Why::Forked);
        }
        if self.went_back(heard, frame.time) { Err(Why::TimeWentBack) } else { Ok(true) }
    }

    fn following(&self) -> Result<Position, NeedSnapshot> {
        match (self.known, self.lost) {
            (Some(position), None) => Ok(position),
            (_, why) => Err(NeedSnapshot { why: why.unwrap_or(Why::Start) }),
        }
    }

    fn refuse(&mut self, error: &BadMessage) -> NeedSnapshot {
        self.lose(Why::of(error))
    }

    fn lose(&mut self, why: Why) -> NeedSnapshot {
        self.lost = Some(why);
        NeedSnapshot { why }
    }

    fn remember(&mut self, seq: Seq, hash: Option<FrameHash>) {
        if self.recent.len() >= RECENT {
            self.recent.pop_front();
        }
        self.recent.extend(hash.map(|hash| (seq, hash)));
    }

    // Messages that were made at the same time may change places, and clocks are set by small steps:
    // within the clocks' error that is no reason to fetch everything anew.
    fn went_back(&self, known: UnixTime, new: UnixTime) -> bool {
        known.since(new) > self.view.clock_error()
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

/// Five seconds of frames at their fastest. What is older is compared by what it says.
const RECENT: usize = 100;
