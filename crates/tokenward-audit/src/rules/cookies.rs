//! Cookies with tokens: scripts must not read them, and plain HTTP must not carry them.

use super::names::{Credential, credential, plain};
use super::{Change, Context, library, mend};
use crate::finding::{Confidence, Severity};
use crate::language::Language;
use crate::model::{Id, Kind, Lookup, Model};

/// What a file that sets cookies holds.
pub(super) const WORDS: &[&str] = &["set_cookie", ".cookie(", ".Cookie{", "SetCookie"];

/// A cookie that is set, with the flags that matter.
struct Cookie {
    call: Id,
    http_only: Lookup,
    secure: Lookup,
    /// Where a flag that is missing would stand.
    place: Place,
}

#[derive(Clone, Copy)]
enum Place {
    Keyword,
    /// A map that is the last argument, or is missing itself.
    Options(Lookup),
    /// The body of a literal.
    Body(Id),
    /// Each flag has its position.
    Fixed,
}

/// `cookie-readable-by-scripts`
pub(super) fn readable(context: &mut Context<'_>) {
    for cookie in cookies(context.model) {
        if is_off(context.model, cookie.http_only) {
            let confidence = confidence(context.model, &cookie, |one| one.http_only);
            let changes = mended(context, &cookie, cookie.http_only, HTTP_ONLY);
            context.report_mended(
                cookie.call,
                (Severity::High, confidence),
                "a cookie with a token is set without HttpOnly: any script that gets into the page can read it",
                fix(context.model.language),
                changes,
            );
        }
    }
}

/// `cookie-over-plain-http`
pub(super) fn insecure(context: &mut Context<'_>) {
    for cookie in cookies(context.model) {
        if is_off(context.model, cookie.secure) {
            let confidence = confidence(context.model, &cookie, |one| one.secure);
            let changes = mended(context, &cookie, cookie.secure, SECURE);
            context.report_mended(
                cookie.call,
                (Severity::Medium, confidence),
                "a cookie with a token is set without Secure: one request over plain HTTP shows it to the network",
                fix(context.model.language),
                changes,
            );
        }
    }
}

/// Beside a branch that sets the same cookie with the flag, this one serves something older, on purpose.
fn confidence(m: &Model, cookie: &Cookie, flag: fn(&Cookie) -> Lookup) -> Confidence {
    let name =
        |call| m.argument(call, "key", 0).found().map(|id| m.text(id).or_else(|| m.last_name(id)));
    let branch = m.ancestors(cookie.call).find(|id| matches!(m.kind(*id), Kind::Branch));
    let is_beside = branch.is_some_and(|branch| {
        cookies(m).iter().any(|other| {
            m.ancestors(other.call).any(|id| id == branch)
                && name(other.call) == name(cookie.call)
                && !is_off(m, flag(other))
        })
    });
    if is_beside { Confidence::Low } else { Confidence::High }
}

/// A flag that is set, in Python, JavaScript and Go.
const HTTP_ONLY: [&str; 3] = ["httponly=True", "httpOnly: true", "HttpOnly: true"];
const SECURE: [&str; 3] = ["secure=True", "secure: true", "Secure: true"];

fn mended(
    context: &Context<'_>,
    cookie: &Cookie,
    flag: Lookup,
    [keyword, option, field]: [&str; 3],
) -> Vec<Change> {
    match (flag, cookie.place) {
        (Lookup::Found(flag), _) => mend::flip(context, flag),
        (_, Place::Keyword) => mend::argument(context, cookie.call, keyword),
        (_, Place::Options(Lookup::Found(map))) => mend::member(context, map, option),
        (_, Place::Options(Lookup::Absent)) => {
            mend::argument(context, cookie.call, &format!("{{ {option} }}"))
        }
        (_, Place::Body(map)) => mend::member(context, map, field),
        _ => Vec::new(),
    }
}

fn fix(language: Language) -> &'static str {
    match language {
        Language::Python => "httponly=True, secure=True, samesite=\"Strict\"",
        Language::Go => "HttpOnly: true, Secure: true, SameSite: http.SameSiteStrictMode",
        _ => "{ httpOnly: true, secure: true, sameSite: 'strict' }",
    }
}

/// Left out, or plainly false. A flag that depends on the environment is left alone.
fn is_off(m: &Model, flag: Lookup) -> bool {
    flag == Lookup::Absent || m.said(flag) == Some(false)
}

fn cookies(m: &Model) -> Vec<Cookie> {
    m.calls()
        .filter_map(|call| match m.language {
            Language::Python => python(m, call),
            Language::Go => go(m, call),
            _ => script(m, call),
        })
        .collect()
}

fn python(m: &Model, call: Id) -> Option<Cookie> {
    // A function of the project's own, `set_cookie(…)`, knows flags that are out of sight here.
    let is_method = matches!(m.kind(call), Kind::Call { callee, .. } if matches!(m.kind(*callee), Kind::Member(..)));
    if !is_method
        || m.callee_name(call) != Some("set_cookie")
        || !holds_token(m, m.argument(call, "key", 0), m.argument(call, "value", 1))
    {
        return None;
    }
    if is_ended(m, m.keyword(call, "max_age")) {
        return None;
    }
    Some(Cookie {
        call,
        http_only: m.keyword(call, "httponly"),
        secure: m.keyword(call, "secure"),
        place: Place::Keyword,
    })
}

fn is_ended(m: &Model, max_age: Lookup) -> bool {
    max_age.found().and_then(|id| m.number(id)).is_some_and(|age| age <= 0.0)
}

fn script(m: &Model, call: Id) -> Option<Cookie> {
    let Kind::Call { callee, .. } = m.kind(call) else { return None };
    let Kind::Member(object, name) = m.kind(*callee) else { return None };
    if !matches!(name.as_str(), "cookie" | "setCookie") || !is_response(m, *object) {
        return None;
    }
    if !holds_token(m, m.positional(call, 0), m.positional(call, 1)) {
        return None;
    }
    let options = m.positional(call, 2);
    let flag = |name| library::option(m, options, name);
    if is_ended(m, flag("maxAge")) || flag("expires").found().is_some_and(|id| is_past(m, id)) {
        return None;
    }
    Some(Cookie {
        call,
        http_only: flag("httpOnly"),
        secure: flag("secure"),
        place: Place::Options(options),
    })
}

/// `new Date(0)`
fn is_past(m: &Model, id: Id) -> bool {
    let value = m.value(id);
    m.callee_name(value) == Some("Date")
        && m.positional(value, 0).found().and_then(|at| m.number(at)).is_some_and(|at| at < 1e12)
}

/// `res`, `response`, `reply`, or a chain that begins there: `res.status(200).cookie(…)`.
fn is_response(m: &Model, object: Id) -> bool {
    let mut at = object;
    for _ in 0..16 {
        at = match m.kind(at) {
            Kind::Name(name) => {
                return matches!(plain(name).as_str(), "res" | "response" | "reply" | "resp");
            }
            Kind::Call { callee, .. } => *callee,
            Kind::Member(object, name) if name == "res" && m.is_self(*object) => return true,
            Kind::Member(object, name) if name == "res" || name == "response" => {
                return matches!(m.kind(*object), Kind::Name(_));
            }
            Kind::Member(object, _) => *object,
            _ => return false,
        };
    }
    false
}

/// `http.Cookie{Name: "token", …}`, and gin's `c.SetCookie(name, value, age, path, domain, secure, httpOnly)`.
fn go(m: &Model, call: Id) -> Option<Cookie> {
    if m.is_literal(call) && m.callee_path(call).as_deref() == Some("net/http.Cookie") {
        let value = m.entry(call, "Value");
        if !holds_token(m, m.entry(call, "Name"), value) || is_ended(m, m.entry(call, "MaxAge")) {
            return None;
        }
        // Deletion, and flags that are set on the variable later.
        if value.found().is_none_or(|id| m.text(id).is_some_and(str::is_empty)) {
            return None;
        }
        let later = |name| match m.entry(call, name) {
            Lookup::Absent if is_set_later(m, call, name) => Lookup::Unknown,
            other => other,
        };
        return Some(Cookie {
            call,
            http_only: later("HttpOnly"),
            secure: later("Secure"),
            place: m.args(call).first().map_or(Place::Fixed, |body| Place::Body(body.value)),
        });
    }
    if m.callee_name(call) == Some("SetCookie")
        && m.positional(call, 6).found().is_some()
        && holds_token(m, m.positional(call, 0), m.positional(call, 1))
        && !is_ended(m, m.positional(call, 2))
    {
        return Some(Cookie {
            call,
            http_only: m.positional(call, 6),
            secure: m.positional(call, 5),
            place: Place::Fixed,
        });
    }
    None
}

fn is_set_later(m: &Model, literal: Id, flag: &str) -> bool {
    let function = m.function_of(literal);
    m.ids().any(|id| match m.kind(id) {
        Kind::Assign(target, _) => {
            m.function_of(id) == function
                && matches!(m.kind(*target), Kind::Member(_, name) if name == flag)
        }
        _ => false,
    })
}

/// Whether a cookie's name, or what is put into it, is that of a credential.
fn holds_token(m: &Model, name: Lookup, value: Lookup) -> bool {
    let Some(name) = name.found() else { return false };
    let written = match m.text(name) {
        Some(text) => text.to_owned(),
        None => match m.last_name(name) {
            Some(name) => name.to_owned(),
            None => return false,
        },
    };
    // What stands in the code is no token: a deletion, or a mark.
    if value.found().is_some_and(|id| m.text(id).is_some() || m.is_null(id)) {
        return false;
    }
    let bare = plain(&written);
    credential(&written) != Credential::No
        || ["session", "sessionid", "auth", "sid"].contains(&bare.as_str()) && is_token(m, value)
}

fn is_token(m: &Model, value: Lookup) -> bool {
    let name = value.found().and_then(|id| m.last_name(id));
    name.is_some_and(|name| credential(name) != Credential::No)
}
