//! Allocations per operation, from the programs that count them.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::report::Allocations;
use crate::run::Failure;

/// Asks each program what its contenders allocate.
pub(super) fn count(programs: &[PathBuf], dir: &Path) -> Result<Vec<Allocations>, Failure> {
    let mut all = Vec::new();
    for program in programs {
        let output = Command::new(program).arg(dir).output()?;
        if !output.status.success() {
            return Err(Failure::new(format!("`{}` failed", program.display())));
        }
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            all.push(parse(line).ok_or_else(|| Failure::new(format!("no count: {line:?}")))?);
        }
    }
    Ok(all)
}

fn parse(line: &str) -> Option<Allocations> {
    let fields: Vec<&str> = line.split('\t').collect();
    let [algorithm, operation, library, variant, calls, bytes] = fields.as_slice() else {
        return None;
    };
    Some(Allocations {
        algorithm: (*algorithm).to_owned(),
        operation: (*operation).to_owned(),
        library: (*library).to_owned(),
        name: format!("{library}, {variant}"),
        calls: calls.parse().ok()?,
        bytes: bytes.parse().ok()?,
    })
}
