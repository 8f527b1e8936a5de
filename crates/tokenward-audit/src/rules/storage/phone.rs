//! Where a phone keeps things that are not encrypted: `SharedPreferences`, `UserDefaults` and the like.

use super::{is_nothing, surely};
use crate::finding::Confidence;
use crate::language::Language;
use crate::model::{Id, Kind, Model};
use crate::rules::Context;

pub(super) fn check(context: &mut Context<'_>) {
    let m = context.model;
    // Whoever encrypts what is kept says so somewhere in the file.
    if context.says_any(&["encryptedsharedpreferences", "encryptioncipher"]) {
        return;
    }
    for id in m.ids() {
        let kept = match (m.language, m.kind(id)) {
            (Language::Java | Language::Kotlin, Kind::Call { .. }) => preferences(m, id),
            (Language::Kotlin, Kind::Assign(target, value)) => data_store(m, id, *target, *value),
            (Language::Swift, Kind::Call { .. }) => defaults(m, id),
            (Language::Dart, Kind::Call { .. }) => flutter(m, id),
            (Language::Dart, Kind::Assign(target, value)) => web(m, *target, *value),
            _ => None,
        };
        if let Some(kept) = kept {
            report(context, id, &kept);
        }
    }
}

/// What is kept, where, and under which name.
struct Kept {
    place: &'static str,
    key: Id,
    value: Option<Id>,
}

/// `prefs.edit().putString("token", token)`, `prefs.edit { putString("token", token) }`. A `Bundle` has the same
/// method, and keeps nothing.
fn preferences(m: &Model, call: Id) -> Option<Kept> {
    if m.callee_name(call) != Some("putString") || !is_edited(m, call) {
        return None;
    }
    Some(Kept {
        place: "SharedPreferences",
        key: m.positional(call, 0).found()?,
        value: m.positional(call, 1).found(),
    })
}

fn is_edited(m: &Model, call: Id) -> bool {
    let Kind::Call { callee, .. } = m.kind(call) else { return false };
    let mut at = *callee;
    for _ in 0..32 {
        at = match m.kind(at) {
            Kind::Member(object, _) => *object,
            Kind::Call { .. } if m.callee_name(at) == Some("edit") => return true,
            Kind::Call { callee, .. } => *callee,
            Kind::Name(name) => {
                let value = m.value(at);
                if value != at {
                    value
                } else if at == *callee {
                    return is_inside_edit(m, call);
                } else {
                    return name.to_lowercase().contains("editor");
                }
            }
            _ => return false,
        };
    }
    false
}

fn is_inside_edit(m: &Model, id: Id) -> bool {
    m.ancestors(id).any(|one| m.callee_name(one) == Some("edit"))
}

/// `context.dataStore.edit { settings -> settings[TOKEN] = token }`
fn data_store(m: &Model, id: Id, target: Id, value: Id) -> Option<Kept> {
    match m.kind(target) {
        Kind::Index(_, key) if is_inside_edit(m, id) => {
            Some(Kept { place: "DataStore", key: *key, value: Some(value) })
        }
        _ => None,
    }
}

/// `UserDefaults.standard.set(token, forKey: "token")`, `@AppStorage("token")`
fn defaults(m: &Model, call: Id) -> Option<Kept> {
    let path = m.callee_path(call)?;
    if path == "~AppStorage" {
        let key = m.positional(call, 0).found()?;
        return Some(Kept { place: "UserDefaults", key, value: None });
    }
    let (object, method) = path.rsplit_once('.')?;
    let place = match object {
        "~UserDefaults.standard" | "~UserDefaults()" => "UserDefaults",
        "~NSUbiquitousKeyValueStore" => "iCloud's key-value store",
        _ => return None,
    };
    if !matches!(method, "set" | "setValue") {
        return None;
    }
    let key = m.keyword(call, "forKey").found()?;
    Some(Kept { place, key, value: m.positional(call, 0).found() })
}

/// `prefs.setString('token', token)`, `box.write('token', token)`, `box.put('token', token)`
fn flutter(m: &Model, call: Id) -> Option<Kept> {
    let has = |package: &str| {
        m.imports().any(|path| path == package || path.starts_with(&format!("{package}.")))
    };
    let place = match m.callee_name(call)? {
        "setString" if has("shared_preferences") => "SharedPreferences",
        "write" if has("get_storage") => "GetStorage",
        "put" if has("hive") => "a Hive box",
        _ => return None,
    };
    let Kind::Call { callee, .. } = m.kind(call) else { return None };
    if !matches!(m.kind(*callee), Kind::Member(..)) {
        return None;
    }
    Some(Kept {
        place,
        key: m.positional(call, 0).found()?,
        value: Some(m.positional(call, 1).found()?),
    })
}

/// `window.localStorage['token'] = token`
fn web(m: &Model, target: Id, value: Id) -> Option<Kept> {
    let Kind::Index(object, key) = m.kind(target) else { return None };
    let place = match m.last_name(*object)? {
        "localStorage" => "localStorage",
        "sessionStorage" => "sessionStorage",
        _ => return None,
    };
    Some(Kept { place, key: *key, value: Some(value) })
}

fn report(context: &mut Context<'_>, at: Id, kept: &Kept) {
    let m = context.model;
    let Some(severity) =
        names_of(m, kept.key).into_iter().filter_map(|name| surely(m, &name, kept.value)).max()
    else {
        return;
    };
    if kept.value.is_some_and(|value| is_nothing(m, value)) {
        return;
    }
    context.report(
        at,
        (severity, Confidence::High),
        format!(
            "a token is kept in {}, which is not encrypted: whoever gets at the storage, or at a backup of it, has it",
            kept.place
        ),
        fix(m.language),
    );
}

/// What a key says, and what the constant or the function is called that stands for it:
/// `stringPreferencesKey("token")`, `Keys.token.rawValue`, `tokenStorageKey(for: id)`.
fn names_of(m: &Model, key: Id) -> Vec<String> {
    let value = m.value(key);
    let inner = match m.kind(value) {
        Kind::Call { .. } => m.positional(value, 0).found(),
        Kind::Member(object, name) if name == "rawValue" => Some(*object),
        _ => None,
    };
    let text = inner.and_then(|inner| m.text(inner)).or_else(|| m.text(key));
    [text, m.last_name(key), m.callee_name(value), inner.and_then(|inner| m.last_name(inner))]
        .into_iter()
        .flatten()
        .map(str::to_owned)
        .collect()
}

const fn fix(language: Language) -> &'static str {
    match language {
        Language::Swift => {
            "keep it in the keychain: SecItemAdd with kSecAttrAccessibleWhenUnlockedThisDeviceOnly"
        }
        Language::Dart => {
            "await const FlutterSecureStorage().write(key: 'access_token', value: token)"
        }
        _ => {
            "encrypt it with a key of the Android Keystore before it is kept, and leave the file out of backups"
        }
    }
}
