//! Which files there are.

use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};

use super::{Note, manifest};

/// A file to read.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct File {
    pub(super) path: PathBuf,
    /// Its path below the argument that led to it: what lies above says nothing about the project.
    pub(super) inside: PathBuf,
    /// Whether its project says that it is for development alone.
    pub(super) is_for_development: bool,
}

/// Folders of what others wrote, in projects that do not ignore them.
const FOREIGN: [&str; 8] = [
    ".git",
    "node_modules",
    "bower_components",
    "vendor",
    "site-packages",
    "venv",
    "__pypackages__",
    "third_party",
];

/// All files that are wanted, each once, in order. Links are not followed.
pub(super) fn files(
    paths: &[PathBuf],
    is_wanted: fn(&Path) -> bool,
    notes: &mut Vec<Note>,
) -> Vec<File> {
    let mut files = Vec::new();
    for root in paths {
        let is_for_development = manifest::is_for_development(root);
        let mut walk = WalkBuilder::new(root);
        // Settings hide behind a dot; what git keeps for itself is nobody's setting.
        walk.hidden(false).require_git(false).follow_links(false).filter_entry(is_own);
        for entry in walk.build() {
            match entry {
                Ok(entry) => files.extend(
                    file(root, &entry, is_wanted).map(|file| File { is_for_development, ..file }),
                ),
                Err(error) => notes.push(Note {
                    file: root.display().to_string(),
                    why: one_line(&error.to_string()),
                }),
            }
        }
    }
    files.sort();
    files.dedup_by(|a, b| a.path == b.path);
    files
}

fn is_own(entry: &DirEntry) -> bool {
    // Whoever names such a folder means it.
    entry.depth() == 0
        || !entry.file_type().is_some_and(|kind| kind.is_dir())
        || !entry.file_name().to_str().is_some_and(|name| FOREIGN.contains(&name))
}

fn file(root: &Path, entry: &DirEntry, is_wanted: fn(&Path) -> bool) -> Option<File> {
    let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
    let path = entry.path();
    if !is_file || !is_wanted(path) {
        return None;
    }
    let inside = match path.strip_prefix(root) {
        Ok(inside) if !inside.as_os_str().is_empty() => inside.to_owned(),
        _ => PathBuf::from(path.file_name()?),
    };
    Some(File { path: path.to_owned(), inside, is_for_development: false })
}

fn one_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}
