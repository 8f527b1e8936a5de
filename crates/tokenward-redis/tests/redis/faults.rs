//! Redis is away, empty, full, read-only, or not ours.

use std::sync::Arc;

use tokenward::{Audience, Clock as _, ErrorChain};
use tokenward_redis::{RESERVED_NAMES, RedisFault, RedisFeed, RedisSecrets};
use tokenward_revocation::{Carrier as _, Seq};
use tokenward_testing::redis::{RedisServer, eventually};

use crate::bench::{Replica, Truth, config, get, head, url};
use crate::middle::{After, Middle};

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
    // Before it was told it lay ahead, and programs in other languages went by that.
    let time = replica.clock.now().as_millis().to_string();
    eventually("so is its time", || redis.cli(&["hget", "{tw:prod}:head", "time"]) == time);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_was_set_back_and_has_come_as_far_again_is_not_taken_for_the_one_that_redis_knows()
 {
    let redis = RedisServer::start();
    let before = Replica::at(&url(&redis));
    for ids in [["t-1"], ["t-2"], ["t-3"]] {
        before.revoke(&ids).await;
    }
    eventually("they are told", || head(&redis) == "3");

    // Redis could not be reached when these were revoked, and nothing waits for it any more.
    let backup = Arc::new(before.store.backup_of(Seq::new(1)));
    drop(before);
    let again = Replica::of(&url(&redis), RedisSecrets::default(), backup);
    again.revoke_silently(&["u-2", "u-3"]).await;
    drop(again.next().await);
    again.tell().await;

    eventually("they are written", || get(&redis, "jti:u-2") == "*");
    assert_eq!([head(&redis), get(&redis, "jti:u-3")], ["3", "*"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_head_is_set_over_rows_that_were_written_to_a_server_which_is_no_more() {
    let redis = Arc::new(RedisServer::start());
    let elected = Arc::clone(&redis);
    // As a replica is that was elected between two calls: it has the head of before, and none of the rows.
    let elect = move || {
        let chain = elected.cli(&["hget", "{tw:prod}:head", "chain"]);
        elected.order(&["flushall"]);
        elected.order(&["hset", "{tw:prod}:head", "seq", "1", "chain", &chain]);
        After::GoesOn
    };
    // The first finds no head, the second writes one.
    let middle = Middle::before(&redis, ("next", 3), elect).await;
    let replica = Replica::at(&middle.url());
    replica.revoke(&["t-1"]).await;
    eventually("the first is told", || head(&redis) == "1");

    let ids: Vec<_> = (2..=5_001).map(|n| format!("t-{n}")).collect();
    let ids: Vec<_> = ids.iter().map(String::as_str).collect();
    replica.revoke(&ids).await;

    eventually("the head is told", || head(&redis) == "5001");
    // Beside them the head and the stream.
    assert_eq!(redis.cli(&["dbsize"]), "5002");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_audience_is_not_called_as_what_the_head_says() {
    let replica = Replica::at("redis://127.0.0.1:1");
    for name in RESERVED_NAMES {
        let mut config = config("redis://127.0.0.1:1", RedisSecrets::default());
        config.audiences[0].0 = Audience::new(*name).unwrap();
        let store: Arc<Truth> = Arc::default();
        let frames: Arc<Truth> = Arc::clone(&store);

        let started = RedisFeed::start(config, store, frames, Arc::new(replica.clock.clone()));

        let said = started.unwrap_err().to_string();
        assert!(said.starts_with(&format!("an audience cannot be called `{name}`")), "{said}");
    }
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
async fn a_check_leaves_nothing_behind() {
    let redis = RedisServer::start();

    checked(&redis).await.unwrap();

    assert_eq!(redis.cli(&["dbsize"]), "0");
    let closed = config("redis://127.0.0.1:1", RedisSecrets::default());
    let fault = RedisFeed::check(&closed).await.unwrap_err();
    let said = ErrorChain::new(&fault).to_string();
    assert!(said.starts_with("Redis cannot be reached at redis://127.0.0.1:1: "), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_finds_a_redis_that_is_full_or_a_replica() {
    let redis = RedisServer::start();
    redis.order(&["config", "set", "maxmemory-policy", "noeviction"]);
    redis.order(&["config", "set", "maxmemory", "1"]);
    assert!(matches!(checked(&redis).await, Err(RedisFault::Full(_))));

    redis.order(&["config", "set", "maxmemory", "0"]);
    redis.order(&["replicaof", "127.0.0.1", "1"]);
    assert!(matches!(checked(&redis).await, Err(RedisFault::ReadOnly(_))));
}

async fn checked(redis: &RedisServer) -> Result<(), RedisFault> {
    RedisFeed::check(&config(&url(redis), RedisSecrets::default())).await
}
