//! The rules of rotation under an adversary who picks clock errors, stale caches, crashes and moments.
//!
//! The promise: a token that a signer makes at any moment verifies against every key set fetched at most
//! C + D before, for as long as any verifier may accept it. The same model with any one time a second
//! longer than configured must break the promise: otherwise it would prove nothing.
//!
//! True time is the store's. A signer's own clock, and a verifier's, err by up to S.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use tokenward::{KeyId, UnixTime};
use tokenward_keys::{KeyRing, KeyState, Signer, StoredKey, TimingSettings};

use crate::support::{Fault, MemoryStore, SETTINGS, ring, run, secs, timing};

proptest! {
    #![proptest_config(Config { cases: 96, failure_persistence: None, ..Config::default() })]

    #[test]
    fn no_good_token_ever_meets_a_key_set_without_its_key(events in events()) {
        let broken = World::new(SETTINGS, Duration::ZERO).play(&events);
        prop_assert_eq!(broken, None);
    }
}

#[test]
fn each_time_a_second_longer_than_configured_breaks_the_promise() {
    let second = secs(1);
    let longer = [
        ("C", TimingSettings { key_set_max_age: SETTINGS.key_set_max_age + second, ..SETTINGS }),
        ("D", TimingSettings { propagation: SETTINGS.propagation + second, ..SETTINGS }),
        ("S", TimingSettings { clock_error: SETTINGS.clock_error + second, ..SETTINGS }),
        ("T", TimingSettings { token_life: SETTINGS.token_life + second, ..SETTINGS }),
        ("W", TimingSettings { leeway: SETTINGS.leeway + second, ..SETTINGS }),
    ];
    for (time, real) in longer {
        assert!(breaks(real, Duration::ZERO), "{time} may be a second longer unnoticed");
    }
    assert!(breaks(SETTINGS, second), "L may be a second longer unnoticed");
}

/// Whether some play of events breaks the promise in a world whose times are `real`, while the rings
/// keep to [`SETTINGS`], and where a signer is used for `held` after it was handed out.
fn breaks(real: TimingSettings, held: Duration) -> bool {
    let mut runner = TestRunner::deterministic();
    (0..4_000).any(|_| {
        let events = events().new_tree(&mut runner).unwrap().current();
        World::new(real, held).play(&events).is_some()
    })
}

#[derive(Clone, Debug)]
enum Event {
    /// Time passes.
    Wait(Duration),
    /// Time passes until a key may be activated or withdrawn, to the millisecond.
    WaitForNextStep,
    Tick(usize),
    Rotate(usize),
    Refresh(usize, Error),
    Sign(usize, Error),
    /// A ring reads the store at the last moment before another rotates, and signs at the last moment of
    /// its lease.
    Race(Error, Error),
    Compromise(prop::sample::Index),
    /// A ring dies in its next write, and its process starts again.
    Crash(usize, Fault),
    Conflict(usize),
}

/// How a clock errs.
#[derive(Clone, Copy, Debug)]
enum Error {
    Slow,
    None,
    Fast,
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let ring = || 0..2_usize;
    let error = || prop::sample::select(vec![Error::Slow, Error::None, Error::Fast]);
    let fault = prop::sample::select(vec![Fault::BeforeCommit, Fault::AfterCommit]);
    let event = prop_oneof![
        2 => (0..6_000_u64).prop_map(|millis| Event::Wait(Duration::from_millis(millis))),
        4 => Just(Event::WaitForNextStep),
        6 => ring().prop_map(Event::Tick),
        3 => ring().prop_map(Event::Rotate),
        2 => (ring(), error()).prop_map(|(ring, error)| Event::Refresh(ring, error)),
        3 => (ring(), error()).prop_map(|(ring, error)| Event::Sign(ring, error)),
        3 => (error(), error()).prop_map(|(read, sign)| Event::Race(read, sign)),
        1 => any::<prop::sample::Index>().prop_map(Event::Compromise),
        1 => (ring(), fault).prop_map(|(ring, fault)| Event::Crash(ring, fault)),
        1 => ring().prop_map(Event::Conflict),
    ];
    vec(event, 1..48)
}

struct World {
    now: UnixTime,
    real: TimingSettings,
    held: Duration,
    store: Arc<MemoryStore>,
    rings: [KeyRing; 2],
    keys: HashMap<KeyId, Life>,
    broken: Option<String>,
}

/// What the outside saw of a key.
#[derive(Debug)]
struct Life {
    /// `None` for the first key, before which there was no key set.
    published: Option<UnixTime>,
    /// When it was first seen to sign no more.
    silenced: Option<UnixTime>,
    /// When some verifier may still accept its last token.
    last_accepted: Option<UnixTime>,
    withdrawn: bool,
    compromised: bool,
}

impl World {
    fn new(real: TimingSettings, held: Duration) -> Self {
        let store = Arc::new(MemoryStore::default());
        let rings = [ring(&store, timing()), ring(&store, timing())];
        let now = UnixTime::from_secs(1_000_000);
        let (keys, broken) = (HashMap::new(), None);
        Self { now, real, held, store, rings, keys, broken }
    }

    /// Plays the events, and tells how they broke the promise.
    fn play(mut self, events: &[Event]) -> Option<String> {
        for event in events {
            self.step(event);
            self.observe();
            if self.broken.is_some() {
                return self.broken;
            }
        }
        self.settle();
        self.broken
    }

    fn step(&mut self, event: &Event) {
        let now = self.now;
        match event {
            Event::Wait(time) => self.now = now.saturating_add(*time),
            Event::WaitForNextStep => self.now = self.next_step(),
            Event::Tick(ring) => drop(run(self.rings[*ring].tick(now))),
            Event::Rotate(ring) => drop(run(self.rings[*ring].rotate(now))),
            Event::Refresh(ring, error) => {
                drop(run(self.rings[*ring].refresh(self.local(*error))));
            }
            Event::Sign(ring, error) => self.sign(*ring, *error),
            Event::Race(read, sign) => self.race(*read, *sign),
            Event::Compromise(index) => {
                let keys = self.store.stored();
                if !keys.is_empty() {
                    drop(run(self.rings[0].compromise(&index.get(&keys).id, now)));
                }
            }
            Event::Crash(index, fault) => {
                self.store.fail_next_write(*fault);
                drop(run(self.rings[*index].rotate(now)));
                self.rings[*index] = ring(&self.store, timing());
                self.store.clear_fault();
            }
            Event::Conflict(ring) => {
                self.store.fail_next_write(Fault::Conflict);
                drop(run(self.rings[*ring].tick(now)));
                self.store.clear_fault();
            }
        }
    }

    fn race(&mut self, read: Error, sign: Error) {
        let read_at = self.local(read);
        drop(run(self.rings[1].refresh(read_at)));
        // Planned so long ago that the write took all of D.
        let planned = self.now.saturating_sub(self.real.propagation);
        drop(run(self.rings[0].rotate(planned)));
        self.observe();
        let lease_over = read_at.saturating_add(SETTINGS.signer_lease);
        let true_time = match sign {
            Error::Slow => lease_over.saturating_add(self.real.clock_error),
            Error::None => lease_over,
            Error::Fast => lease_over.saturating_sub(self.real.clock_error),
        };
        self.now = self.now.max(true_time);
        self.sign(1, sign);
    }

    fn sign(&mut self, ring: usize, error: Error) {
        let local = self.local(error);
        let Ok(signer) = self.rings[ring].signer(local) else { return };
        self.now = self.now.saturating_add(self.held);
        self.observe();
        self.signed(&*signer, local.saturating_add(self.held));
    }

    /// Someone has signed a token whose `iat` is `local`.
    fn signed(&mut self, signer: &dyn Signer, local: UnixTime) {
        let TimingSettings { key_set_max_age, propagation, clock_error, .. } = self.real;
        let TimingSettings { signer_lease, leeway, token_life, .. } = self.real;
        let id = signer.key_id();
        let life = self.keys.get_mut(id).expect("a signer's key is stored");

        let oldest_set = self.now.saturating_sub(key_set_max_age).saturating_sub(propagation);
        if life.published.is_some_and(|published| published > oldest_set) {
            self.broken = Some(format!("{id} signs before every cache has it: {life:?}"));
        }
        let both_clocks = clock_error.saturating_add(clock_error);
        let silent_by = |at: UnixTime| {
            at.saturating_add(signer_lease).saturating_add(both_clocks).saturating_add(self.held)
        };
        if life.silenced.is_some_and(|silenced| self.now > silent_by(silenced)) {
            self.broken = Some(format!("{id} signs after every lease is over: {life:?}"));
        }
        // The slowest verifier reads `exp` late, and grants its leeway on top.
        let exp = local.saturating_add(token_life);
        let accepted = exp.saturating_add(leeway).saturating_add(clock_error);
        life.last_accepted = life.last_accepted.max(Some(accepted));
        self.check_withdrawal(&id.clone());
    }

    /// Looks at the store, as the published key set does.
    fn observe(&mut self) {
        let stored = self.store.stored();
        let active = stored.iter().filter(|key| key.state == KeyState::Active).count();
        if active > 1 || stored.iter().any(|key| !signs(key) && key.handle.is_some()) {
            self.broken = Some(format!("impossible keys: {stored:?}"));
        }
        let first = self.keys.is_empty();
        for key in stored {
            // D counts from here, and covers both the write and the caches on the way.
            let published = (!(first && key.state == KeyState::Active)).then_some(key.published_at);
            let life = self.keys.entry(key.id.clone()).or_insert(Life {
                published,
                silenced: None,
                last_accepted: None,
                withdrawn: false,
                compromised: false,
            });
            if !signs(&key) {
                life.silenced.get_or_insert(self.now);
            }
            if life.compromised && key.state != KeyState::Compromised {
                self.broken = Some(format!("{} came back", key.id));
            }
            life.compromised = key.state == KeyState::Compromised;
            life.withdrawn = !key.state.is_published();
            self.check_withdrawal(&key.id);
        }
    }

    fn check_withdrawal(&mut self, id: &KeyId) {
        let life = self.keys.get_mut(id).expect("it was observed");
        let still_accepted = life.last_accepted.is_some_and(|last| self.now <= last);
        if life.withdrawn && !life.compromised && still_accepted {
            self.broken = Some(format!("{id} is gone at {}: {life:?}", self.now));
        }
    }

    /// Whatever happened: soon a key signs, a ripe one stands by, and nothing is left over.
    fn settle(&mut self) {
        for _ in 0..6 {
            self.now = self.now.saturating_add(secs(15));
            drop(run(self.rings[0].tick(self.now)));
            self.observe();
        }
        let signs = self.rings[0].signer(self.now).is_ok();
        let ripe = run(self.rings[0].rotate(self.now)).is_ok();
        let published = self.rings[0].key_set().keys().len();
        if !(signs && ripe && published <= 6) {
            self.broken = Some(format!("not settled: {:?}", self.store.stored()));
        }
    }

    fn next_step(&self) -> UnixTime {
        let timing = timing();
        let millis = Duration::from_millis(1);
        let times = self.store.stored().into_iter().filter_map(|key| match key.state {
            KeyState::Standby => Some(key.published_at.saturating_add(timing.ripening())),
            KeyState::Retiring => Some(key.verify_until?.saturating_add(millis)),
            _ => None,
        });
        times.filter(|time| *time > self.now).min().unwrap_or(self.now)
    }

    fn local(&self, error: Error) -> UnixTime {
        match error {
            Error::Slow => self.now.saturating_sub(self.real.clock_error),
            Error::None => self.now,
            Error::Fast => self.now.saturating_add(self.real.clock_error),
        }
    }
}

fn signs(key: &StoredKey) -> bool {
    matches!(key.state, KeyState::Standby | KeyState::Active)
}
