//! Killed at random moments under load, on a disk that forgets what was never synced.
//!
//! Clients do what clients do, each with a session of its own, and write down what they were answered.
//! After each kill and restart, everything that was answered must hold: see [`holder`].

mod holder;
mod world;

use std::pin::Pin;
use std::time::Duration;

use tokenward_testing::forgetful::Lost;
use tokenward_testing::free_port;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::harness::Authority;
use crate::process::{Process, tokenward};
use holder::Holder;
use world::{Dice, World};

/// How often it is killed.
const KILLS: u64 = 50;
/// Clients at the same time: enough that every commit carries the work of several.
const CLIENTS: u64 = 8;
/// How many sessions of earlier rounds are looked at after each kill; after the last kill all are.
const SAMPLE: usize = 12;

#[tokio::test]
async fn what_was_answered_holds_after_fifty_kills() {
    let (mut authority, disk) = Authority::on_forgetful_disk("info").await;
    let mut dice = Dice::fresh();
    let seed = dice.seed();
    let mut old: Vec<Holder> = Vec::new();
    for kill in 0..KILLS {
        let delay = Duration::from_millis(dice.between(100, 900));
        let load = load(&World::of(&authority), kill, &mut dice);
        sleep(delay).await;
        authority.kill();
        let mut holders = load.join_all().await;
        let lost = if dice.toss() { Lost::All } else { Lost::Some(dice.next()) };
        let rolled_back = disk.roll_back(lost);
        let begun = Instant::now();
        authority.start_again().await;
        let round = format!(
            "seed {seed}, kill {kill} after {delay:?}, {lost:?}, {rolled_back:?}, up in {:?}",
            begun.elapsed()
        );

        let mut sample = dice.draw(&mut old, SAMPLE);
        holders.append(&mut sample);
        let checked = check(&authority, holders, after_kill).await;
        assert_eq!(broken(&checked), "", "{round}");
        old.extend(checked);
    }
    let old = check(&authority, old, at_the_end).await;
    assert_eq!(broken(&old), "", "seed {seed}, after the last kill");
    assert!(old.len() > usize::try_from(KILLS).unwrap(), "there was a load");
}

/// The test above would notice: on a disk whose syncs count for nothing, answers are lost.
#[tokio::test]
async fn without_syncs_answers_are_lost() {
    let (mut authority, disk) = Authority::on_forgetful_disk("info").await;
    let load = load(&World::of(&authority), 0, &mut Dice::fresh());
    sleep(Duration::from_millis(300)).await;
    disk.deafen(true);
    sleep(Duration::from_secs(3)).await;
    authority.kill();
    let holders = load.join_all().await;
    disk.roll_back(Lost::All);
    authority.start_again().await;

    let checked = check(&authority, holders, after_kill).await;

    assert_ne!(broken(&checked), "");
}

/// Whatever the moment, the folder is one that the next start can use.
#[tokio::test]
#[expect(clippy::print_stdout, reason = "shown if the test fails")]
async fn a_first_start_that_is_killed_leaves_nothing_that_stops_the_next() {
    let mut dice = Dice::fresh();
    let seed = dice.seed();
    for turn in 0..8 {
        let delay = Duration::from_millis(dice.between(0, 400));
        let (folder, disk) = crate::harness::forgetful_folder();
        let data = folder.path().join("data");
        // One port for both starts: it is part of the issuer that the keys are made for.
        let address = format!("127.0.0.1:{}", free_port());
        let start = |name| {
            let mut command = tokenward(&["serve", "--dev", "--listen", &address, "--data"]);
            command.arg(&data);
            disk.attach(&mut command);
            Process::spawn(name, &mut command)
        };
        let mut first = start("first-start");
        sleep(delay).await;
        first.kill();
        let lost = if dice.toss() { Lost::All } else { Lost::Some(dice.next()) };
        let rolled_back = disk.roll_back(lost);
        println!("turn {turn}, seed {seed}, killed after {delay:?}, {lost:?}, {rolled_back:?}");
        start("second-start").ready().await;
    }
}

/// Clients that go on until the server is gone, and one administrator who rotates keys.
fn load(world: &World, kill: u64, dice: &mut Dice) -> Load {
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        let (world, mut dice) = (world.clone(), dice.split());
        clients.spawn(async move {
            let mut holders = Vec::new();
            for turn in 0.. {
                let name = format!("r{kill}-c{number}-t{turn}");
                let mut holder = Holder::new(name, dice.between(0, 3) == 0);
                let lived = holder.live(&world, &mut dice).await;
                holders.push(holder);
                if lived.is_err() {
                    break;
                }
            }
            holders
        });
    }
    let world = world.clone();
    clients.spawn(async move {
        while world.rotate().await.is_ok() {
            sleep(Duration::from_millis(50)).await;
        }
        Vec::new()
    });
    Load(clients)
}

struct Load(JoinSet<Vec<Holder>>);

impl Load {
    async fn join_all(self) -> Vec<Holder> {
        self.0.join_all().await.into_iter().flatten().collect()
    }
}

type Checked = Pin<Box<dyn Future<Output = Holder> + Send>>;

fn after_kill(mut holder: Holder, world: World) -> Checked {
    Box::pin(async move {
        holder.finish(&world).await;
        holder.check(&world).await;
        holder
    })
}

fn at_the_end(mut holder: Holder, world: World) -> Checked {
    Box::pin(async move {
        holder.check_window(&world).await;
        holder.check(&world).await;
        holder
    })
}

/// Runs `check` for all holders, several at a time.
async fn check(
    authority: &Authority,
    holders: Vec<Holder>,
    check: fn(Holder, World) -> Checked,
) -> Vec<Holder> {
    let world = World::of(authority);
    let mut checked = Vec::with_capacity(holders.len());
    let mut tasks = JoinSet::new();
    for holder in holders {
        if tasks.len() >= 8 {
            checked.extend(tasks.join_next().await.map(Result::unwrap));
        }
        tasks.spawn(check(holder, world.clone()));
    }
    checked.extend(tasks.join_all().await);
    checked
}

/// What did not hold, with all that is needed to understand it.
fn broken(holders: &[Holder]) -> String {
    let broken = holders.iter().filter(|holder| !holder.broken.is_empty());
    broken.map(|holder| format!("{holder:#?}\n")).collect::<Vec<_>>().concat()
}
