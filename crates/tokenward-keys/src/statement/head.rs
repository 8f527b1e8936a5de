//! The last statement as it is stored, and what the next one must follow.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tokenward::{KeyId, KeySet, KeySetClaims, UnixTime, VerifyingKey};

/// The last statement of an audience.
///
/// What follows from it is read out of the statement itself: who can write to the store could else have the
/// signer use up its numbers.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Head {
    jwt: String,
    issued_at: u64,
    /// Since when a signed key set has held each of its keys, in milliseconds.
    since: BTreeMap<String, u64>,
}

impl Head {
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        // Texts and numbers: there is nothing that could fail.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// The head of `jwt`, signed at `now` and at hand at `public_at`.
    pub(super) fn new(
        before: Option<&Self>,
        key_set: &str,
        jwt: String,
        now: UnixTime,
        public_at: UnixTime,
    ) -> Self {
        let keys = KeySet::parse(key_set.as_bytes()).ok();
        let ids = keys.iter().flat_map(KeySet::keys).filter_map(VerifyingKey::key_id);
        let since = |id: &KeyId| before.and_then(|before| before.since(id)).unwrap_or(public_at);
        Self {
            jwt,
            issued_at: now.as_secs(),
            since: ids.map(|id| (id.as_str().to_owned(), since(id).as_millis())).collect(),
        }
    }

    pub(super) fn since(&self, key: &KeyId) -> Option<UnixTime> {
        self.since.get(key.as_str()).copied().map(UnixTime::from_millis)
    }

    /// When it says that it was signed: a time at which to verify it, whatever the clock says today.
    pub(super) const fn issued_at(&self) -> UnixTime {
        UnixTime::from_secs(self.issued_at)
    }

    pub(super) fn jwt(&self) -> &str {
        &self.jwt
    }
}

/// The version of a statement about `key_set` that comes after the one `before`, and the hash of the version
/// that it follows; `None` if there is no number left.
///
/// It is the time in seconds at least, so that a store that was restored, or begun anew, goes on above what
/// verifiers have seen.
pub(super) fn following(
    before: Option<&KeySetClaims>,
    key_set: &str,
    now: UnixTime,
) -> Option<(u64, Option<[u8; 32]>)> {
    let Some((before, version)) = before.and_then(|one| Some((one, one.version()?))) else {
        return Some((now.as_secs(), None));
    };
    if before.key_set_json() == key_set {
        return Some((version.number(), before.previous().copied()));
    }
    Some((version.number().checked_add(1)?.max(now.as_secs()), Some(*version.hash())))
}
