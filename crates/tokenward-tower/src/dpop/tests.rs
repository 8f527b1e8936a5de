use std::time::Duration;

use super::*;

#[test]
fn a_proof_is_remembered_for_as_long_as_it_could_be_used_again() {
    let (used, name) = (Replays::default(), [7; 32]);
    let ends = at(70);
    assert_eq!(used.remember(&name, ends, at(0)), Some(true));
    for second in [0, 1, 69, 70] {
        assert_eq!(used.remember(&name, ends, at(second)), Some(false), "{second}");
    }

    assert_eq!(used.remember(&name, at(210), at(140)), Some(true));
}

#[test]
fn a_proof_is_remembered_across_generations() {
    let used = Replays::default();
    for start in 0..300 {
        let mut name = [0; 32];
        name[..8].copy_from_slice(&u64::to_be_bytes(start));
        let (first, ends) = (at(start), at(start + 70));
        assert_eq!(used.remember(&name, ends, first), Some(true));
        assert_eq!(used.remember(&name, ends, at(start + 60)), Some(false));
        assert_eq!(used.remember(&name, ends, first), Some(false), "a clock that goes back");
    }
}

#[test]
fn a_clock_that_was_ahead_and_is_set_back_loses_nothing_and_goes_on() {
    let used = Replays::default();
    let hour = 3_600;
    assert_eq!(used.remember(&[1; 32], at(hour + 70), at(hour)), Some(true));
    // Set back: what was used in its future is used there, and everything turns over as before.
    for second in (0..hour).step_by(30) {
        let mut name = [2; 32];
        name[..8].copy_from_slice(&u64::to_be_bytes(second));
        assert_eq!(used.remember(&name, at(second + 70), at(second)), Some(true), "{second}");
        assert_eq!(used.remember(&name, at(second + 70), at(second + 9)), Some(false), "{second}");
    }
    assert!(used.len() < 10, "{} are remembered", used.len());
    assert_eq!(used.remember(&[1; 32], at(hour + 70), at(hour)), Some(false));
}

#[test]
fn a_clock_that_is_set_back_again_and_again_forgets_no_proof_that_will_be_good() {
    let used = Replays::default();
    let name = |made: u64| {
        let mut name = [0; 32];
        name[..8].copy_from_slice(&u64::to_be_bytes(made));
        name
    };
    let times: Vec<u64> = (1..20).map(|step| step * 1_000).collect();
    for made in times.iter().rev() {
        assert_eq!(used.remember(&name(*made), at(made + 70), at(*made)), Some(true), "{made}");
    }
    // Time catches up with each of them.
    for made in times {
        for second in [made, made + 69] {
            let again = used.remember(&name(made), at(made + 70), at(second));
            assert_eq!(again, Some(false), "{made} at {second}");
        }
    }
}

#[test]
fn a_proof_that_is_good_for_too_long_to_be_remembered_is_refused() {
    assert_eq!(Replays::default().remember(&[7; 32], at(71), at(0)), None);
}

#[test]
fn a_nonce_is_good_for_two_periods_and_in_every_server_with_the_key() {
    let nonces = |key| Nonces::new(&Secret256::from_bytes([key; 32]));
    let given = nonces(1).current(at(10));
    for (second, good) in [(0, true), (79, true), (199, true), (200, false), (600, false)] {
        assert_eq!(nonces(1).good(at(second)).contains(&given), good, "{second}");
    }
    assert!(!nonces(2).good(at(10)).contains(&given));
}

#[test]
fn a_site_is_an_origin_and_nothing_more() {
    let sites = |site: &str| Dpop::new([site]).map(|dpop| dpop.sites.to_vec());
    assert_eq!(sites("HTTPS://Api.Example.com:443"), Ok(vec!["https://api.example.com".into()]));
    for bad in ["", "api.example.com", "https://a/", "https://a/b", "https://u@a", "https://a?x"] {
        assert_eq!(sites(bad), Err(InvalidSite(bad.into())));
    }
}

fn at(seconds: u64) -> UnixTime {
    UnixTime::from_secs(1_000_000).saturating_add(Duration::from_secs(seconds))
}
