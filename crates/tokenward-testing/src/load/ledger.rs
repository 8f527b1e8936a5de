//! What happened under the load, and the judgment on it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokenward::{KeyId, Rejected, UnixTime};
use tokenward_keys::{StoredKey, Timing};

use super::Rotated;

#[cfg(test)]
mod tests;

#[derive(Debug, Default)]
pub(super) struct Ledger(Mutex<Entries>);

#[derive(Debug, Default)]
struct Entries {
    counts: Rotated,
    refused: Vec<String>,
    /// When each key was first and last asked to sign.
    signed: BTreeMap<KeyId, (UnixTime, UnixTime)>,
}

impl Ledger {
    pub(super) fn signed(&self, key: &KeyId, at: UnixTime) {
        let mut entries = self.entries();
        entries.counts.tokens += 1;
        let (first, last) = entries.signed.entry(key.clone()).or_insert((at, at));
        (*first, *last) = ((*first).min(at), (*last).max(at));
    }

    pub(super) fn verified(&self, refused: Option<Rejected>) {
        let mut entries = self.entries();
        entries.counts.verified += 1;
        if let Some(refused) = refused {
            entries.refused.push(format!("{:?}", refused.reason()));
        }
    }

    pub(super) fn at_the_end(&self) {
        self.entries().counts.at_the_end += 1;
    }

    pub(super) fn overtaken(&self) {
        self.entries().counts.overtaken += 1;
    }

    pub(super) fn waited(&self) {
        self.entries().counts.waited += 1;
    }

    /// Panics at a good token that was refused, a key that signed out of its time, a silence that is no exception,
    /// and a load that was none.
    pub(super) fn judge(&self, keys: &[StoredKey], timing: &Timing) -> Rotated {
        let entries = self.entries();
        let Entries { counts, refused, signed } = &*entries;
        assert!(refused.is_empty(), "{} good tokens were refused: {refused:?}", refused.len());
        for (id, (first, last)) in signed {
            let key = keys.iter().find(|key| key.id == *id).unwrap();
            // The very first key has no verifier that could lack it.
            let is_first = keys.iter().all(|other| other.created_at >= key.created_at);
            let ripe = key.published_at.saturating_add(timing.ripening());
            assert!(is_first || *first >= ripe, "{id} signed at {first}, and was ripe at {ripe}");
            if let Some(retired) = key.retired_at {
                let silent = retired.saturating_add(timing.silent_within());
                assert!(*last <= silent, "{id} signed at {last}, and ended at {retired}");
            }
        }
        let attempts = counts.tokens.saturating_add(counts.overtaken).saturating_add(counts.waited);
        assert!(
            counts.waited <= attempts / MOST_WAITED,
            "{counts:?}: of {attempts} attempts, too many found nobody who signs"
        );
        assert!(signed.len() >= 3, "{} keys signed: that is no rotation", signed.len());
        assert!(counts.tokens >= 200, "{counts:?} is no load");
        assert!(
            counts.at_the_end >= counts.tokens / 2,
            "{counts:?}: the ends were hardly looked at"
        );
        Rotated { keys: signed.len(), ..*counts }
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One attempt of so many may find nobody who signs: a machine that is busy with other things misses a lease now and
/// then, and nobody should miss more.
const MOST_WAITED: u64 = 4;
