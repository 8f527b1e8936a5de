//! The rules: each finds one kind of mistake in a [`Model`].
//!
//! What a rule says to people is in its folder below `rules/`; the code here finds the places.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use serde::{Deserialize, Serialize};

use crate::finding::{Confidence, Severity};
use crate::lower::Read;
use crate::model::{Id, Model, ScopeKind};
use library::Calls;
pub(crate) use names::{has, plain};

pub(crate) mod absence;
mod algorithm;
pub(crate) mod catalog;
mod cleartext;
mod cookies;
pub(crate) mod development;
mod expiry;
mod guards;
pub(crate) mod hosts;
mod library;
mod logged;
mod mend;
pub(crate) mod names;
pub(crate) mod payload;
mod refusal;
mod revocation_off;
mod secret;
mod settings;
mod storage;
#[cfg(test)]
mod tests;
mod transport;
mod unverified_decode;
mod url;

/// A rule, as code.
pub(crate) struct Rule {
    /// Its name: that of its folder.
    pub(crate) id: &'static str,
    /// Which of the ten mistakes it finds.
    pub(crate) mistake: u8,
    /// A file without any of these, in any case, is not parsed for it.
    words: &'static [&'static [&'static str]],
    check: fn(&mut Context<'_>),
}

/// What every JWT library's name, or its use, holds: a file without is not parsed for it.
const JWT: &[&str] = &[
    "jwt",
    "jws",
    "jsonwebtoken",
    "jose",
    "oidc",
    "next-auth",
    "identitymodel",
    "tokenvalidationparameters",
];

/// All rules, by mistake.
pub(crate) const RULES: &[Rule] = &[
    Rule {
        id: "token-in-web-storage",
        mistake: 1,
        words: &[storage::WORDS],
        check: storage::check,
    },
    Rule {
        id: "cookie-readable-by-scripts",
        mistake: 1,
        words: &[cookies::WORDS],
        check: cookies::readable,
    },
    Rule {
        id: "unverified-decode",
        mistake: 2,
        words: &[JWT, unverified_decode::WORDS],
        check: unverified_decode::check,
    },
    Rule { id: "algorithm-none", mistake: 3, words: &[JWT], check: algorithm::none },
    Rule { id: "algorithm-from-token", mistake: 3, words: &[JWT], check: algorithm::from_token },
    Rule { id: "algorithm-not-pinned", mistake: 3, words: &[JWT], check: algorithm::not_pinned },
    Rule { id: "algorithms-mixed", mistake: 3, words: &[JWT], check: algorithm::mixed },
    Rule { id: "no-expiry", mistake: 4, words: &[JWT], check: expiry::missing },
    Rule { id: "long-lifetime", mistake: 4, words: &[JWT, expiry::WORDS], check: expiry::long },
    Rule { id: "expiry-not-checked", mistake: 4, words: &[JWT], check: expiry::unchecked },
    Rule { id: "no-revocation", mistake: 5, words: &[JWT], check: absence::revocation },
    Rule {
        id: "revocation-off",
        mistake: 5,
        words: &[revocation_off::WORDS],
        check: revocation_off::check,
    },
    Rule { id: "sensitive-payload", mistake: 6, words: &[JWT], check: payload::check },
    Rule { id: "hardcoded-secret", mistake: 7, words: &[JWT, secret::WORDS], check: secret::check },
    Rule { id: "no-key-id", mistake: 8, words: &[JWT], check: absence::key_id },
    Rule {
        id: "cookie-over-plain-http",
        mistake: 9,
        words: &[cookies::WORDS],
        check: cookies::insecure,
    },
    Rule { id: "token-in-url", mistake: 9, words: &[JWT], check: url::check },
    Rule { id: "token-in-log", mistake: 9, words: &[JWT, logged::FORMATS], check: logged::check },
    Rule {
        id: "tls-not-checked",
        mistake: 9,
        words: &[transport::LIBRARIES, transport::SWITCHES],
        check: transport::check,
    },
    Rule {
        id: "plain-http-allowed",
        mistake: 9,
        words: &[cleartext::WORDS],
        check: cleartext::check,
    },
    Rule { id: "detailed-refusal", mistake: 10, words: &[JWT], check: refusal::check },
];

/// More in one file are one mistake, made by a machine.
const MAX_HITS: usize = 1_000;

/// What a rule found, before it is told to people.
#[derive(Clone, Debug)]
pub(crate) struct Hit {
    pub(crate) rule: &'static str,
    pub(crate) mistake: u8,
    pub(crate) span: Range<usize>,
    pub(crate) severity: Severity,
    pub(crate) confidence: Confidence,
    pub(crate) message: String,
    pub(crate) fix: Option<String>,
    /// What mends it, if that is certain.
    pub(crate) changes: Vec<Change>,
    pub(crate) condition: Condition,
    /// A setting that it is the value of: whether it matters hangs on whether anything reads that.
    pub(crate) setting: Option<Setting>,
    /// Whether it stands in code that only development runs.
    pub(crate) in_development: bool,
}

/// A setting that other files read by its name.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Setting {
    pub(crate) name: String,
    /// `settings.jwt_secret`: an attribute, which is read as one.
    pub(crate) is_of_a_class: bool,
}

/// What other files decide about a hit.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Condition {
    /// It is none if one of these verifies what it is given.
    pub(crate) unless: Vec<Elsewhere>,
    /// It is uncertain if any file of the project verifies tokens: that may have come before.
    pub(crate) where_none_verifies: bool,
}

impl Condition {
    pub(crate) fn is_none(&self) -> bool {
        self.unless.is_empty() && !self.where_none_verifies
    }
}

/// A function of another file.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Elsewhere {
    /// The file's name, without folder and extension.
    pub(crate) file: String,
    pub(crate) function: String,
}

/// What the rules made of a file.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) hits: Vec<Hit>,
    /// Its functions that verify a token that they are given.
    pub(crate) verifiers: Vec<String>,
    /// Whether it verifies any token.
    pub(crate) verifies: bool,
    /// Whether it asks for the account of each token that it verifies.
    pub(crate) looks_accounts_up: bool,
    /// What the keys that it signs and verifies with are made of.
    pub(crate) names_of_keys: Vec<String>,
}

/// Text that stands in another's place.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Change {
    /// In bytes; empty where something is only put in.
    pub(crate) span: Range<usize>,
    pub(crate) text: String,
}

/// A file, as rules see it.
pub(crate) struct Context<'m> {
    pub(crate) model: &'m Model,
    /// What it says, without its comments.
    pub(crate) text: &'m str,
    /// The same as it was written, for what changes it.
    pub(crate) written: &'m str,
    /// Its path below the argument that led to it.
    pub(crate) file: &'m str,
    /// What the calls do with tokens.
    pub(crate) library: &'m Calls,
    rule: &'static str,
    mistake: u8,
    hits: Vec<Hit>,
    /// The text in lower case, once somebody asked for a word.
    small: OnceCell<String>,
    /// What was asked of it.
    said: RefCell<BTreeMap<&'static str, bool>>,
}

impl<'m> Context<'m> {
    fn new(read: &'m Read, written: &'m str, file: &'m str, library: &'m Calls) -> Self {
        Self {
            model: &read.model,
            text: &read.code,
            written,
            file,
            library,
            rule: "",
            mistake: 1,
            hits: Vec::new(),
            small: OnceCell::new(),
            said: RefCell::default(),
        }
    }

    /// Whether the file has this word, which is in lower case, in any case.
    pub(crate) fn says(&self, word: &'static str) -> bool {
        self.once(word, |text| text.contains(word))
    }

    pub(crate) fn says_any(&self, words: &[&'static str]) -> bool {
        words.iter().any(|word| self.says(word))
    }

    /// Whether this is so of the text in lower case. Rules ask for each of their findings, and the answer to what goes
    /// by this name is sought once.
    pub(crate) fn once(&self, what: &'static str, is_so: impl FnOnce(&str) -> bool) -> bool {
        let text = || self.small.get_or_init(|| self.text.to_lowercase()).as_str();
        if let Some(known) = self.said.borrow().get(what) {
            return *known;
        }
        let said = is_so(text());
        self.said.borrow_mut().insert(what, said);
        said
    }

    /// What the source says at a node.
    pub(crate) fn source(&self, id: Id) -> &'m str {
        self.text.get(self.model.node(id).span.clone()).unwrap_or_default()
    }

    pub(crate) fn report(
        &mut self,
        at: Id,
        (severity, confidence): (Severity, Confidence),
        message: impl Into<String>,
        fix: impl Into<String>,
    ) {
        self.report_mended(at, (severity, confidence), message, fix, Vec::new());
    }

    /// Says what other files decide about what was reported last.
    pub(crate) fn on(&mut self, condition: Condition) {
        if let Some(hit) = self.hits.last_mut() {
            hit.condition = condition;
        }
    }

    /// Says that what was reported last is the value of this setting.
    pub(crate) fn read_as(&mut self, name: &str, value: Id) {
        let scope = self.model.scope(self.model.node(value).scope);
        // In scripts a name is taken out of an object in other ways, too.
        let is_of_a_class = self.model.language == crate::Language::Python
            && scope.is_some_and(|scope| scope.kind == ScopeKind::Class);
        if let Some(hit) = self.hits.last_mut() {
            hit.setting.get_or_insert_with(|| Setting { name: name.to_owned(), is_of_a_class });
        }
    }

    /// The same, with the changes that mend it.
    pub(crate) fn report_mended(
        &mut self,
        at: Id,
        (severity, confidence): (Severity, Confidence),
        message: impl Into<String>,
        fix: impl Into<String>,
        changes: Vec<Change>,
    ) {
        let span = self.model.node(at).span.clone();
        if self.hits.len() >= MAX_HITS
            || self.hits.iter().any(|hit| hit.rule == self.rule && hit.span == span)
        {
            return;
        }
        let in_development = development::is_around(self.model, self.text, at);
        self.hits.push(Hit {
            rule: self.rule,
            mistake: self.mistake,
            span,
            severity,
            confidence,
            message: message.into(),
            fix: Some(fix.into()).filter(|fix| !fix.is_empty()),
            changes,
            condition: Condition::default(),
            setting: None,
            in_development,
        });
    }
}

/// Which rules have a word in these bytes, one bit each; 0 means that there is nothing to parse for.
pub(crate) fn wanted(bytes: &[u8]) -> u32 {
    static WORDS: OnceLock<Option<(AhoCorasick, Vec<u32>)>> = OnceLock::new();
    let everything = u32::MAX;
    let Some((automaton, masks)) = WORDS.get_or_init(words) else { return everything };
    let mut found = 0;
    for hit in automaton.find_overlapping_iter(bytes) {
        found |= masks.get(hit.pattern().as_usize()).copied().unwrap_or(everything);
    }
    found
}

fn words() -> Option<(AhoCorasick, Vec<u32>)> {
    let mut words = Vec::new();
    let mut masks = Vec::new();
    for (rule, bit) in RULES.iter().zip(bits()) {
        for word in rule.words.iter().copied().flatten() {
            words.push(*word);
            masks.push(bit);
        }
    }
    let automaton = AhoCorasick::builder().ascii_case_insensitive(true).build(words).ok()?;
    Some((automaton, masks))
}

fn bits() -> impl Iterator<Item = u32> {
    (0_u32..32).map(|shift| 1_u32.rotate_left(shift))
}

/// Runs the rules that are wanted.
pub(crate) fn run(read: &Read, written: &str, file: &str, wanted: u32) -> Ran {
    let model = &read.model;
    let library = &Calls::read(model);
    let mut context = Context::new(read, written, file, library);
    for (rule, bit) in RULES.iter().zip(bits()) {
        if wanted & bit != 0 {
            context.rule = rule.id;
            context.mistake = rule.mistake;
            (rule.check)(&mut context);
        }
    }
    let verifies = unverified_decode::across::verifies(&context);
    Ran {
        hits: context.hits,
        verifies,
        verifiers: unverified_decode::across::verifiers(model, library),
        looks_accounts_up: absence::looks_accounts_up(model, library),
        names_of_keys: secret::names_of_keys(model, library),
    }
}
