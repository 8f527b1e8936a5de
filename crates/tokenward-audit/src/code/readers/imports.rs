//! Whether anything imports a module of Python.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::code::walk;

/// A file, by the name that others import it under.
#[derive(Debug)]
pub(super) struct Module {
    /// Its folders and its own name: `app`, `core`, `config`.
    path: Vec<String>,
    folder: PathBuf,
    pub(super) name: String,
    /// Whether no other module of the project has the name.
    is_alone: bool,
}

/// How many files have each name.
#[derive(Debug)]
pub(super) struct Modules {
    counts: HashMap<String, usize>,
}

impl Modules {
    pub(super) fn new(files: &[walk::File]) -> Self {
        let mut counts: HashMap<String, usize> = HashMap::new();
        for name in files.iter().filter_map(|file| parts(&file.path).pop()) {
            let count = counts.entry(name).or_default();
            *count = count.saturating_add(1);
        }
        Self { counts }
    }

    /// None where it is no module, or one that runs by itself.
    pub(super) fn of(&self, file: &Path) -> Option<Module> {
        if file.extension() != Some(OsStr::new("py")) {
            return None;
        }
        let path = parts(file);
        let name = path.last()?.clone();
        if matches!(name.as_str(), "__main__" | "main" | "app" | "manage" | "settings") {
            return None;
        }
        let is_alone = self.counts.get(&name).is_none_or(|count| *count <= 1);
        Some(Module { path, folder: file.parent()?.to_path_buf(), name, is_alone })
    }
}

impl Module {
    /// `config.SECRET`, `"app.config.Settings"`; not `app.config.update(…)`, which is a field of something.
    fn is_in_a_path(&self, line: &str) -> bool {
        line.match_indices(&format!("{}.", self.name)).any(|(at, _)| {
            let before = line.get(..at).unwrap_or_default();
            let path = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
            let start = before.trim_end_matches(path);
            start.len() == before.len() || start.ends_with(['"', '\''])
        })
    }

    /// Whether a line of another file, which has its name in it, imports it, or names it as a text does
    /// (`"app.config"`).
    pub(super) fn is_named_in(&self, path: &Path, line: &str) -> bool {
        let line = line.trim_start();
        let is_import = line.starts_with("from ") || line.starts_with("import ");
        // A list of names over several lines, or a text: whose name it is can only be guessed.
        if self.is_alone || !is_import {
            return is_import || self.is_in_a_path(line) || is_a_name(line);
        }
        let (from, names) =
            match line.strip_prefix("from ").and_then(|rest| rest.split_once(" import ")) {
                Some((from, names)) => (from.trim(), names),
                None => (line.trim_start_matches("import ").trim(), ""),
            };
        let dots = from.chars().take_while(|c| *c == '.').count();
        let dotted = from.trim_start_matches('.').split('.').filter(|part| !part.is_empty());
        let mut wanted: Vec<String> = if dots == 0 {
            Vec::new()
        } else {
            let base =
                path.parent().and_then(|folder| folder.ancestors().nth(dots.saturating_sub(1)));
            base.map(|base| base.iter().map(|part| part.to_string_lossy().into_owned()).collect())
                .unwrap_or_default()
        };
        wanted.extend(dotted.map(str::to_owned));
        let is_end = |wanted: &[String]| !wanted.is_empty() && self.path.ends_with(wanted);
        if is_end(&wanted) {
            return true;
        }
        let is_among = names
            .split([',', '(', ')'])
            .any(|one| one.split_whitespace().next() == Some(self.name.as_str()));
        if is_among {
            wanted.push(self.name.clone());
        }
        is_among && (is_end(&wanted) || path.parent() == Some(&self.folder) && dots == 1)
    }
}

/// A line that is one name of a list: `config,`
fn is_a_name(line: &str) -> bool {
    line.trim_end()
        .trim_end_matches([',', ')'])
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The folders of a file, and the name that it is imported under.
fn parts(file: &Path) -> Vec<String> {
    let mut parts: Vec<String> =
        file.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|name| name == "__init__") {
        parts.pop();
    }
    parts
}
