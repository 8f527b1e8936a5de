//! What signers of key sets leave in their custody: those that were replaced, and what a kill left behind.

use tokenward::{Audience, UnixTime};
use tokenward_keys::lifecycle::AnyKey;
use tokenward_keys::{KeyChange, KeyStore as _, StoredKey};
use tokenward_sqlite::SqliteStore;

use super::{Signing, is, place};
use crate::clock;
use crate::failure::Failure;

impl Signing {
    /// Has the custody destroy every signer that is older than the one that the root has delegated, and whatever a
    /// kill left there. What cannot be done now is done at the next start.
    pub(in crate::deployment) async fn tidy(&self, store: &SqliteStore) {
        if let Err(failure) = self.try_to_tidy(store).await {
            let why = failure.to_string();
            tracing::warn!(
                why,
                "what signs key sets no more is left in its custody until the next start"
            );
        }
    }

    async fn try_to_tidy(&self, store: &SqliteStore) -> Result<(), Failure> {
        let (_, _, delegation) = self.delegated()?;
        let (audience, now) = (place()?, clock::system().now());
        let keys = self.keys(store).await?;
        let Some(delegated) = keys.iter().position(|key| is(key, delegation.signer())) else {
            return Ok(());
        };
        let (older, others) = keys.split_at(delegated);
        let changes: Vec<_> = older.iter().flat_map(|key| self.ended(key, now)).collect();
        if !changes.is_empty() {
            store.apply(&audience, changes).await.map_err(|error| because(&error))?;
        }
        self.pay(store, &audience, others).await?;
        self.clear_up(store, &audience).await
    }

    /// The changes by which `key` signs nothing any more; none if that is so.
    fn ended(&self, key: &StoredKey, now: UnixTime) -> Vec<KeyChange> {
        let (Some(handle), Ok(AnyKey::Standby(standby))) =
            (key.handle.clone(), AnyKey::try_from(key.clone()))
        else {
            return Vec::new();
        };
        tracing::info!(target: AUDIT, key = %key.id, "a newer signer of key sets is delegated, so this one ends");
        let mut changes = vec![standby.abandon(now).into_replacement()];
        if self.custody.holds_elsewhere() {
            changes.push(KeyChange::Owe { id: key.id.clone(), handle });
        }
        changes
    }

    /// Destroys the private halves that are owed, but for what the custody knows by the name of one of `others`.
    async fn pay(
        &self,
        store: &SqliteStore,
        audience: &Audience,
        others: &[StoredKey],
    ) -> Result<(), Failure> {
        let left = store.unfinished(audience).await.map_err(|error| because(&error))?;
        for key in left.owed.iter().filter(|key| key.custody == self.custody.name()) {
            let name = self.custody.name_of_key(key);
            // Whoever writes to the store must not have us destroy the one that signs.
            let is_in_use = name.is_some()
                && others
                    .iter()
                    .any(|other| other.handle.is_some() && self.custody.name_of_key(other) == name);
            if !is_in_use {
                self.custody.destroy(key).await.map_err(|error| because(&error))?;
                tracing::info!(target: AUDIT, key = %key.id, "private half destroyed");
            }
            let settled = vec![KeyChange::Settle(key.id.clone())];
            store.apply(audience, settled).await.map_err(|error| because(&error))?;
        }
        Ok(())
    }

    /// Destroys what an earlier call was killed over. No other is at work: one process uses the store at a
    /// time.
    pub(super) async fn clear_up(
        &self,
        store: &SqliteStore,
        audience: &Audience,
    ) -> Result<(), Failure> {
        let left = store.unfinished(audience).await.map_err(|error| because(&error))?;
        for order in left.orders.iter().filter(|order| order.custody == self.custody.name()) {
            let (label, at) = (order.label, clock::system().now());
            let mut changes = Vec::new();
            if order.given_up_at.is_none() {
                changes.push(KeyChange::GiveUp { label, at });
            }
            store.apply(audience, changes).await.map_err(|error| because(&error))?;
            self.custody.abandon(order).await.map_err(|error| because(&error))?;
            let forget = vec![KeyChange::Forget(label)];
            store.apply(audience, forget).await.map_err(|error| because(&error))?;
            tracing::info!(%label, "what an earlier call left in the custody is destroyed");
        }
        Ok(())
    }
}

fn because(error: &(dyn std::error::Error + 'static)) -> Failure {
    Failure::because("keys.key_set_signer", error)
}

/// The `target` of every log line that belongs into the audit log.
const AUDIT: &str = "tokenward::audit";
