//! The revocation feed: from the store to the local views and to everybody who follows.
//!
//! ```text
//! a commit ──catch_up──▶ RevocationStore::since ──▶ local View of each audience, at once
//!                                               └─▶ pending ──cut──▶ Frame ──▶ followers (SSE)
//! once a second ────────────────────────────────────────▶ Heartbeat ──▶ followers
//! ```
//!
//! What followers are told is handed to a [`Carrier`] too, if there is one: the same bytes.
//!
//! **Invariants.** What goes out was read from the store, so it is durable. The time in a message was
//! read from the clock before the store was. Frames of one audience follow one another without a gap,
//! and a follower joins between two of them, never inside one.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use tokenward::{Audience, BackendError, Clock, UnixTime};
use tokenward_revocation::feed::{
    EVENT_FRAME, EVENT_HEARTBEAT, FRAME_ITEMS, Frame, Heartbeat, Snapshot,
};
use tokenward_revocation::{
    Carrier, Fingerprints, Outgoing, Revocation, RevocationStore, SealedFrame, SealedHeartbeat,
    Seq, View,
};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore, broadcast};

/// How many events a slow follower may lag behind before it has to come back and ask again.
const BACKLOG: usize = 256;

/// Spreads revocations from the store, one chain of frames per audience.
pub(super) struct Hub {
    store: Arc<dyn RevocationStore>,
    clock: Arc<dyn Clock>,
    feeds: BTreeMap<Audience, Feed>,
    carrier: Option<Arc<dyn Carrier>>,
    state: Mutex<State>,
    /// When the store was last read, in milliseconds.
    read_at: AtomicU64,
    /// Tickets drawn by those who want everything committed so far to be spread…
    asked: AtomicU64,
    /// …and the last ticket of which that is true.
    served: AtomicU64,
}

/// How far the feed is.
struct State {
    /// The number up to which the views know everything…
    head: Seq,
    /// …and the one up to which followers have been told.
    told: Seq,
    /// When the store was read up to `head`.
    time: UnixTime,
    /// What lies between the two. A frame carries many, so that a thousand logouts in a second are
    /// twenty frames.
    pending: Vec<Revocation>,
}

struct Feed {
    view: Arc<View>,
    fingerprints: Fingerprints,
    events: broadcast::Sender<Bytes>,
    seats: Arc<Semaphore>,
}

/// A follower's place in a feed: what it missed, then what happens.
pub(super) struct Following {
    /// The number after which the follower goes on.
    pub(super) after: Seq,
    /// The number up to which it has to be brought, before `events` go on from there.
    pub(super) head: Seq,
    /// What happens from now on.
    pub(super) events: broadcast::Receiver<Bytes>,
    /// Its seat, given back when it leaves.
    pub(super) _seat: OwnedSemaphorePermit,
}

impl Hub {
    /// The hub of these audiences, which knows everything that is live at this moment.
    pub(super) async fn open(
        store: Arc<dyn RevocationStore>,
        clock: Arc<dyn Clock>,
        audiences: impl IntoIterator<Item = (Audience, Fingerprints)>,
        carrier: Option<Arc<dyn Carrier>>,
        seats: usize,
    ) -> Result<Self, BackendError> {
        let feed = |(audience, fingerprints): (Audience, Fingerprints)| {
            let view = Arc::new(View::local(audience.clone()));
            let (events, _) = broadcast::channel(BACKLOG);
            (audience, Feed { view, fingerprints, events, seats: Arc::new(Semaphore::new(seats)) })
        };
        let feeds: BTreeMap<_, _> = audiences.into_iter().map(feed).collect();
        let now = clock.now();
        let (head, live) = store.live(now).await?;
        for feed in feeds.values() {
            for revocation in &live {
                feed.view.insert(revocation);
            }
        }
        let (asked, served) = Default::default();
        let state = State { head, told: head, time: now, pending: Vec::new() };
        let (state, read_at) = (Mutex::new(state), AtomicU64::new(now.as_millis()));
        Ok(Self { store, clock, feeds, carrier, state, read_at, asked, served })
    }

    /// The local view of `audience`.
    pub(super) fn view(&self, audience: &Audience) -> Option<&Arc<View>> {
        self.feeds.get(audience).map(|feed| &feed.view)
    }

    /// When the store was last read.
    pub(super) fn read_at(&self) -> UnixTime {
        UnixTime::from_millis(self.read_at.load(Ordering::Relaxed))
    }

    /// Lets the views know everything that was committed before this call. Callers share the work.
    pub(super) async fn catch_up(&self) -> Result<(), BackendError> {
        let ticket = self.asked.fetch_add(1, Ordering::AcqRel).saturating_add(1);
        let mut state = self.state.lock().await;
        if self.served.load(Ordering::Acquire) >= ticket {
            return Ok(());
        }
        // Whoever drew a ticket up to here has committed before we read.
        let covers = self.asked.load(Ordering::Acquire);
        self.read(&mut state).await?;
        self.served.store(covers, Ordering::Release);
        Ok(())
    }

    async fn read(&self, state: &mut State) -> Result<(), BackendError> {
        loop {
            let time = self.clock.now();
            let rows = self.store.since(state.head, FRAME_ITEMS).await?;
            self.read_at.store(time.as_millis(), Ordering::Relaxed);
            state.time = time;
            let Some(last) = rows.last().map(|row| row.seq) else { return Ok(()) };
            for feed in self.feeds.values() {
                for row in &rows {
                    feed.view.insert(row);
                }
            }
            if state.pending.len().saturating_add(rows.len()) > FRAME_ITEMS {
                self.tell(state);
            }
            state.head = last;
            let more = rows.len() == FRAME_ITEMS;
            state.pending.extend(rows);
            if !more {
                return Ok(());
            }
        }
    }

    /// Tells the followers what the views have learned since the last time.
    pub(super) async fn cut(&self) {
        self.tell(&mut *self.state.lock().await);
    }

    fn tell(&self, state: &mut State) {
        let State { head, told, time, pending } = state;
        if told >= head {
            return;
        }
        let mut frames = Vec::new();
        for (audience, feed) in &self.feeds {
            let message = frame(audience, feed, *told, *head, *time, pending);
            feed.send(&event(EVENT_FRAME, Some(*head), &message));
            frames.push(SealedFrame {
                audience: audience.clone(),
                seq_from: told.next(),
                seq_to: *head,
                message: message.into(),
            });
        }
        let rows = std::mem::take(pending);
        if let Some(carrier) = &self.carrier {
            let (rows, heartbeats) = (rows.into(), Vec::new());
            carrier.carry(Outgoing {
                after: *told,
                head: *head,
                time: *time,
                rows,
                frames,
                heartbeats,
            });
        }
        *told = *head;
    }

    /// Tells every follower how far the feed is; `keys` gives the digest of an audience's key set.
    ///
    /// If the store cannot be read there is no heartbeat, and followers notice that they grow old.
    pub(super) async fn beat(
        &self,
        keys: impl Fn(&Audience) -> Option<String>,
    ) -> Result<(), BackendError> {
        let time = self.clock.now();
        let stored = self.store.head().await?;
        let mut state = self.state.lock().await;
        self.read(&mut state).await?;
        // What is missing up to the store's head has been pruned, so it no longer matters.
        state.head = state.head.max(stored);
        self.tell(&mut state);
        let mut heartbeats = Vec::new();
        for (audience, feed) in &self.feeds {
            feed.view.expire(time);
            let beat = Heartbeat::new(state.head, time);
            let beat = match keys(audience) {
                Some(digest) => beat.with_keys(digest),
                None => beat,
            };
            let message = beat.to_json();
            feed.send(&event(EVENT_HEARTBEAT, None, &message));
            heartbeats
                .push(SealedHeartbeat { audience: audience.clone(), message: message.into() });
        }
        if let Some(carrier) = &self.carrier {
            let (after, head, rows) = (state.head, state.head, Arc::default());
            let frames = Vec::new();
            carrier.carry(Outgoing { after, head, time, rows, frames, heartbeats });
        }
        Ok(())
    }

    /// Everything that is live for `audience`, as JSON; `None` if there is no such audience.
    pub(super) async fn snapshot(
        &self,
        audience: &Audience,
    ) -> Result<Option<String>, BackendError> {
        let Some(feed) = self.feeds.get(audience) else { return Ok(None) };
        let time = self.clock.now();
        let (head, live) = self.store.live(time).await?;
        // A follower that goes on from here must not find the feed behind its snapshot.
        self.catch_up().await?;
        Ok(Some(Snapshot::of(audience, head, time, &feed.fingerprints, &live).to_json()))
    }

    /// A place in the feed of `audience` after the number `after`, or after what is known now.
    pub(super) async fn follow(
        &self,
        audience: &Audience,
        after: Option<Seq>,
    ) -> Result<Option<Following>, NoSeat> {
        let Some(feed) = self.feeds.get(audience) else { return Ok(None) };
        let seat = Arc::clone(&feed.seats).try_acquire_owned().map_err(|_| NoSeat)?;
        // Under the lock nothing is sent, so the events go on exactly after `head`.
        let mut state = self.state.lock().await;
        self.tell(&mut state);
        let (events, head) = (feed.events.subscribe(), state.head);
        Ok(Some(Following { after: after.unwrap_or(head), head, events, _seat: seat }))
    }

    /// The events that lead from `after` towards `head`, and how far they lead.
    pub(super) async fn missed(
        &self,
        audience: &Audience,
        after: Seq,
        head: Seq,
    ) -> Result<Option<(Bytes, Seq)>, BackendError> {
        let Some(feed) = self.feeds.get(audience).filter(|_| after < head) else { return Ok(None) };
        let time = self.clock.now();
        let mut rows = self.store.since(after, FRAME_ITEMS).await?;
        let whole = rows.len() < FRAME_ITEMS;
        rows.retain(|row| row.seq <= head);
        // What is missing between the rows has been pruned, so it no longer matters.
        let to = match rows.last() {
            Some(last) if !whole => last.seq,
            _ => head,
        };
        let message = frame(audience, feed, after, to, time, &rows);
        Ok(Some((event(EVENT_FRAME, Some(to), &message), to)))
    }

    /// A heartbeat for one follower alone, so that it need not wait a second for its first.
    pub(super) fn greeting(head: Seq, time: UnixTime) -> Bytes {
        event(EVENT_HEARTBEAT, None, &Heartbeat::new(head, time).to_json())
    }
}

impl fmt::Debug for Hub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hub").field("audiences", &self.feeds.keys()).finish_non_exhaustive()
    }
}

/// As many verifiers as allowed follow this feed already.
#[derive(Clone, Copy, Debug)]
pub(super) struct NoSeat;

impl Feed {
    fn send(&self, event: &Bytes) {
        // An error says that nobody follows, which is no error.
        drop(self.events.send(event.clone()));
    }
}

fn frame(
    audience: &Audience,
    feed: &Feed,
    after: Seq,
    to: Seq,
    time: UnixTime,
    rows: &[Revocation],
) -> String {
    Frame::of(audience, after, to, time, &feed.fingerprints, rows).to_json()
}

/// One server-sent event (HTML § 9.2.6); `data` is JSON on one line.
fn event(name: &str, id: Option<Seq>, data: &str) -> Bytes {
    let id = id.map_or_else(String::new, |id| format!("id: {id}\n"));
    Bytes::from(format!("event: {name}\n{id}data: {data}\n\n"))
}
