//! Text, for people: worst first, each with its lines and what to write instead.

use super::{Report, extent};
use crate::finding::{Finding, Severity};

/// The report; `color` says whether the reader's terminal takes it.
#[must_use]
pub fn text(report: &Report<'_>, color: bool) -> String {
    let audit = report.audit;
    let paint = Paint { color };
    let mut out = String::new();
    let mut findings: Vec<&Finding> = audit.findings.iter().collect();
    // Stable: within a severity and a mistake, by file and line.
    findings.sort_by_key(|finding| (std::cmp::Reverse(finding.severity), finding.mistake));
    let mut heading = None;
    for finding in findings {
        let group = (finding.severity, finding.mistake);
        if heading != Some(group) {
            heading = Some(group);
            let title = format!(
                "{}: {} (mistake {} of 10)",
                finding.severity.name().to_uppercase(),
                finding.mistake.title(),
                finding.mistake.number()
            );
            push(&mut out, &paint.heading(finding.severity, &title));
            out.push('\n');
        }
        one(&mut out, finding, paint);
    }
    for note in &audit.notes {
        push(&mut out, &format!("skipped: {}: {}", shown(&note.file), shown(&note.why)));
    }
    if !audit.notes.is_empty() {
        out.push('\n');
    }
    push(&mut out, &summary(report));
    out
}

fn push(out: &mut String, line: &str) {
    out.push_str(line);
    out.push('\n');
}

fn one(out: &mut String, finding: &Finding, paint: Paint) {
    let place = match &finding.frame {
        Some(_) => format!("{}:{}:{}", shown(&finding.file), finding.line, finding.column),
        // A token, a key or an answer has no lines.
        None => shown(&finding.file),
    };
    push(out, &format!("  {}  {}", paint.bold(&place), paint.faint(finding.rule)));
    push(out, &format!("  {}", shown(&finding.message)));
    if let Some(frame) = &finding.frame {
        let last = frame.first.saturating_add(frame.lines.len());
        let width = last.to_string().len();
        for (number, line) in (frame.first..).zip(&frame.lines) {
            let text = format!("    {number:>width$} | ");
            push(out, &format!("{}{}", paint.faint(&text), shown(&line.replace('\t', "    "))));
        }
    }
    if let Some(fix) = &finding.fix {
        push(out, &format!("  {} {}", paint.bold("instead:"), shown(fix)));
    }
    out.push('\n');
}

fn summary(report: &Report<'_>) -> String {
    let audit = report.audit;
    let count = |severity| audit.findings.iter().filter(|one| one.severity == severity).count();
    let mut parts: Vec<String> =
        [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info]
            .into_iter()
            .map(|severity| (count(severity), severity))
            .filter(|(count, _)| *count > 0)
            .map(|(count, severity)| format!("{count} {severity}"))
            .collect();
    if parts.is_empty() {
        parts.push("nothing found".to_owned());
    }
    let mut text = vec![format!("{} in {}", parts.join(", "), extent(audit))];
    if audit.in_tests > 0 {
        let in_tests = audit.in_tests;
        text.push(format!("{in_tests} in tests and fixtures not counted (--include-tests)"));
    }
    if audit.uncertain > 0 {
        let uncertain = audit.uncertain;
        text.push(format!("{uncertain} uncertain not counted (--include-uncertain)"));
    }
    if audit.allowed > 0 {
        text.push(format!("{} allowed by comments", audit.allowed));
    }
    text.push(format!("{:.1} s", report.took.as_secs_f64()));
    text.join("; ")
}

/// Text from files as a terminal can show it: what could move the cursor is escaped.
pub(super) fn shown(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let plain = !c.is_control() && !is_bidi(c);
            let escaped = (!plain).then(|| c.escape_unicode());
            plain.then_some(c).into_iter().chain(escaped.into_iter().flatten())
        })
        .collect()
}

/// Marks that turn the direction of writing around, and make code read as what it is not.
fn is_bidi(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

#[derive(Clone, Copy)]
struct Paint {
    color: bool,
}

impl Paint {
    fn with(self, code: &str, text: &str) -> String {
        if self.color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    fn faint(self, text: &str) -> String {
        self.with("2", text)
    }

    fn heading(self, severity: Severity, text: &str) -> String {
        let code = match severity {
            Severity::Critical | Severity::High => "1;31",
            Severity::Medium => "1;33",
            _ => "1;36",
        };
        self.with(code, text)
    }
}
