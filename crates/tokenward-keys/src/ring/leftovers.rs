//! What a kill or an outage left half done in the custody, brought to an end.
//!
//! An order is given up in the store before anything of it is destroyed, and the transaction that would store
//! its key fails from then on: whoever is slow, and not dead, destroys nothing that another uses, and loses
//! nothing that is public.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokenward::{ErrorChain, KeyId, UnixTime};

use super::attempts::Attempts;
use super::error::RingError;
use super::{AUDIT, KeyRing};
use crate::custody::CustodyError;
use crate::order::{KeyLabel, KeyOrder};
use crate::stored::{KeyChange, StoredKey};

/// What this process knows of them beside what is stored.
#[derive(Debug, Default)]
pub(super) struct Leftovers {
    backoff: Attempts,
    count: AtomicUsize,
    /// The orders that were there at the start, if nobody can be at work on them; `None` before that is known.
    dead: Mutex<Option<BTreeSet<KeyLabel>>>,
    /// The orders that were given up, and of which nothing was left when it was last looked.
    swept: Mutex<BTreeSet<KeyLabel>>,
}

impl Leftovers {
    pub(super) fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// Until the next look at what is owed counts anew.
    pub(super) fn one_more(&self) {
        self.count.fetch_add(1, Ordering::Relaxed);
    }

    fn is_dead(&self, label: KeyLabel) -> bool {
        lock(&self.dead).as_ref().is_some_and(|dead| dead.contains(&label))
    }
}

impl KeyRing {
    /// At the start, before this process orders anything itself.
    pub(super) async fn note_orders_of_the_dead(&self) -> Result<(), RingError> {
        if lock(&self.leftovers.dead).is_some() {
            return Ok(());
        }
        let found = if self.store.is_exclusive() {
            self.store.unfinished(&self.audience).await?.orders
        } else {
            Vec::new()
        };
        let labels = found.into_iter().map(|order| order.label).collect();
        lock(&self.leftovers.dead).get_or_insert(labels);
        Ok(())
    }

    /// An order for the next key, written down if the custody holds keys elsewhere.
    pub(super) async fn order(&self, now: UnixTime) -> Result<KeyOrder, RingError> {
        let order = KeyOrder {
            label: KeyLabel::random(),
            audience: self.audience.clone(),
            custody: self.custody.name().to_owned(),
            created_at: now,
            given_up_at: None,
        };
        if !self.custody.holds_elsewhere() {
            return Ok(order);
        }
        // While the custody fails there is an order more with each attempt, and their number has an end.
        let orders = self.store.unfinished(&self.audience).await?.orders;
        if let Some(last) = orders.iter().filter(|order| self.is_lost(order)).nth(MOST_GIVEN_UP)
            && !self.is_in_use(self.custody.name_of_order(last)).await?
        {
            self.custody.abandon(last).await?;
        }
        self.store.apply(&self.audience, vec![KeyChange::Order(order.clone())]).await?;
        Ok(order)
    }

    /// Keeps the key of `order` from being stored. What is left of it, the next tick finds.
    pub(super) async fn give_up(&self, order: &KeyOrder, now: UnixTime) {
        if !self.custody.holds_elsewhere() {
            return;
        }
        let change = KeyChange::GiveUp { label: order.label, at: now };
        if let Err(error) = self.store.apply(&self.audience, vec![change]).await {
            let error = ErrorChain::new(&error).to_string();
            tracing::warn!(label = %order.label, error, "an order for a key is left over for now");
        }
    }

    /// What is owed once `key` has lost its handle.
    pub(super) fn owes(&self, key: &StoredKey) -> Option<KeyChange> {
        if !self.custody.holds_elsewhere() || key.custody != self.custody.name() {
            return None;
        }
        let handle = key.handle.clone()?;
        Some(KeyChange::Owe { id: key.id.clone(), handle })
    }

    pub(super) async fn settle(&self, id: KeyId) {
        let change = KeyChange::Settle(id.clone());
        if let Err(error) = self.store.apply(&self.audience, vec![change]).await {
            // The destruction is safe to repeat.
            let error = ErrorChain::new(&error).to_string();
            tracing::warn!(key = %id, error, "a destroyed private half is still written down");
        }
    }

    /// Ends what was begun and is not finished, as far as the custody lets us.
    pub(super) async fn clear_up(&self, now: UnixTime) {
        if !self.custody.holds_elsewhere() || self.leftovers.backoff.waits(now).is_some() {
            return;
        }
        match self.try_to_clear_up(now).await {
            Ok(()) => self.leftovers.backoff.succeeded(),
            Err(RingError::Custody(error)) => {
                if self.leftovers.backoff.attempts() == 0 {
                    let error = ErrorChain::new(&*error).to_string();
                    tracing::warn!(
                        audience = %self.audience, error,
                        "the custody cannot destroy what is left over; it is tried again"
                    );
                }
                self.leftovers.backoff.failed(&error, now);
            }
            // Another replica was faster, or the store is away, which others tell.
            Err(_) => {}
        }
    }

    async fn try_to_clear_up(&self, now: UnixTime) -> Result<(), RingError> {
        let unfinished = self.store.unfinished(&self.audience).await?;
        let is_owed = |key: &&StoredKey| key.custody == self.custody.name() && !key.state.signs();
        let owed: Vec<_> = unfinished.owed.iter().filter(is_owed).collect();
        let is_left = |order: &&KeyOrder| self.is_overdue(order, now) && !self.is_swept(order, now);
        let orders: Vec<_> = unfinished.orders.iter().filter(is_left).collect();
        let mut tally = Tally { left: owed.len().saturating_add(orders.len()), failed: None };
        for key in owed {
            tally.note(self.pay(key).await)?;
            if tally.is_away() {
                break;
            }
        }
        for order in orders {
            if tally.is_away() {
                break;
            }
            tally.note(self.sweep(order, now).await)?;
        }
        self.leftovers.count.store(tally.left, Ordering::Relaxed);
        tally.failed.map_or(Ok(()), |error| Err(RingError::Custody(error)))
    }

    /// Destroys a private half that is owed.
    async fn pay(&self, key: &StoredKey) -> Result<(), RingError> {
        if self.is_in_use(self.custody.name_of_key(key)).await? {
            tracing::error!(target: AUDIT, key = %key.id, "{ALTERED}");
            self.settle(key.id.clone()).await;
            return Ok(());
        }
        self.custody.destroy(key).await?;
        tracing::info!(target: AUDIT, key = %key.id, "private half destroyed");
        self.settle(key.id.clone()).await;
        Ok(())
    }

    /// Destroys what is left of an order; in the end, the order too.
    async fn sweep(&self, order: &KeyOrder, now: UnixTime) -> Result<(), RingError> {
        let (label, audience) = (order.label, &self.audience);
        if order.given_up_at.is_none() {
            self.store.apply(audience, vec![KeyChange::GiveUp { label, at: now }]).await?;
        }
        if self.is_in_use(self.custody.name_of_order(order)).await? {
            tracing::error!(target: AUDIT, %audience, %label, "{ALTERED}");
            self.store.apply(audience, vec![KeyChange::Forget(label)]).await?;
            return Ok(());
        }
        self.custody.abandon(order).await?;
        if is_past(order, now) {
            self.store.apply(audience, vec![KeyChange::Forget(label)]).await?;
            lock(&self.leftovers.swept).remove(&label);
        } else {
            lock(&self.leftovers.swept).insert(label);
            tracing::info!(
                target: AUDIT, %audience, %label,
                "an order for a key was given up, and nothing is left of it"
            );
        }
        Ok(())
    }

    /// Whether a key that signs, or will, is what the custody has under `name`.
    async fn is_in_use(&self, name: Option<String>) -> Result<bool, RingError> {
        let Some(name) = name else { return Ok(false) };
        let keys = self.store.keys(&self.audience).await?;
        let is_it = |key: &StoredKey| {
            let known =
                self.custody.name_of_key(key).filter(|_| key.custody == self.custody.name());
            key.state.signs() && known.is_some_and(|known| known == name)
        };
        Ok(keys.iter().any(is_it))
    }

    /// Whether nothing is left of `order`, as far as that can be known yet.
    fn is_swept(&self, order: &KeyOrder, now: UnixTime) -> bool {
        !is_past(order, now) && lock(&self.leftovers.swept).contains(&order.label)
    }

    /// Whether nobody can be at work on `order` any more.
    fn is_overdue(&self, order: &KeyOrder, now: UnixTime) -> bool {
        order.custody == self.custody.name()
            && (order.given_up_at.is_some()
                || self.leftovers.is_dead(order.label)
                || now >= order.created_at.saturating_add(PATIENCE))
    }

    /// Whether `order` was given up, and may have left something.
    fn is_lost(&self, order: &KeyOrder) -> bool {
        order.custody == self.custody.name() && order.given_up_at.is_some()
    }
}

/// Whether `order` was given up so long ago that no call on its way can still make its key: it is looked for
/// a last time then.
fn is_past(order: &KeyOrder, now: UnixTime) -> bool {
    order.given_up_at.is_some_and(|at| now >= at.saturating_add(PATIENCE))
}

/// What is not brought to an end yet.
struct Tally {
    left: usize,
    /// The last cause.
    failed: Option<Arc<CustodyError>>,
}

impl Tally {
    /// Takes note of an attempt. After a failure of the custody, the next may still go well.
    fn note(&mut self, outcome: Result<(), RingError>) -> Result<(), RingError> {
        match outcome {
            Err(RingError::Custody(error)) => self.failed = Some(error),
            other => {
                other?;
                self.left = self.left.saturating_sub(1);
            }
        }
        Ok(())
    }

    /// Whether the custody does not answer at all, so that each attempt only takes time.
    fn is_away(&self) -> bool {
        self.failed.as_ref().is_some_and(|error| matches!(**error, CustodyError::OutOfReach { .. }))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

const ALTERED: &str = "the store wants a private half destroyed that signs: it was not; look for who writes to the store";

/// Far above what any call to a custody may take: an order that is older has nobody at work on it, and a
/// call that was on its way when it was given up has arrived.
const PATIENCE: Duration = Duration::from_secs(600);
/// Orders that were given up and are not forgotten yet; beyond them, the custody must first answer for one.
const MOST_GIVEN_UP: usize = 16;
