//! Where the truth about revocations is kept.

use async_trait::async_trait;
use tokenward::{BackendError, UnixTime};

use crate::{NewRevocation, Revocation, Seq, ShardLease, ShardRequest};

/// An append-only list of revocations.
///
/// Every verdict rests on three promises:
///
/// - what [`append`](Self::append) has answered survives a crash of the process and of the machine;
/// - numbers are given in the order of commits, so that whoever has read up to a number never finds a
///   lower one later (a plain database sequence breaks this: a slow transaction commits a low number
///   after a fast one has committed a higher);
/// - the head never goes back, whatever is pruned.
#[async_trait]
pub trait RevocationStore: Send + Sync + 'static {
    /// Appends `items` in one transaction, in this order, and answers the new head after the durable
    /// commit. No items: the present head.
    async fn append(&self, items: Vec<NewRevocation>) -> Result<Seq, BackendError>;

    /// The number of the last revocation ever appended, [`Seq::ZERO`] if there was none.
    async fn head(&self) -> Result<Seq, BackendError>;

    /// Up to `limit` revocations with a number above `after`, in ascending order. Pruned ones are
    /// missing, so the numbers may have gaps.
    async fn since(&self, after: Seq, limit: usize) -> Result<Vec<Revocation>, BackendError>;

    /// Every revocation that has not ended at `now`, in ascending order, with the head of the same
    /// instant: both are read in one transaction.
    async fn live(&self, now: UnixTime) -> Result<(Seq, Vec<Revocation>), BackendError>;

    /// Forgets the revocations that have ended at `now`, and answers how many they were.
    async fn prune(&self, now: UnixTime) -> Result<u64, BackendError>;

    /// Hands out the first shard, from the one that is wished for on and round, that was never handed out
    /// for one of these minutes or a later one, after the durable commit; `None` if there is no such shard.
    ///
    /// No two leases of a shard ever share a minute, so whoever holds one counts alone, and dies without
    /// telling anybody. A store need remember of each shard only how far it is leased. There are 65,536,
    /// each of them busy for two hours after a process has begun with it, so they are used up when as many
    /// processes start within that time; tokens then get ids of another form until the first are free.
    async fn lease_shard(&self, request: ShardRequest) -> Result<Option<ShardLease>, BackendError>;
}
