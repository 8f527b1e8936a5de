//! Any bytes as a key set: what is read keeps the promises of a set.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tokenward::KeySet;

fuzz_target!(|bytes: &[u8]| {
    let Ok(set) = KeySet::parse(bytes) else { return };
    let symmetric = set.keys().iter().any(|key| key.algorithm().is_symmetric());
    assert!(!set.keys().is_empty() && (!symmetric || set.keys().len() == 1));
    for key in set.keys() {
        if let Some(id) = key.key_id() {
            let found = set.find(id).expect("a key is found by its name");
            assert_eq!(found.thumbprint(), key.thumbprint());
        }
    }
    if !symmetric {
        let again = KeySet::parse(set.to_json().as_bytes()).expect("what we write we read");
        assert_eq!(again.keys().len(), set.keys().len());
    }
});
