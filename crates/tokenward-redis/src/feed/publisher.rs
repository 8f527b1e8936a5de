//! Writes one piece after another, and repairs what Redis lacks.

use std::sync::Arc;
use std::time::Duration;

use tokenward::{Clock, UnixTime};
use tokenward_revocation::{FrameStore, Outgoing, Revocation, RevocationStore, SealedFrame, Seq};

use crate::error::RedisFault;
use crate::layout::Layout;
use crate::link::{Link, Wire};
use crate::script::{Mode, Writing, Written};

/// The most rows of one call: Redis does nothing else meanwhile, a few milliseconds.
pub(super) const ROWS: usize = 1_024;
/// The most frames of one audience that one call puts back: half a minute at their fastest.
const FRAMES: usize = 640;
/// How often one piece may find that Redis is not where it was a moment ago.
const ROUNDS: usize = 8;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) struct Publisher {
    link: Link,
    layout: Layout,
    store: Arc<dyn RevocationStore>,
    frames: Arc<dyn FrameStore>,
    clock: Arc<dyn Clock>,
    wire: Option<Wire>,
}

impl Publisher {
    pub(super) fn new(
        link: Link,
        layout: Layout,
        (store, frames): (Arc<dyn RevocationStore>, Arc<dyn FrameStore>),
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { link, layout, store, frames, clock, wire: None }
    }

    /// Brings `outgoing` to Redis; `Ok` says that Redis holds at least as much. Safe to repeat.
    pub(super) async fn deliver(&mut self, outgoing: &Outgoing) -> Result<(), RedisFault> {
        for _ in 0..ROUNDS {
            match self.write_next(outgoing).await? {
                Written::Done => {
                    told(outgoing);
                    return Ok(());
                }
                Written::Behind(seen) => self.repair(seen, outgoing.after).await?,
                Written::Ahead(seen) => {
                    // Another replica was faster; or this is not our store's Redis.
                    let head = self.store.head().await.map_err(RedisFault::Store)?;
                    if number(&seen).is_some_and(|seen| seen <= head) {
                        return Ok(());
                    }
                    self.rewrite(seen, outgoing.after, "ahead").await?;
                }
                Written::Moved(_) => {}
            }
        }
        Err(RedisFault::Contended)
    }

    async fn write_next(&mut self, outgoing: &Outgoing) -> Result<Written, RedisFault> {
        let now = self.clock.now();
        let (ahead, last) = split(&outgoing.rows);
        self.write_rows(ahead, now).await?;
        let time = (!outgoing.heartbeats.is_empty()).then_some(outgoing.time);
        let writing = Writing {
            mode: Mode::Next(outgoing.after),
            head: outgoing.head,
            time,
            entries: &self.layout.entries(last, now),
            frames: &outgoing.frames,
            heartbeats: &outgoing.heartbeats,
        };
        self.write(&writing, now).await
    }

    /// Redis has lost what was written above `seen`, or everything; it is brought up to `upto`, from
    /// where the piece at hand goes on, so that its frames are not left out.
    async fn repair(&mut self, seen: String, upto: Seq) -> Result<(), RedisFault> {
        let Some(mut after) = number(&seen) else { return self.rewrite(seen, upto, "empty").await };
        let mut seen = seen;
        let mut count = 0_usize;
        while after < upto {
            let mut rows = self.store.since(after, ROWS).await.map_err(RedisFault::Store)?;
            let whole = rows.len() < ROWS;
            rows.retain(|row| row.seq <= upto);
            // What is missing between the rows has been pruned, so it no longer matters.
            let to = match rows.last() {
                Some(last) if !whole => last.seq,
                _ => upto,
            };
            let frames = self.kept_frames(after, to).await?;
            if self.set(seen, to, &rows, &frames).await? != Written::Done {
                return Ok(());
            }
            count = count.saturating_add(rows.len());
            (after, seen) = (to, to.to_string());
        }
        report("behind", count);
        Ok(())
    }

    /// The frames that end above `after` and not above `upto`, as far as the store keeps them: with a hole in
    /// the stream each follower would fetch a snapshot.
    async fn kept_frames(&self, after: Seq, upto: Seq) -> Result<Vec<SealedFrame>, RedisFault> {
        let mut kept = Vec::new();
        for audience in self.layout.audiences() {
            let frames = self.frames.frames_since(audience, after, FRAMES).await;
            let frames = frames.map_err(RedisFault::Store)?.into_iter();
            kept.extend(frames.filter(|frame| frame.seq_to <= upto).map(|frame| SealedFrame {
                audience: audience.clone(),
                seq_from: frame.seq_from,
                seq_to: frame.seq_to,
                message: frame.jws.into(),
            }));
        }
        Ok(kept)
    }

    /// Writes everything that is live, whatever Redis has, and says that it reaches to `upto`.
    async fn rewrite(
        &mut self,
        seen: String,
        upto: Seq,
        why: &'static str,
    ) -> Result<(), RedisFault> {
        let (_, live) = self.store.live(self.clock.now()).await.map_err(RedisFault::Store)?;
        if self.set(seen, upto, &live, &[]).await? == Written::Done {
            report(why, live.len());
        }
        Ok(())
    }

    async fn set(
        &mut self,
        seen: String,
        head: Seq,
        rows: &[Revocation],
        frames: &[SealedFrame],
    ) -> Result<Written, RedisFault> {
        let now = self.clock.now();
        let (ahead, last) = split(rows);
        self.write_rows(ahead, now).await?;
        let writing = Writing {
            mode: Mode::Set(seen),
            head,
            time: None,
            entries: &self.layout.entries(last, now),
            frames,
            heartbeats: &[],
        };
        self.write(&writing, now).await
    }

    /// Writes rows ahead of the head, which is then written with the last of them.
    async fn write_rows(&mut self, rows: &[Revocation], now: UnixTime) -> Result<(), RedisFault> {
        for rows in rows.chunks(ROWS) {
            let writing = Writing {
                mode: Mode::Rows,
                head: Seq::ZERO,
                time: None,
                entries: &self.layout.entries(rows, now),
                frames: &[],
                heartbeats: &[],
            };
            self.write(&writing, now).await?;
        }
        Ok(())
    }

    async fn write(&mut self, writing: &Writing<'_>, now: UnixTime) -> Result<Written, RedisFault> {
        let command = writing.command(&self.layout, now);
        let mut wire = match self.wire.take() {
            Some(wire) => wire,
            None => connect(&self.link, &self.layout).await?,
        };
        // After an error the connection is dropped: the next one may lead to another master.
        let written = wire.ask(&command).await.map_err(|error| self.link.fault(error))?;
        self.wire = Some(wire);
        Ok(written)
    }
}

/// Connects, and writes nothing but what is there: a call of the script that finds its head.
pub(super) async fn check(link: &Link, layout: &Layout, now: UnixTime) -> Result<(), RedisFault> {
    let mut wire = connect(link, layout).await?;
    let writing = Writing {
        mode: Mode::Set("none, so that nothing is written".to_owned()),
        head: Seq::ZERO,
        time: None,
        entries: &[],
        frames: &[],
        heartbeats: &[],
    };
    let command = writing.command(layout, now);
    let _: Written = wire.ask(&command).await.map_err(|error| link.fault(error))?;
    Ok(())
}

/// A connection to a Redis that forgets nothing by itself.
async fn connect(link: &Link, layout: &Layout) -> Result<Wire, RedisFault> {
    let mut wire = link.connect(PATIENCE).await?;
    // By a script on our own key, so that in a cluster the node answers that holds our keys.
    let mut command = redis::cmd("EVAL");
    command.arg("return redis.call('INFO', 'memory')").arg(1).arg(layout.head());
    let memory: String = wire.ask(&command).await.map_err(|error| link.fault(error))?;
    let field = |name: &str| {
        let value = memory.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        value.unwrap_or_default().trim()
    };
    match (field("maxmemory"), field("maxmemory_policy")) {
        ("0", _) | (_, "noeviction") => Ok(wire),
        (_, policy) => Err(RedisFault::Evicts { policy: policy.to_owned() }),
    }
}

fn split(rows: &[Revocation]) -> (&[Revocation], &[Revocation]) {
    let ahead = rows.len().saturating_sub(ROWS);
    rows.split_at_checked(ahead).unwrap_or((&[], rows))
}

fn number(text: &str) -> Option<Seq> {
    text.parse().ok().map(Seq::new)
}

fn report(why: &'static str, rows: usize) {
    metrics::counter!("tokenward_redis_repairs_total", "why" => why).increment(1);
    let said = match why {
        "empty" => "Redis knew nothing; what is live was written anew",
        "behind" => "Redis had lost revocations; they were written anew",
        _ => "Redis knew more than the store; what is live was written anew",
    };
    tracing::warn!(why, rows, "{said}");
}

fn told(outgoing: &Outgoing) {
    if !outgoing.heartbeats.is_empty() {
        let time = Duration::from_millis(outgoing.time.as_millis()).as_secs_f64();
        metrics::gauge!("tokenward_redis_told_seconds").set(time);
    }
}
