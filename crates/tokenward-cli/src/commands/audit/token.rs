//! `tokenward audit token`.

use std::fs::File;
use std::io::{BufRead as _, BufReader, IsTerminal as _, Read as _, Write as _};
use std::path::Path;
use std::thread;
use std::time::Duration;

use tokenward_audit::report::Report;
use tokenward_audit::{Audit, Secrets, Tried, Words, audit_token};

use super::{show, verdict};
use crate::args::AuditTokenArgs;
use crate::clock;
use crate::failure::{Failure, Outcome};
use crate::output::{self, Output};

/// More than any token has.
const MAX_TOKEN: u64 = 1 << 20;
/// Longer lines of a word list are no secrets.
const MAX_LINE: usize = 4096;
/// How often the progress is shown.
const TICK: Duration = Duration::from_millis(200);

pub(super) fn run(args: &AuditTokenArgs, output: Output) -> Outcome {
    let clock = clock::system();
    let start = clock.now();
    let token = read(&args.token)?;
    let found = audit_token(&token, start.as_secs())
        .map_err(|error| Failure::cannot(format!("the token: {error}")))?;
    let mut audit = Audit::default();
    audit.files = 1;
    audit.findings = found.findings;
    if found.is_hmac
        && let Some(secrets) = Secrets::of(&token)
    {
        let mut tried = search(&secrets, Words::BuiltIn, args.threads);
        if let (None, Some(path)) = (&tried.found, &args.wordlist) {
            tried = search(&secrets, Words::Lines(lines(path)?, args.vary), args.threads);
        }
        let took = clock.now().since(start).as_secs_f64();
        output::note(format!(
            "{} secrets tried in {took:.1} s{}",
            tried.count,
            rate(tried.count, took)
        ));
        audit.findings.extend(secrets.finding(&tried));
    }
    show(&Report { audit: &audit, took: clock.now().since(start) }, output)?;
    Ok(verdict(&audit, args.fail_on))
}

/// Searches, and says how far it is, where somebody looks.
fn search(secrets: &Secrets, words: Words<'_>, threads: usize) -> Tried {
    if !std::io::stderr().is_terminal() {
        return secrets.search(words, threads);
    }
    let clock = clock::system();
    let start = clock.now();
    let before = secrets.count();
    thread::scope(|scope| {
        let search = scope.spawn(|| secrets.search(words, threads));
        while !search.is_finished() {
            thread::park_timeout(TICK);
            let took = clock.now().since(start).as_secs_f64();
            if took < 1.0 {
                continue;
            }
            let count = secrets.count().saturating_sub(before);
            let line = format!("\r{count} secrets tried{}\x1b[K", rate(count, took));
            drop(std::io::stderr().lock().write_all(line.as_bytes()));
        }
        drop(std::io::stderr().lock().write_all(b"\r\x1b[K"));
        search.join().unwrap_or_else(|_| secrets.nothing())
    })
}

fn rate(count: u64, took: f64) -> String {
    let count = u32::try_from(count).map_or_else(|_| f64::from(u32::MAX), f64::from);
    if took < 0.2 { String::new() } else { format!(", {:.1} million a second", count / took / 1e6) }
}

fn lines(path: &Path) -> Result<Box<dyn Iterator<Item = Vec<u8>> + Send>, Failure> {
    let file = File::open(path).map_err(|error| Failure::because(path.display(), &error))?;
    let lines = BufReader::with_capacity(1 << 20, file).split(b'\n').map_while(Result::ok);
    Ok(Box::new(lines.filter(|line| line.len() <= MAX_LINE).map(|mut line| {
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        line
    })))
}

fn read(argument: &str) -> Result<String, Failure> {
    if argument != "-" {
        return Ok(argument.to_owned());
    }
    let mut text = String::new();
    std::io::stdin()
        .lock()
        .take(MAX_TOKEN)
        .read_to_string(&mut text)
        .map_err(|error| Failure::because("standard input", &error))?;
    Ok(text)
}
