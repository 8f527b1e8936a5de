//! `audit code`: from paths to findings.

use std::collections::{BTreeMap, HashSet};
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use serde::Serialize;

use crate::config;
use crate::finding::{Confidence, Finding, Mistake, Severity};
use crate::language::Language;
use crate::rules::{Condition, Setting, absence};

mod allow;
mod cache;
mod copies;
mod fix;
mod left_out;
mod lines;
mod manifest;
mod markup;
pub(crate) mod mask;
mod one;
mod place;
mod readers;
mod source;
#[cfg(test)]
mod tests;
mod told;
mod walk;

pub use cache::Cache;
pub use fix::{FixedFile, Fixes, fix_findings, fix_paths};
pub use left_out::LeftOut;

/// What to look at, and how strictly.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// Whether tests, fixtures and code for development alone count as code. Default: no.
    pub include_tests: bool,
    /// Whether findings of low confidence count, whose truth is decided out of sight. Default: no.
    pub include_uncertain: bool,
    /// Severities other than the rules' own; `None` switches a rule off.
    pub severities: BTreeMap<String, Option<Severity>>,
    /// The threads to read files on; 0 stands for one per core.
    pub threads: usize,
    /// Files to look at although `.gitignore` names them: those that git has nevertheless. A walk that comes by
    /// their folder takes them, so they begin as the arguments do.
    pub tracked: Vec<PathBuf>,
    /// What is left out, as `.gitignore` would write it.
    pub(crate) excluded: Gitignore,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            include_tests: false,
            include_uncertain: false,
            severities: BTreeMap::new(),
            threads: 0,
            tracked: Vec::new(),
            excluded: Gitignore::empty(),
        }
    }
}

impl Options {
    /// Leaves out files and folders by globs as `.gitignore` has them, relative to `folder`.
    pub fn exclude(&mut self, folder: &Path, globs: &[String]) -> Result<(), ExcludeError> {
        let folder = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        let mut builder = GitignoreBuilder::new(folder);
        for glob in globs {
            builder.add_line(None, glob).map_err(|_| ExcludeError(glob.clone()))?;
        }
        self.excluded = builder.build().map_err(|error| ExcludeError(error.to_string()))?;
        Ok(())
    }

    /// Whether a finding is sure enough to be told.
    fn tells(&self, finding: &Finding) -> bool {
        self.include_uncertain || finding.confidence > Confidence::Low
    }
}

/// A text that should say which files are left out is no glob.
#[derive(Debug, thiserror::Error)]
#[error("exclude: `{0}` is no glob")]
pub struct ExcludeError(String);

/// What an audit came to.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Audit {
    /// What was found, by file and line.
    pub findings: Vec<Finding>,
    /// How many files of a language that we read were looked at.
    pub files: usize,
    /// How many requests were sent, where a running service was looked at.
    pub requests: usize,
    /// What was not looked at, and why.
    pub notes: Vec<Note>,
    /// The mistakes that nothing that was looked at could have shown.
    pub unseen: Vec<Mistake>,
    /// How many findings were left out of each mistake.
    pub left_out: BTreeMap<Mistake, LeftOut>,
    /// What a copy of a file has as well, and is told in another.
    pub(crate) copies: Vec<Finding>,
}

impl Audit {
    /// Takes out the findings whose lines are not new. What was left out as a copy of one of those is told instead,
    /// where it is new itself.
    pub fn narrow(&mut self, counts: impl Fn(&Finding) -> bool) {
        let before = self.findings.clone();
        self.findings.retain(&counts);
        let copies = std::mem::take(&mut self.copies);
        self.findings.extend(copies.into_iter().filter(|copy| counts(copy)));
        told::sort(&mut self.findings);
        self.copies = copies::take_out(&mut self.findings);
        let told = std::mem::take(&mut self.findings);
        self.leaves_out(&before, &told, |left_out| &mut left_out.old);
        self.findings = told;
    }
}

/// A file that was skipped, in part or whole; or a remark on one.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[non_exhaustive]
pub struct Note {
    /// The file, or the argument; of a running service, what was not tried.
    pub file: String,
    /// Why, in a few words.
    pub why: String,
    /// Whether nothing was skipped.
    #[serde(rename = "remark", skip_serializing_if = "std::ops::Not::not")]
    pub is_remark: bool,
}

impl Note {
    /// A note, of what somebody else could not look at.
    #[must_use]
    pub fn new(file: impl Into<String>, why: impl Into<String>) -> Self {
        Self { file: file.into(), why: why.into(), is_remark: false }
    }

    /// What is to be said of a file that was looked at.
    #[must_use]
    pub fn remark(file: impl Into<String>, why: impl Into<String>) -> Self {
        Self { is_remark: true, ..Self::new(file, why) }
    }

    /// `skipped`, or `note`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        if self.is_remark { "note" } else { "skipped" }
    }
}

/// What one file came to.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each says another thing of the file")]
pub(crate) struct Outcome {
    findings: Vec<Finding>,
    notes: Vec<Note>,
    looked_at: bool,
    is_test: bool,
    /// The mistakes of the findings that a comment allows.
    allowed: Vec<u8>,
    /// What the file tells of its project.
    signs: absence::Signs,
    /// The file's name, without folder and extension.
    stem: String,
    /// Its functions that verify a token that they are given.
    verifiers: Vec<String>,
    /// Whether it verifies any token.
    verifies: bool,
    /// What the keys that it signs and verifies with are made of.
    names_of_keys: Vec<String>,
    /// Findings about which other files decide.
    open: Vec<(Finding, Condition)>,
    /// Findings that are values of settings, with their names.
    settings: Vec<(Finding, Setting)>,
    /// Findings in code that only development runs.
    in_development: Vec<Finding>,
    /// What it is known by in a [`Cache`], if it is worth being kept there.
    key: Option<String>,
    /// Whether it comes from there.
    is_known: bool,
}

impl Outcome {
    /// Of a test, what it finds alone: what it verifies, and what it ends, says nothing about the program.
    fn for_what_it_is(self) -> Self {
        if !self.is_test {
            return self;
        }
        Self {
            verifies: false,
            verifiers: Vec::new(),
            names_of_keys: Vec::new(),
            signs: absence::Signs::default(),
            ..self
        }
    }
}

/// Audits every file below `paths` whose language we read. Files that `.gitignore` names are left out.
#[must_use]
pub fn audit_paths(paths: &[PathBuf], options: &Options) -> Audit {
    code(paths, options, None)
}

/// The same, without looking again at files that `cache` knows as they are. It knows these files afterwards.
#[must_use]
pub fn audit_paths_cached(paths: &[PathBuf], options: &Options, cache: &mut Cache) -> Audit {
    code(paths, options, Some(cache))
}

fn code(paths: &[PathBuf], options: &Options, cache: Option<&mut Cache>) -> Audit {
    let mut audit = Audit::default();
    let files = walk::files(paths, |path| Language::of(path).is_some(), options, &mut audit.notes);
    let next = AtomicUsize::new(0);
    let threads = match options.threads {
        0 => thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    };
    let mut outcomes: Vec<Outcome> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.min(64))
            .filter_map(|_| {
                let work = || worker(&files, &next, options, cache.as_deref());
                // A worker that cannot be had leaves its part to the others.
                thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work).ok()
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect()
    });
    if let Some(cache) = cache {
        cache.keep(&outcomes);
    }
    readers::weigh(&mut outcomes, &files, paths);
    merge(audit, outcomes, options)
}

/// Audits a whole project: its code, and beside it settings, keys and tokens that lie in the tree.
///
/// # Examples
///
/// ```no_run
/// use tokenward_audit::{Options, audit_project};
///
/// let audit = audit_project(&[".".into()], &Options::default());
/// println!("{} findings in {} files", audit.findings.len(), audit.files);
/// ```
#[must_use]
pub fn audit_project(paths: &[PathBuf], options: &Options) -> Audit {
    project(paths, options, None)
}

/// The same, without looking again at code that `cache` knows as it is.
#[must_use]
pub fn audit_project_cached(paths: &[PathBuf], options: &Options, cache: &mut Cache) -> Audit {
    project(paths, options, Some(cache))
}

fn project(paths: &[PathBuf], options: &Options, cache: Option<&mut Cache>) -> Audit {
    let mut audit = code(paths, options, cache);
    // What could not be walked has been noted.
    let files = walk::files(paths, config::is_config, options, &mut Vec::new());
    let outcomes: Vec<Outcome> =
        files.iter().map(|file| guarded(file, || one::audit_config(file, options))).collect();
    let settings = merge(Audit::default(), outcomes, options);
    audit.files = audit.files.saturating_add(settings.files);
    for (mistake, left_out) in settings.left_out {
        let sum = audit.left_out.entry(mistake).or_default();
        *sum = sum.plus(left_out);
    }
    audit.findings.extend(settings.findings);
    audit.copies.extend(settings.copies);
    told::sort(&mut audit.findings);
    audit.notes.extend(settings.notes);
    audit
}

/// What a file comes to; one that a fault of ours ends, takes none of the others with it.
fn guarded(file: &walk::File, audit: impl FnOnce() -> Outcome) -> Outcome {
    // Nothing outlives it that it could have left half done.
    panic::catch_unwind(AssertUnwindSafe(audit)).unwrap_or_else(|_| {
        let note = Note::new(
            file.path.display().to_string(),
            "the auditor failed on it; please report this",
        );
        Outcome { notes: vec![note], ..Outcome::default() }
    })
}

/// Enough for the deepest file that the model takes, in a build without optimization too.
const STACK: usize = 16 << 20;

fn worker(
    files: &[walk::File],
    next: &AtomicUsize,
    options: &Options,
    cache: Option<&Cache>,
) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
        outcomes.push(guarded(file, || one::audit(file, options, cache)));
    }
    outcomes
}

/// Audits one text, as the file `name`.
#[must_use]
pub fn audit_text(name: &str, text: &str, language: Language, options: &Options) -> Vec<Finding> {
    let outcome = one::audit_text(name, Path::new(name), text, language, options);
    merge(Audit::default(), vec![outcome], options).findings
}

/// Audits one text of settings, as the file `name`: what proxies are told, secrets, keys, tokens.
///
/// # Examples
///
/// ```
/// use tokenward_audit::{Options, audit_settings};
///
/// let findings = audit_settings("envoy.yaml", "requires:\n  allow_missing: {}\n", &Options::default());
/// assert_eq!(findings[0].rule, "token-optional-at-proxy");
/// ```
#[must_use]
pub fn audit_settings(name: &str, text: &str, options: &Options) -> Vec<Finding> {
    let outcome = one::audit_config_text(name, Path::new(name), text, options);
    merge(Audit::default(), vec![outcome], options).findings
}

/// The functions of a file that verify, with the file's name; `tokens/index.js` and `tokens/__init__.py` go by
/// their folder's. Two files of one name are not told apart: what verifies in either counts.
fn verifying(outcome: &Outcome) -> impl Iterator<Item = (String, String)> {
    outcome.verifiers.iter().map(|function| (outcome.stem.clone(), function.clone()))
}

/// What is to be said of a decode where another file verifies tokens.
const OTHERS_VERIFY: &str = ", unless what verifies tokens in another file comes first";

fn merge(mut audit: Audit, outcomes: Vec<Outcome>, options: &Options) -> Audit {
    let mut has = [false; absence::ABSENCES.len()];
    for outcome in &outcomes {
        for (all, one) in has.iter_mut().zip(outcome.signs.has) {
            *all |= one;
        }
    }
    let mut found = told::Found::default();
    let logs_out = outcomes.iter().any(|outcome| outcome.signs.logs_out && !outcome.is_test);
    let verifiers: HashSet<(String, String)> = outcomes.iter().flat_map(verifying).collect();
    let somebody_verifies = outcomes.iter().any(|outcome| outcome.verifies);
    for mut outcome in outcomes {
        for (mut finding, condition) in std::mem::take(&mut outcome.open) {
            let mut unless = condition.unless.into_iter();
            if unless.any(|one| verifiers.contains(&(one.file, one.function))) {
                continue;
            }
            if condition.where_none_verifies && somebody_verifies {
                finding.confidence = Confidence::Low;
                finding.message.push_str(OTHERS_VERIFY);
            }
            outcome.findings.push(finding);
        }
        outcome.findings.extend(outcome.settings.drain(..).map(|(finding, _)| finding));
        for finding in
            outcome.findings.iter_mut().filter(|one| logs_out && absence::is_revocation(one))
        {
            finding.confidence = finding.confidence.max(Confidence::Medium);
        }
        audit.files = audit.files.saturating_add(usize::from(outcome.looked_at));
        for mistake in outcome.allowed.iter().copied().filter_map(Mistake::new) {
            let sum = &mut audit.left_out.entry(mistake).or_default().allowed;
            *sum = sum.saturating_add(1);
        }
        audit.notes.extend(outcome.notes);
        found.add(outcome.findings, outcome.is_test);
        // What only development runs counts as a test does.
        found.add(outcome.in_development, true);
    }
    found.tell(&mut audit, has, options);
    audit.notes.sort();
    audit
}
