//! What `.gitignore` leaves out, read with limits: it comes with the project, and may be anything.
//!
//! **Invariant:** a `.gitignore` that is not read as such leaves nothing out, and a note says so. What is read is a
//! file in its own place: no link, no pipe, and nothing that a file called `.git` leads to.

use std::fs;
use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::super::source;

/// As large as such a file may be: a hundred times what people write.
const MAX_BYTES: u64 = 128 << 10;
/// As many rules as one file may have, and all that are open at once. Each takes some ten KiB of memory.
const MAX_RULES: usize = 2_000;
const MAX_OPEN: usize = 10_000;

/// The rules for one folder after the other, as a walk comes by.
#[derive(Debug, Default)]
pub(super) struct Ignored {
    /// The folders around the place of the walk, outermost first.
    open: Vec<Folder>,
    /// How many of them are above the argument, and stay.
    above: usize,
    /// Files whose rules are not used, and why.
    pub(super) notes: Vec<(PathBuf, String)>,
}

#[derive(Debug)]
struct Folder {
    path: PathBuf,
    /// The later ones win.
    rules: Vec<Gitignore>,
    /// How many rules these are.
    count: usize,
    /// A repository of its own: what lies above says nothing about it.
    is_top: bool,
}

impl Ignored {
    /// For a walk from `root`, in its real place. What lies above it counts as far as its repository goes; where it
    /// is in none, nothing does, as anybody may have written it.
    pub(super) fn new(root: &Path) -> Self {
        let mut ignored = Self::default();
        let above: Vec<&Path> = root.ancestors().skip(1).collect();
        let top = above.iter().position(|folder| is_top(folder));
        if let Some(top) = top.filter(|_| !is_top(root)) {
            for folder in above.into_iter().take(top.saturating_add(1)).rev() {
                ignored.enter(folder);
            }
        }
        ignored.above = ignored.open.len();
        ignored
    }

    /// Whether a path, in its real place, is left out.
    pub(super) fn leaves_out(&mut self, path: &Path, is_folder: bool) -> bool {
        let Some(folder) = path.parent() else { return false };
        while self.open.len() > self.above
            && self.open.last().is_some_and(|last| !folder.starts_with(&last.path))
        {
            self.open.pop();
        }
        if self.open.last().is_none_or(|last| last.path != folder) {
            self.enter(folder);
        }
        for open in self.open.iter().rev() {
            for rules in open.rules.iter().rev() {
                let matched = rules.matched(path, is_folder);
                if !matched.is_none() {
                    return matched.is_ignore();
                }
            }
            if open.is_top {
                break;
            }
        }
        false
    }

    fn enter(&mut self, folder: &Path) {
        let mut open =
            Folder { path: folder.to_owned(), rules: Vec::new(), count: 0, is_top: is_top(folder) };
        let mut files = vec![folder.join(".gitignore")];
        // Where `.git` is a file or a link, what git keeps is elsewhere.
        if fs::symlink_metadata(folder.join(".git")).is_ok_and(|about| about.is_dir()) {
            files.insert(0, folder.join(".git/info/exclude"));
        }
        for file in files {
            let left = MAX_OPEN.saturating_sub(self.open.iter().map(|one| one.count).sum());
            match read(folder, &file, left.saturating_sub(open.count).min(MAX_RULES)) {
                Ok(Some((rules, count))) => {
                    open.rules.push(rules);
                    open.count = open.count.saturating_add(count);
                }
                Ok(None) => {}
                Err(why) => self.notes.push((file, format!("{why}; leaves nothing out"))),
            }
        }
        self.open.push(open);
    }
}

/// Whether a repository begins at a folder.
pub(super) fn is_top(folder: &Path) -> bool {
    fs::symlink_metadata(folder.join(".git")).is_ok()
}

/// The rules of a file, and how many; nothing where there is no such file.
fn read(folder: &Path, file: &Path, most: usize) -> Result<Option<(Gitignore, usize)>, String> {
    // Git takes no link either.
    match fs::symlink_metadata(file) {
        Err(_) => return Ok(None),
        Ok(about) if !about.is_file() => return Err("no regular file".to_owned()),
        Ok(about) if about.len() > MAX_BYTES => {
            return Err(format!("larger than {} KiB", MAX_BYTES >> 10));
        }
        Ok(_) => {}
    }
    let bytes = source::read(file)?;
    let text = String::from_utf8_lossy(&bytes);
    let rules = || text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let count = rules().count();
    if count > most {
        return Err(format!("has {count} rules"));
    }
    let mut builder = GitignoreBuilder::new(folder);
    for rule in rules() {
        // What is no glob leaves nothing out, here as in git.
        drop(builder.add_line(None, rule.trim_start_matches('\u{feff}')));
    }
    builder
        .build()
        .map(|rules| Some((rules, count)))
        .map_err(|_| "its rules are too much".to_owned())
}
