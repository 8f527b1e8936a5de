//! `tokenward: allow(rule) reason`, in a comment on the line or on the one above.

use std::ops::Range;

use crate::rules::catalog;

/// A comment that allows findings.
#[derive(Debug)]
pub(super) struct Allow {
    rules: Vec<String>,
    /// The line of the comment, from 1.
    pub(super) line: usize,
    /// Whether the comment has the line to itself, and so speaks of the next.
    alone: bool,
    /// Without a reason it allows nothing.
    pub(super) has_reason: bool,
}

const MARK: &str = "tokenward: allow(";

/// The comments that allow something; `line_of` tells a byte's line.
pub(super) fn read(
    comments: &[(Range<usize>, String)],
    text: &str,
    line_of: impl Fn(usize) -> usize,
) -> Vec<Allow> {
    comments
        .iter()
        .filter_map(|(span, comment)| {
            let rest = comment.split_once(MARK)?.1;
            let (rules, reason) = rest.split_once(')')?;
            let reason = reason.trim_end_matches("*/").trim_end_matches("-->");
            let written = text.get(span.clone())?;
            let before = text.get(..span.start)?.rsplit('\n').next().unwrap_or_default();
            Some(Allow {
                rules: rules.split(',').map(|rule| rule.trim().to_owned()).collect(),
                // Rust's doc comments have their line's end with them.
                line: line_of(span.start.saturating_add(written.trim_end().len())),
                alone: before.trim().is_empty(),
                has_reason: reason.chars().any(char::is_alphanumeric),
            })
        })
        .collect()
}

/// What is wrong with them: a reason is missing, or there is no such rule.
pub(super) fn faults(comments: &[Allow]) -> impl Iterator<Item = String> {
    comments.iter().flat_map(|one| {
        let line = one.line;
        let reason = (!one.has_reason).then(|| {
            format!("line {line}: `tokenward: allow` needs a reason after it, and allows nothing without")
        });
        let unknown = one.rules.iter().filter(|rule| *rule != "all" && !is_rule(rule));
        let unknown = unknown
            .map(move |rule| format!("line {line}: `tokenward: allow`: {}", catalog::unknown(rule)));
        reason.into_iter().chain(unknown)
    })
}

fn is_rule(name: &str) -> bool {
    catalog::names().any(|rule| rule == name)
}

/// Whether one of the comments allows this rule on this line.
pub(super) fn allows(comments: &[Allow], rule: &str, line: usize) -> bool {
    comments.iter().filter(|one| one.has_reason).any(|one| {
        let here = one.line == line || one.alone && one.line.saturating_add(1) == line;
        here && one.rules.iter().any(|allowed| allowed == rule || allowed == "all")
    })
}
