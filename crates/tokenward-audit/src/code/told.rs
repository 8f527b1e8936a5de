//! Which of the findings are told, and how many more each option would tell.

use super::{Audit, Options, copies};
use crate::finding::Finding;
use crate::rules::absence::ABSENCES;

/// All findings of a run, and whether they are in tests.
#[derive(Default)]
pub(super) struct Found(Vec<(Finding, bool)>);

impl Found {
    pub(super) fn add(&mut self, findings: Vec<Finding>, is_test: bool) {
        self.0.extend(findings.into_iter().map(|finding| (finding, is_test)));
    }

    /// Puts those that count among the findings; `has` is what the project lacks nothing of.
    pub(super) fn tell(
        mut self,
        audit: &mut Audit,
        has: [bool; ABSENCES.len()],
        options: &Options,
    ) {
        self.0.sort_by(|(a, _), (b, _)| order(a).cmp(&order(b)));
        let in_scope = |is_test: bool| options.include_tests || !is_test;
        // What an option would add is counted as it would be told: without copies, and once a project.
        let with_tests = self.thinned(has, |finding, _| options.tells(finding)).0;
        let with_uncertain = self.thinned(has, |_, is_test| in_scope(is_test)).0;
        let (told, copies) =
            self.thinned(has, |finding, is_test| in_scope(is_test) && options.tells(finding));
        audit.leaves_out(&with_tests, &told, |left_out| &mut left_out.in_tests);
        audit.leaves_out(&with_uncertain, &told, |left_out| &mut left_out.uncertain);
        audit.findings.extend(told);
        audit.copies.extend(copies);
    }

    /// Those that count, without copies and what is told once; and the copies.
    fn thinned(
        &self,
        has: [bool; ABSENCES.len()],
        counts: impl Fn(&Finding, bool) -> bool,
    ) -> (Vec<Finding>, Vec<Finding>) {
        let counted = self.0.iter().filter(|(finding, is_test)| counts(finding, *is_test));
        let mut findings: Vec<Finding> = counted.map(|(finding, _)| finding.clone()).collect();
        let mut copies = copies::take_out(&mut findings);
        copies.retain(|copy| ABSENCES.iter().all(|absence| absence.rule != copy.rule));
        for (absence, has) in ABSENCES.iter().zip(has) {
            let mut is_told = has;
            findings.retain(|finding| {
                finding.rule != absence.rule || !std::mem::replace(&mut is_told, true)
            });
        }
        (findings, copies)
    }
}

/// By file and line.
pub(super) fn sort(findings: &mut [Finding]) {
    findings.sort_by(|a, b| order(a).cmp(&order(b)));
}

fn order(finding: &Finding) -> (&str, usize, usize, &str) {
    (&finding.file, finding.line, finding.column, finding.rule)
}
