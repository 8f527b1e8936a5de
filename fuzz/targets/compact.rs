//! Any text as a token: it is refused, and nothing panics.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tokenward::danger::decode_unverified;
use tokenward_fuzz::{NOW, VERIFIER};

fuzz_target!(|text: &str| {
    assert!(VERIFIER.verify(text, NOW).is_err(), "forged");
    let _outcome = decode_unverified(text);
});
