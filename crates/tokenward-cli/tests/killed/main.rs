//! `kill -9` between every two steps of the life of a key, in each custody that can lose one on the way.
//!
//! A process of its own does what an authority does with its keys: starts on an empty store, prepares a
//! rotation, rotates, rotates when told to, distrusts a key, withdraws. The store and the custody are the real
//! ones, the time is told. It is killed before its first step, its second, and so on: each write to the store,
//! each private half that is made or destroyed, each request that changes something in a vault or in AWS. What was never
//! synced is lost with it. Then another process starts, as an authority does, and all must be well again.

#![cfg(test)]
#![expect(clippy::arithmetic_side_effects, reason = "the numbers of a test are small")]

mod custody;
mod life;
mod proxy;
mod steps;

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::process::Signal;
use tempfile::TempDir;
use tokenward_testing::forgetful::{Forgetful, Lost};

use custody::Place;
use life::{Fact, Facts, Report};

#[test]
fn sealed_keys_outlive_a_kill_at_every_step() {
    killed_at_every_step(&Place::sealed(), 15);
}

#[test]
fn keys_in_a_vault_outlive_a_kill_at_every_step() {
    killed_at_every_step(&Place::vault_transit(), 30);
}

#[test]
fn keys_that_are_documents_of_a_vault_outlive_a_kill_at_every_step() {
    killed_at_every_step(&Place::vault_kv(), 25);
}

#[test]
fn keys_in_kms_outlive_a_kill_at_every_step() {
    killed_at_every_step(&Place::aws_kms(), 25);
}

#[test]
fn keys_that_are_secrets_of_aws_outlive_a_kill_at_every_step() {
    killed_at_every_step(&Place::aws_secrets(), 25);
}

#[test]
fn keys_in_a_hardware_token_outlive_a_kill_at_every_step() {
    killed_at_every_step(&Place::pkcs11(), 20);
}

/// Kills a process at each step in turn, until one comes to its end. There are `least` steps at least.
fn killed_at_every_step(place: &Place, least: u64) {
    let next = AtomicU64::new(1);
    let over = AtomicU64::new(u64::MAX);
    let broken = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let parent = TempDir::new().unwrap();
                let disk = Forgetful::new(parent.path());
                loop {
                    let step = next.fetch_add(1, Ordering::SeqCst);
                    if step >= over.load(Ordering::SeqCst) {
                        return;
                    }
                    let folder = TempDir::new_in(parent.path()).unwrap();
                    let (facts, ended) = live(place, folder.path(), &disk, step);
                    if ended {
                        over.fetch_min(step, Ordering::SeqCst);
                    }
                    let lost = if step.is_multiple_of(2) { Lost::All } else { Lost::Some(step) };
                    disk.roll_back(lost);
                    let report = start_again(place, folder.path(), step, &facts);
                    let found = report.broken(&facts);
                    if !found.is_empty() {
                        broken.lock().unwrap().push((step, facts, found));
                    }
                }
            });
        }
    });
    let (steps, broken) = (over.into_inner(), broken.into_inner().unwrap());
    assert!(broken.is_empty(), "of {steps} steps: {broken:#?}");
    assert!(steps > least, "{steps} steps are not the whole life of a key");
}

/// Runs the process until `step`; what it said, and whether it came to its end.
fn live(place: &Place, folder: &Path, disk: &Forgetful, step: u64) -> (Facts, bool) {
    let mut command = process(place, folder, step, life::LIVE);
    disk.attach(&mut command);
    command.env(steps::DIE_AT, step.to_string()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let facts: Facts = lines.map_while(Result::ok).filter_map(|line| Fact::read(&line)).collect();
    let ended = facts.has_ended();
    let status = child.wait().unwrap();
    let killed = status.signal() == Some(Signal::KILL.as_raw());
    assert!(if ended { status.success() } else { killed }, "step {step}: {status}, {facts:?}");
    (facts, ended)
}

/// The next start, after what was said last.
fn start_again(place: &Place, folder: &Path, step: u64, facts: &Facts) -> Report {
    let mut command = process(place, folder, step, life::START_AGAIN);
    let output = command.env(life::NOW, facts.last_time().to_string()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let report = said.lines().find_map(Report::read);
    let mut report = report.unwrap_or_else(|| panic!("step {step}: {said}\n{errors}"));
    report.held = place.held(step);
    report
}

fn process(place: &Place, folder: &Path, step: u64, part: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["life::the_process_that_is_killed", "--exact", "--nocapture", "--test-threads=1"])
        .env(life::PART, part)
        .env(life::FOLDER, folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    place.prepare(&mut command, step);
    command
}
