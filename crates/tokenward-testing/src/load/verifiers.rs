//! Verifiers that use what they fetched for as long as they may.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokenward::{AccessToken, KeySet, UnixTime, Verifier};
use tokenward_keys::KeyRing;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::mpsc::error::TryRecvError;
use tokio::time::{MissedTickBehavior, interval};

use super::ledger::Ledger;
use super::{CACHE_LIFE, VERIFIERS, now};
use crate::sample::{api, issuer};

/// A token that was just signed.
#[derive(Debug)]
pub(super) struct Fresh {
    pub(super) token: Arc<str>,
    pub(super) ends: UnixTime,
}

/// Verifies each token when it comes and once more before it ends, until no more come and the last has
/// ended.
pub(super) async fn verify_until_the_end(
    number: usize,
    mut fresh: UnboundedReceiver<Fresh>,
    replicas: Vec<Arc<KeyRing>>,
    ledger: Arc<Ledger>,
) {
    let mut keys = Fetched::new(number, &replicas);
    let mut waiting = VecDeque::new();
    let mut steps = interval(LAST_MOMENT / 8);
    steps.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        steps.tick().await;
        let more = loop {
            match fresh.try_recv() {
                Ok(token) => {
                    let now = now();
                    if now < token.ends {
                        ledger.verified(keys.at(now).verify(&token.token, now).err());
                    }
                    waiting.push_back(token);
                }
                Err(TryRecvError::Empty) => break true,
                Err(TryRecvError::Disconnected) => break false,
            }
        };
        // Several replicas sign, so they may come a little out of order: the rest is not late by more.
        while let Some(token) = waiting.front()
            && token.ends <= now().saturating_add(LAST_MOMENT)
        {
            let now = now();
            if now < token.ends {
                ledger.verified(keys.at(now).verify(&token.token, now).err());
                ledger.at_the_end();
            }
            waiting.pop_front();
        }
        if !more && waiting.is_empty() {
            return;
        }
    }
}

/// The key set of one verifier.
struct Fetched<'a> {
    replicas: &'a [Arc<KeyRing>],
    next: usize,
    verifier: Verifier<AccessToken>,
    since: UnixTime,
}

impl<'a> Fetched<'a> {
    fn new(number: usize, replicas: &'a [Arc<KeyRing>]) -> Self {
        let now = now();
        let verifier = verifier(&replicas[number % replicas.len()]);
        // As if fetched a while ago, each another one.
        let share = u32::try_from(number).unwrap();
        let ago = CACHE_LIFE * share / u32::try_from(VERIFIERS).unwrap();
        Self { replicas, next: number + 1, verifier, since: now.saturating_sub(ago) }
    }

    /// The verifier with the keys that it may use at `now`: those it has, unless C has passed.
    fn at(&mut self, now: UnixTime) -> &Verifier<AccessToken> {
        if now >= self.since.saturating_add(CACHE_LIFE) {
            self.verifier = verifier(&self.replicas[self.next % self.replicas.len()]);
            self.next += 1;
            self.since = now;
        }
        &self.verifier
    }
}

/// A verifier with what `replica` publishes, read as from the network.
fn verifier(replica: &KeyRing) -> Verifier<AccessToken> {
    Verifier::builder()
        .issuer(issuer())
        .audience(api())
        .keys(KeySet::parse(replica.jwks_json().as_bytes()).unwrap())
        .leeway(Duration::ZERO)
        .build()
}

const LAST_MOMENT: Duration = Duration::from_millis(400);
