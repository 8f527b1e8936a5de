//! How a running key set source is asked and looked at from elsewhere.

use std::sync::{Arc, Mutex, PoisonError};

use tokenward::{ErrorChain, UnixTime};
use tokio::sync::{Notify, watch};

use super::{FetchedKeys, KeySetFetchError};

/// Asks a running [`KeySetSource`] for a fetch, and tells how it stands.
#[derive(Clone, Debug)]
pub struct KeySetHandle(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    unknown_key: Notify,
    announced: watch::Sender<Option<String>>,
    status: Mutex<KeySetStatus>,
}

impl KeySetHandle {
    /// A token names a key that is not in the set. Cheap, and never more than a hint.
    pub fn unknown_key(&self) {
        self.0.unknown_key.notify_one();
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
        self.0.status.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn new() -> Self {
        let announced = watch::Sender::new(None);
        let status = Mutex::default();
        Self(Arc::new(Shared { unknown_key: Notify::new(), announced, status }))
    }

    pub(super) fn announcements(&self) -> watch::Receiver<Option<String>> {
        self.0.announced.subscribe()
    }

    /// Waits until somebody has met an unknown key id.
    pub(super) async fn hint(&self) {
        self.0.unknown_key.notified().await;
    }

    pub(super) fn digest(&self) -> Option<String> {
        self.status().digest
    }

    pub(super) fn tell(&self, result: Result<&FetchedKeys, &KeySetFetchError>) {
        let mut status = self.0.status.lock().unwrap_or_else(PoisonError::into_inner);
        match result {
            Ok(fetched) => {
                *status = KeySetStatus {
                    fetched_at: Some(fetched.fetched_at),
                    digest: Some(fetched.digest.clone()),
                    last_error: None,
                };
            }
            Err(error) => status.last_error = Some(ErrorChain::new(error).to_string()),
        }
    }
}

/// How a [`KeySetSource`] stands.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct KeySetStatus {
    /// When the present set was asked for.
    pub fetched_at: Option<UnixTime>,
    /// The digest of its body.
    pub digest: Option<String>,
    /// Why the last fetch failed, if it did.
    pub last_error: Option<String>,
}
