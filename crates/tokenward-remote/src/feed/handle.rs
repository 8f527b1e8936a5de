//! How a feed's client stands, for whoever asks.

use std::sync::{Arc, Mutex, PoisonError};

/// How a [`FeedClient`](super::FeedClient) stands.
#[derive(Clone, Debug, Default)]
pub struct FeedHandle(Arc<Mutex<Link>>);

impl FeedHandle {
    /// Whether messages are coming in.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.link(|link| link.up)
    }

    /// Why the feed was lost the last time; `None` while messages come in.
    #[must_use]
    pub fn last_error(&self) -> Option<String> {
        self.link(|link| link.error.clone())
    }

    pub(super) fn up(&self) {
        self.link(|link| *link = Link { up: true, error: None });
    }

    /// Whether that is news.
    pub(super) fn down(&self, error: &str) -> bool {
        self.link(|link| {
            let news = link.up || link.error.as_deref() != Some(error);
            *link = Link { up: false, error: Some(error.to_owned()) };
            news
        })
    }

    fn link<T>(&self, with: impl FnOnce(&mut Link) -> T) -> T {
        with(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[derive(Debug, Default)]
struct Link {
    up: bool,
    error: Option<String>,
}
