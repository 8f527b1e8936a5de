//! Gauges of what stands, set anew before each rendering.

use metrics::gauge;
use tokenward::UnixTime;
use tokenward_remote::LiveVerifier;

use crate::Authority;

/// Sets the gauges of an authority: its keys by state, whether it can sign, its live
/// revocations, and how long a root still vouches for its signer of key sets.
pub fn observe_authority(authority: &Authority) {
    let now = authority.now();
    if let Some(left) = authority.delegation_left() {
        gauge!("tokenward_delegation_left_seconds").set(left.as_secs_f64());
        let waits = if authority.signer_that_waits().is_some() { 1.0 } else { 0.0 };
        gauge!("tokenward_signer_waits").set(waits);
    }
    for ring in authority.rings() {
        let audience = ring.audience().to_string();
        let keys = ring.list();
        for state in KEY_STATES {
            let count = keys.iter().filter(|key| key.state == state).count();
            gauge!("tokenward_keys", "audience" => audience.clone(), "state" => state)
                .set(number(count));
        }
        let signs = if authority.can_sign(ring.audience()) { 1.0 } else { 0.0 };
        gauge!("tokenward_can_sign", "audience" => audience.clone()).set(signs);
        gauge!("tokenward_key_leftovers", "audience" => audience.clone())
            .set(number(ring.leftovers()));
        gauge!("tokenward_key_failures", "audience" => audience)
            .set(f64::from(ring.failed_attempts()));
        if let Some(verifier) = authority.verifier(ring.audience()) {
            observe_verifier(verifier, now);
        }
    }
}

/// Sets the gauges of one verifier: what it knows of revocations, and how old that is.
pub fn observe_verifier(verifier: &LiveVerifier, now: UnixTime) {
    let (view, audience) = (verifier.view(), verifier.audience().to_string());
    gauge!("tokenward_revocations_known", "audience" => audience.clone()).set(number(view.len()));
    let fresh = if verifier.fresh(now).is_ok() { 1.0 } else { 0.0 };
    gauge!("tokenward_verifier_fresh", "audience" => audience.clone()).set(fresh);
    // Unknown is worse than any age.
    let age = view.age(now).map_or(f64::INFINITY, |age| age.as_secs_f64());
    gauge!("tokenward_revocation_age_seconds", "audience" => audience).set(age);
}

/// Counts beyond four thousand million are shown as that many.
fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

const KEY_STATES: [&str; 5] = ["standby", "active", "retiring", "retired", "compromised"];
