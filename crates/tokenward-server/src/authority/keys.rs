//! The keys as the authority and its administrators handle them.
//!
//! **Invariant:** whatever changes the keys, the local verifiers have the new set before the answer.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokenward::{Audience, BackendError, Clock, KeyId, UnixTime, VerifyingKey};
use tokenward_keys::{
    Compromised, FormerError, ImportError, Imported, KeyRing, RingError, RotateError, Rotated,
};
use tokenward_remote::LiveVerifier;
use tokenward_revocation::feed::FeedSigner;
use tokenward_revocation::{NewRevocation, Scope};
use tokio::task::JoinSet;

use super::audience::AudienceState;
use super::start::{BRIEF, ROTATE};
use super::stating::KeySetSigning;
use super::{Authority, log};

/// An order about keys was not carried out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyActionError {
    /// No audience has that name.
    #[error("there is no audience `{0}`: see `tokenward check`")]
    UnknownAudience(Audience),
    /// No key may take over yet, or the keys could not be changed.
    #[error(transparent)]
    Rotate(#[from] RotateError),
    /// The keys could not be read or changed.
    #[error(transparent)]
    Ring(#[from] RingError),
    /// The key was not taken in.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// The former secret was not taken in, or could not be read.
    #[error(transparent)]
    Former(#[from] FormerError),
    /// The revocation could not be written.
    #[error("the revocation of the key could not be written")]
    Revocations(#[source] BackendError),
}

impl Authority {
    /// The keys of each audience.
    pub fn rings(&self) -> impl Iterator<Item = &Arc<KeyRing>> {
        self.audiences.values().map(|audience| &audience.ring)
    }

    /// The keys of `audience`.
    #[must_use]
    pub fn ring(&self, audience: &Audience) -> Option<&Arc<KeyRing>> {
        self.audiences.get(audience).map(|audience| &audience.ring)
    }

    /// The public feed keys of `audience`, as verifiers may pin them: the one that signs, then the one that
    /// will.
    #[must_use]
    pub fn feed_keys(&self, audience: &Audience) -> Vec<VerifyingKey> {
        let signer = self.hub.signer(audience);
        signer.into_iter().flat_map(FeedSigner::public_keys).cloned().collect()
    }

    /// What verifies the tokens of `audience` in this process: never stale, revocations included.
    #[must_use]
    pub fn verifier(&self, audience: &Audience) -> Option<&Arc<LiveVerifier>> {
        self.audiences.get(audience).map(|audience| &audience.verifier)
    }

    /// Lets the ripe standby of `audience` sign from now on.
    pub async fn rotate(&self, audience: &Audience) -> Result<Rotated, KeyActionError> {
        let audience = self.keys_of(audience)?;
        let rotated = audience.ring.rotate(self.clock.now()).await;
        audience.take_keys();
        Ok(rotated?)
    }

    /// Ends all trust in a key, at once and everywhere. Safe to repeat.
    pub async fn compromise(
        &self,
        audience: &Audience,
        key: &KeyId,
        by: &str,
    ) -> Result<Compromised, KeyActionError> {
        let state = Arc::clone(self.keys_of(audience)?);
        let now = self.clock.now();
        if !state.ring.history().iter().any(|known| known.kid == key.as_str()) {
            return Err(RingError::UnknownKey { id: key.clone() }.into());
        }
        let row = NewRevocation {
            audience: Some(audience.clone()),
            scope: Scope::Key(key.clone()),
            // A verifier that fetches key sets by the clock may trust the key for C + D longer.
            ends_at: self
                .keep_until(now)
                .saturating_add(state.ring.timing().exposure())
                .saturating_add(MARGIN),
            at: now,
            reason: Some("compromised".to_owned()),
            by: by.to_owned(),
        };
        let (store, hub, key) = (Arc::clone(&self.revocations), Arc::clone(&self.hub), key.clone());
        let (by, audience) = (by.to_owned(), [audience.clone()]);
        // A task of its own: an administrator who hangs up must not leave it half done.
        let work = tokio::spawn(async move {
            // First the feed: should we die in between, forged tokens are refused all the same.
            store.append(vec![row]).await.map_err(KeyActionError::Revocations)?;
            log::revoked(&by, "kid", key.as_str(), Some(&audience), Some("compromised"));
            let done = state.ring.compromise(&key, now).await;
            state.take_keys();
            hub.catch_up().await.map_err(KeyActionError::Revocations)?;
            Ok(done?)
        });
        work.await.unwrap_or_else(|error| Err(RingError::Bug(error.to_string()).into()))
    }

    /// Takes in a key made elsewhere, whose tokens verify until `verify_until` and which signs nothing.
    pub async fn import_key(
        &self,
        audience: &Audience,
        key: &VerifyingKey,
        verify_until: UnixTime,
    ) -> Result<Imported, KeyActionError> {
        let audience = self.keys_of(audience)?;
        let imported = audience.ring.import(key, verify_until, self.clock.now()).await;
        audience.take_keys();
        Ok(imported?)
    }

    /// Does whatever time demands of the keys, and renews the signers' leases, for all audiences at once.
    pub async fn rotate_due(&self) {
        let mut work = JoinSet::new();
        for audience in self.audiences.values() {
            let (audience, clock) = (Arc::clone(audience), Arc::clone(&self.clock));
            let pace = self.pace();
            work.spawn(async move { audience.look_after_keys(&*clock, pace).await });
        }
        while work.join_next().await.is_some() {}
    }

    /// How often the keys are looked after: each second, or three times per lease if that is more often.
    pub(super) fn pace(&self) -> Duration {
        let third = self.settings.keys.signer_lease.checked_div(3).unwrap_or(ROTATE);
        third.clamp(BRIEF, ROTATE)
    }

    /// Why the authority cannot serve at this moment: a line each, none if it can.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let now = self.clock.now();
        let mut problems: Vec<String> = self
            .audiences
            .values()
            .filter_map(|audience| {
                let problem = audience.cannot_sign(now)?;
                Some(format!("audience {}: {problem}", audience.name))
            })
            .collect();
        problems.extend(self.audiences.values().filter_map(|audience| audience.unstated(self)));
        let silent = now.since(self.hub.read_at());
        if silent > SILENCE {
            problems.push(format!("the revocations were last read {} s ago", silent.as_secs()));
        }
        problems
    }

    /// What is wrong, or waits for somebody, though the authority serves: a line each.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let trouble = self.carrier.as_ref().and_then(|carrier| carrier.trouble());
        let lags = trouble.map(|trouble| format!("the revocation feed lags: {trouble}"));
        let waits = self.signer_that_waits().map(KeySetSigning::waits);
        lags.into_iter().chain(waits).collect()
    }

    /// Whether tokens of `audience` are signed at this moment.
    #[must_use]
    pub fn can_sign(&self, audience: &Audience) -> bool {
        let state = self.audiences.get(audience);
        state.is_some_and(|state| state.cannot_sign(self.clock.now()).is_none())
    }

    /// What the custody of `audience` still owes at this moment, a line each; all of it is tried again.
    pub async fn owed(&self, audience: &Audience) -> Result<Vec<String>, KeyActionError> {
        let state = self.keys_of(audience)?;
        let now = self.clock.now();
        state.try_to_sign(now).await;
        let problem = state.signing_lamp.problem();
        let mut owed: Vec<String> = problem.into_iter().map(str::to_owned).collect();
        if state.ring.leftovers() > 0 {
            owed.push("a private half is not destroyed yet".to_owned());
        }
        Ok(owed)
    }

    pub(super) fn keys_of(
        &self,
        audience: &Audience,
    ) -> Result<&Arc<AudienceState>, KeyActionError> {
        self.audiences
            .get(audience)
            .ok_or_else(|| KeyActionError::UnknownAudience(audience.clone()))
    }
}

impl AudienceState {
    /// Does whatever time demands of the keys, and renews the lease of who signs.
    ///
    /// The clockwork does this for each audience on its own, so that none waits for another's custody.
    pub(super) async fn look_after_keys(&self, clock: &dyn Clock, pace: Duration) {
        let mut work = pin!(self.ring.tick(clock.now()));
        let ticked = loop {
            tokio::select! {
                ticked = &mut work => break ticked,
                () = tokio::time::sleep(pace) => {
                    // A custody may take longer than a lease to make a key; who signs meanwhile must not fall
                    // silent. What fails here, the work itself will tell.
                    drop(self.ring.refresh(clock.now()).await);
                    self.take_keys();
                }
            }
        };
        self.lamp.show(&ticked);
        self.take_keys();
        self.former_lamp.show(&self.take_former(clock.now()).await);
        // Whoever balances the load sends no more requests by which we could notice that signing works again.
        if self.signing_lamp.problem().is_some() {
            self.try_to_sign(clock.now()).await;
        }
    }

    /// Why no token would be signed at `now`.
    fn cannot_sign(&self, now: UnixTime) -> Option<String> {
        let error = self.ring.signer(now).err().map(|error| error.to_string());
        error.or_else(|| self.signing_lamp.problem().map(str::to_owned))
    }

    /// Takes note of whether signing works.
    async fn try_to_sign(&self, now: UnixTime) {
        if let Ok(signer) = self.ring.signer(now) {
            self.signing_lamp.show(&signer.sign(NO_TOKEN).await);
        }
    }

    /// Gives the verifier the keys of the ring, if they have changed.
    fn take_keys(&self) {
        let published = self.ring.jwks_json();
        let mut known = self.known_keys.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if **known != *published {
            self.verifier.swap_keys(self.ring.key_set());
            *known = published;
        }
    }
}

/// What is signed to see whether it can be: without a dot it is no token, and never a part of one.
const NO_TOKEN: &[u8] = b"tokenward asks whether signing works";
/// Clocks, rounding and a slow fetch, all together.
const MARGIN: Duration = Duration::from_secs(60);
/// The store is read four times a second; after this long something is wrong.
const SILENCE: Duration = Duration::from_secs(5);
