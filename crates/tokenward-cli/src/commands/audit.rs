//! `tokenward audit`: the auditor, on the command line.

use std::path::Path;

use tokenward_audit::report::{self, Report};
use tokenward_audit::{Audit, Baseline, Catalog, Options, Severity, audit_paths};

use crate::args::{AuditCodeArgs, AuditCommand, FailOn};
use crate::clock;
use crate::failure::{Failure, GOOD, Outcome, answer_is_no};
use crate::files;
use crate::output::{self, Format, Output};

mod since;

/// `tokenward audit …`.
pub(crate) fn run(command: &AuditCommand, output: Output) -> Outcome {
    match command {
        AuditCommand::Code(args) => code(args, output),
    }
}

fn code(args: &AuditCodeArgs, output: Output) -> Outcome {
    let clock = clock::system();
    let start = clock.now();
    // Before the work, so that a wrong name costs no time.
    let baseline = args.baseline.as_deref().map(read_baseline).transpose()?;
    let changed = args.since.as_deref().map(since::changed).transpose()?;
    let mut options = Options::default();
    options.include_tests = args.include_tests;
    let mut audit = audit_paths(&args.paths, &options);
    if audit.files == 0
        && let Some(note) = audit.notes.first()
    {
        return Err(Failure::cannot(format!("{}: {}", note.file, note.why)));
    }
    if let Some(path) = &args.write_baseline {
        return write_baseline(path, &audit);
    }
    if let Some(changed) = &changed {
        audit.findings.retain(|finding| changed.touches(finding));
    }
    if let Some(baseline) = &baseline {
        let known = baseline.subtract(&mut audit);
        output::note(format!("{known} known to the baseline"));
    }
    show(&Report { audit: &audit, took: clock.now().since(start) }, output)?;
    let worst = audit.findings.iter().map(|finding| finding.severity).max();
    Ok(if worst.is_some_and(|worst| worst >= severity(args.fail_on)) {
        answer_is_no()
    } else {
        GOOD
    })
}

fn show(report: &Report<'_>, output: Output) -> Result<(), Failure> {
    match output.format() {
        Format::Json => output.json(&report::json::json(report)),
        Format::Sarif => {
            let catalog =
                Catalog::built_in().map_err(|error| Failure::because("the rules", &error))?;
            output.json(&report::sarif::sarif(report, &catalog))
        }
        Format::Junit => output.line(report::junit::junit(report).trim_end()),
        Format::Markdown => output.line(report::markdown::markdown(report).trim_end()),
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
