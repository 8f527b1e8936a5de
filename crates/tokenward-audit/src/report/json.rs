//! JSON, for programs.

use std::collections::BTreeMap;

use serde::Serialize;

use super::grades::{self, Grade};
use super::{Report, notes};
use crate::code::{Audit, Note};
use crate::finding::{Confidence, Edit, Mistake, Severity};

/// The whole answer. Its shape is stable; members may be added.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct Json<'a> {
    /// What was found, by file and line.
    pub findings: Vec<JsonFinding<'a>>,
    /// How many files were looked at.
    pub files: usize,
    /// How many requests were sent, where a running service was looked at.
    #[serde(skip_serializing_if = "is_zero")]
    pub requests: usize,
    /// How many were skipped, in part or whole.
    pub skipped: usize,
    /// What was skipped, and why; and remarks on what was not.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub notes: &'a [Note],
    /// How many findings were left out because what decides is out of sight.
    #[serde(skip_serializing_if = "is_zero")]
    pub uncertain: usize,
    /// How many more there would be with tests and fixtures.
    #[serde(skip_serializing_if = "is_zero")]
    pub in_tests: usize,
    /// How many a baseline knows.
    #[serde(skip_serializing_if = "is_zero")]
    pub known: usize,
    /// How many stand on lines that are not new.
    #[serde(skip_serializing_if = "is_zero")]
    pub old: usize,
    /// How many were allowed by comments.
    #[serde(skip_serializing_if = "is_zero")]
    pub allowed: usize,
    /// The ten mistakes, where all of them were looked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub grades: Vec<JsonGrade>,
    /// How long it took.
    pub seconds: f64,
}

/// How one of the ten stands.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct JsonGrade {
    /// 1 to 10.
    pub mistake: Mistake,
    /// `found`, `none`, or `unseen`: nothing that was looked at could have shown it.
    pub state: &'static str,
    /// How bad the worst is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worst: Option<Severity>,
    /// How many findings there are of which severity.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub counts: BTreeMap<&'static str, usize>,
    /// How many findings of it are not told, by `known`, `old`, `uncertain`, `in_tests` and
    /// `allowed`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub left_out: BTreeMap<&'static str, usize>,
}

impl From<Grade> for JsonGrade {
    fn from(grade: Grade) -> Self {
        let worst = grade.worst();
        let state = match (worst, grade.is_unseen) {
            (Some(_), _) => "found",
            (None, true) => "unseen",
            (None, false) => "none",
        };
        let mut counts = BTreeMap::new();
        for severity in grade.severities {
            let count: &mut usize = counts.entry(severity.name()).or_default();
            *count = count.saturating_add(1);
        }
        let left_out = grade.left_out.reasons().map(|reason| (reason.name, reason.count)).collect();
        Self { mistake: grade.mistake, state, worst, counts, left_out }
    }
}

/// One finding.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct JsonFinding<'a> {
    /// The id of the rule.
    pub rule: &'a str,
    /// 1 to 10.
    pub mistake: Mistake,
    /// `critical`, `high`, `medium`, `low` or `info`.
    pub severity: Severity,
    /// `high`, `medium` or `low`.
    pub confidence: Confidence,
    /// The file, as it was reached from the arguments.
    pub file: &'a str,
    /// The first line, from 1.
    pub line: usize,
    /// The first column, in characters, from 1.
    pub column: usize,
    /// The last line.
    pub end_line: usize,
    /// The column after the last character.
    pub end_column: usize,
    /// What is wrong.
    pub message: &'a str,
    /// What to write instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<&'a str>,
    /// The changes that mend it, if no decision is left; made together.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<JsonEdit<'a>>,
}

/// A change: what stands between the two places goes, and the text comes there.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct JsonEdit<'a> {
    /// The first line, from 1.
    pub line: usize,
    /// The first column, in characters, from 1.
    pub column: usize,
    /// The last line.
    pub end_line: usize,
    /// The column after the last character.
    pub end_column: usize,
    /// What stands there afterwards.
    pub text: &'a str,
}

impl<'a> From<&'a Edit> for JsonEdit<'a> {
    fn from(edit: &'a Edit) -> Self {
        Self {
            line: edit.line,
            column: edit.column,
            end_line: edit.end_line,
            end_column: edit.end_column,
            text: &edit.text,
        }
    }
}

/// The answer as a value to be serialized.
#[must_use]
pub fn json<'a>(report: &Report<'a>) -> Json<'a> {
    let audit = report.audit;
    let left_out = audit.left_out_in_all();
    let findings = audit.findings.iter().map(|finding| JsonFinding {
        rule: finding.rule,
        mistake: finding.mistake,
        severity: finding.severity,
        confidence: finding.confidence,
        file: &finding.file,
        line: finding.line,
        column: finding.column,
        end_line: finding.end_line,
        end_column: finding.end_column,
        message: &finding.message,
        fix: finding.fix.as_deref(),
        edits: finding.edits.iter().map(JsonEdit::from).collect(),
    });
    Json {
        findings: findings.collect(),
        files: audit.files,
        requests: audit.requests,
        skipped: notes(audit, false).count(),
        uncertain: left_out.uncertain,
        in_tests: left_out.in_tests,
        known: left_out.known,
        old: left_out.old,
        allowed: left_out.allowed,
        grades: if report.of.is_whole { graded(audit) } else { Vec::new() },
        notes: &audit.notes,
        seconds: report.took.as_secs_f64(),
    }
}

fn graded(audit: &Audit) -> Vec<JsonGrade> {
    grades::of(audit).into_iter().map(JsonGrade::from).collect()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks")]
const fn is_zero(count: &usize) -> bool {
    *count == 0
}
