//! The ten mistakes, graded: the first page of a report.

use std::fmt::Write as _;

use crate::code::Audit;
use crate::finding::{Mistake, Severity};

/// How one of the ten stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Grade {
    /// The mistake.
    pub mistake: Mistake,
    /// How often it was found.
    pub count: usize,
    /// How bad the worst is; `None` where it was not found.
    pub worst: Option<Severity>,
}

/// All ten, in their order.
#[must_use]
pub fn of(audit: &Audit) -> Vec<Grade> {
    (1..=10)
        .filter_map(Mistake::new)
        .map(|mistake| {
            let found = audit.findings.iter().filter(|finding| finding.mistake == mistake);
            let severities: Vec<Severity> = found.map(|finding| finding.severity).collect();
            Grade { mistake, count: severities.len(), worst: severities.iter().copied().max() }
        })
        .collect()
}

/// How many of the ten were not found.
#[must_use]
pub fn avoided(grades: &[Grade]) -> usize {
    grades.iter().filter(|grade| grade.worst.is_none()).count()
}

/// A table for people.
#[must_use]
pub fn text(audit: &Audit, color: bool) -> String {
    let grades = of(audit);
    let mut out = format!("{} of 10 mistakes were not found\n\n", avoided(&grades));
    for grade in &grades {
        let (code, verdict) = match grade.worst {
            None => ("32", "-".to_owned()),
            Some(worst @ (Severity::Critical | Severity::High)) => {
                ("1;31", told(worst, grade.count))
            }
            Some(worst) => ("33", told(worst, grade.count)),
        };
        let number = grade.mistake.number();
        let verdict = format!("{verdict:<14}");
        let verdict = if color { format!("\x1b[{code}m{verdict}\x1b[0m") } else { verdict };
        // Writing to a string cannot fail.
        let _written = writeln!(out, "  {number:>2}  {verdict}{}", grade.mistake.title());
    }
    out
}

fn told(worst: Severity, count: usize) -> String {
    if count == 1 { worst.to_string() } else { format!("{worst} ({count})") }
}
