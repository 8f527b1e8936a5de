use std::time::Duration;

use tokenward_keys::TimingSettings;

use super::*;

#[test]
#[should_panic(expected = "of 400 attempts, too many found nobody who signs")]
fn a_load_in_which_hardly_anybody_may_sign_is_no_proof() {
    judged(299, 101);
}

#[test]
#[should_panic(expected = "0 keys signed: that is no rotation")]
fn a_moment_without_a_signer_is_forgiven() {
    judged(300, 100);
}

/// Judges a load of `tokens`, none of which names its key, and so many waits.
fn judged(tokens: u64, waited: u64) {
    let ledger = Ledger::default();
    ledger.entries().counts = Rotated { tokens, waited, ..Rotated::default() };
    let second = Duration::from_secs(1);
    let settings = TimingSettings {
        key_set_max_age: second,
        propagation: second,
        clock_error: Duration::ZERO,
        leeway: Duration::ZERO,
        signer_lease: second,
        rotate_every: Duration::from_secs(60),
        token_life: second,
    };
    ledger.judge(&[], &Timing::new(settings).unwrap());
}
