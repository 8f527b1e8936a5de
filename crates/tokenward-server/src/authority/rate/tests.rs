use super::*;

const RATE: Rate = Rate { per_second: 10, burst: 3 };

#[test]
fn a_caller_may_use_its_burst_and_then_its_rate() {
    let buckets = Buckets::new(RATE);
    assert_eq!(taken(&buckets, "a", 0, 5), 3);
    assert_eq!(taken(&buckets, "a", 100, 5), 1);
    assert_eq!(taken(&buckets, "a", 10_000, 5), 3);
}

#[test]
fn a_clock_that_was_set_back_locks_nobody_out() {
    let buckets = Buckets::new(RATE);
    assert_eq!(taken(&buckets, "a", 1_000_000, 5), 3);
    assert_eq!(taken(&buckets, "a", 0, 5), 0);
    assert_eq!(taken(&buckets, "a", 100, 5), 1);
    assert_eq!(taken(&buckets, "a", 1_000, 5), 3);
}

#[test]
fn an_ipv6_network_is_one_caller_and_a_mapped_address_is_its_ipv4_self() {
    let of = |text: &str| owner(text.parse().unwrap());
    assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:2"));
    assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
    assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
}

fn taken(buckets: &Buckets, caller: &str, millis: u64, tries: usize) -> usize {
    let now = UnixTime::from_millis(millis);
    (0..tries).filter(|_| buckets.take(caller, now).is_ok()).count()
}
