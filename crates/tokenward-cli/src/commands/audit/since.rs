//! `--since REV`: which lines a revision of git does not have.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use tokenward_audit::Finding;

use super::git::git;
use crate::failure::Failure;

#[cfg(test)]
mod tests;

/// Lines that are new, by file.
#[derive(Debug, Default)]
pub(crate) struct Changed {
    lines: HashMap<PathBuf, Vec<RangeInclusive<usize>>>,
}

/// Asks git what has changed since `rev` below the current folder, files that it does not know included.
pub(crate) fn changed(rev: &str) -> Result<Changed, Failure> {
    // What begins with a dash would be an option.
    if rev.starts_with('-') || rev.is_empty() {
        return Err(Failure::cannot(format!("--since: `{rev}` is no revision")));
    }
    let diff = git(
        "--since",
        &[
            "diff",
            "--relative",
            "--unified=0",
            "--no-color",
            "--no-ext-diff",
            "--no-textconv",
            rev,
            "--",
        ],
    )?;
    let new = git("--since", &["ls-files", "--others", "--exclude-standard"])?;
    let mut changed = Changed::default();
    changed.read_diff(&diff);
    for file in new.lines() {
        changed.add(file, 1..=usize::MAX);
    }
    Ok(changed)
}

impl Changed {
    /// Whether a finding stands on a line that is new.
    pub(crate) fn touches(&self, finding: &Finding) -> bool {
        let Ok(path) = std::fs::canonicalize(&finding.file) else { return true };
        self.lines.get(&path).is_some_and(|ranges| {
            ranges
                .iter()
                .any(|range| *range.start() <= finding.end_line && finding.line <= *range.end())
        })
    }

    fn read_diff(&mut self, diff: &str) {
        let mut file = None;
        for line in diff.lines() {
            if let Some(name) = line.strip_prefix("+++ ") {
                file = name.strip_prefix("b/").map(|name| name.trim_end_matches('\t'));
            } else if let (Some(file), Some(range)) = (file, hunk(line)) {
                self.add(file, range);
            }
        }
    }

    fn add(&mut self, file: &str, range: RangeInclusive<usize>) {
        if let Ok(path) = std::fs::canonicalize(file) {
            self.lines.entry(path).or_default().push(range);
        }
    }
}

/// The new lines of `@@ -1,2 +3,4 @@`; none where lines were only taken away.
fn hunk(line: &str) -> Option<RangeInclusive<usize>> {
    let (_, new) = line.strip_prefix("@@ -")?.split_once(" +")?;
    let new = new.split_once(" @@")?.0;
    let (first, count) = new.split_once(',').unwrap_or((new, "1"));
    let (first, count): (usize, usize) = (first.parse().ok()?, count.parse().ok()?);
    let last = first.saturating_add(count).checked_sub(1)?;
    (count > 0).then_some(first..=last)
}
