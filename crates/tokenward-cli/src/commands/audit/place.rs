//! Where an audit looks: the arguments, the repository around them, and the settings that lie there.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use tokenward_audit::{Note, Options, Settings};

use super::git;
use crate::args::AuditStrictness;
use crate::failure::Failure;
use crate::files;

/// What a project's settings are called.
const SETTINGS: &str = "tokenward-audit.toml";
/// What else `audit` could have been meant to do.
const COMMANDS: [&str; 5] = ["code", "token", "jwks", "live", "rules"];

/// Whether all arguments are there; `is_bare` where a command could have been meant.
pub(super) fn are_there(paths: &[PathBuf], is_bare: bool) -> Result<(), Failure> {
    for path in paths {
        if path.as_os_str() == "-" {
            return Err(Failure::cannot(
                "-: code is read from files and folders, not from standard input",
            ));
        }
        let Err(error) = std::fs::symlink_metadata(path) else { continue };
        if error.kind() != ErrorKind::NotFound {
            return Err(Failure::because(path.display(), &error));
        }
        let name = path.display().to_string();
        let meant = COMMANDS.iter().find(|command| {
            name.starts_with(**command) || (name.len() > 1 && command.starts_with(&name))
        });
        let hint = match meant.filter(|_| is_bare) {
            Some(command) => format!("; `tokenward audit {command}` is a command"),
            None => String::new(),
        };
        return Err(Failure::cannot(format!("{name}: there is no such file or folder{hint}")));
    }
    Ok(())
}

/// The settings file that is named, or that lies here or above within the repository; and what git has of `paths`
/// although it is ignored, with notes where git did not tell.
pub(super) fn options(
    strictness: &AuditStrictness,
    paths: &[PathBuf],
) -> Result<(Options, Vec<Note>), Failure> {
    let path = match &strictness.config {
        Some(path) => Some(path.clone()),
        None => above().into_iter().map(|folder| folder.join(SETTINGS)).find(|path| path.is_file()),
    };
    let mut options = match path {
        Some(path) => {
            let text = files::read_text(&path)?;
            let folder = match path.parent() {
                Some(folder) if !folder.as_os_str().is_empty() => folder,
                _ => Path::new("."),
            };
            Settings::parse(&text)
                .and_then(|settings| settings.into_options(folder))
                .map_err(|error| Failure::because(path.display(), &error))?
        }
        None => Options::default(),
    };
    options.include_tests |= strictness.include_tests;
    options.include_uncertain |= strictness.include_uncertain;
    let mut notes = Vec::new();
    for (tracked, note) in paths.iter().map(|path| git::ignored_but_tracked(path)) {
        options.tracked.extend(tracked);
        notes.extend(note);
    }
    Ok((options, notes))
}

/// The top of the repository that this runs in, or the folder itself.
pub(super) fn root() -> PathBuf {
    above().pop().unwrap_or_else(|| PathBuf::from("."))
}

/// What people call a project: the name of its folder.
pub(super) fn name(paths: &[PathBuf]) -> String {
    let path = match paths {
        [path] => path.clone(),
        _ => PathBuf::from("."),
    };
    let path = std::fs::canonicalize(&path).unwrap_or(path);
    path.file_name()
        .map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// The folder that this runs in and those above it, to the top of the repository; the folder alone where it is in
/// none: what lies above is nobody's.
fn above() -> Vec<PathBuf> {
    let Ok(here) = std::env::current_dir() else { return vec![PathBuf::from(".")] };
    let folders: Vec<PathBuf> = here.ancestors().map(Path::to_owned).collect();
    match folders.iter().position(|folder| folder.join(".git").exists()) {
        Some(top) => folders.into_iter().take(top.saturating_add(1)).collect(),
        None => vec![here],
    }
}
