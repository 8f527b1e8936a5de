//! Rounds in which everybody takes part.

use super::Effort;
use super::report::Row;
use super::spread::Spread;
use super::worker::{Entrant, Worker};
use crate::run::Failure;

/// How many rounds of what size.
#[derive(Debug)]
pub(super) struct Plan {
    rounds: usize,
    /// How often everybody of one program has a turn within a round.
    turns: u32,
    /// The least that a turn takes, in nanoseconds.
    turn: f64,
    /// The least that a contender runs before it counts: caches fill, compilers wake up.
    warm_up: f64,
}

impl Plan {
    pub(super) fn of(effort: Effort) -> Self {
        if effort.quick {
            Self { rounds: 15, turns: 2, turn: 1e5, warm_up: 5e6 }
        } else {
            Self { rounds: 150, turns: 4, turn: 5e5, warm_up: 3e8 }
        }
    }
}

/// A contender, how often it runs in a turn, and what a run took in each round.
struct Runner<'a> {
    entrant: &'a Entrant,
    count: u32,
    nanos: Vec<f64>,
}

/// Every operation with every algorithm.
pub(super) fn all(
    workers: &mut [Worker],
    entrants: &[Entrant],
    plan: &Plan,
) -> Result<Vec<Row>, Failure> {
    let mut kinds: Vec<(&str, &str)> = Vec::new();
    for one in entrants {
        let kind = (one.operation.as_str(), one.algorithm.as_str());
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    let mut rows = Vec::new();
    for (operation, algorithm) in kinds {
        println!("{operation} {algorithm}");
        let these =
            entrants.iter().filter(|one| one.operation == operation && one.algorithm == algorithm);
        rows.extend(compare(workers, these, plan)?);
    }
    Ok(rows)
}

fn compare<'a>(
    workers: &mut [Worker],
    entrants: impl Iterator<Item = &'a Entrant>,
    plan: &Plan,
) -> Result<Vec<Row>, Failure> {
    let mut runners = Vec::new();
    for entrant in entrants {
        let count = calibrate(workers, entrant, plan)?;
        runners.push(Runner { entrant, count, nanos: Vec::new() });
    }
    for round in 0..plan.rounds {
        for (number, worker) in workers.iter_mut().enumerate() {
            let mut here: Vec<&mut Runner<'_>> =
                runners.iter_mut().filter(|one| one.entrant.worker == number).collect();
            if here.is_empty() {
                continue;
            }
            // Nobody always follows the same one: what that one leaves in the caches differs.
            let first = round.checked_rem(here.len()).unwrap_or_default();
            here.rotate_left(first);
            let batches: Vec<_> = here.iter().map(|one| (one.entrant.index, one.count)).collect();
            let took = worker.run(plan.turns, &batches)?;
            for (one, took) in here.into_iter().zip(took) {
                one.nanos.push(took / f64::from(plan.turns) / f64::from(one.count));
            }
        }
    }
    // The primitive comes first in its program, and its program first of all.
    let floor = runners.first().map(|one| one.nanos.clone()).unwrap_or_default();
    Ok(runners.into_iter().map(|one| row(one, &floor)).collect())
}

/// How often the contender must run for a turn, once it is warm.
fn calibrate(workers: &mut [Worker], entrant: &Entrant, plan: &Plan) -> Result<u32, Failure> {
    let worker = workers.get_mut(entrant.worker).ok_or_else(|| Failure::new("no such program"))?;
    let mut reach = |least: f64| -> Result<u32, Failure> {
        let mut count: u32 = 1;
        loop {
            let took = worker.run(1, &[(entrant.index, count)])?;
            if took.first().is_none_or(|took| *took >= least) {
                return Ok(count);
            }
            count = count.saturating_mul(2);
        }
    };
    reach(plan.warm_up)?;
    reach(plan.turn)
}

fn row(runner: Runner<'_>, floor: &[f64]) -> Row {
    let ratios = runner.nanos.iter().zip(floor).map(|(took, floor)| took / floor).collect();
    Row {
        algorithm: runner.entrant.algorithm.clone(),
        operation: runner.entrant.operation.clone(),
        library: runner.entrant.library.clone(),
        version: runner.entrant.version.clone(),
        variant: runner.entrant.variant.clone(),
        name: runner.entrant.name(),
        nanos: Spread::of(runner.nanos),
        ratio: Spread::of(ratios),
    }
}
