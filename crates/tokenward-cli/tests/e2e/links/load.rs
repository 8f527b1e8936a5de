//! Revocations, one call each, as a back end makes them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokenward::Clock as _;
use tokenward_remote::SystemClock;
use tokenward_revocation::DenseId;
use tokio::task::JoinSet;
use tokio::time::interval;

use super::ledger::{Ledger, Watched};
use super::world::{Caller, World};

/// How many calls are under way at once where as many as possible are made.
const BESIDE: usize = 32;
/// How often each worker of a flow revokes something.
const PACE: Duration = Duration::from_millis(20);

/// Revocations that flow until they are told to end.
pub(super) struct Load {
    workers: JoinSet<()>,
    enough: Arc<AtomicBool>,
}

impl Load {
    /// Lets them flow: tokens for the observer, and as many ids without a token.
    pub(super) fn start(world: &World, ledger: &Arc<Ledger>) -> Self {
        let (mut workers, enough) = (JoinSet::new(), Arc::<AtomicBool>::default());
        for worker in 0..4_u64 {
            let (caller, ledger) = (world.caller(), Arc::clone(ledger));
            let enough = Arc::clone(&enough);
            workers.spawn(async move {
                let mut pace = interval(PACE);
                let mut number = worker << 32;
                while !enough.load(Ordering::SeqCst) {
                    pace.tick().await;
                    match worker {
                        0 => drop(revoke_token(&caller, &ledger, By::Jti).await),
                        1 => drop(revoke_token(&caller, &ledger, By::Sid).await),
                        _ => revoke_id(&caller, &ledger, number).await,
                    }
                    number += 1;
                }
            });
        }
        Self { workers, enough }
    }

    /// Ends it; whatever was begun is answered first.
    pub(super) async fn end(mut self) {
        self.enough.store(true, Ordering::SeqCst);
        while let Some(ended) = self.workers.join_next().await {
            ended.unwrap();
        }
    }

    /// Revokes `count` ids as fast as they are taken: a tenth of them by calls of a back end, many at once, and
    /// the others out of a file of an administrator, meanwhile.
    pub(super) async fn revoke(world: &World, ledger: &Arc<Ledger>, count: u64) {
        let calls = count / 10;
        let mut workers = JoinSet::new();
        let next = Arc::<AtomicU64>::default();
        for _ in 0..BESIDE {
            let (caller, ledger, next) = (world.caller(), Arc::clone(ledger), Arc::clone(&next));
            workers.spawn(async move {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= calls {
                        return;
                    }
                    revoke_id(&caller, &ledger, number).await;
                }
            });
        }
        let ids: Vec<_> = (calls..count).map(id).collect();
        world.revoke_file(&ids).await;
        for id in ids {
            ledger.revoked(id);
        }
        while let Some(ended) = workers.join_next().await {
            ended.unwrap();
        }
    }
}

/// How a token is revoked.
#[derive(Clone, Copy, Debug)]
pub(super) enum By {
    Jti,
    Sid,
}

/// Makes a session, has its token watched, and revokes it.
pub(super) async fn revoke_token(caller: &Caller, ledger: &Ledger, by: By) -> Arc<Watched> {
    let session = caller.create().await;
    let watched = ledger.minted(session.access.clone());
    match by {
        By::Jti => caller.revoke("jti", session.claims()["jti"].as_str().unwrap()).await,
        By::Sid => caller.revoke("sid", &session.id).await,
    }
    watched.is_revoked_from_now_on();
    watched
}

async fn revoke_id(caller: &Caller, ledger: &Ledger, number: u64) {
    let id = id(number);
    caller.revoke("jti", &id).await;
    ledger.revoked(id);
}

/// Every other one is of the authority's own form.
fn id(number: u64) -> String {
    if number % 2 == 1 {
        return format!("of-another-form-{number}");
    }
    let index = u32::try_from(number & 0x7fff_ffff).unwrap();
    let shard = u16::try_from(0xff00 + (number >> 32)).unwrap();
    let ends_at = SystemClock::new().now().saturating_add(Duration::from_secs(900));
    DenseId { minute: DenseId::minute_of(ends_at), shard, index }.name().to_string()
}
