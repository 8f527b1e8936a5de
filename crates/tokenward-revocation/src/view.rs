//! What one verifier knows of its audience's revocations, and how old that knowledge is.
//!
//! **Invariant:** the time as of which a view claims to be complete never comes from its own clock:
//! a message says it, and only after everything that the message covers has been applied.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokenward::{Audience, Rejected, UnixTime, Verified};

use crate::feed::Item;
use crate::{BadBody, Facts, Fingerprints, Memo, Revocation, RevokedBy, Set};

#[cfg(test)]
mod tests;

/// A [`Set`] and its age.
pub struct View {
    set: Set,
    as_of: AsOf,
    /// `None`: the set is the truth itself.
    policy: Option<FreshnessPolicy>,
}

impl View {
    /// The view of whoever feeds it straight from the store, in the store's own process: never stale.
    ///
    /// Insert what is live before the first token is checked.
    #[must_use]
    pub fn local(audience: Audience) -> Self {
        Self::local_under(audience, Fingerprints::random())
    }

    /// As [`Self::local`], for whoever passes [`Self::export`] on to those who have the secret.
    #[must_use]
    pub fn local_under(audience: Audience, fingerprints: Fingerprints) -> Self {
        Self { set: Set::new(audience, fingerprints), as_of: AsOf::default(), policy: None }
    }

    /// The view of whoever follows a feed. Before the first snapshot it is stale, whatever `policy`
    /// says: an empty set is not a set without revocations.
    #[must_use]
    pub fn following(audience: Audience, policy: FreshnessPolicy) -> Self {
        let set = Set::new(audience, Fingerprints::random());
        Self { set, as_of: AsOf::default(), policy: Some(policy) }
    }

    /// Whose tokens it is about.
    #[must_use]
    pub const fn audience(&self) -> &Audience {
        self.set.audience()
    }

    /// How old its knowledge may be at `now`, at the most: everything that was revoked longer ago is
    /// known. `None` if that cannot be said: nothing was received yet, or the feed's time is further
    /// ahead of `now` than the clocks may differ.
    #[must_use]
    pub fn age(&self, now: UnixTime) -> Option<Duration> {
        let Some(policy) = self.policy else { return Some(Duration::ZERO) };
        age(self.as_of()?, now, policy.clock_error).ok()
    }

    /// The store's time up to which it is complete; `None` before the first snapshot, and for
    /// [`View::local`].
    #[must_use]
    pub fn as_of(&self) -> Option<UnixTime> {
        self.as_of.get()
    }

    /// Whether tokens may be judged at `now`. Ask this before a token is read: whoever is stale says
    /// so to everybody alike.
    pub fn fresh(&self, now: UnixTime) -> Result<(), Stale> {
        match (self.staleness(now), self.policy) {
            (Some(stale @ (Stale::NeverSynced | Stale::Full)), _) => Err(stale),
            (Some(_), Some(FreshnessPolicy { when_stale: WhenStale::Accept, .. })) | (None, _) => {
                Ok(())
            }
            (Some(stale), _) => Err(stale),
        }
    }

    /// What is wrong with its age at `now`, even where the policy is to go on; for logs and metrics.
    #[must_use]
    pub fn staleness(&self, now: UnixTime) -> Option<Stale> {
        if self.set.is_full() {
            return Some(Stale::Full);
        }
        let policy = self.policy?;
        let Some(as_of) = self.as_of() else { return Some(Stale::NeverSynced) };
        match age(as_of, now, policy.clock_error) {
            Err(ahead) => Some(Stale::ClocksDisagree { ahead }),
            Ok(age) if age > policy.max_staleness => {
                Some(Stale::TooOld { age, limit: policy.max_staleness })
            }
            Ok(_) => None,
        }
    }

    /// Refuses a token that is revoked, as far as is known; ask [`Self::fresh`] first how far that is.
    pub fn check(&self, token: &Verified) -> Result<(), Rejected> {
        match self.check_facts(&Facts::of(token, token.key_id())) {
            Some(by) => Err(by.into()),
            None => Ok(()),
        }
    }

    /// Why a token of which `facts` hold is revoked; `None` if it is not, as far as is known.
    #[must_use]
    pub fn check_facts(&self, facts: &Facts<'_>) -> Option<RevokedBy> {
        self.set.check_facts(facts)
    }

    /// As [`Self::check_facts`], of the token that `memo` is of.
    #[must_use]
    pub fn check_again(&self, facts: &Facts<'_>, memo: &Memo) -> Option<RevokedBy> {
        self.set.check_again(facts, memo)
    }

    /// See [`Set::memo`].
    #[must_use]
    pub fn memo(&self, facts: &Facts<'_>) -> Memo {
        self.set.memo(facts)
    }

    /// Adds `revocation` at once, ahead of any feed.
    pub fn insert(&self, revocation: &Revocation) {
        self.set.insert(revocation);
    }

    /// Adds `item`, whose fingerprints were made under the secret of the last snapshot.
    pub(crate) fn insert_item(&self, item: &Item) {
        self.set.insert_item(item);
    }

    /// As [`Set::knows`].
    pub(crate) fn knows(&self, item: &Item) -> bool {
        self.set.knows(item)
    }

    /// Drops what has ended at `now`; see [`Set::expire`]. For [`View::local`]: a follower does it by the
    /// feed's time.
    pub fn expire(&self, now: UnixTime) -> usize {
        self.set.expire(now)
    }

    /// Everything that is known, as bytes; see [`Set::export`].
    #[must_use]
    pub fn export(&self) -> Vec<u8> {
        self.set.export()
    }

    /// Puts what [`Self::export`] wrote in the place of everything, complete as of `as_of`; see
    /// [`Set::import`]. Whether the bytes may be believed is the caller's to know.
    pub fn import(
        &self,
        fingerprints: Fingerprints,
        body: &[u8],
        as_of: UnixTime,
    ) -> Result<(), BadBody> {
        self.put_in_place(as_of, || self.set.import(fingerprints, body, as_of))
    }

    /// How many revocations are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.set.len()
    }

    /// Whether none is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How much the feed's clock and ours may differ.
    #[must_use]
    pub fn clock_error(&self) -> Duration {
        self.policy.map_or(Duration::ZERO, |policy| policy.clock_error)
    }

    /// The secret that its fingerprints are made under.
    pub(crate) fn fingerprints(&self) -> Fingerprints {
        self.set.fingerprints()
    }

    /// The set is complete as of `time`, too; whether that is news.
    pub(crate) fn advance(&self, time: UnixTime) -> bool {
        self.as_of.advance(time)
    }

    fn put_in_place(
        &self,
        as_of: UnixTime,
        put: impl FnOnce() -> Result<(), BadBody>,
    ) -> Result<(), BadBody> {
        let before = self.as_of.get();
        // Content that is as of an earlier time must never meet the later time of what it replaces.
        if before > Some(as_of) {
            self.as_of.set(Some(as_of));
        }
        match put() {
            Ok(()) => self.as_of.set(Some(as_of)),
            Err(error) => {
                self.as_of.set(before);
                return Err(error);
            }
        }
        Ok(())
    }
}

impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("View")
            .field("audience", self.audience())
            .field("len", &self.len())
            .field("as_of", &self.as_of())
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

/// A time, or none yet. Whoever reads one sees all content that was put in place before it was set.
#[derive(Default)]
struct AsOf(AtomicU64);

impl AsOf {
    fn get(&self) -> Option<UnixTime> {
        self.0.load(Ordering::Acquire).checked_sub(1).map(UnixTime::from_millis)
    }

    fn set(&self, time: Option<UnixTime>) {
        self.0.store(Self::word(time), Ordering::Release);
    }

    fn advance(&self, time: UnixTime) -> bool {
        let word = Self::word(Some(time));
        self.0.fetch_max(word, Ordering::AcqRel) < word
    }

    /// One more than the milliseconds; zero for none.
    fn word(time: Option<UnixTime>) -> u64 {
        time.map_or(0, |time| time.as_millis().saturating_add(1))
    }
}

/// How old a follower's knowledge may be, and what happens when it is older.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "whoever follows must decide on each")]
pub struct FreshnessPolicy {
    /// The oldest age at which tokens are judged. It holds `clock_error` and the second between two
    /// heartbeats, so it must be longer than both together.
    pub max_staleness: Duration,
    /// How much the authority's clock and the verifier's may differ; counted into every age.
    pub clock_error: Duration,
    /// What happens beyond `max_staleness`.
    pub when_stale: WhenStale,
}

/// What a verifier does when its knowledge is too old.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "there is no third way")]
pub enum WhenStale {
    /// It judges no token and says that it is unavailable.
    #[default]
    Refuse,
    /// It goes on with what it knows; whoever runs it must log that.
    Accept,
}

/// Why a verifier judges no tokens just now. It is nobody's token that is at fault.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Stale {
    /// Nothing was received from the feed yet. The authority cannot be reached, or its credential is
    /// refused: the log has the cause.
    #[error("nothing was received from the revocation feed yet")]
    NeverSynced,
    /// The feed has fallen silent, or lags.
    #[error(
        "what is known of revocations is {:.1} s old, more than the {:.1} s allowed",
        age.as_secs_f64(),
        limit.as_secs_f64()
    )]
    TooOld {
        /// How old.
        age: Duration,
        /// `max_staleness`.
        limit: Duration,
    },
    /// The feed's time lies in the future by more than the clocks may differ, so no age can be
    /// trusted. Set the clocks.
    #[error(
        "the revocation feed's clock is {:.1} s ahead, more than `clock_error` allows",
        ahead.as_secs_f64()
    )]
    ClocksDisagree {
        /// By how much.
        ahead: Duration,
    },
    /// More was revoked than a set holds; see [`Set::is_full`]. Revoke a subject, an audience or a key
    /// rather than its tokens one by one. It ends when what found no room has ended, or with a snapshot
    /// that fits.
    #[error("more is revoked than can be held in memory")]
    Full,
    /// The key set could not be fetched, or not for too long.
    #[error("the key set is missing or too old")]
    KeySetTooOld,
}

/// The age at `now` of what was complete `as_of`, or how far `as_of` lies ahead of `now`.
fn age(as_of: UnixTime, now: UnixTime, clock_error: Duration) -> Result<Duration, Duration> {
    let latest = now.saturating_add(clock_error);
    if as_of <= latest { Ok(latest.since(as_of)) } else { Err(as_of.since(now)) }
}
