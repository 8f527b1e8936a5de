//! What a store of revocations promises.

use std::collections::HashSet;
use std::sync::Arc;

use tokenward::{BackendErrorKind, Jti, KeyId, TokenVersion};
use tokenward_revocation::{
    DenseIds, NewRevocation, Revocation, RevocationStore, Scope, Seq, ShardLease, ShardRequest,
};

use super::{at, audience, keep, sid, subject};

/// Runs every promise of a [`RevocationStore`] on fresh stores made by `make`.
///
/// # Panics
///
/// At the first broken promise.
pub async fn revocation_contract<S: RevocationStore>(make: impl AsyncFn() -> S) {
    keep!(make:
        an_empty_store_has_head_zero,
        every_kind_reads_back_as_written,
        numbers_rise_by_one_in_order,
        a_page_holds_no_more_than_asked_for,
        live_is_what_has_not_ended,
        pruning_never_moves_the_head_back,
        nobody_who_reads_along_misses_one,
        a_shard_is_leased_once_for_each_minute,
        a_shard_is_leased_again_behind_its_last_minute,
        many_who_lease_at_once_get_shards_of_their_own,
        no_two_processes_give_out_the_same_id,
    );
}

async fn an_empty_store_has_head_zero(store: impl RevocationStore) {
    assert_eq!(store.head().await.unwrap(), Seq::ZERO);
    assert_eq!(store.append(vec![]).await.unwrap(), Seq::ZERO);
    assert_eq!(store.live(at(0)).await.unwrap(), (Seq::ZERO, vec![]));
}

async fn every_kind_reads_back_as_written(store: impl RevocationStore) {
    let subject = subject("zoë ✓");
    let version = TokenVersion::new(7);
    let scopes = [
        Scope::Jti(Jti::new("j1").unwrap()),
        Scope::Session(sid("s1")),
        Scope::Key(KeyId::new("k1").unwrap()),
        Scope::Subject { subject: subject.clone(), version: None, issued_up_to: at(1) },
        Scope::Subject { subject: subject.clone(), version: Some(version), issued_up_to: at(2) },
        Scope::Version { subject, below: version },
        Scope::Audience { issued_up_to: at(3) },
        Scope::Issuer { issued_up_to: at(4) },
    ];
    let mut items: Vec<_> = scopes.into_iter().map(|scope| new(scope, 100)).collect();
    items[0].audience = None;
    items[0].reason = None;

    store.append(items.clone()).await.unwrap();

    let expected: Vec<_> =
        (1..).zip(items).map(|(seq, item)| Revocation::committed(Seq::new(seq), item)).collect();
    assert_eq!(store.since(Seq::ZERO, 100).await.unwrap(), expected);
}

async fn numbers_rise_by_one_in_order(store: impl RevocationStore) {
    assert_eq!(store.append(vec![jti("a"), jti("b")]).await.unwrap(), Seq::new(2));
    assert_eq!(store.append(vec![jti("c")]).await.unwrap(), Seq::new(3));

    let later = store.since(Seq::new(1), 10).await.unwrap();

    assert_eq!(numbers(&later), [2, 3]);
    assert_eq!(later[1].scope, jti("c").scope);
    assert_eq!(store.head().await.unwrap(), Seq::new(3));
}

async fn a_page_holds_no_more_than_asked_for(store: impl RevocationStore) {
    store.append((0..5).map(|n| jti(&n.to_string())).collect()).await.unwrap();

    assert_eq!(numbers(&store.since(Seq::new(1), 2).await.unwrap()), [2, 3]);
    assert_eq!(numbers(&store.since(Seq::new(5), 2).await.unwrap()), Vec::<u64>::new());
}

async fn live_is_what_has_not_ended(store: impl RevocationStore) {
    let items = vec![ending("a", 10), ending("b", 20), ending("c", 30)];
    store.append(items).await.unwrap();

    let (head, live) = store.live(at(20)).await.unwrap();

    assert_eq!((head, numbers(&live)), (Seq::new(3), vec![3]));
}

async fn pruning_never_moves_the_head_back(store: impl RevocationStore) {
    store.append(vec![ending("a", 10), ending("b", 20), ending("c", 20)]).await.unwrap();

    assert_eq!(store.prune(at(9)).await.unwrap(), 0);
    assert_eq!(store.prune(at(20)).await.unwrap(), 3);
    assert_eq!(store.head().await.unwrap(), Seq::new(3));
    assert_eq!(store.append(vec![jti("d")]).await.unwrap(), Seq::new(4));
}

/// Writers append at the same time; a reader follows by number alone and must see every one.
async fn nobody_who_reads_along_misses_one(store: impl RevocationStore) {
    const WRITERS: u64 = 8;
    const EACH: u64 = 20;
    let store = Arc::new(store);
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                for n in 0..EACH {
                    // One that two replicas fight over may be tried again.
                    while let Err(error) = store.append(vec![jti(&format!("{writer}-{n}"))]).await {
                        assert_eq!(error.kind(), BackendErrorKind::Conflict);
                    }
                }
            })
        })
        .collect();
    let mut seen = Vec::new();
    while seen.len() < usize::try_from(WRITERS * EACH).unwrap() {
        let after = seen.last().copied().map_or(Seq::ZERO, Seq::new);
        seen.extend(numbers(&store.since(after, 7).await.unwrap()));
        tokio::task::yield_now().await;
    }
    for writer in writers {
        writer.await.unwrap();
    }

    assert_eq!(seen, (1..=WRITERS * EACH).collect::<Vec<_>>());
}

async fn a_shard_is_leased_once_for_each_minute(store: impl RevocationStore) {
    assert_eq!(leased(&store, 100, 220, 7).await, Some(7));
    assert_eq!(leased(&store, 100, 220, 7).await, Some(8));
    assert_eq!(leased(&store, 219, 300, 7).await, Some(9), "it shares the last minute");
    // Of a clock that is far behind: what comes later is leased already.
    assert_eq!(leased(&store, 1, 2, 7).await, Some(10));
    // The last shard, and then the first.
    assert_eq!(leased(&store, 100, 220, u16::MAX).await, Some(u16::MAX));
    assert_eq!(leased(&store, 100, 220, u16::MAX).await, Some(0));
}

async fn a_shard_is_leased_again_behind_its_last_minute(store: impl RevocationStore) {
    assert_eq!(leased(&store, 100, 220, 7).await, Some(7));
    assert_eq!(leased(&store, 220, 300, 7).await, Some(7));
    assert_eq!(leased(&store, 299, 400, 7).await, Some(8));
}

async fn many_who_lease_at_once_get_shards_of_their_own(store: impl RevocationStore) {
    let store = Arc::new(store);
    let all: Vec<_> = (0..32)
        .map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { leased(&*store, 100, 220, 65_530).await.unwrap() })
        })
        .collect();
    let mut shards = Vec::new();
    for one in all {
        shards.push(one.await.unwrap());
    }

    shards.sort_unstable();
    shards.dedup();
    assert_eq!(shards.len(), 32);
}

/// Processes that die after a few tokens, some at the same time, within a few minutes.
async fn no_two_processes_give_out_the_same_id(store: impl RevocationStore) {
    let mut seen = HashSet::new();
    for start in 0..12 {
        let ids = DenseIds::default();
        let now = at(start / 2 * 60);
        while let Some(due) = ids.due(now) {
            let lease = store.lease_shard(ShardRequest { wish: 3, ..due }).await.unwrap();
            ids.lease(lease.unwrap());
        }
        for n in 0..100 {
            let id = ids.next(at(300 + n % 3 * 60)).unwrap();
            let place = tokenward_revocation::DenseId::parse(&id).unwrap();
            assert!(seen.insert(place), "{place:?}");
        }
    }
}

async fn leased(store: &impl RevocationStore, from: u32, until: u32, wish: u16) -> Option<u16> {
    let request = ShardRequest { from, until, wish };
    let lease = loop {
        match store.lease_shard(request).await {
            Ok(lease) => break lease?,
            // One that two replicas fight over may be tried again.
            Err(error) => assert_eq!(error.kind(), BackendErrorKind::Conflict),
        }
    };
    assert_eq!(lease, ShardLease { shard: lease.shard, from, until });
    Some(lease.shard)
}

fn jti(id: &str) -> NewRevocation {
    ending(id, 100)
}

fn ending(id: &str, seconds: u64) -> NewRevocation {
    new(Scope::Jti(Jti::new(id).unwrap()), seconds)
}

fn new(scope: Scope, ends_after: u64) -> NewRevocation {
    NewRevocation {
        audience: Some(audience("api")),
        scope,
        ends_at: at(ends_after),
        at: at(0),
        reason: Some("a reason".to_owned()),
        by: "contract".to_owned(),
    }
}

fn numbers(items: &[Revocation]) -> Vec<u64> {
    items.iter().map(|item| item.seq.get()).collect()
}
