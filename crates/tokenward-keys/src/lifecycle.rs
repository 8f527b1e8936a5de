//! The life cycle of a signing key.
//!
//! ```text
//! Standby ──activate──▶ Active ──retire──▶ Retiring ──withdraw──▶ Retired
//!    │                    │                   │                      │
//!    └────────────────────┴────compromise─────┴──────────────────────┴──▶ Compromised
//! ```
//!
//! Every state is a type, and a transition consumes the key in its old state, so signing with a retired
//! key or withdrawing an active one does not compile. Two shorter ways lead through the same picture: the
//! first key of an audience begins as Active, because no verifier can hold an older key set, and a Standby
//! that is no longer wanted goes to Retired, because it never signed.
//!
//! **Invariant:** a key is public before it signs, and stays public until the last token it signed has
//! expired. A verifier with a cached key set thus never meets a good token whose key it lacks.
//!
//! **Invariant:** the private half does not outlive the signing: no key leaves [`retire`](Key::retire),
//! [`abandon`](Key::abandon) or [`compromise`](Key::compromise) with a handle.
//!
//! Nothing here does I/O or reads a clock.

use std::fmt;

use tokenward::{Audience, KeyId, UnixTime, VerifyingKey};

use crate::custody::MadeKey;
use crate::stored::{KeyChange, KeyState, StoredKey};
use crate::timing::Timing;

#[cfg(test)]
mod tests;

/// A signing key in the state `S`.
#[must_use = "a transition consumes the key, so dropping the result loses it"]
#[derive(Debug, Eq, PartialEq)]
pub struct Key<S> {
    stored: StoredKey,
    since: UnixTime,
    state: S,
}

impl<S: State> Key<S> {
    /// The key as it is, or would be, stored.
    #[must_use]
    pub const fn stored(&self) -> &StoredKey {
        &self.stored
    }

    /// Its id.
    #[must_use]
    pub const fn id(&self) -> &KeyId {
        &self.stored.id
    }

    /// When it entered its state.
    #[must_use]
    pub const fn since(&self) -> UnixTime {
        self.since
    }

    /// Ends all trust in a key that may have leaked, without any of the waiting times.
    ///
    /// # Security
    ///
    /// Verifiers that are not on the revocation feed notice only when their cached key set expires, up to
    /// [`Timing::exposure`] later. Until then they still accept forged tokens.
    pub fn compromise(mut self, now: UnixTime) -> Key<Compromised> {
        self.stored.compromised_at = Some(now);
        self.stored.handle = None;
        self.enter(Compromised, now)
    }

    /// The change that stores this key in place of the one it was made from.
    #[must_use]
    pub fn into_replacement(self) -> KeyChange {
        KeyChange::Replace { epoch: self.stored.epoch.saturating_sub(1), key: self.stored }
    }

    fn enter<T: State>(self, state: T, now: UnixTime) -> Key<T> {
        let mut stored = self.stored;
        stored.state = T::NAME;
        stored.epoch = stored.epoch.saturating_add(1);
        Key { stored, since: now, state }
    }
}

impl Key<Standby> {
    /// A key that was just made, and joins the published key set at `now`.
    ///
    /// `None` if its public half cannot be published: it has no id, or it is symmetric.
    #[must_use]
    pub fn publish(
        made: MadeKey,
        audience: &Audience,
        custody: &str,
        now: UnixTime,
    ) -> Option<Self> {
        let mut stored = public_half(&made.public, audience, now)?;
        custody.clone_into(&mut stored.custody);
        stored.handle = Some(made.handle);
        Some(Self { stored, since: now, state: Standby })
    }

    /// The same key, not yet stored, which joins the published key set only at `now`: to make it took until
    /// then.
    pub fn published_at(mut self, now: UnixTime) -> Self {
        self.stored.published_at = now;
        self.since = now;
        self
    }

    /// When the key may sign: every cached key set contains it then.
    #[must_use]
    pub fn ripe_at(&self, timing: &Timing) -> UnixTime {
        self.since.saturating_add(timing.ripening())
    }

    /// Lets the key sign, once every cached key set must contain it.
    #[expect(clippy::result_large_err, reason = "the key comes back, so that it is not lost")]
    pub fn activate(
        self,
        now: UnixTime,
        timing: &Timing,
    ) -> Result<Key<Active>, TooEarly<Standby>> {
        // If the clock jumps back we wait longer, and if the sum overflows we wait for ever. Both are
        // safe. The opposite mistake would reject tokens that are still good.
        let ready_at = self.ripe_at(timing);
        if now < ready_at { Err(TooEarly { key: self, ready_at }) } else { Ok(self.sign_from(now)) }
    }

    /// Lets the first key of an audience sign at once: nobody can hold a key set without it.
    ///
    /// The caller has seen that the audience has no key of ours, and the store refuses an active key that
    /// is not the first, so that two authorities which start on an empty store cannot both come here.
    pub fn activate_first(self, now: UnixTime) -> Key<Active> {
        self.sign_from(now)
    }

    /// Takes back a key that never signed.
    pub fn abandon(mut self, now: UnixTime) -> Key<Retired> {
        self.stored.withdrawn_at = Some(now);
        self.stored.handle = None;
        self.enter(Retired, now)
    }

    fn sign_from(mut self, now: UnixTime) -> Key<Active> {
        self.stored.activated_at = Some(now);
        self.enter(Active, now)
    }
}

impl Key<Active> {
    /// Stops the key from signing and forgets its private half; the public half stays.
    pub fn retire(mut self, now: UnixTime, timing: &Timing) -> Key<Retiring> {
        self.stored.retired_at = Some(now);
        self.stored.verify_until = Some(now.saturating_add(timing.token_outlives()));
        self.stored.handle = None;
        self.enter(Retiring, now)
    }

    /// The end of its signing if no rotation comes: see [`Timing::signs_at_most`].
    #[must_use]
    pub fn signs_until(&self, timing: &Timing) -> UnixTime {
        self.since.saturating_add(timing.signs_at_most())
    }

    /// The last instant at which a token of the key may be accepted, whenever it is retired.
    #[must_use]
    pub fn verify_until(&self, timing: &Timing) -> UnixTime {
        self.signs_until(timing).saturating_add(timing.token_outlives())
    }

    /// When the plan will replace the key.
    #[must_use]
    pub fn due_at(&self, timing: &Timing) -> UnixTime {
        self.since.saturating_add(timing.rotate_every())
    }
}

impl Key<Retiring> {
    /// A key from elsewhere, whose tokens verify until `verify_until`. It never signs here.
    ///
    /// `None` if its public half cannot be published: it has no id, or it is symmetric.
    #[must_use]
    pub fn import(
        public: &VerifyingKey,
        audience: &Audience,
        verify_until: UnixTime,
        now: UnixTime,
    ) -> Option<Self> {
        let mut stored = public_half(public, audience, now)?;
        NO_CUSTODY.clone_into(&mut stored.custody);
        stored.imported = true;
        stored.state = KeyState::Retiring;
        stored.retired_at = Some(now);
        stored.verify_until = Some(verify_until);
        Some(Self { stored, since: now, state: Retiring })
    }

    /// An imported key that is to end at `verify_until`; `None` if that is not before its end, or if it is our own.
    #[must_use]
    pub fn end_sooner(mut self, verify_until: UnixTime) -> Option<Self> {
        let is_sooner = self.stored.verify_until.is_some_and(|end| verify_until < end);
        if !self.stored.imported || !is_sooner {
            return None;
        }
        self.stored.verify_until = Some(verify_until);
        let since = self.since;
        Some(self.enter(Retiring, since))
    }

    /// The last instant at which a token of the key may be accepted.
    ///
    /// The end written down at retirement stands; if the times have since been made longer, so does it.
    #[must_use]
    pub fn verify_until(&self, timing: &Timing) -> UnixTime {
        let by_policy = self.since.saturating_add(timing.token_outlives());
        match self.stored.verify_until {
            Some(end) if self.stored.imported => end,
            Some(end) => end.max(by_policy),
            None => by_policy,
        }
    }

    /// Takes the key out of the published set. What remains is its entry in the key history.
    #[expect(clippy::result_large_err, reason = "the key comes back, so that it is not lost")]
    pub fn withdraw(
        mut self,
        now: UnixTime,
        timing: &Timing,
    ) -> Result<Key<Retired>, TooEarly<Retiring>> {
        let end = self.verify_until(timing);
        if now <= end {
            return Err(TooEarly { key: self, ready_at: end.saturating_add(INSTANT) });
        }
        self.stored.withdrawn_at = Some(now);
        Ok(self.enter(Retired, now))
    }
}

impl<S: Unstored> Key<S> {
    /// The change that adds this key to the store.
    #[must_use]
    pub fn into_insert(self) -> KeyChange {
        KeyChange::Insert(self.stored)
    }
}

/// A key as it came from the store, in whatever state that was.
#[derive(Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "whoever plans must think of every state")]
pub enum AnyKey {
    /// See [`Standby`].
    Standby(Key<Standby>),
    /// See [`Active`].
    Active(Key<Active>),
    /// See [`Retiring`].
    Retiring(Key<Retiring>),
    /// See [`Retired`].
    Retired(Key<Retired>),
    /// See [`Compromised`].
    Compromised(Key<Compromised>),
}

impl AnyKey {
    /// The key as it is stored.
    #[must_use]
    pub const fn stored(&self) -> &StoredKey {
        match self {
            Self::Standby(key) => key.stored(),
            Self::Active(key) => key.stored(),
            Self::Retiring(key) => key.stored(),
            Self::Retired(key) => key.stored(),
            Self::Compromised(key) => key.stored(),
        }
    }

    /// Its id.
    #[must_use]
    pub const fn id(&self) -> &KeyId {
        &self.stored().id
    }

    /// Ends all trust in the key, whatever its state; a compromised one stays as it is.
    pub fn compromise(self, now: UnixTime) -> Key<Compromised> {
        match self {
            Self::Standby(key) => key.compromise(now),
            Self::Active(key) => key.compromise(now),
            Self::Retiring(key) => key.compromise(now),
            Self::Retired(key) => key.compromise(now),
            Self::Compromised(key) => key,
        }
    }
}

impl TryFrom<StoredKey> for AnyKey {
    type Error = Inconsistent;

    fn try_from(stored: StoredKey) -> Result<Self, Inconsistent> {
        let since = match stored.state {
            KeyState::Standby => Some(stored.published_at),
            KeyState::Active => stored.activated_at,
            KeyState::Retiring => stored.retired_at,
            KeyState::Retired => stored.withdrawn_at,
            KeyState::Compromised => stored.compromised_at,
        };
        let signs = matches!(stored.state, KeyState::Standby | KeyState::Active);
        let Some(since) = since.filter(|_| !signs || (stored.handle.is_some() && !stored.imported))
        else {
            return Err(Inconsistent { id: stored.id, state: stored.state });
        };
        Ok(match stored.state {
            KeyState::Standby => Self::Standby(Key { stored, since, state: Standby }),
            KeyState::Active => Self::Active(Key { stored, since, state: Active }),
            KeyState::Retiring => Self::Retiring(Key { stored, since, state: Retiring }),
            KeyState::Retired => Self::Retired(Key { stored, since, state: Retired }),
            KeyState::Compromised => Self::Compromised(Key { stored, since, state: Compromised }),
        })
    }
}

/// A stored key lacks what its state implies: an active one its handle or its activation time, say.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the stored key `{id}` is {state}, but lacks what such a key has: restore a backup")]
#[non_exhaustive]
pub struct Inconsistent {
    /// The key concerned.
    pub id: KeyId,
    /// The state it claims to be in.
    pub state: KeyState,
}

/// A transition was asked for before its time.
///
/// The key comes back unchanged, so that the rotation can keep it and try again.
#[derive(Debug)]
#[non_exhaustive]
pub struct TooEarly<S> {
    /// The key, still in its old state.
    pub key: Key<S>,
    /// When the same transition will succeed.
    pub ready_at: UnixTime,
}

impl<S: State> std::error::Error for TooEarly<S> {}

impl<S: State> fmt::Display for TooEarly<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "key `{}` must stay {} until {}", self.key.id(), S::NAME, self.ready_at)
    }
}

/// A state in which a key can be.
pub trait State: fmt::Debug {
    /// Its stored name.
    const NAME: KeyState;
}

/// A state in which a key can enter the store.
pub trait Unstored: State {}

macro_rules! state {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Eq, PartialEq)]
        #[non_exhaustive]
        pub struct $name;

        impl State for $name {
            const NAME: KeyState = KeyState::$name;
        }
    };
}

state! {
    /// Published, but some verifiers may not have seen it yet.
    Standby
}
state! {
    /// Signs new tokens.
    Active
}
state! {
    /// Signs nothing any more; its tokens are still accepted.
    Retiring
}
state! {
    /// In the key history alone.
    Retired
}
state! {
    /// Neither signs nor verifies, for ever.
    Compromised
}

impl Unstored for Standby {}
impl Unstored for Active {}
impl Unstored for Retiring {}

fn public_half(public: &VerifyingKey, audience: &Audience, now: UnixTime) -> Option<StoredKey> {
    Some(StoredKey {
        id: public.key_id()?.clone(),
        audience: audience.clone(),
        algorithm: public.algorithm(),
        public: serde_json::Value::Object(public.to_jwk()?).to_string(),
        state: KeyState::Standby,
        custody: String::new(),
        handle: None,
        created_at: now,
        published_at: now,
        activated_at: None,
        retired_at: None,
        withdrawn_at: None,
        compromised_at: None,
        imported: false,
        verify_until: None,
        epoch: 1,
    })
}

/// What stands for the custody of a key that has no private half here.
const NO_CUSTODY: &str = "none";

/// The least difference between two times.
pub(crate) const INSTANT: std::time::Duration = std::time::Duration::from_millis(1);
