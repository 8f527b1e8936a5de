//! What is revoked arrives: at every verifier, all of it, and none of them ever claims to know more than
//! it does, whatever happens to the links between them and the authority.
//!
//! `TOKENWARD_TEST_REVOCATIONS` and `TOKENWARD_TEST_PAUSE_SECONDS` make both tests longer, for
//! `cargo xtask prove revocations`.
#![expect(clippy::print_stdout, reason = "prove shows what came of it")]

mod ledger;
mod load;
mod middle;
mod observer;
mod overheard;
mod verifiers;
mod world;

use std::time::Duration;

use http::Method;
use rustix::process::Signal;
use tokenward_testing::redis::{RedisSentinels, RedisServer};

use crate::harness::{Authority, Gate, eventually};
use ledger::{Ledger, now};
use load::Load;
use middle::{Fault, Middle};
use observer::Observer;
use verifiers::Paused;
use world::{World, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_thirty_thousand_revocations_none_is_lost_in_any_of_eight_verifiers() {
    let redis = RedisServer::start();
    let url = format!("redis://127.0.0.1:{}", redis.port());
    let world = World::start(&url).await;
    let mut verifiers = world.connect(6).await;
    verifiers.extend(world.connect_by_redis(2).await);
    let ledger = Ledger::shared();

    Load::revoke(&world, &ledger, set_by("TOKENWARD_TEST_REVOCATIONS", 30_000)).await;

    world.all_know_what_the_store_holds(&verifiers, &ledger).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn however_a_link_is_cut_a_verifier_knows_what_its_age_says_and_all_of_it_in_the_end() {
    let mut redis = RedisSentinels::start();
    let world = World::start(&format!("redis+sentinel://{}", redis.address())).await;
    let middle = Middle::before(&world.url(), world.client()).await;
    let (mut verifiers, mut paused) = (world.connect(1).await, Paused::connect(&world));
    verifiers.push(world.connect_through(&middle).await);
    verifiers.extend(world.connect_by_redis(1).await);
    verifiers.push(paused.verifier());
    let ledger = Ledger::shared();
    let load = Load::start(&world, &ledger);
    let observer = Observer::start(&verifiers, &ledger);
    world.all_hear_of_another(&verifiers, &ledger).await;

    for fault in Fault::ALL {
        middle.does(fault).await;
        world.all_hear_of_another(&verifiers, &ledger).await;
    }

    middle.holds_back(2);
    observer.sees_what_an_age_from_receipt_would_hide(1).await;
    middle.holds_back(0);
    world.all_hear_of_another(&verifiers, &ledger).await;

    let first = world.until_told(|| redis.master()).await;
    server(&mut redis, first).kill();
    let second = world.until_told(|| redis.master()).await;
    world.all_hear_of_another(&verifiers, &ledger).await;
    assert_ne!(first, second, "failed over");
    server(&mut redis, second).restart_empty();
    world.until_told(|| redis.master()).await;
    world.all_hear_of_another(&verifiers, &ledger).await;

    world.kill_and_start_again().await;
    world.all_hear_of_another(&verifiers, &ledger).await;

    let pause = set_by("TOKENWARD_TEST_PAUSE_SECONDS", 4);
    paused.until_it_is_older_than(Duration::from_secs(pause)).await;
    world.all_hear_of_another(&verifiers, &ledger).await;

    load.end().await;
    observer.found_nothing().await;
    world.all_know_what_the_store_holds(&verifiers, &ledger).await;
}

#[tokio::test]
async fn a_gate_that_stood_still_does_not_let_in_what_was_revoked_meanwhile() {
    let authority = Authority::dev().await;
    let gate = Gate::with(&authority, "max_staleness = \"2s\"\nclock_error = \"0s\"\n").await;
    let session = authority.create("ada").await;
    let (client, question) = (&authority.client, gate.question().bearer(&session.access));
    let patience = Duration::from_secs(30);
    eventually(client, &question, patience, |answer| answer.status == 200).await;

    gate.process.signal(Signal::STOP);
    let end = authority.service(Method::DELETE, &format!("/v1/sessions/{}", session.id));
    client.ask(end).await.expect(204);
    let (ended, pause) = (now(), set_by("TOKENWARD_TEST_PAUSE_SECONDS", 4));
    until("so long", || now().since(ended) > Duration::from_secs(pause)).await;
    gate.process.signal(Signal::CONT);

    eventually(client, &question, patience, |answer| {
        assert!(matches!(answer.status, 401 | 503), "{answer:?}");
        answer.status == 401
    })
    .await;
}

fn server(redis: &mut RedisSentinels, port: u16) -> &mut RedisServer {
    redis.servers.iter_mut().find(|server| server.port() == port).unwrap()
}

/// The number in an environment variable, if there is one.
fn set_by(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).map_or(usual, |text| text.parse().unwrap())
}
