//! One page of HTML, for people who did not run it: the ten mistakes as a chart, then each finding.

use std::fmt::Write as _;

use super::{Report, extent, grades};
use crate::finding::{Finding, Severity};
use crate::rules::catalog::Catalog;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;\
color:#1c1c1c;background:#fff}table{border-collapse:collapse;width:100%}td{padding:.2rem .5rem;vertical-align:\
middle}.bar{height:.8rem;border-radius:.2rem;min-width:.2rem}.critical,.high{background:#b3261e}.medium{background:\
#b26a00}.low,.info{background:#3d6fb4}article{border-left:.3rem solid;padding:.2rem 1rem;margin:1.2rem 0;background:\
#f6f6f6}article.critical,article.high{border-color:#b3261e;background:#f6f6f6}article.medium{border-color:#b26a00;\
background:#f6f6f6}article.low,article.info{border-color:#3d6fb4;background:#f6f6f6}pre{overflow-x:auto;background:\
#fff;padding:.5rem}h3{margin:.3rem 0}code{font-size:.9em}";

/// The report as a page that needs nothing from elsewhere.
#[must_use]
pub fn html(report: &Report<'_>, catalog: &Catalog) -> String {
    let audit = report.audit;
    let grades = grades::of(audit);
    let most = grades.iter().map(|grade| grade.count).max().unwrap_or(0).max(1);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>The ten mistakes</title>\n\
         <style>{STYLE}</style></head><body>\n<h1>{} of 10 mistakes were not found</h1>\n\
         <p>{} findings in {}</p>\n<table>\n",
        grades::avoided(&grades),
        audit.findings.len(),
        extent(audit)
    );
    for grade in &grades {
        let worst = grade.worst.map_or("none", Severity::name);
        let width = grade.count.saturating_mul(100).checked_div(most).unwrap_or_default();
        // Writing to a string cannot fail.
        let _written = writeln!(
            out,
            "<tr><td>{}</td><td>{}</td><td style=\"width:30%\"><div class=\"bar {worst}\" \
             style=\"width:{width}%\" title=\"{}\"></div></td><td>{}</td></tr>",
            grade.mistake.number(),
            grade.mistake.title(),
            grade.count,
            if grade.count == 0 { "-".to_owned() } else { format!("{} ({worst})", grade.count) },
        );
    }
    out.push_str("</table>\n");
    let mut findings: Vec<&Finding> = audit.findings.iter().collect();
    findings.sort_by_key(|finding| (std::cmp::Reverse(finding.severity), finding.mistake));
    for finding in findings {
        one(&mut out, finding, catalog);
    }
    if !audit.notes.is_empty() {
        out.push_str("<h2>Skipped</h2>\n<ul>\n");
        for note in &audit.notes {
            let _written = writeln!(
                out,
                "<li><code>{}</code>: {}</li>",
                escaped(&note.file),
                escaped(&note.why)
            );
        }
        out.push_str("</ul>\n");
    }
    out.push_str("</body></html>\n");
    out
}

fn one(out: &mut String, finding: &Finding, catalog: &Catalog) {
    let place = match finding.frame {
        Some(_) => format!("{}:{}", finding.file, finding.line),
        None => finding.file.clone(),
    };
    let _written = writeln!(
        out,
        "<article class=\"{0}\"><h3>{0}: {1}</h3>\n<p><code>{2}</code> · {3} · mistake {4}</p>",
        finding.severity,
        escaped(&finding.message),
        escaped(&place),
        finding.rule,
        finding.mistake.number()
    );
    if let Some(frame) = &finding.frame {
        out.push_str("<pre>");
        for (number, line) in (frame.first..).zip(&frame.lines) {
            let _written = writeln!(out, "{number:>5} | {}", escaped(line));
        }
        out.push_str("</pre>\n");
    }
    if let Some(fix) = &finding.fix {
        let _written = writeln!(out, "<p><b>Instead:</b> {}</p>", escaped(fix));
    }
    if let Some(rule) = catalog.get(finding.rule) {
        let _written = writeln!(out, "<p>{}</p>", escaped(&rule.why));
    }
    out.push_str("</article>\n");
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
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => out.push('\u{fffd}'),
            c if c.is_control() && c != '\t' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
