//! Markdown, for a comment on a pull request.

use super::grades::{self, Grade};
use super::{Report, can_be_mended, coded, extent, is_hidden, left_out, mendable, notes, nothing};
use crate::code::{Audit, Note};
use crate::finding::Finding;

/// As many findings as a comment shows; hosts refuse comments that are too long.
const SHOWN: usize = 50;

/// The report as a table, worst first.
#[must_use]
pub fn markdown(report: &Report<'_>) -> String {
    let audit = report.audit;
    let mut lines = vec![heading(report), String::new()];
    let facts = left_out(audit);
    if !facts.is_empty() {
        lines.extend([plain(&(facts.join("; ") + ".")), String::new()]);
    }
    if report.of.is_whole {
        ten(&mut lines, &grades::of(audit));
    }
    if let Some((count, command)) = mendable(report) {
        lines.extend([format!("{}: {}", can_be_mended(count), code(command)), String::new()]);
    }
    table(&mut lines, audit);
    list(&mut lines, "skipped", notes(audit, false));
    list(&mut lines, "notes", notes(audit, true));
    lines.join("\n")
}

/// What was looked at, and how much was found.
fn heading(report: &Report<'_>) -> String {
    let audit = report.audit;
    let ten = if report.of.is_whole {
        format!("{}: ", grades::heading(&grades::of(audit)))
    } else {
        String::new()
    };
    match audit.findings.len() {
        0 => format!("**tokenward audit**: {} in {}.", nothing(audit), extent(audit)),
        count => format!("**tokenward audit**: {ten}{count} in {}", extent(audit)),
    }
}

/// The ten mistakes, for who wants to see them.
fn ten(lines: &mut Vec<String>, grades: &[Grade]) {
    lines.push("<details><summary>the ten mistakes</summary>".to_owned());
    lines.push(String::new());
    lines.push("| | mistake | found |\n| ---: | --- | --- |".to_owned());
    let row = |grade: &Grade| {
        let (number, title) = (grade.mistake.number(), grade.mistake.title());
        format!("| {number} | {title} | {} |", grade.verdict())
    };
    lines.extend(grades.iter().map(row));
    lines.extend([String::new(), "</details>".to_owned(), String::new()]);
}

/// What was found, worst first.
fn table(lines: &mut Vec<String>, audit: &Audit) {
    if audit.findings.is_empty() {
        return;
    }
    let mut findings: Vec<&Finding> = audit.findings.iter().collect();
    findings.sort_by_key(|finding| (std::cmp::Reverse(finding.severity), finding.mistake));
    let count = findings.len();
    lines.push("| severity | place | what | instead |".to_owned());
    lines.push("| --- | --- | --- | --- |".to_owned());
    lines.extend(findings.iter().take(SHOWN).map(|finding| row(finding)));
    if count > SHOWN {
        lines.push(String::new());
        lines.push(format!("… and {} more.", count.saturating_sub(SHOWN)));
    }
    lines.push(String::new());
}

/// Files, each with what is to be said of it.
fn list<'a>(lines: &mut Vec<String>, heading: &str, notes: impl Iterator<Item = &'a Note>) {
    let notes: Vec<&Note> = notes.collect();
    if notes.is_empty() {
        return;
    }
    lines.extend([format!("{heading}:"), String::new()]);
    let one = |note: &&Note| format!("- {}: {}", code(&note.file), coded(&note.why, plain, code));
    lines.extend(notes.iter().take(SHOWN).map(one));
    if let Some(more) = notes.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        lines.push(format!("- … and {more} more."));
    }
    lines.push(String::new());
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
