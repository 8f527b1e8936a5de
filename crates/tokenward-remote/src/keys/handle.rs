//! How a running key set source is asked and looked at from elsewhere.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokenward::UnixTime;
use tokio::sync::{Notify, broadcast, watch};

use super::event::{KeySetEvent, KeySetEvents};

/// Asks a running [`KeySetSource`](super::KeySetSource) for a fetch, and tells how it stands.
#[derive(Clone, Debug)]
pub struct KeySetHandle(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// Somebody has met an unknown key id since the last fetch began.
    hinted: AtomicBool,
    hint: Notify,
    announced: watch::Sender<Option<String>>,
    status: Mutex<KeySetStatus>,
    events: broadcast::Sender<KeySetEvent>,
}

impl KeySetHandle {
    /// A token names a key that is not in the set. Never more than a hint, and cheap: of a flood of
    /// them, all but the first between two fetches read one flag.
    pub fn unknown_key(&self) {
        let hinted = &self.0.hinted;
        if !hinted.load(Ordering::Relaxed) && !hinted.swap(true, Ordering::Relaxed) {
            self.0.hint.notify_one();
        }
    }

    /// The feed says that the published set has this digest now.
    pub fn announced(&self, digest: &str) {
        self.0.announced.send_if_modified(|told| {
            let new = told.as_deref() != Some(digest);
            if new {
                *told = Some(digest.to_owned());
            }
            new
        });
    }

    /// How it stands.
    #[must_use]
    pub fn status(&self) -> KeySetStatus {
        self.lock().clone()
    }

    /// What happens to it from now on.
    #[must_use]
    pub fn events(&self) -> KeySetEvents {
        KeySetEvents::new(self.0.events.subscribe())
    }

    pub(super) fn new() -> Self {
        Self(Arc::new(Shared {
            hinted: AtomicBool::new(false),
            hint: Notify::new(),
            announced: watch::Sender::new(None),
            status: Mutex::default(),
            events: broadcast::Sender::new(KeySetEvents::KEPT),
        }))
    }

    pub(super) fn announcements(&self) -> watch::Receiver<Option<String>> {
        self.0.announced.subscribe()
    }

    /// Waits until somebody meets an unknown key id.
    pub(super) async fn hint(&self) {
        self.0.hint.notified().await;
    }

    /// A fetch begins: whoever meets an unknown key id from now on may hint again.
    pub(super) fn listen_for_hints(&self) {
        self.0.hinted.store(false, Ordering::Relaxed);
    }

    pub(super) fn digest(&self) -> Option<String> {
        self.lock().digest.clone()
    }

    pub(super) fn update<T>(&self, change: impl FnOnce(&mut KeySetStatus) -> T) -> T {
        change(&mut self.lock())
    }

    pub(super) fn send(&self, event: KeySetEvent) {
        // Nobody need listen.
        self.0.events.send(event).ok();
    }

    fn lock(&self) -> MutexGuard<'_, KeySetStatus> {
        self.0.status.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a [`KeySetSource`](super::KeySetSource) stands.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct KeySetStatus {
    /// When the present set was asked for.
    pub fetched_at: Option<UnixTime>,
    /// Until when the present set may serve, if no other comes.
    pub serves_until: Option<UnixTime>,
    /// The digest of its body.
    pub digest: Option<String>,
    /// How many fetches have failed since the last good one.
    pub failures: u32,
    /// Why the last fetch failed, if it did.
    pub last_error: Option<String>,
    /// Whether it was told already that the set has become too old to serve.
    pub(super) told_stale: bool,
}
