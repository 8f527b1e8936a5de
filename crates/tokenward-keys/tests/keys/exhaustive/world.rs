//! The world of the model: what is stored, what each replica knows, and what time does to both.
//!
//! Times are told relative to the present, and no further than they matter, so that the same situation an
//! hour later is the same state: the exploration ends, and what it shows holds for ever.

use tokenward::{Algorithm, Audience, KeyId, UnixTime};
use tokenward_keys::lifecycle::AnyKey;
use tokenward_keys::{KeyState, StoredKey, Timing, TimingSettings};

use crate::support::{at, secs};

/// C: how long a verifier keeps a key set.
pub(crate) const C: i8 = 1;
/// D, all of which a write to the store may take.
pub(crate) const D: i8 = 1;
/// S: how far any clock errs.
pub(crate) const S: i8 = 1;
/// W: how long a verifier accepts a token after its `exp`.
pub(crate) const W: i8 = 1;
/// L: how long a signer goes on without reading the store.
pub(crate) const L: i8 = 1;
/// T: how long a token lives.
pub(crate) const T: i8 = 1;

/// The rules that keep to the world.
pub(crate) const TRUE_RULES: TimingSettings = TimingSettings {
    key_set_max_age: secs(1),
    propagation: secs(1),
    clock_error: secs(1),
    leeway: secs(1),
    signer_lease: secs(1),
    rotate_every: secs(4),
    token_life: secs(1),
};

/// A replica's write is under way for this long at most.
pub(crate) const WRITE: i8 = D;
/// When a signer that missed the end of its key must be silent: both its readings of the clock may err.
pub(crate) const SILENT_BY: i8 = L + 2 * S;
/// The instant at which every state is told.
const NOW: u64 = 1_000;

#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct World {
    /// In an order of their own, in which they are also named: it does not matter which was made first.
    /// Keys that nobody can notice any more are gone.
    pub(crate) keys: Vec<Seen>,
    /// Transactions that replicas have sent, and that are not yet committed.
    pub(crate) writes: [Option<Write>; 2],
    /// Whether there ever was a key.
    pub(crate) begun: bool,
    /// How often the operator may still rotate and distrust.
    pub(crate) orders: Orders,
    pub(crate) breach: Option<Breach>,
}

#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) struct Orders {
    pub(crate) rotate: u8,
    pub(crate) compromise: u8,
    /// How often a private half may still be lost.
    pub(crate) lose: u8,
}

/// How the promise was broken.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Breach {
    /// A token was signed, or a key withdrawn, such that some verifier lacks the key of a good token.
    UnknownKey,
    /// A replica signed with a key that another had ended longer ago than a lease can last.
    SignedTooLate,
    /// Two keys sign, or a private half outlives the signing.
    Impossible,
    /// A key took over in the haste of an emergency, though the one that signed had not leaked.
    Hasty,
}

/// A key as stored, and what the outside saw of it.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) struct Seen {
    pub(crate) key: Slot,
    /// How long ago it was to be published: whoever fetched D later or more has it.
    pub(crate) public_for: i8,
    /// How long ago the store was told that it signs no more.
    pub(crate) silent_for: Option<i8>,
    /// When the last verifier ceases to accept its last token; in the past if there is none.
    pub(crate) accepted_for: i8,
    /// Whether the custody says that there is no private half any more.
    pub(crate) lost: bool,
}

/// What is stored of a key.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) struct Slot {
    pub(crate) name: u8,
    pub(crate) state: Stage,
    pub(crate) epoch: u8,
    pub(crate) has_handle: bool,
    /// When it entered its state, as written.
    pub(crate) since: i8,
    /// As written; of a retiring key alone.
    pub(crate) verify_until: i8,
}

/// [`KeyState`], in an order.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) enum Stage {
    Standby,
    Active,
    Retiring,
    Retired,
    Compromised,
}

#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) struct Write {
    pub(crate) changes: Vec<Change>,
    pub(crate) age: i8,
}

#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) enum Change {
    Insert(Slot),
    Replace { epoch: u8, key: Slot },
}

impl World {
    pub(crate) fn new(orders: Orders) -> Self {
        Self { keys: Vec::new(), writes: [None, None], begun: false, orders, breach: None }
    }

    /// The keys as the plan reads them.
    pub(crate) fn stored(&self) -> Vec<AnyKey> {
        let mut keys: Vec<AnyKey> = self.keys.iter().map(|seen| seen.key.to_key()).collect();
        if self.begun && keys.is_empty() {
            // What is gone from the model is still in the history.
            let state = Stage::Retired;
            let gone = Slot {
                name: u8::MAX,
                state,
                epoch: 9,
                has_handle: false,
                since: 0,
                verify_until: 0,
            };
            keys.push(gone.to_key());
        }
        keys
    }

    pub(crate) fn next_slot(&self) -> u8 {
        self.keys.iter().map(|seen| seen.key.name + 1).max().unwrap_or(0)
    }

    pub(crate) fn find(&mut self, slot: u8) -> Option<&mut Seen> {
        self.keys.iter_mut().find(|seen| seen.key.name == slot)
    }

    /// A second passes. `None` if a write must end first.
    pub(crate) fn tick(&mut self, rules: &Timing) -> Option<()> {
        for seen in &mut self.keys {
            seen.key.age(rules);
            seen.public_for = (seen.public_for + 1).min(C + D);
            seen.silent_for = seen.silent_for.map(|age| (age + 1).min(SILENT_BY + 1));
            seen.accepted_for = (seen.accepted_for - 1).max(-1);
        }
        for write in self.writes.iter_mut().flatten() {
            write.age += 1;
            if write.age > WRITE {
                return None;
            }
            for change in &mut write.changes {
                change.key_mut().age(rules);
            }
        }
        Some(())
    }

    /// Forgets what nobody can notice any more, and names the rest by its order.
    pub(crate) fn tidied(mut self) -> Self {
        let writes = || self.writes.iter().flatten().flat_map(|write| &write.changes);
        let in_use: Vec<u8> = writes().map(|change| change.key().name).collect();
        self.keys.retain_mut(|seen| {
            if seen.key.state == Stage::Compromised {
                seen.accepted_for = -1;
            }
            let over = seen.key.state >= Stage::Retired
                && seen.accepted_for < 0
                && seen.silent_for.is_none_or(|age| age > SILENT_BY);
            !over || in_use.contains(&seen.key.name)
        });
        let nameless = |seen: &Seen| {
            let key = Slot { name: 0, ..seen.key };
            (Seen { key, ..seen.clone() }, in_use.contains(&seen.key.name))
        };
        self.keys.sort_by_cached_key(nameless);
        let mut names = [u8::MAX; 256];
        for (name, seen) in (0_u8..).zip(&mut self.keys) {
            names[usize::from(seen.key.name)] = name;
            seen.key.name = name;
        }
        for change in self.writes.iter_mut().flatten().flat_map(|write| &mut write.changes) {
            let key = change.key_mut();
            key.name = names[usize::from(key.name)];
        }
        self.writes.sort();
        self
    }
}

impl Change {
    const fn key(&self) -> &Slot {
        let (Self::Insert(key) | Self::Replace { key, .. }) = self;
        key
    }

    const fn key_mut(&mut self) -> &mut Slot {
        let (Self::Insert(key) | Self::Replace { key, .. }) = self;
        key
    }
}

impl Slot {
    /// Lets a second pass, as far as the plan can tell.
    fn age(&mut self, rules: &Timing) {
        let (since, until) = match self.state {
            Stage::Standby => (whole(rules.ripening()), 0),
            Stage::Active => (whole(rules.rotate_every()), 0),
            Stage::Retiring => (whole(rules.token_outlives()) + 1, 1),
            Stage::Retired | Stage::Compromised => (0, 0),
        };
        self.since = (self.since - 1).max(-since);
        self.verify_until = (self.verify_until - 1).max(-until);
    }

    pub(crate) fn of(name: u8, key: &StoredKey) -> Self {
        let relative = |time: Option<UnixTime>| {
            i8::try_from(i64::try_from(time.map_or(NOW, UnixTime::as_secs)).unwrap() - 1_000)
                .unwrap()
        };
        let (state, since) = match key.state {
            KeyState::Standby => (Stage::Standby, Some(key.published_at)),
            KeyState::Active => (Stage::Active, key.activated_at),
            KeyState::Retiring => (Stage::Retiring, key.retired_at),
            KeyState::Retired => (Stage::Retired, None),
            _ => (Stage::Compromised, None),
        };
        let until = if state == Stage::Retiring { key.verify_until } else { None };
        Self {
            name,
            state,
            epoch: u8::try_from(key.epoch).unwrap(),
            has_handle: key.handle.is_some(),
            since: relative(since),
            verify_until: relative(until),
        }
    }

    pub(crate) fn to_stored(self) -> StoredKey {
        let since = instant(self.since);
        let when = |state: Stage| (self.state == state).then_some(since);
        StoredKey {
            id: KeyId::new(format!("key-{}", self.name)).unwrap(),
            audience: Audience::new("billing-api").unwrap(),
            algorithm: Algorithm::Es256,
            public: String::new(),
            state: self.state.into(),
            custody: String::new(),
            handle: self.has_handle.then(Vec::new),
            created_at: since,
            published_at: since,
            activated_at: when(Stage::Active),
            retired_at: when(Stage::Retiring),
            withdrawn_at: when(Stage::Retired),
            compromised_at: when(Stage::Compromised),
            imported: false,
            verify_until: when(Stage::Retiring).map(|_| instant(self.verify_until)),
            epoch: self.epoch.into(),
        }
    }

    fn to_key(self) -> AnyKey {
        AnyKey::try_from(self.to_stored()).unwrap()
    }
}

impl From<Stage> for KeyState {
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::Standby => Self::Standby,
            Stage::Active => Self::Active,
            Stage::Retiring => Self::Retiring,
            Stage::Retired => Self::Retired,
            Stage::Compromised => Self::Compromised,
        }
    }
}

/// The present, or `offset` seconds from it.
pub(crate) fn instant(offset: i8) -> UnixTime {
    at(NOW.checked_add_signed(offset.into()).unwrap())
}

fn whole(time: std::time::Duration) -> i8 {
    i8::try_from(time.as_secs()).unwrap()
}
