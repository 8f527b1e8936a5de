//! Any bytes as base64url and back: one text for each, and another decoder agrees about every text.
#![no_main]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use libfuzzer_sys::fuzz_target;
use tokenward::b64;

fuzz_target!(|bytes: &[u8]| {
    let text = b64::encode(bytes);
    assert_eq!(text, URL_SAFE_NO_PAD.encode(bytes));
    assert_eq!(b64::decode(&text).expect("what we write we read"), bytes);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let ours = b64::decode(text).ok();
    assert_eq!(ours, URL_SAFE_NO_PAD.decode(text).ok());
    if let Some(decoded) = ours {
        assert_eq!(b64::encode(&decoded), text, "one spelling");
    }
});
