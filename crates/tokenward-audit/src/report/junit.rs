//! The XML of `JUnit`, for CI systems that show tests.

use std::fmt::Write as _;

use super::{Report, is_hidden, left_out, notes, nothing};

/// Each finding as a failed test of its file; an audit without findings as one that passed.
#[must_use]
pub fn junit(report: &Report<'_>) -> String {
    let audit = report.audit;
    let seconds = report.took.as_secs_f64();
    let failures = audit.findings.len();
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.push_str("<testsuites>\n");
    let skipped = notes(audit, false).count();
    let tests = failures.max(1).saturating_add(skipped);
    let suite = format!(
        "  <testsuite name=\"tokenward audit\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\" time=\"{seconds:.3}\">\n"
    );
    xml.push_str(&suite);
    if failures == 0 {
        let name = nothing(audit);
        // Writing to a string cannot fail.
        let _written = writeln!(xml, "    <testcase classname=\"tokenward\" name=\"{name}\"/>");
    }
    for finding in &audit.findings {
        let case = format!(
            "    <testcase classname=\"{}\" name=\"{} line {}\" file=\"{}\" line=\"{}\">\n      <failure type=\"{}\" message=\"{}\">{}</failure>\n    </testcase>\n",
            escaped(&finding.file),
            finding.rule,
            finding.line,
            escaped(&finding.file),
            finding.line,
            finding.severity,
            escaped(&finding.message),
            escaped(finding.fix.as_deref().unwrap_or_default()),
        );
        xml.push_str(&case);
    }
    for note in notes(audit, false) {
        let file = escaped(&note.file);
        let case = format!(
            "    <testcase classname=\"{file}\" name=\"skipped\" file=\"{file}\">\n      <skipped message=\"{}\"/>\n    </testcase>\n",
            escaped(&note.why),
        );
        xml.push_str(&case);
    }
    let remarks = notes(audit, true).map(|note| format!("{}: {}", note.file, note.why));
    let said: Vec<String> = left_out(audit).into_iter().chain(remarks).collect();
    if !said.is_empty() {
        let said = escaped(&said.join("; "));
        let _written = writeln!(xml, "    <system-out>{said}</system-out>");
    }
    xml.push_str("  </testsuite>\n</testsuites>\n");
    xml
}

/// Text as XML may hold it; what no XML document can hold becomes a space.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            c if is_hidden(c) || matches!(c, '\u{fffe}' | '\u{ffff}') => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}
