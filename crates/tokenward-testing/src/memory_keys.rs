//! A store of keys in memory.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use tokenward::{Audience, BackendError, BackendErrorKind};
use tokenward_keys::{KeyChange, KeyState, KeyStore, StoredKey};

/// A [`KeyStore`] that keeps the contract, and loses all of it when it is dropped.
#[derive(Debug, Default)]
pub struct MemoryKeys(Mutex<Rows>);

#[derive(Clone, Debug, Default)]
struct Rows {
    keys: Vec<StoredKey>,
    secrets: Vec<(String, Vec<u8>)>,
}

impl MemoryKeys {
    /// Every key of every audience, as stored.
    #[must_use]
    pub fn stored(&self) -> Vec<StoredKey> {
        self.rows().keys.clone()
    }

    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl KeyStore for MemoryKeys {
    async fn keys(&self, audience: &Audience) -> Result<Vec<StoredKey>, BackendError> {
        Ok(of(&self.rows().keys, audience).cloned().collect())
    }

    async fn apply(
        &self,
        audience: &Audience,
        changes: Vec<KeyChange>,
    ) -> Result<(), BackendError> {
        let mut rows = self.rows();
        let mut next = rows.keys.clone();
        for change in changes {
            match change {
                KeyChange::Insert(key) => {
                    let is_late = key.state == KeyState::Active
                        && of(&next, audience).any(|known| !known.imported);
                    if is_late || of(&next, audience).any(|known| known.id == key.id) {
                        return Err(conflict());
                    }
                    next.push(key);
                }
                KeyChange::Replace { epoch, key } => {
                    let mut own = next.iter_mut().filter(|old| old.audience == *audience);
                    let old = own.find(|old| old.id == key.id && old.epoch == epoch);
                    *old.ok_or_else(conflict)? = key;
                }
            }
        }
        if of(&next, audience).filter(|key| key.state == KeyState::Active).count() > 1 {
            return Err(conflict());
        }
        next.sort_by_key(|key| (key.created_at, key.id.clone()));
        rows.keys = next;
        Ok(())
    }

    async fn sealed_secret(&self, name: &str, fresh: Vec<u8>) -> Result<Vec<u8>, BackendError> {
        let mut rows = self.rows();
        if let Some((_, known)) = rows.secrets.iter().find(|(known, _)| known == name) {
            return Ok(known.clone());
        }
        rows.secrets.push((name.to_owned(), fresh.clone()));
        Ok(fresh)
    }
}

fn of<'a>(keys: &'a [StoredKey], audience: &'a Audience) -> impl Iterator<Item = &'a StoredKey> {
    keys.iter().filter(move |key| key.audience == *audience)
}

fn conflict() -> BackendError {
    BackendError::new(BackendErrorKind::Conflict, "the keys have changed")
}
