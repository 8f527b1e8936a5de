//! How the chain of an audience's frames grows.
//!
//! **Invariant:** a frame is sent after the store holds it, and only the bytes that the store holds. Of
//! several replicas that cut the same numbers one wins; the others send what it has cut.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokenward::{Audience, BackendError, BackendErrorKind, UnixTime};
use tokenward_revocation::feed::{FRAME_ITEMS, FeedSigner, Frame, FrameHash, Item};
use tokenward_revocation::{Fingerprints, FrameStore, Revocation, Seq, StoredFrame, View};
use tokio::sync::broadcast;

use super::{BACKLOG, Feed, FeedParts, Hub, PAGE, Seats, Snapshots, bug, event_of};

/// The end of a chain.
pub(super) struct Chain {
    last: Seq,
    hash: Option<FrameHash>,
}

impl Chain {
    /// The last number of its last frame, zero before the first, and the hash of that frame.
    pub(super) const fn head(&self) -> (Seq, Option<FrameHash>) {
        (self.last, self.hash)
    }

    fn of(last: Option<&StoredFrame>) -> Self {
        match last {
            Some(frame) => Self { last: frame.seq_to, hash: Some(FrameHash::of(&frame.jws)) },
            None => Self { last: Seq::ZERO, hash: None },
        }
    }
}

/// What is in no frame yet.
#[derive(Default)]
pub(super) struct Pending(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    items: Vec<Item>,
    /// The number up to which everything was read.
    head: Seq,
}

impl Pending {
    pub(super) fn is_empty(&self) -> bool {
        self.waiting().items.is_empty()
    }

    pub(super) fn add<'a>(
        &self,
        rows: impl Iterator<Item = &'a Revocation>,
        fingerprints: &Fingerprints,
        head: Seq,
    ) {
        let mut waiting = self.waiting();
        waiting.items.extend(rows.map(|row| Item::of(row, fingerprints)));
        waiting.head = head;
    }

    /// The items of the next frame behind `last`, and the last number that it covers. They stay here until
    /// a frame holds them.
    fn next(&self, last: Seq) -> Option<(Vec<Item>, Seq)> {
        let mut waiting = self.waiting();
        waiting.items.retain(|item| item.seq > last);
        let items: Vec<_> = waiting.items.iter().take(FRAME_ITEMS).cloned().collect();
        let end = items.last()?.seq;
        let all = items.len() == waiting.items.len();
        Some((items, if all { waiting.head.max(end) } else { end }))
    }

    // Nothing panics while it holds this lock, and each change of what it guards is whole by itself.
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hub {
    /// Puts everything that is pending into frames, stores them and sends them.
    pub(super) async fn extend(&self, feed: &Feed, chain: &mut Chain) -> Result<(), BackendError> {
        while let Some((items, seq_to)) = feed.pending.next(chain.last) {
            let frame = Frame {
                issuer: feed.signer.issuer().clone(),
                seq_from: chain.last.next(),
                seq_to,
                time: self.clock.now(),
                prev: chain.hash,
                items,
            };
            let stored = feed.sign(&frame)?;
            match self.frames.append_frame(&feed.audience, chain.last, stored.clone()).await {
                Ok(()) => self.sent(feed, chain, &stored),
                Err(error) if error.kind() == BackendErrorKind::Conflict => {
                    self.adopt(feed, chain).await?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn sent(&self, feed: &Feed, chain: &mut Chain, frame: &StoredFrame) {
        *chain = Chain::of(Some(frame));
        feed.send(&event_of(frame));
        if let Some(outbox) = &self.outbox {
            outbox.add_frame(&feed.audience, frame);
        }
    }

    /// Sends what another replica has cut.
    async fn adopt(&self, feed: &Feed, chain: &mut Chain) -> Result<(), BackendError> {
        let mut any = false;
        loop {
            let frames = self.frames.frames_since(&feed.audience, chain.last, PAGE).await?;
            let whole = frames.len() < PAGE;
            for frame in &frames {
                any = true;
                self.sent(feed, chain, frame);
            }
            if whole && any {
                return Ok(());
            }
            if whole {
                let why =
                    "the chain of frames was set back while the authority runs; start it again";
                return Err(BackendError::new(BackendErrorKind::Corrupt, why));
            }
        }
    }
}

impl Feed {
    /// Goes on from the end of the stored chain. What was committed and is in no frame, because we died in
    /// between, is pending.
    pub(super) async fn open(
        (audience, fingerprints, signer): FeedParts,
        frames: &dyn FrameStore,
        (head, now): (Seq, UnixTime),
        live: &[Revocation],
        seats: usize,
    ) -> Result<Self, BackendError> {
        let view = Arc::new(View::local_under(audience.clone(), fingerprints.clone()));
        let (events, _) = broadcast::channel(BACKLOG);
        let seats = Seats::new(seats);
        let (pending, mut chain) =
            (Pending::default(), Chain::of(frames.last_frame(&audience).await?.as_ref()));
        let own = || live.iter().filter(|row| row.concerns(&audience));
        own().for_each(|row| view.insert(row));
        if chain.hash.is_none() && head > Seq::ZERO {
            // The first frame of all stands at the head, where nobody can have come from: what was
            // revoked before it, snapshots hold.
            let items = own().filter(|row| row.seq == head).map(|row| Item::of(row, &fingerprints));
            let frame = Frame {
                issuer: signer.issuer().clone(),
                seq_from: head,
                seq_to: head,
                time: now,
                prev: None,
                items: items.collect(),
            };
            chain = begin(&audience, frames, &signed(&signer, &frame)?).await?;
        }
        pending.add(own().filter(|row| row.seq > chain.last), &fingerprints, head);
        let chain = tokio::sync::Mutex::new(chain);
        let snapshots = Snapshots::default();
        Ok(Self { audience, view, fingerprints, signer, pending, chain, events, seats, snapshots })
    }

    fn sign(&self, frame: &Frame) -> Result<StoredFrame, BackendError> {
        signed(&self.signer, frame)
    }
}

async fn begin(
    audience: &Audience,
    frames: &dyn FrameStore,
    first: &StoredFrame,
) -> Result<Chain, BackendError> {
    match frames.append_frame(audience, Seq::ZERO, first.clone()).await {
        Ok(()) => Ok(Chain::of(Some(first))),
        // Another replica was faster.
        Err(error) if error.kind() == BackendErrorKind::Conflict => {
            Ok(Chain::of(frames.last_frame(audience).await?.as_ref()))
        }
        Err(error) => Err(error),
    }
}

fn signed(signer: &FeedSigner, frame: &Frame) -> Result<StoredFrame, BackendError> {
    let jws = signer.frame(frame).map_err(bug)?;
    let last_end = frame.items.iter().map(|item| item.ends_at).max().unwrap_or_default();
    let ends_at = last_end.max(frame.time.saturating_add(KEPT));
    Ok(StoredFrame { seq_from: frame.seq_from, seq_to: frame.seq_to, ends_at, jws })
}

/// Who was away for less finds every frame: longer than a follower stays without showing its credential.
const KEPT: Duration = Duration::from_secs(1_200);
