//! What one read of the key store showed.
//!
//! **Invariant:** a view never changes; a newer one takes its place. Whoever holds one sees a signer, a
//! key set and a list that belong together.

use std::fmt;
use std::sync::Arc;

use tokenward::{KeyId, KeySet, UnixTime, VerifyingKey};

use super::error::{NoSigner, RingError};
use super::info::{KeyHistory, KeyInfo};
use super::opening::Lost;
use crate::custody::{CustodyError, Signer};
use crate::lifecycle::AnyKey;
use crate::stored::{KeyState, StoredKey};
use crate::timing::Timing;

pub(super) struct View {
    ticket: u64,
    read_at: Option<UnixTime>,
    active: Option<(KeyId, u64)>,
    opened: Opened,
    /// The keys whose private half is gone, by the custody's word.
    lost: Arc<Lost>,
    standby: Option<KeyId>,
    ripe_at: Option<UnixTime>,
    clock_behind: Option<UnixTime>,
    /// The time here and the store's, if they do not fit together.
    clock_off: Option<(UnixTime, UnixTime)>,
    /// When the active key ceases to sign, whatever happens.
    signs_until: UnixTime,
    published: Published,
    list: Arc<[KeyInfo]>,
    history: Arc<[KeyHistory]>,
}

/// What came of opening the active key.
#[derive(Clone)]
pub(super) enum Opened {
    Signer(Arc<dyn Signer>),
    NoActiveKey,
    Failed(Arc<CustodyError>),
}

#[derive(Clone)]
struct Published {
    /// The public halves, as stored, in the order of the set.
    sources: Arc<[(KeyId, String)]>,
    key_set: KeySet,
    json: Arc<str>,
}

impl View {
    /// The view before the first read: nothing signs, nothing verifies.
    pub(super) fn unread() -> Self {
        Self {
            ticket: 0,
            read_at: None,
            active: None,
            opened: Opened::NoActiveKey,
            lost: Arc::default(),
            standby: None,
            ripe_at: None,
            clock_behind: None,
            clock_off: None,
            signs_until: UnixTime::NEVER,
            published: Published::nothing(),
            list: Arc::new([]),
            history: Arc::new([]),
        }
    }

    /// The view of `keys`, whose read was counted as `ticket` and begun at `now`.
    pub(super) fn of(
        keys: &[AnyKey],
        opened: Opened,
        before: &Self,
        ticket: u64,
        now: UnixTime,
        timing: &Timing,
    ) -> Result<Self, RingError> {
        let active = keys.iter().find_map(|key| match key {
            AnyKey::Active(key) => Some((key.id().clone(), key.stored().epoch)),
            _ => None,
        });
        let next = keys
            .iter()
            .filter_map(|key| match key {
                AnyKey::Standby(key) => Some((key.ripe_at(timing), key.id().clone())),
                _ => None,
            })
            .min();
        let signs_until = keys.iter().find_map(|key| match key {
            AnyKey::Active(key) => Some(key.signs_until(timing)),
            _ => None,
        });
        let (ripe_at, standby) = next.unzip();
        let published = before.published.renew(keys, now, timing)?;
        let list = keys.iter().map(|key| KeyInfo::of(key, timing)).collect();
        let history = keys.iter().map(KeyHistory::of).collect();
        Ok(Self {
            ticket,
            read_at: Some(now),
            active,
            opened,
            lost: Arc::default(),
            standby,
            ripe_at,
            clock_behind: clock_behind(keys, now, timing),
            clock_off: None,
            signs_until: signs_until.unwrap_or(UnixTime::NEVER),
            published,
            list,
            history,
        })
    }

    /// The same view, read when the store's clock said `store` and the one here `local`.
    pub(super) fn with_clock(
        mut self,
        local: UnixTime,
        store: Option<UnixTime>,
        timing: &Timing,
    ) -> Self {
        let off = store.filter(|store| !timing.clock_holds(local, *store));
        self.clock_off = off.map(|store| (local, store));
        self
    }

    /// The same view, in which the private halves of `lost` are gone.
    pub(super) fn with_lost(mut self, lost: Lost) -> Self {
        self.lost = Arc::new(lost);
        self
    }

    pub(super) fn lost(&self) -> Arc<Lost> {
        Arc::clone(&self.lost)
    }

    /// When a token that is signed now must have expired.
    pub(super) fn latest_exp(&self, timing: &Timing) -> UnixTime {
        timing.latest_exp(self.signs_until.saturating_add(timing.token_outlives()))
    }

    pub(super) const fn is_after(&self, other: &Self) -> bool {
        self.ticket > other.ticket
    }

    /// The same view, signing with `next` (as it was before the switch) or silent, if one of the keys that have `ended` is the one it
    /// signs with.
    pub(super) fn handed_over(
        &self,
        ended: &[StoredKey],
        next: Option<(StoredKey, Arc<dyn Signer>)>,
    ) -> Option<Self> {
        let (active, _) = self.active.as_ref()?;
        ended.iter().find(|key| key.id == *active)?;
        // Whoever verifies by this view must be able to verify what it signs.
        let next = next.filter(|(key, _)| self.published.has(&key.id));
        let (active, opened) = match next {
            Some((key, signer)) => {
                // It takes part in the same transaction, so it enters its next epoch.
                (Some((key.id, key.epoch.saturating_add(1))), Opened::Signer(signer))
            }
            None => (None, Opened::NoActiveKey),
        };
        Some(Self {
            ticket: self.ticket,
            read_at: self.read_at,
            standby: self.standby.clone().filter(|id| active.as_ref().is_none_or(|(a, _)| a != id)),
            active,
            opened,
            lost: Arc::clone(&self.lost),
            ripe_at: self.ripe_at,
            clock_behind: self.clock_behind,
            clock_off: self.clock_off,
            // The next key has just begun, and the next read is less than a lease away.
            signs_until: UnixTime::NEVER,
            published: self.published.clone(),
            list: Arc::clone(&self.list),
            history: Arc::clone(&self.history),
        })
    }

    /// The signer for `key`, if this view has it open already.
    pub(super) fn reusable_signer(&self, key: &StoredKey) -> Option<Arc<dyn Signer>> {
        let (id, epoch) = self.active.as_ref()?;
        match &self.opened {
            Opened::Signer(signer) if *id == key.id && *epoch == key.epoch => {
                Some(Arc::clone(signer))
            }
            _ => None,
        }
    }

    pub(super) fn signer(
        &self,
        timing: &Timing,
        now: UnixTime,
    ) -> Result<Arc<dyn Signer>, NoSigner> {
        let read_at = self.read_at.ok_or(NoSigner::Unread)?;
        if !timing.lease_holds(read_at, now) {
            return Err(NoSigner::LeaseOver { read_at });
        }
        if let Some((local, store)) = self.clock_off {
            return Err(NoSigner::ClockOff { local, store });
        }
        if now >= self.signs_until {
            return Err(NoSigner::Overdue { end: self.signs_until });
        }
        match &self.opened {
            Opened::Signer(signer) => Ok(Arc::clone(signer)),
            Opened::NoActiveKey => Err(NoSigner::NoActiveKey { ripe_at: self.ripe_at }),
            Opened::Failed(error) => Err(match **error {
                CustodyError::OutOfReach { .. } => NoSigner::OutOfReach(Arc::clone(error)),
                _ => NoSigner::Custody(Arc::clone(error)),
            }),
        }
    }

    pub(super) fn custody_error(&self) -> Option<RingError> {
        match &self.opened {
            Opened::Failed(error) => Some(RingError::Custody(Arc::clone(error))),
            Opened::Signer(_) | Opened::NoActiveKey => None,
        }
    }

    pub(super) fn has_begun(&self) -> bool {
        self.history.iter().any(|key| !key.imported)
    }

    pub(super) fn active(&self) -> Option<&KeyId> {
        self.active.as_ref().map(|(id, _)| id)
    }

    pub(super) const fn standby(&self) -> Option<&KeyId> {
        self.standby.as_ref()
    }

    /// A stored time ahead of this clock by more than two clocks can err.
    pub(super) const fn clock_behind(&self) -> Option<UnixTime> {
        self.clock_behind
    }

    /// The time here and the store's, if they differ by more than S.
    pub(super) const fn clock_off(&self) -> Option<(UnixTime, UnixTime)> {
        self.clock_off
    }

    pub(super) fn key_set(&self) -> KeySet {
        self.published.key_set.clone()
    }

    pub(super) fn jwks_json(&self) -> Arc<str> {
        Arc::clone(&self.published.json)
    }

    pub(super) fn list(&self) -> Arc<[KeyInfo]> {
        Arc::clone(&self.list)
    }

    pub(super) fn history(&self) -> Arc<[KeyHistory]> {
        Arc::clone(&self.history)
    }
}

impl Published {
    #[expect(clippy::expect_used, reason = "no two keys of an empty set have one name")]
    fn nothing() -> Self {
        Self::of(Arc::new([])).expect("an empty set is a set")
    }

    fn has(&self, id: &KeyId) -> bool {
        self.sources.iter().any(|(known, _)| known == id)
    }

    /// The published part of `keys`; if it is what it was, nothing is parsed again.
    fn renew(&self, keys: &[AnyKey], now: UnixTime, timing: &Timing) -> Result<Self, RingError> {
        // What no good token bears any more counts no more, also where its withdrawal cannot be written.
        let counts = |key: &AnyKey| match key {
            AnyKey::Retiring(key) => now <= key.verify_until(timing),
            key => key.stored().state.is_published(),
        };
        // The active key first: there are clients that take the first key, whatever the token says.
        let sources: Arc<[_]> = [KeyState::Active, KeyState::Standby, KeyState::Retiring]
            .into_iter()
            .flat_map(|state| keys.iter().filter(move |key| key.stored().state == state))
            .filter(|key| counts(key))
            .map(|key| (key.id().clone(), key.stored().public.clone()))
            .collect();
        if sources == self.sources { Ok(self.clone()) } else { Self::of(sources) }
    }

    fn of(sources: Arc<[(KeyId, String)]>) -> Result<Self, RingError> {
        let mut keys = Vec::with_capacity(sources.len());
        for (id, public) in &*sources {
            let key = VerifyingKey::from_jwk(public.as_bytes())
                .map_err(|source| RingError::BadPublicKey { id: id.clone(), source })?;
            keys.push(key.with_key_id(id.clone()));
        }
        let key_set = KeySet::from_keys(keys)?;
        let json = key_set.to_json().into();
        Ok(Self { sources, key_set, json })
    }
}

/// A stored time that is ahead of `now` by more than two clocks can err.
pub(super) fn clock_behind(keys: &[AnyKey], now: UnixTime, timing: &Timing) -> Option<UnixTime> {
    let latest = keys
        .iter()
        .filter(|key| key.stored().state.is_published())
        .map(|key| key.stored().activated_at.max(Some(key.stored().published_at)))
        .max()??;
    (!timing.clocks_agree(latest, now)).then_some(latest)
}

impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("View").field("ticket", &self.ticket).finish_non_exhaustive()
    }
}
