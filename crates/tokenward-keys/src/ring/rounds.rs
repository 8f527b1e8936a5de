//! Rounds of work: read, plan, write one transaction, read again, until nothing is left to do.
//!
//! **Invariant:** a round writes only what was planned on what it has just read; the epochs see to it.

use std::sync::Arc;

use tokenward::{ErrorChain, KeyId, UnixTime};

use super::error::RingError;
use super::{AUDIT, KeyRing};
use crate::custody::{NewKey, Signer};
use crate::lifecycle::{AnyKey, Key};
use crate::plan::{Action, Request, Step, activates, is_emergency, plan};
use crate::statement::vouches;
use crate::stored::{KeyChange, StoredKey};

impl KeyRing {
    /// Plans and writes until nothing is left to do.
    pub(super) async fn run(&self, now: UnixTime, request: Request) -> Result<Outcome, RingError> {
        let mut outcome = Outcome::default();
        let mut pending = Some(request);
        for round in 0..MAX_ROUNDS {
            let now = self.later(now);
            let keys = match self.load(now).await {
                Ok(keys) => keys,
                Err(error) => return outcome.unless_done(error, pending.as_ref()),
            };
            // Its times would be wrong in the store for ever. To end trust, no time is needed.
            if let Some((local, store)) = self.view().clock_off()
                && !matches!(pending, Some(Request::Compromise(_)))
            {
                return outcome.unless_done(RingError::ClockOff { local, store }, pending.as_ref());
            }
            if round == 0 {
                outcome.before = active(&keys).cloned();
            }
            pending = pending.filter(|request| !outcome.is_done_by_another(request, &keys));
            if let Some(Request::Compromise(id)) = &pending
                && !keys.iter().any(|key| key.id() == id)
            {
                return Err(RingError::UnknownKey { id: id.clone() });
            }
            let request = pending.as_ref().unwrap_or(&Request::Tick);
            let lost = self.view().lost();
            let gone = lost.to(request);
            let plan = plan(&keys, gone, now, &self.timing, self.algorithm, request);
            if pending.is_some() {
                outcome.blocked_until = plan.blocked_until;
            }
            let mut batch = plan.first_batch(&keys);
            if batch.is_empty() {
                return Ok(outcome);
            }
            if is_emergency(&keys, &batch) {
                self.prefer_one_that_opens(&keys, &mut batch, now).await;
            }
            if *request == Request::Tick
                && batch.iter().any(|step| step.action.makes_a_key())
                && let Some(error) = self.another_place(&lost).or_else(|| self.backoff.waits(now))
            {
                return outcome.unless_done(RingError::Custody(error), pending.as_ref());
            }
            if *request == Request::Tick
                && activates(&batch)
                // Where nothing signs, each try may end the silence.
                && self.signer(now).is_ok()
                && let Some(error) = self.opening.waits(now)
            {
                return outcome.unless_done(RingError::Custody(error), pending.as_ref());
            }
            let prepares = batch.iter().all(|step| step.action.is_farewell());
            match self.carry_out(keys, &batch, now).await {
                Ok(()) => {
                    // What was asked for may follow.
                    pending = pending.filter(|request| prepares && *request == Request::RotateNow);
                    outcome.steps.extend(batch);
                }
                // Somebody else was faster: see what they did.
                Err(error) if error.is_conflict() => {}
                Err(error) => return outcome.unless_done(error, pending.as_ref()),
            }
        }
        Err(RingError::Contended)
    }

    async fn carry_out(
        &self,
        keys: Vec<AnyKey>,
        batch: &[Step],
        now: UnixTime,
    ) -> Result<(), RingError> {
        match batch {
            [step] if step.action.makes_a_key() => self.make_key(&step.action, now).await?,
            steps => self.change_keys(keys, steps, now).await?,
        }
        for step in batch {
            let because = step.because();
            tracing::info!(
                target: AUDIT, audience = %self.audience, step = %step.action, %because, "key step"
            );
        }
        Ok(())
    }

    async fn make_key(&self, action: &Action, now: UnixTime) -> Result<(), RingError> {
        let order = match self.order(now).await {
            Err(RingError::Custody(error)) => {
                self.backoff.failed(&error, self.later(now));
                return Err(RingError::Custody(error));
            }
            order => order?,
        };
        let spec = NewKey {
            audience: self.audience.clone(),
            issuer: self.issuer.clone(),
            algorithm: self.algorithm,
            created_at: now,
            kid_prefix: self.environment.clone(),
            label: order.label,
        };
        let made = match self.custody.generate(&spec).await {
            Ok(made) => made,
            Err(error) => {
                let (error, now) = (Arc::new(error), self.later(now));
                self.backoff.failed(&error, now);
                self.give_up(&order, now).await;
                return Err(RingError::Custody(error));
            }
        };
        self.backoff.succeeded();
        let key =
            Key::publish(made, &self.audience, self.custody.name(), now).ok_or_else(|| {
                RingError::Bug("the custody made a key without public half".to_owned())
            })?;
        // C + D count from here: whoever fetched the key set while the key was made did not get it.
        let now = self.later(now);
        let key = key.published_at(now);
        let stored = key.stored().clone();
        let insert = match action {
            Action::Begin => key.activate_first(now).into_insert(),
            _ => key.into_insert(),
        };
        let fulfill = self.custody.holds_elsewhere().then_some(KeyChange::Fulfill(order.label));
        let changes = std::iter::once(insert).chain(fulfill).collect();
        let written = self.store.apply(&self.audience, changes).await;
        // After an outage the key may be stored all the same, so only a conflict proves it unused.
        if let Err(error) = written.map_err(RingError::Store) {
            if error.is_conflict() {
                self.give_up(&order, now).await;
                self.destroy(&stored).await;
            }
            return Err(error);
        }
        Ok(())
    }

    async fn change_keys(
        &self,
        mut keys: Vec<AnyKey>,
        steps: &[Step],
        now: UnixTime,
    ) -> Result<(), RingError> {
        let next = self.open_next(&keys, steps, now).await?;
        // Who signs meanwhile may have signed until now.
        let now = self.later(now);
        let mut changes = Vec::with_capacity(steps.len());
        let mut ended = Vec::new();
        for step in steps {
            let (change, before) = self.transition(&mut keys, &step.action, now)?;
            if let KeyChange::Replace { key, .. } = &change
                && key.handle.is_none()
                && before.handle.is_some()
            {
                ended.push(before);
            }
            changes.push(change);
        }
        changes.extend(ended.iter().filter_map(|key| self.owes(key)));
        self.store.apply(&self.audience, changes).await?;
        // Until the next read, and should it fail, the old signer must not go on for the rest of its
        // lease; and requests that come meanwhile must find one that signs.
        if !ended.is_empty() {
            self.hand_over(&ended, next);
        }
        // Whoever says that a private half is gone also says that it is destroyed: that is believed another time.
        let is_lost = |key: &&StoredKey| {
            steps.iter().any(|step| step.is_loss() && step.action.key() == Some(&key.id))
        };
        for key in ended.iter().filter(|key| !is_lost(key)) {
            if self.destroy(key).await && self.owes(key).is_some() {
                self.settle(key.id.clone()).await;
            }
        }
        Ok(())
    }

    /// Opens the key that is to sign next, if `steps` have one.
    ///
    /// A key that does not open must not take over from one that does, unless that one has leaked: then silence
    /// is better.
    async fn open_next(
        &self,
        keys: &[AnyKey],
        steps: &[Step],
        now: UnixTime,
    ) -> Result<Option<(StoredKey, Arc<dyn Signer>)>, RingError> {
        let is_next = |key: &&AnyKey| {
            steps.iter().any(|step| matches!(&step.action, Action::Activate(id) if id == key.id()))
        };
        let Some(key) = keys.iter().find(is_next).map(AnyKey::stored) else { return Ok(None) };
        let is_emergency = is_emergency(keys, steps);
        if !is_emergency {
            self.must_be_stated(&key.id, now).await?;
        }
        match self.open(key).await {
            Ok(signer) => {
                self.opening.succeeded();
                Ok(Some((key.clone(), signer)))
            }
            Err(_) if is_emergency => Ok(None),
            Err(error) => {
                // It may be lost, which the next read is to find out.
                self.looked_at().remove(&key.id);
                let error = Arc::new(error);
                self.opening.failed(&error, self.later(now));
                Err(RingError::Custody(error))
            }
        }
    }

    /// Checks that verifiers with a pinned root know the key, if there may be any. Where the key that signs
    /// has leaked, those wait for the next statement: the others must not.
    async fn must_be_stated(&self, id: &KeyId, now: UnixTime) -> Result<(), RingError> {
        let Some(store) = &self.statements else { return Ok(()) };
        let ripening = self.timing.ripening();
        if vouches(&**store, &self.audience, id, ripening, now).await? {
            return Ok(());
        }
        Err(RingError::NotStated { id: id.clone() })
    }

    /// Makes the transition that `action` names, and answers it with the key as it was.
    fn transition(
        &self,
        keys: &mut Vec<AnyKey>,
        action: &Action,
        now: UnixTime,
    ) -> Result<(KeyChange, StoredKey), RingError> {
        let impossible = || RingError::Bug(format!("cannot {action}"));
        let (Action::Activate(id)
        | Action::Retire(id)
        | Action::Withdraw(id)
        | Action::Abandon(id)
        | Action::Compromise(id)) = action
        else {
            return Err(impossible());
        };
        let index = keys.iter().position(|key| key.id() == id).ok_or_else(impossible)?;
        let key = keys.swap_remove(index);
        let before = key.stored().clone();
        let change = match (action, key) {
            (Action::Activate(_), AnyKey::Standby(key)) => {
                key.activate(now, &self.timing).map_err(|_| impossible())?.into_replacement()
            }
            (Action::Retire(_), AnyKey::Active(key)) => {
                key.retire(now, &self.timing).into_replacement()
            }
            (Action::Withdraw(_), AnyKey::Retiring(key)) => {
                key.withdraw(now, &self.timing).map_err(|_| impossible())?.into_replacement()
            }
            (Action::Abandon(_), AnyKey::Standby(key)) => key.abandon(now).into_replacement(),
            (Action::Compromise(_), key) => key.compromise(now).into_replacement(),
            _ => return Err(impossible()),
        };
        Ok((change, before))
    }

    /// Whether the private half of `key` is destroyed. If it cannot be now, it is no longer used, so this is
    /// no failure of the step.
    async fn destroy(&self, key: &StoredKey) -> bool {
        if key.custody != self.custody.name() {
            tracing::warn!(
                target: AUDIT, key = %key.id, custody = key.custody,
                "the private half is in another custody than the configured one: destroy it there"
            );
            return false;
        }
        let destroyed = self.custody.destroy(key).await;
        if let Err(error) = &destroyed {
            let error = ErrorChain::new(error).to_string();
            tracing::warn!(target: AUDIT, key = %key.id, error, "private half not destroyed yet");
            self.leftovers.one_more();
        }
        destroyed.is_ok()
    }
}

/// What came of a request.
#[derive(Default)]
pub(super) struct Outcome {
    /// The key that was active before.
    pub(super) before: Option<KeyId>,
    /// What was done.
    pub(super) steps: Vec<Step>,
    /// Until when the request, or the next signature, has to wait.
    pub(super) blocked_until: Option<UnixTime>,
}

impl Outcome {
    /// Whether a key was given up as lost.
    pub(super) fn gave_up(&self) -> bool {
        self.steps.iter().any(Step::is_loss)
    }

    /// Two operators who rotate at once want one rotation, not two.
    fn is_done_by_another(&self, request: &Request, keys: &[AnyKey]) -> bool {
        *request == Request::RotateNow && active(keys) != self.before.as_ref()
    }

    /// What was asked for is done; what could not follow it, the next tick will do.
    fn unless_done(self, error: RingError, pending: Option<&Request>) -> Result<Self, RingError> {
        if pending.is_some() {
            return Err(error);
        }
        let error = ErrorChain::new(&error).to_string();
        tracing::warn!(error, "key rotation is half done; the next tick goes on");
        Ok(self)
    }
}

fn active(keys: &[AnyKey]) -> Option<&KeyId> {
    keys.iter().find(|key| matches!(key, AnyKey::Active(_))).map(AnyKey::id)
}

/// A plan has six batches at most (farewell, change, first key, standby, second standby, abandon); the rest is room
/// for conflicts with others.
const MAX_ROUNDS: u8 = 16;
