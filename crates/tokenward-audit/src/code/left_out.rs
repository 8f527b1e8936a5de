//! What was found and is not told, mistake by mistake.

use std::collections::BTreeMap;

use super::Audit;
use crate::finding::{Finding, Mistake};

/// How many findings were left out, and why.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct LeftOut {
    /// What decides is out of sight: those of low confidence.
    pub uncertain: usize,
    /// They are in tests, fixtures and code for development alone.
    pub in_tests: usize,
    /// A baseline knows them.
    pub known: usize,
    /// They stand on lines that are not new.
    pub old: usize,
    /// A comment allows them.
    pub allowed: usize,
}

/// One reason to leave findings out, as reports speak of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reason {
    /// How many were left out for it.
    pub(crate) count: usize,
    /// For programs: `in_tests`.
    pub(crate) name: &'static str,
    /// In a row of the ten: `17 known`.
    pub(crate) short: &'static str,
    /// In a sentence, with the option that brings them back.
    pub(crate) long: &'static str,
}

impl LeftOut {
    /// The reasons for which something was left out, the most telling first.
    pub(crate) fn reasons(self) -> impl Iterator<Item = Reason> {
        [
            (self.known, "known", "known", "known to the baseline"),
            (self.old, "old", "on old lines", "on lines that are not new"),
            (
                self.in_tests,
                "in_tests",
                "in tests",
                "in tests and fixtures not counted (--include-tests)",
            ),
            (
                self.uncertain,
                "uncertain",
                "uncertain",
                "uncertain not counted (--include-uncertain)",
            ),
            (self.allowed, "allowed", "allowed", "allowed by comments"),
        ]
        .into_iter()
        .map(|(count, name, short, long)| Reason { count, name, short, long })
        .filter(|reason| reason.count > 0)
    }

    /// What is not told since it was there before.
    pub(crate) fn known_before(self) -> Self {
        Self { known: self.known, old: self.old, ..Self::default() }
    }

    /// Whether anything is not told since it was there before.
    pub(crate) fn is_from_before(self) -> bool {
        self.known_before().reasons().next().is_some()
    }

    /// `17 known, 2 uncertain`; nothing where nothing was left out.
    #[must_use]
    pub fn in_words(&self) -> String {
        let parts = self.reasons().map(|reason| format!("{} {}", reason.count, reason.short));
        parts.collect::<Vec<_>>().join(", ")
    }

    pub(crate) const fn plus(self, other: Self) -> Self {
        Self {
            uncertain: self.uncertain.saturating_add(other.uncertain),
            in_tests: self.in_tests.saturating_add(other.in_tests),
            known: self.known.saturating_add(other.known),
            old: self.old.saturating_add(other.old),
            allowed: self.allowed.saturating_add(other.allowed),
        }
    }
}

impl Audit {
    /// What was left out of one mistake.
    #[must_use]
    pub fn left_out_of(&self, mistake: Mistake) -> LeftOut {
        self.left_out.get(&mistake).copied().unwrap_or_default()
    }

    /// What was left out of all of them.
    #[must_use]
    pub fn left_out_in_all(&self) -> LeftOut {
        self.left_out.values().copied().fold(LeftOut::default(), LeftOut::plus)
    }

    /// Counts, for each mistake, how many more findings there are of it in `all` than in `told`.
    pub(crate) fn leaves_out<'a>(
        &mut self,
        all: impl IntoIterator<Item = &'a Finding>,
        told: impl IntoIterator<Item = &'a Finding>,
        why: fn(&mut LeftOut) -> &mut usize,
    ) {
        let mut more = counted(all);
        for (mistake, count) in counted(told) {
            let left = more.entry(mistake).or_default();
            *left = left.saturating_sub(count);
        }
        for (mistake, count) in more.into_iter().filter(|(_, count)| *count > 0) {
            let sum = why(self.left_out.entry(mistake).or_default());
            *sum = sum.saturating_add(count);
        }
    }
}

fn counted<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> BTreeMap<Mistake, usize> {
    let mut counts: BTreeMap<Mistake, usize> = BTreeMap::new();
    for finding in findings {
        let count = counts.entry(finding.mistake).or_default();
        *count = count.saturating_add(1);
    }
    counts
}
