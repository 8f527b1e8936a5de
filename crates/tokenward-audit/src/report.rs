//! Reports: for people, for programs, for code-scanning views.

use std::path::PathBuf;
use std::time::Duration;

use crate::code::{Audit, Note};
use crate::finding::Severity;

pub mod grades;
pub mod html;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod patch;
pub mod rule;
pub mod sarif;
#[cfg(test)]
mod tests;
pub mod text;

/// An audit, ready to be shown.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "whoever shows an audit knows how long it took")]
pub struct Report<'a> {
    /// What was found.
    pub audit: &'a Audit,
    /// How long it took.
    pub took: Duration,
    /// What was looked at.
    pub of: &'a Subject,
}

/// What was looked at, for whoever was not there.
#[derive(Clone, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "whoever shows an audit knows all of it")]
pub struct Subject {
    /// What people call it: the name of a folder, an address.
    pub name: String,
    /// The day.
    pub date: String,
    /// The folder that paths are told from, where programs read them: that of the repository.
    pub root: Option<PathBuf>,
    /// Whether it was looked at for all ten mistakes, so that the report begins with them.
    pub is_whole: bool,
    /// The command that mends what needs no decision, where there is one.
    pub mended_by: Option<String>,
}

/// How much was looked at: `3 files`, or `225 requests` of a running service.
fn extent(audit: &Audit) -> String {
    match (audit.requests, audit.files) {
        (0, 1) => "1 file".to_owned(),
        (0, files) => format!("{files} files"),
        (requests, _) => format!("{requests} requests"),
    }
}

/// Text from files as people can be shown it: what could move a cursor, and what nobody would see, is escaped.
#[must_use]
pub fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

/// Signs that are not seen, or make text read as what it is not: controls, marks of direction, signs without width.
#[must_use]
pub const fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\0'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// Our own texts, in which code stands between backticks; `plain` and `code` write the parts.
fn coded(text: &str, plain: fn(&str) -> String, code: fn(&str) -> String) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    // One that has no end is no mark.
    if parts.len().is_multiple_of(2) {
        return plain(text);
    }
    let one = |(at, part): (usize, &str)| {
        if at.is_multiple_of(2) { plain(part) } else { code(part) }
    };
    parts.into_iter().enumerate().map(one).collect()
}

/// All severities, worst first.
const WORST_FIRST: [Severity; 5] =
    [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];

/// `1 critical, 2 high`: how often there is which; nothing where there is none.
fn counted(severities: &[Severity]) -> String {
    let count = |wanted| severities.iter().filter(|one| **one == wanted).count();
    let parts: Vec<String> = WORST_FIRST
        .into_iter()
        .map(|severity| (count(severity), severity))
        .filter(|(count, _)| *count > 0)
        .map(|(count, severity)| format!("{count} {severity}"))
        .collect();
    parts.join(", ")
}

/// What was left out: by a baseline, in tests, for want of certainty, by comments; with the option that brings it
/// back.
fn left_out(audit: &Audit) -> Vec<String> {
    let reasons = audit.left_out_in_all().reasons();
    reasons.map(|reason| format!("{} {}", reason.count, reason.long)).collect()
}

/// That nothing was found, or nothing that was not there before.
fn nothing(audit: &Audit) -> &'static str {
    if audit.left_out_in_all().is_from_before() { "nothing new" } else { "nothing found" }
}

/// How many findings can be mended without a decision, and the command that does it.
fn mendable<'a>(report: &Report<'a>) -> Option<(usize, &'a str)> {
    let count = report.audit.findings.iter().filter(|finding| !finding.edits.is_empty()).count();
    let command = report.of.mended_by.as_deref()?;
    (count > 0).then_some((count, command))
}

/// `2 can be mended without a decision`
fn can_be_mended(count: usize) -> String {
    format!("{count} can be mended without a decision")
}

/// What was not looked at, and remarks on what was.
fn notes(audit: &Audit, is_remark: bool) -> impl Iterator<Item = &Note> {
    audit.notes.iter().filter(move |note| note.is_remark == is_remark)
}
