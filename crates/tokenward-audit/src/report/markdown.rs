//! Markdown, for a comment on a pull request.

use super::{Report, coded, extent, grades, is_hidden};
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
        Some(_) => format!("{}:{}", code(&finding.file), finding.line),
        // A token, a key or an answer has no lines.
        None => code(&finding.file),
    };
    format!(
        "| {} | {place} | {} ({}) | {} |",
        finding.severity,
        coded(&finding.message, plain, code),
        finding.rule,
        coded(finding.fix.as_deref().unwrap_or_default(), plain, code),
    )
}

/// Names stand in tags, as hosts look for mentions and addresses in all text but code, escaped or not.
fn code(text: &str) -> String {
    // A comment parts what would else read like an address of mail.
    format!("<code>{}</code>", inert(text, "<!-- -->", ""))
}

fn plain(text: &str) -> String {
    inert(text, "", NOTHING)
}

/// A sign without width: what it parts is no mention and no address.
const NOTHING: &str = "&#8203;";

/// Text that stays in its cell and is no markup, with what parts a sign that hosts look for from its neighbors.
fn inert(text: &str, before: &str, after: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let is_sought = match c {
            '@' | '#' => true,
            ':' => chars.peek() == Some(&'/'),
            '.' => ends_with_www(&safe),
            _ => false,
        };
        if is_sought {
            safe.extend([before, &entity(c), after]);
        } else if is_markup(c) {
            safe.push_str(&entity(c));
        } else if c.is_control() {
            safe.push(' ');
        } else {
            safe.push(if is_hidden(c) { char::REPLACEMENT_CHARACTER } else { c });
        }
    }
    safe
}

fn ends_with_www(text: &str) -> bool {
    text.bytes().rev().take(3).filter(|byte| byte.eq_ignore_ascii_case(&b'w')).count() == 3
}

const fn is_markup(c: char) -> bool {
    matches!(
        c,
        '\\' | '`' | '*' | '_' | '~' | '[' | ']' | '(' | ')' | '<' | '>' | '|' | '!' | '&' | '$'
    )
}

/// A sign that begins no markup, wherever it stands.
fn entity(c: char) -> String {
    format!("&#{};", u32::from(c))
}
