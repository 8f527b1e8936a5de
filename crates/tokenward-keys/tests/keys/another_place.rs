//! A custody that has none of the keys: another cluster, another account, a token that was set up anew.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokenward::ErrorChain;
use tokenward_keys::RotateError;

use crate::leftovers::{Elsewhere, ring, started};
use crate::support::{MemoryStore, at, run};

#[test]
fn where_the_custody_has_none_of_the_keys_none_is_given_up_and_none_is_made() {
    let (store, _) = started();
    let (before, other) = (store.stored(), Arc::new(Elsewhere::default()));
    let there = ring(&store, &other);

    // The next rotation nears, and wants a key.
    let error = run(there.tick(at(1_095))).unwrap_err();

    assert_eq!(
        ErrorChain::new(&error).to_string(),
        "custody `elsewhere` has none of the keys that should sign, so it is \
         hardly the one that they were made in: correct keys.custody; if they are lost indeed, `tokenward keys rotate`"
    );
    assert!(there.signer(at(1_095)).is_err());
    assert_eq!(store.stored(), before);
    assert!(other.names().is_empty());
}

#[test]
fn keys_that_were_looked_for_in_another_place_sign_again_in_their_own() {
    let (store, custody) = started();
    drop(run(ring(&store, &Arc::new(Elsewhere::default())).tick(at(1_020))));

    let own = ring(&store, &custody);
    run(own.tick(at(1_021))).unwrap();

    assert!(own.signer(at(1_021)).is_ok());
}

#[test]
fn what_is_owed_in_one_place_is_not_settled_in_another() {
    let (store, custody) = started();
    custody.is_stuck.store(true, Ordering::SeqCst);
    run(ring(&store, &custody).rotate(at(1_010))).unwrap();
    custody.is_stuck.store(false, Ordering::SeqCst);
    let owed = custody.names().len();

    let other = Arc::new(Elsewhere::default());
    drop(run(ring(&store, &other).tick(at(1_020))));
    assert!(other.asked_to_destroy.lock().unwrap().is_empty());

    run(ring(&store, &custody).tick(at(1_021))).unwrap();
    assert_eq!(custody.names().len(), owed - 1);
}

#[test]
fn an_operator_who_rotates_gives_the_keys_up_that_are_lost_indeed() {
    let (store, _) = started();
    let there = ring(&store, &Arc::new(Elsewhere::default()));

    let waits = run(there.rotate(at(1_020))).unwrap_err();
    assert!(matches!(&waits, RotateError::NotRipe(ripe) if ripe.until == at(1_030)), "{waits}");
    assert_eq!(states(&store), ["retired", "retiring", "standby"]);

    run(there.tick(at(1_030))).unwrap();
    assert!(there.signer(at(1_030)).is_ok());
}

#[test]
fn the_word_that_a_key_is_lost_is_not_taken_for_its_destruction_at_once() {
    let (store, custody) = started();
    let active = store.stored().into_iter().find(|key| key.activated_at.is_some()).unwrap().id;
    custody.lose(&active);
    let ring = ring(&store, &custody);

    run(ring.tick(at(1_020))).unwrap();
    assert_eq!(states(&store), ["active", "retiring", "standby"]);
    assert_eq!(*custody.asked_to_destroy.lock().unwrap(), []);

    run(ring.tick(at(1_021))).unwrap();
    assert_eq!(*custody.asked_to_destroy.lock().unwrap(), [active]);
}

fn states(store: &MemoryStore) -> Vec<String> {
    let mut states: Vec<_> = store.stored().iter().map(|key| key.state.to_string()).collect();
    states.sort();
    states
}
