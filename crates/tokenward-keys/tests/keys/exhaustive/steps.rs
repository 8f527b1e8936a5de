//! What can happen next, and what comes of it.

use std::sync::OnceLock;

use tokenward::{Algorithm, Audience, KeyId, SigningKey};
use tokenward_keys::lifecycle::{AnyKey, Key};
use tokenward_keys::plan::Action;
use tokenward_keys::{KeyChange, MadeKey, Request, Step, Timing, plan};

use super::world::{
    Breach, C, Change, D, S, SILENT_BY, Seen, Slot, Stage, T, W, World, Write, instant,
};

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Act {
    /// A second passes.
    Second,
    /// A replica reads, plans, and sends its first transaction.
    Decide(usize, Order),
    /// The transaction arrives, or is refused because another was faster.
    Commit(usize),
    /// It never arrives.
    Lose(usize),
    /// A private half that signs, or is to, is gone. Whoever has it open may go on with it.
    LosePrivateHalf(u8),
}

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Order {
    Tick,
    Rotate,
    Compromise(u8),
}

impl World {
    pub(crate) fn acts(&self, acts: &mut Vec<Act>) {
        if self.breach.is_some() {
            return;
        }
        acts.push(Act::Second);
        for (index, write) in self.writes.iter().enumerate() {
            if write.is_some() {
                acts.extend([Act::Commit(index), Act::Lose(index)]);
            }
        }
        if self.orders.lose > 0 {
            let held = self.keys.iter().filter(|seen| seen.key.has_handle && !seen.lost);
            acts.extend(held.map(|seen| Act::LosePrivateHalf(seen.key.name)));
        }
        let Some(index) = self.writes.iter().position(Option::is_none) else { return };
        acts.push(Act::Decide(index, Order::Tick));
        if self.orders.rotate > 0 {
            acts.push(Act::Decide(index, Order::Rotate));
        }
        if self.orders.compromise > 0 {
            let trusted = self.keys.iter().filter(|seen| seen.key.state < Stage::Retired);
            let distrust = |seen: &Seen| Act::Decide(index, Order::Compromise(seen.key.name));
            acts.extend(trusted.map(distrust));
        }
    }

    pub(crate) fn act(&self, act: Act, rules: &Timing, lease: &Timing) -> Option<Self> {
        let mut next = self.clone();
        match act {
            Act::Second => next.tick(rules)?,
            Act::Decide(index, order) => next.decide(index, order, rules)?,
            Act::Commit(index) => next.commit(index),
            Act::Lose(index) => next.writes[index] = None,
            Act::LosePrivateHalf(slot) => {
                next.orders.lose -= 1;
                next.find(slot)?.lost = true;
            }
        }
        next.sign_all(lease);
        let next = next.tidied();
        (next != *self).then_some(next)
    }

    fn decide(&mut self, index: usize, order: Order, rules: &Timing) -> Option<()> {
        let request = match order {
            Order::Tick => Request::Tick,
            Order::Rotate => Request::RotateNow,
            Order::Compromise(slot) => Request::Compromise(name(slot)),
        };
        match order {
            Order::Tick => {}
            Order::Rotate => self.orders.rotate -= 1,
            Order::Compromise(_) => self.orders.compromise -= 1,
        }
        let keys = self.stored();
        let lost =
            self.keys.iter().filter(|seen| seen.lost).map(|seen| name(seen.key.name)).collect();
        let batch =
            plan(&keys, &lost, instant(0), rules, Algorithm::Es256, &request).first_batch(&keys);
        if batch.is_empty() {
            return None;
        }
        if is_hasty(&keys, &batch) {
            self.breach = Some(Breach::Hasty);
        }
        let changes = batch.iter().map(|step| self.change(step, rules)).collect();
        self.writes[index] = Some(Write { changes, age: 0 });
        Some(())
    }

    /// The change that a step makes, by the life cycle.
    fn change(&self, step: &Step, rules: &Timing) -> Change {
        let now = instant(0);
        let find = |id: &KeyId| {
            let of = |seen: &&Seen| name(seen.key.name) == *id;
            let slot = self.keys.iter().find(of).unwrap().key;
            (slot.name, AnyKey::try_from(slot.to_stored()).unwrap())
        };
        let (slot, change) = match &step.action {
            Action::Begin => (u8::MAX, publish().activate_first(now).into_insert()),
            Action::Publish => (u8::MAX, publish().into_insert()),
            Action::Activate(id) => match find(id) {
                (slot, AnyKey::Standby(key)) => {
                    (slot, key.activate(now, rules).unwrap().into_replacement())
                }
                other => panic!("{other:?} cannot be activated"),
            },
            Action::Retire(id) => match find(id) {
                (slot, AnyKey::Active(key)) => (slot, key.retire(now, rules).into_replacement()),
                other => panic!("{other:?} cannot be retired"),
            },
            Action::Withdraw(id) => match find(id) {
                (slot, AnyKey::Retiring(key)) => {
                    (slot, key.withdraw(now, rules).unwrap().into_replacement())
                }
                other => panic!("{other:?} cannot be withdrawn"),
            },
            Action::Abandon(id) => match find(id) {
                (slot, AnyKey::Standby(key)) => (slot, key.abandon(now).into_replacement()),
                other => panic!("{other:?} cannot be abandoned"),
            },
            Action::Compromise(id) => {
                let (slot, key) = find(id);
                (slot, key.compromise(now).into_replacement())
            }
            other => panic!("{other} is not known here"),
        };
        match change {
            KeyChange::Insert(key) => Change::Insert(Slot::of(slot, &key)),
            KeyChange::Replace { epoch, key } => {
                Change::Replace { epoch: u8::try_from(epoch).unwrap(), key: Slot::of(slot, &key) }
            }
            other => panic!("{other:?} is no change of a key"),
        }
    }

    /// The store's part: all changes or, if anything has changed meanwhile, none.
    fn commit(&mut self, index: usize) {
        let write = self.writes[index].take().unwrap();
        let mut after = self.clone();
        for change in write.changes {
            match change {
                // The first key signs at once, so it must be the first.
                Change::Insert(key) if key.state == Stage::Active && after.begun => return,
                Change::Insert(key) => after.insert(key, write.age),
                Change::Replace { epoch, key } => {
                    let Some(seen) = after.find(key.name).filter(|seen| seen.key.epoch == epoch)
                    else {
                        return;
                    };
                    if seen.key.state == Stage::Active {
                        seen.silent_for = Some(0);
                    }
                    let lost = key.state == Stage::Retired && seen.accepted_for >= 0;
                    seen.key = key;
                    seen.lost &= key.has_handle;
                    if lost {
                        after.breach = Some(Breach::UnknownKey);
                    }
                }
            }
        }
        if after.keys.iter().filter(|seen| seen.key.state == Stage::Active).count() > 1 {
            return;
        }
        let signs = |stage| matches!(stage, Stage::Standby | Stage::Active);
        if after.keys.iter().any(|seen| seen.key.has_handle != signs(seen.key.state)) {
            after.breach = Some(Breach::Impossible);
        }
        *self = after;
    }

    fn insert(&mut self, key: Slot, age: i8) {
        let key = Slot { name: self.next_slot(), ..key };
        // Before the first key there was no key set that could lack it. D covers the write and the caches.
        let public_for = if self.begun { age } else { C + D };
        self.begun = true;
        self.keys.push(Seen { key, public_for, silent_for: None, accepted_for: -1, lost: false });
    }

    /// Whoever may sign does, by every clock, a token that lives as long as it may: one token more never
    /// makes the world better.
    fn sign_all(&mut self, lease: &Timing) {
        for slot in 0..self.keys.len() {
            let seen = &self.keys[slot];
            let read_before = match (seen.key.state, seen.silent_for) {
                (Stage::Active, _) => 0,
                (_, Some(age)) => age,
                _ => continue,
            };
            // By the fastest clock, whose lease holds longest.
            let read_at = instant(S - read_before);
            for error in -S..=S {
                if lease.lease_holds(read_at, instant(error)) {
                    self.sign(slot, error);
                }
            }
        }
    }

    fn sign(&mut self, slot: usize, error: i8) {
        let seen = &mut self.keys[slot];
        let compromised = seen.key.state == Stage::Compromised;
        let unknown = seen.public_for < C + D || seen.key.state == Stage::Retired;
        let late = seen.silent_for.is_some_and(|age| age > SILENT_BY);
        // The verifier with the slowest clock accepts the token in the last instant that it may.
        seen.accepted_for = seen.accepted_for.max(error + T + W + S);
        if late {
            self.breach = Some(Breach::SignedTooLate);
        } else if unknown && !compromised {
            self.breach = Some(Breach::UnknownKey);
        }
    }
}

/// Whether a key begins to sign in one transaction with the end of trust in another than the one that signs: the
/// ring would not wait for the new one, and there is no need to hurry.
fn is_hasty(keys: &[AnyKey], batch: &[Step]) -> bool {
    let signs =
        |id: &KeyId| keys.iter().any(|key| matches!(key, AnyKey::Active(key) if key.id() == id));
    let begins = |step: &Step| matches!(step.action, Action::Activate(_));
    let needless = |step: &Step| matches!(&step.action, Action::Compromise(id) if !signs(id));
    batch.iter().any(begins) && batch.iter().any(needless)
}

/// A key as the custody makes it, published now.
fn publish() -> Key<tokenward_keys::lifecycle::Standby> {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    let key = KEY.get_or_init(|| SigningKey::generate(Algorithm::Es256));
    let public = key.verifying_key().clone().with_key_id(name(u8::MAX));
    let audience = Audience::new("billing-api").unwrap();
    Key::publish(MadeKey::new(public, Vec::new()), &audience, "sealed", instant(0)).unwrap()
}

fn name(slot: u8) -> KeyId {
    KeyId::new(format!("key-{slot}")).unwrap()
}
