//! The ten mistakes, graded: the first page of a report.

use std::fmt::Write as _;

use super::counted;
use crate::code::{Audit, LeftOut};
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
    /// How many findings of it are not told, and why.
    pub left_out: LeftOut,
}

impl Grade {
    /// How bad the worst is; `None` where it was not found.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        self.severities.iter().copied().max()
    }

    /// `1 critical, 2 high`; where it was not found, `2 uncertain` if it may have been, `unseen` if it could not
    /// be, and `-` else.
    #[must_use]
    pub fn verdict(&self) -> String {
        if !self.severities.is_empty() {
            return counted(&self.severities);
        }
        match self.left_out.in_words() {
            none if none.is_empty() => if self.is_unseen { "unseen" } else { "-" }.to_owned(),
            left_out => left_out,
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
            Grade { mistake, severities, is_unseen, left_out: audit.left_out_of(mistake) }
        })
        .collect()
}

/// How many of the ten were found, in a sentence.
#[must_use]
pub fn heading(grades: &[Grade]) -> String {
    let found = grades.iter().filter(|grade| grade.worst().is_some()).count();
    let unseen = grades.iter().filter(|grade| grade.is_unseen).count();
    let all = grades.iter().fold(LeftOut::default(), |all, grade| all.plus(grade.left_out));
    let mut text = match found {
        0 if all.is_from_before() => "nothing new".to_owned(),
        0 => "none of the 10 mistakes found".to_owned(),
        10 => "all 10 mistakes found".to_owned(),
        found => format!("{found} of the 10 mistakes found"),
    };
    let before = all.known_before().reasons();
    let before = before.map(|reason| (reason.count, reason.long));
    for (count, what) in before.chain([(unseen, "could not be seen")]) {
        if count > 0 {
            // Writing to a string cannot fail.
            let _written = write!(text, "; {count} {what}");
        }
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
            None if grade.verdict() != "-" => "2",
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
