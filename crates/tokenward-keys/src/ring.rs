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
//! The times that are written are `now` as the caller gives it, or later: after each call to the custody, which
//! may be slow, the clock of the ring is read again ([`KeyRing::timed_by`]). All must come from one clock,
//! the store's: with the embedded store, this machine's own.

mod attempts;
mod error;
mod importing;
mod info;
mod leftovers;
mod opening;
mod rounds;
mod view;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use tokenward::{Algorithm, Audience, Clock, IssuerId, KeyId, KeySet, UnixTime};

pub use error::{ImportError, NoSigner, NotRipe, RingError, RotateError};
pub use info::{KeyHistory, KeyInfo};

use crate::custody::{Custody, Signer};
use crate::lifecycle::AnyKey;
use crate::plan::{Plan, Request, Step, plan};
use crate::statement::StatementStore;
use crate::stored::{KeyStore, StoredKey};
use crate::timing::Timing;
pub(crate) use attempts::Attempts;
pub(crate) use importing::MAX_IMPORTED;
use leftovers::Leftovers;
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
    backoff: Attempts,
    /// How the opening of the next key to sign fares.
    opening: Attempts,
    /// Where the signed key sets are, if keys must stand in one before they sign.
    statements: Option<Arc<dyn StatementStore>>,
    clock: Option<Arc<dyn Clock>>,
    leftovers: Leftovers,
    /// Standbys of which it is known that they open.
    looked_at: Mutex<BTreeSet<KeyId>>,
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
        let backoff = Attempts::default();
        let leftovers = Leftovers::default();
        Self {
            audience,
            issuer,
            store,
            custody,
            timing,
            environment,
            algorithm,
            tickets,
            backoff,
            opening: Attempts::default(),
            statements: None,
            clock: None,
            leftovers,
            looked_at: Mutex::default(),
            view,
        }
    }

    /// Lets no key begin to sign before the signed key set in `statements` has held it long enough: else
    /// verifiers with a pinned root would refuse its tokens.
    #[must_use]
    pub fn stated_in(self, statements: Arc<dyn StatementStore>) -> Self {
        Self { statements: Some(statements), ..self }
    }

    /// Reads `clock` again after whatever takes time, so that a custody that is slow makes no key ripe, and
    /// lets none go, before its time. It is the clock that gives each `now`. Whoever keeps a ring at work needs
    /// it; without, no time passes during a call.
    #[must_use]
    pub fn timed_by(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock: Some(clock), ..self }
    }

    /// The time now, in a call that began at `now`; never before.
    pub(crate) fn later(&self, now: UnixTime) -> UnixTime {
        self.clock.as_ref().map_or(now, |clock| clock.now().max(now))
    }

    /// Reads the store, which renews the lease. `now` was read before the call.
    ///
    /// The custody is asked only if another key signs than before, or none that opens: this may run beside a
    /// [`tick`](Self::tick) whose custody is slow.
    pub async fn refresh(&self, now: UnixTime) -> Result<(), RingError> {
        self.read(now, false).await?;
        self.view().custody_error().map_or(Ok(()), Err)
    }

    /// Does whatever time demands, and renews the lease. Answers the steps that were taken.
    ///
    /// An authority calls this at its start and then every L / 3.
    pub async fn tick(&self, now: UnixTime) -> Result<Vec<Step>, RingError> {
        self.note_orders_of_the_dead().await?;
        let outcome = self.run(now, Request::Tick).await;
        // Last, because it may have to wait for the custody, and the lease is renewed before. A custody that has just
        // been found to lack a key may be another one, so its word that a private half is gone must not be taken now.
        let gave_up = match &outcome {
            Ok(outcome) => outcome.gave_up(),
            Err(error) => matches!(error, RingError::Contended),
        };
        if !gave_up && self.another_place(&self.view().lost()).is_none() {
            self.clear_up(self.later(now)).await;
        }
        let outcome = outcome?;
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
        // Until the end of trust was written, which may have waited for the custody, the others knew nothing of it.
        let now = self.later(now);
        Ok(Compromised {
            key: id.clone(),
            active: self.view().active().cloned(),
            standby: self.view().standby().cloned(),
            signs_again_at: outcome.blocked_until,
            silent_by: now.saturating_add(self.timing.silent_within()),
            steps: outcome.steps,
            exposed_until: now.saturating_add(self.timing.exposure()),
        })
    }

    /// Asks the custody whether it lets us in, and to open every private key that signs or will sign, and
    /// whether `now` is behind what is stored: what `check` does.
    pub async fn probe(&self, now: UnixTime) -> Result<(), RingError> {
        self.custody.check(&self.audience).await?;
        let stored = self.store.keys(&self.audience).await?;
        let keys = stored.into_iter().map(AnyKey::try_from).collect::<Result<Vec<_>, _>>()?;
        if let Some(store) = view::clock_behind(&keys, now, &self.timing) {
            return Err(RingError::ClockOff { local: now, store });
        }
        for key in &keys {
            if let AnyKey::Standby(_) | AnyKey::Active(_) = key {
                self.open(key.stored()).await?;
            }
        }
        Ok(())
    }

    /// Who signs at `now`.
    pub fn signer(&self, now: UnixTime) -> Result<Arc<dyn Signer>, NoSigner> {
        self.view().signer(&self.timing, now)
    }

    /// Who signs at `now`, and what the token must keep to.
    pub fn signing(&self, now: UnixTime) -> Result<Signing, NoSigner> {
        let view = self.view();
        let signer = view.signer(&self.timing, now)?;
        Ok(Signing { signer, latest_exp: view.latest_exp(&self.timing) })
    }

    /// What a request would do now, without doing any of it: what `keys rotate --dry-run` shows.
    pub async fn preview(&self, now: UnixTime, request: &Request) -> Result<Plan, RingError> {
        let keys = self.load(now).await?;
        if let Request::Compromise(id) = request
            && !keys.iter().any(|key| key.id() == id)
        {
            return Err(RingError::UnknownKey { id: id.clone() });
        }
        let lost = self.view().lost();
        Ok(plan(&keys, lost.to(request), now, &self.timing, self.algorithm, request))
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

    /// How often in a row the custody could not make the next key; 0 if all is well. Signing goes on
    /// meanwhile, and rotation tries again after a while.
    #[must_use]
    pub fn failed_attempts(&self) -> u32 {
        self.backoff.attempts()
    }

    /// How many orders and private halves the custody has still to be rid of; 0 if all is well. It is tried
    /// again after a while.
    #[must_use]
    pub fn leftovers(&self) -> usize {
        self.leftovers.count()
    }

    /// Whether the audience has, or had, a key of its own, so that it has a key set to serve.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.view().has_begun()
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

    /// Reads the store, and looks which keys open.
    async fn load(&self, now: UnixTime) -> Result<Vec<AnyKey>, RingError> {
        self.read(now, true).await
    }

    /// Reads the store, and makes a view of it unless a later read was faster; `looks` whether standbys open.
    async fn read(&self, now: UnixTime, looks: bool) -> Result<Vec<AnyKey>, RingError> {
        // Counted before the read: whoever wrote before taking a ticket is seen by all later ones.
        let ticket = self.tickets.fetch_add(1, Ordering::SeqCst).saturating_add(1);
        let mut keys = Vec::new();
        for stored in self.store.keys(&self.audience).await? {
            keys.push(AnyKey::try_from(stored)?);
        }
        let before = self.view();
        let clock = self.store.clock().await?;
        let mut signer = self.open_signer(&keys, &before).await;
        let lost =
            if looks { self.lost(&keys, &signer).await } else { before.lost().as_ref().clone() };
        if let (view::Opened::Failed(error), Some(why)) = (&mut signer, self.another_place(&lost)) {
            *error = why;
        }
        let view = View::of(&keys, signer, &before, ticket, now, &self.timing)?
            .with_clock(now, clock, &self.timing)
            .with_lost(lost);
        if let Some(ahead) = view.clock_behind().filter(|_| before.clock_behind().is_none()) {
            // Nothing unsafe follows, but the keys stand still until the clock has caught up.
            tracing::warn!(
                audience = %self.audience, %now, stored = %ahead,
                "the clock is behind the key store, so keys ripen and rotate late: set the clock; if \
                 it is right, `tokenward keys rotate --wait`"
            );
        }
        self.install(view);
        Ok(keys)
    }

    fn install(&self, view: View) {
        let mut current = self.view.write().unwrap_or_else(PoisonError::into_inner);
        if view.is_after(&current) {
            *current = Arc::new(view);
        }
    }

    /// Lets none of `ended` sign any more, and `next` from now on.
    fn hand_over(&self, ended: &[StoredKey], next: Option<(StoredKey, Arc<dyn Signer>)>) {
        let mut current = self.view.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(view) = current.handed_over(ended, next) {
            *current = Arc::new(view);
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
    /// The key that will sign next.
    pub standby: Option<KeyId>,
    /// When a key will be ripe, if none is.
    pub signs_again_at: Option<UnixTime>,
    /// Until when verifiers that are not on the revocation feed may go on to trust the key.
    pub exposed_until: UnixTime,
    /// When every replica that did not hear of it has ceased to sign with the key.
    pub silent_by: UnixTime,
    /// What was done, each step with its reason.
    pub steps: Vec<Step>,
}

/// Who signs, and what the token must keep to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Signing {
    /// Who.
    pub signer: Arc<dyn Signer>,
    /// The latest `exp` that the key vouches for: its end, less W and S.
    pub latest_exp: UnixTime,
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

/// The `target` of every log line that belongs into the audit log.
const AUDIT: &str = "tokenward::audit";
