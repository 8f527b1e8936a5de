//! Any bytes as what an authority has signed: its messages are read without a panic, nothing of them is known
//! before a snapshot was, and a frame that was read has its items in its range.
#![no_main]

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use tokenward::{Algorithm, Audience, IssuerId, SigningKey, b64};
use tokenward_revocation::feed::FeedTrust;
use tokenward_revocation::{Follower, FreshnessPolicy, View, WhenStale};

static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate(Algorithm::EdDsa));

static TRUST: LazyLock<FeedTrust> = LazyLock::new(|| {
    let issuer = IssuerId::new("https://i/audiences/a").expect("an issuer");
    FeedTrust::pinned(issuer, vec![KEY.verifying_key().clone()]).expect("a feed key")
});

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, claims)) = bytes.split_first() else { return };
    let (claims, body) = match claims.iter().position(|&byte| byte == b'\n') {
        Some(at) => (&claims[..at], &claims[at..]),
        None => (claims, &b"\n"[..]),
    };
    let policy = FreshnessPolicy {
        max_staleness: Duration::from_secs(10),
        clock_error: Duration::from_secs(5),
        when_stale: WhenStale::Refuse,
    };
    let view = View::following(Audience::new("a").expect("an audience"), policy);
    let mut follower = Follower::new(Arc::new(view), TRUST.clone());
    // As they came, which nobody has signed.
    assert!(follower.on_frame(bytes).is_err() && follower.on_heartbeat(bytes).is_err());
    assert!(follower.on_snapshot(bytes).is_err());
    match kind {
        b's' => {
            let message = [signed("snapshot", claims).as_bytes(), body].concat();
            let read = follower.on_snapshot(&message).is_ok();
            assert_eq!(read, follower.position().is_some());
        }
        b'h' => {
            assert!(follower.on_heartbeat(signed("heartbeat", claims).as_bytes()).is_err());
            assert_eq!(follower.view().as_of(), None);
        }
        _ => {
            let jws = signed("frame", claims);
            assert!(follower.on_frame(jws.as_bytes()).is_err());
            assert_eq!(follower.view().as_of(), None);
            if let Ok(frame) = TRUST.frame(&jws) {
                let range = frame.seq_from..=frame.seq_to;
                assert!(frame.items.iter().all(|item| range.contains(&item.seq)));
            }
        }
    }
});

fn signed(kind: &str, claims: &[u8]) -> String {
    let kid = KEY.key_id().expect("a generated key has a name");
    let header = format!(r#"{{"alg":"EdDSA","kid":"{kid}","typ":"revocation-{kind}+jwt"}}"#);
    let input = format!("{}.{}", b64::encode(header.as_bytes()), b64::encode(claims));
    let signature = KEY.sign(input.as_bytes()).expect("Ed25519 signs");
    format!("{input}.{}", b64::encode(&signature))
}
