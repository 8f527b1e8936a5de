//! Sensitive data in a token: by the name of a member, and by what its value looks like.

use serde_json::{Map, Value};

use super::{Members, looks};
use crate::code::mask;
use crate::finding::Severity;
use crate::jwks::PRIVATE;
use crate::rules::names::{has, words};
use crate::rules::payload;

/// Deeper, nobody puts anything.
const MAX_DEPTH: usize = 32;
/// More of one token are one mistake.
const MAX_FOUND: usize = 50;
/// More of a name is no name.
const MAX_NAME: usize = 40;

/// Words that make a member a secret at the end of its name: a `pin_code` may be that of a place.
const LAST_WORDS: [&str; 4] = ["pin", "cvc", "passcode", "otp"];
/// Names with such a word say that the thing itself is not there.
const HARMLESS: [&str; 9] =
    ["reset", "version", "updated", "exp", "enabled", "count", "type", "attempt", "id"];
/// And those with a word that has such a part.
const HARMLESS_PARTS: [&str; 4] = ["expir", "verif", "chang", "requir"];

/// Where a member stands.
#[derive(Clone, Copy)]
struct Place<'a> {
    name: &'a str,
    /// Whether it is one of a key's, of which some are its private half.
    is_of_key: bool,
    depth: usize,
}

/// What is sensitive: the member's path, how bad it is, and what it looks like.
pub(super) fn find(header: &Members, claims: Option<&Members>) -> Vec<Found> {
    let mut found = Vec::new();
    for (name, value) in &header.0 {
        look(&format!("header.{}", called(name)), of_header(name), value, &mut found);
    }
    for (name, value) in claims.into_iter().flat_map(|claims| &claims.0) {
        look(&called(name), of_claims(name), value, &mut found);
    }
    found
}

type Found = (String, Severity, &'static str);

/// The header, in which what is sensitive stands with its first characters alone.
pub(super) fn shown_header(header: &Members) -> Value {
    shown(header, of_header)
}

/// The claims, likewise.
pub(super) fn shown_claims(claims: &Members) -> Value {
    shown(claims, of_claims)
}

// In a header a key may stand without a word about it: `k`.
const fn of_header(name: &str) -> Place<'_> {
    Place { name, is_of_key: true, depth: MAX_DEPTH }
}

const fn of_claims(name: &str) -> Place<'_> {
    Place { name, is_of_key: false, depth: MAX_DEPTH }
}

fn shown(members: &Members, place: fn(&str) -> Place<'_>) -> Value {
    let shown = members.0.iter().map(|(name, value)| (called(name), masked(place(name), value)));
    Value::Object(shown.collect())
}

fn masked(place: Place<'_>, value: &Value) -> Value {
    let Some(depth) = place.depth.checked_sub(1) else { return Value::String("…".to_owned()) };
    if judge(place, value).is_some() {
        return Value::String(match value {
            Value::String(text) => mask::masked(text),
            _ => "…".to_owned(),
        });
    }
    match value {
        Value::Array(items) => {
            items.iter().map(|item| masked(Place { depth, ..place }.unnamed(), item)).collect()
        }
        Value::Object(members) => {
            let is_of_key = is_key(place.name, members);
            let shown = members
                .iter()
                .map(|(name, one)| (called(name), masked(Place { name, is_of_key, depth }, one)));
            Value::Object(shown.collect())
        }
        other => other.clone(),
    }
}

fn look(path: &str, place: Place<'_>, value: &Value, found: &mut Vec<Found>) {
    let Some(depth) = place.depth.checked_sub(1) else { return };
    if found.len() >= MAX_FOUND {
        return;
    }
    if let Some((severity, what)) = judge(place, value) {
        found.push((format!("`{path}`"), severity, what));
        return;
    }
    match value {
        Value::Array(items) => {
            let place = Place { depth, ..place }.unnamed();
            for item in items {
                look(&format!("{path}[]"), place, item, found);
            }
        }
        Value::Object(members) => {
            let is_of_key = is_key(place.name, members);
            for (name, value) in members {
                let path = format!("{path}.{}", called(name));
                look(&path, Place { name, is_of_key, depth }, value, found);
            }
        }
        _ => {}
    }
}

impl Place<'_> {
    const fn unnamed(self) -> Self {
        Self { name: "", is_of_key: false, depth: self.depth }
    }
}

/// Whether an object is a key, by its name or by what it says itself.
fn is_key(name: &str, members: &Map<String, Value>) -> bool {
    matches!(name, "jwk" | "epk") || members.contains_key("kty")
}

/// Whether a member is sensitive by itself, and why.
fn judge(place: Place<'_>, value: &Value) -> Option<(Severity, &'static str)> {
    if matches!(value, Value::Bool(_) | Value::Null) {
        return None;
    }
    if place.is_of_key && PRIVATE.contains(&place.name) && is_material(value) {
        return Some((Severity::Critical, "the private half of a key, or a secret"));
    }
    if let Some(severity) = payload::sensitive(place.name, false).or_else(|| by_word(place.name)) {
        return Some((severity, "its name says that it is secret or personal"));
    }
    match value {
        Value::String(text) => looks::of_text(text).or_else(|| inside(place, text)),
        Value::Number(number) => looks::of_number(place.name, number),
        _ => None,
    }
}

fn is_material(value: &Value) -> bool {
    match value {
        Value::String(text) => text.len() >= 8,
        Value::Array(items) => !items.is_empty(),
        _ => false,
    }
}

fn by_word(name: &str) -> Option<Severity> {
    let words = words(name);
    let is_secret = words.iter().any(|word| word == "secret")
        || words.last().is_some_and(|word| LAST_WORDS.contains(&word.as_str()));
    let is_harmless =
        words.iter().any(|word| HARMLESS.contains(&word.as_str()) || has(word, &HARMLESS_PARTS));
    (is_secret && !is_harmless).then_some(Severity::High)
}

/// JSON that is written into a text is looked at as what it is.
fn inside(place: Place<'_>, text: &str) -> Option<(Severity, &'static str)> {
    let depth = place.depth.checked_sub(1)?;
    if !text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let value: Value = serde_json::from_str(text).ok()?;
    let mut found = Vec::new();
    look("", Place { depth, ..place }.unnamed(), &value, &mut found);
    let worst = found.into_iter().max_by_key(|(_, severity, _)| *severity);
    worst.map(|(_, severity, _)| (severity, "a text of JSON with something secret in it"))
}

/// A name, as people are shown it; somebody may have put a secret there, too.
fn called(name: &str) -> String {
    if looks::of_text(name).is_some() {
        return mask::masked(name);
    }
    let cut: String = name.chars().take(MAX_NAME).collect();
    if cut.len() < name.len() { cut + "…" } else { cut }
}
