//! Writes one piece after another, and repairs what Redis lacks.

use std::sync::Arc;
use std::time::Duration;

use redis::{Cmd, FromRedisValue};
use tokenward::{Clock, UnixTime};
use tokenward_revocation::feed::FrameHash;
use tokenward_revocation::{FrameStore, Outgoing, Revocation, RevocationStore, SealedFrame, Seq};

use crate::error::RedisFault;
use crate::layout::Layout;
use crate::link::{Link, Wire};
use crate::script::{Chain, Mode, Part, Writing, Written, rehearsal};

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
    /// Whether what is at the other end of it has been found to be of this store's history.
    is_ours: bool,
}

impl Publisher {
    pub(super) fn new(
        link: Link,
        layout: Layout,
        (store, frames): (Arc<dyn RevocationStore>, Arc<dyn FrameStore>),
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { link, layout, store, frames, clock, wire: None, is_ours: false }
    }

    /// Brings `outgoing` to Redis; `Ok` says that Redis holds at least as much. Safe to repeat.
    pub(super) async fn deliver(&mut self, outgoing: &Outgoing) -> Result<(), RedisFault> {
        for _ in 0..ROUNDS {
            if let Some(seen) = self.stranger().await? {
                self.rewrite(seen, outgoing.after, "other").await?;
                continue;
            }
            match self.write_next(outgoing).await? {
                Written::Done { told } => {
                    if told {
                        tell(outgoing.time);
                    }
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

    /// The head of a Redis that has not this store's history behind it, as when the store was set back to a
    /// backup and has come as far again: nothing can go on from there, whatever its number.
    ///
    /// Asked once for each connection: under a process that runs, no store is put in another's place.
    async fn stranger(&mut self) -> Result<Option<String>, RedisFault> {
        if self.is_ours && self.wire.is_some() {
            return Ok(None);
        }
        self.is_ours = false;
        let seen = self.field("seq").await?;
        let chain = self.field("chain").await?;
        // One that says nothing is as good as ours.
        self.is_ours = seen.is_empty()
            || number(&seen) == Some(Seq::ZERO)
            || match (number(&seen), Chain::read(&chain)) {
                (Some(_), Some(chain)) => self.holds(chain).await?,
                _ => false,
            };
        Ok((!self.is_ours).then_some(seen))
    }

    /// Whether the store has this frame. One that it has forgotten is as old as everything before it.
    async fn holds(&self, chain: Chain) -> Result<bool, RedisFault> {
        let before = Seq::new(chain.last.get().saturating_sub(1));
        for audience in self.layout.audiences() {
            let frames = self.frames.frames_since(audience, before, 1).await;
            let frames = frames.map_err(RedisFault::Store)?;
            if frames.iter().any(|frame| chain_of(frame.seq_to, &frame.jws) == chain) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The newest frame that the store has, which may well be above the head that is written with it.
    async fn newest(&self) -> Result<Option<Chain>, RedisFault> {
        let mut newest: Option<Chain> = None;
        for audience in self.layout.audiences() {
            let frame = self.frames.last_frame(audience).await.map_err(RedisFault::Store)?;
            if let Some(frame) = frame
                && newest.is_none_or(|newest| newest.last < frame.seq_to)
            {
                newest = Some(chain_of(frame.seq_to, &frame.jws));
            }
        }
        Ok(newest)
    }

    async fn write_next(&mut self, outgoing: &Outgoing) -> Result<Written, RedisFault> {
        let last = outgoing.frames.iter().max_by_key(|frame| frame.seq_to);
        let writing = Writing {
            mode: Mode::Next(outgoing.after),
            head: outgoing.head,
            time: (!outgoing.heartbeats.is_empty()).then_some(outgoing.time),
            chain: last.map(|frame| chain_of(frame.seq_to, &frame.message)),
            frames: &outgoing.frames,
            heartbeats: &outgoing.heartbeats,
        };
        self.write(&writing, &outgoing.rows).await
    }

    /// Redis has lost what was written above `seen`, or everything; it is brought up to `upto`, from
    /// where the piece at hand goes on, so that its frames are not left out.
    async fn repair(&mut self, seen: String, upto: Seq) -> Result<(), RedisFault> {
        let Some(mut after) = number(&seen) else { return self.rewrite(seen, upto, "empty").await };
        let (mut seen, chain) = (seen, self.newest().await?);
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
            let (mode, frames) = (Mode::Set(seen), frames.as_slice());
            let writing = Writing { mode, head: to, time: None, chain, frames, heartbeats: &[] };
            if !matches!(self.write(&writing, &rows).await?, Written::Done { .. }) {
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
        let (mode, chain) = (Mode::Anew(seen), self.newest().await?);
        let writing = Writing { mode, head: upto, time: None, chain, frames: &[], heartbeats: &[] };
        if matches!(self.write(&writing, &live).await?, Written::Done { .. }) {
            report(why, live.len());
        }
        Ok(())
    }

    /// Writes `rows` in as many calls as they take, the first of them ahead of the head; the last call does
    /// the rest.
    async fn write(
        &mut self,
        writing: &Writing<'_>,
        rows: &[Revocation],
    ) -> Result<Written, RedisFault> {
        let now = self.clock.now();
        let (ahead, last) = split(rows);
        let mut part = Part::first();
        for rows in ahead.chunks(ROWS) {
            let entries = self.layout.entries(rows, now);
            let command = Writing::of_rows().command(&self.layout, &entries, &part, now);
            let written = self.ask(&command).await?;
            if !matches!(written, Written::Done { .. }) {
                return Ok(written);
            }
            part.before = part.before.saturating_add(1);
        }
        let entries = self.layout.entries(last, now);
        self.ask(&writing.command(&self.layout, &entries, &part, now)).await
    }

    /// What the head says under `name`; nothing if it does not.
    async fn field(&mut self, name: &str) -> Result<String, RedisFault> {
        let mut command = redis::cmd("HGET");
        command.arg(self.layout.head()).arg(name);
        Ok(self.ask::<Option<String>>(&command).await?.unwrap_or_default())
    }

    async fn ask<T: FromRedisValue>(&mut self, command: &Cmd) -> Result<T, RedisFault> {
        let mut wire = match self.wire.take() {
            Some(wire) => wire,
            None => connect(&self.link, &self.layout).await?,
        };
        // After an error the connection is dropped: the next one may lead to another master.
        let answer = wire.ask(command).await.map_err(|error| self.link.fault(error))?;
        self.wire = Some(wire);
        Ok(answer)
    }
}

/// Connects, and does once whatever a writing does, of which nothing is left.
pub(super) async fn check(link: &Link, layout: &Layout) -> Result<(), RedisFault> {
    let mut wire = connect(link, layout).await?;
    wire.ask(&rehearsal(layout)).await.map_err(|error| link.fault(error))
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

fn chain_of(last: Seq, jws: &str) -> Chain {
    Chain { last, hash: FrameHash::of(jws) }
}

fn report(why: &'static str, rows: usize) {
    metrics::counter!("tokenward_redis_repairs_total", "why" => why).increment(1);
    let said = match why {
        "empty" => "Redis knew nothing; what is live was written anew",
        "behind" => "Redis had lost revocations; they were written anew",
        "ahead" => "Redis knew more than the store; what is live was written anew",
        _ => "what Redis knew is not of this store's history; what is live was written anew",
    };
    tracing::warn!(why, rows, "{said}");
}

fn tell(time: UnixTime) {
    let time = Duration::from_millis(time.as_millis()).as_secs_f64();
    metrics::gauge!("tokenward_redis_told_seconds").set(time);
}
