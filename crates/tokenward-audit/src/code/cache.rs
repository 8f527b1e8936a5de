//! What files came to, kept for the next time.
//!
//! An entry is known by a hash of all that decides it: the file's bytes and name, the settings, and this build of
//! the auditor. What is judged over several files is judged anew each time, from what each file came to.
//!
//! **Invariant:** a cache that is torn, foreign or made up is as good as none. Whoever could write one could
//! also hide findings, so it does not belong into the project that is looked at.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Note, Options, Outcome, absence, walk};
use crate::finding::{Confidence, Edit, Finding, Frame, Mistake, Severity};
use crate::rules::{Condition, RULES, Setting};

#[cfg(test)]
mod tests;

/// The build, by its sources.
const BUILD: &str = env!("TOKENWARD_AUDIT_BUILD");
/// As many files as are remembered; of a project with more, the last ones are looked at each time.
const MAX_ENTRIES: usize = 20_000;
/// As large as the cache may be, in bytes.
const MAX_BYTES: usize = 12 << 20;

/// What files came to in earlier runs.
///
/// # Examples
///
/// ```
/// use tokenward_audit::{Cache, Options, audit_paths_cached};
///
/// let mut cache = Cache::parse(b"whatever lay there");
/// let audit = audit_paths_cached(&["src".into()], &Options::default(), &mut cache);
/// let kept = cache.to_bytes();
/// # assert!(Cache::parse(&kept).len() <= audit.files);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Cache {
    entries: BTreeMap<String, Stored>,
    /// The keys, those of the last run first.
    order: Vec<String>,
    reused: usize,
}

#[derive(Debug, Deserialize)]
struct Read {
    build: String,
    entries: Vec<(String, Stored)>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
struct Stored {
    findings: Vec<StoredFinding>,
    notes: Vec<(String, bool)>,
    looked_at: bool,
    is_test: bool,
    allowed: Vec<u8>,
    signs: absence::Signs,
    stem: String,
    verifiers: Vec<String>,
    verifies: bool,
    names_of_keys: Vec<String>,
    open: Vec<(StoredFinding, Condition)>,
    settings: Vec<(StoredFinding, Setting)>,
    in_development: Vec<StoredFinding>,
}

/// Files that are looked at are smaller.
const MAX_PLACE: usize = 1 << 24;

#[derive(Clone, Debug, Deserialize, Serialize)]
struct StoredFinding {
    rule: String,
    severity: Severity,
    confidence: Confidence,
    place: (usize, usize, usize, usize),
    message: String,
    fix: Option<String>,
    frame: Option<Frame>,
    fingerprint: String,
    edits: Vec<Edit>,
}

impl Cache {
    /// Reads what [`Cache::to_bytes`] wrote. Anything else, or what another build wrote, is an empty cache.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        if bytes.len() > MAX_BYTES.saturating_mul(2) {
            return Self::default();
        }
        let read: Option<Read> = serde_json::from_slice(bytes).ok();
        let Some(read) = read.filter(|read| read.build == BUILD) else { return Self::default() };
        let order = read.entries.iter().map(|(key, _)| key.clone()).take(MAX_ENTRIES).collect();
        Self { entries: read.entries.into_iter().take(MAX_ENTRIES).collect(), order, reused: 0 }
    }

    /// The cache as bytes: those files first that were looked at last, as many as it may hold.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = format!("{{\"build\":\"{BUILD}\",\"entries\":[");
        let mut is_first = true;
        for key in self.order.iter().take(MAX_ENTRIES) {
            let entry = self.entries.get(key).map(|entry| (key, entry));
            let Some(text) = entry.and_then(|entry| serde_json::to_string(&entry).ok()) else {
                continue;
            };
            if out.len().saturating_add(text.len()) > MAX_BYTES {
                break;
            }
            if !std::mem::take(&mut is_first) {
                out.push(',');
            }
            out.push_str(&text);
        }
        out.push_str("]}\n");
        out.into_bytes()
    }

    /// How many files it knows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it knows none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many files were not looked at again, for it.
    #[must_use]
    pub fn reused(&self) -> usize {
        self.reused
    }

    /// What the file of this key and name came to.
    pub(super) fn look_up(&self, key: &str, name: &str) -> Option<Outcome> {
        let mut outcome = self.entries.get(key)?.outcome(name)?;
        outcome.key = Some(key.to_owned());
        outcome.is_known = true;
        Some(outcome)
    }

    /// Keeps what the files of a run came to, before what earlier ones left.
    pub(super) fn keep(&mut self, outcomes: &[Outcome]) {
        self.reused = 0;
        let mut order = Vec::new();
        for outcome in outcomes {
            let Some(key) = &outcome.key else { continue };
            order.push(key.clone());
            if outcome.is_known {
                self.reused = self.reused.saturating_add(1);
            } else {
                self.entries.insert(key.clone(), Stored::of(outcome));
            }
        }
        let new: HashSet<&String> = order.iter().collect();
        let old: Vec<String> =
            self.order.iter().filter(|key| !new.contains(key)).cloned().collect();
        order.extend(old);
        for dropped in order.split_off(order.len().min(MAX_ENTRIES)) {
            self.entries.remove(&dropped);
        }
        self.order = order;
    }
}

/// What decides what a file comes to, hashed.
pub(super) fn key(file: &walk::File, bytes: &[u8], options: &Options) -> String {
    let mut hash = Sha256::new();
    let name = file.path.display().to_string();
    let inside = file.inside.display().to_string();
    let severities = format!("{:?}", options.severities);
    let place: &[u8] = if file.is_for_development { b"development" } else { b"" };
    let parts =
        [BUILD.as_bytes(), name.as_bytes(), inside.as_bytes(), severities.as_bytes(), place, bytes];
    for part in parts {
        // Lengths keep one part from passing for a piece of the next.
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    hash.finalize().iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _written = write!(text, "{byte:02x}");
        text
    })
}

impl Stored {
    fn of(outcome: &Outcome) -> Self {
        Self {
            findings: outcome.findings.iter().map(StoredFinding::of).collect(),
            notes: outcome.notes.iter().map(|note| (note.why.clone(), note.is_remark)).collect(),
            looked_at: outcome.looked_at,
            is_test: outcome.is_test,
            allowed: outcome.allowed.clone(),
            signs: outcome.signs,
            stem: outcome.stem.clone(),
            verifiers: outcome.verifiers.clone(),
            verifies: outcome.verifies,
            names_of_keys: outcome.names_of_keys.clone(),
            open: outcome
                .open
                .iter()
                .map(|(finding, condition)| (StoredFinding::of(finding), condition.clone()))
                .collect(),
            settings: outcome
                .settings
                .iter()
                .map(|(finding, name)| (StoredFinding::of(finding), name.clone()))
                .collect(),
            in_development: outcome.in_development.iter().map(StoredFinding::of).collect(),
        }
    }

    fn outcome(&self, name: &str) -> Option<Outcome> {
        let all = |stored: &[StoredFinding]| -> Option<Vec<Finding>> {
            stored.iter().map(|finding| finding.finding(name)).collect()
        };
        let open: Option<Vec<_>> = self
            .open
            .iter()
            .map(|(finding, condition)| Some((finding.finding(name)?, condition.clone())))
            .collect();
        let settings: Option<Vec<_>> = self
            .settings
            .iter()
            .map(|(finding, setting)| Some((finding.finding(name)?, setting.clone())))
            .collect();
        let note = |(why, is_remark): &(String, bool)| Note {
            is_remark: *is_remark,
            ..Note::new(name, why.as_str())
        };
        Some(Outcome {
            findings: all(&self.findings)?,
            in_development: all(&self.in_development)?,
            notes: self.notes.iter().map(note).collect(),
            looked_at: self.looked_at,
            is_test: self.is_test,
            allowed: self.allowed.clone(),
            signs: self.signs,
            stem: self.stem.clone(),
            verifiers: self.verifiers.clone(),
            verifies: self.verifies,
            names_of_keys: self.names_of_keys.clone(),
            open: open?,
            settings: settings?,
            // All are named: a field that is new and not kept would be lost without a word.
            key: None,
            is_known: false,
        })
    }
}

impl StoredFinding {
    fn of(finding: &Finding) -> Self {
        Self {
            rule: finding.rule.to_owned(),
            severity: finding.severity,
            confidence: finding.confidence,
            place: (finding.line, finding.column, finding.end_line, finding.end_column),
            message: finding.message.clone(),
            fix: finding.fix.clone(),
            frame: finding.frame.clone(),
            fingerprint: finding.fingerprint.clone(),
            edits: finding.edits.clone(),
        }
    }

    /// Whether its places may be those of a file that is looked at: whoever counts on from them must not run out of
    /// numbers.
    fn is_somewhere(&self) -> bool {
        let (line, column, end_line, end_column) = self.place;
        let mut all = vec![line, column, end_line, end_column];
        all.extend(self.frame.iter().flat_map(|one| [one.first, one.mark.start, one.mark.end]));
        for edit in &self.edits {
            all.extend([edit.bytes.start, edit.bytes.end]);
            all.extend([edit.line, edit.column, edit.end_line, edit.end_column]);
        }
        all.into_iter().all(|place| place <= MAX_PLACE)
    }

    /// The finding, if its rule is one of ours.
    fn finding(&self, name: &str) -> Option<Finding> {
        if !self.is_somewhere() {
            return None;
        }
        let rule = RULES.iter().find(|rule| rule.id == self.rule)?;
        let (line, column, end_line, end_column) = self.place;
        Some(Finding {
            rule: rule.id,
            mistake: Mistake::new(rule.mistake)?,
            severity: self.severity,
            confidence: self.confidence,
            file: name.to_owned(),
            line,
            column,
            end_line,
            end_column,
            message: self.message.clone(),
            fix: self.fix.clone(),
            frame: self.frame.clone(),
            fingerprint: self.fingerprint.clone(),
            edits: self.edits.clone(),
        })
    }
}
