//! `token-in-web-storage`: a script that gets into the page takes the token away with it.

use super::Context;
use super::names::{Credential, credential, has, is_credential, is_errand, is_no_other, words};
use crate::finding::{Confidence, Severity};
use crate::language::Language;
use crate::model::{Id, Kind, Model};

mod phone;

/// What a file that keeps something in the browser, or plainly on a phone, holds.
pub(super) const WORDS: &[&str] = &[
    "localStorage",
    "sessionStorage",
    "AsyncStorage",
    "document.cookie",
    "Cookies.set",
    "localforage",
    "Preferences.set",
    "SharedPreferences",
    "putString",
    "dataStore",
    "UserDefaults",
    "AppStorage",
    "NSUbiquitousKeyValueStore",
    "get_storage",
    "package:hive",
];

pub(super) fn check(context: &mut Context<'_>) {
    let m = context.model;
    if matches!(m.language, Language::Java | Language::Kotlin | Language::Swift | Language::Dart) {
        phone::check(context);
    }
    // What is built for the server meets no browser: its sources are told of.
    if !m.language.is_script() || context.file.contains("server/chunks/") {
        return;
    }
    for id in m.ids() {
        match m.kind(id) {
            Kind::Call { .. } => {
                let Some(place) = m.callee_path(id).and_then(|path| place(&path)) else { continue };
                let Some(key) = m.positional(id, 0).found() else { continue };
                let (key, value) = match m.entry(m.value(key), "key").found() {
                    // Capacitor: `Preferences.set({ key, value })`
                    Some(inner) => (inner, m.entry(m.value(key), "value").found()),
                    None => (key, m.positional(id, 1).found()),
                };
                report(context, id, place, &name_of(context, key), value);
            }
            Kind::Assign(target, value) => assignment(context, id, *target, *value),
            _ => {}
        }
    }
}

/// Where a call keeps things, if a script can read them there.
fn place(path: &str) -> Option<&'static str> {
    let path =
        path.strip_prefix("~window.").or_else(|| path.strip_prefix("~globalThis.")).unwrap_or(path);
    let path = path.strip_prefix('~').unwrap_or(path);
    match path {
        "localStorage.setItem" => Some("localStorage"),
        "sessionStorage.setItem" => Some("sessionStorage"),
        "@react-native-async-storage/async-storage.setItem"
        | "react-native.AsyncStorage.setItem" => Some("AsyncStorage"),
        "localforage.setItem" => Some("localforage"),
        "js-cookie.set" | "universal-cookie().set" | "react-cookie.Cookies().set" => {
            Some("a cookie that scripts can read")
        }
        "@capacitor/preferences.Preferences.set" => Some("Preferences"),
        _ => None,
    }
}

fn report(context: &mut Context<'_>, at: Id, place: &str, name: &str, value: Option<Id>) {
    let Some(severity) = surely(context.model, name, value) else { return };
    if value
        .is_some_and(|value| is_nothing(context.model, value) || goes_along(context.model, value))
    {
        return;
    }
    let named = value.and_then(|value| context.model.last_name(value)).unwrap_or_default();
    let confidence = confidence(context, &format!("{name} {named}"));
    context.report(
        at,
        (severity, confidence),
        told(place),
        if is_of_a_phone(place) {
            "keep it in the keychain (expo-secure-store, react-native-keychain)"
        } else {
            "let the server set it as a cookie: `__Host-…; HttpOnly; Secure; SameSite=Strict`"
        },
    );
}

/// A `token`, or that of a session, may be anything, such as the name of a terminal, unless its file has to do with
/// logging in.
fn confidence(context: &Context<'_>, name: &str) -> Confidence {
    const TOKENS: [&str; 6] = ["access", "refresh", "idtoken", "jwt", "auth", "bearer"];
    const LOGIN: [&str; 7] =
        ["authoriz", "bearer", "login", "signin", "sign-in", "logout", "password"];
    let is_about_login = has(&super::names::plain(name), &TOKENS)
        || has(&context.file.to_lowercase(), &["auth", "login", "session", "user", "account"])
        || context.says_any(&LOGIN);
    if is_about_login { Confidence::High } else { Confidence::Low }
}

fn is_of_a_phone(place: &str) -> bool {
    matches!(place, "AsyncStorage" | "Preferences")
}

fn told(place: &str) -> String {
    if is_of_a_phone(place) {
        format!(
            "a token is kept in {place}, which is a plain file: backups and whoever has the phone can read it"
        )
    } else {
        format!("a token is kept in {place}: any script that gets into the page can take it away")
    }
}

/// How bad it is to keep this value under this name; `None` where neither is that of a token.
fn surely(m: &Model, named: &str, value: Option<Id>) -> Option<Severity> {
    let mut sure = credential(named);
    if sure != Credential::Surely
        && let Some(value) = value
        && (matches!(sure, Credential::Perhaps | Credential::Beside) || is_storage_key(named))
        && is_surely(m, value)
    {
        sure = Credential::Surely;
    }
    // `"shopToken"`, for what is called a token or an access as well.
    if sure == Credential::No
        && words(named).last().is_some_and(|last| last == "token")
        && value.and_then(|value| m.last_name(value)).is_some_and(is_token)
        && is_no_other(named)
        && !is_errand(&named.to_lowercase())
    {
        sure = Credential::Perhaps;
    }
    severity(sure)
}

/// Whether a value is one by its name, or is sent as one: `"Bearer " + token`.
fn is_surely(m: &Model, value: Id) -> bool {
    let is_bearer = |id: Id| m.text(id).is_some_and(|text| text.starts_with("Bearer "));
    m.last_name(value).is_some_and(|name| credential(name) == Credential::Surely)
        || m.below(value).any(is_bearer)
}

fn is_token(name: &str) -> bool {
    is_credential(name) || super::names::plain(name) == "access"
}

/// What is written to end it is no token.
fn is_nothing(m: &Model, value: Id) -> bool {
    m.is_null(value) || m.text(value).is_some_and(str::is_empty)
}

/// What is kept beside a token, and is none: where it is from, when it ends.
fn goes_along(m: &Model, value: Id) -> bool {
    const ENDS: [&str; 8] =
        ["origin", "url", "host", "expiry", "expires", "expiresat", "scope", "type"];
    m.last_name(value).is_some_and(|name| {
        let name = super::names::plain(name);
        ENDS.iter().any(|end| name.ends_with(end))
    })
}

/// How bad it is to keep something of such a name there; `None` for what is no token.
const fn severity(credential: Credential) -> Option<Severity> {
    match credential {
        Credential::Surely => Some(Severity::High),
        Credential::Perhaps => Some(Severity::Medium),
        Credential::Beside | Credential::No => None,
    }
}

fn is_storage_key(name: &str) -> bool {
    matches!(
        super::names::plain(name).as_str(),
        "auth" | "user" | "session" | "currentuser" | "key"
    )
}

/// What the key says, or what the constant that holds it is called.
fn name_of(context: &Context<'_>, key: Id) -> String {
    let m = context.model;
    let name = m.last_name(key).unwrap_or_default();
    match m.text(key) {
        // `STORAGE.TOKEN`: whatever its text is.
        Some(text) if credential(text) == Credential::No && is_credential(name) => name.to_owned(),
        Some(text) => text.to_owned(),
        None => name.to_owned(),
    }
}

fn assignment(context: &mut Context<'_>, at: Id, target: Id, value: Id) {
    let m = context.model;
    match m.kind(target) {
        // `document.cookie = 'token=' + token`
        Kind::Member(_, name) if name == "cookie" => {
            let is_document = m.path(target).is_some_and(|path| path.ends_with("document.cookie"));
            if is_document {
                cookie_text(context, at, value);
            }
        }
        Kind::Member(object, name) => {
            if let Some(place) = storage(m, *object) {
                report(context, at, place, name, Some(value));
            }
        }
        Kind::Index(object, key) => {
            if let Some(place) = storage(m, *object) {
                report(context, at, place, &name_of(context, *key), Some(value));
            }
        }
        _ => {}
    }
}

fn storage(m: &Model, object: Id) -> Option<&'static str> {
    let path = m.path(object)?;
    place(&format!("{path}.setItem"))
}

fn cookie_text(context: &mut Context<'_>, at: Id, value: Id) {
    let m = context.model;
    let first = match m.kind(m.value(value)) {
        Kind::Text(text) => text.clone(),
        Kind::Template(parts) => match parts.first().map(|part| m.text(*part)) {
            Some(Some(text)) => text.to_owned(),
            _ => return,
        },
        _ => return,
    };
    let Some((name, rest)) = first.split_once('=') else { return };
    let ends = first.to_lowercase();
    let is_deletion = rest.starts_with(';') || ends.contains("max-age=0") || ends.contains("1970");
    let Some(severity) = severity(credential(name)) else { return };
    let confidence = confidence(context, name);
    if !is_deletion {
        context.report(
            at,
            (severity, confidence),
            "a token is kept in a cookie that scripts can read: any script that gets into the page can take it away",
            "let the server set it: `__Host-…; HttpOnly; Secure; SameSite=Strict`",
        );
    }
}
