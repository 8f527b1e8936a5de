//! Cookies with tokens: scripts must not read them, and plain HTTP must not carry them.

use super::names::{Credential, credential, is_credential, plain};
use super::{Change, Context, library, mend};
use crate::finding::{Confidence, Severity};
use crate::language::Language;
use crate::model::{Id, Kind, Lookup, Model};

mod chain;
mod csharp;
mod go;
mod header;
mod java;
mod kotlin;
mod php;
mod python;
mod ruby;
mod rust;
mod script;

/// What a file that sets cookies holds.
pub(super) const WORDS: &[&str] = &[
    "set_cookie",
    ".cookie(",
    ".Cookie{",
    "SetCookie",
    "setrawcookie",
    "addCookie",
    "ResponseCookie",
    "cookies.append",
    "cookies[:",
    "cookies['",
    "cookies.signed",
    "cookies.encrypted",
    "cookies.permanent",
    "Cookie::",
    "->cookie(",
    "withCookie(cookie(",
    "HttpFoundation\\Cookie",
    ".cookies.set(",
    "next/headers",
    "hono/cookie",
    "JWT_COOKIE_SECURE",
    "Set-Cookie",
    "set-cookie",
    "serialize(",
];

/// A cookie that is set, with the flags that matter.
struct Cookie {
    /// Where it is told of: the call, or the text of the header.
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
    let all = cookies(context.model);
    for cookie in &all {
        if is_off(context.model, cookie.http_only) {
            let confidence = confidence(context.model, (cookie, &all), |one| one.http_only);
            let changes = mended(context, cookie, cookie.http_only, HTTP_ONLY);
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
    if let Some(setting) = python::insecure_setting(context.model) {
        let changes = mend::flip(context, setting);
        context.report_mended(
            setting,
            (Severity::Medium, Confidence::High),
            "cookies with tokens are set without Secure: one request over plain HTTP shows them to the network",
            "JWT_COOKIE_SECURE = True",
            changes,
        );
    }
    let all = cookies(context.model);
    for cookie in &all {
        if is_off(context.model, cookie.secure) {
            let confidence = confidence(context.model, (cookie, &all), |one| one.secure);
            let changes = mended(context, cookie, cookie.secure, SECURE);
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
fn confidence(
    m: &Model,
    (cookie, all): (&Cookie, &[Cookie]),
    flag: fn(&Cookie) -> Lookup,
) -> Confidence {
    let name =
        |call| m.argument(call, "key", 0).found().map(|id| m.text(id).or_else(|| m.last_name(id)));
    let branch = m.ancestors(cookie.call).find(|id| matches!(m.kind(*id), Kind::Branch));
    let is_beside = branch.is_some_and(|branch| {
        all.iter().any(|other| {
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
        Language::Java => {
            "setHttpOnly(true) and setSecure(true); httpOnly(true) and secure(true) of a builder"
        }
        Language::Kotlin => {
            "httpOnly = true, secure = true; isHttpOnly = true of a servlet's cookie"
        }
        Language::CSharp => {
            "new CookieOptions { HttpOnly = true, Secure = true, SameSite = SameSiteMode.Strict }"
        }
        Language::Php => "['httponly' => true, 'secure' => true, 'samesite' => 'Strict']",
        Language::Ruby => "httponly: true, secure: true, same_site: :strict",
        Language::Rust => ".http_only(true).secure(true).same_site(SameSite::Strict)",
        _ => "{ httpOnly: true, secure: true, sameSite: 'strict' }",
    }
}

/// Left out, or plainly false. A flag that depends on the environment is left alone.
fn is_off(m: &Model, flag: Lookup) -> bool {
    flag == Lookup::Absent || m.said(flag) == Some(false)
}

fn cookies(m: &Model) -> Vec<Cookie> {
    if m.language == Language::Ruby {
        return ruby::cookies(m);
    }
    let mut cookies = header::cookies(m);
    cookies.extend(m.calls().filter_map(|call| match m.language {
        Language::Python => python::cookie(m, call),
        Language::Go => go::cookie(m, call),
        Language::Java => java::cookie(m, call),
        Language::Kotlin => kotlin::cookie(m, call),
        Language::CSharp => csharp::cookie(m, call),
        Language::Php => php::cookie(m, call),
        Language::Rust => rust::cookie(m, call),
        language if language.is_script() => script::cookie(m, call),
        _ => None,
    }));
    cookies
}

fn is_ended(m: &Model, max_age: Lookup) -> bool {
    max_age.found().and_then(|id| m.number(id)).is_some_and(|age| age <= 0.0)
}

/// Whether a flag is set on what some call made, later in its function.
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

/// A flag that counts only where it is said: whoever says nothing has a framework or a setting that does.
const fn said(flag: Lookup) -> Lookup {
    match flag {
        Lookup::Absent => Lookup::Unknown,
        other => other,
    }
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
    carries_token(m, &written, value)
}

/// The same, of a name that is written.
fn carries_token(m: &Model, written: &str, value: Lookup) -> bool {
    // What stands in the code is no token: a deletion, or a mark.
    if value.found().is_some_and(|id| m.text(id).is_some() || m.is_null(id)) {
        return false;
    }
    let bare = plain(written);
    is_credential(written)
        || (credential(written) == Credential::Beside
            || ["session", "sessionid", "auth", "sid"].contains(&bare.as_str()))
            && is_token(m, value)
}

fn is_token(m: &Model, value: Lookup) -> bool {
    let Some(value) = value.found() else { return false };
    m.last_name(value).is_some_and(is_credential) || library::makes_token(m, m.value(value))
}
