//! Verifiers that read the stream.

use std::sync::Arc;

use tokenward::{Clock as _, Jti};
use tokenward_redis::{RedisAddress, RedisSecrets, RedisSource};
use tokenward_revocation::{Message, Scope, Source as _, Subscription};
use tokenward_testing::redis::{RedisServer, eventually};

use crate::bench::{Replica, audience, head, url};

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_hears_each_frame_once_and_then_the_heartbeat_that_speaks_of_it() {
    let redis = RedisServer::start();
    let replica = Replica::at(&url(&redis));
    replica.revoke(&["t-1"]).await;
    eventually("the first is told", || head(&redis) == "1");
    let mut stream = source(&redis).subscribe(&audience());
    assert_eq!(stream.next().await.unwrap(), [], "from now on");

    replica.revoke(&["t-2"]).await;
    replica.append(vec![replica.order(Scope::Jti(Jti::new("t-3").unwrap()), 60)]).await;
    replica.clock.advance(std::time::Duration::from_secs(1));
    replica.tell().await;
    eventually("they are told", || head(&redis) == "3");

    assert_eq!(heard(&mut *stream).await, ["frame to 2", "frame to 3", "heartbeat of 3"]);
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

    redis.kill();
    assert!(stream.next().await.is_err());
    redis.restart();
    replica.clock.advance(std::time::Duration::from_secs(1));
    replica.revoke(&["t-2"]).await;
    eventually("the second is told", || head(&redis) == "2");

    assert_eq!(heard(&mut *stream).await, ["frame to 2", "heartbeat of 2"]);
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

fn source(redis: &RedisServer) -> Arc<RedisSource> {
    let address = RedisAddress::new(&url(redis)).unwrap();
    Arc::new(RedisSource::new(address, RedisSecrets::default(), "prod"))
}
