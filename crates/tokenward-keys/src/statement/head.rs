//! The last statement as it is stored, and what the next one must follow.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tokenward::{KeyId, KeySet, KeySetVersion, UnixTime, VerifyingKey, b64};

use super::SignedKeySet;

/// The last statement of an audience.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    version: u64,
    /// The hash of the version before.
    prev: Option<String>,
    /// The key set that it is of.
    key_set: String,
    jwt: String,
    signer: String,
    issued_at: u64,
    expires_at: u64,
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

    /// The version of a statement about `key_set` that comes after `before`, and the hash of the version
    /// that it follows; `None` if there is no number left.
    pub(super) fn following(
        before: Option<&Self>,
        key_set: &str,
    ) -> Option<(u64, Option<[u8; 32]>)> {
        let Some(before) = before else { return Some((1, None)) };
        if before.says(key_set) {
            return Some((before.version, before.previous()));
        }
        let hash = KeySetVersion::of(before.version, &before.key_set).map(|own| *own.hash());
        Some((before.version.checked_add(1)?, hash))
    }

    pub(super) fn new(
        before: Option<&Self>,
        key_set: &str,
        (version, previous): (u64, Option<[u8; 32]>),
        jwt: String,
        signer: &KeyId,
        now: UnixTime,
        expires_at: UnixTime,
    ) -> Self {
        let keys = KeySet::parse(key_set.as_bytes()).ok();
        let ids = keys.iter().flat_map(KeySet::keys).filter_map(VerifyingKey::key_id);
        let since = |id: &KeyId| before.and_then(|before| before.since(id)).unwrap_or(now);
        Self {
            version,
            prev: previous.map(|hash| b64::encode(&hash)),
            key_set: key_set.to_owned(),
            jwt,
            signer: signer.as_str().to_owned(),
            issued_at: now.as_secs(),
            expires_at: expires_at.as_secs(),
            since: ids.map(|id| (id.as_str().to_owned(), since(id).as_millis())).collect(),
        }
    }

    pub(super) fn says(&self, key_set: &str) -> bool {
        self.key_set == key_set
    }

    pub(super) fn is_by(&self, signer: &KeyId) -> bool {
        self.signer == signer.as_str()
    }

    pub(super) fn since(&self, key: &KeyId) -> Option<UnixTime> {
        self.since.get(key.as_str()).copied().map(UnixTime::from_millis)
    }

    pub(super) const fn issued_at(&self) -> UnixTime {
        UnixTime::from_secs(self.issued_at)
    }

    pub(super) fn jwt(&self) -> &str {
        &self.jwt
    }

    pub(super) fn signed(&self) -> SignedKeySet {
        SignedKeySet {
            jwt: self.jwt.as_str().into(),
            version: self.version,
            expires_at: UnixTime::from_secs(self.expires_at),
        }
    }

    fn previous(&self) -> Option<[u8; 32]> {
        b64::decode(self.prev.as_deref()?).ok()?.try_into().ok()
    }
}
