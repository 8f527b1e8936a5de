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
        self.0.sort_by(|(a, _), (b, _)| {
            (&a.file, a.line, a.column, a.rule).cmp(&(&b.file, b.line, b.column, b.rule))
        });
        let in_scope = |is_test: bool| options.include_tests || !is_test;
        // What an option would add is counted as it would be told: without copies, and once a project.
        let with_tests = self.thinned(has, |finding, _| options.tells(finding)).len();
        let with_uncertain = self.thinned(has, |_, is_test| in_scope(is_test)).len();
        let told =
            self.thinned(has, |finding, is_test| in_scope(is_test) && options.tells(finding));
        audit.in_tests = with_tests.saturating_sub(told.len());
        audit.uncertain = with_uncertain.saturating_sub(told.len());
        audit.findings.extend(told);
    }

    fn thinned(
        &self,
        has: [bool; ABSENCES.len()],
        counts: impl Fn(&Finding, bool) -> bool,
    ) -> Vec<Finding> {
        let counted = self.0.iter().filter(|(finding, is_test)| counts(finding, *is_test));
        let mut findings: Vec<Finding> = counted.map(|(finding, _)| finding.clone()).collect();
        copies::leave_out(&mut findings);
        for (absence, has) in ABSENCES.iter().zip(has) {
            let mut is_told = has;
            findings.retain(|finding| {
                finding.rule != absence.rule || !std::mem::replace(&mut is_told, true)
            });
        }
        findings
    }
}
