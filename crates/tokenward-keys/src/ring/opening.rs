//! Which private halves open: that of the key that signs, and those of the keys that will.

use std::collections::BTreeSet;
use std::sync::{Arc, MutexGuard, PoisonError};

use tokenward::{KeyId, UnixTime};

use super::KeyRing;
use super::view::{self, View};
use crate::custody::{CustodyError, Signer};
use crate::lifecycle::{AnyKey, Key, Standby};
use crate::plan::{Action, Request, Step};
use crate::stored::StoredKey;

/// The keys that should sign, and that the custody does not have.
#[derive(Clone, Debug, Default)]
pub(super) struct Lost {
    /// They are gone.
    pub(super) given_up: BTreeSet<KeyId>,
    /// It has none of them at all, so it may be another one.
    pub(super) doubtful: BTreeSet<KeyId>,
}

impl Lost {
    /// The keys that `request` gives up: an operator who rotates has been told, and knows better.
    pub(super) fn to(&self, request: &Request) -> &BTreeSet<KeyId> {
        let is_doubtful = self.given_up.is_empty() && *request == Request::RotateNow;
        if is_doubtful { &self.doubtful } else { &self.given_up }
    }
}

impl KeyRing {
    pub(super) async fn open_signer(&self, keys: &[AnyKey], before: &View) -> view::Opened {
        let Some(key) = keys.iter().find_map(|key| match key {
            AnyKey::Active(key) => Some(key.stored()),
            _ => None,
        }) else {
            return view::Opened::NoActiveKey;
        };
        if let Some(signer) = before.reusable_signer(key) {
            return view::Opened::Signer(signer);
        }
        match self.open(key).await {
            Ok(signer) => view::Opened::Signer(signer),
            Err(error) => view::Opened::Failed(Arc::new(error)),
        }
    }

    /// The keys that should sign, now or later, and cannot, ever: the custody says that they have no private
    /// half; or while others open, that theirs is not what it was.
    pub(super) async fn lost(&self, keys: &[AnyKey], active: &view::Opened) -> Lost {
        self.looked_at().retain(|id| keys.iter().any(|key| key.id() == id));
        let mut lost = BTreeSet::new();
        match active {
            view::Opened::Failed(error) => match &**error {
                CustodyError::NoPrivateHalf { key } => drop(lost.insert(key.clone())),
                // Whoever does not answer for one key is not asked for the others.
                _ => return Lost::default(),
            },
            view::Opened::Signer(_) | view::Opened::NoActiveKey => {}
        }
        let mut some_open = matches!(active, view::Opened::Signer(_));
        let mut spoiled = BTreeSet::new();
        for key in keys {
            let AnyKey::Standby(key) = key else { continue };
            if self.looked_at().contains(key.id()) {
                some_open = true;
                continue;
            }
            match self.open(key.stored()).await {
                Ok(_) => {
                    some_open = true;
                    self.looked_at().insert(key.id().clone());
                }
                Err(CustodyError::NoPrivateHalf { key }) => drop(lost.insert(key)),
                Err(
                    CustodyError::Damaged { key }
                    | CustodyError::Unfit { key, .. }
                    | CustodyError::OtherStoreKey { key, .. },
                ) => drop(spoiled.insert(key)),
                Err(_) => {}
            }
        }
        // If none opens, it is the settings that are wrong rather than all the keys. (What was in this process alone
        // is gone with the one before.)
        if some_open {
            lost.append(&mut spoiled);
        } else if self.custody.holds_elsewhere() {
            return Lost { given_up: BTreeSet::new(), doubtful: lost };
        }
        Lost { given_up: lost, doubtful: BTreeSet::new() }
    }

    /// Why nothing is given up and nothing made, if the custody seems to be another one.
    pub(super) fn another_place(&self, lost: &Lost) -> Option<Arc<CustodyError>> {
        let (custody, settings) = (self.custody.name(), self.custody.settings());
        (!lost.doubtful.is_empty())
            .then(|| Arc::new(CustodyError::AnotherPlace { custody, settings }))
    }

    pub(super) fn looked_at(&self) -> MutexGuard<'_, BTreeSet<KeyId>> {
        self.looked_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) async fn open(&self, key: &StoredKey) -> Result<Arc<dyn Signer>, CustodyError> {
        if key.custody != self.custody.name() {
            let (key, held_by) = (key.id.clone(), key.custody.clone());
            return Err(CustodyError::OtherCustody { key, held_by });
        }
        self.custody.signer(&self.issuer, key).await
    }

    /// Lets another ripe standby take over in `batch` if the planned one does not open and the other does.
    pub(super) async fn prefer_one_that_opens(
        &self,
        keys: &[AnyKey],
        batch: &mut [Step],
        now: UnixTime,
    ) {
        let ended = batch.iter().filter_map(|step| match &step.action {
            Action::Compromise(id) | Action::Abandon(id) => Some(id.clone()),
            _ => None,
        });
        let ended: BTreeSet<_> = ended.collect();
        let Some(next) = batch.iter_mut().find_map(|step| match &mut step.action {
            Action::Activate(id) => Some(id),
            _ => None,
        }) else {
            return;
        };
        let mut ripe: Vec<_> = keys
            .iter()
            .filter_map(|key| match key {
                AnyKey::Standby(key) => Some(key),
                _ => None,
            })
            .filter(|key| key.ripe_at(&self.timing) <= now && !ended.contains(key.id()))
            .collect();
        let is_other = |key: &Key<Standby>| key.stored().algorithm != self.algorithm;
        ripe.sort_by_key(|key| (key.id() != &*next, is_other(key), key.since()));
        for key in ripe {
            match self.open(key.stored()).await {
                Ok(_) => {
                    next.clone_from(key.id());
                    return;
                }
                // Whoever does not answer for one key is not asked for the others.
                Err(CustodyError::OutOfReach { .. }) => return,
                // It may be lost, which the next read is to find out.
                Err(_) => drop(self.looked_at().remove(key.id())),
            }
        }
    }
}
