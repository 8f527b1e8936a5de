//! What git says of a project that may be anybody's.
//!
//! **Invariant:** git starts no program and reaches no network here, whatever the project's own settings say.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use tokenward_audit::Note;

use crate::failure::Failure;

#[cfg(test)]
mod tests;

/// As much as git may complain.
const COMPLAINT: u64 = 64 << 10;

/// As long as git may take. A repository may name files that never end, which it waits for.
const LIMIT: Duration = Duration::from_secs(10);
/// How often is asked whether it has ended, once it says no more.
const TICK: Duration = Duration::from_millis(2);

/// What git prints of the repository that `folder` lies in; `wanted_by` is the option that asks, for the operator.
pub(super) fn git(
    wanted_by: &str,
    folder: &Path,
    arguments: &[&OsStr],
) -> Result<Vec<u8>, Failure> {
    read(wanted_by, folder, arguments, whole)
}

/// The same, read as it comes.
pub(super) fn read<T>(
    wanted_by: &str,
    folder: &Path,
    arguments: &[&OsStr],
    reader: impl FnOnce(&mut dyn BufRead) -> io::Result<T>,
) -> Result<T, Failure> {
    let settings = harmless(wanted_by, folder)?;
    run(command(folder, &settings).args(arguments), wanted_by, &[0], LIMIT, reader)
}

/// Settings, with what has to stand there.
type Settings = Vec<(OsString, &'static str)>;

/// Settings by which git starts a program, whatever the project says.
const HARMLESS: [(&str, &str); 5] = [
    ("core.fsmonitor", "false"),
    ("core.hooksPath", "/dev/null"),
    ("protocol.allow", "never"),
    // A folder of the project that looks like a repository would bring settings of its own.
    ("safe.bareRepository", "explicit"),
    // It would write the index, for which there are hooks.
    ("diff.autoRefreshIndex", "false"),
];

/// What takes back all settings by which a project names programs. Those of filters and hooks have names of their
/// own, so they are asked for; asking for settings runs none of them.
fn harmless(wanted_by: &str, folder: &Path) -> Result<Settings, Failure> {
    let mut settings: Settings =
        HARMLESS.iter().map(|(key, value)| (OsString::from(*key), *value)).collect();
    let mut asking = command(folder, &settings);
    asking.args(["config", "-z", "--name-only", "--get-regexp", r"^(filter|hook)\."]);
    // It ends with 1 where there are none.
    let keys = run(&mut asking, wanted_by, &[0, 1], LIMIT, whole)?;
    let mut seen = HashSet::new();
    for section in keys.split(|byte| *byte == 0).filter_map(section) {
        if !seen.insert(section) {
            continue;
        }
        let mut set = |member: &str, value| {
            let key = [section, b".", member.as_bytes()].concat();
            settings.push((OsString::from_vec(key), value));
        };
        if section.starts_with(b"hook.") {
            set("enabled", "false");
            continue;
        }
        set("clean", "");
        set("smudge", "");
        set("process", "");
        set("required", "false");
    }
    Ok(settings)
}

/// The section of a setting with a name of its own: `filter.lfs` of `filter.lfs.clean`.
fn section(key: &[u8]) -> Option<&[u8]> {
    let end = key.iter().rposition(|byte| *byte == b'.')?;
    let section = key.get(..end)?;
    section.contains(&b'.').then_some(section)
}

fn command(folder: &Path, settings: &Settings) -> Command {
    let mut command = Command::new("git");
    command
        .arg("--no-pager")
        .arg("-C")
        .arg(folder)
        // What it says is read.
        .env("LC_ALL", "C")
        // It writes nothing, asks nobody, and fetches nothing.
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_ALLOW_PROTOCOL", "")
        .stdin(Stdio::null());
    // Whoever runs this may have set some in the same way, such as which folders are safe.
    let theirs = std::env::var("GIT_CONFIG_COUNT").ok().and_then(|count| count.parse().ok());
    let mut count: usize = theirs.unwrap_or(0);
    for (key, value) in settings {
        // By the environment, as a name may hold `=`.
        command.env(format!("GIT_CONFIG_KEY_{count}"), key);
        command.env(format!("GIT_CONFIG_VALUE_{count}"), value);
        count = count.saturating_add(1);
    }
    command.env("GIT_CONFIG_COUNT", count.to_string());
    command
}

fn run<T>(
    command: &mut Command,
    wanted_by: &str,
    good: &[i32],
    limit: Duration,
    reader: impl FnOnce(&mut dyn BufRead) -> io::Result<T>,
) -> Result<T, Failure> {
    let failed = |error: io::Error| Failure::because(format!("{wanted_by}: git"), &error);
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(failed)?;
    let complaint = child.stderr.take().map(|stderr| thread::spawn(move || complaint(stderr)));
    let stdout = child.stdout.take();
    let child = Arc::new(Mutex::new(child));
    let (ended, watched) = mpsc::channel();
    let watch = {
        let child = Arc::clone(&child);
        thread::spawn(move || is_too_late(&child, &watched, limit))
    };
    let read = stdout.map(|stdout| reader(&mut BufReader::new(stdout)));
    // Its output is closed by now, so that it ends even where nobody read all of it.
    let status = end_of(&child);
    drop(ended);
    if watch.join().unwrap_or_default() {
        let seconds = limit.as_secs();
        return Err(Failure::cannot(format!("{wanted_by}: git did not end within {seconds} s")));
    }
    let status = status.map_err(failed)?;
    let complaint = complaint.and_then(|said| said.join().ok()).unwrap_or_default();
    if !status.code().is_some_and(|code| good.contains(&code)) {
        let first = complaint.lines().next().unwrap_or("git failed").to_owned();
        return Err(Failure::cannot(format!("{wanted_by}: {first}")));
    }
    read.unwrap_or_else(|| Err(io::ErrorKind::BrokenPipe.into())).map_err(failed)
}

/// Ends a program that has not ended in time, and answers whether that was so.
fn is_too_late(child: &Mutex<Child>, ended: &mpsc::Receiver<()>, limit: Duration) -> bool {
    if ended.recv_timeout(limit) != Err(RecvTimeoutError::Timeout) {
        return false;
    }
    let mut child = child.lock().unwrap_or_else(PoisonError::into_inner);
    // One that has ended by itself just now was not late.
    matches!(child.try_wait(), Ok(None)) && child.kill().is_ok()
}

fn end_of(child: &Mutex<Child>) -> io::Result<ExitStatus> {
    loop {
        // No lock is held while it is waited for, so that it can be ended.
        let status = child.lock().unwrap_or_else(PoisonError::into_inner).try_wait()?;
        match status {
            Some(status) => return Ok(status),
            None => thread::sleep(TICK),
        }
    }
}

fn whole(said: &mut dyn BufRead) -> io::Result<Vec<u8>> {
    let mut all = Vec::new();
    said.read_to_end(&mut all).map(|_| all)
}

/// What a program complains of, read to its end so that it never waits for a reader.
fn complaint(mut stderr: impl Read) -> String {
    let mut said = Vec::new();
    let read = stderr.by_ref().take(COMPLAINT).read_to_end(&mut said);
    drop(read.and_then(|_| io::copy(&mut stderr, &mut io::sink())));
    String::from_utf8_lossy(&said).into_owned()
}

/// Paths that git has printed, each with a NUL behind it.
pub(super) fn names(said: &[u8]) -> impl Iterator<Item = PathBuf> {
    let names = said.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    names.map(|name| PathBuf::from(OsString::from_vec(name.to_vec())))
}

/// As many as are looked at of them.
const MOST: usize = 10_000;
/// Longer, no path is.
const MAX_PATH: u64 = 1 << 16;

/// Files below a folder that `.gitignore` names and git has all the same: a `.env` that was committed first. None
/// where there is no repository; where git does not tell all of them, a note says so.
pub(super) fn ignored_but_tracked(folder: &Path) -> (Vec<PathBuf>, Option<Note>) {
    let real = std::fs::canonicalize(folder);
    let is_in_one =
        real.is_ok_and(|real| real.ancestors().any(|above| above.join(".git").exists()));
    if !folder.is_dir() || !is_in_one {
        return (Vec::new(), None);
    }
    let list = ["ls-files", "-z", "--cached", "--ignored", "--exclude-standard"].map(OsStr::new);
    let note = |why: String| Some(Note::new(folder.display().to_string(), why));
    match read("git", folder, &list, |said| first_names(said, MOST)) {
        Ok((names, all)) => {
            let why = || {
                format!(
                    "git has {all} files that it ignores; the first {MOST} of them are looked at"
                )
            };
            let cut = (all > names.len()).then(why).and_then(note);
            (names.into_iter().map(|name| folder.join(name)).collect(), cut)
        }
        Err(error) => {
            let why = format!("what git has although it ignores it is not looked at: {error}");
            (Vec::new(), note(why))
        }
    }
}

/// The first of the paths that git prints, and how many there are.
fn first_names(said: &mut dyn BufRead, most: usize) -> io::Result<(Vec<PathBuf>, usize)> {
    let (mut names, mut all) = (Vec::new(), 0_usize);
    loop {
        let mut name = Vec::new();
        if said.take(MAX_PATH).read_until(0, &mut name)? == 0 {
            return Ok((names, all));
        }
        all = all.saturating_add(1);
        name.pop_if(|last| *last == 0);
        if names.len() < most {
            names.push(PathBuf::from(OsString::from_vec(name)));
        }
    }
}
