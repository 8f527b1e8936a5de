//! The ten mistakes, graded: the first page of a report.

use std::fmt::Write as _;

use super::counted;
use crate::code::Audit;
use crate::finding::{Mistake, Severity};

/// How one of the ten stands.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Grade {
    /// The mistake.
    pub mistake: Mistake,
    /// What was found of it, one severity for each finding.
    pub severities: Vec<Severity>,
    /// Whether it was not found because nothing that was looked at could have shown it.
    pub is_unseen: bool,
}

impl Grade {
    /// How bad the worst is; `None` where it was not found.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        self.severities.iter().copied().max()
    }

    /// `1 critical, 2 high`; `-` where it was not found, `unseen` where it could not be.
    #[must_use]
    pub fn verdict(&self) -> String {
        match (self.severities.is_empty(), self.is_unseen) {
            (true, true) => "unseen".to_owned(),
            (true, false) => "-".to_owned(),
            (false, _) => counted(&self.severities),
        }
    }
}

/// All ten, in their order.
#[must_use]
pub fn of(audit: &Audit) -> Vec<Grade> {
    (1..=10)
        .filter_map(Mistake::new)
        .map(|mistake| {
            let found = audit.findings.iter().filter(|finding| finding.mistake == mistake);
            let severities: Vec<Severity> = found.map(|finding| finding.severity).collect();
            let is_unseen = severities.is_empty() && audit.unseen.contains(&mistake);
            Grade { mistake, severities, is_unseen }
        })
        .collect()
}

/// How many of the ten were found, in a sentence.
#[must_use]
pub fn heading(grades: &[Grade]) -> String {
    let found = grades.iter().filter(|grade| grade.worst().is_some()).count();
    let unseen = grades.iter().filter(|grade| grade.is_unseen).count();
    let mut text = match found {
        0 => "none of the 10 mistakes found".to_owned(),
        10 => "all 10 mistakes found".to_owned(),
        found => format!("{found} of the 10 mistakes found"),
    };
    if unseen > 0 {
        // Writing to a string cannot fail.
        let _written = write!(text, "; {unseen} could not be seen");
    }
    text
}

/// A table for people.
#[must_use]
pub fn text(audit: &Audit, color: bool) -> String {
    let grades = of(audit);
    let mut out = format!("{}\n\n", heading(&grades));
    let width = grades.iter().map(|grade| grade.verdict().len()).max().unwrap_or(0);
    for grade in &grades {
        let code = match grade.worst() {
            None if grade.is_unseen => "2",
            None => "32",
            Some(Severity::Critical | Severity::High) => "1;31",
            Some(_) => "33",
        };
        let number = grade.mistake.number();
        let verdict = format!("{:<width$}", grade.verdict());
        let verdict = if color { format!("\x1b[{code}m{verdict}\x1b[0m") } else { verdict };
        let _written = writeln!(out, "  {number:>2}  {verdict}  {}", grade.mistake.title());
    }
    out
}
