//! JavaScript and TypeScript: `res.cookie(…)`, `reply.setCookie(…)`, `cookie.serialize(…)`, and the cookies of Next, Hono and Koa.

use super::super::library;
use super::{Cookie, Place, holds_token, is_ended, plain, said};
use crate::model::{Id, Kind, Lookup, Model};

/// What a call gives to a cookie.
struct Set {
    name: Lookup,
    value: Lookup,
    options: Lookup,
    /// Whether a flag that nobody names is the framework's to choose.
    is_lenient: bool,
}

pub(super) fn cookie(m: &Model, call: Id) -> Option<Cookie> {
    let set = set(m, call)?;
    if !holds_token(m, set.name, set.value) {
        return None;
    }
    let flag = |name| library::option(m, set.options, name);
    if is_ended(m, flag("maxAge")) || flag("expires").found().is_some_and(|id| is_past(m, id)) {
        return None;
    }
    let own = |name| if set.is_lenient { said(flag(name)) } else { flag(name) };
    Some(Cookie {
        call,
        http_only: own("httpOnly"),
        secure: own("secure"),
        place: Place::Options(set.options),
    })
}

fn set(m: &Model, call: Id) -> Option<Set> {
    let at = |name, value, options| Set {
        name: m.positional(call, name),
        value: m.positional(call, value),
        options: m.positional(call, options),
        is_lenient: false,
    };
    match m.callee_path(call).as_deref() {
        Some("cookie.serialize" | "cookie.default.serialize") => return Some(at(0, 1, 2)),
        Some("hono/cookie.setCookie") => return Some(at(1, 2, 3)),
        Some("hono/cookie.setSignedCookie") => return Some(at(1, 2, 4)),
        Some("next/headers.cookies().set") => return Some(next(m, call, at(0, 1, 2))),
        _ => {}
    }
    let Kind::Call { callee, .. } = m.kind(call) else { return None };
    let Kind::Member(object, name) = m.kind(*callee) else { return None };
    match (name.as_str(), m.kind(*object)) {
        ("cookie" | "setCookie", _) if is_response(m, *object) => Some(at(0, 1, 2)),
        ("set", Kind::Member(owner, cookies)) if cookies == "cookies" => {
            if is_next_response(m, *owner) {
                return Some(next(m, call, at(0, 1, 2)));
            }
            // Koa's are safe unless told otherwise.
            let is_koa = m.last_name(*owner).is_some_and(|name| matches!(name, "ctx" | "context"));
            is_koa.then(|| Set { is_lenient: true, ..at(0, 1, 2) })
        }
        _ => None,
    }
}

/// `set({ name, value, httpOnly })` is the same as `set(name, value, { httpOnly })`.
fn next(m: &Model, call: Id, set: Set) -> Set {
    let Some(all) = m.positional(call, 0).found().filter(|_| m.args(call).len() == 1) else {
        return set;
    };
    let member = |name| library::option(m, Lookup::Found(all), name);
    Set { name: member("name"), value: member("value"), options: Lookup::Found(all), ..set }
}

/// The cookies of a request, which Next has as well, reach no browser.
fn is_next_response(m: &Model, id: Id) -> bool {
    m.path(id).is_some_and(|path| path.starts_with("next/server.NextResponse"))
        || is_response(m, id) && m.imports().any(|path| path.starts_with("next/server"))
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
