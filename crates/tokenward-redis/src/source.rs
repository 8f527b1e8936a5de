//! Reads the feed from Redis.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use redis::streams::{StreamId, StreamRangeReply, StreamReadReply};
use redis::{Cmd, FromRedisValue, RedisResult, Value};
use tokenward::{Audience, BackendError, BackendErrorKind};
use tokenward_revocation::{Message, Source, Subscription};

use crate::address::{RedisAddress, RedisSecrets};
use crate::error::RedisFault;
use crate::layout::Layout;
use crate::link::{Link, Wire};

/// How long Redis lets us wait for a frame. The heartbeat is looked at as often.
const BLOCK: Duration = Duration::from_millis(500);
/// How long an answer may take, that wait included.
const PATIENCE: Duration = Duration::from_secs(3);
/// The most frames of one answer.
const FRAMES: usize = 16;
/// The most answers before what has been read is handed on.
const ANSWERS: usize = 64;
/// Before the first entry of a stream.
const BEGIN: Place = Place(0, 0);

/// A [`Source`] that reads what a [`RedisFeed`](crate::RedisFeed) wrote.
#[derive(Clone)]
pub struct RedisSource {
    link: Link,
    layout: Layout,
}

impl RedisSource {
    /// The feed of `environment` at `address`. It connects when messages are asked for.
    #[must_use]
    pub fn new(address: RedisAddress, secrets: RedisSecrets, environment: &str) -> Self {
        Self { link: Link::new(address, secrets), layout: Layout::new(environment, Vec::new()) }
    }
}

impl Source for RedisSource {
    fn subscribe(&self, audience: &Audience) -> Box<dyn Subscription> {
        Box::new(RedisSubscription {
            link: self.link.clone(),
            head: self.layout.head(),
            feed: self.layout.feed(),
            audience: audience.clone(),
            wire: None,
            last: None,
            beat: None,
        })
    }
}

impl fmt::Debug for RedisSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisSource").field("link", &self.link).finish_non_exhaustive()
    }
}

struct RedisSubscription {
    link: Link,
    head: String,
    feed: String,
    audience: Audience,
    wire: Option<Wire>,
    /// The last entry of the stream that was read.
    last: Option<Place>,
    /// The last heartbeat that was handed on.
    beat: Option<Vec<u8>>,
}

#[async_trait]
impl Subscription for RedisSubscription {
    async fn next(&mut self) -> Result<Vec<Message>, BackendError> {
        let failed = |fault: RedisFault| BackendError::new(BackendErrorKind::Unavailable, fault);
        // After an error the connection is dropped: the next one may lead to another master.
        let (mut wire, first) = match self.wire.take() {
            Some(wire) => (wire, false),
            None => (self.link.connect(PATIENCE).await.map_err(failed)?, true),
        };
        let messages =
            if first { self.find_place(&mut wire).await } else { self.read(&mut wire).await };
        let messages = messages.map_err(|error| failed(self.link.fault(error)))?;
        self.wire = Some(wire);
        Ok(messages)
    }
}

impl RedisSubscription {
    /// Goes on where it was; or at the beginning, if this Redis has not come so far: after a fail-over
    /// the clock that numbers entries is another. The follower knows what it has heard already.
    async fn find_place(&mut self, wire: &mut Wire) -> RedisResult<Vec<Message>> {
        let mut command = redis::cmd("XREVRANGE");
        command.arg(&self.feed).arg("+").arg("-").arg("COUNT").arg(1);
        let newest: StreamRangeReply = wire.ask(&command).await?;
        let newest = newest.ids.first().and_then(|entry| Place::of(&entry.id)).unwrap_or(BEGIN);
        self.last = Some(match self.last {
            None => newest,
            Some(last) if newest < last => BEGIN,
            Some(last) => last,
        });
        Ok(Vec::new())
    }

    async fn read(&mut self, wire: &mut Wire) -> RedisResult<Vec<Message>> {
        // The heartbeat before the frames: it speaks of no frame that is not in the stream by now.
        let mut command = redis::cmd("HGET");
        command.arg(&self.head).arg(self.audience.as_str());
        let beat: Option<Vec<u8>> = wire.ask(&command).await?;
        let mut messages = Vec::new();
        let mut caught_up = false;
        for _ in 0..ANSWERS {
            let command = self.ask_for_frames(None);
            caught_up = self.take(wire, &command, &mut messages).await? < FRAMES;
            if caught_up {
                break;
            }
        }
        if !caught_up {
            // The heartbeat may speak of frames that are still to be read.
            return Ok(messages);
        }
        if beat.is_some() && beat != self.beat {
            self.beat.clone_from(&beat);
            messages.extend(beat.map(Message::Heartbeat));
        }
        if messages.is_empty() {
            let command = self.ask_for_frames(Some(BLOCK));
            self.take(wire, &command, &mut messages).await?;
        }
        Ok(messages)
    }

    fn ask_for_frames(&self, block: Option<Duration>) -> Cmd {
        let mut command = redis::cmd("XREAD");
        command.arg("COUNT").arg(FRAMES);
        if let Some(block) = block {
            command.arg("BLOCK").arg(block.as_millis().to_string());
        }
        command.arg("STREAMS").arg(&self.feed).arg(self.last.unwrap_or(BEGIN).to_string());
        command
    }

    /// Adds the frames that `command` brings, and answers how many entries they were among.
    async fn take(
        &mut self,
        wire: &mut Wire,
        command: &Cmd,
        messages: &mut Vec<Message>,
    ) -> RedisResult<usize> {
        let reply: Option<StreamReadReply> = wire.ask(command).await?;
        let entries = reply.into_iter().flat_map(|reply| reply.keys).flat_map(|key| key.ids);
        let mut count = 0_usize;
        for entry in entries {
            count = count.saturating_add(1);
            // One that cannot be read leaves a gap in the numbers, which the follower sees.
            self.last = Place::of(&entry.id).max(self.last);
            if text(&entry, "aud").is_some_and(|name| name == self.audience.as_str().as_bytes()) {
                messages.extend(text(&entry, "jws").map(Message::Frame));
            }
        }
        Ok(count)
    }
}

impl fmt::Debug for RedisSubscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { audience, last, .. } = self;
        f.debug_struct("RedisSubscription")
            .field("audience", audience)
            .field("last", last)
            .finish_non_exhaustive()
    }
}

/// The id of an entry: a time in ms, and a number within it.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Place(u64, u64);

impl Place {
    fn of(id: &str) -> Option<Self> {
        let (time, number) = id.split_once('-')?;
        Some(Self(time.parse().ok()?, number.parse().ok()?))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.0, self.1)
    }
}

fn text(entry: &StreamId, field: &str) -> Option<Vec<u8>> {
    entry.map.get(field).and_then(|value: &Value| Vec::from_redis_value_ref(value).ok())
}
