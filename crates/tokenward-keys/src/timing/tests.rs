use super::*;

#[test]
fn the_defaults_keep_the_rules() {
    let timing = Timing::new(DEFAULTS).unwrap();

    assert_eq!(timing.ripening(), secs(360));
    assert_eq!(timing.token_outlives(), secs(385));
    assert_eq!(timing.cache_control_max_age(), "public, max-age=300");
}

#[test]
fn the_worst_that_follows_is_said() {
    assert_eq!(
        Timing::new(DEFAULTS).unwrap().to_string(),
        "a new key signs after 6m; one that has ended stays public for 6m25s; one that has leaked is \
         trusted for 6m where there is no feed, and by a replica that is cut off for 20s; 4 keys are \
         public at most"
    );
}

#[test]
fn development_ripens_a_key_in_a_second() {
    let dev = TimingSettings { key_set_max_age: secs(1), propagation: secs(0), ..DEFAULTS };

    assert_eq!(Timing::new(dev).unwrap().ripening(), secs(1));
}

#[test]
fn a_setting_out_of_range_is_named_with_its_range() {
    let settings = TimingSettings { leeway: secs(31), ..DEFAULTS };
    assert_eq!(refusal(settings), "keys.leeway is 31s, but must be 0s to 30s: change it");

    let settings = TimingSettings { key_set_max_age: Duration::from_millis(999), ..DEFAULTS };
    assert_eq!(refusal(settings), "keys.key_set_max_age is 999ms, but must be 1s to 1d: change it");
}

#[test]
fn every_bound_holds_on_both_sides() {
    for (setting, _, least, most) in bounds(&DEFAULTS) {
        let at = |value| match setting {
            "keys.rotate_every" => TimingSettings { rotate_every: value, ..DEFAULTS },
            "keys.key_set_max_age" => TimingSettings { key_set_max_age: value, ..DEFAULTS },
            "keys.propagation" => TimingSettings { propagation: value, ..DEFAULTS },
            "keys.clock_error" => TimingSettings { clock_error: value, ..DEFAULTS },
            "keys.leeway" => TimingSettings { leeway: value, ..DEFAULTS },
            "keys.signer_lease" => TimingSettings { signer_lease: value, ..DEFAULTS },
            _ => TimingSettings { token_life: value, ..DEFAULTS },
        };
        let is_out_of_range =
            |value| matches!(Timing::new(at(value)), Err(TimingError::OutOfRange { .. }));
        let nano = Duration::from_nanos(1);
        assert!(!is_out_of_range(least) && !is_out_of_range(most), "{setting}");
        assert!(is_out_of_range(most + nano), "{setting}");
        assert!(least.checked_sub(nano).is_none_or(is_out_of_range), "{setting}");
    }
}

#[test]
fn a_period_too_short_for_the_next_key_to_ripen_does_not_load() {
    let settings = TimingSettings { rotate_every: secs(370), ..DEFAULTS };
    assert!(Timing::new(settings).is_ok());

    let settings = TimingSettings { rotate_every: secs(369), ..DEFAULTS };
    assert_eq!(
        refusal(settings),
        "keys.rotate_every is 6m9s, but must be at least keys.key_set_max_age + keys.propagation + \
         keys.signer_lease = 6m10s: raise it, or lower one of these"
    );
}

#[test]
fn a_key_set_cannot_grow_without_bound() {
    let settings = TimingSettings {
        rotate_every: secs(2),
        key_set_max_age: secs(1),
        propagation: secs(0),
        signer_lease: secs(1),
        ..DEFAULTS
    };
    assert_eq!(
        refusal(settings),
        "keys.rotate_every is 2s, which would keep 161 keys public at once, 16 at most: raise it, or \
         lower the audience's access_lifetime"
    );
}

#[test]
fn a_lease_ends_when_it_ends_and_when_the_clock_jumps_back() {
    let timing = Timing::new(DEFAULTS).unwrap();
    let read_at = UnixTime::from_secs(1_000);
    let holds = |now| timing.lease_holds(read_at, UnixTime::from_secs(now));

    assert!(holds(1_000) && holds(1_010) && !holds(1_011));
    assert!(holds(990) && !holds(989));
}

fn refusal(settings: TimingSettings) -> String {
    Timing::new(settings).unwrap_err().to_string()
}

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

const DEFAULTS: TimingSettings = TimingSettings {
    key_set_max_age: secs(300),
    propagation: secs(60),
    clock_error: secs(5),
    leeway: secs(5),
    signer_lease: secs(10),
    rotate_every: secs(30 * 86_400),
    token_life: secs(300),
};
