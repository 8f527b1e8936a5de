//! A store of keys in memory.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use tokenward::{Audience, BackendError, BackendErrorKind, KeyId};
use tokenward_keys::{KeyChange, KeyLabel, KeyOrder, KeyState, KeyStore, StoredKey, Unfinished};

/// A [`KeyStore`] that keeps the contract, and loses all of it when it is dropped.
#[derive(Debug, Default)]
pub struct MemoryKeys(Mutex<Rows>);

#[derive(Clone, Debug, Default)]
struct Rows {
    keys: Vec<StoredKey>,
    orders: Vec<KeyOrder>,
    /// Handles of private halves that are still to be destroyed.
    debts: Vec<(Audience, KeyId, Vec<u8>)>,
    secrets: Vec<(String, Vec<u8>)>,
}

impl MemoryKeys {
    /// Every key of every audience, as stored.
    #[must_use]
    pub fn stored(&self) -> Vec<StoredKey> {
        self.rows().keys.clone()
    }

    /// Every order of every audience.
    #[must_use]
    pub fn orders(&self) -> Vec<KeyOrder> {
        self.rows().orders.clone()
    }

    /// Changes the row of `id` behind everybody's back.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn edit(&self, id: &KeyId, edit: impl FnOnce(&mut StoredKey)) {
        edit(self.rows().keys.iter_mut().find(|key| key.id == *id).unwrap());
    }

    /// What [`KeyStore::apply`] does, at once.
    pub fn commit(&self, audience: &Audience, changes: Vec<KeyChange>) -> Result<(), BackendError> {
        let mut rows = self.rows();
        let mut next = rows.clone();
        for change in changes {
            next.change(audience, change)?;
        }
        if next.of(audience).filter(|key| key.state == KeyState::Active).count() > 1 {
            return Err(conflict());
        }
        next.keys.sort_by_key(|key| (key.created_at, key.id.clone()));
        next.orders.sort_by_key(|order| (order.created_at, order.label));
        *rows = next;
        Ok(())
    }

    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rows {
    fn of<'a>(&'a self, audience: &'a Audience) -> impl Iterator<Item = &'a StoredKey> {
        self.keys.iter().filter(move |key| key.audience == *audience)
    }

    fn change(&mut self, audience: &Audience, change: KeyChange) -> Result<(), BackendError> {
        match change {
            KeyChange::Insert(key) => {
                let is_late =
                    key.state == KeyState::Active && self.of(audience).any(|known| !known.imported);
                if is_late || self.of(audience).any(|known| known.id == key.id) {
                    return Err(conflict());
                }
                self.keys.push(key);
            }
            KeyChange::Replace { epoch, key } => {
                let mut own = self.keys.iter_mut().filter(|old| old.audience == *audience);
                let old = own.find(|old| old.id == key.id && old.epoch == epoch);
                *old.ok_or_else(conflict)? = key;
            }
            KeyChange::Order(order) => {
                if self.orders.iter().any(|known| known.label == order.label) {
                    return Err(conflict());
                }
                self.orders.push(order);
            }
            KeyChange::Fulfill(label) => {
                self.open(audience, label)?;
                self.orders.retain(|order| order.label != label);
            }
            KeyChange::GiveUp { label, at } => {
                self.open(audience, label)?.given_up_at = Some(at);
            }
            KeyChange::Forget(label) => {
                self.orders.retain(|order| order.label != label || order.given_up_at.is_none());
            }
            KeyChange::Owe { id, handle } => self.debts.push((audience.clone(), id, handle)),
            KeyChange::Settle(id) => {
                self.debts.retain(|(of, known, _)| of != audience || *known != id);
            }
        }
        Ok(())
    }

    /// The order whose key may still be stored.
    fn open(
        &mut self,
        audience: &Audience,
        label: KeyLabel,
    ) -> Result<&mut KeyOrder, BackendError> {
        let mut own = self.orders.iter_mut().filter(|order| order.audience == *audience);
        let order = own.find(|order| order.label == label && order.given_up_at.is_none());
        order.ok_or_else(conflict)
    }
}

#[async_trait]
impl KeyStore for MemoryKeys {
    async fn keys(&self, audience: &Audience) -> Result<Vec<StoredKey>, BackendError> {
        Ok(self.rows().of(audience).cloned().collect())
    }

    async fn apply(
        &self,
        audience: &Audience,
        changes: Vec<KeyChange>,
    ) -> Result<(), BackendError> {
        self.commit(audience, changes)
    }

    async fn unfinished(&self, audience: &Audience) -> Result<Unfinished, BackendError> {
        let rows = self.rows();
        let owed =
            rows.debts.iter().filter(|(of, _, _)| of == audience).filter_map(|(_, id, handle)| {
                let key = rows.of(audience).find(|key| key.id == *id)?;
                Some(StoredKey { handle: Some(handle.clone()), ..key.clone() })
            });
        let orders = rows.orders.iter().filter(|order| order.audience == *audience);
        Ok(Unfinished { orders: orders.cloned().collect(), owed: owed.collect() })
    }

    async fn sealed_secret(&self, name: &str, fresh: Vec<u8>) -> Result<Vec<u8>, BackendError> {
        let mut rows = self.rows();
        if let Some((_, known)) = rows.secrets.iter().find(|(known, _)| known == name) {
            return Ok(known.clone());
        }
        rows.secrets.push((name.to_owned(), fresh.clone()));
        Ok(fresh)
    }

    async fn secret(&self, name: &str) -> Result<Option<Vec<u8>>, BackendError> {
        let rows = self.rows();
        Ok(rows.secrets.iter().find(|(known, _)| known == name).map(|(_, secret)| secret.clone()))
    }

    async fn replace_secret(
        &self,
        name: &str,
        known: &[u8],
        fresh: Vec<u8>,
    ) -> Result<(), BackendError> {
        let mut rows = self.rows();
        let mut secrets = rows.secrets.iter_mut();
        let old = secrets.find(|(stored, secret)| stored == name && secret == known);
        old.ok_or_else(conflict)?.1 = fresh;
        Ok(())
    }
}

fn conflict() -> BackendError {
    BackendError::new(BackendErrorKind::Conflict, "the keys have changed")
}
