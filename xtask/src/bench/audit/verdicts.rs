//! What readers said of the findings: `bench/audit/verdicts.tsv`, joined with what is found today.
//!
//! A verdict is of a place in a package's code and of a rule, whichever tool told it: the rules of semgrep have
//! the names of those that they stand beside.

use std::fs;
use std::path::Path;

use super::packages::Package;
use crate::run::Failure;

#[cfg(test)]
mod tests;

/// As many lines a finding may have moved since it was judged, by a rule that points elsewhere now.
const FAR: u64 = 20;

/// What a tool tells.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Finding {
    /// `REGISTRY/NAME-VERSION`.
    pub(super) package: String,
    pub(super) rule: String,
    pub(super) file: String,
    pub(super) line: u64,
}

/// What a reader says of a finding.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Verdict {
    True,
    Debatable,
    False,
    /// Nobody has judged it.
    Open,
}

/// The verdicts of both readers, A and B.
pub(super) type Pair = [Verdict; 2];

/// All that the readers said.
#[derive(Debug)]
pub(super) struct Verdicts(Vec<(Finding, Pair)>);

/// How many of each verdict.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Count {
    pub(super) right: usize,
    pub(super) debatable: usize,
    pub(super) wrong: usize,
    pub(super) open: usize,
}

impl Verdicts {
    pub(super) fn read(file: &Path) -> Result<Self, Failure> {
        let text = fs::read_to_string(file)?;
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let rows = lines.map(|line| {
            row(line).ok_or_else(|| Failure::new(format!("{}: no verdict: {line}", file.display())))
        });
        Ok(Self(rows.collect::<Result<_, _>>()?))
    }

    /// What was said of each finding. A verdict counts once: of two findings, the nearer one has it.
    pub(super) fn of(&self, findings: &[Finding]) -> Vec<Pair> {
        let mut near: Vec<(u64, usize, usize)> = Vec::new();
        for (place, finding) in findings.iter().enumerate() {
            for (row, (judged, _)) in self.0.iter().enumerate() {
                let distance = finding.line.abs_diff(judged.line);
                if judged.is_like(finding) && distance <= FAR {
                    near.push((distance, place, row));
                }
            }
        }
        near.sort_unstable();
        let mut pairs = vec![[Verdict::Open; 2]; findings.len()];
        let mut placed = vec![false; findings.len()];
        let mut used = vec![false; self.0.len()];
        for (_, place, row) in near {
            let (Some(placed), Some(used)) = (placed.get_mut(place), used.get_mut(row)) else {
                continue;
            };
            if !*placed
                && !*used
                && let (Some(pair), Some((_, said))) = (pairs.get_mut(place), self.0.get(row))
            {
                (*placed, *used, *pair) = (true, true, *said);
            }
        }
        pairs
    }
}

impl Finding {
    /// The same rule in the same file.
    fn is_like(&self, other: &Self) -> bool {
        (&self.file, &self.rule, &self.package) == (&other.file, &other.rule, &other.package)
    }
}

impl Verdict {
    fn parse(word: &str) -> Option<Self> {
        [Self::True, Self::Debatable, Self::False, Self::Open]
            .into_iter()
            .find(|verdict| verdict.word() == word)
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::True => "true",
            Self::Debatable => "debatable",
            Self::False => "false",
            Self::Open => "",
        }
    }
}

impl Count {
    /// Of one reader's verdicts.
    pub(super) fn of(verdicts: impl Iterator<Item = Verdict>) -> Self {
        let mut count = Self::default();
        for verdict in verdicts {
            let one = match verdict {
                Verdict::True => &mut count.right,
                Verdict::Debatable => &mut count.debatable,
                Verdict::False => &mut count.wrong,
                Verdict::Open => &mut count.open,
            };
            *one = one.saturating_add(1);
        }
        count
    }

    /// As cells of a table.
    pub(super) fn cells(self) -> [String; 4] {
        [self.right, self.debatable, self.wrong, self.open].map(|number| number.to_string())
    }
}

/// Package, rule, place, and what A and B say.
fn row(line: &str) -> Option<(Finding, Pair)> {
    let mut parts = line.split('\t');
    let package = Package::parse(parts.next()?)?.folder();
    let rule = parts.next()?.to_owned();
    let (file, at) = parts.next()?.rsplit_once(':')?;
    let finding = Finding { package, rule, file: file.to_owned(), line: at.parse().ok()? };
    let pair = [Verdict::parse(parts.next()?)?, Verdict::parse(parts.next()?)?];
    parts.next().is_none().then_some((finding, pair))
}
