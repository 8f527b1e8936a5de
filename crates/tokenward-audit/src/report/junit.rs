//! The XML of `JUnit`, for CI systems that show tests.

use super::{Report, is_hidden};

/// Each finding as a failed test of its file; an audit without findings as one that passed.
#[must_use]
pub fn junit(report: &Report<'_>) -> String {
    let audit = report.audit;
    let seconds = report.took.as_secs_f64();
    let failures = audit.findings.len();
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.push_str("<testsuites>\n");
    let tests = failures.max(1);
    let suite = format!(
        "  <testsuite name=\"tokenward audit\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" time=\"{seconds:.3}\">\n"
    );
    xml.push_str(&suite);
    if failures == 0 {
        xml.push_str("    <testcase classname=\"tokenward\" name=\"nothing found\"/>\n");
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
