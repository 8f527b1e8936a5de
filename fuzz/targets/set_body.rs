//! Any bytes as the body of a snapshot: they are refused and change nothing, or are what the set writes again.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tokenward::crypto::Secret256;
use tokenward::{Audience, UnixTime};
use tokenward_revocation::{Fingerprints, Set};

static FINGERPRINTS: LazyLock<Fingerprints> =
    LazyLock::new(|| Fingerprints::new(Secret256::from_bytes([7; 32])));

static AUDIENCE: LazyLock<Audience> = LazyLock::new(|| Audience::new("a").expect("an audience"));

fuzz_target!(|body: &[u8]| {
    let set = Set::new(AUDIENCE.clone(), FINGERPRINTS.clone());
    let empty = set.export();
    if set.import(FINGERPRINTS.clone(), body, UnixTime::EPOCH).is_ok() {
        assert!(set.is_full() || set.export() == body);
    } else {
        assert!(set.is_empty() && set.export() == empty);
    }
});
