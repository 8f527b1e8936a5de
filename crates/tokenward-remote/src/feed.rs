//! Following an authority's revocation feed over HTTP.
//!
//! ```text
//! snapshot ──▶ stream from its head ──▶ frames, heartbeats ──▶ Follower
//!    ▲                                        │
//!    └── cannot be followed ── lost, silent ──┘   (each time after a wait)
//! ```
//!
//! Where a [`Source`] carries the messages, it takes the place of the stream; snapshots still come from
//! the authority, and so does the stream for a while when the source fails.
//!
//! **Invariant:** nothing here judges freshness. A stream that is open proves nothing; the times in
//! its messages do.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::{HeaderName, HeaderValue, StatusCode};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tokenward::ErrorChain;
use tokenward_revocation::feed::{EVENT_FRAME, EVENT_HEARTBEAT, FeedTrust};
use tokenward_revocation::{Follower, Message, Progress, Source, Subscription, View};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep, timeout, timeout_at};

mod error;
mod handle;
mod journal;
mod options;

pub use self::handle::FeedHandle;
pub use self::options::FeedOptions;

use self::error::FeedError;
use self::journal::Journal;
use crate::backoff::Backoff;
use crate::http::{Credential, Endpoint, FetchError, HttpClient};
use crate::keys::KeySetHandle;
use crate::sse::{Event, Parser};

/// Keeps a [`View`] up to date from an authority's feed.
#[derive(Debug)]
pub struct FeedClient {
    http: HttpClient,
    snapshot: Endpoint,
    feed: Endpoint,
    credential: Credential,
    view: Arc<View>,
    trust: FeedTrust,
    options: FeedOptions,
    keys: Option<KeySetHandle>,
    journal: Option<Arc<Mutex<Journal>>>,
    source: Option<Arc<dyn Source>>,
    handle: FeedHandle,
}

impl FeedClient {
    /// A client of the feed that `trust` is about, whose two URLs are `snapshot` and `feed`.
    #[must_use]
    pub fn new(
        http: HttpClient,
        snapshot: Endpoint,
        feed: Endpoint,
        credential: Credential,
        view: Arc<View>,
        trust: FeedTrust,
        options: FeedOptions,
    ) -> Self {
        let handle = FeedHandle::default();
        let (keys, journal, source) = (None, None, None);
        Self {
            http,
            snapshot,
            feed,
            credential,
            view,
            trust,
            options,
            keys,
            journal,
            source,
            handle,
        }
    }

    /// Keeps what it knows in the file `path`, and starts with what is there.
    #[must_use]
    pub fn kept_in(mut self, path: PathBuf) -> Self {
        let limit = u64::try_from(self.options.snapshot_bytes).unwrap_or(u64::MAX);
        // As much again for what follows the snapshot.
        let journal = Journal::new(path, limit.saturating_mul(2));
        self.journal = Some(Arc::new(Mutex::new(journal)));
        self
    }

    /// Also tells `keys` which key set the authority publishes.
    #[must_use]
    pub fn announcing_to(mut self, keys: KeySetHandle) -> Self {
        self.keys = Some(keys);
        self
    }

    /// Takes messages from `source` rather than from the authority's stream, as long as it works.
    #[must_use]
    pub fn carried_by(mut self, source: Option<Arc<dyn Source>>) -> Self {
        self.source = source;
        self
    }

    /// The handle that tells how it stands.
    #[must_use]
    pub fn handle(&self) -> FeedHandle {
        self.handle.clone()
    }

    /// Follows the feed for ever.
    pub async fn run(self) {
        let mut pace = Pace::new(&self.options);
        let mut follower = self.restored().await;
        let source = self.source.as_ref();
        let mut subscription = source.map(|source| source.subscribe(self.view.audience()));
        loop {
            let error;
            if let Some(messages) = &mut subscription {
                (follower, error) = self.follow_source(follower, messages, &mut pace).await;
                self.flush().await;
                if error.is_of_source() {
                    self.report(&error);
                    // What is missed meanwhile, the authority tells.
                    follower = self.make_a_detour(follower, &mut pace).await;
                    continue;
                }
            } else {
                (follower, error) = self.follow(follower, &mut pace).await;
            }
            self.report(&error);
            sleep(pace.backoff.failed(error.retry_after())).await;
        }
    }

    /// Follows it until something is in the way.
    async fn follow(&self, follower: Follower, pace: &mut Pace) -> (Follower, FeedError) {
        let (mut follower, caught_up) = self.catch_up(follower, pace).await;
        if let Err(error) = caught_up {
            return (follower, error);
        }
        let error = self.follow_stream(&mut follower, &mut pace.backoff).await;
        self.flush().await;
        (follower, error)
    }

    /// Fetches a snapshot if nothing can be followed without one, or if the journal has grown long. An error
    /// says that nothing can be followed.
    async fn catch_up(
        &self,
        follower: Follower,
        pace: &mut Pace,
    ) -> (Follower, Result<Synced, FeedError>) {
        if follower.position().is_some() {
            // Not each time: a journal that cannot be written stays long, and each snapshot would be followed
            // by another.
            if Instant::now() < pace.renew_at || !self.journal_is_long() {
                return (follower, Ok(Synced::NotDue));
            }
            pace.renew_at = after(self.options.renew_every);
        }
        match self.synchronize(follower).await {
            // Nothing was lost: where the authority is away, a journal stays long.
            (follower, Err(error)) if follower.position().is_some() => {
                let audience = self.view.audience();
                tracing::debug!(%audience, error = %ErrorChain::new(&error), "no new snapshot");
                (follower, Ok(Synced::InVain))
            }
            (follower, result) => (follower, result.map(|()| Synced::Anew)),
        }
    }

    /// Follows the authority's own stream from where `follower` is.
    async fn follow_stream(&self, follower: &mut Follower, backoff: &mut Backoff) -> FeedError {
        match self.open(follower).await {
            Ok(stream) => self.pump(stream, follower, backoff).await,
            Err(FetchError::Status { status: StatusCode::GONE, .. }) => {
                FeedError::Lost(follower.on_forgotten())
            }
            Err(error) => FeedError::Stream(error),
        }
    }

    /// Follows the messages of a source until something is in the way.
    async fn follow_source(
        &self,
        mut follower: Follower,
        messages: &mut Box<dyn Subscription>,
        pace: &mut Pace,
    ) -> (Follower, FeedError) {
        // Half as patient as with the authority: the detour must begin before anything is stale.
        let wait = self.options.silence.checked_div(2).unwrap_or_default();
        let mut deadline = after(wait);
        let mut keep_at = self.keep_at();
        loop {
            if Instant::now() >= keep_at {
                self.flush().await;
                keep_at = self.keep_at();
            }
            let next = match timeout_at(deadline, messages.next()).await {
                Err(_) => return (follower, FeedError::SourceSilent { wait }),
                Ok(Err(error)) => return (follower, FeedError::Source(error)),
                Ok(Ok(next)) => next,
            };
            // After the place in the source was found, so that nothing between the two is missed.
            let caught_up;
            (follower, caught_up) = self.catch_up(follower, pace).await;
            let synced = match caught_up {
                Ok(synced) => synced,
                Err(error) => return (follower, error),
            };
            if synced != Synced::NotDue {
                // However long it took, what the source says meanwhile is still to be read.
                deadline = after(wait);
            }
            for message in &next {
                let taken = match message {
                    // The authority may have made the snapshot before they came.
                    Message::Frame(data) => self.take_frame(data, &mut follower),
                    // The snapshot may be newer, and a time that goes back would be a reason for another.
                    Message::Heartbeat(_) if synced == Synced::Anew => continue,
                    Message::Heartbeat(data) => self.take_heartbeat(data, &mut follower),
                };
                match taken {
                    Ok(Progress::Applied) => {
                        deadline = after(wait);
                        pace.backoff.worked();
                        self.handle.up();
                    }
                    Ok(_) => {}
                    Err(error) => return (follower, error),
                }
            }
        }
    }

    /// Follows the authority itself for a while, because the source has failed.
    async fn make_a_detour(&self, follower: Follower, pace: &mut Pace) -> Follower {
        let (mut follower, caught_up) = self.catch_up(follower, pace).await;
        let error = match caught_up {
            Ok(_) => {
                let way = self.follow_stream(&mut follower, &mut pace.backoff);
                timeout(self.options.detour, way).await.ok()
            }
            Err(error) => Some(error),
        };
        if let Some(error) = error {
            self.report(&error);
            sleep(pace.backoff.failed(error.retry_after())).await;
        }
        follower
    }

    /// Fetches and applies a snapshot. Where blocking is no harm: ten million revocations take
    /// seconds to read.
    async fn synchronize(&self, mut follower: Follower) -> (Follower, Result<(), FeedError>) {
        let FeedOptions { snapshot_bytes, snapshot_timeout, .. } = self.options;
        let fetch = self.http.get_within(
            &self.snapshot,
            Some(&self.credential),
            snapshot_bytes,
            snapshot_timeout,
        );
        let body = match fetch.await {
            Ok(answer) => answer.body,
            Err(error) => return (follower, Err(FeedError::Snapshot(error))),
        };
        let journal = self.journal.clone();
        let applied = spawn_blocking(move || {
            let result = follower.on_snapshot(&body).map(drop).map_err(FeedError::Lost);
            if let (Ok(()), Some(journal)) = (&result, journal) {
                let mut journal = journal.lock().unwrap_or_else(PoisonError::into_inner);
                let kept = journal.replace(&body);
                told(&journal, kept);
            }
            (follower, result)
        });
        let fallback = || (self.new_follower(), Err(FeedError::Stopped));
        let (follower, result) = applied.await.unwrap_or_else(|_| fallback());
        self.count_snapshot(result.is_ok());
        (follower, result)
    }

    async fn open(&self, follower: &Follower) -> Result<Incoming, FetchError> {
        let last = follower.position().unwrap_or_default().get();
        let headers = [(LAST_EVENT_ID, HeaderValue::from(last))];
        self.http.open(&self.feed, Some(&self.credential), &headers).await
    }

    async fn pump(
        &self,
        mut stream: Incoming,
        follower: &mut Follower,
        backoff: &mut Backoff,
    ) -> FeedError {
        let mut parser = Parser::new(self.options.event_bytes);
        let mut deadline = self.deadline();
        let mut keep_at = self.keep_at();
        loop {
            if Instant::now() >= keep_at {
                self.flush().await;
                keep_at = self.keep_at();
            }
            // Against the last message, not the last bytes: comments keep no feed alive.
            let chunk = match timeout_at(deadline, stream.frame()).await {
                Err(_) => return FeedError::Silent { wait: self.options.silence },
                Ok(None) => return FeedError::Closed,
                Ok(Some(Err(error))) => return FeedError::Stream(FetchError::BrokeOff(error)),
                Ok(Some(Ok(frame))) => frame.into_data().unwrap_or_default(),
            };
            let events = match parser.push(&chunk) {
                Ok(events) => events,
                Err(error) => return FeedError::TooLong(error),
            };
            for event in events {
                match self.take(&event, follower) {
                    // What is known already may be a replay, which is no sign of life.
                    Ok(None | Some(Progress::Nothing)) => {}
                    Ok(Some(_)) => {
                        deadline = self.deadline();
                        backoff.worked();
                        self.handle.up();
                    }
                    Err(error) => return error,
                }
            }
        }
    }

    fn take(&self, event: &Event, follower: &mut Follower) -> Result<Option<Progress>, FeedError> {
        match event.name.as_str() {
            EVENT_FRAME => self.take_frame(&event.data, follower).map(Some),
            EVENT_HEARTBEAT => self.take_heartbeat(&event.data, follower).map(Some),
            _ => Ok(None),
        }
    }

    fn take_frame(&self, data: &[u8], follower: &mut Follower) -> Result<Progress, FeedError> {
        let progress = follower.on_frame(data).map_err(FeedError::Lost)?;
        if progress == Progress::Applied {
            self.keep(|journal| journal.frame(data));
        }
        Ok(progress)
    }

    fn take_heartbeat(&self, data: &[u8], follower: &mut Follower) -> Result<Progress, FeedError> {
        let progress = follower.on_heartbeat(data).map_err(FeedError::Lost)?;
        if let (Some(keys), Some(digest)) = (&self.keys, follower.key_set_digest()) {
            keys.announced(digest);
        }
        if progress == Progress::Applied {
            self.keep(|journal| journal.heartbeat(data));
        }
        Ok(progress)
    }

    fn new_follower(&self) -> Follower {
        Follower::new(Arc::clone(&self.view), self.trust.clone())
    }

    /// A follower that knows what was kept.
    async fn restored(&self) -> Follower {
        let mut follower = self.new_follower();
        let Some(journal) = self.journal.clone() else { return follower };
        let (trust, now) = (self.trust.clone(), self.http.now());
        let clock_error = self.view.clock_error();
        let work = move || {
            let mut journal = journal.lock().unwrap_or_else(PoisonError::into_inner);
            let restored = journal.restore(&mut follower, &trust, now, clock_error);
            (follower, restored.map_err(|error| (journal.path().to_owned(), error)))
        };
        let Ok((follower, restored)) = spawn_blocking(work).await else {
            return self.new_follower();
        };
        let audience = self.view.audience();
        match restored {
            Ok(false) => {}
            Ok(true) => {
                let age = self.view.age(now).unwrap_or_default().as_secs_f64();
                tracing::info!(%audience, age, "starting with the revocations that were kept");
            }
            Err((path, error)) => tracing::warn!(
                %audience, path = %path.display(), error = %ErrorChain::new(&error),
                "the revocations that were kept are ignored"
            ),
        }
        follower
    }

    fn journal_is_long(&self) -> bool {
        self.keep(|journal| journal.is_long()) == Some(true)
    }

    fn keep<T>(&self, with: impl FnOnce(&mut Journal) -> T) -> Option<T> {
        let journal = self.journal.as_ref()?;
        Some(with(&mut journal.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    /// Writes what is to be kept, where that may block.
    async fn flush(&self) {
        let Some(journal) = self.journal.clone() else { return };
        let work = move || {
            let mut journal = journal.lock().unwrap_or_else(PoisonError::into_inner);
            let kept = journal.flush();
            told(&journal, kept);
        };
        // An error says that the program is ending; then the journal is written as it is dropped.
        drop(spawn_blocking(work).await);
    }

    fn keep_at(&self) -> Instant {
        after(self.options.keep_every)
    }

    fn deadline(&self) -> Instant {
        after(self.options.silence)
    }

    fn count_snapshot(&self, good: bool) {
        metrics::counter!(
            "tokenward_feed_snapshots_total",
            "audience" => self.view.audience().to_string(),
            "outcome" => if good { "ok" } else { "failed" },
        )
        .increment(1);
    }

    fn report(&self, error: &FeedError) {
        let audience = self.view.audience();
        metrics::counter!(
            "tokenward_feed_reconnects_total",
            "audience" => audience.to_string(),
            "why" => error.label(),
        )
        .increment(1);
        let text = ErrorChain::new(error).to_string();
        // An authority ends streams now and then, to see the credential again; that is no trouble.
        if matches!(error, FeedError::Closed) && self.handle.is_up() {
            self.handle.down(&text);
            tracing::debug!(%audience, feed = %self.feed, "the authority ended the stream");
            return;
        }
        // A long outage fails every two seconds in the same way; that is one line, not thousands.
        if self.handle.down(&text) {
            tracing::warn!(%audience, feed = %self.feed, error = text, "the revocation feed was lost");
        } else {
            tracing::debug!(%audience, error = text, "the revocation feed is still lost");
        }
    }
}

/// Whether a snapshot was fetched.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Synced {
    NotDue,
    /// It could not be, and what is known can be followed all the same.
    InVain,
    Anew,
}

/// When to try what has failed, or what need not be done each time.
struct Pace {
    backoff: Backoff,
    /// When a journal may be a reason for a snapshot again.
    renew_at: Instant,
}

impl Pace {
    fn new(options: &FeedOptions) -> Self {
        let (first, longest) = options.retry;
        Self { backoff: Backoff::new(first, longest), renew_at: Instant::now() }
    }
}

fn told(journal: &Journal, kept: std::io::Result<()>) {
    if let Err(error) = kept {
        let path = journal.path().display();
        tracing::warn!(%path, %error, "what is known of revocations is not kept");
    }
}

fn after(wait: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(wait).unwrap_or(now)
}

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
