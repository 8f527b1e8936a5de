//! `--since REV`: which lines a revision of git does not have.

use std::collections::{HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::ops::RangeInclusive;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

use tokenward_audit::Finding;

use super::git::{self, git};
use crate::failure::Failure;

mod diff;
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
fn repository(path: &Path) -> Result<PathBuf, Failure> {
    let folder = match path.parent() {
        _ if path.is_dir() => path,
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let top = git("--since", folder, &["rev-parse", "--show-toplevel"].map(OsStr::new));
    let top = match top {
        Ok(mut top) => {
            top.pop_if(|last| *last == b'\n');
            PathBuf::from(OsString::from_vec(top))
        }
        Err(error) if error.to_string().contains("not a git repository") => {
            let shown = folder.display();
            return Err(Failure::cannot(format!(
                "--since needs a git repository: {shown} is in none"
            )));
        }
        Err(error) => return Err(error),
    };
    // Its own settings can name another working tree, where nothing has changed.
    let is_within = fs::canonicalize(&top)
        .and_then(|top| fs::canonicalize(folder).map(|folder| folder.starts_with(top)));
    match is_within {
        Ok(true) => Ok(top),
        _ => Err(Failure::cannot(format!(
            "--since: the repository of {} says that its files are elsewhere",
            folder.display()
        ))),
    }
}

/// Lines without context; each option where a project could have set another.
const DIFF: [&str; 11] = [
    "diff",
    "--unified=0",
    "--inter-hunk-context=0",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--no-relative",
    "--ignore-submodules=all",
    // A file is what it holds, not what the project calls it.
    "--text",
    "--src-prefix=a/",
    "--dst-prefix=b/",
];

impl Changed {
    fn of(&mut self, rev: &str, top: &Path) -> Result<(), Failure> {
        let mut diff = DIFF.map(OsStr::new).to_vec();
        diff.extend([OsStr::new(rev), OsStr::new("--")]);
        let changes = git::read("--since", top, &diff, diff::changes)?;
        for (file, lines) in changes {
            self.add(top, &file, lines);
        }
        let list = ["ls-files", "-z", "--others", "--exclude-standard"].map(OsStr::new);
        for file in git::names(&git("--since", top, &list)?) {
            self.add(top, &file, 1..=usize::MAX);
        }
        Ok(())
    }

    /// Whether a finding stands on a line that is new.
    pub(crate) fn touches(&self, finding: &Finding) -> bool {
        let Ok(path) = fs::canonicalize(&finding.file) else { return true };
        self.lines.get(&path).is_some_and(|ranges| {
            ranges
                .iter()
                .any(|range| *range.start() <= finding.end_line && finding.line <= *range.end())
        })
    }

    fn add(&mut self, top: &Path, file: &Path, range: RangeInclusive<usize>) {
        if let Ok(path) = fs::canonicalize(top.join(file)) {
            self.lines.entry(path).or_default().push(range);
        }
    }
}
