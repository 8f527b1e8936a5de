//! Where an audit looks: the arguments, the repository around them, and the settings that lie there.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use tokenward_audit::{Note, Options, Settings};

use super::{Asked, git};
use crate::args::AuditStrictness;
use crate::failure::Failure;
use crate::files;

/// What a project's settings are called.
const SETTINGS: &str = "tokenward-audit.toml";
/// What else `audit` could have been meant to do.
const COMMANDS: [&str; 5] = ["code", "token", "jwks", "live", "rules"];

/// The arguments that are there, and a note for each that is not; `is_bare` where a command could have been meant.
pub(super) fn there(
    paths: &[PathBuf],
    is_bare: bool,
) -> Result<(Vec<PathBuf>, Vec<Note>), Failure> {
    let (mut there, mut notes) = (Vec::new(), Vec::new());
    for path in paths {
        match why_not(path, is_bare) {
            None => there.push(path.clone()),
            Some(why) => notes.push(Note::new(path.display().to_string(), why)),
        }
    }
    if there.is_empty() {
        let whys: Vec<String> =
            notes.iter().map(|note| format!("{}: {}", note.file, note.why)).collect();
        return Err(Failure::cannot(whys.join("; ")));
    }
    Ok((there, notes))
}

/// Why there is nothing to look at in a path.
fn why_not(path: &Path, is_bare: bool) -> Option<String> {
    if path.as_os_str() == "-" {
        return Some("code is read from files and folders, not from standard input".to_owned());
    }
    let error = std::fs::symlink_metadata(path).err()?;
    if error.kind() != ErrorKind::NotFound {
        return Some(error.to_string());
    }
    let name = path.display().to_string();
    let meant = COMMANDS.iter().find(|command| {
        name.starts_with(**command) || (name.len() > 1 && command.starts_with(&name))
    });
    Some(match meant.filter(|_| is_bare) {
        Some(command) => {
            format!("there is no such file or folder; `tokenward audit {command}` is a command")
        }
        None => "there is no such file or folder".to_owned(),
    })
}

/// The command that mends what is found, unless it is the one that runs.
pub(super) fn mended_by(asked: &Asked<'_>) -> Option<String> {
    let Asked { paths, strictness, comparison, mending, is_whole } = asked;
    if mending.fix {
        return None;
    }
    let mut words = vec!["tokenward audit".to_owned()];
    if !is_whole {
        words.push("code".to_owned());
    }
    let here = [PathBuf::from(".")];
    if !is_whole || **paths != here {
        words.extend(paths.iter().map(|path| quoted(&path.display().to_string())));
    }
    let switches = [
        ("--include-tests", strictness.include_tests),
        ("--include-uncertain", strictness.include_uncertain),
    ];
    words.extend(switches.iter().filter(|(_, is_on)| *is_on).map(|(name, _)| (*name).to_owned()));
    let shown = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
    for (name, value) in [
        ("--config", shown(&strictness.config)),
        ("--since", comparison.since.clone()),
        ("--baseline", shown(&comparison.baseline)),
    ] {
        words.extend(value.map(|value| format!("{name} {}", quoted(&value))));
    }
    words.push("--fix".to_owned());
    Some(words.join(" "))
}

/// A word as a shell takes it for one.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./=:@%+,~^".contains(c);
    if !word.is_empty() && !word.starts_with(['~', '=']) && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
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
    let mut notes = Vec::new();
    let mut options = match path {
        Some(path) => {
            let text = files::read_text(&path)?;
            let folder = match path.parent() {
                Some(folder) if !folder.as_os_str().is_empty() => folder,
                _ => Path::new("."),
            };
            let failed = |error| Failure::because(path.display(), &error);
            let settings = Settings::parse(&text).map_err(failed)?;
            // Whoever wrote the project may have written them, too.
            notes.extend(settings.told().map(|told| Note::remark(from_here(&path), told)));
            settings.into_options(folder).map_err(failed)?
        }
        None => Options::default(),
    };
    options.include_tests |= strictness.include_tests;
    options.include_uncertain |= strictness.include_uncertain;
    for (tracked, note) in paths.iter().map(|path| git::ignored_but_tracked(path)) {
        options.tracked.extend(tracked);
        notes.extend(note);
    }
    Ok((options, notes))
}

/// A file above, as people would say where it is.
fn from_here(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path).display().to_string()
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
