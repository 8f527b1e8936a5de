//! `tokenward audit`: the auditor, on the command line.

use std::path::{Path, PathBuf};

use tokenward_audit::report::{self, Report};
use tokenward_audit::{
    Audit, Baseline, Catalog, Options, Settings, Severity, audit_paths, audit_paths_cached,
    audit_project, audit_project_cached,
};

use crate::args::{
    AuditArgs, AuditCodeArgs, AuditCommand, AuditProjectArgs, AuditStrictness, FailOn,
};
use crate::clock;
use crate::failure::{Failure, GOOD, Outcome, answer_is_no};
use crate::files;
use crate::output::{self, Format, Output};

mod cache;
mod fix;
mod git;
mod jwks;
mod live;
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
    }
}

fn project(args: &AuditProjectArgs, output: Output) -> Outcome {
    let clock = clock::system();
    let start = clock.now();
    let options = options(&args.strictness)?;
    let here = [PathBuf::from(".")];
    let paths = if args.paths.is_empty() { here.as_slice() } else { &args.paths };
    let audit = if args.strictness.cache {
        let mut kept = cache::open()?;
        let audit = audit_project_cached(paths, &options, &mut kept.cache);
        kept.close();
        audit
    } else {
        audit_project(paths, &options)
    };
    something_was_there(&audit)?;
    let took = clock.now().since(start);
    let report = Report { audit: &audit, took };
    match output.format() {
        Format::Text => {
            output.line(report::grades::text(&audit, output.is_colored()).trim_end())?;
            output.line("")?;
            show(&report, output)?;
        }
        _ => show(&report, output)?,
    }
    Ok(verdict(&audit, args.strictness.fail_on))
}

fn code(args: &AuditCodeArgs, output: Output) -> Outcome {
    let clock = clock::system();
    let start = clock.now();
    // Before the work, so that a wrong name costs no time.
    let mut counted = Counted::of(args)?;
    let options = options(&args.strictness)?;
    if args.dry_run {
        return fix::show(args, &options, &counted, output);
    }
    if args.fix {
        fix::make(args, &options, &counted)?;
        // Lines have moved.
        counted = Counted::of(args)?;
    }
    let mut audit = if args.strictness.cache {
        let mut kept = cache::open()?;
        let audit = audit_paths_cached(&args.paths, &options, &mut kept.cache);
        kept.close();
        audit
    } else {
        audit_paths(&args.paths, &options)
    };
    something_was_there(&audit)?;
    if let Some(path) = &args.write_baseline {
        return write_baseline(path, &audit);
    }
    if let Some(known) = counted.narrow(&mut audit) {
        output::note(format!("{known} known to the baseline"));
    }
    show(&Report { audit: &audit, took: clock.now().since(start) }, output)?;
    Ok(verdict(&audit, args.strictness.fail_on))
}

/// Which findings count: those on new lines, and those that no baseline knows.
struct Counted {
    changed: Option<since::Changed>,
    baseline: Option<Baseline>,
}

impl Counted {
    fn of(args: &AuditCodeArgs) -> Result<Self, Failure> {
        Ok(Self {
            baseline: args.baseline.as_deref().map(read_baseline).transpose()?,
            changed: args.since.as_deref().map(since::changed).transpose()?,
        })
    }

    const fn is_all(&self) -> bool {
        self.changed.is_none() && self.baseline.is_none()
    }

    /// Takes out what does not count, and answers how many of those a baseline knows, where there is one.
    fn narrow(&self, audit: &mut Audit) -> Option<usize> {
        if let Some(changed) = &self.changed {
            audit.findings.retain(|finding| changed.touches(finding));
        }
        self.baseline.as_ref().map(|baseline| baseline.subtract(audit))
    }
}

/// The settings file that is named, or the one that lies here.
fn options(strictness: &AuditStrictness) -> Result<Options, Failure> {
    let here = Path::new("tokenward-audit.toml");
    let path = strictness.config.as_deref().or_else(|| here.is_file().then_some(here));
    let mut options = match path {
        Some(path) => {
            let text = files::read_text(path)?;
            let settings = Settings::parse(&text);
            settings.map_err(|error| Failure::because(path.display(), &error))?.into_options()
        }
        None => Options::default(),
    };
    options.include_tests |= strictness.include_tests;
    options.include_uncertain |= strictness.include_uncertain;
    Ok(options)
}

fn something_was_there(audit: &Audit) -> Result<(), Failure> {
    match audit.notes.first() {
        Some(note) if audit.files == 0 => {
            Err(Failure::cannot(format!("{}: {}", note.file, note.why)))
        }
        _ => Ok(()),
    }
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
