//! Keys whose private half is gone: after a restart of a process that kept them in memory, or of a custody
//! elsewhere that has lost them.

use std::sync::Arc;

use tokenward::{Algorithm, Audience, KeyId};
use tokenward_keys::{Custody as _, KeyRing, Memory, NoSigner, StoredKey};

use crate::support::{MemoryStore, at, issuer, ring as sealed_ring, run, timing};

#[test]
fn a_restart_that_loses_every_key_signs_again_once_the_next_one_is_ripe() {
    let store = Arc::new(MemoryStore::default());
    let before = ring(&store, &Memory::new());
    run(before.tick(at(1_000))).unwrap();
    let old = before.signer(at(1_000)).unwrap().key_id().clone();
    drop(before);

    let after = ring(&store, &Memory::new());
    run(after.tick(at(1_005))).unwrap();

    assert_eq!(states(&store), ["retired", "retiring", "standby"]);
    assert!(after.key_set().find(&old).is_some(), "its tokens still verify");
    let silent = after.signer(at(1_006)).unwrap_err();
    assert!(
        matches!(silent, NoSigner::NoActiveKey { ripe_at: Some(at_last) } if at_last == at(1_015))
    );
    run(after.tick(at(1_015))).unwrap();
    let signer = after.signer(at(1_015)).unwrap();
    let signature = run(signer.sign(b"input")).unwrap();
    assert!(after.key_set().find(signer.key_id()).unwrap().verify(b"input", &signature));
}

#[test]
fn an_active_key_that_is_lost_gives_way_to_its_ripe_standby_at_once() {
    let (store, memory) = (Arc::new(MemoryStore::default()), Memory::new());
    run(ring(&store, &memory).tick(at(1_000))).unwrap();
    let active = store.stored().into_iter().find(|key| key.activated_at.is_some()).unwrap();
    lose(&memory, &active);

    let after = ring(&store, &memory);
    run(after.tick(at(1_020))).unwrap();

    assert_ne!(*after.signer(at(1_020)).unwrap().key_id(), active.id);
    assert_eq!(states(&store), ["active", "retiring", "standby"]);
}

#[test]
fn a_standby_that_is_lost_is_replaced_before_it_is_needed() {
    let (store, memory) = (Arc::new(MemoryStore::default()), Memory::new());
    run(ring(&store, &memory).tick(at(1_000))).unwrap();
    let standby = store.stored().into_iter().find(|key| key.activated_at.is_none()).unwrap();
    lose(&memory, &standby);

    run(ring(&store, &memory).tick(at(1_020))).unwrap();

    assert_eq!(states(&store), ["active", "retired", "standby"]);
    let kept = store.stored().into_iter().find(|key| key.id == standby.id).unwrap();
    assert_eq!(kept.handle, None);
}

#[test]
fn a_standby_that_is_lost_while_the_ring_runs_does_not_block_the_rotation_for_good() {
    let (store, memory) = (Arc::new(MemoryStore::default()), Memory::new());
    let ring = ring(&store, &memory);
    run(ring.tick(at(1_000))).unwrap();
    let standby = store.stored().into_iter().find(|key| key.activated_at.is_none()).unwrap();
    lose(&memory, &standby);

    drop(run(ring.rotate(at(1_020))));
    run(ring.tick(at(1_021))).unwrap();

    assert_eq!(states(&store), ["active", "retired", "standby"]);
    run(ring.rotate(at(1_031))).unwrap();
}

#[test]
fn a_standby_that_is_spoiled_does_not_keep_a_good_one_from_taking_over() {
    let store = Arc::new(MemoryStore::default());
    let (ring, [spoiled, good]) = with_two_standbys(&store);
    store.edit(&spoiled, |key| key.handle = Some(b"spoiled".to_vec()));

    // As time demands it: at 1_100 the active key has signed for its period, and another must stand by.
    drop(run(ring.tick(at(1_100))));
    run(ring.tick(at(1_101))).unwrap();
    run(ring.tick(at(1_111))).unwrap();

    assert_eq!(*ring.signer(at(1_111)).unwrap().key_id(), good);
    let spoiled = store.stored().into_iter().find(|key| key.id == spoiled).unwrap();
    assert_eq!(spoiled.state.to_string(), "retired");
}

#[test]
fn in_an_emergency_a_standby_that_opens_takes_over_and_not_an_older_one_that_does_not() {
    let store = Arc::new(MemoryStore::default());
    let (ring, [spoiled, good]) = with_two_standbys(&store);
    let leaked = ring.signer(at(1_090)).unwrap().key_id().clone();
    store.edit(&spoiled, |key| key.handle = Some(b"spoiled".to_vec()));

    let done = run(ring.compromise(&leaked, at(1_100))).unwrap();

    assert_eq!(done.active, Some(good.clone()));
    assert_eq!(*ring.signer(at(1_100)).unwrap().key_id(), good);
}

#[test]
fn where_no_key_opens_none_is_given_up() {
    let store = Arc::new(MemoryStore::default());
    run(sealed_ring(&store, timing()).tick(at(1_000))).unwrap();
    for key in store.stored() {
        store.edit(&key.id, |key| key.handle = Some(b"spoiled".to_vec()));
    }

    drop(run(sealed_ring(&store, timing()).tick(at(1_020))));

    assert_eq!(states(&store), ["active", "standby"]);
}

/// A ring that has read its keys a moment before its rotation, and its standbys, the oldest first.
fn with_two_standbys(store: &Arc<MemoryStore>) -> (KeyRing, [KeyId; 2]) {
    let ring = sealed_ring(store, timing());
    for now in [1_000, 1_090] {
        run(ring.tick(at(now))).unwrap();
    }
    let mut standbys: Vec<_> =
        store.stored().into_iter().filter(|key| key.activated_at.is_none()).collect();
    standbys.sort_by_key(|key| key.published_at);
    let ids: Vec<_> = standbys.into_iter().map(|key| key.id).collect();
    (ring, ids.try_into().unwrap())
}

/// As a process that ends does, or whoever deletes a key behind our back.
fn lose(memory: &Memory, key: &StoredKey) {
    run(memory.destroy(key)).unwrap();
}

fn states(store: &MemoryStore) -> Vec<String> {
    let mut states: Vec<_> = store.stored().iter().map(|key| key.state.to_string()).collect();
    states.sort();
    states
}

fn ring(store: &Arc<MemoryStore>, memory: &Memory) -> KeyRing {
    let store: Arc<MemoryStore> = Arc::clone(store);
    let custody = Arc::new(memory.clone());
    let audience = Audience::new("billing-api").unwrap();
    KeyRing::new(audience, issuer(), store, custody, timing(), "test".to_owned(), Algorithm::Es256)
}
