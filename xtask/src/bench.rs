//! `cargo xtask bench core`: the core library, the primitive below it, and its peers, side by side.
//!
//! Every program speaks the protocol of `bench/peers/harness/src/serve.rs`, so that all of them take part
//! in the same rounds: a machine that slows down slows everybody down. What is compared is the ratio to
//! the primitive within each round.

mod allocations;
mod audit;
mod chart;
mod gate;
mod instructions;
mod page;
mod programs;
mod propagation;
mod report;
mod revocation;
mod rounds;
mod secrets;
mod spread;
mod table;
mod targets;
mod tools;
mod worker;

use std::fs;
use std::path::PathBuf;

use crate::machine;
use crate::run::{Failure, root};
use report::Report;

/// How much is measured.
#[derive(Clone, Copy, Debug)]
struct Effort {
    /// Rough figures, soon.
    quick: bool,
    /// The other languages too.
    languages: bool,
}

#[derive(Debug)]
struct Options {
    effort: Effort,
    json: Option<PathBuf>,
    write: bool,
}

/// What a benchmark can be told whose figures are a part of a page.
#[derive(Clone, Copy, Debug, Default)]
struct PageOptions {
    quick: bool,
    write: bool,
}

impl PageOptions {
    fn parse(benchmark: &str, args: &[&str]) -> Result<Self, Failure> {
        let mut options = Self::default();
        for arg in args {
            match *arg {
                "--quick" => options.quick = true,
                "--write" => options.write = true,
                other => {
                    return Err(Failure::usage(&format!("bench {benchmark} knows no `{other}`")));
                }
            }
        }
        if options.write && options.quick {
            return Err(Failure::usage("--write takes figures worth writing down: not --quick"));
        }
        Ok(options)
    }
}

/// Runs the benchmark that the arguments name.
pub(crate) fn bench(args: &[&str]) -> Result<(), Failure> {
    let options = match args {
        ["core", options @ ..] => options,
        ["revocation", options @ ..] => return revocation::bench(options),
        ["propagation", options @ ..] => return propagation::bench(options),
        ["gate", options @ ..] => return gate::bench(options),
        ["audit", options @ ..] => return audit::bench(options),
        ["secrets", options @ ..] => return secrets::bench(options),
        _ => {
            return Err(Failure::usage(
                "bench knows: core, revocation, propagation, gate, audit, secrets",
            ));
        }
    };
    let options = Options::parse(options)?;
    let report = measure(options.effort)?;
    println!("\n{}", page::text(&report));
    if let Some(file) = &options.json {
        fs::write(file, report.to_json()?)?;
    }
    if options.write {
        page::write(&report)?;
    }
    Ok(())
}

/// Renews a page between its marks.
fn page_between(page: &str, begin: &str, end: &str, figures: &str) -> Result<(), Failure> {
    let path = root().join(page);
    let old = fs::read_to_string(&path)?;
    let (before, after) = around(&old, begin, end)
        .ok_or_else(|| Failure::new(format!("{page} has lost its marks")))?;
    fs::write(&path, format!("{before}{begin}\n{figures}\n{end}{after}"))?;
    println!("wrote {page}");
    Ok(())
}

/// What stands before and after the marks.
fn around<'a>(page: &'a str, begin: &str, end: &str) -> Option<(&'a str, &'a str)> {
    let (before, rest) = page.split_once(begin)?;
    let (_, after) = rest.split_once(end)?;
    Some((before, after))
}

fn measure(effort: Effort) -> Result<Report, Failure> {
    let dir = root().join("target/xtask/bench");
    fs::create_dir_all(&dir)?;
    let mut built = programs::build(effort, &dir)?;
    let (mut workers, entrants) = worker::start(&mut built.commands)?;
    let rows = rounds::all(&mut workers, &entrants, &rounds::Plan::of(effort))?;
    drop(workers);
    let (instructions, note) = instructions::count(&built.core, &dir, &entrants, effort)?;
    Ok(Report {
        machine: machine::describe()?,
        quick: effort.quick,
        rows,
        instructions,
        allocations: allocations::count(&built.counting, &dir)?,
        notes: built.notes.into_iter().chain(note).collect(),
    })
}

impl Options {
    fn parse(args: &[&str]) -> Result<Self, Failure> {
        let effort = Effort { quick: false, languages: true };
        let mut options = Self { effort, json: None, write: false };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            match *arg {
                "--quick" => options.effort.quick = true,
                "--no-languages" => options.effort.languages = false,
                "--write" => options.write = true,
                "--json" => {
                    let file = args.next().ok_or_else(|| Failure::usage("--json takes a file"))?;
                    options.json = Some(PathBuf::from(file));
                }
                other => return Err(Failure::usage(&format!("bench core knows no `{other}`"))),
            }
        }
        if options.write && options.effort.quick {
            return Err(Failure::usage("--write takes figures worth writing down: not --quick"));
        }
        Ok(options)
    }
}
