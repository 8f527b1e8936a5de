//! One page of HTML, for people who did not run it: the ten mistakes as a chart, then each finding.

use std::collections::HashSet;
use std::fmt::Write as _;

use super::{Report, can_be_mended, extent, grades, is_hidden, left_out, mendable, notes};
use crate::code::Note;
use crate::finding::{Finding, Frame, Severity};
use crate::rules::catalog::Catalog;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;\
color:#1c1c1c;background:#fff}table{border-collapse:collapse;width:100%}td{padding:.2rem .5rem;vertical-align:\
middle}.bar{height:.8rem;border-radius:.2rem;min-width:.2rem}.critical,.high{background:#b3261e}.medium{background:\
#b26a00}.low,.info{background:#3d6fb4}article{border-left:.3rem solid;padding:.2rem 1rem;margin:1.2rem 0;background:\
#f6f6f6}article.critical,article.high{border-color:#b3261e;background:#f6f6f6}article.medium{border-color:#b26a00;\
background:#f6f6f6}article.low,article.info{border-color:#3d6fb4;background:#f6f6f6}pre{overflow-x:auto;background:\
#fff;padding:.5rem}h3{margin:.3rem 0}code{font-size:.9em}mark{background:#ffe08a}";

/// The report as a page that needs nothing from elsewhere.
#[must_use]
pub fn html(report: &Report<'_>, catalog: &Catalog) -> String {
    let audit = report.audit;
    let count = audit.findings.len();
    let grades = grades::of(audit);
    let heading = match (report.of.is_whole, count) {
        (true, _) => grades::heading(&grades),
        (false, 1) => "1 finding".to_owned(),
        (false, count) => format!("{count} findings"),
    };
    let mut facts = vec![format!("{count} found in {}", extent(audit))];
    facts.extend(left_out(audit));
    let name = escaped(&report.of.name);
    // Writing to a string cannot fail.
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{name}: the ten mistakes</title>\n\
         <style>{STYLE}</style></head><body>\n<h1>{heading}</h1>\n\
         <p><b>{name}</b>, {}: {}</p>\n",
        escaped(&report.of.date),
        escaped(&facts.join("; "))
    );
    if report.of.is_whole {
        chart(&mut out, &grades);
    }
    if let Some((count, command)) = mendable(report) {
        let (what, command) = (can_be_mended(count), escaped(command));
        let _written = writeln!(out, "<p>{what}: <code>{command}</code></p>");
    }
    let mut findings: Vec<&Finding> = audit.findings.iter().collect();
    findings.sort_by_key(|finding| (std::cmp::Reverse(finding.severity), finding.mistake));
    let mut explained = HashSet::new();
    for finding in findings {
        one(&mut out, finding, catalog, explained.insert(finding.rule));
    }
    list(&mut out, "Skipped", notes(audit, false));
    list(&mut out, "Notes", notes(audit, true));
    out.push_str("</body></html>\n");
    out
}

fn list<'a>(out: &mut String, heading: &str, notes: impl Iterator<Item = &'a Note>) {
    let mut notes = notes.peekable();
    if notes.peek().is_none() {
        return;
    }
    let _written = write!(out, "<h2>{heading}</h2>\n<ul>\n");
    for note in notes {
        let (file, why) = (escaped(&note.file), coded(&note.why));
        let _written = writeln!(out, "<li><code>{file}</code>: {why}</li>");
    }
    out.push_str("</ul>\n");
}

fn chart(out: &mut String, grades: &[grades::Grade]) {
    let most = grades.iter().map(|grade| grade.severities.len()).max().unwrap_or(0).max(1);
    out.push_str("<table>\n");
    for grade in grades {
        let worst = grade.worst().map_or("none", Severity::name);
        let count = grade.severities.len();
        let width = count.saturating_mul(100).checked_div(most).unwrap_or_default();
        let _written = writeln!(
            out,
            "<tr><td>{}</td><td>{}</td><td style=\"width:30%\"><div class=\"bar {worst}\" \
             style=\"width:{width}%\" title=\"{count}\"></div></td><td>{}</td></tr>",
            grade.mistake.number(),
            grade.mistake.title(),
            grade.verdict(),
        );
    }
    out.push_str("</table>\n");
}

fn one(out: &mut String, finding: &Finding, catalog: &Catalog, is_first: bool) {
    let place = match finding.frame {
        Some(_) => format!("{}:{}:{}", finding.file, finding.line, finding.column),
        None => finding.file.clone(),
    };
    let _written = writeln!(
        out,
        "<article class=\"{0}\"><h3>{0}: {1}</h3>\n<p><code>{2}</code> · {3} · mistake {4}</p>",
        finding.severity,
        coded(&finding.message),
        escaped(&place),
        finding.rule,
        finding.mistake.number()
    );
    if let Some(frame) = &finding.frame {
        lines(out, frame);
    }
    if let Some(fix) = &finding.fix {
        let _written = writeln!(out, "<p><b>Instead:</b> {}</p>", coded(fix));
    }
    // Why it matters is told where the rule comes first.
    if let Some(rule) = catalog.get(finding.rule).filter(|_| is_first) {
        let _written = writeln!(out, "<p>{}</p>", coded(&rule.why));
    }
    out.push_str("</article>\n");
}

fn lines(out: &mut String, frame: &Frame) {
    out.push_str("<pre>");
    for (at, (number, line)) in (frame.first..).zip(&frame.lines).enumerate() {
        let mark = if at == 0 { frame.mark.clone() } else { 0..0 };
        let part = |from: usize, to: usize| -> String {
            let part = line.chars().skip(from).take(to.saturating_sub(from));
            escaped(&part.collect::<String>())
        };
        let (before, after) = (part(0, mark.start), part(mark.end, usize::MAX));
        let marked = match part(mark.start, mark.end) {
            none if none.is_empty() => none,
            marked => format!("<mark>{marked}</mark>"),
        };
        let _written = writeln!(out, "{number:>5} | {before}{marked}{after}");
    }
    out.push_str("</pre>\n");
}

/// Our own texts, with their code as such.
fn coded(text: &str) -> String {
    super::coded(text, escaped, |code| format!("<code>{}</code>", escaped(code)))
}

/// Text from files as a page can hold it.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if is_hidden(c) && c != '\t' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
