//! Code for development alone: emulators, mock servers, fake providers, development settings, what runs only while
//! debugging. It counts as tests do: nobody's real tokens are there.

use std::path::Path;

use super::guards::{conditions, head};
use super::names::words;
use crate::model::{Id, Kind, Model, ScopeId};

/// What only development has, as a word of a name.
const MARKS: [&str; 13] = [
    "simulator",
    "simulators",
    "emulator",
    "emulators",
    "emulated",
    "mock",
    "mocks",
    "mocked",
    "fake",
    "fakes",
    "dummy",
    "playground",
    "devserver",
];
/// Folders for settings, where `local` and `dev` name a set of them.
const SETTINGS: [&str; 8] =
    ["settings", "config", "configs", "conf", "environments", "envs", "env", "environment"];
const SETS: [&str; 4] = ["dev", "develop", "development", "local"];
/// How many statements are looked at around a place.
const MAX_GUARDS: usize = 64;
/// As long as a branch is that does nothing but leave.
const MAX_LEAVING: usize = 240;

/// Whether a path, seen from the project's top, is that of code for development alone.
pub(crate) fn is_path(path: &Path) -> bool {
    let mut parts: Vec<String> =
        path.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    let file = parts.pop().unwrap_or_default();
    let stem = file.split('.').next().unwrap_or_default().to_owned();
    let is_settings = |name: &str| words(name).iter().any(|word| SETTINGS.contains(&word.as_str()));
    let names_set = |name: &str| {
        let words = words(name);
        // `passport-local.js` is a strategy; `settings_local.py` and `app.local.js` are sets.
        let is_joined =
            words.len() > 1 && !is_settings(name) && !name.to_lowercase().ends_with(".local");
        words
            .last()
            .is_some_and(|last| SETS.contains(&last.as_str()) && !(last == "local" && is_joined))
    };
    // `settings/local.py`, `settings_dev.py`, `config.development.js`
    let among_settings =
        parts.last().is_some_and(|folder| is_settings(folder)) || is_settings(&stem);
    let set = file.rsplit_once('.').map_or(file.as_str(), |(name, _)| name);
    if among_settings && names_set(set) || matches!(stem.as_str(), "dev" | "development") {
        return true;
    }
    parts.iter().chain([&stem]).any(|part| is_name(part))
}

/// Whether a file is one of a set of settings for development, or an example, by its name and its folder's:
/// `compose.dev.yml`, `.env.local`, `environments/development.rb`.
pub(crate) fn is_of_a_set(path: &Path) -> bool {
    let is_so = |word: &String| {
        SETS.contains(&word.as_str())
            || matches!(word.as_str(), "devel" | "example" | "sample" | "demo")
    };
    let names = path.iter().rev().take(2).map(|name| name.to_string_lossy());
    names.into_iter().any(|name| words(&name).iter().any(is_so))
}

/// Whether a file is of a tool that tries others' services, by its name or its folder's: `jwt_attacks.py`,
/// `fuzzers/jwt.py`. The tokens are theirs, and are meant to be bad.
pub(super) fn is_of_an_attack(file: &str) -> bool {
    const ATTACKS: [&str; 7] =
        ["attack", "exploit", "pentest", "scanner", "tester", "bruteforce", "fuzzer"];
    let names = file.rsplit('/').take(2).map(str::to_lowercase);
    names.into_iter().any(|name| super::names::has(&name, &ATTACKS))
}

/// Whether the code at a place runs in development alone, by the names and the conditions around it.
pub(crate) fn is_around(m: &Model, text: &str, at: Id) -> bool {
    let is_named = m
        .scopes_from(m.node(at).scope)
        .any(|(_, scope)| is_name(&scope.name) || is_set_name(&scope.name));
    // `if DEBUG: …`, `NODE_ENV !== 'production' ? … : …`
    let is_guarded =
        || conditions(m, text, at).into_iter().any(|(one, holds)| is_development(one, holds));
    is_named || is_in_second_set(m, at) || is_guarded() || is_left_before(m, text, at)
}

/// `FakeProvider`, `mock_login`, `DevServer`
pub(crate) fn is_name(name: &str) -> bool {
    let words = words(name);
    let is_server =
        words.windows(2).any(|pair| matches!(pair, [a, b] if a == "dev" && b == "server"));
    // `generate_local_token`: a stand-in for what a provider gives elsewhere.
    let is_local =
        words.windows(2).any(|pair| matches!(pair, [a, b] if a == "local" && b == "token"));
    let is_stub = matches!(words.as_slice(), [first, second, ..]
        if first == "stub" && matches!(second.as_str(), "server" | "provider" | "auth" | "token"));
    // `mockoauthserver`
    let is_joined = words.iter().any(|word| {
        ["mock", "fake", "dummy"].iter().any(|start| word.starts_with(start))
            && ["server", "provider", "idp"].iter().any(|end| word.ends_with(end))
    });
    is_server
        || is_local
        || is_stub
        || is_joined
        || words.iter().any(|word| MARKS.contains(&word.as_str()))
}

/// `class DevelopmentConfig`, `TestingConfig`, `Config::dev()`: a set of settings that is chosen by name.
fn is_set_name(name: &str) -> bool {
    let words = words(name);
    let ends = [words.first(), words.last()];
    let is_one_of =
        |among: &[&str]| ends.into_iter().flatten().any(|end| among.contains(&end.as_str()));
    let is_settings = words.iter().any(|word| SETTINGS.contains(&word.as_str()));
    is_one_of(&["dev", "development"]) || is_settings && is_one_of(&["test", "tests", "testing"])
}

/// `HEADERS_DEV_CONFIG = { … }` beside `HEADERS_CONFIG = { … }`: the other set is the one of production.
fn is_in_second_set(m: &Model, at: Id) -> bool {
    const MARKS: [&str; 4] = ["dev", "develop", "development", "debug"];
    let is_map = |id: Id| matches!(m.kind(m.value(id)), Kind::Map(_));
    let mut around = m.ancestors(at).take_while(|one| !matches!(m.kind(*one), Kind::Function(_)));
    let set = around.find_map(|one| match m.kind(one) {
        Kind::Assign(target, value) if is_map(*value) => m.last_name(*target),
        _ => None,
    });
    let words = words(set.unwrap_or_default());
    let others: Vec<&String> =
        words.iter().filter(|word| !MARKS.contains(&word.as_str())).collect();
    others.len() < words.len()
        && others.iter().any(|word| SETTINGS.contains(&word.as_str()))
        && m.ids().any(|id| match m.kind(id) {
            Kind::Assign(target, value) if is_map(*value) => m
                .last_name(*target)
                .is_some_and(|name| super::names::words(name).iter().eq(others.iter().copied())),
            _ => false,
        })
}

/// `if not settings.DEBUG: raise Http404`, before a place and in its function.
fn is_left_before(m: &Model, text: &str, at: Id) -> bool {
    let function = m.function_of(at);
    if function == ScopeId::FILE {
        return false;
    }
    let start = m.node(at).span.start;
    let guards = m.ids().take_while(|id| *id < at).filter(|id| {
        matches!(m.kind(*id), Kind::Branch)
            && m.function_of(*id) == function
            && m.node(*id).span.end <= start
            && m.node(*id).parent.is_none_or(|parent| !matches!(m.kind(parent), Kind::Branch))
    });
    guards.take(MAX_GUARDS).any(|id| {
        let source = text.get(m.node(id).span.clone()).unwrap_or_default();
        let end = head(source);
        let (condition, body) = (source.get(..end), source.get(end..));
        let leaves = ["return", "throw", "raise", "abort(", "panic"];
        let body = body.unwrap_or_default();
        body.len() < MAX_LEAVING
            && leaves.iter().any(|word| body.contains(word))
            && !body.contains("else")
            && condition.is_some_and(|condition| is_development(condition, false))
    })
}

/// Whether a condition, holding or not, says that this is no production.
fn is_development(condition: &str, holds: bool) -> bool {
    let parts: Vec<&str> = condition.split("&&").flat_map(|part| part.split(" and ")).collect();
    let is_either = condition.contains("||") || condition.contains(" or ");
    if holds {
        // `if app.debug or app.testing`: whichever it is, it is none of production.
        let mut ways = condition.split("||").flat_map(|way| way.split(" or "));
        if is_either && parts.len() == 1 {
            return ways.all(|way| tells(way) == Some(true));
        }
        // All parts of it are so.
        !is_either && parts.into_iter().any(|part| tells(part) == Some(true))
    } else {
        parts.len() == 1 && !is_either && tells(condition) == Some(false)
    }
}

/// Whether a comparison without joints is one with development (`true`) or with production (`false`).
fn tells(part: &str) -> Option<bool> {
    let words = words(part);
    let has = |marks: &[&str]| words.iter().any(|word| marks.contains(&word.as_str()));
    if has(&["log", "logger", "logging", "console"]) {
        return None;
    }
    let is_production = has(&["prod", "production", "isprod", "isproduction"]);
    let is_development = has(&[
        "debug",
        "dev",
        "develop",
        "development",
        "isdev",
        "devmode",
        "isdevelopment",
        "emulator",
        "emulated",
        "mock",
        "playground",
        "test",
        "testing",
    ]);
    if is_production == is_development {
        return None;
    }
    let is_denied = part.contains('!')
        || has(&["not", "unless", "none", "null", "undefined"])
        || part.contains("false");
    Some(is_development != is_denied)
}

#[cfg(test)]
mod tests;
