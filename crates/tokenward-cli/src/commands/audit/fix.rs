//! `--fix`: mends in the files what needs no decision.

use std::ffi::{OsStr, OsString};
use std::io::IsTerminal as _;
use std::path::Path;

use tokenward_audit::report::patch;
use tokenward_audit::{Fixes, Options, audit_paths, fix_findings, fix_paths};

use super::git::git;
use super::{Asked, Counted};
use crate::failure::{Failure, GOOD, Outcome, answer_is_no};
use crate::files::{self, Replacement};
use crate::output::{self, Format, Output};

/// Prints what would change.
pub(super) fn show(
    asked: &Asked<'_>,
    options: &Options,
    counted: &Counted,
    output: Output,
) -> Outcome {
    if output.format() != Format::Text {
        return Err(Failure::cannot(
            "--dry-run prints a patch; --format json and sarif show the changes without --fix",
        ));
    }
    let fixes = planned(asked, options, counted)?;
    let patch = patch::patch(&fixes);
    if std::io::stdout().is_terminal() {
        output.line(patch::shown(&patch, output.is_colored()).trim_end())?;
    } else if !patch.is_empty() {
        output.line(patch.trim_end_matches('\n'))?;
    }
    output::note(format!("{} would be mended", told(&fixes)));
    Ok(if fixes.files.is_empty() { GOOD } else { answer_is_no() })
}

/// Makes the changes: to all files, or, where one may not be changed, to none.
pub(super) fn make(asked: &Asked<'_>, options: &Options, counted: &Counted) -> Result<(), Failure> {
    let fixes = planned(asked, options, counted)?;
    if !asked.mending.allow_dirty {
        for file in &fixes.files {
            is_safe_in_git(&file.path)?;
        }
    }
    // All are written before the first takes its place, so that a full disk changes none.
    let written: Result<Vec<Replacement>, Failure> =
        fixes.files.iter().map(|file| Replacement::of(&file.path, file.after.as_bytes())).collect();
    let written = written?;
    for file in &fixes.files {
        if files::read_text(&file.path)? != file.before {
            return Err(Failure::cannot(format!(
                "{}: somebody else has changed it just now; run it again",
                file.path.display()
            )));
        }
    }
    for one in written {
        one.take_place()?;
    }
    output::note(format!("{} mended", told(&fixes)));
    Ok(())
}

fn planned(asked: &Asked<'_>, options: &Options, counted: &Counted) -> Result<Fixes, Failure> {
    let fixes = if counted.is_all() {
        fix_paths(asked.paths, options)
    } else {
        let mut audit = audit_paths(asked.paths, options);
        counted.narrow(&mut audit);
        fix_findings(&audit.findings, asked.paths, options)
    };
    match fixes.notes.first() {
        Some(note) => Err(Failure::cannot(format!("{}: {}", note.file, note.why))),
        None => Ok(fixes),
    }
}

fn told(planned: &Fixes) -> String {
    let count: usize = planned.files.iter().map(|file| file.mended.len()).sum();
    let files = planned.files.len();
    format!(
        "{count} finding{} in {files} file{}",
        if count == 1 { "" } else { "s" },
        if files == 1 { "" } else { "s" }
    )
}

/// Whether git could bring back the file as it is now.
fn is_safe_in_git(path: &Path) -> Result<(), Failure> {
    let refused = |why: &str| {
        Failure::cannot(format!(
            "--fix: {}: {why}; commit it first, or add --allow-dirty",
            path.display()
        ))
    };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let Some(name) = path.file_name() else { return Err(refused("it has no name")) };
    // A name is no pattern, whatever stands in it.
    let mut literal = OsString::from(":(literal)");
    literal.push(name);
    let status = [
        "status",
        "--porcelain=v1",
        "--ignored",
        "--untracked-files=all",
        "--ignore-submodules=all",
        "--",
    ];
    let mut arguments = status.map(OsStr::new).to_vec();
    arguments.push(&literal);
    match git("--fix", folder, &arguments) {
        Ok(said) if said.is_empty() => Ok(()),
        Ok(_) => Err(refused("git does not have it as it is")),
        Err(_) => {
            Err(refused("it is in no repository of git, so that nothing could bring it back"))
        }
    }
}
