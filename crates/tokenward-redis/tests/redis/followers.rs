//! Verifiers that read the stream.

use tokenward::{Clock as _, Jti};
use tokenward_redis::{RedisAddress, RedisSecrets, RedisSource};
use tokenward_revocation::{Message, Scope, Source as _, Subscription};
use tokenward_testing::redis::{RedisServer, eventually};

use crate::bench::{LIFE, Replica, audience, head, url};
use crate::middle::{After, Middle};

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_hears_each_frame_once_and_then_the_heartbeat_that_speaks_of_it() {
    let redis = RedisServer::start();
    let replica = Replica::at(&url(&redis));
    replica.revoke(&["t-1"]).await;
    eventually("the first is told", || head(&redis) == "1");
    let mut stream = source(&redis).subscribe(&audience());
    assert_eq!(stream.next().await.unwrap(), [], "what comes later will not be missed");

    replica.revoke(&["t-2"]).await;
    replica.append(vec![replica.order(Scope::Jti(Jti::new("t-3").unwrap()), LIFE)]).await;
    replica.clock.advance(std::time::Duration::from_secs(1));
    replica.tell().await;
    eventually("they are told", || head(&redis) == "3");

    // From some seconds before, so that no snapshot is older.
    let all = ["frame to 1", "frame to 2", "frame to 3", "heartbeat of 3"];
    assert_eq!(heard(&mut *stream).await, all);
    assert_eq!(stream.next().await.unwrap(), [], "nothing twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_goes_on_where_it_was_when_redis_is_back() {
    let mut redis = RedisServer::start();
    let replica = Replica::at(&url(&redis));
    replica.revoke(&["t-1"]).await;
    eventually("the first is told", || head(&redis) == "1");
    let mut stream = source(&redis).subscribe(&audience());
    assert_eq!(stream.next().await.unwrap(), []);
    assert_eq!(heard(&mut *stream).await, ["frame to 1", "heartbeat of 1"]);

    redis.kill();
    assert!(stream.next().await.is_err());
    redis.restart();
    replica.clock.advance(std::time::Duration::from_secs(1));
    replica.revoke(&["t-2"]).await;
    eventually("the second is told", || head(&redis) == "2");

    assert_eq!(heard(&mut *stream).await, ["frame to 2", "heartbeat of 2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_before_an_error_and_was_not_handed_on_comes_again() {
    let redis = RedisServer::start();
    let replica = Replica::at(&url(&redis));
    for n in 1..=20 {
        replica.revoke(&[&format!("t-{n}")]).await;
        eventually("it is told", || head(&redis) == n.to_string());
    }
    // The first brings no more than sixteen.
    let middle = Middle::before(&redis, ("XREAD", 2), || After::Breaks).await;
    let mut stream = at(&middle.url()).subscribe(&audience());
    assert_eq!(stream.next().await.unwrap(), []);

    assert!(stream.next().await.is_err());

    let frames = (1..=20).map(|n| format!("frame to {n}"));
    let all: Vec<_> = frames.chain(["heartbeat of 20".to_owned()]).collect();
    assert_eq!(heard(&mut *stream).await, all);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_reads_a_stream_that_began_anew_from_its_beginning() {
    let mut redis = RedisServer::start();
    let replica = Replica::at(&url(&redis));
    // Its clock was ahead.
    redis.order(&["xadd", "{tw:prod}:feed", "99999999999999-0", "aud", "api", "jws", "old"]);
    let mut stream = source(&redis).subscribe(&audience());
    assert_eq!(stream.next().await.unwrap(), []);

    redis.restart_empty();
    replica.revoke(&["t-1"]).await;
    eventually("it is told", || head(&redis) == "1");
    assert!(stream.next().await.is_err(), "the connection broke");

    assert_eq!(heard(&mut *stream).await, ["frame to 1", "heartbeat of 1"]);
    assert!(replica.clock.now().as_secs() > 0);
}

/// What comes, up to a heartbeat.
async fn heard(stream: &mut dyn Subscription) -> Vec<String> {
    let mut heard = Vec::new();
    loop {
        for message in stream.next().await.unwrap() {
            let (data, last) = match message {
                Message::Frame(data) => (data, false),
                Message::Heartbeat(data) => (data, true),
            };
            heard.push(String::from_utf8(data).unwrap());
            if last {
                return heard;
            }
        }
    }
}

fn source(redis: &RedisServer) -> RedisSource {
    at(&url(redis))
}

fn at(url: &str) -> RedisSource {
    RedisSource::new(RedisAddress::new(url).unwrap(), RedisSecrets::default(), "prod")
}
