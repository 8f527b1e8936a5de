//! Key sets: the public keys that verifiers trust (RFC 7517 § 5).
//!
//! **Invariant:** the names in a set differ, and a set holds either public keys or one symmetric key
//! alone, so that no token can choose between the two kinds.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use serde_json::json;

use crate::ids::KeyId;
use crate::json::{JsonError, Object, Raw};
use crate::key::{KeyError, VerifyingKey};
use crate::limits::LIMITS;

/// The keys that verify tokens of one issuer. Clones are cheap.
///
/// [`Self::parse`] reads what an issuer publishes, [`Self::from_keys`] takes what is at hand.
#[derive(Clone)]
pub struct KeySet(Arc<Inner>);

struct Inner {
    keys: Vec<VerifyingKey>,
    skipped: Vec<SkippedKey>,
}

/// A member of a key set that was left out. The others still count: one bad member must not end all
/// verification (CVE-2026-102274).
///
/// [`KeyError::PrivateMembers`] is one to wake somebody for: the publisher has leaked that key.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct SkippedKey {
    /// Its place in the set, from 0.
    pub index: usize,
    /// What is wrong with it.
    pub why: KeyError,
}

/// A text is no key set that may be trusted.
///
/// ```
/// use tokenward::{ErrorChain, KeySet};
///
/// let error = KeySet::parse(b"<html>").unwrap_err();
/// assert_eq!(ErrorChain::new(&error).to_string(), "the key set is unreadable: not valid JSON");
/// ```
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum KeySetError {
    /// The set is not JSON as we read it.
    #[error("the key set is unreadable")]
    Json(#[from] JsonError),
    /// The set has no array `keys`, or something else than objects in it.
    #[error("the key set needs an array `keys` of objects")]
    NotAKeySet,
    /// The set is over the limit of bytes or of keys.
    #[error("the key set is too large")]
    TooLarge,
    /// No member is a key that verifies tokens.
    #[error("the key set holds no key that can verify tokens")]
    NoUsableKey,
    /// Two keys have one name, so that a token could mean either.
    #[error("two keys of the set have the key id `{0}`")]
    DuplicateKeyId(KeyId),
    /// A symmetric key stands beside another key.
    #[error("a symmetric key must be alone in its set")]
    MixedKinds,
    /// No key is left without those whose private halves stand in the set. The publisher must replace
    /// them.
    #[error("the key set holds the private half of every key: treat them as leaked")]
    PrivateMembers,
}

impl KeySet {
    /// Reads a key set. Members that we cannot use are left out and reported by [`Self::skipped`].
    ///
    /// ```
    /// use tokenward::{KeyError, KeySet};
    ///
    /// let set = KeySet::parse(br#"{"keys":[
    ///     {"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
    ///     {"kty":"OKP","crv":"Ed448","kid":"b","x":"AA"}
    /// ]}"#)?;
    /// assert_eq!(set.keys().len(), 1);
    /// assert_eq!(set.skipped()[0].why, KeyError::Unsupported);
    /// # Ok::<(), tokenward::KeySetError>(())
    /// ```
    ///
    /// # Security
    ///
    /// A member with private material is left out, and so is every other with its name or its public
    /// half: whoever has read the set signs as that key. Were the whole set refused instead, the one
    /// before it would go on serving, and the leaked key with it.
    pub fn parse(json: &[u8]) -> Result<Self, KeySetError> {
        if json.len() > LIMITS.key_set_bytes {
            return Err(KeySetError::TooLarge);
        }
        let set = Object::parse(json)?;
        Self::of_members(set.get("keys").ok_or(KeySetError::NotAKeySet)?)
    }

    /// The set whose `keys` are these.
    pub(crate) fn of_members(keys: Raw<'_>) -> Result<Self, KeySetError> {
        let members = keys.as_array().ok_or(KeySetError::NotAKeySet)?;
        if members.len() > LIMITS.key_set_keys {
            return Err(KeySetError::TooLarge);
        }
        let (mut keys, mut leaked, mut skipped) = (Vec::new(), Vec::new(), Vec::new());
        for (index, member) in members.iter().enumerate() {
            let member = member.as_object_text().ok_or(KeySetError::NotAKeySet)?.as_bytes();
            let exposure = crate::key::exposure(member).ok_or(KeySetError::NotAKeySet)?;
            if exposure.symmetric && members.len() > 1 {
                return Err(KeySetError::MixedKinds);
            }
            leaked.extend(exposure.leaked);
            match VerifyingKey::from_jwk(member) {
                Ok(key) => keys.push((index, key)),
                Err(why) => skipped.push(SkippedKey { index, why }),
            }
        }
        let is_leaked = |(_, key): &mut (_, _)| leaked.iter().any(|one| one.is(key));
        let again = keys.extract_if(.., is_leaked);
        skipped.extend(again.map(|(index, _)| SkippedKey { index, why: KeyError::PrivateMembers }));
        skipped.sort_by_key(|skipped| skipped.index);
        match (keys.is_empty(), leaked.is_empty()) {
            (true, true) => Err(KeySetError::NoUsableKey),
            (true, false) => Err(KeySetError::PrivateMembers),
            (false, _) => Self::new(keys.into_iter().map(|(_, key)| key).collect(), skipped),
        }
    }

    /// A set of these keys; an empty one verifies nothing.
    ///
    /// ```
    /// use tokenward::{Algorithm, KeySet, KeySetError, SigningKey};
    ///
    /// let key = SigningKey::generate(Algorithm::Es256).verifying_key().clone();
    /// assert!(KeySet::from_keys([key.clone()]).is_ok());
    /// let twice = KeySet::from_keys([key.clone(), key]);
    /// assert!(matches!(twice, Err(KeySetError::DuplicateKeyId(_))));
    /// ```
    pub fn from_keys(keys: impl IntoIterator<Item = VerifyingKey>) -> Result<Self, KeySetError> {
        Self::new(keys.into_iter().collect(), Vec::new())
    }

    /// The keys, in their order.
    #[must_use]
    pub fn keys(&self) -> &[VerifyingKey] {
        &self.0.keys
    }

    /// The key named `id`. Verifiers look it up themselves.
    #[must_use]
    pub fn find(&self, id: &KeyId) -> Option<&VerifyingKey> {
        self.find_str(id.as_str())
    }

    /// What [`Self::parse`] left out. Log it: a token by such a key is refused.
    #[must_use]
    pub fn skipped(&self) -> &[SkippedKey] {
        &self.0.skipped
    }

    /// The set as JSON, to publish: public members alone. A symmetric key is not in it.
    ///
    /// ```
    /// use tokenward::{Algorithm, KeySet, SigningKey};
    ///
    /// let key = SigningKey::generate(Algorithm::Es256);
    /// let jwks = KeySet::from_keys([key.verifying_key().clone()])?.to_json();
    /// assert!(jwks.starts_with(r#"{"keys":[{"alg":"ES256","crv":"P-256","#));
    /// # Ok::<(), tokenward::KeySetError>(())
    /// ```
    #[must_use]
    pub fn to_json(&self) -> String {
        let keys: Vec<_> = self.0.keys.iter().filter_map(VerifyingKey::to_jwk).collect();
        json!({ "keys": keys }).to_string()
    }

    pub(crate) fn find_str(&self, id: &str) -> Option<&VerifyingKey> {
        self.0.keys.iter().find(|key| key.key_id().is_some_and(|found| found.as_str() == id))
    }

    /// The key of a token that names none: that of a set of one.
    pub(crate) fn only(&self) -> Option<&VerifyingKey> {
        match self.keys() {
            [key] => Some(key),
            _ => None,
        }
    }

    fn new(keys: Vec<VerifyingKey>, skipped: Vec<SkippedKey>) -> Result<Self, KeySetError> {
        if keys.len() > LIMITS.key_set_keys {
            return Err(KeySetError::TooLarge);
        }
        if keys.len() > 1 && keys.iter().any(|key| key.algorithm().is_symmetric()) {
            return Err(KeySetError::MixedKinds);
        }
        let mut names = BTreeSet::new();
        for id in keys.iter().filter_map(VerifyingKey::key_id) {
            if !names.insert(id) {
                return Err(KeySetError::DuplicateKeyId(id.clone()));
            }
        }
        Ok(Self(Arc::new(Inner { keys, skipped })))
    }
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys()).finish()
    }
}
