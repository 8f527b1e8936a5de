//! `--since REV`: which lines a revision of git does not have.

use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

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

/// Asks git what has changed since `rev` in the repositories of `paths`, files that it does not know included.
pub(crate) fn changed(rev: &str, paths: &[PathBuf]) -> Result<Changed, Failure> {
    // What begins with a dash would be an option.
    if rev.starts_with('-') || rev.is_empty() {
        return Err(Failure::cannot(format!("--since: `{rev}` is no revision")));
    }
    let mut changed = Changed::default();
    let mut seen = HashSet::new();
    for path in paths {
        let top = repository(path)?;
        if seen.insert(top.clone()) {
            changed.of(rev, &top)?;
        }
    }
    Ok(changed)
}

/// The top of the repository that a path lies in.
fn repository(path: &Path) -> Result<String, Failure> {
    let folder = match path.parent() {
        _ if path.is_dir() => path,
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let shown = folder.display().to_string();
    let top = git("--since", &["-C", &shown, "rev-parse", "--show-toplevel"]);
    match top {
        Ok(top) => Ok(top.trim_end_matches('\n').to_owned()),
        Err(error) if error.to_string().contains("not a git repository") => {
            Err(Failure::cannot(format!("--since needs a git repository: {shown} is in none")))
        }
        Err(error) => Err(error),
    }
}

impl Changed {
    fn of(&mut self, rev: &str, top: &str) -> Result<(), Failure> {
        let diff = git(
            "--since",
            &[
                "-C",
                top,
                "diff",
                "--unified=0",
                "--no-color",
                "--no-ext-diff",
                "--no-textconv",
                // Settings could name others.
                "--src-prefix=a/",
                "--dst-prefix=b/",
                rev,
                "--",
            ],
        )?;
        let new = git("--since", &["-C", top, "ls-files", "--others", "--exclude-standard"])?;
        self.read_diff(&diff, Path::new(top));
        for file in new.lines() {
            self.add(Path::new(top), file, 1..=usize::MAX);
        }
        Ok(())
    }

    /// Whether a finding stands on a line that is new.
    pub(crate) fn touches(&self, finding: &Finding) -> bool {
        let Ok(path) = std::fs::canonicalize(&finding.file) else { return true };
        self.lines.get(&path).is_some_and(|ranges| {
            ranges
                .iter()
                .any(|range| *range.start() <= finding.end_line && finding.line <= *range.end())
        })
    }

    fn read_diff(&mut self, diff: &str, top: &Path) {
        let mut file = None;
        for line in diff.lines() {
            if let Some(name) = line.strip_prefix("+++ ") {
                file = name.strip_prefix("b/").map(|name| name.trim_end_matches('\t'));
            } else if let (Some(file), Some(range)) = (file, hunk(line)) {
                self.add(top, file, range);
            }
        }
    }

    fn add(&mut self, top: &Path, file: &str, range: RangeInclusive<usize>) {
        if let Ok(path) = std::fs::canonicalize(top.join(file)) {
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
