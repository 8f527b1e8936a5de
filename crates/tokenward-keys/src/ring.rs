//! The keys of one audience, at work: what an authority signs with, publishes and rotates.
//!
//! Each round of work reads the store, plans ([`crate::plan`]), writes one transaction and reads again.
//! If somebody else has written meanwhile, the round starts over; if this process dies, the next round of
//! whichever process goes on from what is written.
//!
//! **Invariant:** a [`KeyRing`] hands out a signer only while it has read the store within the lease L,
//! and only that of the key which was active then. A key that is retired or distrusted elsewhere is thus
//! silent everywhere within L.
//!
//! All times that are written are `now` as the caller gives it. They must come from one clock, the
//! store's: with the embedded store, this machine's own.

mod error;
mod info;
mod view;

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use tokenward::{Algorithm, Audience, IssuerId, KeyId, KeySet, UnixTime, VerifyingKey};

pub use error::{ImportError, NoSigner, NotRipe, RingError, RotateError};
pub use info::{KeyHistory, KeyInfo};

use crate::custody::{Custody, NewKey, Signer};
use crate::lifecycle::{AnyKey, Key};
use crate::plan::{Action, Request, Step, plan};
use crate::stored::{KeyChange, KeyStore, StoredKey};
use crate::timing::Timing;
use view::View;

/// The keys of one audience. Shared by all tasks; no call holds a lock while it waits.
pub struct KeyRing {
    audience: Audience,
    issuer: IssuerId,
    store: Arc<dyn KeyStore>,
    custody: Arc<dyn Custody>,
    timing: Timing,
    environment: String,
    algorithm: Algorithm,
    tickets: AtomicU64,
    view: RwLock<Arc<View>>,
}

impl KeyRing {
    /// The keys of `audience`, whose tokens bear `issuer`. Nothing is read yet.
    ///
    /// The ids of new keys begin with `environment`; new keys have `algorithm`.
    #[must_use]
    pub fn new(
        audience: Audience,
        issuer: IssuerId,
        store: Arc<dyn KeyStore>,
        custody: Arc<dyn Custody>,
        timing: Timing,
        environment: String,
        algorithm: Algorithm,
    ) -> Self {
        let view = RwLock::new(Arc::new(View::unread()));
        let tickets = AtomicU64::new(0);
        Self { audience, issuer, store, custody, timing, environment, algorithm, tickets, view }
    }

    /// Reads the store, which renews the lease. `now` was read before the call.
    pub async fn refresh(&self, now: UnixTime) -> Result<(), RingError> {
        self.load(now).await?;
        self.view().custody_error().map_or(Ok(()), Err)
    }

    /// Does whatever time demands, and renews the lease. Answers the steps that were taken.
    ///
    /// An authority calls this at its start and then every L / 3.
    pub async fn tick(&self, now: UnixTime) -> Result<Vec<Step>, RingError> {
        let outcome = self.run(now, Request::Tick).await?;
        self.view().custody_error().map_or(Ok(outcome.steps), Err)
    }

    /// Lets the ripe standby sign from now on, and publishes another.
    pub async fn rotate(&self, now: UnixTime) -> Result<Rotated, RotateError> {
        let outcome = self.run(now, Request::RotateNow).await?;
        let view = self.view();
        match (outcome.blocked_until, view.active()) {
            (None, Some(active)) => Ok(Rotated {
                active: active.clone(),
                retired: outcome.before.filter(|before| before != active),
                standby: view.standby().cloned(),
            }),
            (blocked, _) => {
                let until = blocked.unwrap_or_else(|| now.saturating_add(self.timing.ripening()));
                Err(RotateError::NotRipe(NotRipe { until }))
            }
        }
    }

    /// Ends all trust in the key `id`: it leaves the key set, its private half is destroyed, and if it was
    /// the active one, the ripe standby signs from now on. Safe to repeat.
    ///
    /// The caller puts the key on the revocation feed.
    pub async fn compromise(&self, id: &KeyId, now: UnixTime) -> Result<Compromised, RingError> {
        let outcome = self.run(now, Request::Compromise(id.clone())).await?;
        Ok(Compromised {
            key: id.clone(),
            active: self.view().active().cloned(),
            signs_again_at: outcome.blocked_until,
            exposed_until: now.saturating_add(self.timing.exposure()),
        })
    }

    /// Takes in a key that was made elsewhere: its tokens verify until `verify_until`, it never signs.
    ///
    /// Of a private key, give the verifying half; the private half has no use here and should be destroyed
    /// where it is. A key without id is named as our own are.
    pub async fn import(
        &self,
        key: &VerifyingKey,
        verify_until: UnixTime,
        now: UnixTime,
    ) -> Result<Imported, ImportError> {
        if key.algorithm().is_symmetric() {
            return Err(ImportError::Symmetric);
        }
        if verify_until <= now || verify_until > now.saturating_add(MAX_IMPORT) {
            return Err(ImportError::EndDate);
        }
        let id = match key.key_id() {
            Some(id) => id.clone(),
            None => KeyId::new(format!("{}-{}", self.environment, key.thumbprint()))
                .map_err(|error| RingError::Bug(error.to_string()))?,
        };
        let named = key.clone().with_key_id(id.clone());
        let keys = self.load(now).await?;
        may_import(&keys, &named)?;
        let import =
            Key::import(&named, &self.audience, verify_until, now).ok_or(ImportError::Symmetric)?;
        self.store
            .apply(&self.audience, vec![import.into_insert()])
            .await
            .map_err(RingError::Store)?;
        tracing::info!(target: AUDIT, audience = %self.audience, key = %id, "key imported");
        self.load(now).await?;
        Ok(Imported { key: id, trusted_from: now.saturating_add(self.timing.ripening()) })
    }

    /// Asks the custody to open every private key that signs or will sign: what `check` does.
    pub async fn probe(&self) -> Result<(), RingError> {
        for stored in self.store.keys(&self.audience).await? {
            if let AnyKey::Standby(_) | AnyKey::Active(_) = AnyKey::try_from(stored.clone())? {
                self.custody.signer(&self.issuer, &stored).await?;
            }
        }
        Ok(())
    }

    /// Who signs at `now`.
    pub fn signer(&self, now: UnixTime) -> Result<Arc<dyn Signer>, NoSigner> {
        self.view().signer(&self.timing, now)
    }

    /// The published keys, for whoever verifies.
    #[must_use]
    pub fn key_set(&self) -> KeySet {
        self.view().key_set()
    }

    /// The published keys, for `jwks.json` (RFC 7517 § 5).
    #[must_use]
    pub fn jwks_json(&self) -> Arc<str> {
        self.view().jwks_json()
    }

    /// The value of `Cache-Control` that goes with [`Self::jwks_json`].
    #[must_use]
    pub fn cache_control(&self) -> String {
        self.timing.cache_control_max_age()
    }

    /// Every key, as `keys list` shows it.
    #[must_use]
    pub fn list(&self) -> Arc<[KeyInfo]> {
        self.view().list()
    }

    /// Every key, with its public half and everything that happened to it.
    #[must_use]
    pub fn history(&self) -> Arc<[KeyHistory]> {
        self.view().history()
    }

    /// The audience whose keys these are.
    #[must_use]
    pub const fn audience(&self) -> &Audience {
        &self.audience
    }

    /// The `iss` of its tokens.
    #[must_use]
    pub const fn issuer(&self) -> &IssuerId {
        &self.issuer
    }

    /// The times by which the keys rotate.
    #[must_use]
    pub const fn timing(&self) -> &Timing {
        &self.timing
    }

    /// Plans and writes until nothing is left to do.
    async fn run(&self, now: UnixTime, request: Request) -> Result<Outcome, RingError> {
        let mut outcome = Outcome::default();
        let mut pending = Some(request);
        for round in 0..MAX_ROUNDS {
            let keys = match self.load(now).await {
                Ok(keys) => keys,
                Err(error) => return outcome.unless_done(error, pending.as_ref()),
            };
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
            let plan = plan(&keys, now, &self.timing, self.algorithm, request);
            if pending.is_some() {
                outcome.blocked_until = plan.blocked_until;
            }
            let batch = first_batch(plan.steps);
            if batch.is_empty() {
                return Ok(outcome);
            }
            match self.carry_out(keys, &batch, now).await {
                Ok(()) => {
                    pending = None;
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
        let spec = NewKey {
            audience: self.audience.clone(),
            issuer: self.issuer.clone(),
            algorithm: self.algorithm,
            created_at: now,
            kid_prefix: self.environment.clone(),
        };
        let made = self.custody.generate(&spec).await?;
        let key =
            Key::publish(made, &self.audience, self.custody.name(), now).ok_or_else(|| {
                RingError::Bug("the custody made a key without public half".to_owned())
            })?;
        let stored = key.stored().clone();
        let change = match action {
            Action::Begin => key.activate_first(now).into_insert(),
            _ => key.into_insert(),
        };
        let written = self.store.apply(&self.audience, vec![change]).await;
        // After an outage the key may be stored all the same, so only a conflict proves it unused.
        if let Err(error) = written.map_err(RingError::Store) {
            if error.is_conflict() {
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
        self.store.apply(&self.audience, changes).await?;
        // Should the next read fail, the old signer must not go on for the rest of its lease.
        if !ended.is_empty() {
            self.fence(&ended);
        }
        for key in &ended {
            self.destroy(key).await;
        }
        Ok(())
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

    /// A private half that cannot be destroyed now is no longer used, so this is no failure of the step.
    async fn destroy(&self, key: &StoredKey) {
        if key.custody != self.custody.name() {
            tracing::warn!(
                target: AUDIT, key = %key.id, custody = key.custody,
                "the private half is in another custody than the configured one: destroy it there"
            );
            return;
        }
        if let Err(error) = self.custody.destroy(key).await {
            let error = tokenward::ErrorChain::new(&error).to_string();
            tracing::warn!(target: AUDIT, key = %key.id, error, "private half not destroyed");
        }
    }

    /// Reads the store, and makes a view of it unless a later read was faster.
    async fn load(&self, now: UnixTime) -> Result<Vec<AnyKey>, RingError> {
        // Counted before the read: whoever wrote before taking a ticket is seen by all later ones.
        let ticket = self.tickets.fetch_add(1, Ordering::SeqCst).saturating_add(1);
        let mut keys = Vec::new();
        for stored in self.store.keys(&self.audience).await? {
            keys.push(AnyKey::try_from(stored)?);
        }
        let before = self.view();
        let signer = self.open_signer(&keys, &before).await;
        let view = View::of(&keys, signer, &before, ticket, now, &self.timing)?;
        self.install(view);
        Ok(keys)
    }

    async fn open_signer(&self, keys: &[AnyKey], before: &View) -> view::Opened {
        let Some(key) = keys.iter().find_map(|key| match key {
            AnyKey::Active(key) => Some(key.stored()),
            _ => None,
        }) else {
            return view::Opened::NoActiveKey;
        };
        if let Some(signer) = before.reusable_signer(key) {
            return view::Opened::Signer(signer);
        }
        match self.custody.signer(&self.issuer, key).await {
            Ok(signer) => view::Opened::Signer(signer),
            Err(error) => view::Opened::Failed(Arc::new(error)),
        }
    }

    fn install(&self, view: View) {
        let mut current = self.view.write().unwrap_or_else(PoisonError::into_inner);
        if view.is_after(&current) {
            *current = Arc::new(view);
        }
    }

    fn fence(&self, ended: &[StoredKey]) {
        let mut current = self.view.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(fenced) = current.without_signer(ended) {
            *current = Arc::new(fenced);
        }
    }

    fn view(&self) -> Arc<View> {
        Arc::clone(&self.view.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing")
            .field("audience", &self.audience)
            .field("custody", &self.custody.name())
            .field("active", &self.view().active())
            .finish_non_exhaustive()
    }
}

/// What [`KeyRing::rotate`] did.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Rotated {
    /// The key that signs now.
    pub active: KeyId,
    /// The key that signed before.
    pub retired: Option<KeyId>,
    /// The key that will sign next.
    pub standby: Option<KeyId>,
}

/// What [`KeyRing::compromise`] did.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Compromised {
    /// The key that nobody should trust any more.
    pub key: KeyId,
    /// The key that signs now, if any is ripe.
    pub active: Option<KeyId>,
    /// When a key will be ripe, if none is.
    pub signs_again_at: Option<UnixTime>,
    /// Until when verifiers that are not on the revocation feed may go on to trust the key.
    pub exposed_until: UnixTime,
}

/// What [`KeyRing::import`] did.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Imported {
    /// The id of the key in the key set.
    pub key: KeyId,
    /// From when on every verifier knows the key.
    pub trusted_from: UnixTime,
}

#[derive(Default)]
struct Outcome {
    before: Option<KeyId>,
    steps: Vec<Step>,
    blocked_until: Option<UnixTime>,
}

impl Outcome {
    /// Two operators who rotate at once want one rotation, not two.
    fn is_done_by_another(&self, request: &Request, keys: &[AnyKey]) -> bool {
        *request == Request::RotateNow && active(keys) != self.before.as_ref()
    }

    /// What was asked for is done; what could not follow it, the next tick will do.
    fn unless_done(self, error: RingError, pending: Option<&Request>) -> Result<Self, RingError> {
        if pending.is_some() {
            return Err(error);
        }
        let error = tokenward::ErrorChain::new(&error).to_string();
        tracing::warn!(error, "key rotation is half done; the next tick goes on");
        Ok(self)
    }
}

/// Whether `key` may join `keys`.
fn may_import(keys: &[AnyKey], key: &VerifyingKey) -> Result<(), ImportError> {
    for known in keys {
        let stored = known.stored();
        // The same public key under another name is the same key: a compromised one must not come back.
        let same = VerifyingKey::from_jwk(stored.public.as_bytes())
            .is_ok_and(|known| known.thumbprint() == key.thumbprint());
        if same || Some(&stored.id) == key.key_id() {
            return Err(ImportError::Known { id: stored.id.clone(), state: stored.state });
        }
    }
    let imported = keys
        .iter()
        .filter(|key| key.stored().imported && key.stored().state.is_published())
        .count();
    if imported >= MAX_IMPORTED { Err(ImportError::TooMany) } else { Ok(()) }
}

fn active(keys: &[AnyKey]) -> Option<&KeyId> {
    keys.iter().find(|key| matches!(key, AnyKey::Active(_))).map(AnyKey::id)
}

/// The steps that go into the next transaction: all that only change stored keys, or one new key.
fn first_batch(steps: Vec<Step>) -> Vec<Step> {
    let makes = steps.first().is_some_and(|step| step.action.makes_a_key());
    let count = if makes { 1 } else { steps.len() };
    steps.into_iter().take(count).take_while(|step| makes || !step.action.makes_a_key()).collect()
}

/// The `target` of every log line that belongs into the audit log.
const AUDIT: &str = "tokenward::audit";

/// A plan has five batches at most (change, first key, standby, second standby, abandon); the rest is room
/// for conflicts with others.
const MAX_ROUNDS: u8 = 16;

/// How long an imported key may verify: a year. Who needs more has not moved, and should import again.
const MAX_IMPORT: std::time::Duration = std::time::Duration::from_secs(366 * 86_400);

/// Imported keys public at once, so that a key set stays far below what verifiers refuse.
pub(crate) const MAX_IMPORTED: usize = 16;
