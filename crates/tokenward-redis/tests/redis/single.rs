//! One server.

use std::sync::Arc;
use std::time::Duration;

use tokenward::{Clock as _, Jti, Subject, TokenVersion};
use tokenward_redis::RedisSecrets;
use tokenward_revocation::Scope;
use tokenward_revocation::feed::FrameHash;
use tokenward_testing::redis::{RedisServer, eventually};

use crate::bench::{LIFE, Replica, get, head, url};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_revoked_stands_in_redis_until_the_last_token_has_expired() {
    let redis = RedisServer::start();
    let replica = Replica::at(&url(&redis));

    replica.revoke(&["t-1"]).await;

    eventually("the head is told", || head(&redis) == "1");
    assert_eq!(get(&redis, "jti:t-1"), "*");
    let left: u64 = redis.cli(&["pttl", "{tw:prod}:jti:t-1"]).parse().unwrap();
    assert!((1..=LIFE * 1_000).contains(&left), "{left}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_head_bears_number_time_and_the_heartbeat_of_each_audience() {
    let redis = RedisServer::start();
    let replica = Replica::at(&url(&redis));

    replica.revoke(&["t-1"]).await;

    eventually("the head is told", || head(&redis) == "1");
    let fields = redis.cli(&["hgetall", "{tw:prod}:head"]);
    let time = replica.clock.now().as_millis().to_string();
    let lines: Vec<_> = fields.lines().collect();
    let chain = format!("1 {}", FrameHash::of("frame to 1"));
    let expected = ["seq", "1", "chain", &chain, "time", &time, "api", "heartbeat of 1"];
    assert_eq!(lines, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stream_holds_each_frame_once_and_forgets_old_ones() {
    let redis = RedisServer::start();
    redis.order(&["xadd", "{tw:prod}:feed", "1-1", "aud", "api", "jws", "long ago"]);
    let store = Arc::default();
    let one = Replica::of(&url(&redis), RedisSecrets::default(), Arc::clone(&store));
    one.tell().await;
    eventually("the head is told", || head(&redis) == "0");
    let other = Replica::of(&url(&redis), RedisSecrets::default(), store);

    one.revoke(&["t-1"]).await;
    eventually("the first has told", || head(&redis) == "1");
    other.tell().await;
    other.clock.advance(Duration::from_secs(1));
    other.tell().await;
    let time = other.clock.now().as_millis().to_string();
    eventually("so has the other", || redis.cli(&["hget", "{tw:prod}:head", "time"]) == time);

    let entries = redis.cli(&["xrange", "{tw:prod}:feed", "-", "+"]);
    let lines: Vec<_> = entries.lines().skip(1).collect();
    assert_eq!(lines, ["aud", "api", "jws", "frame to 1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_revocation_neither_shortens_a_life_nor_lowers_a_floor() {
    let redis = RedisServer::start();
    let replica = Replica::at(&url(&redis));
    let ada = || Subject::new("ada").unwrap();
    let version = |below| Scope::Version { subject: ada(), below: TokenVersion::new(below) };
    let up_to = |version: Option<u64>| Scope::Subject {
        subject: ada(),
        version: version.map(TokenVersion::new),
        issued_up_to: replica.clock.now(),
    };

    let early = up_to(None);
    replica.append(vec![replica.order(version(10), LIFE), replica.order(early, LIFE)]).await;
    replica.tell().await;
    eventually("the first two are told", || head(&redis) == "2");
    replica.clock.advance(Duration::from_secs(20));
    let short = LIFE / 2;
    replica
        .append(vec![replica.order(version(9), short), replica.order(up_to(Some(8)), short)])
        .await;
    replica.tell().await;
    eventually("so are the others", || head(&redis) == "4");

    assert_eq!(get(&redis, "ver:ada"), "10");
    let early = replica.clock.now().as_secs() - 20;
    assert_eq!(get(&redis, "sub:ada"), format!("{} {early}", early + 20));
    let left: u64 = redis.cli(&["pttl", "{tw:prod}:ver:ada"]).parse().unwrap();
    assert!(left > short * 1_000, "{left}");
}

#[tokio::test(flavor = "multi_thread")]
async fn more_rows_than_one_call_takes_arrive_whole() {
    let redis = RedisServer::start();
    let replica = Replica::at(&url(&redis));
    let jti = |n| Scope::Jti(Jti::new(format!("t-{n}")).unwrap());

    replica.append((0..5_000).map(|n| replica.order(jti(n), LIFE)).collect()).await;
    replica.tell().await;

    eventually("the head is told", || head(&redis) == "5000");
    // Beside them the head and the stream.
    assert_eq!(redis.cli(&["dbsize"]), "5002");
}
