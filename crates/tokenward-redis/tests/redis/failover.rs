//! Sentinels and clusters, and what they lose.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;
use tokenward_redis::RedisSecrets;
use tokenward_testing::redis::{
    RedisCluster, RedisSentinels, RedisServer, eventually, eventually_some,
};

use crate::bench::{Replica, get, head};
use crate::rights::{certificates, password, rights_of};

#[tokio::test(flavor = "multi_thread")]
async fn the_feed_goes_on_at_the_master_that_the_sentinels_elect() {
    let redis = RedisSentinels::start();
    let url = format!("redis+sentinel://tokenward@{}", redis.address());
    let replica = admitted(&redis.servers, &url, None);

    goes_on_at_the_next_master(redis, &replica).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_tls_the_feed_goes_on_at_the_master_that_the_sentinels_elect() {
    let folder = TempDir::new().unwrap();
    certificates(folder.path());
    let redis = RedisSentinels::start_by_tls(folder.path());
    let url = format!("rediss+sentinel://tokenward@{}", redis.address());
    let replica = admitted(&redis.servers, &url, Some(folder.path()));

    goes_on_at_the_next_master(redis, &replica).await;
}

async fn goes_on_at_the_next_master(mut redis: RedisSentinels, replica: &Replica) {
    replica.revoke(&["t-1"]).await;
    eventually("the first is told", || head(&redis.servers[0]) == "1");

    redis.servers[0].kill();
    replica.revoke(&["t-2"]).await;

    let master = eventually_some("the second is told", || {
        redis.master().filter(|master| head(master) == "2")
    });
    assert_eq!([get(master, "jti:t-1"), get(master, "jti:t-2")], ["*", "*"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_is_written_to_through_any_node_and_a_failover() {
    let redis = RedisCluster::start();
    let url = format!("redis+cluster://tokenward@{}", redis.address());
    let replica = admitted(&redis.nodes, &url, None);

    goes_on_at_the_next_node(redis, &replica).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_tls_a_cluster_is_written_to_through_any_node_and_a_failover() {
    let folder = TempDir::new().unwrap();
    certificates(folder.path());
    let redis = RedisCluster::start_by_tls(folder.path());
    let url = format!("rediss+cluster://tokenward@{}", redis.address());
    let replica = admitted(&redis.nodes, &url, Some(folder.path()));

    goes_on_at_the_next_node(redis, &replica).await;
}

async fn goes_on_at_the_next_node(mut redis: RedisCluster, replica: &Replica) {
    replica.revoke(&["t-1"]).await;
    let (master, _) = eventually_some("a node has it", || redis.holders("{tw:prod}:head"));
    eventually("the first is told", || head(&redis.nodes[master]) == "1");

    redis.nodes[master].kill();
    replica.revoke(&["t-2"]).await;

    let elected = || redis.holders("{tw:prod}:head").map(|(elected, _)| elected);
    let elected = eventually_some("another is elected", || elected().filter(|one| *one != master));
    let elected = &redis.nodes[elected];
    eventually("the second is told", || head(elected) == "2");
    assert_eq!([get(elected, "jti:t-1"), get(elected, "jti:t-2")], ["*", "*"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_failover_lost_though_it_was_acknowledged_is_written_again() {
    let mut redis = RedisCluster::start();
    let replica =
        admitted(&redis.nodes, &format!("redis+cluster://tokenward@{}", redis.address()), None);
    replica.revoke(&["t-1"]).await;
    // A cluster takes writes before its nodes have heard who follows whom.
    let (master, follower) = eventually_some("a replica is known", || {
        let (master, follower) = redis.holders("{tw:prod}:head")?;
        Some((master, follower?))
    });
    eventually("the first is told", || head(&redis.nodes[master]) == "1");
    eventually("its replica has it", || {
        redis.nodes[follower].cli(&["dbsize"]) == redis.nodes[master].cli(&["dbsize"])
    });
    assert!(redis.nodes[follower].cli(&["info", "replication"]).contains("role:slave"));

    // The link breaks, a revocation is acknowledged, and the master dies with it.
    redis.nodes[follower].freeze();
    redis.nodes[master].order(&["client", "kill", "type", "replica"]);
    replica.revoke(&["t-2"]).await;
    eventually("the second is acknowledged", || head(&redis.nodes[master]) == "2");
    redis.nodes[master].kill();
    redis.nodes[follower].thaw();

    let elected = || redis.holders("{tw:prod}:head").map(|(elected, _)| elected);
    eventually("the replica is elected", || elected() == Some(follower));
    let elected = &redis.nodes[follower];
    assert_eq!((head(elected).as_str(), get(elected, "jti:t-2").as_str()), ("1", ""), "not lost");
    replica.tell().await;
    eventually("the lost one is back", || get(elected, "jti:t-2") == "*");
    eventually("so is the head", || head(elected) == "2");
}

/// With the rights of the page, and no others; trusting the certificates of the folder `tls`.
fn admitted(servers: &[RedisServer], url: &str, tls: Option<&Path>) -> Replica {
    let rights = rights_of("tokenward");
    let user = ["acl", "setuser", "tokenward", "on", ">secret"];
    for server in servers {
        let words: Vec<_> = user.into_iter().chain(rights.split(' ')).collect();
        server.order(&words);
    }
    let ca = tls.map(|dir| fs::read(dir.join("ca.pem")).unwrap());
    Replica::of(url, RedisSecrets { ca, ..password("secret") }, Arc::default())
}
