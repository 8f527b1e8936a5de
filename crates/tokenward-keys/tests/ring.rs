//! What a key ring promises to the authority.
#![expect(clippy::tests_outside_test_module, reason = "an integration test is one module")]

mod support;

use std::sync::Arc;

use support::{MemoryStore, at, ring, run, timing};

#[test]
fn the_first_key_of_an_audience_signs_at_once_and_another_stands_by() {
    let store = Arc::new(MemoryStore::default());
    let ring = ring(&store, timing());

    let steps = run(ring.tick(at(1_000))).unwrap();

    assert_eq!(steps.len(), 2);
    let states: Vec<_> = ring.list().iter().map(|key| key.state.clone()).collect();
    assert!(states.contains(&"active".to_owned()) && states.contains(&"standby".to_owned()));
    let signer = ring.signer(at(1_000)).unwrap();
    assert!(ring.key_set().find(signer.key_id()).is_some());
}
