//! Any bytes as a chain from an offline root: what is read, is written and read again the same, and nobody
//! who holds no key gets it verified.
#![no_main]

use std::sync::LazyLock;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use tokenward::root::{NewRoot, PinnedRoot, RootChain, TrustState};
use tokenward::{Algorithm, IssuerId, SigningKey};
use tokenward_fuzz::NOW;

static PINNED: LazyLock<PinnedRoot> = LazyLock::new(|| {
    let key = SigningKey::generate(Algorithm::EdDsa);
    let keys = vec![key.verifying_key().clone()];
    let lifetime = Duration::from_secs(1_000_000);
    let new = NewRoot { threshold: 1, keys, issued_at: NOW, lifetime };
    let mut chain = RootChain::init(&new).expect("a root");
    chain.sign(&key).expect("its own key");
    PinnedRoot::parse(chain.to_json().as_bytes()).expect("a signed root")
});

fuzz_target!(|bytes: &[u8]| {
    let Ok(chain) = RootChain::parse(bytes) else { return };
    let text = chain.to_json();
    let again = RootChain::parse(text.as_bytes()).expect("what we write we read");
    assert_eq!(again.to_json(), text);
    let issuer = IssuerId::new("https://i").expect("an issuer");
    let seen = TrustState::default();
    assert!(PINNED.delegate_of(&chain, &issuer, &seen, NOW).is_err());
    let _ = (chain.roots(), chain.delegation(), chain.verified());
});
