//! How long a signature takes in a custody, as a row of a table in the documentation.
#![expect(clippy::disallowed_methods, reason = "it measures the time")]

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokenward::{Algorithm, Audience, IssuerId, UnixTime};
use tokenward_keys::lifecycle::Key;
use tokenward_keys::{Custody, CustodyError, KeyLabel, NewKey, Signer};

/// The begin of the table.
pub const HEAD: &str = "| algorithm | custody | one after the other, median | 99 of 100 within | eight at once |\n\
     | --- | --- | --- | --- | --- |";

/// The row of the table for new keys of `algorithm` in `custody`.
pub async fn row(custody: &dyn Custody, algorithm: Algorithm) -> Result<String, Box<dyn Error>> {
    let spec = NewKey {
        audience: Audience::new("api")?,
        issuer: IssuerId::new("https://auth.example.com")?,
        algorithm,
        created_at: UnixTime::from_secs(0),
        kid_prefix: "bench".to_owned(),
        label: KeyLabel::random(),
    };
    let made = custody.generate(&spec).await?;
    let key = Key::publish(made, &spec.audience, custody.name(), spec.created_at);
    let key = key.ok_or("a key without id")?.stored().clone();
    let signer = custody.signer(&spec.issuer, &key).await?;
    let mut times = Vec::new();
    for _ in 0..SAMPLES {
        let start = Instant::now();
        signer.sign(&INPUT).await?;
        times.push(start.elapsed());
    }
    times.sort();
    let at = |percent: usize| {
        let index = times.len().saturating_mul(percent).saturating_div(100);
        milliseconds(times.get(index).copied().unwrap_or_default())
    };
    let together = eight_at_once(&signer).await?;
    custody.destroy(&key).await?;
    let (median, most, name) = (at(50), at(99), custody.name());
    Ok(format!("| {algorithm} | `{name}` | {median} ms | {most} ms | {together}/s |"))
}

/// Signatures in a second, asked for by eight tasks.
async fn eight_at_once(signer: &Arc<dyn Signer>) -> Result<u128, Box<dyn Error>> {
    let start = Instant::now();
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let signer = Arc::clone(signer);
            tokio::spawn(async move {
                for _ in 0..SAMPLES {
                    signer.sign(&INPUT).await?;
                }
                Ok::<(), CustodyError>(())
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    let signatures = u128::from(SAMPLES).saturating_mul(8).saturating_mul(1_000_000);
    Ok(signatures.checked_div(start.elapsed().as_micros()).unwrap_or_default())
}

fn milliseconds(time: Duration) -> String {
    format!("{}.{:03}", time.as_millis(), time.as_micros().checked_rem(1_000).unwrap_or_default())
}

/// As long as the signing input of an access token.
const INPUT: [u8; 400] = [7; 400];

const SAMPLES: u32 = 200;
