use std::time::Duration;

use tokenward::{Algorithm, SigningKey};

use super::*;
use crate::timing::TimingSettings;

#[test]
fn a_key_signs_only_after_every_cache_must_have_it() {
    let TooEarly { key, ready_at } = published_at(100).activate(at(109), &timing()).unwrap_err();
    assert_eq!(ready_at, at(110));

    assert!(key.activate(ready_at, &timing()).is_ok());
}

#[test]
fn a_key_stays_public_until_its_last_token_has_expired() {
    let retired = active_at(10).retire(at(1_000), &timing());

    // The wait counts from retirement, because the key may have signed until then, and it ends after
    // the last instant, because a token may be accepted at that very instant.
    let TooEarly { key, ready_at } = retired.withdraw(at(1_032), &timing()).unwrap_err();
    assert_eq!(ready_at, UnixTime::from_millis(1_032_001));

    let withdrawn = key.withdraw(ready_at, &timing()).unwrap();
    assert_eq!(withdrawn.stored().state, KeyState::Retired);
}

#[test]
fn a_longer_life_of_tokens_prolongs_keys_that_retire_already() {
    let retired = active_at(10).retire(at(1_000), &timing());
    let longer = TimingSettings { token_life: secs(60), ..SETTINGS };
    let shorter = TimingSettings { token_life: secs(2), ..SETTINGS };

    assert_eq!(retired.verify_until(&Timing::new(longer).unwrap()), at(1_072));
    assert_eq!(retired.verify_until(&Timing::new(shorter).unwrap()), at(1_032));
}

#[test]
fn a_clock_that_jumps_back_only_makes_us_wait() {
    let error = published_at(100).activate(at(0), &timing()).unwrap_err();

    assert_eq!(error.to_string(), format!("key `{}` must stay standby until 110", key_id()));
}

#[test]
fn an_endless_wait_does_not_overflow_into_the_past() {
    let almost_never = UnixTime::from_millis(u64::MAX - 2);
    assert!(published_at(u64::MAX).activate(almost_never, &timing()).is_err());
}

#[test]
fn the_private_half_does_not_outlive_the_signing() {
    let handles = [
        active_at(10).retire(at(11), &timing()).stored().handle.clone(),
        active_at(10).compromise(at(11)).stored().handle.clone(),
        published_at(10).compromise(at(11)).stored().handle.clone(),
        published_at(10).abandon(at(11)).stored().handle.clone(),
    ];
    assert_eq!(handles, [const { None }; 4]);
}

#[test]
fn a_leaked_key_ends_at_once_whatever_its_state() {
    for key in [
        AnyKey::Standby(published_at(100)),
        AnyKey::Active(active_at(100)),
        AnyKey::Retiring(active_at(100).retire(at(100), &timing())),
        AnyKey::Retired(published_at(100).abandon(at(100))),
    ] {
        let compromised = key.compromise(at(100));
        assert_eq!(compromised.stored().state, KeyState::Compromised);
        assert_eq!(compromised.since(), at(100));
    }
}

#[test]
fn a_change_replaces_the_key_it_was_made_from_and_no_other() {
    let before = published_at(100);
    let epoch = before.stored().epoch;

    let KeyChange::Replace { epoch: expected, key } =
        before.activate(at(200), &timing()).unwrap().into_replacement()
    else {
        panic!("an activation replaces")
    };
    assert_eq!((expected, key.epoch), (epoch, epoch + 1));
}

#[test]
fn a_stored_key_comes_back_in_the_state_it_was_stored_in() {
    let timing = timing();
    let keys = [
        AnyKey::Standby(published_at(100)),
        AnyKey::Active(active_at(100)),
        AnyKey::Retiring(active_at(100).retire(at(300), &timing)),
        AnyKey::Retired(published_at(100).abandon(at(101))),
        AnyKey::Compromised(published_at(100).compromise(at(102))),
    ];
    for key in keys {
        assert_eq!(AnyKey::try_from(key.stored().clone()), Ok(key));
    }
}

#[test]
fn a_stored_key_that_contradicts_itself_is_refused() {
    let active = active_at(100).stored().clone();
    let never_activated = StoredKey { activated_at: None, ..active.clone() };
    let without_private_half = StoredKey { handle: None, ..active.clone() };
    let made_elsewhere = StoredKey { imported: true, ..active.clone() };

    assert!(AnyKey::try_from(active).is_ok());
    for stored in [never_activated, without_private_half, made_elsewhere] {
        let error = AnyKey::try_from(stored).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "the stored key `{}` is active, but lacks what such a key has: restore a backup",
                key_id()
            )
        );
    }
}

#[test]
fn a_key_shows_no_handle() {
    let shown = format!("{:?}", active_at(100));

    assert!(shown.contains("has_handle: true") && !shown.contains("115"), "{shown}");
}

fn published_at(seconds: u64) -> Key<Standby> {
    let public = public().with_key_id(key_id());
    let made = MadeKey::new(public, b"sealed".to_vec());
    Key::publish(made, &Audience::new("api").unwrap(), "sealed", at(seconds)).unwrap()
}

fn active_at(seconds: u64) -> Key<Active> {
    published_at(seconds).activate_first(at(seconds))
}

fn public() -> VerifyingKey {
    SigningKey::generate(Algorithm::EdDsa).verifying_key().clone()
}

fn key_id() -> KeyId {
    KeyId::new("k1").unwrap()
}

fn timing() -> Timing {
    Timing::new(SETTINGS).unwrap()
}

const SETTINGS: TimingSettings = TimingSettings {
    key_set_max_age: secs(7),
    propagation: secs(3),
    clock_error: secs(2),
    leeway: secs(1),
    signer_lease: secs(4),
    rotate_every: secs(100),
    token_life: secs(20),
};

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

const fn at(seconds: u64) -> UnixTime {
    UnixTime::from_secs(seconds)
}
