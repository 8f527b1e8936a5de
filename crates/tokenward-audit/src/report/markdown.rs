//! Markdown, for a comment on a pull request.

use super::{Report, extent, grades};
use crate::finding::Finding;

/// As many findings as a comment shows; hosts refuse comments that are too long.
const SHOWN: usize = 50;

/// The report as a table, worst first.
#[must_use]
pub fn markdown(report: &Report<'_>) -> String {
    let audit = report.audit;
    if audit.findings.is_empty() {
        return format!("**tokenward audit**: nothing found in {}.\n", extent(audit));
    }
    let mut findings: Vec<&Finding> = audit.findings.iter().collect();
    findings.sort_by_key(|finding| (std::cmp::Reverse(finding.severity), finding.mistake));
    let count = findings.len();
    let ten = if report.of.is_whole {
        format!("{}: ", grades::heading(&grades::of(audit)))
    } else {
        String::new()
    };
    let mut lines = vec![
        format!("**tokenward audit**: {ten}{count} in {}", extent(audit)),
        String::new(),
        "| severity | place | what | instead |".to_owned(),
        "| --- | --- | --- | --- |".to_owned(),
    ];
    lines.extend(findings.iter().take(SHOWN).map(|finding| row(finding)));
    if count > SHOWN {
        lines.push(String::new());
        lines.push(format!("… and {} more.", count.saturating_sub(SHOWN)));
    }
    lines.push(String::new());
    lines.join("\n")
}

fn row(finding: &Finding) -> String {
    let place = match &finding.frame {
        Some(_) => format!("{}:{}", cell(&finding.file), finding.line),
        // A token, a key or an answer has no lines.
        None => cell(&finding.file),
    };
    format!(
        "| {} | {place} | {} ({}) | {} |",
        finding.severity,
        cell(&finding.message),
        finding.rule,
        cell(finding.fix.as_deref().unwrap_or_default()),
    )
}

/// Text that stays in its cell and is no markup but for the code that our own messages mark.
fn cell(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' => safe.push_str("\\|"),
            '<' => safe.push_str("&lt;"),
            '&' => safe.push_str("&amp;"),
            '[' | ']' | '!' => {
                safe.push('\\');
                safe.push(c);
            }
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}
