//! Redis is away, empty, full, read-only, or not ours.

use std::sync::Arc;

use tokenward::{Clock as _, ErrorChain};
use tokenward_redis::{RedisFeed, RedisSecrets};
use tokenward_revocation::Carrier as _;
use tokenward_testing::redis::{RedisServer, eventually};

use crate::bench::{Replica, config, get, head, url};

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_told_is_told_when_redis_is_back() {
    let mut redis = RedisServer::start();
    let replica = Replica::at(&url(&redis));
    replica.revoke(&["t-1"]).await;
    eventually("the first is told", || head(&redis) == "1");

    redis.kill();
    replica.revoke(&["t-2"]).await;
    eventually("the trouble is known", || replica.feed.trouble().is_some());
    let said = replica.feed.trouble().unwrap();
    assert!(said.starts_with(&format!("Redis cannot be reached at {}: ", url(&redis))), "{said}");
    redis.restart();

    eventually("the second is told", || head(&redis) == "2");
    assert_eq!([get(&redis, "jti:t-1"), get(&redis, "jti:t-2")], ["*", "*"]);
    eventually("the trouble is over", || replica.feed.trouble().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_comes_back_empty_is_filled_from_the_store() {
    let mut redis = RedisServer::start();
    let replica = Replica::at(&url(&redis));
    replica.revoke(&["t-1", "t-2"]).await;
    eventually("they are told", || head(&redis) == "2");

    redis.restart_empty();
    assert_eq!(head(&redis), "");
    replica.tell().await;

    eventually("the head is back", || head(&redis) == "2");
    assert_eq!([get(&redis, "jti:t-1"), get(&redis, "jti:t-2")], ["*", "*"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_has_gone_back_is_brought_up_from_there() {
    let redis = RedisServer::start();
    let replica = Replica::at(&url(&redis));
    replica.revoke(&["t-1", "t-2", "t-3"]).await;
    eventually("they are told", || head(&redis) == "3");

    redis.order(&["del", "{tw:prod}:jti:t-2", "{tw:prod}:jti:t-3"]);
    redis.order(&["hset", "{tw:prod}:head", "seq", "1"]);
    replica.tell().await;

    eventually("the head is back", || head(&redis) == "3");
    assert_eq!([get(&redis, "jti:t-2"), get(&redis, "jti:t-3")], ["*", "*"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_has_lost_frames_gets_them_back_so_that_no_follower_finds_a_hole() {
    let redis = RedisServer::start();
    let replica = Replica::at(&url(&redis));
    for ids in [["t-1"], ["t-2"], ["t-3"]] {
        replica.revoke(&ids).await;
    }
    eventually("they are told", || head(&redis) == "3");

    // As a replica would be that was elected after the first.
    redis.order(&["xtrim", "{tw:prod}:feed", "maxlen", "0"]);
    redis.order(&["hset", "{tw:prod}:head", "seq", "1"]);
    replica.revoke(&["t-4"]).await;

    eventually("the head is back", || head(&redis) == "4");
    let entries = redis.cli(&["xrange", "{tw:prod}:feed", "-", "+"]);
    let frames: Vec<_> = entries.lines().filter(|line| line.starts_with("frame")).collect();
    assert_eq!(frames, ["frame to 2", "frame to 3", "frame to 4"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_is_ahead_of_the_store_is_set_back_to_it() {
    let redis = RedisServer::start();
    redis.order(&["hset", "{tw:prod}:head", "seq", "99", "time", "9999999999999"]);
    let replica = Replica::at(&url(&redis));

    replica.revoke(&["t-1"]).await;

    eventually("the head is the store's", || head(&redis) == "1");
    assert_eq!(get(&redis, "jti:t-1"), "*");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_redis_is_named_and_written_to_when_there_is_room() {
    let redis = RedisServer::with("maxmemory-policy noeviction\n");
    let replica = Replica::at(&url(&redis));
    replica.revoke(&["t-1"]).await;
    eventually("the first is told", || head(&redis) == "1");

    redis.order(&["config", "set", "maxmemory", "1"]);
    replica.revoke(&["t-2"]).await;
    eventually("the trouble is known", || replica.feed.trouble().is_some());
    let said = replica.feed.trouble().unwrap();
    assert!(said.starts_with("Redis is full: raise its maxmemory"), "{said}");
    assert_eq!((head(&redis).as_str(), get(&redis, "jti:t-2").as_str()), ("1", ""));
    redis.order(&["config", "set", "maxmemory", "0"]);

    eventually("the second is told", || head(&redis) == "2");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_may_forget_keys_is_refused() {
    let redis = RedisServer::with("maxmemory 100mb\nmaxmemory-policy allkeys-lru\n");
    let replica = Replica::at(&url(&redis));

    replica.revoke(&["t-1"]).await;

    eventually("the trouble is known", || replica.feed.trouble().is_some());
    let said = replica.feed.trouble().unwrap();
    assert!(said.contains("(maxmemory-policy allkeys-lru)"), "{said}");
    assert_eq!(head(&redis), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_is_named() {
    let master = RedisServer::start();
    let replica_of = format!("replicaof 127.0.0.1 {}\n", master.port());
    let redis = RedisServer::with(&replica_of);
    eventually("it follows", || {
        redis.cli(&["info", "replication"]).contains("master_link_status:up")
    });
    let replica = Replica::at(&url(&redis));

    replica.revoke(&["t-1"]).await;

    eventually("the trouble is known", || replica.feed.trouble().is_some());
    let said = replica.feed.trouble().unwrap();
    assert!(said.starts_with("Redis is read-only: revocation.feed names a replica"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_another_kind_is_named() {
    let redis = RedisServer::start();
    redis.order(&["set", "{tw:prod}:head", "somebody else's"]);
    let replica = Replica::at(&url(&redis));

    replica.revoke(&["t-1"]).await;

    eventually("the trouble is known", || replica.feed.trouble().is_some());
    let said = replica.feed.trouble().unwrap();
    assert!(said.starts_with("somebody else has written to our keys"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_replicas_of_one_store_do_not_undo_each_other() {
    let redis = RedisServer::start();
    let store = Arc::default();
    let one = Replica::of(&url(&redis), RedisSecrets::default(), Arc::clone(&store));
    let other = Replica::of(&url(&redis), RedisSecrets::default(), store);

    for n in 0..20 {
        let replica = if n % 2 == 0 { &one } else { &other };
        replica.revoke(&[&format!("t-{n}")]).await;
    }
    one.tell().await;
    other.tell().await;

    eventually("the head is told", || head(&redis) == "20");
    for n in 0..20 {
        assert_eq!(get(&redis, &format!("jti:t-{n}")), "*");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_writes_nothing() {
    let redis = RedisServer::start();
    let replica = Replica::at(&url(&redis));

    RedisFeed::check(&config(&url(&redis), RedisSecrets::default()), &replica.clock).await.unwrap();

    assert_eq!(redis.cli(&["dbsize"]), "0");
    let closed = config("redis://127.0.0.1:1", RedisSecrets::default());
    let fault = RedisFeed::check(&closed, &replica.clock).await.unwrap_err();
    let said = ErrorChain::new(&fault).to_string();
    assert!(said.starts_with("Redis cannot be reached at redis://127.0.0.1:1: "), "{said}");
    assert!(replica.clock.now().as_secs() > 0);
}
