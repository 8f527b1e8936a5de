//! The rules of rotation, explored to the end: every order in which two authorities, their clocks, their
//! crashes, an operator and time can act, with [`plan`](tokenward_keys::plan()), the life cycle and
//! [`Timing`] as they are.
//!
//! There is no verifier in the state, because the model holds all of them: some verifier may hold any key
//! set that was served in the last C + D, and another fetches this very instant. So a token is good for
//! everybody if its key has been public for C + D, and stays public until its last second. Nor is there a
//! signer: one has read the store at every instant, by the fastest clock, and signs for as long as its
//! lease holds by any clock.
//!
//! What is in the state is what is stored, and what two authorities have planned on what they read, sent,
//! and not yet committed; and which private halves are lost, with which whoever had them open may go on. A crash is a write that never arrives, or an authority that does nothing after
//! it did; it starts again by reading, as all do before they plan.
//!
//! Each rule a second looser must break a promise: otherwise the exploration would prove nothing.

mod steps;
mod world;

use stateright::{Checker, Model, Property};
use tokenward_keys::{Timing, TimingSettings};

use crate::support::secs;
use steps::Act;
use world::{Breach, Orders, TRUE_RULES, World};

#[test]
fn no_reachable_state_breaks_a_promise() {
    for orders in [
        Orders { rotate: 1, ..NO_ORDERS },
        Orders { compromise: 1, ..NO_ORDERS },
        Orders { lose: 1, ..NO_ORDERS },
        Orders { rotate: 1, compromise: 1, ..NO_ORDERS },
    ] {
        let rules = Rules { plan: timing(TRUE_RULES), lease: timing(TRUE_RULES), orders };
        let checker = rules.checker().threads(2).spawn_bfs().join();
        checker.assert_properties();
        assert!(checker.is_done() && checker.unique_state_count() > 10_000, "little was explored");
    }
}

#[test]
fn a_key_that_signs_a_second_before_it_is_ripe_breaks_the_promise() {
    // C + D; what leaves the key set stays as it is.
    let early = TimingSettings { propagation: secs(0), leeway: secs(2), ..TRUE_RULES };
    assert_eq!(broken_by(early, TRUE_RULES), [UNKNOWN_KEY]);
}

#[test]
fn a_key_that_is_withdrawn_a_second_early_breaks_the_promise() {
    let early = TimingSettings { leeway: secs(0), ..TRUE_RULES };
    assert_eq!(broken_by(early, TRUE_RULES), [UNKNOWN_KEY]);
}

#[test]
fn a_lease_that_is_a_second_longer_breaks_the_promise() {
    let long = TimingSettings { signer_lease: secs(2), ..TRUE_RULES };
    assert!(broken_by(TRUE_RULES, long).contains(&SIGNED_TOO_LATE));
}

#[test]
fn the_rule_one_meets_elsewhere_breaks_the_promise() {
    // D + L + T + W + 2S comes to 2 s with these, as T + S would.
    let elsewhere = TimingSettings {
        key_set_max_age: secs(2),
        propagation: secs(0),
        clock_error: secs(0),
        leeway: secs(0),
        ..TRUE_RULES
    };
    assert_eq!(timing(elsewhere).token_outlives(), secs(2));
    assert_eq!(timing(elsewhere).ripening(), timing(TRUE_RULES).ripening());
    assert_eq!(broken_by(elsewhere, TRUE_RULES), [UNKNOWN_KEY]);
}

#[test]
fn an_end_that_does_not_allow_for_its_own_writing_breaks_the_promise() {
    let hasty = TimingSettings { key_set_max_age: secs(2), propagation: secs(0), ..TRUE_RULES };
    assert_eq!(broken_by(hasty, TRUE_RULES), [UNKNOWN_KEY]);
}

/// The promises that are broken where authorities plan by `plan` and sign by `lease`.
fn broken_by(plan: TimingSettings, lease: TimingSettings) -> Vec<&'static str> {
    let orders = NO_ORDERS;
    let rules = Rules { plan: timing(plan), lease: timing(lease), orders };
    rules.checker().threads(2).spawn_bfs().join().discoveries().into_keys().collect()
}

/// The rules as the authorities keep them.
struct Rules {
    plan: Timing,
    lease: Timing,
    orders: Orders,
}

impl Model for Rules {
    type State = World;
    type Action = Act;

    fn init_states(&self) -> Vec<World> {
        vec![World::new(self.orders)]
    }

    fn actions(&self, world: &World, acts: &mut Vec<Act>) {
        world.acts(acts);
    }

    fn next_state(&self, world: &World, act: Act) -> Option<World> {
        world.act(act, &self.plan, &self.lease)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(UNKNOWN_KEY, |_, world: &World| {
                world.breach != Some(Breach::UnknownKey)
            }),
            Property::always(SIGNED_TOO_LATE, |_, world: &World| {
                world.breach != Some(Breach::SignedTooLate)
            }),
            Property::always(
                "one key signs, and no private half outlives that",
                |_, world: &World| world.breach != Some(Breach::Impossible),
            ),
            Property::always(
                "a key takes over in haste only from one that has leaked",
                |_, world: &World| world.breach != Some(Breach::Hasty),
            ),
        ]
    }
}

fn timing(settings: TimingSettings) -> Timing {
    Timing::new(settings).unwrap()
}

const NO_ORDERS: Orders = Orders { rotate: 0, compromise: 0, lose: 0 };
const UNKNOWN_KEY: &str = "every verifier has the key of a good token";
const SIGNED_TOO_LATE: &str = "no replica signs with an ended key once the lease is over";
