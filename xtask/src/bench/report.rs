//! All that one run found out.

use serde::Serialize;

use super::spread::Spread;
use crate::machine::Machine;
use crate::run::Failure;

/// The library that is compared with the others.
pub(super) const OURS: &str = "tokenward";
/// The one below it, whose primitives are the floor.
pub(super) const FLOOR: &str = "aws-lc-rs";

/// All that one run found out.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) machine: Machine,
    pub(super) quick: bool,
    pub(super) rows: Vec<Row>,
    pub(super) instructions: Vec<Instructions>,
    pub(super) allocations: Vec<Allocations>,
    /// Who could not take part, and why.
    pub(super) notes: Vec<String>,
}

/// One contender in one comparison.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub(super) algorithm: String,
    pub(super) operation: String,
    pub(super) library: String,
    pub(super) version: String,
    pub(super) variant: String,
    /// Library, version and variant.
    pub(super) name: String,
    /// Of one operation, over the rounds.
    pub(super) nanos: Spread,
    /// To the primitive in the same round, over the rounds.
    pub(super) ratio: Spread,
}

/// How many instructions one operation takes.
#[derive(Debug, Serialize)]
pub(super) struct Instructions {
    pub(super) algorithm: String,
    pub(super) operation: String,
    pub(super) library: String,
    pub(super) name: String,
    pub(super) all: f64,
    /// Beyond those of the primitive.
    pub(super) outside: f64,
}

/// How often one operation allocates.
#[derive(Debug, Serialize)]
pub(super) struct Allocations {
    pub(super) algorithm: String,
    pub(super) operation: String,
    pub(super) library: String,
    pub(super) name: String,
    pub(super) calls: f64,
    pub(super) bytes: f64,
}

impl Report {
    pub(super) fn to_json(&self) -> Result<String, Failure> {
        serde_json::to_string_pretty(self).map_err(|error| Failure::new(error.to_string()))
    }

    /// The comparisons of one operation in the order of the run.
    pub(super) fn algorithms(&self, operation: &str) -> Vec<&str> {
        let mut algorithms = Vec::new();
        for row in self.rows.iter().filter(|row| row.operation == operation) {
            if !algorithms.contains(&row.algorithm.as_str()) {
                algorithms.push(row.algorithm.as_str());
            }
        }
        algorithms
    }
}

impl Row {
    /// Whether it is another language's library.
    pub(super) fn is_foreign(&self) -> bool {
        ["Python", "Node", "Go", "Java"].iter().any(|language| self.variant.starts_with(language))
    }
}
