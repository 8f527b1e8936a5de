//! Any text as a token: it is refused, and nothing panics; so is every change of a good token.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tokenward::b64;
use tokenward::danger::decode_unverified;
use tokenward_fuzz::{CLAIMS, KEY, NOW, VERIFIER};

static GOOD: LazyLock<String> = LazyLock::new(|| {
    let input = format!("{}.{}", b64::encode(br#"{"alg":"HS256"}"#), b64::encode(CLAIMS));
    let signature = KEY.sign(input.as_bytes()).expect("HMAC cannot fail");
    let token = format!("{input}.{}", b64::encode(&signature));
    assert!(VERIFIER.verify(&token, NOW).is_ok());
    token
});

fuzz_target!(|text: &str| {
    assert!(VERIFIER.verify(text, NOW).is_err(), "forged");
    let _outcome = decode_unverified(text);
    // The text in place of as much of the good token, at the place that its first character says.
    let mut rest = text.chars();
    let at = rest.next().map_or(0, |first| u32::from(first) as usize) % GOOD.len();
    let end = GOOD.len().min(at + rest.as_str().len());
    let changed = [&GOOD[..at], rest.as_str(), &GOOD[end..]].concat();
    assert_eq!(VERIFIER.verify(&changed, NOW).is_ok(), changed == *GOOD, "forged");
});
