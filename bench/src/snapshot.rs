//! How long a verifier takes to load a snapshot of many revocations.

use std::sync::Arc;
use std::time::Duration;

use tokenward::crypto::Secret256;
use tokenward::{Algorithm, Audience, Clock as _, IssuerId, KeyId, SigningKey};
use tokenward_remote::SystemClock;
use tokenward_revocation::feed::{FeedSigner, FeedTrust};
use tokenward_revocation::{
    DenseId, Fingerprints, Follower, FreshnessPolicy, Revocation, Scope, Seq, View, WhenStale,
};
use tokio::time::Instant;

use crate::Error;

/// How often each is done; the median counts.
const ROUNDS: usize = 5;
/// One of so many live tokens is revoked.
const LIVE: u32 = 10;
/// Ten minutes of expiry in two shards.
const BOOKS: u32 = 20;

/// Prints a line: `snapshot`, the number of revocations, its bytes, then the time to make it and the time to
/// load it (signature, digest, and every entry), in ms.
pub(crate) fn measure(count: u32) -> Result<(), Error> {
    let audience = Audience::new("api")?;
    let issuer = IssuerId::new("https://auth.example.com/audiences/api")?;
    let view = View::local_under(audience.clone(), Fingerprints::new(Secret256::random()));
    let now = SystemClock::new().now();
    for number in 0..count {
        view.insert(&revocation(number, now)?);
    }
    let key = SigningKey::generate(Algorithm::EdDsa).with_key_id(KeyId::new("feed")?);
    let signer = FeedSigner::new(issuer.clone(), key, None)?;
    let trust = FeedTrust::pinned(issuer, signer.public_keys().cloned().collect())?;
    let (mut made, mut loaded, mut bytes) = (Vec::new(), Vec::new(), 0);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let snapshot = signer.snapshot(Seq::new(count.into()), None, now, &view)?;
        made.push(start.elapsed());
        let policy = FreshnessPolicy {
            max_staleness: Duration::from_secs(10),
            clock_error: Duration::from_secs(5),
            when_stale: WhenStale::Refuse,
        };
        let following = Arc::new(View::following(audience.clone(), policy));
        let mut follower = Follower::new(Arc::clone(&following), trust.clone());
        let start = Instant::now();
        follower.on_snapshot(&snapshot)?;
        loaded.push(start.elapsed());
        if following.len() != view.len() {
            return Err("a snapshot was not loaded whole".into());
        }
        bytes = snapshot.len();
    }
    let [made, loaded] = [made, loaded].map(|mut times| {
        times.sort_unstable();
        times.get(ROUNDS / 2).map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
    });
    println!("snapshot\t{}\t{bytes}\t{made:.1}\t{loaded:.1}", view.len());
    Ok(())
}

/// One of every ten tokens, spread over the minutes and shards, in no order that the set could profit from.
fn revocation(number: u32, now: tokenward::UnixTime) -> Result<Revocation, Error> {
    let (book, place) = (number % BOOKS, number / BOOKS);
    // Odd, so that each place within the ten comes up.
    let index = place.wrapping_mul(LIVE).wrapping_add(number.wrapping_mul(2_654_435_761) >> 29);
    let minutes = Duration::from_secs(u64::from(book % 10).saturating_mul(60));
    let ends_at = now.saturating_add(Duration::from_secs(300)).saturating_add(minutes);
    let shard = u16::try_from(book / 10)?;
    let id = DenseId { minute: DenseId::minute_of(ends_at), shard, index }.name();
    Ok(Revocation {
        seq: Seq::new(u64::from(number).saturating_add(1)),
        audience: None,
        scope: Scope::Jti(id),
        ends_at: ends_at.saturating_add(Duration::from_secs(120)),
        at: now,
        reason: None,
        by: "bench".to_owned(),
    })
}
