//! Any bytes as the header of a token that is signed and otherwise good: what is taken says what was
//! done, and nothing else that would matter.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};
use tokenward::b64;
use tokenward_fuzz::{CLAIMS, KEY, NOW, VERIFIER};

fuzz_target!(|bytes: &[u8]| {
    let input = format!("{}.{}", b64::encode(bytes), b64::encode(CLAIMS));
    let signature = KEY.sign(input.as_bytes()).expect("HMAC cannot fail");
    let token = format!("{input}.{}", b64::encode(&signature));
    let Ok(_claims) = VERIFIER.verify(&token, NOW) else { return };
    let header: Map<String, Value> = serde_json::from_slice(bytes).expect("valid JSON");
    assert_eq!(header["alg"], "HS256");
    assert!(["crit", "b64", "zip"].iter().all(|name| !header.contains_key(*name)));
    if let Some(id) = header.get("kid") {
        assert_eq!(id.as_str(), KEY.key_id().map(|id| id.as_str()));
    }
    let typ = header.get("typ").map_or("jwt", |typ| typ.as_str().expect("a text"));
    let typ = typ.to_ascii_lowercase();
    assert_eq!(typ.strip_prefix("application/").unwrap_or(&typ), "jwt");
    // Another last character is another signature, or another spelling of the same one.
    let mut other = token.clone();
    let last = other.pop().expect("a token is not empty");
    other.push(if last == 'A' { 'B' } else { 'A' });
    assert!(VERIFIER.verify(&other, NOW).is_err(), "forged");
});
