//! What a key ring promises to the authority.

use std::sync::Arc;

use serde_json::{Value, json};
use tokenward::crypto::Secret256;
use tokenward::{Algorithm, BackendErrorKind, KeyId, UnixTime};
use tokenward_keys::{KeyRing, KeyState, NoSigner, NotRipe, RingError, RotateError, StoreKey};

use crate::support::{Fault, MemoryStore, at, issuer, ring, ring_with, run, timing};

#[test]
fn the_first_key_of_an_audience_signs_at_once_and_another_stands_by() {
    let (store, ring) = started(1_000);

    assert_eq!(states(&store), ["active", "standby"]);
    let signer = ring.signer(at(1_000)).unwrap();
    let signature = run(signer.sign(b"input")).unwrap();
    assert!(ring.key_set().find(signer.key_id()).unwrap().verify(b"input", &signature));
}

#[test]
fn two_authorities_that_start_on_an_empty_store_agree_on_one_first_key() {
    let (store, ring_a) = started(1_000);
    let ring_b = ring(&store, timing());

    run(ring_b.tick(at(1_000))).unwrap();

    assert_eq!(signing_key(&ring_a, 1_000), signing_key(&ring_b, 1_000));
    assert_eq!(store.stored().len(), 2);
}

#[test]
fn the_published_set_holds_public_members_alone_and_the_active_key_first() {
    let (_, ring) = started(1_000);

    let set: Value = serde_json::from_str(&ring.jwks_json()).unwrap();

    let keys = set["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 2);
    assert_eq!(keys[0]["kid"], json!(signing_key(&ring, 1_000).as_str()));
    for key in keys {
        let names: Vec<_> = key.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
        assert_eq!((&key["use"], &key["alg"]), (&json!("sig"), &json!("ES256")));
        assert!(key["kid"].as_str().unwrap().starts_with("test-"));
    }
    assert_eq!(ring.cache_control(), "public, max-age=7");
}

#[test]
fn a_rotation_changes_the_signer_and_keeps_the_old_key_public() {
    let (store, ring) = started(1_000);
    let old = signing_key(&ring, 1_000);

    let rotated = run(ring.rotate(at(1_010))).unwrap();

    assert_eq!(rotated.retired.as_ref(), Some(&old));
    assert_eq!(rotated.active, signing_key(&ring, 1_010));
    assert_ne!(rotated.active, old);
    assert!(ring.key_set().find(&old).is_some());
    assert!(ring.key_set().find(&rotated.standby.unwrap()).is_some());
    let stored = store.stored();
    assert_eq!(stored.iter().find(|key| key.id == old).unwrap().handle, None);
}

#[test]
fn a_rotation_without_a_ripe_key_names_the_time() {
    let (_, ring) = started(1_000);

    let error = run(ring.rotate(at(1_009))).unwrap_err();

    assert!(matches!(error, RotateError::NotRipe(NotRipe { until, .. }) if until == at(1_010)));
    assert_eq!(error.to_string(), "no standby key is ripe before 1010");
}

#[test]
fn a_due_rotation_happens_by_itself_and_is_prepared_in_time() {
    let (store, ring) = started(1_000);
    let first = signing_key(&ring, 1_000);
    let mut signers = Vec::new();
    for now in 1_000..=1_133 {
        run(ring.tick(at(now))).unwrap();
        signers.push(signing_key(&ring, now));
    }
    signers.dedup();

    assert_eq!(signers.len(), 2);
    assert_eq!(signers[0], first);
    assert_eq!(states(&store), ["active", "retired", "standby"]);
}

#[test]
fn a_leaked_key_is_replaced_at_once_and_leaves_the_key_set() {
    let (store, ring) = started(1_000);
    let leaked = signing_key(&ring, 1_000);

    let outcome = run(ring.compromise(&leaked, at(1_020))).unwrap();

    assert_eq!(outcome.active, Some(signing_key(&ring, 1_020)));
    assert_eq!(outcome.signs_again_at, None);
    assert_eq!(outcome.exposed_until, at(1_030));
    assert!(ring.key_set().find(&leaked).is_none());
    assert_eq!(states(&store), ["active", "compromised", "standby"]);
    let stored = store.stored();
    assert_eq!(stored.iter().find(|key| key.id == leaked).unwrap().handle, None);

    // Repeated, it changes nothing.
    run(ring.compromise(&leaked, at(1_021))).unwrap();
    assert_eq!(states(&store), ["active", "compromised", "standby"]);
}

#[test]
fn a_leaked_key_is_silent_even_if_no_other_key_is_ripe() {
    let (_, ring) = started(1_000);
    let leaked = signing_key(&ring, 1_000);

    let outcome = run(ring.compromise(&leaked, at(1_004))).unwrap();

    assert_eq!((outcome.active, outcome.signs_again_at), (None, Some(at(1_010))));
    let error = ring.signer(at(1_004)).unwrap_err();
    assert_eq!(error.to_string(), "no key is active, the next one is ripe at 1010");
    run(ring.tick(at(1_010))).unwrap();
    assert!(ring.signer(at(1_010)).is_ok());
}

#[test]
fn a_key_that_the_audience_does_not_have_is_not_distrusted() {
    let (_, ring) = started(1_000);
    let error = run(ring.compromise(&KeyId::new("k9").unwrap(), at(1_000))).unwrap_err();

    assert_eq!(error.to_string(), "the audience has no key `k9`: see `tokenward keys list`");
}

#[test]
fn a_ring_that_has_not_read_the_store_signs_nothing() {
    let store = Arc::new(MemoryStore::default());
    let ring = ring(&store, timing());

    assert!(matches!(ring.signer(at(1_000)), Err(NoSigner::Unread)));
    assert!(ring.key_set().keys().is_empty());
    assert_eq!(&*ring.jwks_json(), r#"{"keys":[]}"#);
}

#[test]
fn a_signer_stops_when_its_lease_is_over_and_goes_on_after_the_next_read() {
    let (store, ring) = started(1_000);
    store.fail_reads(true);
    run(ring.refresh(at(1_004))).unwrap_err();

    assert!(ring.signer(at(1_004)).is_ok());
    let error = ring.signer(UnixTime::from_millis(1_004_001)).unwrap_err();
    assert!(matches!(error, NoSigner::LeaseOver { read_at } if read_at == at(1_000)), "{error}");

    store.fail_reads(false);
    run(ring.refresh(at(1_005))).unwrap();
    assert!(ring.signer(at(1_005)).is_ok());
}

#[test]
fn a_rotation_elsewhere_is_seen_within_the_lease() {
    let (store, ring_a) = started(1_000);
    let ring_b = ring(&store, timing());
    run(ring_b.refresh(at(1_010))).unwrap();
    let old = signing_key(&ring_b, 1_010);

    run(ring_a.rotate(at(1_010))).unwrap();

    assert_eq!(signing_key(&ring_b, 1_014), old);
    assert!(ring_b.signer(at(1_015)).is_err());
    run(ring_b.refresh(at(1_015))).unwrap();
    assert_eq!(signing_key(&ring_b, 1_015), signing_key(&ring_a, 1_014));
}

#[test]
fn a_conflict_is_resolved_by_reading_again() {
    let (store, ring) = started(1_000);
    store.fail_next_write(Fault::Conflict);

    run(ring.rotate(at(1_010))).unwrap();

    assert_eq!(states(&store), ["active", "retiring", "standby"]);
}

#[test]
fn a_process_that_dies_in_a_write_leaves_keys_from_which_the_next_goes_on() {
    for fault in [Fault::BeforeCommit, Fault::AfterCommit] {
        // The writes of a first start and a rotation: first key, standby; switch, standby.
        for writes in 0..4 {
            let store = Arc::new(MemoryStore::default());
            let dying = ring(&store, timing());
            store.fail_write_after(writes, fault);
            drop(run(dying.tick(at(1_000))));
            drop(run(dying.rotate(at(1_010))));
            store.clear_fault();

            let next = ring(&store, timing());
            run(next.tick(at(1_020))).unwrap();
            run(next.tick(at(1_040))).unwrap();

            assert!(next.signer(at(1_040)).is_ok(), "{fault:?} {writes}");
            let standby = store.stored().iter().filter(|k| k.state == KeyState::Standby).count();
            assert_eq!(standby, 1, "{fault:?} {writes}");
        }
    }
}

#[test]
fn from_the_switch_on_the_new_key_signs_though_the_store_was_not_read_again() {
    let (store, ring) = started(1_000);
    let old = signing_key(&ring, 1_000);
    run(ring.refresh(at(1_010))).unwrap();
    store.fail_reads_after_next_write();

    let rotated = run(ring.rotate(at(1_010))).unwrap();

    let signer = ring.signer(at(1_010)).unwrap();
    assert_eq!((&rotated.active, rotated.retired), (signer.key_id(), Some(old)));
    assert!(ring.key_set().find(signer.key_id()).is_some());
}

#[test]
fn without_the_right_store_key_tokens_still_verify_but_none_is_signed() {
    let (store, _) = started(1_000);
    let other = StoreKey::new(Secret256::from_bytes([9; 32]));
    let ring = ring_with(&store, timing(), Algorithm::Es256, &other);

    let error = run(ring.tick(at(1_001))).unwrap_err();

    assert!(matches!(error, RingError::Custody(_)) && !error.is_outage());
    assert!(matches!(ring.signer(at(1_001)), Err(NoSigner::Custody(_))));
    assert_eq!(ring.key_set().keys().len(), 2);
    assert!(run(ring.probe(at(1_001))).is_err());
}

#[test]
fn a_probe_opens_every_key_that_signs_or_will_and_looks_at_the_clock() {
    let (store, ring) = started(5_000);
    run(ring.probe(at(5_001))).unwrap();
    let behind = run(ring.probe(at(5_000 - 3_600))).unwrap_err();
    assert!(matches!(behind, RingError::ClockOff { .. }), "{behind}");

    let standby = store.stored().into_iter().find(|k| k.state == KeyState::Standby).unwrap().id;
    store.edit(&standby, |key| key.handle = Some(b"{}".to_vec()));

    assert!(run(ring.probe(at(5_001))).is_err());
}

#[test]
fn a_standby_that_does_not_open_takes_over_from_no_key_and_is_replaced() {
    let (store, ring) = started(1_000);
    let active = signing_key(&ring, 1_000);
    let standby = store.stored().into_iter().find(|k| k.state == KeyState::Standby).unwrap().id;
    store.edit(&standby, |key| key.handle = Some(b"{}".to_vec()));

    assert!(matches!(run(ring.rotate(at(1_010))), Err(RotateError::Ring(RingError::Custody(_)))));
    assert_eq!(signing_key(&ring, 1_010), active);

    run(ring.compromise(&active, at(1_011))).unwrap();
    assert!(matches!(ring.signer(at(1_011)), Err(NoSigner::NoActiveKey { .. })));
    run(ring.tick(at(1_021))).unwrap();
    assert_ne!(signing_key(&ring, 1_021), standby);
}

#[test]
fn a_key_in_another_custody_is_told_apart_from_a_damaged_one() {
    let (store, ring) = started(1_000);
    let id = signing_key(&ring, 1_000);
    store.edit(&id, |key| {
        key.custody = "aws-kms".to_owned();
        key.epoch += 1;
    });

    let error = run(ring.refresh(at(1_001))).unwrap_err();

    assert_eq!(
        tokenward::ErrorChain::new(&error).to_string(),
        format!(
            "key `{id}` is in custody `aws-kms`: restore `keys.custody`, or start with new keys"
        )
    );
}

#[test]
fn a_clock_that_jumps_back_stops_signing_until_the_next_read_alone() {
    let (_, ring) = started(1_000);
    assert!(ring.signer(at(900)).is_err());

    run(ring.tick(at(900))).unwrap();

    assert!(ring.signer(at(900)).is_ok());
    let error = run(ring.rotate(at(900))).unwrap_err();
    assert_eq!(error.to_string(), "no standby key is ripe before 910");
    run(ring.rotate(at(910))).unwrap();
}

#[test]
fn a_damaged_row_is_told_to_the_operator_and_nothing_is_guessed() {
    let (store, ring) = started(1_000);
    let id = signing_key(&ring, 1_000);
    store.edit(&id, |key| key.public = "{}".to_owned());

    let error = run(ring.refresh(at(1_005))).unwrap_err();

    let expected = format!("the stored public half of key `{id}` is damaged: restore a backup");
    assert_eq!(error.to_string(), expected);
    assert!(ring.signer(at(1_005)).is_err());
}

#[test]
fn an_outage_of_the_store_is_an_outage() {
    let (store, ring) = started(1_000);
    store.fail_reads(true);

    let error = run(ring.tick(at(1_001))).unwrap_err();

    assert!(error.is_outage());
    let RingError::Store(error) = error else { panic!("{error}") };
    assert_eq!(error.kind(), BackendErrorKind::Unavailable);
}

#[test]
fn another_algorithm_in_the_configuration_moves_the_audience_over() {
    let (store, _) = started(1_000);
    let ring = ring_with(&store, timing(), Algorithm::EdDsa, &crate::support::store_key());
    for now in 1_000..1_050 {
        run(ring.tick(at(now))).unwrap();
        assert!(ring.signer(at(now)).is_ok());
    }

    assert_eq!(ring.signer(at(1_049)).unwrap().algorithm(), Algorithm::EdDsa);
    assert_eq!(ring.list().iter().filter(|key| key.alg == "EdDSA").count(), 2);
    assert_eq!(states(&store), ["active", "retired", "retired", "standby"]);
}

#[test]
fn the_list_has_the_members_that_scripts_read() {
    let (_, ring) = started(1_000);
    run(ring.rotate(at(1_010))).unwrap();

    let list = serde_json::to_value(ring.list().to_vec()).unwrap();

    let times = |state: &str| {
        let key = list.as_array().unwrap().iter().find(|key| key["state"] == state).unwrap();
        assert!(key["kid"].as_str().unwrap().starts_with("test-"));
        let custom = ["audience", "alg", "custody"].map(|name| key[name].clone());
        assert_eq!(custom, [json!("billing-api"), json!("ES256"), json!("sealed")]);
        assert_eq!(key.as_object().unwrap().len(), 9);
        ["created_at", "activates_at", "retires_at", "withdraws_at"].map(|name| key[name].clone())
    };
    assert_eq!(times("retiring"), [json!(1_000), json!(1_000), json!(1_010), json!(1_042)]);
    assert_eq!(times("active"), [json!(1_000), json!(1_010), json!(1_110), json!(1_142)]);
    assert_eq!(times("standby"), [json!(1_010), json!(1_020), Value::Null, Value::Null]);
}

#[test]
fn the_history_keeps_what_happened_to_every_key() {
    let (_, ring) = started(1_000);
    let leaked = signing_key(&ring, 1_000);
    run(ring.compromise(&leaked, at(1_020))).unwrap();

    let history = ring.history();

    let key = history.iter().find(|key| key.kid == leaked.as_str()).unwrap();
    assert_eq!((key.activated_at, key.compromised_at), (Some(1_000), Some(1_020)));
    assert_eq!(key.public["kid"], json!(leaked.as_str()));
    assert_eq!(key.public.get("d"), None);
}

#[test]
fn a_ring_shows_no_secret() {
    let (_, ring) = started(1_000);
    let id = signing_key(&ring, 1_000);

    assert_eq!(
        format!("{ring:?}"),
        format!(
            "KeyRing {{ audience: Audience(\"billing-api\"), custody: \"sealed\", active: \
             Some(KeyId(\"{id}\")), .. }}"
        )
    );
    assert_eq!(ring.issuer(), &issuer());
}

pub(crate) fn started(now: u64) -> (Arc<MemoryStore>, KeyRing) {
    let store = Arc::new(MemoryStore::default());
    let ring = ring(&store, timing());
    run(ring.tick(at(now))).unwrap();
    (store, ring)
}

#[track_caller]
fn signing_key(ring: &KeyRing, now: u64) -> KeyId {
    ring.signer(at(now)).unwrap().key_id().clone()
}

/// The states of all keys, in the order of the alphabet.
pub(crate) fn states(store: &MemoryStore) -> Vec<&'static str> {
    let mut states: Vec<_> = store.stored().iter().map(|key| key.state.as_str()).collect();
    states.sort_unstable();
    states
}
