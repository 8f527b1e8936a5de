//! Killed at random moments, on a disk that forgets what was never synced.

use std::process::Child;

use tempfile::TempDir;
use tokenward::crypto;
use tokenward_sqlite::{Options, SqliteStore};
use tokenward_testing::forgetful::{Forgetful, Lost};

use crate::facts::Facts;
use crate::load;

/// Enough for kills before, in and after transactions and checkpoints; `cargo xtask prove` runs more, on
/// the released program.
const KILLS: u64 = 10;

/// The writes and syncs of a first start, and of the first commands; every ninth of them is met.
const MOMENTS: std::ops::Range<u64> = 1..310;

#[tokio::test]
async fn what_was_answered_holds_after_any_kill() {
    let folder = TempDir::new().unwrap();
    let disk = Forgetful::new(folder.path());
    for kill in 0..KILLS {
        let facts = run_and_kill(&folder, &disk, at_random(20, 2_000), |_| {});
        let lost = if kill % 2 == 0 { Lost::All } else { Lost::Some(kill) };
        let rolled_back = disk.roll_back(lost);

        let broken = facts.broken(&reopen(&folder)).await;

        assert!(
            broken.is_empty(),
            "kill {kill}, {lost:?}, {rolled_back:?}, {} answered: {broken:#?}",
            facts.answered
        );
    }
}

/// The file is being made, or has just been made.
#[tokio::test]
async fn it_starts_again_after_a_kill_at_any_moment_of_the_first_start() {
    let parent = TempDir::new().unwrap();
    let disk = Forgetful::new(parent.path());
    let mut answered = 0;
    for moment in MOMENTS.step_by(9) {
        let folder = TempDir::new_in(parent.path()).unwrap();
        let (mut child, lines) = load::start_until(folder.path(), &disk, moment);
        let mut facts = Facts::default();
        facts.learn_all(lines);
        child.wait().unwrap();
        let lost = if moment % 2 == 0 { Lost::All } else { Lost::Some(moment) };
        disk.roll_back(lost);

        let broken = facts.broken(&reopen(&folder)).await;

        assert!(broken.is_empty(), "moment {moment}, {lost:?}: {broken:#?}");
        answered += facts.answered;
    }
    assert!(answered > 0, "the moments end before the first answer");
}

/// Counted by the disk itself: sixteen clients at a time share the syncs of a start, of the log and of its
/// copying back.
#[tokio::test]
async fn many_answers_come_of_one_sync() {
    let folder = TempDir::new().unwrap();
    let disk = Forgetful::new(folder.path());

    let facts = run_and_kill(&folder, &disk, 2_000, |_| {});

    let syncs = disk.syncs();
    assert!(syncs * 2 < facts.answered, "{syncs} syncs for {} answers", facts.answered);
}

/// The tests above would notice: on a disk whose syncs count for nothing, answers are lost.
#[tokio::test]
async fn without_syncs_answers_are_lost() {
    let folder = TempDir::new().unwrap();
    let disk = Forgetful::new(folder.path());
    let facts = run_and_kill(&folder, &disk, 500, |facts| {
        if facts.answered == 50 {
            disk.deafen(true);
        }
    });
    disk.roll_back(Lost::All);

    assert!(!facts.broken(&reopen(&folder)).await.is_empty());
}

#[tokio::test]
async fn a_full_disk_loses_nothing_and_is_got_over() {
    let folder = TempDir::new().unwrap();
    let disk = Forgetful::new(folder.path());
    let (mut child, mut lines) = load::start(folder.path(), &disk);
    let mut facts = Facts::default();
    let mut answered_when_mended = None;
    for line in lines.by_ref() {
        let line = line.unwrap();
        assert!(!line.starts_with("!F") || line == "!F Full", "{line}");
        facts.learn(&line);
        match answered_when_mended {
            None if facts.failed >= 50 => {
                disk.fill(false);
                answered_when_mended = Some(facts.answered);
            }
            None if facts.answered == 200 => disk.fill(true),
            Some(answered) if facts.answered > answered + 200 => break,
            _ => {}
        }
    }
    kill(&mut child);
    facts.learn_all(lines);
    assert!(answered_when_mended.is_some(), "the disk was never full");
    disk.roll_back(Lost::All);

    let broken = facts.broken(&reopen(&folder)).await;

    assert!(broken.is_empty(), "{broken:#?}");
}

#[tokio::test]
async fn a_full_disk_at_the_start_is_told_in_one_line() {
    let folder = TempDir::new().unwrap();
    let disk = Forgetful::new(folder.path());
    let (mut child, lines) = load::start_full(folder.path(), &disk);

    let lines: Vec<_> = lines.map_while(Result::ok).collect();
    child.wait().unwrap();

    let told = lines.iter().find_map(|line| line.split_once("!O ").map(|(_, told)| told));
    let path = load::path(folder.path());
    let expected = format!("no room on the disk for the store `{}`; free some", path.display());
    assert_eq!(told, Some(expected.as_str()));
    drop(reopen(&folder));
}

/// Runs the load until so many answers were seen; `watch` sees each.
fn run_and_kill(
    folder: &TempDir,
    disk: &Forgetful,
    answers: usize,
    watch: impl Fn(&Facts),
) -> Facts {
    let (mut child, mut lines) = load::start(folder.path(), disk);
    let mut facts = Facts::default();
    while facts.answered < answers {
        let line = lines.next().expect("the load goes on until it is killed").unwrap();
        facts.learn(&line);
        watch(&facts);
    }
    kill(&mut child);
    facts.learn_all(lines);
    facts
}

fn kill(child: &mut Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

fn reopen(folder: &TempDir) -> SqliteStore {
    SqliteStore::open(load::path(folder.path()), Options::default()).unwrap()
}

fn at_random(least: u64, most: u64) -> usize {
    let dice = u64::from_le_bytes(crypto::random());
    usize::try_from(least + dice % (most - least)).unwrap()
}
