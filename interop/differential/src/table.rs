//! How many tokens, by kind of change, were accepted by whom.

use std::collections::BTreeMap;
use std::fmt;

/// The counts of a run.
#[derive(Debug)]
pub(crate) struct Table {
    peers: Vec<&'static str>,
    rows: BTreeMap<String, Row>,
}

#[derive(Clone, Debug, Default)]
struct Row {
    asked: usize,
    accepted: usize,
    /// For each peer: what it accepts and we refuse.
    theirs_alone: Vec<usize>,
    /// For each peer: what we accept and it refuses, all of it listed.
    ours_alone: Vec<usize>,
}

impl Table {
    pub(crate) fn new(peers: Vec<&'static str>) -> Self {
        Self { peers, rows: BTreeMap::new() }
    }

    /// Counts one token of `kind`.
    pub(crate) fn count(&mut self, kind: &str, ours: bool, theirs: &[bool]) {
        let none = vec![0; self.peers.len()];
        let row = self.rows.entry(kind.to_owned()).or_insert_with(|| Row {
            theirs_alone: none.clone(),
            ours_alone: none,
            ..Row::default()
        });
        row.asked += 1;
        row.accepted += usize::from(ours);
        for (index, accepted) in theirs.iter().enumerate() {
            row.theirs_alone[index] += usize::from(*accepted && !ours);
            row.ours_alone[index] += usize::from(!accepted && ours);
        }
    }

    fn total(&self) -> Row {
        let none = vec![0; self.peers.len()];
        let start = Row { theirs_alone: none.clone(), ours_alone: none, ..Row::default() };
        self.rows.values().fold(start, |mut sum, row| {
            sum.asked += row.asked;
            sum.accepted += row.accepted;
            add(&mut sum.theirs_alone, &row.theirs_alone);
            add(&mut sum.ours_alone, &row.ours_alone);
            sum
        })
    }
}

fn add(sum: &mut [usize], more: &[usize]) {
    sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "accepted by a peer, refused by us (in brackets: the other way round, as listed)\n"
        )?;
        writeln!(f, "| kind of change | tokens | accepted by us | {} |", self.peers.join(" | "))?;
        writeln!(f, "|:--|--:|--:|{}", "--:|".repeat(self.peers.len()))?;
        let total = self.total();
        let rows = self.rows.iter().map(|(kind, row)| (kind.as_str(), row));
        for (kind, row) in rows.chain([("all", &total)]) {
            write!(f, "| {kind} | {} | {} |", row.asked, row.accepted)?;
            for (theirs, ours) in row.theirs_alone.iter().zip(&row.ours_alone) {
                match ours {
                    0 => write!(f, " {theirs} |")?,
                    _ => write!(f, " {theirs} ({ours}) |")?,
                }
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
