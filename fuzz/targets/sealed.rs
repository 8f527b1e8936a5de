//! Any text as a sealed token and as its keys; whatever is sealed, and every change of a good one, is refused.
#![no_main]

use std::sync::LazyLock;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use tokenward::crypto::Secret256;
use tokenward::{
    AccessLifetime, Audience, ClientId, Issuer, IssuerId, Jti, SealKey, Subject, TokenRequest,
};
use tokenward_fuzz::{KEY, NOW, VERIFIER};

static SEAL: LazyLock<SealKey> = LazyLock::new(|| SealKey::new(Secret256::random()));

static GOOD: LazyLock<String> = LazyLock::new(|| {
    let issuer = Issuer::builder()
        .issuer(IssuerId::new("https://i").expect("an issuer"))
        .audience(Audience::new("a").expect("an audience"))
        .lifetime(AccessLifetime::new(Duration::from_secs(200)).expect("a lifetime"))
        .build();
    let subject = Subject::new("s").expect("a subject");
    let client = ClientId::new("c").expect("a client");
    let request = TokenRequest::new(subject, client, Jti::new("j").expect("an id"));
    let inside = issuer.issue(request.sealed_under(&SEAL), &KEY, NOW).expect("a token");
    let token = SEAL.seal(&inside).expect("a sealed one");
    assert!(is_good(&token));
    token
});

fn is_good(token: &str) -> bool {
    VERIFIER.verify_sealed(token, std::slice::from_ref(&SEAL), NOW).is_ok()
}

fuzz_target!(|text: &str| {
    assert!(!is_good(text), "forged");
    let (key, rest) = text.split_once('\n').unwrap_or((text, &GOOD));
    if let Ok(key) = SealKey::parse(key) {
        assert!(VERIFIER.verify_sealed(rest, &[key], NOW).is_err(), "another's key");
    }
    // Whoever knows the key can seal what he likes, but not sign it.
    if let Ok(token) = SEAL.seal(text) {
        assert!(!is_good(&token), "forged");
    }
    // The text in place of as much of the good token, at the place that its first character says.
    let mut rest = text.chars();
    let at = rest.next().map_or(0, |first| u32::from(first) as usize) % GOOD.len();
    let end = GOOD.len().min(at + rest.as_str().len());
    let changed = [&GOOD[..at], rest.as_str(), &GOOD[end..]].concat();
    assert_eq!(is_good(&changed), changed == *GOOD, "forged");
});
