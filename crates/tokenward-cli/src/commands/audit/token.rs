//! `tokenward audit token`.

use std::io::{BufRead, BufReader, IsTerminal as _, Read as _, Write as _};
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use tokenward_audit::report::Report;
use tokenward_audit::{Audit, Secrets, TokenError, Tried, Words, audit_token};

use super::{show, subject, verdict};
use crate::args::AuditTokenArgs;
use crate::clock;
use crate::failure::{Failure, Outcome};
use crate::files;
use crate::output::{self, Format, Output};

mod said;

/// More than any token has.
const MAX_TOKEN: u64 = 1 << 20;
/// Longer lines of a word list are no secrets.
const MAX_LINE: usize = 4096;
/// What takes no longer, in seconds, is not announced.
const SOON: f64 = 5.0;
/// How often the progress is shown.
const TICK: Duration = Duration::from_millis(200);

pub(super) fn run(args: &AuditTokenArgs, output: Output) -> Outcome {
    let clock = clock::system();
    let start = clock.now();
    // Before anything else, so that a wrong name costs no time.
    let listed = args.wordlist.as_deref().map(lines).transpose()?;
    let token = read(&args.token)?;
    let found =
        audit_token(&token, start.as_secs()).map_err(|error| refused(&args.token, error))?;
    if output.format() == Format::Text {
        said::show(&found, start, output)?;
    }
    let mut audit = Audit::default();
    audit.files = 1;
    audit.findings = found.findings;
    if found.is_hmac
        && let Some(secrets) = Secrets::of(&token)
    {
        // Whoever brings a list knows more of this token than we do.
        let listed = listed.map(|lines| Words::Lines(lines, args.vary));
        let mut tried = secrets.nothing();
        for words in listed.into_iter().chain([Words::BuiltIn]) {
            if tried.found.is_none() {
                tried = search(&secrets, words, args.threads);
            }
        }
        let took = clock.now().since(start).as_secs_f64();
        output::note(format!(
            "{} secrets tried in {took:.1} s{}",
            tried.count,
            rate(tried.count, took)
        ));
        audit.findings.extend(secrets.finding(&tried));
    }
    let of = subject("token".to_owned(), start, false);
    show(&Report { audit: &audit, took: clock.now().since(start), of: &of }, output)?;
    Ok(verdict(&audit, args.fail_on))
}

fn refused(argument: &str, error: TokenError) -> Failure {
    if argument != "-" && Path::new(argument).is_file() {
        return Failure::cannot(format!(
            "the token: `{argument}` is a file; tokenward audit token - < {argument}"
        ));
    }
    Failure::cannot(format!("the token: {error}"))
}

/// Searches; says after a second how long it will take, where that is known and long, and how far it is, where
/// somebody looks.
fn search(secrets: &Secrets, words: Words<'_>, threads: usize) -> Tried {
    let clock = clock::system();
    let start = clock.now();
    let before = secrets.count();
    let mut is_to_tell = matches!(words, Words::BuiltIn);
    let is_watched = std::io::stderr().is_terminal();
    let (done, ended) = mpsc::channel();
    thread::scope(|scope| {
        let search = scope.spawn(move || drop(done.send(secrets.search(words, threads))));
        let tried = loop {
            match ended.recv_timeout(TICK) {
                Ok(tried) => break tried,
                Err(RecvTimeoutError::Disconnected) => break secrets.nothing(),
                Err(RecvTimeoutError::Timeout) => {}
            }
            let took = clock.now().since(start).as_secs_f64();
            if took < 1.0 {
                continue;
            }
            let count = secrets.count().saturating_sub(before);
            // Counted here, as most searches end before.
            if std::mem::take(&mut is_to_tell)
                && let Some(told) = outlook(Secrets::built_in(), count, took)
            {
                output::note(told);
            }
            if is_watched {
                let line = format!("\r{count} secrets tried{}\x1b[K", rate(count, took));
                drop(std::io::stderr().lock().write_all(line.as_bytes()));
            }
        };
        if is_watched {
            drop(std::io::stderr().lock().write_all(b"\r\x1b[K"));
        }
        // One that has failed has been taken for nothing.
        drop(search.join());
        tried
    })
}

/// How many secrets there are to try, and how long that takes; nothing where it is soon done.
fn outlook(all: u64, count: u64, took: f64) -> Option<String> {
    let left = float(all.saturating_sub(count)) * took / float(count.max(1));
    let time = match left {
        ..SOON => return None,
        ..100.0 => format!("{left:.0} s"),
        _ => format!("{:.0} min", left / 60.0),
    };
    let millions = float(all) / 1e6;
    Some(format!("about {millions:.0} million secrets to try, which takes some {time} here"))
}

fn rate(count: u64, took: f64) -> String {
    let count = float(count);
    if took < 0.2 { String::new() } else { format!(", {:.1} million a second", count / took / 1e6) }
}

fn float(count: u64) -> f64 {
    u32::try_from(count).map_or_else(|_| f64::from(u32::MAX), f64::from)
}

fn lines(path: &Path) -> Result<Box<dyn Iterator<Item = Vec<u8>> + Send>, Failure> {
    let file = files::open(path)?;
    if path.is_dir() {
        return Err(Failure::cannot(format!("{}: a folder, and no list of words", path.display())));
    }
    let mut file = BufReader::with_capacity(1 << 20, file);
    // Whoever asks again after its end is not told again why.
    let lines = std::iter::from_fn(move || line(&mut file)).fuse();
    Ok(Box::new(lines.filter(|line| line.len() <= MAX_LINE)))
}

/// The next line, without its end. What goes on for too long is no list, and ends it.
fn line(file: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut line = Vec::new();
    let limit = MAX_TOKEN.saturating_add(1);
    let read = file.take(limit).read_until(b'\n', &mut line).ok()?;
    if read == 0 {
        return None;
    }
    let text = line.strip_suffix(b"\n");
    if text.is_none() && u64::try_from(read).is_ok_and(|read| read >= limit) {
        output::note("the word list is read no further: a line of more than 1 MiB");
        return None;
    }
    let text = text.unwrap_or(&line);
    Some(text.strip_suffix(b"\r").unwrap_or(text).to_vec())
}

fn read(argument: &str) -> Result<String, Failure> {
    if argument != "-" {
        return Ok(argument.to_owned());
    }
    let mut text = String::new();
    std::io::stdin()
        .lock()
        // One more, so that what is too long is seen to be.
        .take(MAX_TOKEN.saturating_add(1))
        .read_to_string(&mut text)
        .map_err(|error| Failure::because("standard input", &error))?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_long_is_announced_with_how_long() {
        assert_eq!(outlook(59_000_000, 12_000_000, 1.0), None);
        let told = outlook(59_000_000, 2_000_000, 1.0).unwrap();
        assert_eq!(told, "about 59 million secrets to try, which takes some 28 s here");
        let told = outlook(59_000_000, 240_000, 1.0).unwrap();
        assert_eq!(told, "about 59 million secrets to try, which takes some 4 min here");
        assert!(outlook(59_000_000, 0, 1.0).is_some());
    }

    #[test]
    fn lines_of_a_list_are_read_one_by_one_and_what_never_ends_is_none() {
        let mut list = b"one\r\ntwo\n\nthree".as_slice();
        let lines: Vec<_> = std::iter::from_fn(|| line(&mut list)).collect();
        assert_eq!(lines, [b"one".as_slice(), b"two", b"", b"three"]);
        assert_eq!(line(&mut BufReader::new(std::io::repeat(0))), None);
    }
}
