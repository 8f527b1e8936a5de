//! The revocation feed: from the store to the local views and to everybody who follows.
//!
//! ```text
//! a commit ──catch_up──▶ RevocationStore::since ──▶ local View of each audience, at once
//!                                               └─▶ pending ──cut──▶ FrameStore ──▶ followers (SSE)
//! once a second ────────────────────────────────────────▶ Heartbeat, signed ──▶ followers
//! ```
//!
//! What followers are told is handed to a [`Carrier`] too, if there is one: the same bytes.
//!
//! **Invariants.** What goes out was read from the store, so it is durable. The time in a message was
//! read from the clock before the store was. A follower joins a chain of frames between two of them,
//! never inside one.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use tokenward::{Audience, BackendError, BackendErrorKind, ClientId, Clock, UnixTime};
use tokenward_revocation::feed::{EVENT_FRAME, EVENT_HEARTBEAT, FRAME_ITEMS, FeedSigner};
use tokenward_revocation::{
    Carrier, Fingerprints, FrameStore, Revocation, RevocationStore, SealedHeartbeat, Seq,
    StoredFrame, View,
};
use tokio::sync::{Mutex, broadcast};

mod chain;
pub(super) mod key;
mod outbox;
mod seats;
mod snapshot;

use chain::{Chain, Pending};
use outbox::Outbox;
use seats::{Seat, Seats};
use snapshot::Snapshots;

/// How many events a slow follower may lag behind before it has to come back and ask again.
const BACKLOG: usize = 256;
/// How many frames a follower that was away is sent at a time.
const PAGE: usize = 32;

/// Spreads revocations from the store, one chain of frames per audience.
pub(super) struct Hub {
    rows: Arc<dyn RevocationStore>,
    frames: Arc<dyn FrameStore>,
    clock: Arc<dyn Clock>,
    feeds: BTreeMap<Audience, Arc<Feed>>,
    outbox: Option<Outbox>,
    /// The number up to which the views know everything.
    head: Mutex<Seq>,
    /// When the store was last read, in milliseconds.
    read_at: AtomicU64,
    /// Tickets drawn by those who want everything committed so far to be spread…
    asked: AtomicU64,
    /// …and the last ticket of which that is true.
    served: AtomicU64,
}

/// What a feed is made with: whose it is, the secret of its fingerprints, and who signs it.
pub(super) type FeedParts = (Audience, Fingerprints, FeedSigner);

struct Feed {
    audience: Audience,
    view: Arc<View>,
    fingerprints: Fingerprints,
    signer: FeedSigner,
    /// What was read, and is in no frame yet. A frame carries many, so that a thousand logouts in a
    /// second are twenty frames.
    pending: Pending,
    chain: Mutex<Chain>,
    events: broadcast::Sender<Bytes>,
    seats: Arc<Seats>,
    snapshots: Snapshots,
}

/// A follower's place in a feed: what it missed, then what happens.
pub(super) struct Following {
    /// The number after which the follower goes on.
    pub(super) after: Seq,
    /// The number up to which it has to be brought, before `events` go on from there.
    head: Seq,
    /// A heartbeat for this follower alone, so that it need not wait a second for its first.
    pub(super) greeting: Option<Bytes>,
    /// What happens from now on.
    events: broadcast::Receiver<Bytes>,
    feed: Arc<Feed>,
    seat: Seat,
}

impl Following {
    /// The next of what happens; `None` ends the stream, and the follower comes back.
    pub(super) async fn next(&mut self) -> Option<Bytes> {
        tokio::select! {
            event = self.events.recv() => event.ok(),
            () = self.seat.lost() => None,
        }
    }
}

impl Hub {
    /// The hub of these audiences, which knows everything that is live at this moment.
    pub(super) async fn open(
        rows: Arc<dyn RevocationStore>,
        frames: Arc<dyn FrameStore>,
        clock: Arc<dyn Clock>,
        feeds: impl IntoIterator<Item = FeedParts>,
        carrier: Option<Arc<dyn Carrier>>,
        seats: usize,
    ) -> Result<Self, BackendError> {
        let now = clock.now();
        let (head, live) = rows.live(now).await?;
        let mut opened = BTreeMap::new();
        for parts in feeds {
            let feed = Feed::open(parts, &*frames, (head, now), &live, seats).await?;
            opened.insert(feed.audience.clone(), Arc::new(feed));
        }
        let (asked, served) = Default::default();
        let outbox = carrier.map(|carrier| Outbox::new(carrier, head, now));
        let (head, read_at) = (Mutex::new(head), AtomicU64::new(now.as_millis()));
        Ok(Self { rows, frames, clock, feeds: opened, outbox, head, read_at, asked, served })
    }

    /// The local view of `audience`.
    pub(super) fn view(&self, audience: &Audience) -> Option<&Arc<View>> {
        self.feeds.get(audience).map(|feed| &feed.view)
    }

    /// Who signs the feed of `audience`.
    pub(super) fn signer(&self, audience: &Audience) -> Option<&FeedSigner> {
        self.feeds.get(audience).map(|feed| &feed.signer)
    }

    /// The number up to which the views know everything.
    pub(super) async fn head(&self) -> Seq {
        *self.head.lock().await
    }

    /// When the store was last read.
    pub(super) fn read_at(&self) -> UnixTime {
        UnixTime::from_millis(self.read_at.load(Ordering::Relaxed))
    }

    /// Lets the views know everything that was committed before this call. Callers share the work.
    pub(super) async fn catch_up(&self) -> Result<(), BackendError> {
        let ticket = self.asked.fetch_add(1, Ordering::AcqRel).saturating_add(1);
        let mut head = self.head.lock().await;
        if self.served.load(Ordering::Acquire) >= ticket {
            return Ok(());
        }
        // Whoever drew a ticket up to here has committed before we read.
        let covers = self.asked.load(Ordering::Acquire);
        self.read(&mut head).await?;
        self.served.store(covers, Ordering::Release);
        Ok(())
    }

    async fn read(&self, head: &mut Seq) -> Result<(), BackendError> {
        loop {
            let time = self.clock.now();
            let rows = self.rows.since(*head, FRAME_ITEMS).await?;
            self.read_at.store(time.as_millis(), Ordering::Relaxed);
            let Some(last) = rows.last().map(|row| row.seq) else { return Ok(()) };
            for feed in self.feeds.values() {
                feed.take(&rows, last);
            }
            *head = last;
            let whole = rows.len() < FRAME_ITEMS;
            if let Some(outbox) = &self.outbox {
                outbox.take(rows, last, time);
            }
            if whole {
                return Ok(());
            }
        }
    }

    /// Tells the followers what the views have learned since the last time.
    pub(super) async fn cut(&self) -> Result<(), BackendError> {
        let head = self.outbox.as_ref().map(Outbox::head);
        for feed in self.feeds.values().filter(|feed| !feed.pending.is_empty()) {
            let mut chain = feed.chain.lock().await;
            self.extend(feed, &mut chain).await?;
        }
        if let (Some(outbox), Some(head)) = (&self.outbox, head) {
            outbox.send_new(head);
        }
        Ok(())
    }

    /// Tells every follower how far its feed is; `keys` gives the digest of an audience's key set.
    ///
    /// If the store cannot be read there is no heartbeat, and followers notice that they grow old.
    pub(super) async fn beat(
        &self,
        keys: impl Fn(&Audience) -> Option<String>,
    ) -> Result<(), BackendError> {
        let time = self.clock.now();
        self.catch_up().await?;
        let head = self.outbox.as_ref().map(Outbox::head);
        let mut heartbeats = Vec::new();
        for feed in self.feeds.values() {
            feed.view.expire(time);
            feed.snapshots.tidy(time);
            let mut chain = feed.chain.lock().await;
            self.extend(feed, &mut chain).await?;
            let jws = feed.heartbeat(&chain, time, keys(&feed.audience))?;
            feed.send(&event(EVENT_HEARTBEAT, None, &jws));
            heartbeats
                .push(SealedHeartbeat { audience: feed.audience.clone(), message: jws.into() });
        }
        if let (Some(outbox), Some(head)) = (&self.outbox, head) {
            outbox.send_heartbeats(head, time, heartbeats);
        }
        Ok(())
    }

    /// A place for `service` in the feed of `audience` after the number `after`, or after what is known now.
    pub(super) async fn follow(
        &self,
        audience: &Audience,
        service: &ClientId,
        after: Option<Seq>,
    ) -> Result<Option<Following>, NoPlace> {
        let Some(feed) = self.feeds.get(audience) else { return Ok(None) };
        let seat = feed.seats.take(service).ok_or(NoPlace::Full)?;
        // Read before the store is, so that the greeting claims no more than is known.
        let time = self.clock.now();
        self.catch_up().await?;
        // Under the lock nothing is sent, so the events go on exactly after `head`.
        let mut chain = feed.chain.lock().await;
        self.extend(feed, &mut chain).await?;
        let (events, head) = (feed.events.subscribe(), chain.head().0);
        let greeting = feed.heartbeat(&chain, time, None)?;
        let greeting = Some(event(EVENT_HEARTBEAT, None, &greeting));
        drop(chain);
        let after = after.unwrap_or(head);
        if after < head {
            let next = self.frames.frames_since(audience, after, 1).await?;
            if next.first().is_none_or(|frame| frame.seq_from != after.next()) {
                return Err(NoPlace::Forgotten);
            }
        }
        let feed = Arc::clone(feed);
        Ok(Some(Following { after, head, greeting, events, feed, seat }))
    }

    /// The next events of those that `following` has missed; none once it has missed nothing.
    pub(super) async fn missed(&self, following: &mut Following) -> Result<Bytes, BackendError> {
        let mut page = Vec::new();
        if following.after < following.head {
            let Following { feed, after, .. } = following;
            for frame in self.frames.frames_since(&feed.audience, *after, PAGE).await? {
                // What was forgotten since is noticed by the next message, as any gap is.
                *after = frame.seq_to;
                page.extend_from_slice(&event_of(&frame));
                if *after >= following.head {
                    break;
                }
            }
        }
        Ok(Bytes::from(page))
    }
}

impl fmt::Debug for Hub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hub").field("audiences", &self.feeds.keys()).finish_non_exhaustive()
    }
}

/// A feed cannot be followed.
#[derive(Debug)]
pub(super) enum NoPlace {
    /// As many verifiers as allowed follow it already, and the service has its share of them.
    Full,
    /// The frames from there on are forgotten; a snapshot holds what still matters.
    Forgotten,
    /// The store failed.
    Store(BackendError),
}

impl From<BackendError> for NoPlace {
    fn from(error: BackendError) -> Self {
        Self::Store(error)
    }
}

impl Feed {
    /// Takes what was read of the store up to `head`.
    fn take(&self, rows: &[Revocation], head: Seq) {
        let own = rows.iter().filter(|row| row.concerns(&self.audience));
        own.clone().for_each(|row| self.view.insert(row));
        self.pending.add(own, &self.fingerprints, head);
    }

    fn heartbeat(
        &self,
        chain: &Chain,
        time: UnixTime,
        keys: Option<String>,
    ) -> Result<String, BackendError> {
        let (head, hash) = chain.head();
        self.signer.heartbeat(head, hash, time, keys).map_err(bug)
    }

    fn send(&self, event: &Bytes) {
        // An error says that nobody follows, which is no error.
        drop(self.events.send(event.clone()));
    }
}

fn bug(error: impl std::error::Error + Send + Sync + 'static) -> BackendError {
    BackendError::new(BackendErrorKind::Bug, error)
}

fn event_of(frame: &StoredFrame) -> Bytes {
    event(EVENT_FRAME, Some(frame.seq_to), &frame.jws)
}

/// One server-sent event (HTML § 9.2.6); `data` is one line.
fn event(name: &str, id: Option<Seq>, data: &str) -> Bytes {
    let id = id.map_or_else(String::new, |id| format!("id: {id}\n"));
    Bytes::from(format!("event: {name}\n{id}data: {data}\n\n"))
}
