//! Giving out dense ids, each once.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokenward::{Jti, UnixTime, crypto};

use super::DenseId;

/// A shard is asked for: for the minutes from `from` up to, without, `until`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a store must look at every field")]
pub struct ShardRequest {
    /// The first minute, counted from the epoch.
    pub from: u32,
    /// The minute after the last.
    pub until: u32,
    /// The shard to begin looking at, drawn at random: a store that was set back to an older state then
    /// hands out one that it had handed out before in few of 65,536 cases.
    pub wish: u16,
}

/// A shard, for the minutes from `from` up to, without, `until`; nobody else ever gets it for one of them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a lease is what was asked for, and a shard")]
pub struct ShardLease {
    /// The shard.
    pub shard: u16,
    /// The first minute.
    pub from: u32,
    /// The minute after the last.
    pub until: u32,
}

/// Gives out the ids of the tokens of one process, whatever their audience.
///
/// Within a block of 4,096 they come in random order, so that ids show how many tokens were minted by the
/// block at most. What was leased and not given out by the end of the process is never given out.
///
/// ```
/// use tokenward::UnixTime;
/// use tokenward_revocation::{DenseIds, ShardLease};
///
/// let ids = DenseIds::default();
/// let now = UnixTime::from_secs(1_800_000_000);
/// assert_eq!(ids.next(now), None);
///
/// let wanted = ids.due(now).ok_or("nothing is leased yet")?;
/// // A store finds a shard that is free for these minutes.
/// ids.lease(ShardLease { shard: wanted.wish, from: wanted.from, until: wanted.until });
/// assert!(ids.next(now).is_some());
/// assert_eq!(ids.due(now), None);
/// # Ok::<(), &str>(())
/// ```
#[derive(Default)]
pub struct DenseIds(Mutex<Vec<Leased>>);

/// A lease covers two hours, so that a process writes once in an hour and a half, and not for a token.
const MINUTES: u32 = 120;
/// The next one is asked for when less than this is left: the longest life of a token, and time enough for
/// a store that is out of reach.
const AHEAD: u32 = 30;
const BLOCK: u16 = 4_096;
/// The blocks of a minute, so that every index is below [`DenseId::INDICES`].
const BLOCKS: u32 = 1 << 19;
/// So many minutes have a block at hand. Tokens end within the next sixteen.
const OPEN_BLOCKS: usize = 24;
/// A clock that is set again and again must not pile up leases.
const LEASES: usize = 4;

impl DenseIds {
    /// An id for a token that expires at `expires_at`; `None` if no lease covers it, or the shard's
    /// indices of that minute are used up. Then any other id will do: it needs more room when it is
    /// revoked, and nothing else.
    #[must_use]
    pub fn next(&self, expires_at: UnixTime) -> Option<Jti> {
        let minute = DenseId::minute_of(expires_at);
        let mut leases = self.leases();
        let of_minute = leases.iter_mut().find(|leased| leased.covers(minute))?;
        let index = of_minute.draw(minute)?;
        let shard = of_minute.lease.shard;
        drop(leases);
        Some(DenseId { minute, shard, index }.name())
    }

    /// The shard that should be leased at `now`, if any.
    #[must_use]
    pub fn due(&self, now: UnixTime) -> Option<ShardRequest> {
        let minute = DenseId::minute_of(now);
        let leases = self.leases();
        let end_of = |minute| leases.iter().find(|l| l.covers(minute)).map(|l| l.lease.until);
        let from = match end_of(minute) {
            None => minute,
            Some(until) if until > minute.saturating_add(AHEAD) || end_of(until).is_some() => {
                return None;
            }
            Some(until) => until,
        };
        // Not into what is leased already, which a clock that was set may have left further on.
        let next = leases.iter().map(|l| l.lease.from).filter(|next| *next > from).min();
        let until = from.saturating_add(MINUTES).min(next.unwrap_or(u32::MAX));
        let wish = u16::from_le_bytes(crypto::random());
        Some(ShardRequest { from, until, wish })
    }

    /// Takes what a store has leased. Each lease only once: it must be fresh from the store.
    pub fn lease(&self, lease: ShardLease) {
        let mut leases = self.leases();
        if leases.len() >= LEASES {
            leases.remove(0);
        }
        leases.push(Leased { lease, minutes: BTreeMap::new() });
    }

    // Nothing panics while it holds the lock.
    fn leases(&self) -> MutexGuard<'_, Vec<Leased>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for DenseIds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let leases: Vec<ShardLease> = self.leases().iter().map(|leased| leased.lease).collect();
        f.debug_struct("DenseIds").field("leases", &leases).finish_non_exhaustive()
    }
}

struct Leased {
    lease: ShardLease,
    minutes: BTreeMap<u32, Minute>,
}

/// How far the indices of a minute are given out. It stays as long as the lease: an index that was given
/// out must not be forgotten because the clock went on and came back.
#[derive(Default)]
struct Minute {
    /// Blocks that were begun.
    blocks: u32,
    /// What is left of the last one.
    left: Vec<u16>,
}

impl Leased {
    fn covers(&self, minute: u32) -> bool {
        (self.lease.from..self.lease.until).contains(&minute)
    }

    fn draw(&mut self, minute: u32) -> Option<u32> {
        let counting = self.minutes.entry(minute).or_default();
        let begins = counting.left.is_empty();
        if begins {
            if counting.blocks >= BLOCKS {
                return None;
            }
            counting.blocks = counting.blocks.saturating_add(1);
            counting.left = (0..BLOCK).collect();
        }
        let random = usize::from(u16::from_le_bytes(crypto::random()));
        let at = random.checked_rem(counting.left.len())?;
        let block = counting.blocks.saturating_sub(1);
        let within = u32::from(counting.left.swap_remove(at));
        let index = block.checked_mul(u32::from(BLOCK))?.checked_add(within)?;
        if begins {
            self.close_old_blocks();
        }
        Some(index)
    }

    fn close_old_blocks(&mut self) {
        let mut open: Vec<_> =
            self.minutes.values_mut().filter(|counting| !counting.left.is_empty()).collect();
        let surplus = open.len().saturating_sub(OPEN_BLOCKS);
        for counting in open.iter_mut().take(surplus) {
            counting.left = Vec::new();
        }
    }
}
