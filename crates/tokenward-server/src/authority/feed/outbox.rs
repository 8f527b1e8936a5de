//! What a [`Carrier`] is handed: rows as soon as they are known, frames once they are stored.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokenward::{Audience, UnixTime};
use tokenward_revocation::{
    Carrier, Outgoing, Revocation, SealedFrame, SealedHeartbeat, Seq, StoredFrame,
};

/// Gathers what was not handed over yet.
pub(super) struct Outbox {
    carrier: Arc<dyn Carrier>,
    waiting: Mutex<Waiting>,
}

struct Waiting {
    /// The number up to which everything was handed over…
    told: Seq,
    /// …and the one up to which `rows` go.
    head: Seq,
    /// When the store was read up to `head`.
    time: UnixTime,
    rows: Vec<Revocation>,
    /// They may tell of rows that were handed over before: a frame is signed and stored in between.
    frames: Vec<SealedFrame>,
}

impl Outbox {
    /// Everything up to `head`, as read at `time`, is known where `carrier` leads to, or found out there.
    pub(super) fn new(carrier: Arc<dyn Carrier>, head: Seq, time: UnixTime) -> Self {
        let (rows, frames) = (Vec::new(), Vec::new());
        let waiting = Waiting { told: head, head, time, rows, frames };
        Self { carrier, waiting: Mutex::new(waiting) }
    }

    pub(super) fn take(&self, rows: Vec<Revocation>, head: Seq, time: UnixTime) {
        let mut waiting = self.waiting();
        waiting.rows.extend(rows);
        (waiting.head, waiting.time) = (head, time);
    }

    pub(super) fn add_frame(&self, audience: &Audience, frame: &StoredFrame) {
        self.waiting().frames.push(SealedFrame {
            audience: audience.clone(),
            seq_from: frame.seq_from,
            seq_to: frame.seq_to,
            message: frame.jws.as_str().into(),
        });
    }

    /// How far its rows go. Whoever cuts frames asks before: what is read meanwhile stays here until the next
    /// time, because no row may arrive ahead of its frame.
    pub(super) fn head(&self) -> Seq {
        self.waiting().head
    }

    /// Sends the frames, and the rows up to `head`.
    pub(super) fn send_new(&self, head: Seq) {
        let mut waiting = self.waiting();
        if waiting.told < head || !waiting.frames.is_empty() {
            let time = waiting.time;
            self.send(&mut waiting, head, time, Vec::new());
        }
    }

    /// As [`Self::send_new`], with `heartbeats` as of `time`.
    pub(super) fn send_heartbeats(
        &self,
        head: Seq,
        time: UnixTime,
        heartbeats: Vec<SealedHeartbeat>,
    ) {
        self.send(&mut self.waiting(), head, time, heartbeats);
    }

    fn send(
        &self,
        waiting: &mut Waiting,
        head: Seq,
        time: UnixTime,
        heartbeats: Vec<SealedHeartbeat>,
    ) {
        let after = waiting.told;
        let head = head.max(after);
        let later = waiting.rows.partition_point(|row| row.seq <= head);
        let later = waiting.rows.split_off(later);
        let rows = std::mem::replace(&mut waiting.rows, later).into();
        let frames = std::mem::take(&mut waiting.frames);
        waiting.told = head;
        self.carrier.carry(Outgoing { after, head, time, rows, frames, heartbeats });
    }

    // Nothing panics while it holds this lock, and each change of what it guards is whole by itself.
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
