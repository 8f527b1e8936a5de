//! A remote verifier that hears of revocations from somewhere else than its authority.

use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use async_trait::async_trait;
use tokenward::{Audience, BackendError, BackendErrorKind};
use tokenward_remote::{FeedOptions, RemoteConfig};
use tokenward_revocation::{Message, Source, Subscription};
use tokio::time::sleep;

use crate::authority::{Authority, State, Verdict, until};

/// Frames of four thousand items: more than a journal is let grow by.
const ROUNDS: usize = 20;

#[tokio::test]
async fn what_is_kept_is_written_anew_while_the_source_never_breaks() {
    let (authority, folder) = (Authority::start().await, tempfile::tempdir().unwrap());
    let state = &authority.state;
    let remote = authority.remote(&carried(&authority, folder.path(), Duration::ZERO));
    until("following", || remote.status().following).await;
    let snapshots = state.snapshots.load(SeqCst);

    for round in 0..ROUNDS {
        state.revoke_many(&format!("{round}-"), 4_000);
        let known = (round + 1) * 4_000;
        until("known", || remote.status().revocations == known).await;
    }

    until("renewed", || state.snapshots.load(SeqCst) > snapshots).await;
    let kept = || fs::metadata(folder.path().join("api.feed")).unwrap().len();
    until("short again", || kept() < 4 << 20).await;
    assert_eq!(remote.status().revocations, ROUNDS * 4_000);
}

#[tokio::test]
async fn a_journal_that_stays_long_because_the_authority_is_away_is_no_reason_to_grow_old() {
    let (authority, folder) = (Authority::start().await, tempfile::tempdir().unwrap());
    let state = &authority.state;
    let remote = authority.remote(&carried(&authority, folder.path(), Duration::ZERO));
    until("following", || remote.status().following).await;

    state.down.store(true, SeqCst);
    for round in 0..ROUNDS {
        state.revoke_many(&format!("{round}-"), 4_000);
    }
    until("known", || remote.status().revocations == ROUNDS * 4_000).await;
    state.advance(Duration::from_secs(60));

    let token = state.token("t1");
    until("fresh", || state.verdict(&remote, &token) == Verdict::Good).await;
}

#[tokio::test]
async fn what_is_kept_is_not_written_anew_again_and_again() {
    let (authority, folder) = (Authority::start().await, tempfile::tempdir().unwrap());
    let state = &authority.state;
    let remote = authority.remote(&carried(&authority, folder.path(), Duration::from_secs(900)));
    until("following", || remote.status().following).await;
    // From now on nothing can be kept, so the journal is always as if it were too long.
    fs::remove_dir_all(folder.path()).unwrap();
    let snapshots = state.snapshots.load(SeqCst);

    for round in 0..ROUNDS {
        state.revoke_many(&format!("{round}-"), 4_000);
        let known = (round + 1) * 4_000;
        until("known", || remote.status().revocations == known).await;
    }

    // The last ones may have been known before the journal was seen to be long.
    until("once", || state.snapshots.load(SeqCst) == snapshots + 1).await;
    state.revoke("last");
    until("known", || remote.status().revocations == ROUNDS * 4_000 + 1).await;
    assert_eq!(state.snapshots.load(SeqCst), snapshots + 1, "not again");
}

#[tokio::test]
async fn what_came_before_a_snapshot_that_was_made_earlier_counts() {
    let authority = Authority::start().await;
    let state = &authority.state;
    // As one of a large set that is served for some seconds.
    *state.kept_snapshot.lock().unwrap() = Some(state.snapshot());
    state.revoke("t1");
    let source = Carried {
        state: Arc::clone(state),
        after: Some(0),
        fails: false,
        subscribed: Arc::default(),
    };
    let remote = authority.remote(&authority.config().feed_source(Arc::new(source)));

    let token = state.token("t1");
    until("revoked", || state.verdict(&remote, &token) == Verdict::Rejected).await;
    until("following", || remote.status().following).await;
    assert_eq!(state.snapshots.load(SeqCst), 1);
}

#[tokio::test]
async fn a_subscription_that_failed_is_asked_again() {
    let authority = Authority::start().await;
    let state = &authority.state;
    let mut options = FeedOptions::default();
    options.detour = Duration::from_millis(50);
    let subscribed = Arc::default();
    let source = Carried {
        state: Arc::clone(state),
        after: None,
        fails: true,
        subscribed: Arc::clone(&subscribed),
    };
    let config = authority.config().feed(options).feed_source(Arc::new(source));
    let remote = authority.remote(&config);

    // Each was handed on after another error.
    for known in 1..=3 {
        state.revoke_many(&format!("{known}-"), 1);
        until("known", || remote.status().revocations == known).await;
    }

    assert_eq!(subscribed.load(SeqCst), 1);
}

fn carried(authority: &Authority, folder: &Path, renew_every: Duration) -> RemoteConfig {
    let mut options = FeedOptions::default();
    options.renew_every = renew_every;
    options.keep_every = Duration::from_millis(50);
    let state = Arc::clone(&authority.state);
    let source = Carried { state, after: None, fails: false, subscribed: Arc::default() };
    authority.config().state(folder).feed(options).feed_source(Arc::new(source))
}

/// Carries all that an authority has.
struct Carried {
    state: Arc<State>,
    /// How many frames it leaves out at first; `None` for all that there are when it is first asked.
    after: Option<usize>,
    /// Whether it fails every other time.
    fails: bool,
    /// How often it was subscribed to.
    subscribed: Arc<AtomicUsize>,
}

impl Source for Carried {
    fn subscribe(&self, _: &Audience) -> Box<dyn Subscription> {
        self.subscribed.fetch_add(1, SeqCst);
        let (state, after, fails) = (Arc::clone(&self.state), self.after, self.fails);
        Box::new(Place { state, after, fails, asked: 0 })
    }
}

struct Place {
    state: Arc<State>,
    /// How many frames were handed on; `None` before the place was found.
    after: Option<usize>,
    fails: bool,
    asked: usize,
}

#[async_trait]
impl Subscription for Place {
    async fn next(&mut self) -> Result<Vec<Message>, BackendError> {
        // As a server would, which answers when there is something, and now and then.
        sleep(Duration::from_millis(5)).await;
        self.asked += 1;
        if self.fails && self.asked.is_multiple_of(2) {
            return Err(BackendError::new(BackendErrorKind::Unavailable, "as it was told"));
        }
        // A heartbeat of the same time would be no sign of life.
        self.state.advance(Duration::from_millis(5));
        let after = self.after.unwrap_or_else(|| self.state.frame_count());
        let (frames, beat) = self.state.messages(after);
        self.after = Some(self.state.frame_count());
        let frames = frames.into_iter().map(|jws| Message::Frame(jws.into_bytes()));
        Ok(frames.chain([Message::Heartbeat(beat.into_bytes())]).collect())
    }
}

impl fmt::Debug for Carried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Carried")
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Place")
    }
}
