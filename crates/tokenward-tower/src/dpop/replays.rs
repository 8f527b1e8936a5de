//! The proofs that were used, for as long as they could be used again.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokenward::UnixTime;

/// How long a generation is added to. No proof is good for longer: a minute, and the leeway before and after.
const GENERATION: Duration = Duration::from_secs(70);

/// The most proofs of one generation: 60 000 a second, in some 80 MB.
const MOST: usize = 1 << 22;

/// The generations that are kept beside the one that is added to. A clock that only goes on needs one; each
/// time that it is set back begins another, since what was used in its future could be used there again.
const OLD: usize = 4;

/// Generations of names. Each is dropped as a whole, once all in it are over.
#[derive(Default)]
pub(super) struct Replays(Mutex<Generations>);

#[derive(Default)]
struct Generations {
    young: Generation,
    old: Vec<Generation>,
}

#[derive(Default)]
struct Generation {
    began: UnixTime,
    /// When all in it are over.
    ends: UnixTime,
    names: HashSet<[u8; 16]>,
}

impl Generation {
    fn beginning(now: UnixTime) -> Self {
        Self { began: now, ..Self::default() }
    }

    /// Threads read the clock before they come here, so a little back is nothing.
    fn takes_at(&self, now: UnixTime) -> bool {
        let begins = self.began.saturating_sub(GENERATION);
        now >= begins && now < self.began.saturating_add(GENERATION)
    }

    /// Whether all in it are over, also for a clock that is set back by no more than a generation.
    fn is_over(&self, now: UnixTime) -> bool {
        let kept = self.began.saturating_add(GENERATION.saturating_mul(2));
        self.names.is_empty() || now >= self.ends.max(kept)
    }
}

impl Replays {
    /// Remembers `name` until `ends_at`: `Some(false)` if it was there, `None` if there is no room.
    pub(super) fn remember(
        &self,
        name: &[u8; 32],
        ends_at: UnixTime,
        now: UnixTime,
    ) -> Option<bool> {
        // Half of a SHA-256 names a proof as well; that two are alike refuses one, and lets none in.
        let name = *name.first_chunk()?;
        // What a thread that panicked leaves is a set all the same.
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // For how long a generation is kept is counted by this.
        if ends_at.since(now) > GENERATION {
            return None;
        }
        if !all.young.takes_at(now) {
            all.turn_over(now);
        }
        if all.young.names.contains(&name) || all.old.iter().any(|old| old.names.contains(&name)) {
            return Some(false);
        }
        if all.young.names.len() >= MOST || all.len() >= MOST.saturating_mul(2) {
            return None;
        }
        let Generations { young, .. } = &mut *all;
        young.ends = young.ends.max(ends_at);
        Some(young.names.insert(name))
    }
}

#[cfg(test)]
impl Replays {
    pub(super) fn len(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

impl Generations {
    fn len(&self) -> usize {
        self.old.iter().chain([&self.young]).map(|one| one.names.len()).sum()
    }

    fn turn_over(&mut self, now: UnixTime) {
        let young = std::mem::replace(&mut self.young, Generation::beginning(now));
        self.old.push(young);
        self.old.retain(|old| !old.is_over(now));
        // A clock that is set back again and again is no clock: the two that end last become one, which is
        // kept too long for some of its names, and for none too short.
        while self.old.len() > OLD {
            self.old.sort_by_key(|old| old.ends);
            let (Some(last), Some(mut before)) = (self.old.pop(), self.old.pop()) else { return };
            before.names.extend(last.names);
            (before.began, before.ends) = (before.began.max(last.began), last.ends);
            self.old.push(before);
        }
    }
}
