use std::time::Duration;

use tokenward::{Audience, SigningKey};

use super::*;
use crate::custody::MadeKey;
use crate::lifecycle::Key;
use crate::timing::TimingSettings;

#[test]
fn an_audience_without_keys_begins_with_one_that_signs_and_one_that_stands_by() {
    check(
        &[],
        0,
        &Request::Tick,
        "make the first key, because the audience has no key yet
publish a standby key, because an emergency switch must find a ripe key",
    );
}

#[test]
fn an_imported_key_does_not_keep_the_first_key_from_signing_at_once() {
    check(
        &[imported("old", 0, 500)],
        10,
        &Request::Tick,
        "make the first key, because the audience has no key yet
publish a standby key, because an emergency switch must find a ripe key",
    );
}

#[test]
fn a_settled_audience_has_nothing_to_do() {
    check(&[active("a", 0), standby("b", 0)], 50, &Request::Tick, "");
}

#[test]
fn a_missing_standby_is_published() {
    check(
        &[active("a", 0)],
        50,
        &Request::Tick,
        "publish a standby key, because an emergency switch must find a ripe key",
    );
}

#[test]
fn a_rotation_is_prepared_so_that_it_leaves_a_ripe_key_behind() {
    let keys = [active("a", 0), standby("b", 0)];
    check(&keys, 89, &Request::Tick, "");
    check(
        &keys,
        90,
        &Request::Tick,
        "publish a standby key, because the next rotation must leave a ripe key behind",
    );

    let prepared = [active("a", 0), standby("b", 0), standby("c", 90)];
    check(&prepared, 99, &Request::Tick, "");
    check(
        &prepared,
        100,
        &Request::Tick,
        "retire key `a`, because another key signs from now on
activate key `b`, because the active key has signed for its whole period",
    );
}

#[test]
fn a_due_rotation_waits_until_it_leaves_a_ripe_key_behind() {
    let keys = [active("a", 0), standby("b", 0), standby("c", 195)];
    check(&keys, 204, &Request::Tick, "");
    assert_eq!(planned(&keys, 204, &Request::Tick).blocked_until, None);
    assert!(!planned(&keys, 205, &Request::Tick).steps.is_empty());
}

#[test]
fn an_operator_may_use_the_last_ripe_key_up() {
    check(
        &[active("a", 0), standby("b", 0)],
        10,
        &Request::RotateNow,
        "retire key `a`, because another key signs from now on
activate key `b`, because the operator asked for it
publish a standby key, because an emergency switch must find a ripe key",
    );
}

#[test]
fn an_operator_waits_for_the_standby_to_ripen() {
    let keys = [active("a", 0), standby("b", 5)];
    check(&keys, 14, &Request::RotateNow, "");
    assert_eq!(planned(&keys, 14, &Request::RotateNow).blocked_until, Some(at(15)));
    assert_eq!(planned(&keys, 15, &Request::RotateNow).blocked_until, None);
}

#[test]
fn an_operator_who_rotates_over_and_over_does_not_overfill_the_key_set() {
    let mut keys = vec![active("a", 60), standby("b", 0)];
    keys.extend((0..40).map(|n| retiring(&format!("r{n}"), 100 + n)));

    let plan = planned(&keys, 120, &Request::RotateNow);
    assert_eq!(plan.steps, []);
    assert_eq!(plan.blocked_until, Some(UnixTime::from_millis(132_001)));
    let emergency = planned(&keys, 120, &Request::Compromise(id("a")));
    assert_eq!(emergency.steps.len(), 3);
}

#[test]
fn a_standby_from_the_future_does_not_make_an_operator_wait_for_it() {
    let keys = [active("a", 1_000), standby("b", 1_000)];
    let expected = "publish a standby key, because an emergency switch must find a ripe key";
    check(&keys, 995, &Request::Tick, expected);
    check(&keys, 996, &Request::Tick, "");
    assert_eq!(planned(&keys, 995, &Request::RotateNow).blocked_until, Some(at(1_005)));
}

#[test]
fn a_leaked_active_key_is_replaced_at_once() {
    check(
        &[active("a", 0), standby("b", 0)],
        50,
        &Request::Compromise(id("a")),
        "distrust key `a`, because the operator said that it may have leaked
activate key `b`, because no key signs
publish a standby key, because an emergency switch must find a ripe key",
    );
}

#[test]
fn a_leaked_active_key_ends_even_if_nothing_can_replace_it_yet() {
    let keys = [active("a", 0), standby("b", 45)];
    check(
        &keys,
        50,
        &Request::Compromise(id("a")),
        "distrust key `a`, because the operator said that it may have leaked",
    );
    assert_eq!(planned(&keys, 50, &Request::Compromise(id("a"))).blocked_until, Some(at(55)));
}

#[test]
fn a_leaked_standby_never_signs() {
    check(
        &[active("a", 0), standby("b", 0)],
        50,
        &Request::Compromise(id("b")),
        "distrust key `b`, because the operator said that it may have leaked
publish a standby key, because an emergency switch must find a ripe key",
    );
}

#[test]
fn a_key_is_distrusted_once() {
    let keys = [active("a", 0), standby("b", 0), compromised("c", 5)];
    check(&keys, 50, &Request::Compromise(id("c")), "");
}

#[test]
fn a_key_leaves_the_set_after_its_last_token_has_expired() {
    let keys = [active("a", 100), standby("b", 50), retiring("c", 100)];
    check(&keys, 132, &Request::Tick, "");
    check(
        &keys,
        133,
        &Request::Tick,
        "withdraw key `c`, because its last token has expired everywhere",
    );
}

#[test]
fn an_imported_key_leaves_the_set_after_its_end_date() {
    let keys = [active("a", 0), standby("b", 0), imported("old", 0, 60)];
    check(&keys, 60, &Request::Tick, "");
    check(
        &keys,
        61,
        &Request::Tick,
        "withdraw key `old`, because the end date given at its import has passed",
    );
}

#[test]
fn another_algorithm_comes_in_as_soon_as_its_key_is_ripe() {
    use Algorithm::{EdDsa, Es256};
    let old = |name| make(name, 0, EdDsa);
    let tick = |keys: &[AnyKey], now| {
        plan(keys, &BTreeSet::new(), at(now), &timing(), Es256, &Request::Tick)
    };

    let keys = [AnyKey::Active(old("a").activate_first(at(0))), AnyKey::Standby(old("b"))];
    assert_eq!(
        text(&tick(&keys, 50)),
        "publish a standby key, because the audience is configured for another algorithm"
    );

    let [a, b] = keys;
    let keys = [a, b, AnyKey::Standby(make("c", 50, Es256))];
    assert_eq!(text(&tick(&keys, 59)), "");
    assert_eq!(
        text(&tick(&keys, 60)),
        "retire key `a`, because another key signs from now on
activate key `c`, because the audience is configured for another algorithm
publish a standby key, because an emergency switch must find a ripe key"
    );

    // The old standby goes only when the new one could take its place in an emergency.
    let keys = [active("c", 60), AnyKey::Standby(old("b")), standby("d", 60)];
    assert_eq!(text(&tick(&keys, 69)), "");
    assert_eq!(
        text(&tick(&keys, 70)),
        "abandon key `b`, because the audience is configured for another algorithm"
    );
}

#[test]
fn an_active_key_whose_private_half_is_lost_gives_way_to_the_ripe_standby_at_once() {
    let keys = [active("a", 0), standby("b", 0)];
    assert_eq!(
        text(&without(&["a"], &keys, 50)),
        "retire key `a`, because its private half is lost
activate key `b`, because no key signs
publish a standby key, because an emergency switch must find a ripe key"
    );
}

#[test]
fn where_every_private_half_is_lost_the_next_key_ripens_first() {
    let keys = [active("a", 0), standby("b", 0)];
    let plan = without(&["a", "b"], &keys, 50);
    assert_eq!(
        text(&plan),
        "retire key `a`, because its private half is lost
abandon key `b`, because its private half is lost
publish a standby key, because an emergency switch must find a ripe key"
    );
    assert_eq!(plan.blocked_until, Some(at(60)));
}

#[test]
fn a_standby_whose_private_half_is_lost_is_not_counted_on() {
    let keys = [active("a", 0), standby("b", 0), standby("c", 90)];
    assert_eq!(
        text(&without(&["b"], &keys, 100)),
        "abandon key `b`, because its private half is lost
publish a standby key, because the next rotation must leave a ripe key behind"
    );
}

#[track_caller]
fn check(keys: &[AnyKey], now: u64, request: &Request, expected: &str) {
    assert_eq!(text(&planned(keys, now, request)), expected);
}

fn planned(keys: &[AnyKey], now: u64, request: &Request) -> Plan {
    plan(keys, &BTreeSet::new(), at(now), &timing(), Algorithm::Es256, request)
}

fn without(lost: &[&str], keys: &[AnyKey], now: u64) -> Plan {
    let lost = lost.iter().map(|name| id(name)).collect();
    plan(keys, &lost, at(now), &timing(), Algorithm::Es256, &Request::Tick)
}

fn text(plan: &Plan) -> String {
    plan.steps.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn standby(name: &str, since: u64) -> AnyKey {
    AnyKey::Standby(make(name, since, Algorithm::Es256))
}

fn active(name: &str, since: u64) -> AnyKey {
    AnyKey::Active(make(name, 0, Algorithm::Es256).activate_first(at(since)))
}

fn retiring(name: &str, since: u64) -> AnyKey {
    let active = make(name, 0, Algorithm::Es256).activate_first(at(0));
    AnyKey::Retiring(active.retire(at(since), &timing()))
}

fn compromised(name: &str, since: u64) -> AnyKey {
    AnyKey::Compromised(make(name, 0, Algorithm::Es256).compromise(at(since)))
}

fn imported(name: &str, since: u64, until: u64) -> AnyKey {
    let key = SigningKey::generate(Algorithm::Es256).with_key_id(id(name));
    AnyKey::Retiring(Key::import(key.verifying_key(), &audience(), at(until), at(since)).unwrap())
}

fn make(name: &str, since: u64, algorithm: Algorithm) -> Key<Standby> {
    let key = SigningKey::generate(algorithm).with_key_id(id(name));
    let made = MadeKey::new(key.verifying_key().clone(), vec![1]);
    Key::publish(made, &audience(), "sealed", at(since)).unwrap()
}

fn audience() -> Audience {
    Audience::new("api").unwrap()
}

fn id(name: &str) -> KeyId {
    KeyId::new(name).unwrap()
}

/// C + D = 10 s, R = 100 s, D + L + T + W + 2S = 32 s.
fn timing() -> Timing {
    Timing::new(TimingSettings {
        key_set_max_age: Duration::from_secs(7),
        propagation: Duration::from_secs(3),
        clock_error: Duration::from_secs(2),
        leeway: Duration::from_secs(1),
        signer_lease: Duration::from_secs(4),
        rotate_every: Duration::from_secs(100),
        token_life: Duration::from_secs(20),
    })
    .unwrap()
}

const fn at(seconds: u64) -> UnixTime {
    UnixTime::from_secs(seconds)
}
