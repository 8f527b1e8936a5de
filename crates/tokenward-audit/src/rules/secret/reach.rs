//! Which settings become keys: by the names that a file signs and verifies with, or hands to what does.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::language::Language;
use crate::model::{Id, Kind, Model};
use crate::rules::library::Calls;
use crate::rules::names::{has, plain};
use crate::rules::settings;

/// As many names as one file adds.
const MAX_NAMES: usize = 256;
/// As many nodes as are looked at in one file.
const MAX_STEPS: usize = 200_000;
/// What functions and classes are called that take a secret to sign or verify with it.
const TAKERS: [&str; 8] =
    ["jwt", "token", "auth", "sign", "session", "security", "encode", "decode"];
/// What libraries call the option that is the secret.
const OPTIONS: [&str; 7] =
    ["secret", "secretorkey", "secretkey", "jwtsecret", "signingkey", "privatekey", "jwtsecretkey"];

/// The names that keys are made of, as [`plain`] has them.
pub(crate) fn names(m: &Model, calls: &Calls) -> Vec<String> {
    if !(m.language.is_script() || m.language == Language::Python) {
        return Vec::new();
    }
    let mut given = given(m);
    let mut open = starts(m, calls);
    let (mut seen, mut found) = (HashSet::new(), BTreeSet::new());
    while let Some(at) = open.pop() {
        for id in m.below(at) {
            if seen.len() >= MAX_STEPS || found.len() >= MAX_NAMES {
                return found.into_iter().collect();
            }
            if !seen.insert(id) {
                continue;
            }
            let name = match m.kind(id) {
                Kind::Name(name) | Kind::Member(_, name) => name,
                Kind::Text(text) if !text.contains(' ') => text,
                _ => continue,
            };
            // Of a path, `jwt.secret`, the last part is what the setting is called.
            for name in [plain(name), plain(name.rsplit('.').next().unwrap_or_default())] {
                // Taken out, so that each value is looked at once.
                open.extend(given.remove(&name).unwrap_or_default());
                if has(&name, &["secret", "key"]) {
                    found.insert(name);
                }
            }
        }
    }
    found.into_iter().collect()
}

/// The keys themselves, and what is handed to something that may sign with it.
fn starts(m: &Model, calls: &Calls) -> Vec<Id> {
    let mut open = calls.keys().to_vec();
    open.extend(calls.signs().filter_map(|sign| sign.key.found()));
    open.extend(calls.verifies().filter_map(|verify| verify.key.found()));
    for call in m.calls() {
        let path = m.callee_path(call).unwrap_or_default();
        let name = m.callee_name(call).unwrap_or_default();
        if has(&path.to_lowercase(), &TAKERS) || has(&name.to_lowercase(), &TAKERS) {
            open.extend(m.args(call).iter().map(|arg| arg.value));
        }
    }
    // Elsewhere it is the setting itself that is called so.
    if m.imports().any(|path| has(&path.to_lowercase(), &["jwt", "jose", "passport", "auth"])) {
        let options = settings::all(m).filter(|(name, _)| OPTIONS.contains(&plain(name).as_str()));
        open.extend(options.map(|(_, value)| value));
    }
    open
}

/// What each name of a file is given, and what its functions answer.
fn given(m: &Model) -> HashMap<String, Vec<Id>> {
    let mut by_name: HashMap<String, Vec<Id>> = HashMap::new();
    for (name, value) in settings::all(m) {
        by_name.entry(plain(name)).or_default().push(value);
    }
    for id in m.ids() {
        if let Kind::Return(Some(value)) = m.kind(id) {
            by_name.entry(plain(&m.function_name(id))).or_default().push(*value);
        }
    }
    // What functions without a name answer.
    by_name.remove("");
    by_name
}
