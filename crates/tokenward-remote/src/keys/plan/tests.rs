use tokenward::{Algorithm, KeyId, KeySet, SigningKey, UnixTime};

use super::*;

#[test]
fn strangers_cause_one_fetch_per_cooldown_and_failures_count() {
    let start = Instant::now();
    let mut plan = Plan::new(start, secs(30));
    assert_eq!(plan.after_cooldown(), start);

    plan.fetched(start, &fetched(secs(3_600)), true);
    assert_eq!(plan.after_cooldown(), start + secs(30));

    plan.failed(start + secs(40), None);
    assert_eq!(plan.after_cooldown(), start + secs(70));
}

#[test]
fn a_set_is_fetched_anew_before_its_age_ends() {
    let start = Instant::now();
    let mut plan = Plan::new(start, secs(30));

    plan.fetched(start, &fetched(secs(100)), true);

    assert_eq!(plan.due, start + secs(75));
}

#[test]
fn a_set_that_is_not_the_announced_one_is_asked_for_again_soon_and_then_less_often() {
    let start = Instant::now();
    let mut plan = Plan::new(start, secs(30));
    let mut waits = Vec::new();
    for _ in 0..8 {
        plan.fetched(start, &fetched(secs(3_600)), false);
        waits.push(plan.due - start);
    }

    assert!(waits[0] <= secs(1) && waits[7] >= secs(15), "{waits:?}");
}

#[test]
fn a_server_that_asks_to_be_left_alone_is_left_alone() {
    let start = Instant::now();
    let mut plan = Plan::new(start, secs(5));

    plan.failed(start, Some(secs(50)));

    let until = start + secs(50);
    assert!(plan.due >= until && plan.after_cooldown() >= until && plan.soon() >= until);
}

fn fetched(max_age: Duration) -> FetchedKeys {
    let key = SigningKey::generate(Algorithm::EdDsa).with_key_id(KeyId::new("k").unwrap());
    FetchedKeys {
        keys: KeySet::from_keys([key.verifying_key().clone()]).unwrap(),
        digest: "d".to_owned(),
        max_age,
        fetched_at: UnixTime::EPOCH,
    }
}

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
