//! What stands between the feed and those who carry it elsewhere.
//!
//! The authority's feed hands everything that it tells its followers to a [`Carrier`] too, and a
//! verifier may take its messages from a [`Source`] instead of the authority's own stream. Both treat
//! a message as bytes with a place in an order; only a [`Follower`](crate::Follower) reads it.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use tokenward::{Audience, BackendError, UnixTime};

use crate::{Revocation, Seq};

/// Carries the feed to those who do not follow the authority itself.
pub trait Carrier: fmt::Debug + Send + Sync + 'static {
    /// Takes the next piece. Never waits: an outage of whatever lies behind is not the feed's.
    fn carry(&self, outgoing: Outgoing);

    /// What keeps the pieces from arriving, for readiness and `tokenward check`; `None` while they do.
    fn trouble(&self) -> Option<String>;
}

/// A piece of the feed: everything that the store holds above `after` up to `head`.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "whoever hands it over must fill in every field")]
pub struct Outgoing {
    /// The number that this piece follows.
    pub after: Seq,
    /// The last number that it covers; `after` if nothing was revoked.
    pub head: Seq,
    /// The time by the authority's clock, read before the store was.
    pub time: UnixTime,
    /// The revocations, in ascending order. Pruned ones are missing.
    pub rows: Arc<[Revocation]>,
    /// The frames that tell of them, one or more for each audience.
    pub frames: Vec<SealedFrame>,
    /// If this is a heartbeat: one for each audience.
    pub heartbeats: Vec<SealedHeartbeat>,
}

/// A frame as it travels.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "whoever hands it over must fill in every field")]
pub struct SealedFrame {
    /// Whose feed it belongs to.
    pub audience: Audience,
    /// The first number that it covers.
    pub seq_from: Seq,
    /// The last number that it covers.
    pub seq_to: Seq,
    /// The message: UTF-8, on one line.
    pub message: Arc<str>,
}

/// A heartbeat as it travels.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "whoever hands it over must fill in every field")]
pub struct SealedHeartbeat {
    /// Whose feed it belongs to.
    pub audience: Audience,
    /// The message: UTF-8, on one line.
    pub message: Arc<str>,
}

/// A place from which verifiers take the feed, beside the authority itself.
pub trait Source: fmt::Debug + Send + Sync + 'static {
    /// The messages for `audience` from now on. It connects when it is first asked for some.
    fn subscribe(&self, audience: &Audience) -> Box<dyn Subscription>;
}

/// The messages of one audience, as they come.
///
/// Whatever is lost, repeated or forged on the way is for the [`Follower`](crate::Follower) to notice.
#[async_trait]
pub trait Subscription: fmt::Debug + Send + 'static {
    /// Waits for messages, for a second or so, and answers those that came: possibly none. The first
    /// call answers once what comes later will not be missed.
    ///
    /// After an error the next call tries anew, and goes on where this one stood.
    async fn next(&mut self) -> Result<Vec<Message>, BackendError>;
}

/// A message of a [`Subscription`].
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "the feed has two kinds of messages")]
pub enum Message {
    /// A [`Frame`](crate::feed::Frame).
    Frame(Vec<u8>),
    /// A [`Heartbeat`](crate::feed::Heartbeat).
    Heartbeat(Vec<u8>),
}
