//! Text, for people: worst first, each with its lines and what to write instead.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use super::{
    Report, can_be_mended, counted, extent, grades, left_out, mendable, notes, nothing, shown,
};
use crate::finding::{Finding, Frame, Severity};

/// What is longer than a screen has the ten mistakes at its end, too.
const SCREEN: usize = 40;

/// The report; `color` says whether the reader's terminal takes it.
#[must_use]
pub fn text(report: &Report<'_>, color: bool) -> String {
    let audit = report.audit;
    let mended = mendable(report)
        .map(|(count, command)| format!("{}: {}\n", can_be_mended(count), shown(command)))
        .unwrap_or_default();
    let table = match (report.of.is_whole, mended.as_str()) {
        (true, "") => grades::text(audit, color) + "\n",
        (true, mended) => format!("{}\n{mended}\n", grades::text(audit, color)),
        (false, _) => String::new(),
    };
    let mut findings = String::new();
    for section in sections(&audit.findings) {
        section.write(&mut findings, Paint { color });
    }
    for note in notes(audit, false).chain(notes(audit, true)) {
        let (file, why) = (shown(&note.file), shown(&note.why));
        push(&mut findings, &format!("{}: {file}: {why}", note.kind()));
    }
    if !audit.notes.is_empty() {
        findings.push('\n');
    }
    let is_long = findings.lines().count() > SCREEN;
    let mut out = table.clone() + &findings;
    if is_long {
        out.push_str(&table);
    }
    if !report.of.is_whole {
        out.push_str(&mended);
    }
    if let Some(finding) = audit.findings.first() {
        push(&mut out, &format!("about a rule: tokenward audit rules {}", finding.rule));
    }
    push(&mut out, &summary(report));
    out
}

/// The findings of one mistake.
struct Section<'a> {
    worst: Severity,
    /// Those that say the same are together: their reason is told once.
    alike: Vec<Vec<&'a Finding>>,
}

/// One section for each mistake, worst first; within one, by severity, file and line.
fn sections(findings: &[Finding]) -> Vec<Section<'_>> {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| Reverse(finding.severity));
    let mut order: Vec<_> = sorted.iter().map(|finding| finding.mistake).collect();
    let mut seen = HashSet::new();
    order.retain(|mistake| seen.insert(*mistake));
    let mut sections: Vec<Section<'_>> = Vec::new();
    for mistake in order {
        let mut places = HashMap::new();
        let mut section = Section { worst: Severity::Info, alike: Vec::new() };
        for finding in sorted.iter().filter(|finding| finding.mistake == mistake) {
            section.worst = section.worst.max(finding.severity);
            let next = section.alike.len();
            let key = (finding.rule, finding.severity, &finding.message, &finding.fix);
            let place = *places.entry(key).or_insert(next);
            match section.alike.get_mut(place) {
                Some(alike) => alike.push(finding),
                None => section.alike.push(vec![finding]),
            }
        }
        sections.push(section);
    }
    sections.sort_by_key(|section| (Reverse(section.worst), section.mistake()));
    sections
}

impl Section<'_> {
    fn mistake(&self) -> u8 {
        let first = self.alike.first().and_then(|alike| alike.first());
        first.map_or(0, |finding| finding.mistake.number())
    }

    fn write(&self, out: &mut String, paint: Paint) {
        let Some(first) = self.alike.first().and_then(|alike| alike.first()) else { return };
        let title = format!(
            "{}: {} (mistake {} of 10)",
            self.worst.name().to_uppercase(),
            first.mistake.title(),
            first.mistake.number()
        );
        push(out, &paint.of(self.worst, &title));
        out.push('\n');
        let mut told = HashSet::new();
        for alike in &self.alike {
            for (at, finding) in alike.iter().enumerate() {
                place(out, finding, paint);
                if at == 0 {
                    push(out, &format!("  {}", shown(&finding.message)));
                }
                if let Some(frame) = &finding.frame {
                    lines(out, frame, at == 0, paint);
                }
                if let Some(fix) = finding.fix.as_ref().filter(|fix| told.insert(*fix)) {
                    push(out, &format!("  {} {}", paint.bold("instead:"), shown(fix)));
                }
            }
            out.push('\n');
        }
    }
}

fn push(out: &mut String, line: &str) {
    out.push_str(line);
    out.push('\n');
}

fn place(out: &mut String, finding: &Finding, paint: Paint) {
    let place = match &finding.frame {
        Some(_) => format!("{}:{}:{}", shown(&finding.file), finding.line, finding.column),
        // A token, a key or an answer has no lines.
        None => shown(&finding.file),
    };
    let severity = paint.of(finding.severity, finding.severity.name());
    push(out, &format!("  {}  {severity}  {}", paint.bold(&place), paint.faint(finding.rule)));
}

/// The lines of a finding; with a mark below what was found, where that is asked for.
fn lines(out: &mut String, frame: &Frame, is_marked: bool, paint: Paint) {
    let last = frame.first.saturating_add(frame.lines.len());
    let width = last.to_string().len();
    for (at, (number, line)) in (frame.first..).zip(&frame.lines).enumerate() {
        let gutter = format!("    {number:>width$} | ");
        push(out, &format!("{}{}", paint.faint(&gutter), plain(line)));
        if at == 0 && is_marked && !frame.mark.is_empty() {
            let part = |from: usize, to: usize| -> String {
                let part = line.chars().skip(from).take(to.saturating_sub(from));
                plain(&part.collect::<String>())
            };
            let before = part(0, frame.mark.start).chars().count();
            let marked = part(frame.mark.start, frame.mark.end).chars().count();
            let mark = format!("{}{}", " ".repeat(before), "^".repeat(marked));
            let gutter = format!("    {:>width$} | ", "");
            push(out, &format!("{}{}", paint.faint(&gutter), paint.faint(&mark)));
        }
    }
}

/// A line as it is shown: a tab is as wide everywhere.
fn plain(line: &str) -> String {
    shown(&line.replace('\t', "    "))
}

fn summary(report: &Report<'_>) -> String {
    let audit = report.audit;
    let severities: Vec<Severity> = audit.findings.iter().map(|one| one.severity).collect();
    let found = match counted(&severities) {
        none if none.is_empty() => nothing(audit).to_owned(),
        found => found,
    };
    let mut text = vec![format!("{found} in {}", extent(audit))];
    text.extend(left_out(audit));
    text.push(format!("{:.1} s", report.took.as_secs_f64()));
    text.join("; ")
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

    fn of(self, severity: Severity, text: &str) -> String {
        let code = match severity {
            Severity::Critical | Severity::High => "1;31",
            Severity::Medium => "1;33",
            _ => "1;36",
        };
        self.with(code, text)
    }
}
