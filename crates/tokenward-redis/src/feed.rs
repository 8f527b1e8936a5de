//! Writes the feed to Redis.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokenward::{Audience, Clock, ErrorChain, IssuerId};
use tokenward_revocation::{Carrier, FrameStore, Outgoing, RevocationStore};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::address::{RedisAddress, RedisSecrets};
use crate::error::RedisFault;
use crate::layout::{Layout, RESERVED_NAMES};
use crate::link::Link;
use publisher::Publisher;

mod publisher;

/// The most revocations that wait while Redis is away. What is dropped is in the store, and is read
/// from there when Redis is back.
const WAITING_ROWS: usize = 65_536;
/// The most pieces that wait.
const WAITING_PIECES: usize = 1_024;
/// The first and the longest wait between two attempts.
const RETRY: [Duration; 2] = [Duration::from_millis(100), Duration::from_secs(2)];

/// What a [`RedisFeed`] is made of.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "whoever starts it must decide on each")]
pub struct RedisFeedConfig {
    /// Where Redis is.
    pub address: RedisAddress,
    /// How we say who we are.
    pub secrets: RedisSecrets,
    /// The `ENV` of the hash tag `{tw:ENV}`.
    pub environment: String,
    /// Every audience, with the issuer of its tokens.
    pub audiences: Vec<(Audience, IssuerId)>,
}

/// A [`Carrier`] that writes the feed to Redis, in the public layout.
///
/// It never waits for Redis: a task of its own does, and ends when this is dropped.
pub struct RedisFeed {
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl RedisFeed {
    /// Connects once and tries whether all that is needed is allowed and can be written, for `tokenward
    /// check`. What is written for that is gone at the end.
    pub async fn check(config: &RedisFeedConfig) -> Result<(), RedisFault> {
        let layout = layout(&config.environment, config.audiences.clone())?;
        let link = Link::new(config.address.clone(), config.secrets.clone());
        publisher::check(&link, &layout).await
    }

    /// Sets the task going that writes what is handed over, and reads `store` and `frames` where Redis lacks
    /// something. An audience with one of the [`RESERVED_NAMES`] is
    /// refused.
    ///
    /// Must be called within a Tokio runtime.
    pub fn start(
        config: RedisFeedConfig,
        store: Arc<dyn RevocationStore>,
        frames: Arc<dyn FrameStore>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, RedisFault> {
        let RedisFeedConfig { address, secrets, environment, audiences } = config;
        let layout = layout(&environment, audiences)?;
        let shared = Arc::new(Shared::default());
        let publisher = Publisher::new(Link::new(address, secrets), layout, (store, frames), clock);
        let task = tokio::spawn(run(publisher, Arc::clone(&shared)));
        Ok(Self { shared, task })
    }
}

fn layout(environment: &str, audiences: Vec<(Audience, IssuerId)>) -> Result<Layout, RedisFault> {
    let reserved = |(name, _): &&(Audience, _)| RESERVED_NAMES.contains(&name.as_str());
    match audiences.iter().find(reserved) {
        Some((name, _)) => Err(RedisFault::Reserved { name: name.clone() }),
        None => Ok(Layout::new(environment, audiences)),
    }
}

impl Carrier for RedisFeed {
    fn carry(&self, outgoing: Outgoing) {
        self.shared.queue().push(outgoing);
        self.shared.wake.notify_one();
    }

    fn trouble(&self) -> Option<String> {
        self.shared.trouble().as_ref().map(|(_, text)| text.clone())
    }
}

impl Drop for RedisFeed {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl fmt::Debug for RedisFeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisFeed").field("trouble", &self.trouble()).finish_non_exhaustive()
    }
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    wake: Notify,
    /// What is wrong: its kind, and the whole text.
    trouble: Mutex<Option<(&'static str, String)>>,
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn trouble(&self) -> MutexGuard<'_, Option<(&'static str, String)>> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn next(&self) -> Outgoing {
        loop {
            if let Some(outgoing) = self.queue().take() {
                return outgoing;
            }
            self.wake.notified().await;
        }
    }

    fn worked(&self) {
        if self.trouble().take().is_some() {
            tracing::info!("the revocation feed is written to Redis again");
        }
        metrics::gauge!("tokenward_redis_up").set(1.0);
    }

    fn failed(&self, fault: &RedisFault) {
        metrics::gauge!("tokenward_redis_up").set(0.0);
        metrics::counter!("tokenward_redis_failures_total", "why" => fault.label()).increment(1);
        let text = ErrorChain::new(fault).to_string();
        let known = self.trouble().replace((fault.label(), text.clone()));
        // A long outage fails every two seconds in the same way; that is one line, not thousands.
        if known.is_none_or(|(label, _)| label != fault.label()) {
            tracing::error!(error = text, "the revocation feed is not written to Redis");
        }
    }
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Outgoing>,
    rows: usize,
}

impl Queue {
    fn push(&mut self, outgoing: Outgoing) {
        self.rows = self.rows.saturating_add(outgoing.rows.len());
        self.waiting.push_back(outgoing);
        if self.rows > WAITING_ROWS || self.waiting.len() > WAITING_PIECES {
            // What is left follows what Redis does not have, so the store will be asked.
            let last = self.waiting.pop_back();
            self.waiting.clear();
            self.rows = last.as_ref().map_or(0, |last| last.rows.len());
            self.waiting.extend(last);
        }
    }

    /// The next piece, joined with those that follow it, so that a queue is worked off in few steps.
    fn take(&mut self) -> Option<Outgoing> {
        let mut joined = self.waiting.pop_front()?;
        while let Some(next) = self.waiting.front() {
            let together = joined.rows.len().saturating_add(next.rows.len());
            if next.after != joined.head || together > publisher::ROWS {
                break;
            }
            let Some(next) = self.waiting.pop_front() else { break };
            joined = join(joined, next);
        }
        self.rows = self.rows.saturating_sub(joined.rows.len());
        Some(joined)
    }
}

fn join(first: Outgoing, second: Outgoing) -> Outgoing {
    let rows = if second.rows.is_empty() {
        first.rows
    } else {
        first.rows.iter().chain(&*second.rows).cloned().collect()
    };
    let mut frames = first.frames;
    frames.extend(second.frames);
    let (heartbeats, time) = if second.heartbeats.is_empty() {
        (first.heartbeats, first.time)
    } else {
        (second.heartbeats, second.time)
    };
    Outgoing { after: first.after, head: second.head, time, rows, frames, heartbeats }
}

async fn run(mut publisher: Publisher, shared: Arc<Shared>) {
    let [first, longest] = RETRY;
    loop {
        let outgoing = shared.next().await;
        let mut wait = first;
        while let Err(fault) = publisher.deliver(&outgoing).await {
            shared.failed(&fault);
            sleep(wait).await;
            wait = wait.saturating_mul(2).min(longest);
        }
        shared.worked();
    }
}
