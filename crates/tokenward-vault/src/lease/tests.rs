use super::*;

#[test]
fn a_token_is_renewed_well_ahead_of_its_end() {
    for _ in 0..100 {
        let lease = lease(100);
        assert!(!lease.is_due(at(49)), "{:?}", lease.renew_at);
        assert!(lease.is_due(at(75)), "{:?}", lease.renew_at);
        assert!(!lease.is_over(at(99)) && lease.is_over(at(100)));
    }
}

#[test]
fn a_token_without_end_is_never_renewed() {
    let lease = lease(0);

    assert!(!lease.is_due(at(u64::MAX / 2_000)) && !lease.is_over(at(u64::MAX / 2_000)));
}

#[test]
fn a_renewal_that_failed_is_tried_again_before_the_end() {
    let lease = lease(100).put_off(at(80));

    assert!(!lease.is_due(at(82)) && lease.is_due(at(85)));
}

#[test]
fn a_renewal_that_gives_little_means_a_new_login() {
    let lease = lease(100);

    assert!(lease.is_running_out(&lease.renewed(life(30), true, at(60))));
    assert!(!lease.is_running_out(&lease.renewed(life(100), true, at(60))));
    assert!(!lease.is_running_out(&lease.renewed(None, true, at(60))));
}

#[test]
fn a_lease_does_not_show_its_token() {
    let shown = format!("{:?}", lease(100));

    assert!(shown.starts_with("Lease { ends_at") && !shown.contains("hvs"), "{shown}");
}

fn lease(seconds: u64) -> Lease {
    let token = VaultSecret::new("hvs.secret").unwrap();
    Lease::new(&token, life(seconds), true, at(0)).unwrap()
}

const fn at(seconds: u64) -> UnixTime {
    UnixTime::from_secs(seconds)
}
