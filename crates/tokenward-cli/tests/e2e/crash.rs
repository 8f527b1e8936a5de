//! Killed at random moments under load, on a disk that forgets what was never synced.
//!
//! Clients do what clients do, each with a session of its own, and write down what they were answered.
//! After each kill and restart, everything that was answered must hold: see [`holder`].

mod holder;
mod world;

use std::fmt::Write as _;
use std::time::Duration;

use tokenward_testing::forgetful::{Lost, RolledBack};
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
        let round = Round { seed, kill, delay, lost, rolled_back, start: begun.elapsed() };

        let mut sample = dice.draw(&mut old, SAMPLE);
        holders.append(&mut sample);
        old.extend(
            round
                .check(&authority, holders, |mut holder, world| {
                    Box::pin(async move {
                        holder.finish(&world).await;
                        holder.check(&world).await;
                        holder
                    })
                })
                .await,
        );
    }
    let round = Round::last(seed);
    let old = round.check(&authority, old, |mut holder, world| {
        Box::pin(async move {
            holder.check_window(&world).await;
            holder.check(&world).await;
            holder
        })
    });
    assert!(old.await.len() > usize::try_from(KILLS).unwrap(), "there was a load");
}

/// Whatever the moment, the folder is one that the next start can use.
#[tokio::test]
async fn a_first_start_that_is_killed_leaves_nothing_that_stops_the_next() {
    let mut dice = Dice::fresh();
    let seed = dice.seed();
    for turn in 0..8 {
        let delay = Duration::from_millis(dice.between(0, 400));
        let (folder, disk) = crate::harness::forgetful_folder();
        let data = folder.path().join("data");
        let start = |name| {
            let mut command = tokenward(&["serve", "--dev", "--listen", "127.0.0.1:0", "--data"]);
            command.arg(&data);
            disk.attach(&mut command);
            Process::spawn(name, &mut command)
        };
        let mut first = start("first-start");
        sleep(delay).await;
        first.kill();
        let lost = if dice.toss() { Lost::All } else { Lost::Some(dice.next()) };
        let rolled_back = disk.roll_back(lost);
        // Shown if the test fails.
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

/// What is needed to see a failure again.
#[derive(Debug)]
struct Round {
    seed: u64,
    kill: u64,
    delay: Duration,
    lost: Lost,
    rolled_back: RolledBack,
    start: Duration,
}

type Checked = std::pin::Pin<Box<dyn Future<Output = Holder> + Send>>;

impl Round {
    fn last(seed: u64) -> Self {
        Self {
            seed,
            kill: KILLS,
            delay: Duration::ZERO,
            lost: Lost::All,
            rolled_back: RolledBack::default(),
            start: Duration::ZERO,
        }
    }

    /// Runs `check` for all holders, several at a time; fails with all that is broken.
    async fn check(
        &self,
        authority: &Authority,
        holders: Vec<Holder>,
        check: impl Fn(Holder, World) -> Checked,
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
        let broken = checked.iter().filter(|holder| !holder.broken.is_empty());
        let report = broken.fold(String::new(), |mut report, holder| {
            writeln!(report, "{holder:#?}").unwrap();
            report
        });
        assert!(report.is_empty(), "{self:?}:\n{report}");
        checked
    }
}
