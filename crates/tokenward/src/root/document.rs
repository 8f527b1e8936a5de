//! Which keys are the root, and how many of them must sign.

use std::time::Duration;

use serde_json::{Value, json};

use super::{LONGEST_ROOT, RootError, time};
use crate::alg::Algorithm;
use crate::crypto::sha256;
use crate::ids::KeyId;
use crate::json::Raw;
use crate::key::VerifyingKey;
use crate::limits::LIMITS;
use crate::time::UnixTime;

/// The keys of a root to be: see [`RootChain::init`](super::RootChain::init).
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "whoever makes a root must decide on all of it")]
pub struct NewRoot {
    /// How many of the keys must sign: from 1 to all of them.
    pub threshold: usize,
    /// The public halves: Ed25519, named by their thumbprints.
    pub keys: Vec<VerifyingKey>,
    /// When it begins.
    pub issued_at: UnixTime,
    /// For how long it counts: three years at most. A chain whose last root has expired is refused.
    pub lifetime: Duration,
}

/// A root: some keys, of which a number must sign.
#[derive(Clone, Debug)]
pub struct Root {
    pub(super) version: u64,
    pub(super) threshold: usize,
    pub(super) keys: Vec<VerifyingKey>,
    issued_at: UnixTime,
    pub(super) expires_at: UnixTime,
    /// The SHA-256 of its payload: what a delegation names it by.
    pub(super) hash: [u8; 32],
}

impl Root {
    /// Its number: 1 for the first, one more with each rotation.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// How many of its keys must sign.
    #[must_use]
    pub const fn threshold(&self) -> usize {
        self.threshold
    }

    /// Its keys.
    #[must_use]
    pub fn keys(&self) -> &[VerifyingKey] {
        &self.keys
    }

    /// When it began.
    #[must_use]
    pub const fn issued_at(&self) -> UnixTime {
        self.issued_at
    }

    /// When it ends.
    #[must_use]
    pub const fn expires_at(&self) -> UnixTime {
        self.expires_at
    }

    pub(super) fn has(&self, id: &KeyId) -> bool {
        self.keys.iter().any(|key| key.key_id() == Some(id))
    }

    pub(super) fn new(version: u64, new: &NewRoot) -> Result<Self, RootError> {
        let issued_at = new.issued_at.floor_secs();
        let expires_at = issued_at.saturating_add(new.lifetime).floor_secs();
        let root = Self {
            version,
            threshold: new.threshold,
            keys: new.keys.clone(),
            issued_at,
            expires_at,
            hash: [0; 32],
        };
        let root = root.checked()?;
        Ok(Self { hash: sha256(root.to_payload().to_string().as_bytes()), ..root })
    }

    pub(super) fn read(payload: &[u8]) -> Result<Self, RootError> {
        const SHAPE: RootError = RootError::Malformed("a root has other members");
        let names = ["version", "threshold", "keys", "iat", "exp"];
        let object = super::exactly(payload, &names, &[]).ok_or(SHAPE)?;
        let number = |name| object.get(name).and_then(Raw::as_u64).ok_or(SHAPE);
        let members = object.get("keys").and_then(Raw::as_array).ok_or(SHAPE)?;
        if members.len() > LIMITS.root_keys {
            return Err(RootError::TooLarge);
        }
        let key = |member: Raw<'_>| {
            let text = member.as_object_text().ok_or(SHAPE)?;
            VerifyingKey::from_jwk(text.as_bytes()).map_err(|_| RootError::RootKey)
        };
        let root = Self {
            version: number("version")?,
            threshold: usize::try_from(number("threshold")?).map_err(|_| RootError::Threshold)?,
            keys: members.into_iter().map(key).collect::<Result<_, _>>()?,
            issued_at: time(&object, "iat").ok_or(SHAPE)?,
            expires_at: time(&object, "exp").ok_or(SHAPE)?,
            hash: sha256(payload),
        };
        root.checked()
    }

    pub(super) fn to_payload(&self) -> Value {
        let keys: Vec<_> = self.keys.iter().filter_map(VerifyingKey::to_jwk).collect();
        json!({
            "version": self.version,
            "threshold": self.threshold,
            "keys": keys,
            "iat": self.issued_at.as_secs(),
            "exp": self.expires_at.as_secs(),
        })
    }

    fn checked(self) -> Result<Self, RootError> {
        if self.keys.len() > LIMITS.root_keys {
            return Err(RootError::TooLarge);
        }
        if self.version == 0 {
            return Err(RootError::Malformed("the first version is 1"));
        }
        if self.threshold == 0 || self.threshold > self.keys.len() {
            return Err(RootError::Threshold);
        }
        for (index, key) in self.keys.iter().enumerate() {
            // Named by its thumbprint, so that one key under two names is not counted twice.
            let id = key.key_id().filter(|id| id.as_str() == key.thumbprint());
            let before = self.keys.iter().take(index);
            if key.algorithm() != Algorithm::EdDsa
                || id.is_none()
                || before.map(VerifyingKey::key_id).any(|other| other == id)
            {
                return Err(RootError::RootKey);
            }
        }
        let life = self.expires_at.since(self.issued_at);
        if life.is_zero() || life > LONGEST_ROOT { Err(RootError::Lifetime) } else { Ok(self) }
    }
}
