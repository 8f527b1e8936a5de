//! Instructions per operation, counted by callgrind.
//!
//! The count of twice as many operations, less the count of the operations, leaves out what a program
//! does besides. Valgrind shows a plainer processor than there is, so the primitive takes more
//! instructions under it than outside: what counts is the difference to the primitive.

use std::path::Path;
use std::process::{Command, Stdio};

use super::report::{FLOOR, Instructions, OURS};
use super::worker::Entrant;
use super::{Effort, tools};
use crate::run::{Failure, has};

/// The contender that shares our primitives, so that a difference means the same.
const PEER: (&str, &str) = ("jsonwebtoken", "aws-lc-rs");

/// Counts for the contenders that stand on the primitives of the floor; a note if nothing can count.
pub(super) fn count(
    core: &Path,
    dir: &Path,
    entrants: &[Entrant],
    effort: Effort,
) -> Result<(Vec<Instructions>, Option<String>), Failure> {
    if !tools::ensure(|| has("valgrind"), &["valgrind"]) {
        return Ok((Vec::new(), Some("instructions: not counted (no valgrind)".to_owned())));
    }
    let mut all: Vec<Instructions> = Vec::new();
    for one in entrants.iter().filter(|one| is_counted(one, effort)) {
        println!("instructions: {} {} {}", one.operation, one.algorithm, one.name());
        let operations: u32 = if effort.quick { 20 } else { 200 };
        let less = run(core, dir, one.index, operations)?;
        let more = run(core, dir, one.index, operations.saturating_mul(2))?;
        let instructions = (more - less) / f64::from(operations);
        let is_floor = |other: &&Instructions| {
            other.library == FLOOR
                && other.algorithm == one.algorithm
                && other.operation == one.operation
        };
        let floor = all.iter().find(is_floor).map_or(instructions, |floor| floor.all);
        all.push(Instructions {
            algorithm: one.algorithm.clone(),
            operation: one.operation.clone(),
            library: one.library.clone(),
            name: one.name(),
            all: instructions,
            outside: instructions - floor,
        });
    }
    Ok((all, None))
}

fn is_counted(one: &Entrant, effort: Effort) -> bool {
    let algorithms: &[&str] =
        if effort.quick { &["ES256"] } else { &["HS256", "RS256", "ES256", "EdDSA"] };
    let is_peer = (one.library.as_str(), one.variant.as_str()) == PEER;
    let operation = one.operation == "verify" || !effort.quick;
    one.worker == 0
        && operation
        && algorithms.contains(&one.algorithm.as_str())
        && (one.library == OURS || one.library == FLOOR || is_peer)
}

fn run(core: &Path, dir: &Path, index: usize, operations: u32) -> Result<f64, Failure> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(core)
        .arg(dir)
        .args(["repeat", &index.to_string(), &operations.to_string()])
        .stdout(Stdio::null())
        .output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    let count = text.lines().find_map(|line| line.split_once("Collected : "));
    count
        .and_then(|(_, count)| count.trim().parse().ok())
        .ok_or_else(|| Failure::new(format!("callgrind counted nothing: {text}")))
}
