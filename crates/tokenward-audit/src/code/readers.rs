//! Settings that nothing reads, that nobody imports or that another file refuses: a literal there signs
//! nothing, as far as the project is in sight.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::{Outcome, place, source, walk};
use crate::finding::{Confidence, Finding};
use crate::language::Language;
use crate::rules::{Setting, has, plain};

mod imports;

use imports::{Module, Modules};

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
/// What a file that signs or verifies with a setting has in it, in lower case.
const SIGNS: [&str; 14] = [
    "jwt.",
    "jwt(",
    "import jwt",
    "-jwt",
    "jsonwebtoken",
    "jose",
    "jws",
    "jwtverify",
    "signjwt",
    "jwtmodule",
    "jwtservice",
    "jwtstrategy",
    "authlib",
    "fastapi_users",
];
/// What is no setting but passport-jwt's own option.
const OPTION: &str = "secretorkey";
/// The rule whose settings have to become keys.
const SECRET: &str = "hardcoded-secret";
/// As many settings as are followed.
const MAX_SETTINGS: usize = 256;
/// The shortest text that is taken for the same one elsewhere.
const MIN_TEXT: usize = 5;
const COMPARES: [&str; 7] = ["==", "!=", " in ", "includes(", ".has(", "contains(", "startswith("];
/// What lists of texts are called that a program refuses.
const REFUSED: [&str; 9] = [
    "insecure",
    "forbidden",
    "weak_",
    "placeholder",
    "unsafe_",
    "known_default",
    // Who writes a default down a second time wants to know it again.
    "default_secret",
    "default_key",
    "default_jwt",
];

/// A setting that has a finding, and what the project does with it.
#[expect(clippy::struct_excessive_bools, reason = "each says another thing of the setting")]
#[derive(Debug)]
struct Open {
    setting: Setting,
    file: PathBuf,
    lines: std::ops::RangeInclusive<usize>,
    /// What is written there between quotes.
    texts: Vec<String>,
    module: Option<Module>,
    is_read: bool,
    /// Whether a key is made of it, as far as names say.
    is_keyed: bool,
    is_imported: bool,
    is_refused: bool,
    /// The file that has just been seen to give the same name to something of its own.
    namesake: Option<PathBuf>,
}

impl Open {
    fn new((finding, setting): &(Finding, Setting), modules: &Modules) -> Self {
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
        let module = modules.of(&file);
        Self {
            setting: setting.clone(),
            is_imported: module.is_none(),
            module,
            lines,
            texts,
            is_read: false,
            // Of a lifetime nobody makes a key, and in other languages nobody looks.
            is_keyed: finding.rule != SECRET || !follows(&file) || plain(&setting.name) == OPTION,
            is_refused: false,
            namesake: None,
            file,
        }
    }

    fn is_defined_at(&self, path: &Path, number: usize) -> bool {
        self.file == path && self.lines.contains(&number)
    }

    /// Takes note of a line that has the setting's name in it, between `before` and `after`.
    fn see(
        &mut self,
        source: &Source<'_>,
        (number, line): (usize, &str),
        before: &str,
        after: &str,
    ) {
        if self.is_defined_at(source.path, number) {
            return;
        }
        let is_bare = !before.ends_with(['.', '"', '\'']);
        if is_bare && is_assignment(after) && self.file != source.path {
            self.namesake = Some(source.path.to_owned());
        }
        let is_anothers = is_bare && self.namesake.as_deref() == Some(source.path);
        if !is_anothers && !is_of_environment(before) && self.is_read_in(line) {
            // Handed on by what neither signs nor verifies, it may be for anything.
            self.is_read |= source.signs();
            self.is_refused |= self.is_compared_in(line);
            // What reads it beside itself is run, or imported under another name.
            self.is_imported |= self.file == source.path;
        }
    }

    /// An attribute is read as one: a parameter of the same name is another's.
    fn is_read_in(&self, line: &str) -> bool {
        // Who looks up words has seen to that already.
        if !self.setting.is_of_a_class {
            return true;
        }
        let name = self.setting.name.as_str();
        line.match_indices(name).any(|(at, name)| {
            let before = line.get(..at).and_then(|text| text.chars().next_back());
            let after =
                line.get(at.saturating_add(name.len())..).and_then(|text| text.chars().next());
            matches!(before, Some('.' | '"' | '\''))
                && !after.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
        })
    }

    /// `if key == INSECURE_KEY: raise …`
    fn is_compared_in(&self, line: &str) -> bool {
        let name = self.setting.name.as_str();
        let is_constant =
            name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
        is_constant
            && line
                .split("==")
                .skip(1)
                .any(|right| right.trim_start_matches(['=', ' ']).starts_with(name))
    }

    fn is_uncertain(&self) -> bool {
        !self.is_read || !self.is_keyed || !self.is_imported || self.is_refused
    }
}

/// ` = value`, and no comparison.
fn is_assignment(after: &str) -> bool {
    let after = after.trim_start();
    after.starts_with('=') && !after.starts_with("==") && !after.starts_with("=>")
}

/// `process.env.`, `os.environ["`, `getenv("`: who reads the environment does not read the setting that has the same
/// name.
fn is_of_environment(before: &str) -> bool {
    const ENVIRONMENT: [&str; 10] = [
        "process.env",
        "process.env.",
        "meta.env",
        "meta.env.",
        "Deno.env.get",
        "environ",
        "environ.get",
        "getenv",
        "Getenv",
        "LookupEnv",
    ];
    let before = before.trim_end_matches(['"', '\'', '`', '(', '[']);
    ENVIRONMENT.iter().any(|end| before.ends_with(end))
}

/// Whether what keys are made of is followed in such a file.
fn follows(file: &Path) -> bool {
    Language::of(file).is_some_and(|language| language.is_script() || language == Language::Python)
}

/// `if settings.jwt_secret == "changeme": raise …`, `INSECURE = {"changeme", "secret"}`, a line of a list
fn refuses(line: &str, text: &str) -> bool {
    let is_alone = || line.trim().trim_end_matches(',').trim_matches(['"', '\'']) == text;
    has(line, &COMPARES) || has(&line.to_ascii_lowercase(), &REFUSED) || is_alone()
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
    if outcomes.iter().all(|outcome| outcome.settings.is_empty()) {
        return;
    }
    let modules = Modules::new(files);
    let keyed: HashSet<String> =
        outcomes.iter().flat_map(|outcome| &outcome.names_of_keys).cloned().collect();
    let mut open: Vec<Open> = outcomes
        .iter()
        .flat_map(|outcome| &outcome.settings)
        .take(MAX_SETTINGS)
        .map(|one| Open::new(one, &modules))
        .collect();
    for one in &mut open {
        one.is_keyed |= keyed.contains(&plain(&one.setting.name));
    }
    let index = Index::new(&open);
    for file in files.iter().filter(|file| !place::is_test_path(&file.inside)) {
        let Ok(text) = source::read(&file.path).and_then(source::text) else { continue };
        if LIBRARIES.iter().any(|library| text.contains(library)) {
            for one in &mut open {
                // Which module holds the settings is for the program to say: `from_object("config.Config")`.
                (one.is_read, one.is_keyed) = (true, true);
            }
        }
        let source = Source { path: &file.path, text: &text, signs: OnceCell::new() };
        for (number, line) in text.lines().enumerate() {
            // A comment reads nothing.
            if line.trim_start().starts_with(['#', '*']) || line.trim_start().starts_with("//") {
                continue;
            }
            index.see(&mut open, &source, number.saturating_add(1), line);
        }
    }
    let findings = outcomes.iter_mut().flat_map(|outcome| &mut outcome.settings);
    for ((finding, _), one) in findings.zip(&open) {
        if one.is_uncertain() {
            finding.confidence = Confidence::Low;
        }
    }
}

/// A file that may read settings.
#[derive(Debug)]
struct Source<'t> {
    path: &'t Path,
    text: &'t str,
    /// Of most files nobody asks.
    signs: OnceCell<bool>,
}

impl Source<'_> {
    /// Whether it signs or verifies.
    fn signs(&self) -> bool {
        *self.signs.get_or_init(|| has(&self.text.to_ascii_lowercase(), &SIGNS))
    }
}

/// Which settings a word or a text has to do with, so that each line is read once however many there are.
#[derive(Debug, Default)]
struct Index {
    names: Places,
    modules: Places,
    texts: Places,
}

type Places = HashMap<String, Vec<usize>>;

/// Does something to each setting that `places` has under `key`.
fn each(open: &mut [Open], places: &Places, key: &str, mut act: impl FnMut(&mut Open)) {
    for at in places.get(key).into_iter().flatten() {
        if let Some(one) = open.get_mut(*at) {
            act(one);
        }
    }
}

impl Index {
    fn new(open: &[Open]) -> Self {
        let mut index = Self::default();
        for (at, one) in open.iter().enumerate() {
            index.names.entry(plain(&one.setting.name)).or_default().push(at);
            if let Some(module) = &one.module {
                index.modules.entry(module.name.clone()).or_default().push(at);
            }
            for text in &one.texts {
                index.texts.entry(text.clone()).or_default().push(at);
            }
        }
        index
    }

    fn see(&self, open: &mut [Open], source: &Source<'_>, number: usize, line: &str) {
        let path = source.path;
        let mut at = 0_usize;
        for part in line.split_inclusive(|c: char| !(c.is_ascii_alphanumeric() || c == '_')) {
            let word = part.trim_end_matches(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
            let before = line.get(..at).unwrap_or_default();
            let after = line.get(at.saturating_add(word.len())..).unwrap_or_default();
            at = at.saturating_add(part.len());
            if word.is_empty() {
                continue;
            }
            each(open, &self.names, &plain(word), |one| {
                one.see(source, (number, line), before, after);
            });
            each(open, &self.modules, word, |one| {
                let is_named =
                    || one.module.as_ref().is_some_and(|module| module.is_named_in(path, line));
                one.is_imported |= one.file != path && is_named();
            });
        }
        for text in quoted(line) {
            each(open, &self.texts, text, |one| {
                one.is_refused |= !one.is_defined_at(path, number) && refuses(line, text);
            });
        }
    }
}
