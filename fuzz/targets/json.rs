//! Any bytes as signed claims: what is read, another parser reads the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};
use tokenward::b64;
use tokenward::danger::decode_unverified;
use tokenward_fuzz::{KEY, NOW, VERIFIER};

fuzz_target!(|bytes: &[u8]| {
    let input = format!("{}.{}", b64::encode(br#"{"alg":"HS256"}"#), b64::encode(bytes));
    let signature = KEY.sign(input.as_bytes()).expect("HMAC cannot fail");
    let token = format!("{input}.{}", b64::encode(&signature));
    if let Ok(unverified) = decode_unverified(&token) {
        let theirs: Map<String, Value> = serde_json::from_slice(bytes).expect("valid JSON");
        assert_eq!(unverified.claims, theirs);
    }
    if let Ok(verified) = VERIFIER.verify(&token, NOW) {
        let theirs: Map<String, Value> = serde_json::from_slice(bytes).expect("valid JSON");
        assert!(theirs.contains_key("exp") && !theirs.contains_key("cnf"));
        assert_eq!(verified.to_json().len(), theirs.len());
    }
});
