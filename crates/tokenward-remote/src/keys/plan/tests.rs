use super::*;

#[test]
fn a_set_is_fetched_anew_before_its_age_ends_and_never_at_the_same_time_twice() {
    let start = Instant::now();
    let mut plan = Plan::new(start, secs(30));

    let mut waits: Vec<_> = (0..100)
        .map(|_| {
            plan.fetched(start, secs(100), true);
            plan.due - start
        })
        .collect();

    assert!(waits.iter().all(|wait| (secs(60)..=secs(75)).contains(wait)), "{waits:?}");
    waits.sort_unstable();
    waits.dedup();
    assert!(waits.len() > 90, "{} different waits", waits.len());
}

#[test]
fn strangers_cause_one_fetch_per_cooldown_and_failures_count() {
    let start = Instant::now();
    let mut plan = Plan::new(start, secs(30));
    plan.fetched(start, secs(3_600), true);

    plan.ask(FetchCause::UnknownKey);
    assert_eq!(plan.next(), (start + secs(30), FetchCause::UnknownKey));

    plan.failed(start + secs(30), None);
    plan.ask(FetchCause::UnknownKey);
    assert_eq!(plan.next(), (start + secs(60), FetchCause::UnknownKey));
}

#[test]
fn a_failure_that_strangers_caused_leaves_the_next_fetch_where_it_was() {
    let start = Instant::now();
    let mut plan = Plan::new(start, secs(30));
    plan.fetched(start, secs(50), true);
    let (regular, _) = plan.next();

    plan.ask(FetchCause::UnknownKey);
    plan.failed(start + secs(30), None);

    // It comes before the next cooldown ends.
    assert_eq!(plan.next(), (regular, FetchCause::Due));
}

#[test]
fn a_failure_of_its_own_is_tried_again_soon_and_then_less_often() {
    let start = Instant::now();
    let mut plan = Plan::new(start, secs(30));
    let mut waits = Vec::new();
    for _ in 0..10 {
        plan.failed(start, None);
        waits.push(plan.due - start);
    }

    assert!(waits[0] <= secs(1) && waits[9] >= secs(15), "{waits:?}");
    assert!(waits.iter().all(|wait| *wait <= secs(30)), "{waits:?}");
}

#[test]
fn a_set_that_is_not_the_announced_one_is_asked_for_again_soon_and_then_less_often() {
    let start = Instant::now();
    let mut plan = Plan::new(start, secs(30));
    let mut waits = Vec::new();
    for _ in 0..8 {
        plan.fetched(start, secs(3_600), false);
        waits.push(plan.due - start);
    }

    assert!(waits[0] <= secs(1) && waits[7] >= secs(15), "{waits:?}");
}

#[test]
fn an_announcement_is_followed_after_a_breath() {
    let start = Instant::now();
    let mut plan = Plan::new(start, secs(30));
    plan.fetched(start, secs(3_600), true);

    plan.ask(FetchCause::Announced);

    assert_eq!(plan.next(), (start + Plan::BREATH, FetchCause::Announced));
}

#[test]
fn a_server_that_asks_to_be_left_alone_is_left_alone() {
    for cause in [FetchCause::Due, FetchCause::UnknownKey] {
        let start = Instant::now();
        let mut plan = Plan::new(start, secs(5));
        plan.fetched(start, secs(10), true);
        plan.ask(cause);

        plan.failed(start, Some(secs(50)));
        plan.ask(FetchCause::UnknownKey);
        plan.ask(FetchCause::Announced);

        assert!(plan.due >= start + secs(50), "{cause:?}");
    }
}

#[test]
fn a_server_cannot_ask_to_be_left_alone_for_a_day() {
    let start = Instant::now();
    let mut plan = Plan::new(start, secs(5));

    plan.failed(start, Some(secs(86_400)));

    assert_eq!(plan.due, start + secs(60));
}

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
