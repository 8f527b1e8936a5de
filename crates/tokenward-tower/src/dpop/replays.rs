//! The proofs that were used, for as long as they could be used again.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokenward::UnixTime;

/// How long a generation is added to. No proof is good for longer: a minute, and the leeway before and after.
const GENERATION: Duration = Duration::from_secs(70);

/// The most proofs of one generation: 60 000 a second, in some 80 MB.
const MOST: usize = 1 << 22;

/// Two generations of names. The older one is dropped as a whole, once all in it are over.
#[derive(Default)]
pub(super) struct Replays(Mutex<Generations>);

#[derive(Default)]
struct Generations {
    began: UnixTime,
    young: HashSet<[u8; 16]>,
    old: HashSet<[u8; 16]>,
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
        // Beyond the generation it would be forgotten too early.
        if ends_at.since(now) > GENERATION {
            return None;
        }
        if now >= all.began.saturating_add(GENERATION) {
            // All that was added before the last generation began is over by now.
            let young = std::mem::take(&mut all.young);
            let quiet = now >= all.began.saturating_add(GENERATION.saturating_mul(2));
            all.old = if quiet { HashSet::new() } else { young };
            all.began = now;
        }
        if all.old.contains(&name) || all.young.contains(&name) {
            return Some(false);
        }
        (all.young.len() < MOST).then(|| all.young.insert(name))
    }
}
