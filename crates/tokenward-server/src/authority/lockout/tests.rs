use super::*;

const FAILURES: Failures =
    Failures { free: 3, first: Duration::from_secs(1), longest: Duration::from_secs(8) };

#[test]
fn after_the_free_failures_each_lock_is_twice_as_long_up_to_the_longest() {
    let lockout = Lockout::new(FAILURES);
    let mut now = 0;
    let waits = [0, 0, 0, 1, 2, 4, 8, 8].map(|expected| {
        assert_eq!(lockout.closed(HERE, at(now)), None);
        let wait = seconds(lockout.failed(HERE, at(now)));
        assert_eq!(seconds(lockout.closed(HERE, at(now))), expected);
        now += wait;
        wait
    });
    assert_eq!(waits, [0, 0, 0, 1, 2, 4, 8, 8]);
}

#[test]
fn who_guesses_here_locks_nobody_out_elsewhere() {
    let lockout = Lockout::new(FAILURES);
    fail(&lockout, HERE, 20);
    assert!(lockout.closed(HERE, at(0)).is_some());
    assert_eq!(lockout.closed(THERE, at(0)), None);
    assert_eq!(lockout.closed(Place { name: "other", ..HERE }, at(0)), None);
}

#[test]
fn a_client_at_home_is_always_looked_at() {
    let lockout = Lockout::new(FAILURES);
    lockout.succeeded(HERE, at(0));
    assert_eq!(fail(&lockout, HERE, 5_000), 8);
    assert_eq!(lockout.closed(HERE, at(0)), None);
    // It is at home under its own name alone.
    let other = Place { name: "other", ..HERE };
    fail(&lockout, other, 1);
    assert!(lockout.closed(other, at(0)).is_some());
    let month = Lockout::AT_HOME.as_secs() + 60;
    fail_at(&lockout, HERE, 5, month);
    assert!(lockout.closed(HERE, at(month)).is_some());
}

#[test]
fn an_address_that_fails_with_many_names_is_locked_for_all_but_one_try_of_each_new_one() {
    let lockout = Lockout::new(FAILURES);
    lock_address(&lockout);
    let new = Place { name: "new", ..HERE };
    // The right secret would have been taken; a wrong one is the last.
    assert_eq!(lockout.closed(new, at(0)), None);
    assert!(seconds(lockout.failed(new, at(0))) > 0);
    assert!(lockout.closed(new, at(0)).is_some());
    // Also when others have had theirs.
    assert_eq!(lockout.closed(Place { name: "newer", ..HERE }, at(0)), None);
    assert_eq!(lockout.closed(new, at(8)), None, "the lock of the address has ended");
    fail_at(&lockout, Place { name: "n1", ..HERE }, 1, 8);
    assert!(lockout.closed(new, at(8)).is_some(), "it has failed here within two hours");
    assert!(lockout.closed(Place { name: "n2", ..HERE }, at(8)).is_some(), "so has it");
    let later = Failures::FORGOTTEN.as_secs() + 100;
    for name in 0..31 {
        fail_at(&lockout, Place { name: &format!("m{name}"), ..HERE }, 1, later);
    }
    assert_eq!(lockout.closed(new, at(later)), None);
}

#[test]
fn whatever_an_address_that_is_locked_tries_locks_no_name_elsewhere() {
    let lockout = Lockout::new(FAILURES);
    lock_address(&lockout);
    for name in 0..100_000 {
        fail(&lockout, Place { name: &format!("x{name}"), ..HERE }, 1);
    }
    // A cell that others share tells of theirs too, so one place alone might be lucky.
    for address in 100..140 {
        let there = Place { address: Some(address), ..HERE };
        assert_eq!(
            (lockout.closed(there, at(0)), lockout.by_place.failures(there, at(0))),
            (None, 0)
        );
    }
    // Nor a new one at the same address.
    assert_eq!(lockout.closed(HERE, at(0)), None);
}

#[test]
fn a_name_that_is_guessed_from_everywhere_leaves_each_address_one_try() {
    let lockout = Lockout::new(FAILURES);
    for address in 0..301 {
        fail(&lockout, Place { address: Some(address), ..HERE }, 1);
    }
    let new = Place { address: Some(7_000), ..HERE };
    // The right secret would have been taken; a wrong one is the last for a while.
    assert_eq!(lockout.closed(new, at(0)), None);
    assert_eq!(seconds(lockout.failed(new, at(0))), 1);
    assert_eq!(seconds(lockout.closed(new, at(0))), 1);
}

#[test]
fn who_cannot_be_told_apart_is_not_locked_out_together() {
    let lockout = Lockout::new(FAILURES);
    let behind_proxy = Place { address: None, ..HERE };
    assert!(fail(&lockout, behind_proxy, 50) > 0);
    assert_eq!(lockout.closed(behind_proxy, at(0)), None);
}

#[test]
fn failures_are_forgotten_after_hours_without_one() {
    let lockout = Lockout::new(FAILURES);
    assert_eq!(fail(&lockout, HERE, 6), 4);
    let later = Failures::FORGOTTEN.as_secs() + 1;
    assert_eq!(fail_at(&lockout, HERE, 1, later), 0);
    assert_eq!(fail_at(&lockout, HERE, 3, later), 1);
}

#[test]
fn a_clock_that_was_set_back_makes_nobody_wait_longer_than_one_lock() {
    let lockout = Lockout::new(FAILURES);
    fail_at(&lockout, HERE, 20, 1_000_000);
    assert_eq!(seconds(lockout.closed(HERE, at(5))), 8);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    /// Against a model that remembers everybody for ever.
    #[test]
    fn a_lock_is_never_forgotten_before_its_time_whoever_else_fails(
        steps in proptest::collection::vec((0_u8..40, 0_u64..3_000), 1..400),
    ) {
        // So small a table that nearly all cells are shared.
        let locks = Locks::with(FAILURES, 8);
        let mut model = std::collections::BTreeMap::<u8, (u16, u64)>::new();
        let mut now = 0;
        for (caller, pause) in steps {
            now = pause.saturating_add(now);
            locks.failed(caller, 0, UnixTime::from_millis(now));
            let (failures, last) = model.entry(caller).or_insert((0, now));
            (*failures, *last) = (failures.saturating_add(1), now);
            for (caller, (failures, last)) in &model {
                let owed = locks.lock(*failures).saturating_add(*last).saturating_sub(now).div_ceil(1_000);
                let wait = seconds(locks.wait(*caller, UnixTime::from_millis(now)));
                proptest::prop_assert!(wait >= owed, "{caller}: {wait} < {owed}");
                proptest::prop_assert!(wait <= 8);
            }
        }
    }
}

const HERE: Place<'_> = Place { name: "login", address: Some(1) };
const THERE: Place<'_> = Place { name: "login", address: Some(2) };

/// By failures in many names.
fn lock_address(lockout: &Lockout) {
    for name in 0..31 {
        fail(lockout, Place { name: &format!("n{name}"), ..HERE }, 1);
    }
}

fn fail(lockout: &Lockout, place: Place<'_>, times: usize) -> u64 {
    fail_at(lockout, place, times, 0)
}

/// What the last failure leads to.
fn fail_at(lockout: &Lockout, place: Place<'_>, times: usize, now: u64) -> u64 {
    (0..times).fold(0, |_, _| seconds(lockout.failed(place, at(now))))
}

fn seconds(wait: Option<Wait>) -> u64 {
    wait.map_or(0, Wait::as_secs)
}

fn at(seconds: u64) -> UnixTime {
    UnixTime::from_secs(seconds)
}
