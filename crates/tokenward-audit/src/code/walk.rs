//! Which files there are.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::{fs, io};

use ignore::gitignore::Gitignore;
use ignore::{DirEntry, Error, WalkBuilder};

use super::{Note, Options, manifest};
use ignored::Ignored;

mod ignored;
#[cfg(test)]
mod tests;

/// A file to read.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct File {
    pub(super) path: PathBuf,
    /// Its path below the argument that led to it: what lies above says nothing about the project.
    pub(super) inside: PathBuf,
    /// Its path below the top of its repository, or, where it is in none, below the argument: the same however the
    /// argument was written.
    pub(super) place: PathBuf,
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
    options: &Options,
    notes: &mut Vec<Note>,
) -> Vec<File> {
    let mut files = Vec::new();
    // Arguments may overlap, and name one folder in several ways.
    let mut seen = HashSet::new();
    for root in paths {
        let real = fs::canonicalize(root).unwrap_or_else(|_| root.clone());
        let top = top(&real);
        let place = |path: &Path| path.strip_prefix(top).unwrap_or(path).to_owned();
        let excluded = options.excluded.clone();
        let (base, inside) = (root.clone(), real.clone());
        let ignored = Arc::new(Mutex::new(Ignored::new(&real)));
        let rules = Arc::clone(&ignored);
        let manifest = manifest::for_development(root);
        let is_for_development = manifest.is_some();
        if let Some(file) = manifest.filter(|_| !options.include_tests) {
            let why =
                "says that the project is for development alone, so that it counts as tests do";
            notes.push(Note::new(file.display().to_string(), why));
        }
        let mut walk = WalkBuilder::new(root);
        // Settings hide behind a dot; what git keeps for itself is nobody's setting.
        walk.hidden(false).ignore(false).require_git(false).follow_links(false);
        // What the project leaves out is read here, with limits.
        walk.parents(false).git_ignore(false).git_exclude(false);
        walk.filter_entry(move |entry| {
            let path = below(&inside, &base, entry.path());
            is_own(entry)
                && !is_excluded(&excluded, &path, entry)
                && !is_ignored(&rules, &path, entry)
        });
        for entry in walk.build() {
            match entry {
                Ok(entry) => {
                    let file = file(root, &entry, is_wanted);
                    let file = file.map(|file| (below(&real, root, &file.path), file));
                    let file = file.filter(|(path, _)| seen.insert(path.clone()));
                    files.extend(file.map(|(path, file)| File {
                        place: place(&path),
                        is_for_development,
                        ..file
                    }));
                }
                Err(error) => notes.push(note(root, &error)),
            }
        }
        for (file, why) in
            ignored.lock().into_iter().flat_map(|mut one| std::mem::take(&mut one.notes))
        {
            let file =
                file.strip_prefix(&real).map_or_else(|_| file.clone(), |inside| root.join(inside));
            notes.push(Note::new(file.display().to_string(), why));
        }
        for path in options.tracked.iter().filter(|path| is_wanted(path) && is_plain(path)) {
            let Ok(inside) = path.strip_prefix(root) else { continue };
            if inside.parent().is_some_and(|folders| folders.iter().any(is_foreign)) {
                continue;
            }
            let real = below(&real, root, path);
            let is_left_out = real.starts_with(options.excluded.path())
                && options.excluded.matched_path_or_any_parents(&real, false).is_ignore();
            let place = place(&real);
            if !is_left_out && seen.insert(real) {
                let (path, inside) = (path.clone(), inside.to_owned());
                files.push(File { path, inside, place, is_for_development });
            }
        }
    }
    files.sort();
    files
}

/// What the places of files below an argument are told from.
fn top(real: &Path) -> &Path {
    let folder = if real.is_dir() { real } else { real.parent().unwrap_or(real) };
    folder.ancestors().find(|folder| ignored::is_top(folder)).unwrap_or(folder)
}

/// Whether this is a file, and no link to one.
fn is_plain(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|about| about.is_file())
}

/// Where a path lies that was reached from an argument, whose real place is `real`.
fn below(real: &Path, root: &Path, path: &Path) -> PathBuf {
    match path.strip_prefix(root) {
        Ok(inside) if !inside.as_os_str().is_empty() => real.join(inside),
        _ => real.to_owned(),
    }
}

fn is_excluded(excluded: &Gitignore, path: &Path, entry: &DirEntry) -> bool {
    let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
    // Globs speak of what is below their own folder.
    path.starts_with(excluded.path()) && excluded.matched(path, is_folder).is_ignore()
}

fn is_ignored(rules: &Mutex<Ignored>, path: &Path, entry: &DirEntry) -> bool {
    let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
    // Whoever names a file or a folder means it.
    entry.depth() > 0 && rules.lock().is_ok_and(|mut rules| rules.leaves_out(path, is_folder))
}

/// What could not be walked; the error repeats the path, which stands in the note once.
fn note(root: &Path, error: &Error) -> Note {
    let path = match error {
        Error::WithPath { path, .. } => path,
        _ => root,
    };
    let why = match error.io_error() {
        Some(error) if error.kind() == io::ErrorKind::NotFound => {
            "there is no such file".to_owned()
        }
        Some(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            "may not be read".to_owned()
        }
        Some(error) => one_line(&error.to_string()),
        None => one_line(&error.to_string()),
    };
    Note::new(path.display().to_string(), why)
}

fn is_own(entry: &DirEntry) -> bool {
    // Whoever names such a folder means it.
    entry.depth() == 0
        || !entry.file_type().is_some_and(|kind| kind.is_dir())
        || !is_foreign(entry.file_name())
}

fn is_foreign(folder: &OsStr) -> bool {
    folder.to_str().is_some_and(|name| FOREIGN.contains(&name))
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
    let path = path.to_owned();
    Some(File { path, inside, place: PathBuf::new(), is_for_development: false })
}

fn one_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}
