//! The keys that a decrypter has.
//!
//! **Invariant:** the names in a set differ, and a set holds private keys or shared ones, never both:
//! whoever knows a public key could otherwise stand in for one who knows a secret.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use super::key::DecryptionKey;
use crate::ids::KeyId;
use crate::limits::LIMITS;

/// The keys that decrypt what is sent to one recipient. Clones are cheap.
///
/// ```
/// use tokenward::{Curve, DecryptionKey, DecryptionKeys, KeyAlgorithm};
///
/// let algorithm = KeyAlgorithm::EcdhEs(Curve::P256);
/// let keys = [DecryptionKey::generate(algorithm), DecryptionKey::generate(algorithm)];
/// let keys = DecryptionKeys::new(keys)?; // the new one and the old one, told apart by `kid`
/// assert_eq!(keys.keys().len(), 2);
/// # Ok::<(), tokenward::DecryptionKeysError>(())
/// ```
#[derive(Clone)]
pub struct DecryptionKeys(Arc<[DecryptionKey]>);

/// Keys that are no set to decrypt with.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DecryptionKeysError {
    /// There are more keys than [`crate::limits::LIMITS`] allow.
    #[error("there are too many decryption keys")]
    TooMany,
    /// Two keys have one name, so that a token could mean either.
    #[error("two decryption keys have the key id `{0}`")]
    DuplicateKeyId(KeyId),
    /// One of several keys has no name, so that no token can mean it.
    #[error("of several decryption keys, each needs a key id")]
    NoKeyId,
    /// Private keys and shared ones stand side by side.
    #[error("shared keys and private keys must not stand in one set")]
    MixedKinds,
}

impl DecryptionKeys {
    /// A set of these keys; an empty one decrypts nothing.
    pub fn new(keys: impl IntoIterator<Item = DecryptionKey>) -> Result<Self, DecryptionKeysError> {
        let keys: Arc<[_]> = keys.into_iter().take(LIMITS.key_set_keys.saturating_add(1)).collect();
        if keys.len() > LIMITS.key_set_keys {
            return Err(DecryptionKeysError::TooMany);
        }
        let symmetric = keys.iter().filter(|key| key.algorithm().is_symmetric()).count();
        if symmetric != 0 && symmetric != keys.len() {
            return Err(DecryptionKeysError::MixedKinds);
        }
        let mut names = BTreeSet::new();
        for key in &*keys {
            match key.key_id() {
                Some(id) if !names.insert(id) => {
                    return Err(DecryptionKeysError::DuplicateKeyId(id.clone()));
                }
                None if keys.len() > 1 => return Err(DecryptionKeysError::NoKeyId),
                _ => {}
            }
        }
        Ok(Self(keys))
    }

    /// The keys, in their order.
    #[must_use]
    pub fn keys(&self) -> &[DecryptionKey] {
        &self.0
    }

    pub(super) fn find_str(&self, id: &str) -> Option<&DecryptionKey> {
        self.0.iter().find(|key| key.key_id().is_some_and(|found| found.as_str() == id))
    }

    /// The key of a token that names none: that of a set of one.
    pub(super) fn only(&self) -> Option<&DecryptionKey> {
        match &*self.0 {
            [key] => Some(key),
            _ => None,
        }
    }
}

impl From<DecryptionKey> for DecryptionKeys {
    fn from(key: DecryptionKey) -> Self {
        Self(Arc::new([key]))
    }
}

impl fmt::Debug for DecryptionKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys()).finish()
    }
}
