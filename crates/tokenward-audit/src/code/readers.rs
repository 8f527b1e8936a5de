//! Settings that nothing reads, that nobody imports or that another file refuses: a literal there signs
//! nothing, as far as the project is in sight.

use std::path::{Path, PathBuf};

use super::{Outcome, place, source, walk};
use crate::finding::{Confidence, Finding};
use crate::rules::{Setting, has, plain};

mod imports;

use imports::Module;

/// Libraries that read settings by names of their own.
const LIBRARIES: [&str; 9] = [
    "flask_jwt",
    "JWTManager",
    "simplejwt",
    "SIMPLE_JWT",
    "rest_framework_jwt",
    "fastapi_jwt_auth",
    "graphql_jwt",
    "sanic_jwt",
    "dj_rest_auth",
];
/// As many settings as are followed.
const MAX_SETTINGS: usize = 256;
/// The shortest text that is taken for the same one elsewhere.
const MIN_TEXT: usize = 5;
const COMPARES: [&str; 7] = ["==", "!=", " in ", "includes(", ".has(", "contains(", "startswith("];
/// What lists of texts are called that a program refuses.
const REFUSED: [&str; 6] =
    ["insecure", "forbidden", "weak_", "placeholder", "unsafe_", "known_default"];

/// A setting that has a finding, and what the project does with it.
#[derive(Debug)]
struct Open {
    setting: Setting,
    file: PathBuf,
    lines: std::ops::RangeInclusive<usize>,
    /// What is written there between quotes.
    texts: Vec<String>,
    module: Option<Module>,
    is_read: bool,
    is_imported: bool,
    is_refused: bool,
}

impl Open {
    fn new((finding, setting): &(Finding, Setting), files: &[walk::File]) -> Self {
        let file = PathBuf::from(&finding.file);
        let lines = finding.line..=finding.end_line;
        let text = source::read(&file).and_then(source::text).unwrap_or_default();
        let skipped = finding.line.saturating_sub(1);
        let count = lines.clone().count();
        let texts = text.lines().skip(skipped).take(count).flat_map(quoted);
        let texts = texts
            .filter(|text| text.len() >= MIN_TEXT && plain(text) != plain(&setting.name))
            .map(str::to_owned)
            .collect();
        let module = Module::of(&file, files);
        Self {
            setting: setting.clone(),
            is_imported: module.is_none(),
            module,
            file,
            lines,
            texts,
            is_read: false,
            is_refused: false,
        }
    }

    fn see(&mut self, path: &Path, number: usize, line: &str) {
        let is_own = self.file == path;
        if is_own && self.lines.contains(&number) {
            return;
        }
        if self.is_read_in(line) {
            self.is_read = true;
            // What reads it beside itself is run, or imported under another name.
            self.is_imported |= is_own;
        }
        if !is_own && let Some(module) = &self.module {
            self.is_imported |= module.is_named_in(path, line);
        }
        self.is_refused |= self.is_refused_in(line);
    }

    /// An attribute is read as one: a parameter of the same name is another's.
    fn is_read_in(&self, line: &str) -> bool {
        if !self.setting.is_of_a_class {
            let name = plain(&self.setting.name);
            return line
                .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
                .any(|word| plain(word) == name);
        }
        line.match_indices(self.setting.name.as_str()).any(|(at, name)| {
            let before = line.get(..at).and_then(|text| text.chars().next_back());
            let after =
                line.get(at.saturating_add(name.len())..).and_then(|text| text.chars().next());
            matches!(before, Some('.' | '"' | '\''))
                && !after.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
        })
    }

    /// `if settings.jwt_secret == "changeme": raise …`, `INSECURE = {"changeme", "secret"}`
    fn is_refused_in(&self, line: &str) -> bool {
        let speaks = || quoted(line).any(|text| self.texts.iter().any(|own| own == text));
        let lower = || line.to_ascii_lowercase();
        (has(line, &COMPARES) || has(&lower(), &REFUSED) || is_one_of_many(line)) && speaks()
    }

    fn is_uncertain(&self) -> bool {
        !self.is_read || !self.is_imported || self.is_refused
    }
}

/// A line of a list: `"change-me",`
fn is_one_of_many(line: &str) -> bool {
    let one = line.trim().trim_end_matches(',');
    let quote = one.chars().next().filter(|c| matches!(c, '"' | '\''));
    quote.is_some_and(|quote| one.len() > 1 && one.ends_with(quote))
}

/// The texts between quotes of one kind.
fn quoted(line: &str) -> impl Iterator<Item = &str> {
    let of = |quote: char| line.split(quote).skip(1).step_by(2);
    of('"').chain(of('\''))
}

/// Lowers the confidence of what is the value of a setting that signs nothing.
pub(super) fn weigh(outcomes: &mut [Outcome], files: &[walk::File], paths: &[PathBuf]) {
    // Files by themselves do not show who reads it.
    if !paths.iter().any(|path| path.is_dir()) {
        return;
    }
    let mut open: Vec<Open> = outcomes
        .iter()
        .flat_map(|outcome| &outcome.settings)
        .take(MAX_SETTINGS)
        .map(|one| Open::new(one, files))
        .collect();
    if open.is_empty() {
        return;
    }
    for file in files.iter().filter(|file| !place::is_test_path(&file.inside)) {
        let Ok(text) = source::read(&file.path).and_then(source::text) else { continue };
        if LIBRARIES.iter().any(|library| text.contains(library)) {
            for one in &mut open {
                (one.is_read, one.is_imported) = (true, true);
            }
        }
        for (index, line) in text.lines().enumerate() {
            for one in &mut open {
                one.see(&file.path, index.saturating_add(1), line);
            }
        }
    }
    let findings = outcomes.iter_mut().flat_map(|outcome| &mut outcome.settings);
    for ((finding, _), one) in findings.zip(&open) {
        if one.is_uncertain() {
            finding.confidence = Confidence::Low;
        }
    }
}
