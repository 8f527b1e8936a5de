//! Keys that rotate every few seconds while tokens are signed and verified without a pause.
//!
//! Two replicas of an authority sign, each with its own instance of the custody; three verifiers use a key
//! set as long as they may, each fetched at another time from another replica. Every token is verified by
//! all three when it is new and again in the last moment of its life. All of it is real time: what is
//! looked for is what only falls between two machines.

mod ledger;
mod verifiers;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokenward::{
    AccessLifetime, Algorithm, ClientId, ErrorChain, Issuer, Jti, Subject, TokenRequest, UnixTime,
};
use tokenward_keys::{
    Custody, CustodyError, KeyRing, RotateError, Signing, Timing, TimingSettings,
};
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use crate::memory_keys::MemoryKeys;
use crate::sample::{api, issuer};
use ledger::Ledger;
use verifiers::{Fresh, verify_until_the_end};

/// What came of a load.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Rotated {
    /// Tokens that were signed.
    pub tokens: u64,
    /// Keys that signed some of them.
    pub keys: usize,
    /// Verifications, each accepted.
    pub verified: u64,
    /// How many of these were in the last moment of the token's life.
    pub at_the_end: u64,
    /// How often a key was destroyed between the question who signs and the signature.
    pub overtaken: u64,
    /// How often nobody might sign for a moment, because a replica had not read the store in time.
    pub waited: u64,
}

/// Rotates the keys of a custody under load, for 20 seconds or for as many as `TOKENWARD_TEST_LOAD_SECONDS`
/// says. Each call of `open` opens another instance over the same place, as a replica does.
///
/// # Panics
///
/// If a verifier refused a good token, if a key signed before it was ripe or after it had ended, or if
/// there was hardly a load.
pub async fn rotates_under_load<C: Custody>(
    open: impl AsyncFn() -> C,
    algorithm: Algorithm,
) -> Rotated {
    let store = Arc::new(MemoryKeys::default());
    let mut replicas = Vec::new();
    for _ in 0..REPLICAS {
        let ring = Arc::new(ring(&store, open().await, algorithm));
        ring.tick(now()).await.unwrap();
        replicas.push(ring);
    }
    let ledger = Arc::new(Ledger::default());
    let until = now().saturating_add(length());
    let mut verifiers = JoinSet::new();
    let mut hand_out = Vec::new();
    for number in 0..VERIFIERS {
        let (sender, fresh) = tokio::sync::mpsc::unbounded_channel();
        hand_out.push(sender);
        let (ledger, replicas) = (Arc::clone(&ledger), replicas.clone());
        verifiers.spawn(verify_until_the_end(number, fresh, replicas, ledger));
    }
    let mut signers = JoinSet::new();
    for ring in &replicas {
        signers.spawn(keep(Arc::clone(ring), until));
        for _ in 0..SIGNERS {
            let (ring, ledger) = (Arc::clone(ring), Arc::clone(&ledger));
            signers.spawn(sign(ring, ledger, hand_out.clone(), until));
        }
    }
    drop(hand_out);

    while let Some(ended) = signers.join_next().await {
        ended.unwrap();
    }
    while let Some(ended) = verifiers.join_next().await {
        ended.unwrap();
    }
    let rotated = ledger.judge(&store.stored(), &timing());
    println!("{rotated:?}");
    rotated
}

/// Does what an authority does in the background, and what an operator in a hurry does: rotates at once
/// when the standby is ripe, so that nothing is older than it must be.
async fn keep(ring: Arc<KeyRing>, until: UnixTime) {
    let mut ticks = interval(LEASE / 6);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while now() < until {
        ticks.tick().await;
        if let Err(error) = ring.tick(now()).await {
            println!("a tick failed: {}", ErrorChain::new(&error));
        }
        match ring.rotate(now()).await {
            Ok(_) | Err(RotateError::NotRipe(_)) => {}
            Err(error) => println!("a rotation failed: {}", ErrorChain::new(&error)),
        }
    }
}

async fn sign(
    ring: Arc<KeyRing>,
    ledger: Arc<Ledger>,
    hand_out: Vec<UnboundedSender<Fresh>>,
    until: UnixTime,
) {
    let issuer = Issuer::builder()
        .issuer(issuer())
        .audience(api())
        .lifetime(AccessLifetime::new(AccessLifetime::MIN).unwrap())
        .build();
    let mut pace = interval(PACE);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while now() < until {
        pace.tick().await;
        let asked = now();
        let Ok(Signing { signer, latest_exp, .. }) = ring.signing(asked) else {
            ledger.waited();
            continue;
        };
        let end = latest_exp.min(asked.saturating_add(TOKEN_LIFE));
        let request = request().expires_no_later_than(end);
        let unsigned = issuer.prepare(request, signer.key_id(), signer.algorithm(), asked).unwrap();
        let ends = unsigned.expires_at();
        match signer.sign(unsigned.signing_input()).await {
            Ok(signature) => {
                ledger.signed(signer.key_id(), asked);
                let token = Arc::<str>::from(unsigned.assemble(&signature));
                for verifier in &hand_out {
                    verifier.send(Fresh { token: Arc::clone(&token), ends }).unwrap();
                }
            }
            // It was retired between the two calls: whoever issues asks for the next signer.
            Err(CustodyError::NoPrivateHalf { .. }) => ledger.overtaken(),
            Err(error) => panic!("{}", ErrorChain::new(&error)),
        }
    }
}

fn request() -> TokenRequest {
    let subject = Subject::new("ada").unwrap();
    TokenRequest::new(subject, ClientId::new("shop").unwrap(), Jti::random())
}

fn ring<C: Custody>(store: &Arc<MemoryKeys>, custody: C, algorithm: Algorithm) -> KeyRing {
    KeyRing::new(
        api(),
        issuer(),
        Arc::<MemoryKeys>::clone(store),
        Arc::new(custody),
        timing(),
        "test".to_owned(),
        algorithm,
    )
    .timed_by(Arc::new(now))
}

/// The shortest period that these times allow. D leaves room for what a busy machine delays: nothing else
/// may depend on its speed.
fn timing() -> Timing {
    Timing::new(TimingSettings {
        key_set_max_age: CACHE_LIFE,
        propagation: Duration::from_secs(2),
        // One machine, one clock, and verifiers that grant nothing.
        clock_error: Duration::ZERO,
        leeway: Duration::ZERO,
        signer_lease: LEASE,
        rotate_every: Duration::from_secs(5),
        token_life: TOKEN_LIFE,
    })
    .unwrap()
}

#[expect(clippy::disallowed_methods, reason = "what is looked for is what happens in real time")]
fn now() -> UnixTime {
    UnixTime::from(SystemTime::now())
}

fn length() -> Duration {
    let seconds = std::env::var("TOKENWARD_TEST_LOAD_SECONDS").ok();
    Duration::from_secs(seconds.map_or(20, |text| text.parse().unwrap()))
}

const REPLICAS: usize = 2;

/// Tasks that sign, for each replica.
const SIGNERS: usize = 2;

const VERIFIERS: usize = 3;

/// How often each task signs, if it can.
const PACE: Duration = Duration::from_millis(40);

/// C.
const CACHE_LIFE: Duration = Duration::from_secs(1);

/// L.
const LEASE: Duration = Duration::from_secs(2);

/// T.
const TOKEN_LIFE: Duration = Duration::from_secs(3);
