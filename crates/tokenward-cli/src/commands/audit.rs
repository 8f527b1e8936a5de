//! `tokenward audit`: the auditor, on the command line.

use std::path::{Path, PathBuf};

use tokenward::UnixTime;
use tokenward_audit::report::{self, Report, Subject};
use tokenward_audit::{
    Audit, Baseline, Catalog, Note, Options, Severity, audit_paths, audit_paths_cached,
    audit_project, audit_project_cached,
};

use crate::args::{
    AuditArgs, AuditCodeArgs, AuditCommand, AuditComparison, AuditMending, AuditProjectArgs,
    AuditRulesArgs, AuditStrictness, FailOn,
};
use crate::clock;
use crate::commands::date;
use crate::failure::{Failure, GOOD, Outcome, answer_is_no};
use crate::files;
use crate::output::{self, Format, Output};

mod cache;
mod fix;
mod git;
mod jwks;
mod live;
mod place;
mod since;
mod token;

/// `tokenward audit …`.
pub(crate) async fn run(args: AuditArgs, output: Output) -> Outcome {
    match &args.command {
        None => project(&args.project, output),
        Some(AuditCommand::Code(args)) => code(args, output),
        Some(AuditCommand::Token(args)) => token::run(args, output),
        Some(AuditCommand::Jwks(args)) => jwks::run(args, output).await,
        Some(AuditCommand::Live(args)) => live::run(args, output).await,
        Some(AuditCommand::Rules(args)) => rules(args, output),
    }
}

/// Files to look at, and what of them counts.
struct Asked<'a> {
    paths: &'a [PathBuf],
    strictness: &'a AuditStrictness,
    comparison: &'a AuditComparison,
    mending: &'a AuditMending,
    /// Settings, keys and tokens too.
    is_whole: bool,
}

fn project(args: &AuditProjectArgs, output: Output) -> Outcome {
    let here = [PathBuf::from(".")];
    let paths = if args.paths.is_empty() { here.as_slice() } else { &args.paths };
    let AuditProjectArgs { strictness, comparison, mending, .. } = args;
    files(&Asked { paths, strictness, comparison, mending, is_whole: true }, output)
}

fn code(args: &AuditCodeArgs, output: Output) -> Outcome {
    let AuditCodeArgs { paths, strictness, comparison, mending } = args;
    files(&Asked { paths, strictness, comparison, mending, is_whole: false }, output)
}

fn files(asked: &Asked<'_>, output: Output) -> Outcome {
    let (there, mut notes) = place::there(asked.paths, asked.is_whole)?;
    let asked = Asked { paths: &there, ..*asked };
    // Before the work, so that a wrong name costs no time.
    let counted = Counted::of(asked.comparison, asked.paths)?;
    let (options, more) = place::options(asked.strictness, asked.paths)?;
    notes.extend(more);
    if asked.mending.dry_run {
        said(&notes);
        return fix::show(&asked, &options, &counted, output);
    }
    if asked.mending.fix {
        fix::make(&asked, &options, &counted)?;
    }
    look(&asked, &options, notes, output)
}

/// Notes, where there is no report to hold them.
fn said(notes: &[Note]) {
    for note in notes {
        output::note(format!("{}: {}: {}", note.kind(), note.file, note.why));
    }
}

fn look(asked: &Asked<'_>, options: &Options, notes: Vec<Note>, output: Output) -> Outcome {
    let clock = clock::system();
    let start = clock.now();
    let comparison = asked.comparison;
    // Before the work, so that a wrong name costs no time; after --fix, which moves lines.
    let counted = Counted::of(comparison, asked.paths)?;
    let mut audit = audit(asked, options)?;
    something_was_there(&audit, asked)?;
    audit.notes.extend(notes);
    if let Some(path) = &comparison.write_baseline {
        said(&audit.notes);
        return write_baseline(path, &audit);
    }
    counted.narrow(&mut audit);
    let (root, mended_by) = (Some(place::root()), place::mended_by(asked));
    let of = subject(place::name(asked.paths), start, asked.is_whole);
    let of = Subject { root, mended_by, ..of };
    show(&Report { audit: &audit, took: clock.now().since(start), of: &of }, output)?;
    Ok(verdict(&audit, asked.strictness.fail_on))
}

/// Which findings count: those on new lines, and those that no baseline knows.
struct Counted {
    changed: Option<since::Changed>,
    baseline: Option<Baseline>,
}

impl Counted {
    fn of(comparison: &AuditComparison, paths: &[PathBuf]) -> Result<Self, Failure> {
        let since = comparison.since.as_deref();
        Ok(Self {
            baseline: comparison.baseline.as_deref().map(read_baseline).transpose()?,
            changed: since.map(|rev| since::changed(rev, paths)).transpose()?,
        })
    }

    const fn is_all(&self) -> bool {
        self.changed.is_none() && self.baseline.is_none()
    }

    /// Takes out what does not count.
    fn narrow(&self, audit: &mut Audit) {
        if let Some(changed) = &self.changed {
            audit.narrow(|finding| changed.touches(finding));
        }
        if let Some(baseline) = &self.baseline {
            baseline.subtract(audit);
        }
    }
}

fn audit(asked: &Asked<'_>, options: &Options) -> Result<Audit, Failure> {
    if !asked.strictness.cache {
        let audit = if asked.is_whole { audit_project } else { audit_paths };
        return Ok(audit(asked.paths, options));
    }
    let audit = if asked.is_whole { audit_project_cached } else { audit_paths_cached };
    let mut kept = cache::open()?;
    let audit = audit(asked.paths, options, &mut kept.cache);
    kept.close();
    Ok(audit)
}

/// What a report is about, on the day of `now`.
fn subject(name: String, now: UnixTime, is_whole: bool) -> Subject {
    let date = date(now).chars().take(10).collect();
    Subject { name, date, is_whole, ..Subject::default() }
}

fn something_was_there(audit: &Audit, asked: &Asked<'_>) -> Result<(), Failure> {
    if audit.files > 0 {
        return Ok(());
    }
    if let Some(note) = audit.notes.first() {
        return Err(Failure::cannot(format!("{}: {}", note.file, note.why)));
    }
    let paths: Vec<String> = asked.paths.iter().map(|path| path.display().to_string()).collect();
    let what = if asked.is_whole { "no file of a known kind" } else { "no code that is known" };
    let at = if asked.paths.iter().any(|path| path.is_dir()) { "below" } else { "at" };
    Err(Failure::cannot(format!("{what} {at} {}", paths.join(", "))))
}

/// `tokenward audit rules`.
fn rules(args: &AuditRulesArgs, output: Output) -> Outcome {
    let catalog = Catalog::built_in().map_err(|error| Failure::because("the rules", &error))?;
    if output.is_for_audits() {
        return Err(Failure::cannot("audit rules: --format is text or json"));
    }
    let Some(name) = &args.rule else {
        output.either(&catalog.rules(), report::rule::list(&catalog).trim_end())?;
        return Ok(GOOD);
    };
    let rule = catalog.get(name).ok_or_else(|| Failure::cannot(catalog.no_such_rule(name)))?;
    output.either(rule, report::rule::page(rule).trim_end())?;
    Ok(GOOD)
}

fn verdict(audit: &Audit, fail_on: FailOn) -> std::process::ExitCode {
    let worst = audit.findings.iter().map(|finding| finding.severity).max();
    if worst.is_some_and(|worst| worst >= severity(fail_on)) { answer_is_no() } else { GOOD }
}

fn show(report: &Report<'_>, output: Output) -> Result<(), Failure> {
    let catalog = || Catalog::built_in().map_err(|error| Failure::because("the rules", &error));
    match output.format() {
        Format::Json => output.json(&report::json::json(report)),
        Format::Sarif => output.json(&report::sarif::sarif(report, &catalog()?)),
        Format::Junit => output.line(report::junit::junit(report).trim_end()),
        Format::Markdown => output.line(report::markdown::markdown(report).trim_end()),
        Format::Html => output.line(report::html::html(report, &catalog()?).trim_end()),
        Format::Text => output.line(report::text::text(report, output.is_colored()).trim_end()),
    }
}

fn read_baseline(path: &Path) -> Result<Baseline, Failure> {
    let text = files::read_text(path)?;
    Baseline::parse(&text).map_err(|error| Failure::because(path.display(), &error))
}

fn write_baseline(path: &Path, audit: &Audit) -> Outcome {
    let text =
        Baseline::of(audit).to_json().map_err(|error| Failure::because(path.display(), &error))?;
    files::replace_public(path, (text + "\n").as_bytes())?;
    output::note(format!("{} findings in {}", audit.findings.len(), path.display()));
    Ok(GOOD)
}

const fn severity(fail_on: FailOn) -> Severity {
    match fail_on {
        FailOn::Info => Severity::Info,
        FailOn::Low => Severity::Low,
        FailOn::Medium => Severity::Medium,
        FailOn::High => Severity::High,
        FailOn::Critical => Severity::Critical,
    }
}
