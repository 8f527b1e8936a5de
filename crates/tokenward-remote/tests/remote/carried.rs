//! A remote verifier that hears of revocations from somewhere else than its authority.

use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use async_trait::async_trait;
use tokenward::{Audience, BackendError};
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

    assert_eq!(state.snapshots.load(SeqCst), snapshots + 1);
}

fn carried(authority: &Authority, folder: &Path, renew_every: Duration) -> RemoteConfig {
    let mut options = FeedOptions::default();
    options.renew_every = renew_every;
    options.keep_every = Duration::from_millis(50);
    let source = Carried(Arc::clone(&authority.state));
    authority.config().feed_state(folder).feed(options).feed_source(Arc::new(source))
}

/// Carries all that an authority has, and never breaks.
struct Carried(Arc<State>);

impl Source for Carried {
    fn subscribe(&self, _: &Audience) -> Box<dyn Subscription> {
        Box::new(Place { state: Arc::clone(&self.0), after: None })
    }
}

struct Place {
    state: Arc<State>,
    /// How many frames were handed on; `None` before the place was found.
    after: Option<usize>,
}

#[async_trait]
impl Subscription for Place {
    async fn next(&mut self) -> Result<Vec<Message>, BackendError> {
        // As a server would, which answers when there is something, and now and then.
        sleep(Duration::from_millis(5)).await;
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
