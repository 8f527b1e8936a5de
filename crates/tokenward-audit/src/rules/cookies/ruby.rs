//! Ruby: Rails' jar of cookies, and Rack's `set_cookie`.

use super::super::library;
use super::{Cookie, Place, holds_token, is_ended, said};
use crate::model::{Id, Kind, Lookup, Model};

/// Jars in Rails' jar.
const JARS: [&str; 3] = ["signed", "encrypted", "permanent"];

pub(super) fn cookies(m: &Model) -> Vec<Cookie> {
    // Sinatra's own jar sets flags by itself.
    let has_own = m.calls().any(|call| {
        m.callee_name(call) == Some("require")
            && m.positional(call, 0).found().and_then(|what| m.text(what))
                == Some("sinatra/cookies")
    });
    m.ids()
        .filter_map(|id| match m.kind(id) {
            Kind::Assign(target, value) if !has_own => in_jar(m, *target, *value),
            Kind::Call { .. } => by_call(m, id),
            _ => None,
        })
        .collect()
}

/// `cookies.signed[:jwt] = { value: token, httponly: true }`
fn in_jar(m: &Model, target: Id, given: Id) -> Option<Cookie> {
    let Kind::Index(jar, name) = m.kind(target) else { return None };
    if !is_jar(m, *jar) {
        return None;
    }
    let options = m.value(given);
    let is_map = matches!(m.kind(options), Kind::Map(_));
    let value = if is_map { m.option(options, "value") } else { Lookup::Found(given) };
    if !is_map && !is_named_token(m, given) && !is_named_token(m, options) {
        return None;
    }
    let option = |name: &str| if is_map { m.option(options, name) } else { Lookup::Absent };
    made(m, target, (Lookup::Found(*name), value), option)
}

/// A variable or a call may come to options as well as to a token, unless its name says which.
fn is_named_token(m: &Model, given: Id) -> bool {
    let name = m.last_name(given).or_else(|| m.callee_name(given)).map(super::plain);
    name.is_some_and(|name| {
        ["token", "jwt", "encode"].iter().any(|word| name.contains(word))
            && !["cookie", "option", "hash"].iter().any(|word| name.contains(word))
    })
}

fn is_jar(m: &Model, jar: Id) -> bool {
    let mut at = jar;
    for _ in 0..8 {
        at = match m.kind(at) {
            Kind::Name(name) => return name == "cookies",
            Kind::Call { callee, args } if args.is_empty() => *callee,
            Kind::Member(object, name) if JARS.contains(&name.as_str()) => *object,
            _ => return false,
        };
    }
    false
}

/// `response.set_cookie('jwt', value: token, httponly: true)`
fn by_call(m: &Model, call: Id) -> Option<Cookie> {
    let Kind::Call { callee, .. } = m.kind(call) else { return None };
    let Kind::Member(object, name) = m.kind(*callee) else { return None };
    if name != "set_cookie" || !matches!(m.last_name(*object), Some("response" | "res")) {
        return None;
    }
    let second = m.positional(call, 1);
    let option = |name: &str| match m.keyword(call, name) {
        Lookup::Absent if second.found().is_some() => library::option(m, second, name),
        other => other,
    };
    let value = match second.found().map(|id| m.value(id)) {
        Some(given) if !matches!(m.kind(given), Kind::Map(_)) => Lookup::Found(given),
        _ => option("value"),
    };
    made(m, call, (m.positional(call, 0), value), option)
}

fn made(
    m: &Model,
    call: Id,
    (name, value): (Lookup, Lookup),
    option: impl Fn(&str) -> Lookup,
) -> Option<Cookie> {
    if !holds_token(m, name, value) || is_ended(m, option("max_age")) {
        return None;
    }
    Some(Cookie {
        call,
        http_only: match option("httponly") {
            Lookup::Absent => option("http_only"),
            other => other,
        },
        // `config.force_ssl` gives it to every cookie, in another file.
        secure: said(option("secure")),
        place: Place::Fixed,
    })
}
