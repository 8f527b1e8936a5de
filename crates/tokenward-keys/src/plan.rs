//! What is to be done with the keys of an audience: a pure function, so that it can be printed, tested and
//! repeated.
//!
//! **Invariant:** a plan depends on its arguments alone. Whoever carries out part of it and dies leaves
//! keys from which the next plan goes on; whoever finds that the keys have changed meanwhile plans anew.
//!
//! **Invariant:** no step breaks the picture in [`crate::lifecycle`]: the steps only name transitions, and
//! the transitions check their times again.
//!
//! One ripe standby is kept at all times, so that an emergency switch waits for nothing: a second one is
//! published C + D before a rotation is due, and the rotation waits for it. An operator's own rotation may
//! use the last ripe one up; the next then has to ripen.

use std::collections::BTreeSet;
use std::fmt;

use tokenward::{Algorithm, KeyId, UnixTime};

use crate::lifecycle::{Active, AnyKey, INSTANT, Key, Retiring, Standby};
use crate::timing::Timing;

#[cfg(test)]
mod tests;

/// What the plan is for.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Request {
    /// Whatever time itself demands.
    Tick,
    /// An operator wants the next key to sign now.
    RotateNow,
    /// An operator says that this key may have leaked.
    Compromise(KeyId),
}

/// Steps, in the order in which they are to be written.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Plan {
    /// What to do now. Neighboring steps that only change stored keys belong in one transaction.
    pub steps: Vec<Step>,
    /// Until when what was asked for, or a key to sign with, has to wait; `None` if nothing waits.
    pub blocked_until: Option<UnixTime>,
}

impl Plan {
    /// The steps that go into the next transaction on `keys`, for which the plan was made: all that only change
    /// stored keys, or one new key.
    ///
    /// Keys that go do not wait for the one that comes, which may not open: they would be trusted on. Only
    /// where the key that signs has leaked does the next one come with them, and whatever becomes of it.
    #[must_use]
    pub fn first_batch(self, keys: &[AnyKey]) -> Vec<Step> {
        let steps = self.steps;
        let makes = steps.first().is_some_and(|step| step.action.makes_a_key());
        let count = if makes { 1 } else { steps.len() };
        let batch: Vec<_> = steps
            .into_iter()
            .take(count)
            .take_while(|step| makes || !step.action.makes_a_key())
            .collect();
        let goes =
            |step: &Step| step.action.is_farewell() || matches!(step.action, Action::Compromise(_));
        if activates(&batch) && !is_emergency(keys, &batch) && batch.iter().any(goes) {
            return batch.into_iter().filter(goes).collect();
        }
        batch
    }
}

/// Whether `steps` end all trust in the one of `keys` that signs, so that the next one cannot wait.
pub(crate) fn is_emergency(keys: &[AnyKey], steps: &[Step]) -> bool {
    let signs =
        |id: &KeyId| keys.iter().any(|key| matches!(key, AnyKey::Active(key) if key.id() == id));
    steps.iter().any(|step| matches!(&step.action, Action::Compromise(id) if signs(id)))
}

pub(crate) fn activates(steps: &[Step]) -> bool {
    steps.iter().any(|step| matches!(step.action, Action::Activate(_)))
}

/// One thing to do, and why.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Step {
    /// What to do.
    pub action: Action,
    because: Because,
}

impl Step {
    /// Why, in words for the audit log.
    #[must_use]
    pub const fn because(&self) -> Because {
        self.because
    }

    /// Whether a key is given up because the custody does not have it.
    pub(crate) const fn is_loss(&self) -> bool {
        matches!(self.because, Because::PrivateHalfLost)
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, because {}", self.action, self.because)
    }
}

/// A transition, or the making of a key.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Action {
    /// Make a key that signs at once: the first of its audience.
    Begin,
    /// Make a key and publish it as a standby.
    Publish,
    /// Let this standby sign.
    Activate(KeyId),
    /// Let this active key sign no more, and destroy its private half.
    Retire(KeyId),
    /// Take this retiring key out of the key set.
    Withdraw(KeyId),
    /// Take this standby back.
    Abandon(KeyId),
    /// End all trust in this key.
    Compromise(KeyId),
}

impl Action {
    /// Whether a new key has to be made, which is slow and happens outside of any transaction.
    #[must_use]
    pub const fn makes_a_key(&self) -> bool {
        matches!(self, Self::Begin | Self::Publish)
    }

    /// The key that changes; `None` if one is made.
    pub(crate) const fn key(&self) -> Option<&KeyId> {
        match self {
            Self::Begin | Self::Publish => None,
            Self::Activate(id)
            | Self::Retire(id)
            | Self::Withdraw(id)
            | Self::Abandon(id)
            | Self::Compromise(id) => Some(id),
        }
    }

    /// Whether a key goes that signs no more, or never did, so that nothing else has to wait or hurry for it.
    pub(crate) const fn is_farewell(&self) -> bool {
        matches!(self, Self::Withdraw(_) | Self::Abandon(_))
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Begin => f.write_str("make the first key"),
            Self::Publish => f.write_str("publish a standby key"),
            Self::Activate(id) => write!(f, "activate key `{id}`"),
            Self::Retire(id) => write!(f, "retire key `{id}`"),
            Self::Withdraw(id) => write!(f, "withdraw key `{id}`"),
            Self::Abandon(id) => write!(f, "abandon key `{id}`"),
            Self::Compromise(id) => write!(f, "distrust key `{id}`"),
        }
    }
}

/// Why a step is taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Because {
    /// The audience has no key of ours.
    NoKeyYet,
    /// An emergency switch would have to wait.
    NoStandby,
    /// The rotation needs a second standby, which must ripen first.
    RotationNears,
    /// The active key has signed for its period.
    PeriodOver,
    /// The audience is configured for another algorithm.
    OtherAlgorithm,
    /// No key signs.
    NothingSigns,
    /// Another key signs from now on.
    Replaced,
    /// An operator asked for it.
    Asked,
    /// Its last token has expired for every verifier.
    LastTokenExpired,
    /// The end date given at its import has passed.
    ImportEnded,
    /// An operator said that it may have leaked.
    Leaked,
    /// The custody says that there is no private half of it any more, or none that signs.
    PrivateHalfLost,
}

impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoKeyYet => "the audience has no key yet",
            Self::NoStandby => "an emergency switch must find a ripe key",
            Self::RotationNears => "the next rotation must leave a ripe key behind",
            Self::PeriodOver => "the active key has signed for its whole period",
            Self::OtherAlgorithm => "the audience is configured for another algorithm",
            Self::NothingSigns => "no key signs",
            Self::Replaced => "another key signs from now on",
            Self::Asked => "the operator asked for it",
            Self::LastTokenExpired => "its last token has expired everywhere",
            Self::ImportEnded => "the end date given at its import has passed",
            Self::Leaked => "the operator said that it may have leaked",
            Self::PrivateHalfLost => "its private half is lost",
        })
    }
}

/// What is to be done at `now` with `keys`, all the keys of one audience whose new keys are to have
/// `algorithm`; the private halves of those in `lost` are gone or spoiled, by the custody's own word.
#[must_use]
pub fn plan(
    keys: &[AnyKey],
    lost: &BTreeSet<KeyId>,
    now: UnixTime,
    timing: &Timing,
    algorithm: Algorithm,
    request: &Request,
) -> Plan {
    let mut desk = Desk::new(keys, now, timing, algorithm);
    if let Request::Compromise(id) = request {
        desk.distrust(keys, id);
    }
    desk.part_with(lost);
    desk.withdraw_expired();
    if desk.begin(keys) {
        return desk.plan;
    }
    desk.switch(request);
    desk.stand_by();
    desk.abandon_foreign();
    desk.plan
}

/// The keys, sorted, and the plan so far.
struct Desk<'a> {
    now: UnixTime,
    timing: &'a Timing,
    algorithm: Algorithm,
    standby: Vec<&'a Key<Standby>>,
    active: Option<&'a Key<Active>>,
    retiring: Vec<&'a Key<Retiring>>,
    plan: Plan,
}

impl<'a> Desk<'a> {
    fn new(keys: &'a [AnyKey], now: UnixTime, timing: &'a Timing, algorithm: Algorithm) -> Self {
        let mut desk = Self {
            now,
            timing,
            algorithm,
            standby: Vec::new(),
            active: None,
            retiring: Vec::new(),
            plan: Plan::default(),
        };
        for key in keys {
            match key {
                AnyKey::Standby(key) => desk.standby.push(key),
                // A store refuses a second one.
                AnyKey::Active(key) => desk.active = Some(key),
                AnyKey::Retiring(key) => desk.retiring.push(key),
                AnyKey::Retired(_) | AnyKey::Compromised(_) => {}
            }
        }
        desk.standby.sort_by_key(|key| (key.since(), key.id().clone()));
        desk
    }

    fn distrust(&mut self, keys: &[AnyKey], id: &KeyId) {
        let known = |key: &&AnyKey| key.id() == id && !matches!(key, AnyKey::Compromised(_));
        if keys.iter().find(known).is_none() {
            return;
        }
        self.standby.retain(|key| key.id() != id);
        self.retiring.retain(|key| key.id() != id);
        self.active = self.active.filter(|key| key.id() != id);
        self.step(Action::Compromise(id.clone()), Because::Leaked);
    }

    /// What cannot sign must neither pass for the key that signs nor be counted on.
    fn part_with(&mut self, lost: &BTreeSet<KeyId>) {
        if let Some(key) = self.active.filter(|key| lost.contains(key.id())) {
            self.active = None;
            self.step(Action::Retire(key.id().clone()), Because::PrivateHalfLost);
        }
        let is_lost = |key: &&Key<Standby>| lost.contains(key.id());
        let (gone, kept) = std::mem::take(&mut self.standby).into_iter().partition(is_lost);
        self.standby = kept;
        for key in Vec::<&Key<Standby>>::from_iter(gone) {
            self.step(Action::Abandon(key.id().clone()), Because::PrivateHalfLost);
        }
    }

    fn withdraw_expired(&mut self) {
        let (ended, living) = std::mem::take(&mut self.retiring)
            .into_iter()
            .partition(|key| self.now > key.verify_until(self.timing));
        self.retiring = living;
        for key in Vec::<&Key<Retiring>>::from_iter(ended) {
            let imported = key.stored().imported;
            let because = if imported { Because::ImportEnded } else { Because::LastTokenExpired };
            self.step(Action::Withdraw(key.id().clone()), because);
        }
    }

    /// The first key signs at once: a key set without it was never served.
    fn begin(&mut self, keys: &[AnyKey]) -> bool {
        let first = keys.iter().all(|key| key.stored().imported);
        if first {
            self.step(Action::Begin, Because::NoKeyYet);
            self.step(Action::Publish, Because::NoStandby);
        }
        first
    }

    /// Lets another key sign, if one should and may.
    fn switch(&mut self, request: &Request) {
        let Some((because, spare)) = self.reason_to_switch(request) else { return };
        if self.active.is_some() && self.retiring.len() >= MAX_RETIRING {
            self.plan.blocked_until = self.next_withdrawal();
            return;
        }
        let ripe = |key: &&&Key<Standby>| key.ripe_at(self.timing) <= self.now;
        if self.standby.iter().filter(ripe).count() > spare
            && let Some(next) = self.successor(because)
        {
            self.standby.retain(|key| key.id() != next.id());
            // The old one first: at no point of the transaction are there two.
            if let Some(old) = self.active {
                self.step(Action::Retire(old.id().clone()), Because::Replaced);
            }
            self.step(Action::Activate(next.id().clone()), because);
            return;
        }
        // Time itself asks again; whoever else asks, or has nothing to sign with, must know until when.
        if spare == 0 {
            self.plan.blocked_until = Some(self.next_ripe());
        }
    }

    /// Why another key should sign, and how many ripe ones must be left behind.
    fn reason_to_switch(&self, request: &Request) -> Option<(Because, usize)> {
        let Some(active) = self.active else { return Some((Because::NothingSigns, 0)) };
        if *request == Request::RotateNow {
            Some((Because::Asked, 0))
        } else if active.stored().algorithm != self.algorithm {
            Some((Because::OtherAlgorithm, 1))
        } else if active.signs_until(self.timing) <= self.now {
            // It signs no more, so there is nothing to be gained by waiting for a second standby.
            Some((Because::PeriodOver, 0))
        } else if active.due_at(self.timing) <= self.now {
            Some((Because::PeriodOver, 1))
        } else {
            None
        }
    }

    /// The oldest ripe standby, one of the configured algorithm if there is any.
    ///
    /// A change of the algorithm is no emergency, so it takes no other.
    fn successor(&self, because: Because) -> Option<&'a Key<Standby>> {
        let mut ripe =
            self.standby.iter().copied().filter(|key| key.ripe_at(self.timing) <= self.now);
        let mut wanted = ripe.clone().filter(|key| self.is_wanted(key));
        match because {
            Because::OtherAlgorithm => wanted.next(),
            _ => wanted.next().or_else(|| ripe.next()),
        }
    }

    fn next_ripe(&self) -> UnixTime {
        // If none stands by that counts, one is published now.
        let fresh = (self.counted() == 0).then(|| self.now.saturating_add(self.timing.ripening()));
        let standby = self.standby.iter().map(|key| key.ripe_at(self.timing));
        standby.chain(fresh).min().unwrap_or(UnixTime::NEVER)
    }

    fn next_withdrawal(&self) -> Option<UnixTime> {
        let end = self.retiring.iter().map(|key| key.verify_until(self.timing)).min()?;
        Some(end.saturating_add(INSTANT))
    }

    /// Publishes what the next switch will need.
    fn stand_by(&mut self) {
        let switching = activates(&self.plan.steps);
        let nears = self.active.filter(|_| !switching).and_then(|active| {
            let ripens = self.now.saturating_add(self.timing.ripening());
            if active.stored().algorithm != self.algorithm {
                Some(Because::OtherAlgorithm)
            } else if active.due_at(self.timing) <= ripens {
                Some(Because::RotationNears)
            } else {
                None
            }
        });
        match (self.counted(), nears) {
            (0, None) => self.step(Action::Publish, Because::NoStandby),
            (0, Some(because)) => self.step(Action::Publish, because),
            (1, Some(because)) if self.standby.len() < 2 => self.step(Action::Publish, because),
            _ => {}
        }
    }

    /// Once a key of the configured algorithm signs and another stands by, the others have no use.
    fn abandon_foreign(&mut self) {
        let at_home = self.active.is_some_and(|key| key.stored().algorithm == self.algorithm);
        let ripe = |key: &&Key<Standby>| key.ripe_at(self.timing) <= self.now;
        let settled = self.standby.iter().any(|key| ripe(key) && self.is_wanted(key));
        if !self.plan.steps.is_empty() || !at_home || !settled {
            return;
        }
        for key in std::mem::take(&mut self.standby) {
            if !self.is_wanted(key) {
                self.step(Action::Abandon(key.id().clone()), Because::OtherAlgorithm);
            }
        }
    }

    /// The standbys to count on. One from the future, published before a wrong clock was set back, would
    /// ripen too late.
    fn counted(&self) -> usize {
        let in_time = |key: &Key<Standby>| self.timing.clocks_agree(key.since(), self.now);
        self.standby.iter().filter(|key| self.is_wanted(key) && in_time(key)).count()
    }

    fn is_wanted(&self, key: &Key<Standby>) -> bool {
        key.stored().algorithm == self.algorithm
    }

    fn step(&mut self, action: Action, because: Because) {
        self.plan.steps.push(Step { action, because });
    }
}

/// Retiring keys beyond which only an emergency replaces the active one.
///
/// With the imported keys, the active one and its successors, a key set stays below the 64 keys that
/// verifiers read. Only an operator who rotates over and over comes here.
const MAX_RETIRING: usize = 40;
