//! Where the frames of each feed are kept, so that all who send them send the same bytes.

use async_trait::async_trait;
use tokenward::{Audience, BackendError, UnixTime};

use crate::Seq;

/// A frame as it is kept and sent.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a store fills in every field from its row")]
pub struct StoredFrame {
    /// The first number that it covers.
    pub seq_from: Seq,
    /// The last one: its name in the chain.
    pub seq_to: Seq,
    /// When nobody needs it any more: its last item has ended, and whoever was away for a while has
    /// come back.
    pub ends_at: UnixTime,
    /// The message.
    pub jws: String,
}

/// The frames of each audience, a chain that only grows at its end and is only forgotten from its
/// beginning.
#[async_trait]
pub trait FrameStore: Send + Sync + 'static {
    /// The last frame of the chain; `None` before the first.
    async fn last_frame(&self, audience: &Audience) -> Result<Option<StoredFrame>, BackendError>;

    /// Up to `limit` frames that reach beyond the number `after`, in ascending order.
    async fn frames_since(
        &self,
        audience: &Audience,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<StoredFrame>, BackendError>;

    /// Adds `frame` behind the frame that ends with `last` (zero: as the first of all), durably. If the
    /// chain ends elsewhere, nothing changes, and the answer is
    /// [`Conflict`](tokenward::BackendErrorKind::Conflict): another replica was faster.
    async fn append_frame(
        &self,
        audience: &Audience,
        last: Seq,
        frame: StoredFrame,
    ) -> Result<(), BackendError>;

    /// Forgets the frames of each audience that have ended at `now`, up to the first that has not, and
    /// never the last of all; answers how many they were.
    async fn prune_frames(&self, now: UnixTime) -> Result<u64, BackendError>;
}
